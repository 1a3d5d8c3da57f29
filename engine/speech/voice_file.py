"""The file of a recorded voice: read once, in mono at the aligner's rate, with what is to be said of it."""

from dataclasses import dataclass
from pathlib import Path
from typing import Final

import numpy as np
import numpy.typing as npt

from dsl.limits import LONGEST_VOICE_S
from engine.media.sound_file import joined, mono_of, open_sound, scaled
from engine.render.audio import resample
from engine.speech.activity import RATE

_FULL_SCALE: Final = 0.999
_CLIPPED_RUN: Final = 3
"""So many samples at full scale one after another are no peak that happened to reach it."""
_APART: Final = 0.05
"""Channels whose difference has less than this share of their energy are one voice twice."""


@dataclass(frozen=True, slots=True)
class VoiceFile:
    """What a recording is like. `clipped_s` are seconds at which samples are cut off,
    the first of each second; `apart`: its channels differ. `heard_s` of `length_s` were read."""

    rate: int
    length_s: float
    heard_s: float
    clipped_s: tuple[float, ...]
    apart: bool
    remarks: tuple[str, ...]


def read_voice(path: Path) -> tuple[VoiceFile, npt.NDArray[np.float32]]:
    """The recording at `path`, and float32 samples [n] at the aligner's rate. Raises MediaError where it
    cannot be read as sound."""
    parts: list[npt.NDArray[np.float32]] = []
    clipped: list[float] = []
    together = apart = 0.0
    at = 0
    with open_sound(path) as sound:
        for block in sound.blocks(int(LONGEST_VOICE_S * sound.rate)):
            clipped += [(at + place) / sound.rate for place in _clipped(block)]
            at += len(block)
            parts.append(mono_of(block))
            if block.shape[1] > 1:
                together += float((block[:, :2].astype(np.float64) ** 2).sum())
                apart += float((np.diff(block[:, :2].astype(np.float64), axis=1) ** 2).sum())
        mono = scaled(joined(parts))
        seconds = tuple({int(t_s): t_s for t_s in reversed(clipped)}.values())
        file = VoiceFile(
            sound.rate,
            max(sound.length_s, at / sound.rate),
            at / sound.rate,
            tuple(sorted(seconds)),
            apart > _APART * together,
            tuple(sound.remarks),
        )
        return file, resample(mono, sound.rate, RATE)


def _clipped(block: npt.NDArray[np.float32]) -> list[int]:
    """Where runs of samples at full scale begin, in any channel."""
    full = (np.abs(block) >= _FULL_SCALE).max(axis=1)
    edges = np.flatnonzero(np.diff(np.r_[False, full, False].astype(np.int8)))
    return [int(a) for a, b in zip(edges[::2], edges[1::2], strict=True) if b - a >= _CLIPPED_RUN]
