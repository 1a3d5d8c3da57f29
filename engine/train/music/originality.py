"""Is it new? Copied runs and nearest neighbours of melodies in the training set, beside held-out music."""

import numpy as np
import numpy.typing as npt

from engine.generate.grid import FIRST_PITCH, LINES, SPECS
from engine.train.music.measures import PhraseSet, note_table, runs
from engine.train.music.tensors import Bars

PAIR = 2
"""Bars of melody that are looked up at once."""


def training_runs(bars: Bars, length: int = 8) -> set[bytes]:
    """Every run of `length` melody notes with its rhythm in the training split, as `measures.runs` writes
    them."""
    line = LINES.index(0)
    row, column = np.nonzero(bars.arrays.tokens[line] >= FIRST_PITCH)
    keep = bars.split[row] == 0
    row, column = row[keep], column[keep]
    pitch = bars.arrays.tokens[line][row, column].astype(np.int64) - FIRST_PITCH + SPECS[0].low
    # Phrases count sixteen steps a bar whatever the metre; here too, so that the bytes agree.
    time_at = row * 16 + column
    seen = set()
    gaps = np.diff(time_at).astype(np.int16)
    run = bars.run[row]
    pitches = pitch.astype(np.int16)
    for first in np.flatnonzero(run[: 1 - length] == run[length - 1 :]):
        seen.add(pitches[first : first + length].tobytes() + gaps[first : first + length - 1].tobytes())
    return seen


def copied(phrases: PhraseSet, seen: set[bytes]) -> float:
    """Share of eight-note runs that stand in the training set; NaN where there are none."""
    found = runs(note_table(phrases))
    return float(np.mean([run in seen for run in found])) if found else float("nan")


def training_melodies(bars: Bars, limit: int = 60_000, seed: int = 2) -> npt.NDArray[np.uint8]:
    """Two-bar melodies of the training split [N, 32] with at least four notes each, a random part of them."""
    tokens = bars.arrays.tokens[LINES.index(0)]
    first = np.flatnonzero((bars.split[:-1] == 0) & (bars.run[1:] == bars.run[:-1]))
    pairs = np.concatenate([tokens[first], tokens[first + 1]], 1)
    pairs = np.unique(pairs[(pairs >= FIRST_PITCH).sum(1) >= 4], axis=0)
    if len(pairs) > limit:
        pairs = pairs[np.random.default_rng(seed).choice(len(pairs), limit, replace=False)]
    return pairs


def nearest(phrases: PhraseSet, known: npt.NDArray[np.uint8], limit: int = 400) -> float:
    """Mean over two-bar melodies (four notes or more) of the share of steps in which the nearest of `known`
    differs, 0 a copy … 1; NaN without any melody."""
    tokens = phrases.tokens[LINES.index(0)].reshape(-1, 8, 16)
    pairs = tokens.reshape(-1, 8 // PAIR, PAIR * 16).reshape(-1, PAIR * 16)
    pairs = pairs[(pairs >= FIRST_PITCH).sum(1) >= 4]
    if len(pairs) == 0 or len(known) == 0:
        return float("nan")
    pairs = pairs[np.linspace(0, len(pairs) - 1, min(limit, len(pairs))).astype(int)]
    least = [int((known != pair).sum(1).min()) for pair in pairs]
    return float(np.mean(least)) / (PAIR * 16)
