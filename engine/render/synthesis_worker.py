"""The synthesiser's own process: MIDI on stdin, raw 16-bit stereo samples on stdout. Run as a script, imports
nothing of ours."""

import io
import sys
import wave
from pathlib import Path


def main() -> int:
    """Renders the MIDI bytes of stdin with the font named first to a WAV on stdout. Exit code 1 and a line
    on stderr where it cannot."""
    try:
        import midirenderer

        font = Path(sys.argv[1]).read_bytes()
        rendered = midirenderer.render_wave_from(font, sys.stdin.buffer.read())
    except Exception as error:  # whatever the renderer raises becomes one line for the parent
        print(f"{type(error).__name__}: {error}", file=sys.stderr)
        return 1
    with wave.open(io.BytesIO(rendered)) as stream:
        if (stream.getnchannels(), stream.getsampwidth(), stream.getframerate()) != (2, 2, 48_000):
            print(f"unexpected sample format {stream.getparams()}", file=sys.stderr)
            return 1
        sys.stdout.buffer.write(stream.readframes(stream.getnframes()))
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
