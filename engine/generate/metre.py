"""Metres: how the bars of any time signature are cut from bars of 4/4, 3/4 and 6/8, which the codec knows.

2/4 and 3/8 share one model bar between two, 9/8 joins 6/8 and half a 6/8, 5/4 joins 3/4 and two beats, 7/8
leaves the last eighth of a 4/4 bar out.
"""

import math
from dataclasses import dataclass

from dsl.plan import Meter
from engine.generate.grid import METER_STEPS


@dataclass(frozen=True, slots=True)
class ModelBar:
    """A bar for the codec: metre index (0 4/4, 1 3/4, 2 6/8), how many of its steps are played, and the
    request's bar that begins in it or holds it."""

    meter: int
    steps: int
    bar: int


def bar_steps(meter: Meter) -> int:
    """Sixteenths in a bar, at least 1; finer bars (3/32) are rounded up to the grid."""
    return max(1, math.ceil(meter.numerator * 16 / meter.denominator))


def model_bars(meter: Meter, bars: int) -> tuple[ModelBar, ...]:
    """The model bars that `bars` bars of `meter` are made of, in order; their steps add up exactly."""
    steps = bar_steps(meter)
    triple = 2 if meter.is_compound else 1
    for index, whole in ((0, 16), (triple, 12)):
        if whole % steps == 0:
            share = whole // steps
            return tuple(
                ModelBar(index, min(share, bars - first) * steps, first) for first in range(0, bars, share)
            )
    unit = 12 if steps <= 12 or (steps > 16 and (steps % 12 == 0 or steps < 28)) else 16
    index = 0 if unit == 16 else triple
    assert unit == METER_STEPS[index]
    parts = [unit] * (steps // unit) + ([steps % unit] if steps % unit else [])
    return tuple(ModelBar(index, part, bar) for bar in range(bars) for part in parts)
