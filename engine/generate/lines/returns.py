"""What returns: for each bar of a line the earlier bar that it brings back, and how nearly.

Found in real lines by looking back up to `LOOK_BACK_BARS` bars; planned for a cue by `form_model`; told to
the writer bar by bar.
"""

from dataclasses import dataclass
from enum import IntEnum

import numpy as np
import numpy.typing as npt

from engine.generate.grid import FIRST_PITCH, HOLD
from engine.music.theory import SCALES

Ints = npt.NDArray[np.int64]
Bools = npt.NDArray[np.bool_]

LOOK_BACK_BARS = 48
"""How far back a bar is looked for."""

DEGREES = {False: np.array(SCALES["major"]), True: np.array(SCALES["minor"])}
"""Scale degrees by which sequences move: major, natural minor."""


class How(IntEnum):
    """How a bar relates to the earlier bar it comes from."""

    NEW = 0
    SAME = 1
    VARIED = 2
    SEQUENCE = 3
    RHYTHM = 4
    UNKNOWN = 5


@dataclass(frozen=True, slots=True)
class Returns:
    """For each bar [B]: `source` the row of the bar it brings back (−1: new), `how` (`How`), `shift` scale
    degrees by which a sequence is moved."""

    source: Ints
    how: Ints
    shift: Ints


def degree_of(pitch: Ints, minor: Bools) -> tuple[Ints, Ints]:
    """Scale degree number and alteration in semitones of key-relative pitches (any shape; `minor` alike)."""
    octave, inside = np.divmod(pitch, 12)
    degree = np.zeros_like(pitch)
    alter = np.zeros_like(pitch)
    for mode in (False, True):
        steps = DEGREES[mode]
        table = np.searchsorted(steps, np.arange(12), side="right") - 1
        here = minor == mode
        degree[here] = table[inside[here]] + 7 * octave[here]
        alter[here] = inside[here] - steps[table[inside[here]]]
    return degree, alter


def shifted(pitch: Ints, by: Ints, minor: Bools) -> Ints:
    """Key-relative pitches moved by scale degrees; alterations stay."""
    degree, alter = degree_of(pitch, minor)
    octave, inside = np.divmod(degree + by, 7)
    base = np.where(minor, DEGREES[True][inside], DEGREES[False][inside])
    return np.asarray(base + 12 * octave + alter)


def find_returns(
    tokens: npt.NDArray[np.uint8], low: int, run: Ints, meter: Ints, minor: Bools, reach: int = LOOK_BACK_BARS
) -> Returns:
    """Returns of a real line: tokens [B, 16] in rows of bars; bars of other stretches (`run` [B]) and metres
    never count. A nearer relation wins over a farther one, then a bar whose neighbours relate to the same
    distance, then the nearer bar."""
    bars = len(tokens)
    onset = tokens >= FIRST_PITCH
    count = onset.sum(1)
    sound = sounding_pitch(tokens)
    pitch = np.where(onset, tokens.astype(np.int64) - FIRST_PITCH + low, 0)
    degree, _ = degree_of(pitch, np.broadcast_to(minor[:, None], pitch.shape))
    best = np.zeros(bars)
    source = np.full(bars, -1, np.int64)
    how = np.zeros(bars, np.int64)
    shift = np.zeros(bars, np.int64)
    for lag in range(1, min(reach, bars - 1) + 1):
        now, then = slice(lag, bars), slice(0, bars - lag)
        alike = (run[now] == run[then]) & (meter[now] == meter[then]) & (count[now] >= 2) & (count[then] >= 2)
        same_rhythm = (onset[now] == onset[then]).all(1) & alike
        exact = (tokens[now] == tokens[then]).all(1) & alike
        sounding = (sound[now] > 0) & (sound[then] > 0)
        equal = (sound[now] == sound[then]) & sounding
        onsets = (onset[now] & onset[then]).sum(1) / np.maximum(1, (onset[now] | onset[then]).sum(1))
        near = (equal.sum(1) >= 0.6 * np.maximum((sound[now] > 0).sum(1), (sound[then] > 0).sum(1))) & (
            onsets >= 0.6
        )
        moved = (degree[now] - degree[then]) * onset[now]
        by = np.where(onset[now], moved, -99).max(1)
        constant = ((moved == by[:, None]) | ~onset[now]).all(1)
        sequence = same_rhythm & constant & (by != 0) & (np.abs(by) <= 7) & (count[now] >= 3)
        rhythm = same_rhythm & (count[now] >= 3)
        kind = np.zeros(bars - lag, np.int64)
        kind[rhythm] = How.RHYTHM
        kind[sequence] = How.SEQUENCE
        kind[near & alike] = How.VARIED
        kind[exact] = How.SAME
        worth = np.array([0.0, 4.0, 3.0, 2.0, 1.0])[kind]
        related = worth > 0
        beside = np.zeros(bars - lag)
        beside[1:] += related[:-1] & (run[now][1:] == run[now][:-1])
        beside[:-1] += related[1:] & (run[now][:-1] == run[now][1:])
        value = np.where(related, worth + 0.45 * beside + 0.2 * (lag % 4 == 0) - 0.004 * lag, 0.0)
        better = value > best[now] + 1e-9
        rows = np.flatnonzero(better) + lag
        best[rows] = value[better]
        source[rows] = rows - lag
        how[rows] = kind[better]
        shift[rows] = np.where(kind[better] == How.SEQUENCE, by[better], 0)
    return Returns(source, how, shift)


def sounding_pitch(tokens: npt.NDArray[np.uint8]) -> Ints:
    """The token of the pitch that sounds at each step [B, 16]; 0 in rests and in what a bar begins with held
    over."""
    note = tokens >= FIRST_PITCH
    steps = np.arange(tokens.shape[1])
    begun = np.maximum.accumulate(np.where(note, steps, -1), 1)
    broken = np.maximum.accumulate(np.where(tokens == 0, steps, -1), 1)
    held = (tokens == HOLD) & (begun >= 0) & (broken < begun)
    value = np.take_along_axis(tokens.astype(np.int64), np.maximum(begun, 0), 1)
    return np.where(note | held, value, 0)
