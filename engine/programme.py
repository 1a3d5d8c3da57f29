"""What there is to listen to in a file: its sound, and which line and cue is heard when.

A composition, a MIDI file or a recording all become one `Programme`. Moving through it is `engine.play`'s
business.
"""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from engine.errors import MediaError
from engine.play import Sound

if TYPE_CHECKING:
    from engine.pipeline import Composition

SOUND_SUFFIXES = frozenset((".wav", ".flac", ".ogg", ".oga", ".mp3", ".aif", ".aiff", ".opus"))
MIDI_SUFFIXES = frozenset((".mid", ".midi", ".smf"))
PLAY_RATE = 48_000
"""Hz; what the synthesiser gives."""
_LONGEST_S = 3 * 3600
"""Longer recordings are not taken into memory: three hours in stereo are 4 GB."""


@dataclass(frozen=True, slots=True)
class Passage:
    """A line of script or a cue: heard from `start_s` until `end_s`."""

    start_s: float
    end_s: float
    text: str


@dataclass(frozen=True, slots=True)
class Programme:
    """Sound with its lines and cues, each in the order of time. Recordings have neither."""

    title: str
    sound: Sound
    lines: tuple[Passage, ...] = ()
    cues: tuple[Passage, ...] = ()

    def line_at(self, t_s: float) -> str:
        """The line that is heard at `t_s`, or the last one before; "" before the first."""
        return next((line.text for line in reversed(self.lines) if line.start_s <= t_s + 1e-3), "")

    def cue_at(self, t_s: float) -> Passage | None:
        return next((cue for cue in reversed(self.cues) if cue.start_s <= t_s + 1e-3), None)


def programme_of_composition(
    composition: "Composition",
    soundfont: Path | None,
    progress: Callable[[str, int, int], None] | None = None,
) -> Programme:
    """A composed score through the sound font, mastered as `render` does it. Raises MediaError for a bad
    font."""
    from engine.deliver import mastered_mix

    score = composition.score
    samples = mastered_mix(composition, soundfont, PLAY_RATE, progress)
    lines = tuple(
        Passage(lyric.start_s, lyric.end_s, f"{lyric.speaker}: {lyric.text}" if lyric.speaker else lyric.text)
        for lyric in score.lyrics
    )
    cues = tuple(Passage(cue.start_s, cue.end_s, f"{cue.id} {cue.title}".strip()) for cue in score.cues)
    return Programme(score.title, Sound(samples, PLAY_RATE), lines, cues)


def programme_of_midi(path: Path, soundfont: Path | None) -> Programme:
    """A MIDI file through the sound font; its lyrics are lines, its markers cues. Raises MediaError."""
    import io

    import mido  # comes with pretty_midi, which reads no markers

    from engine.render.mastering import master
    from engine.render.synthesis import SAMPLE_RATE, synthesise_midi
    from engine.render.synthesiser import choose_synthesiser

    try:
        data = path.read_bytes()
        messages = list(mido.MidiFile(file=io.BytesIO(data), charset="utf-8", clip=True))
    except Exception as error:  # mido raises whatever its parser meets
        raise MediaError(f"{path} cannot be read as MIDI: {str(error) or type(error).__name__}") from error
    synthesiser = choose_synthesiser(soundfont)
    t_s, lines, cues = 0.0, [], []
    for message in messages:
        t_s += message.time
        if message.type == "lyrics" and message.text.strip():
            lines.append((t_s, message.text.strip()))
        elif message.type == "marker" and message.text.startswith("cue: "):
            cues.append((t_s, message.text.removeprefix("cue: ")))
    mix = synthesise_midi(data, synthesiser)
    samples = mix * master(mix, SAMPLE_RATE).gain[:, None]
    sound = Sound(samples, SAMPLE_RATE)
    return Programme(path.stem, sound, _passages(lines, sound.duration_s), _passages(cues, sound.duration_s))


def programme_of_recording(path: Path) -> Programme:
    """An audio file in whatever libsndfile reads, as stereo at its own rate. Raises MediaError."""
    import numpy as np
    import soundfile

    try:
        with soundfile.SoundFile(str(path)) as stream:
            if stream.frames > _LONGEST_S * stream.samplerate:
                raise MediaError(f"{path} is longer than {_LONGEST_S // 3600} hours; it is not played")
            samples = stream.read(dtype="float32", always_2d=True)
            rate = int(stream.samplerate)
    except (OSError, RuntimeError) as error:  # libsndfile's own errors are RuntimeErrors
        raise MediaError(f"{path} cannot be read as sound: {error}") from error
    channels = samples.shape[1]
    stereo = np.repeat(samples, 2, axis=1) if channels == 1 else samples[:, :2]
    return Programme(path.stem, Sound(np.ascontiguousarray(stereo, np.float32), rate))


def _passages(starts: list[tuple[float, str]], end_s: float) -> tuple[Passage, ...]:
    """Each until the next."""
    ends = [t_s for t_s, _ in starts[1:]] + [end_s]
    return tuple(Passage(t_s, max(end, t_s), text) for (t_s, text), end in zip(starts, ends, strict=True))
