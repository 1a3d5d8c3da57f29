"""The key of a recording: its pitch-class energies correlated with the key profiles, the bass weighted
more."""

from dataclasses import dataclass
from typing import Final, Literal

import numpy as np
import numpy.typing as npt

from engine.hear.frames import LOWEST_NOTE, Rows
from engine.music.key_profiles import KRUMHANSL_KESSLER, TEMPERLEY, KeyProfiles

SURE: Final = 0.5
"""Least sureness at which a key is used."""
_BASS_BELOW: Final = 52
"""MIDI number under which a note is the bass's."""

_PROFILES: Final = (KRUMHANSL_KESSLER, TEMPERLEY)
"""The mean of both finds the right key more often than either alone."""

Floats = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Tonality:
    """Tonic 0–11 (C = 0), mode, and sureness 0…1 of the key. `scores` [24]: how well
    each key fits, −1…1, majors first."""

    tonic: int
    mode: Literal["major", "minor"]
    sureness: float
    scores: tuple[float, ...]


def chroma_of(notes: Rows | Floats) -> tuple[Floats, Floats]:
    """Pitch classes [12] of all notes [84, T] and of the bass alone, each summing to 1 (all 0 in silence).

    Power, not magnitude: a strong note leaks into the semitones beside it, and squaring lowers those.
    """
    power = (np.asarray(notes, np.float64) ** 2).mean(axis=1)
    numbers = np.arange(len(power)) + LOWEST_NOTE
    return _folded(power, numbers), _folded(np.where(numbers < _BASS_BELOW, power, 0.0), numbers)


def tonality_of(notes: Rows) -> Tonality:
    """The key of constant-Q magnitudes [84, T] from C1."""
    chroma, bass = chroma_of(notes)
    scores = np.mean([_fits(rows, 0.75 * chroma + 0.25 * bass) for rows in _PROFILES], axis=0)
    best = int(np.argmax(scores))
    others = np.delete(scores, best)
    margin = float(scores[best] - others.max())
    # Noise fits some key as well as music does; only its pitch classes all weigh about the same.
    uneven = float(np.clip((12 * chroma.std() - 0.15) / 0.25, 0.0, 1.0))
    trust = uneven * float(np.clip(scores[best] / 0.5, 0.0, 1.0))
    return Tonality(
        best % 12,
        "major" if best < 12 else "minor",
        float(np.clip(margin / 0.12, 0.0, 1.0)) * trust,
        tuple(float(score) for score in scores),
    )


def _fits(rows: KeyProfiles, chroma: Floats) -> Floats:
    """Correlation of a profile pair with the pitch classes, for every tonic: [24]."""
    keys = np.array([np.roll(row, tonic) for row in rows for tonic in range(12)])
    keys = keys - keys.mean(axis=1, keepdims=True)
    own = chroma - chroma.mean()
    norm = np.linalg.norm(keys, axis=1) * max(float(np.linalg.norm(own)), 1e-9)
    return np.asarray(keys @ own / norm)


def _folded(level: Floats, numbers: npt.NDArray[np.int64]) -> Floats:
    classes = np.bincount(numbers % 12, weights=level, minlength=12)
    return np.asarray(classes / max(float(classes.sum()), 1e-12))
