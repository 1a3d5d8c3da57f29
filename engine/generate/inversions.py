"""Which chord tone lies in the bass, beat by beat: the inversions that let a bass walk.

A log-linear choice for each collection, fitted to real music (`engine.train.music.inversions`): how often
each tone of a chord lies below, on strong beats and weak, what interval the bass takes to it, and what is
left to go to the root of the next chord. Harmony names the chords, this their bass.
"""

from dataclasses import dataclass
from functools import cache
from pathlib import Path

import numpy as np
import numpy.typing as npt

from engine.errors import WeightsError
from engine.generate.chord_events import SLOTS
from engine.generate.harmony_events import FREE, Brief
from engine.music.theory import CHORD_INTERVALS, NO_CHORD, QUALITIES
from engine.weights import SHIPPED, read_config

Ints = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]

FOLDER = SHIPPED / "inversions"
KIND = "melodrama-inversions"
DEGREES = 4
"""Root, third, fifth, seventh."""
SIZE = NO_CHORD * DEGREES + 2 * 2 * DEGREES + 2 * 12 + 12
"""Weights of one collection: tone by quality; tone by strength of the beat and whether the chord is new;
interval from the bass before by whether the chord is new; interval to the next chord's root, before it."""

TONES: Ints = np.array([[(*CHORD_INTERVALS[q], 0, 0, 0, 0)[d] for d in range(DEGREES)] for q in QUALITIES])
HAS: npt.NDArray[np.bool_] = np.array(
    [[d < len(CHORD_INTERVALS[q]) for d in range(DEGREES)] for q in QUALITIES]
)


@dataclass(frozen=True, slots=True)
class Slots:
    """S beats in order of time, int [S]: `root` (relative), `quality` (NO_CHORD where none), `strong` (1 on
    the first beat of a bar), `new` (1 where root or quality are not those of the beat before), `ahead` the
    root of the next beat's chord where that is another, else −1."""

    root: Ints
    quality: Ints
    strong: Ints
    new: Ints
    ahead: Ints


def slots_of(chords: npt.NDArray[np.integer], meter: Ints) -> tuple[Slots, Ints, Ints]:
    """The beats of bars with chords int [M, 4, 3], with the bar and slot of each."""
    count = np.asarray(SLOTS)[meter]
    bar = np.repeat(np.arange(len(meter)), count)
    slot = np.arange(len(bar)) - np.repeat(np.cumsum(count) - count, count)
    root, quality = chords[bar, slot, 0].astype(np.int64), chords[bar, slot, 1].astype(np.int64)
    quality = np.where(root < 0, NO_CHORD, np.minimum(quality, NO_CHORD))
    new = np.ones(len(bar), np.int64)
    new[1:] = (root[1:] != root[:-1]) | (quality[1:] != quality[:-1])
    ahead = np.append(np.where(new[1:] > 0, root[1:], -1), -1)
    return Slots(root, quality, (slot == 0).astype(np.int64), new, ahead), bar, slot


def features_of(slots: Slots, at: Ints, before: Ints) -> Ints:
    """Numbers of the weights that speak for each tone of the chords of some beats: int [N, 4, 4], −1 none.
    `before` int [N]: the bass pitch class of the beat before, −1 none."""
    quality = np.minimum(slots.quality[at], NO_CHORD - 1)[:, None]
    degree = np.arange(DEGREES)
    bass = (slots.root[at][:, None] + TONES[quality[:, 0]]) % 12
    new = slots.new[at][:, None]
    place = NO_CHORD * DEGREES
    by_place = place + (2 * slots.strong[at][:, None] + new) * DEGREES + degree
    place += 4 * DEGREES
    come = np.where(before[:, None] >= 0, place + 12 * new + (bass - before[:, None]) % 12, -1)
    place += 24
    ahead = slots.ahead[at][:, None]
    go = np.where(ahead >= 0, place + (ahead - bass) % 12, -1)
    return np.stack([quality * DEGREES + degree, by_place, come, go], -1)


@dataclass(frozen=True, slots=True)
class Inversions:
    """The weights by collection: float [SIZE] each."""

    weights: dict[str, Floats]
    version: str

    def write(self, brief: Brief, chords: npt.NDArray[np.int8], collection: str) -> npt.NDArray[np.int8]:
        """Chords [M, 4, 3] of a brief with their basses drawn anew in a collection's manner. Given chords,
        the first chord, the last bar and the last chord of every phrase keep theirs; what returns, returns
        with its bass."""
        result = chords.copy()
        weights = np.append(self.weights[collection], 0.0)
        slots, bar, slot = slots_of(chords, brief.meter)
        fixed = self._fixed(brief, slots, bar)
        chance = brief.rng.random(len(bar))
        index = np.arange(1)
        before = -1
        for at in range(len(bar)):
            index[0] = at
            quality = int(slots.quality[at])
            row = result[bar[at], slot[at]]
            origin = int(brief.origin[bar[at]])
            if origin >= 0 and slot[at] < SLOTS[int(brief.meter[origin])] and not fixed[at]:
                source = result[origin, slot[at]]
                if (source[:2] == row[:2]).all():
                    row[2] = source[2]
            elif not fixed[at] and quality < NO_CHORD:
                score = weights[features_of(slots, index, np.array([before]))[0]].sum(-1)
                share = np.where(HAS[quality], np.exp(score - score.max()), 0.0)
                running = np.cumsum(np.round(share / share.sum(), 9))
                degree = min(int(np.searchsorted(running, chance[at] * running[-1], side="right")), 3)
                row[2] = (row[0] + TONES[quality, degree]) % 12
            before = int(row[2]) if quality < NO_CHORD else -1
        last = np.asarray(SLOTS)[brief.meter] - 1
        for spare in range(1, 4):
            rows = np.flatnonzero(last < spare)
            result[rows, spare] = result[rows, last[rows]]
        return result

    @staticmethod
    def _fixed(brief: Brief, slots: Slots, bar: Ints) -> npt.NDArray[np.bool_]:
        number = np.cumsum(slots.new)
        fixed = number == 1
        fixed |= bar == len(brief.meter) - 1
        ends = () if brief.ends is None else brief.ends
        for end in ends:
            inside = np.flatnonzero(bar == end)
            fixed |= number == number[inside[-1]]
        if brief.given is not None:
            fixed |= (brief.given[:, 0, 0] != FREE)[bar]
        return np.asarray(fixed)


@cache
def load_inversions(folder: Path | None = None) -> Inversions:
    """The shipped weights or those in `folder`. Raises WeightsError naming what is missing or foreign."""
    where = FOLDER if folder is None else folder
    config = read_config(where, KIND)
    weights = {str(name): np.array(values, np.float64) for name, values in config.get("weights", {}).items()}
    if not weights or any(len(values) != SIZE for values in weights.values()):
        raise WeightsError(f"{where / 'config.json'}: tables of inversions are missing or of another shape")
    return Inversions(weights, str(config.get("version", "unknown")))
