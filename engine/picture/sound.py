"""How loud a film is over time: its sound track decoded by ffmpeg to one channel, measured by the second."""

import subprocess

import numpy as np

from engine.media.ffmpeg import opened, program
from engine.picture.probe import WANTED_BY, FilmFacts

RATE = 8000
"""Samples a second: speech and most of music's energy lie below 4 kHz."""
SILENT_DB = -70.0


def loudness_of(film: FilmFacts, first_s: float, seconds: int) -> tuple[float, ...]:
    """dB relative to full scale (RMS of all channels mixed) of each second from the first frame on, which is
    at `first_s` of the container; `SILENT_DB` at the least. Empty where there is no sound or none that can be
    decoded. Raises MediaError where ffmpeg is missing."""
    if not film.has_sound or seconds <= 0:
        return ()
    # Sound may begin before or after the picture: silence is put where it is missing, from time 0 on.
    words = [program("ffmpeg", WANTED_BY), "-nostdin", "-v", "error", *opened(film.path), "-map", "0:a:0"]
    words += ["-vn", "-ac", "1", "-af", f"aresample={RATE}:async=1:first_pts=0", "-f", "s16le", "pipe:1"]
    process = subprocess.Popen(
        words, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL
    )
    assert process.stdout is not None
    levels: list[float] = []
    try:
        process.stdout.read(2 * max(round(first_s * RATE), 0))
        while len(levels) < seconds and (data := process.stdout.read(2 * RATE)):
            samples = np.frombuffer(data[: len(data) // 2 * 2], "<i2").astype(np.float64) / 32768
            power = float((samples**2).sum()) / RATE
            levels.append(max(10 * float(np.log10(max(power, 1e-12))), SILENT_DB))
    finally:
        process.kill()
        process.wait()
        process.stdout.close()
    return (
        tuple(round(level, 2) for level in levels) + (SILENT_DB,) * (seconds - len(levels)) if levels else ()
    )
