"""How a length inside a bar is written: as few note values as show the metre, tied together.

A value may hide a stronger beat than the ones it starts or ends on only in the usual syncopations (short,
long, short around a beat); rests hide none (Gould, *Behind Bars*, pages 160–171).
"""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

from dsl.plan import Meter
from engine.render.notation.bars import TICKS, WHOLE, bar_ticks

_NAMES = ("breve", "whole", "half", "quarter", "eighth", "16th", "32nd", "64th", "128th")
VALUES: dict[int, tuple[str, int]] = {
    ticks: value
    for step, name in enumerate(_NAMES)
    for ticks, value in ((2 * WHOLE >> step, (name, 0)), ((2 * WHOLE >> step) * 3 // 2, (name, 1)))
    if name not in ("breve", "128th") or value[1] == 0
}
"""Length in ticks → (type, dots)."""
_FINEST = 2 * WHOLE >> len(_NAMES) - 1


@dataclass(frozen=True, slots=True)
class Tuplet:
    """Ticks `start` to `end` divided into `actual` parts in the time of `normal` values called `unit`."""

    start: int
    end: int
    actual: int
    normal: int
    unit: str

    @property
    def step(self) -> int:
        """Ticks of one of its parts."""
        return (self.end - self.start) // self.actual


@dataclass(frozen=True, slots=True)
class Value:
    """One written value: ticks it fills, its type and dots, and the tuplet that it is in."""

    start: int
    end: int
    type: str
    dots: int
    tuplet: Tuplet | None = None


@lru_cache(maxsize=64)
def beat_starts(meter: Meter) -> tuple[int, ...]:
    """Where the beats of a bar begin, in ticks: dotted ones in 6/8 and its kin, twos and a three in 7/8."""
    length, unit = bar_ticks(meter), WHOLE // meter.denominator
    if meter.denominator < 8:
        return tuple(range(0, length, unit))
    if meter.is_compound:
        return tuple(range(0, length, 3 * unit))
    starts = list(range(0, length, 2 * unit))
    return tuple(starts[:-1] if meter.numerator % 2 and len(starts) > 1 else starts)


@lru_cache(maxsize=4096)
def weakness(tick: int, meter: Meter) -> int:
    """How weak a place in the bar is: 0 the bar line, 1 the middle of an even bar, 2 a beat, 3 and more
    between beats."""
    length, beats = bar_ticks(meter), beat_starts(meter)
    if tick % length == 0:
        return 0
    if tick in beats:
        return 1 if len(beats) % 2 == 0 and len(beats) != 2 and 2 * tick == length else 2
    start = max(beat for beat in beats if beat < tick)
    unit = WHOLE // meter.denominator if meter.denominator >= 8 else WHOLE // meter.denominator // 2
    level = 3
    while unit > _FINEST and (tick - start) % unit:
        unit //= 2
        level += 1
    return level


@lru_cache(maxsize=16384)
def values(start: int, end: int, meter: Meter, rest: bool = False) -> tuple[Value, ...]:
    """The written values from `start` to `end`, ticks from the bar line."""
    if end <= start:
        return ()
    fitting = VALUES.get(end - start)
    inside = range(start - start % _FINEST + _FINEST, end, _FINEST)
    if fitting and not inside:
        return (Value(start, end, *fitting),)
    if not inside:
        return (Value(start, end, _NAMES[-1], 0),)
    strongest = min(weakness(tick, meter) for tick in inside)
    if fitting and _readable(start, end, strongest, meter, fitting[1] > 0, rest):
        return (Value(start, end, *fitting),)
    cuts = [tick for tick in inside if weakness(tick, meter) == strongest]
    cut = cuts[-1] if weakness(start, meter) <= weakness(end, meter) else cuts[0]
    return values(start, cut, meter, rest) + values(cut, end, meter, rest)


def _readable(start: int, end: int, strongest: int, meter: Meter, dotted: bool, rest: bool) -> bool:
    first, last = weakness(start, meter), weakness(end, meter)
    compound = meter.is_compound
    if compound and strongest <= 2 and max(first, last) > 2:
        return False
    if rest:
        if dotted and not (compound and max(first, last) <= 2):
            return False
        return strongest > first
    if strongest >= min(first, last):
        return True
    middle = (start + end) // 2
    return not dotted and first == last == strongest + 1 and weakness(middle, meter) == strongest


def with_tuplets(
    start: int, end: int, meter: Meter, tuplets: list[Tuplet], rest: bool = False
) -> Iterator[Value]:
    """`values`, with the tuplets of the bar (ticks from the bar line): what begins or ends inside one is
    written in its units."""
    at = start
    for tuplet in sorted(tuplets, key=lambda tuplet: tuplet.start):
        if tuplet.end <= at or tuplet.start >= end:
            continue
        yield from values(at, max(tuplet.start, at), meter, rest)
        first, last = max(at, tuplet.start), min(end, tuplet.end)
        yield from _in_tuplet(first, last, tuplet)
        at = last
    yield from values(at, end, meter, rest)


def _in_tuplet(start: int, end: int, tuplet: Tuplet) -> Iterator[Value]:
    base = _NAMES.index(tuplet.unit)
    units = round((end - start) / tuplet.step)
    at = start
    while units > 0:
        taken, name, dots = next(
            (count, _NAMES[base - shift], dots)
            for count, shift, dots in ((6, 2, 1), (4, 2, 0), (3, 1, 1), (2, 1, 0), (1, 0, 0))
            if count <= units and base >= shift
        )
        units -= taken
        until = end if units == 0 else at + taken * tuplet.step
        yield Value(at, until, name, dots, tuplet)
        at = until


def tuplet_over(start: int, end: int, actual: int) -> Tuplet:
    """`actual` equal notes from `start` to `end`, named as the next larger binary division's values are."""
    normal = 1 << actual.bit_length() - 1
    return Tuplet(start, end, actual, normal, VALUES[(end - start) // normal][0])


assert TICKS * 4 == WHOLE
