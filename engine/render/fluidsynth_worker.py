"""libfluidsynth's own process: MIDI on stdin, raw 32-bit float stereo samples on stdout. Run as a script,
imports nothing of ours.

`fluidsynth_worker.py FONT FRAMES [RATE]`: with 0 frames the music plays to its end and `RING_S` longer. The
library is spoken to directly; its C interface has been the same since version 2.0.
"""

import ctypes
import os
import sys
from array import array

RATE = 48_000
RING_S = 2.5
_BLOCK = 4096
_NAMES = (
    "libfluidsynth.so.3",
    "libfluidsynth.so.2",
    "libfluidsynth.dylib",
    "libfluidsynth-3.dll",
    "fluidsynth",
)
_SILENT = 0xFFFFFFFF


class Failure(Exception):
    """One line for the parent."""


def open_library() -> "ctypes.CDLL | None":
    """The library where the system has it (MELODRAMA_FLUIDSYNTH names the file), else None."""
    named = os.environ.get("MELODRAMA_FLUIDSYNTH")
    for name in (named,) if named else _NAMES:
        try:
            library = ctypes.CDLL(name)
            library.fluid_version_str.restype = ctypes.c_char_p
            return library
        except (OSError, AttributeError):
            continue
    return None


def play(library: "ctypes.CDLL", font: str, midi: bytes, frames: int, rate: int = RATE) -> None:
    """Write the sound of `midi` to stdout. The synthesiser runs on one core, so that it always gives the
    same samples."""
    handle, text, number = ctypes.c_void_p, ctypes.c_char_p, ctypes.c_double
    for name in ("new_fluid_settings", "new_fluid_synth", "new_fluid_player"):
        getattr(library, name).restype = handle
    library.new_fluid_synth.argtypes = library.new_fluid_player.argtypes = (handle,)
    library.fluid_settings_setint.argtypes = (handle, text, ctypes.c_int)
    library.fluid_settings_setnum.argtypes = (handle, text, number)
    library.fluid_settings_setstr.argtypes = (handle, text, text)
    library.fluid_synth_sfload.argtypes = (handle, text, ctypes.c_int)
    library.fluid_player_add_mem.argtypes = (handle, text, ctypes.c_size_t)
    library.fluid_player_play.argtypes = library.fluid_player_get_status.argtypes = (handle,)
    library.fluid_synth_write_float.argtypes = (handle, ctypes.c_int) + 2 * (
        handle,
        ctypes.c_int,
        ctypes.c_int,
    )

    settings = library.new_fluid_settings()
    library.fluid_settings_setnum(settings, b"synth.sample-rate", rate)
    library.fluid_settings_setint(settings, b"synth.polyphony", 1024)
    library.fluid_settings_setint(settings, b"synth.cpu-cores", 1)
    library.fluid_settings_setint(settings, b"synth.lock-memory", 0)
    # Only the instruments that play are read: a font of 150 MB then costs a few.
    library.fluid_settings_setint(settings, b"synth.dynamic-sample-loading", 1)
    library.fluid_settings_setstr(settings, b"player.timing-source", b"sample")
    synth = library.new_fluid_synth(settings)
    if not synth or library.fluid_synth_sfload(synth, os.fsencode(font), 1) < 0:
        raise Failure("libfluidsynth cannot load it")
    player = library.new_fluid_player(synth)
    if library.fluid_player_add_mem(player, midi, len(midi)) != 0 or library.fluid_player_play(player) != 0:
        raise Failure("libfluidsynth cannot read the MIDI")
    left = frames if frames > 0 else _SILENT
    block = (ctypes.c_float * (2 * _BLOCK))()
    while left > 0:
        count = min(_BLOCK, left)
        # Both channels into one block: left at even places, right at odd ones.
        library.fluid_synth_write_float(synth, count, block, 0, 2, block, 1, 2)
        sys.stdout.buffer.write(memoryview(block).cast("B")[: 8 * count])
        left -= count
        if frames <= 0 and left > rate * RING_S and library.fluid_player_get_status(player) != 1:
            left = round(rate * RING_S)


def main() -> int:
    """Renders the MIDI bytes of stdin to float32 frames on stdout, with the arguments that
    `engine.render.synthesis` gives. Exit code 1 and a line on stderr where it cannot."""
    if array("f").itemsize != 4 or sys.byteorder != "little":
        print("this machine's floats are not the format of the pipe", file=sys.stderr)
        return 1
    library = open_library()
    if library is None:
        print("libfluidsynth is gone", file=sys.stderr)
        return 1
    ignore = ctypes.CFUNCTYPE(None, ctypes.c_int, ctypes.c_char_p, ctypes.c_void_p)(lambda *_: None)
    library.fluid_set_log_function.argtypes = (ctypes.c_int, type(ignore), ctypes.c_void_p)
    library.fluid_set_log_function.restype = ctypes.c_void_p
    for level in (2, 3, 4):  # warnings and below: what has no ear for them need not be told
        library.fluid_set_log_function(level, ignore, None)
    try:
        play(library, sys.argv[1], sys.stdin.buffer.read(), *(int(word) for word in sys.argv[2:]))
    except Failure as failure:
        print(failure, file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    # The process ends without unloading the font sample by sample.
    code = main()
    sys.stdout.flush()
    os._exit(code)
