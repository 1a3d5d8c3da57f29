"""A piece as a source gives it, before it is put on the grid: notes in quarter beats, bars, keys, given
chords.

Every source module yields these (or a reason why not); `grid` turns them into bars. Beats are quarter notes
from the start of the file; nothing here is transposed or quantised.
"""

from dataclasses import dataclass, field
from typing import Final

import numpy as np
import numpy.typing as npt

UNKNOWN: Final = -1
MELODY, COUNTER, CHORDS, BASS, DRUMS = range(5)
ACCOMPANIMENT: Final = 5
"""Role of notes that `roles` splits into chords and bass."""
KEYBOARD: Final = 6
"""Role of notes that `roles` splits into melody, chords and bass."""
UPPER: Final = 7
"""Accompaniment that carries the melody where the melody rests (a pianist's right hand, a bridge
instrument)."""

START, BEATS, PITCH, VELOCITY, ROLE, PART = range(6)
"""Columns of `RawPiece.notes`."""


@dataclass(frozen=True, slots=True)
class RawBar:
    """One written bar: it starts at `start` (quarter beats, may lie before the first note for a pickup) and
    is `beats` long."""

    start: float
    beats: float
    meter: tuple[int, int]
    fifths: int = 99
    """Key signature −7…7, 99 unknown."""
    key: int = -1
    """Given key 0–11 major, 12–23 minor, −1 to be found."""


@dataclass(frozen=True, slots=True)
class RawChord:
    """A chord that the source itself states. Absolute pitch classes; `quality` is an index into
    `theory.QUALITIES`."""

    start: float
    end: float
    root: int
    quality: int
    bass: int


@dataclass(frozen=True, slots=True)
class RawPiece:
    """notes: float64 [N, 6] (start beat, beats, pitch, velocity 1–127 or 0, role, part number)."""

    id: str
    work: str
    source: str
    styles: tuple[str, ...]
    notes: npt.NDArray[np.float64]
    bars: tuple[RawBar, ...]
    chords: tuple[RawChord, ...] | None = None
    tempo_bpm: float = float("nan")
    emotion: npt.NDArray[np.float64] | None = None
    """[bars, 2] valence and arousal −1…1 by bar of `bars`, or none."""
    remarks: tuple[str, ...] = field(default=())


@dataclass(frozen=True, slots=True)
class Skipped:
    """A file that gives nothing, and why, in a few words that can be counted."""

    id: str
    source: str
    reason: str


def regular_bars(first: float, end: float, beats: float, meter: tuple[int, int]) -> tuple[RawBar, ...]:
    """Equal bars from `first` until `end` is covered."""
    count = max(0, int(np.ceil((end - first) / beats - 1e-6)))
    return tuple(RawBar(first + i * beats, beats, meter) for i in range(count))
