"""Chords as events: the vocabulary of the harmony model and its conditions for each change.

An event is a chord that holds for one or more slots (beats; in 6/8 dotted beats). Everything is key-relative.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt

from engine.music.descriptors import chord_distance
from engine.music.theory import CHORD_INTERVALS, NO_CHORD, QUALITIES

CHORD_COUNT: Final = 12 * NO_CHORD
"""Chord number = quality · 12 + relative root; `CHORD_COUNT` itself stands for "nothing yet"."""

SLOTS: Final = (4, 3, 2)
"""Chord slots a bar has, by meter 0 = 4/4, 1 = 3/4, 2 = 6/8."""

SLOT_STEPS: Final = (4, 4, 6)
"""Sixteenths in a slot, by meter."""

DURATIONS: Final = (1, 2, 3, 4, 8)
"""Upper bounds, in slots, of the classes of how long an event holds; longer is a class of its own."""

FEATURES: Final = 2 + 3 + 4 + 4 + 4 + len(DURATIONS) + 1 + 2
"""mode, meter, slot in bar, bar in four, bars to the end, duration, tension and its square; sources
follow."""


@dataclass(frozen=True, slots=True)
class EventContext:
    """What is known of E events before their chords: all int [E] but `tension` float [E] 0…1 and `last` bool.

    `slot` where it starts in its bar; `group` its bar in the group of four 0–3; `remaining` bars to the end
    of the piece, 0 in the last; `duration` in slots.
    """

    minor: npt.NDArray[np.int64]
    meter: npt.NDArray[np.int64]
    slot: npt.NDArray[np.int64]
    group: npt.NDArray[np.int64]
    remaining: npt.NDArray[np.int64]
    duration: npt.NDArray[np.int64]
    tension: npt.NDArray[np.float64]


TENSION_LEVELS: Final = 4
"""Steps of the tension told, 0 … 1 in quarters. Finer ones would give the next chord away in training."""


TENSION_PLACES: Final = ((0.0, 0.0), (0.2, 0.35), (0.36, 0.5), (0.66, 0.75), (1.0, 1.0))
"""(asked, place): what no feeling in particular asks for is the middle of what music has; joy and calm
(.2) lie a little below it, rage (.66) in the upper quarter, and only `@tension` goes to the ends."""


def tension_place(tension: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    """Asked tension as a place 0…1 among the music of a collection."""
    asked, place = zip(*TENSION_PLACES, strict=True)
    return np.asarray(np.interp(tension, asked, place))


def tension_condition(
    place: npt.NDArray[np.float64], group: npt.NDArray[np.int64], levels: Sequence[float]
) -> npt.NDArray[np.float64]:
    """What the model is told of tension, coarsely and for each group of bars. `place` [B] where it stands
    among the music of a collection, 0…1; `levels` the running shares of that collection's events at each
    level told. [B]."""
    count = np.bincount(group)
    mean = np.bincount(group, weights=place) / np.maximum(count, 1)
    level = np.minimum(np.searchsorted(np.asarray(levels), mean, side="left"), TENSION_LEVELS)
    return np.asarray(level[group] / TENSION_LEVELS)


def encode(context: EventContext) -> npt.NDArray[np.float64]:
    """The context as numbers for the model: [E, FEATURES]."""
    events = len(context.minor)
    out = np.zeros((events, FEATURES))
    rows = np.arange(events)
    near = np.select([context.remaining <= 0, context.remaining == 1, context.remaining <= 3], [0, 1, 2], 3)
    duration = np.searchsorted(np.array(DURATIONS), context.duration)
    at = 0
    for values, size in (
        (context.minor, 2),
        (context.meter, 3),
        (np.minimum(context.slot, 3), 4),
        (context.group, 4),
        (near, 4),
        (duration, len(DURATIONS) + 1),
    ):
        out[rows, at + values] = 1.0
        at += size
    centred = context.tension - 0.5
    out[:, at], out[:, at + 1] = 2 * centred, 4 * centred * centred
    return out


def chord_number(root: npt.NDArray[np.int64], quality: npt.NDArray[np.int64]) -> npt.NDArray[np.int64]:
    """Chord numbers; −1 where there is no chord."""
    return np.where((root >= 0) & (quality < NO_CHORD), quality * 12 + root, -1)


def chord_restlessness() -> npt.NDArray[np.float64]:
    """How far each chord stands from rest, 0…1: [CHORD_COUNT]."""
    return np.asarray(chord_distance()[:NO_CHORD].reshape(-1), dtype=np.float64)


def chord_tone(chord: int, degree: int) -> int:
    """The relative pitch class of a chord's root, third, fifth or seventh (degree 0–3; beyond its tones the
    root)."""
    intervals = CHORD_INTERVALS[QUALITIES[chord // 12]]
    return (chord % 12 + (intervals[degree] if degree < len(intervals) else 0)) % 12
