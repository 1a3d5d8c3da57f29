"""The key of a recording from what its notes weigh: pitch classes against the key profiles, the bass counted
more.
"""

from dataclasses import dataclass
from typing import Final, Literal

import numpy as np
import numpy.typing as npt

from engine.hear.frames import LOWEST_NOTE, Rows

SURE: Final = 0.5
"""From this sureness on a key is believed."""
_BASS_BELOW: Final = 52
"""MIDI number under which a note is the bass's."""

# Krumhansl & Kessler 1982, and Temperley 2007: major, minor. The mean of both profiles tells more keys
# rightly
# than either.
_PROFILES: Final = (
    (
        (6.35, 2.23, 3.48, 2.33, 4.38, 4.09, 2.52, 5.19, 2.39, 3.66, 2.29, 2.88),
        (6.33, 2.68, 3.52, 5.38, 2.60, 3.53, 2.54, 4.75, 3.98, 2.69, 3.34, 3.17),
    ),
    (
        (0.748, 0.060, 0.488, 0.082, 0.670, 0.460, 0.096, 0.715, 0.104, 0.366, 0.057, 0.400),
        (0.712, 0.084, 0.474, 0.618, 0.049, 0.460, 0.105, 0.747, 0.404, 0.067, 0.133, 0.330),
    ),
)

Floats = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Tonality:
    """Tonic 0–11 (C = 0), mode, and sureness 0…1 of the key and of the mode alone. `scores` [24]: how well
    each
    key fits, −1…1, majors first."""

    tonic: int
    mode: Literal["major", "minor"]
    sureness: float
    mode_sureness: float
    scores: tuple[float, ...]


def chroma_of(notes: Rows) -> tuple[Floats, Floats]:
    """Pitch classes [12] of all notes [84, T] and of the bass alone, each summing to 1 (all 0 in silence).

    Overtones are partly taken back: a note's third and fifth partials would else sound like its chord.
    """
    level = np.sqrt(np.asarray(notes, np.float64)).mean(axis=1)
    level = np.maximum(level - np.quantile(level, 0.2), 0.0)
    cleared = level.copy()
    for steps, share in ((12, 0.25), (19, 0.35), (28, 0.25)):
        cleared[steps:] -= share * level[:-steps]
    cleared = np.maximum(cleared, 0.0)
    numbers = np.arange(len(level)) + LOWEST_NOTE
    return _folded(cleared, numbers), _folded(np.where(numbers < _BASS_BELOW, cleared, 0.0), numbers)


def tonality_of(notes: Rows) -> Tonality:
    """The key of constant-Q magnitudes [84, T] from C1."""
    chroma, bass = chroma_of(notes)
    scores = np.mean([_fits(rows, 0.75 * chroma + 0.25 * bass) for rows in _PROFILES], axis=0)
    best = int(np.argmax(scores))
    others = np.delete(scores, best)
    majors, minors = float(scores[:12].max()), float(scores[12:].max())
    margin = float(scores[best] - others.max())
    return Tonality(
        best % 12,
        "major" if best < 12 else "minor",
        float(np.clip(margin / 0.12, 0.0, 1.0) * np.clip(scores[best] / 0.5, 0.0, 1.0)),
        float(np.clip(abs(majors - minors) / 0.12, 0.0, 1.0) * np.clip(scores[best] / 0.5, 0.0, 1.0)),
        tuple(float(score) for score in scores),
    )


def _fits(rows: tuple[tuple[float, ...], ...], chroma: Floats) -> Floats:
    """Correlation of a profile pair with the pitch classes, for every tonic: [24]."""
    keys = np.array([np.roll(row, tonic) for row in rows for tonic in range(12)])
    keys = keys - keys.mean(axis=1, keepdims=True)
    own = chroma - chroma.mean()
    norm = np.linalg.norm(keys, axis=1) * max(float(np.linalg.norm(own)), 1e-9)
    return np.asarray(keys @ own / norm)


def _folded(level: Floats, numbers: npt.NDArray[np.int64]) -> Floats:
    classes = np.bincount(numbers % 12, weights=level, minlength=12)
    return np.asarray(classes / max(float(classes.sum()), 1e-12))
