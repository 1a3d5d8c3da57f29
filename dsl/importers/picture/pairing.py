"""Which moment of a score is which of a list that came again: by what they are called, and among those called
alike by their times.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence

from dsl.importers.picture.roles import Wanted
from dsl.importers.picture.score_pins import ScorePin

_MOST_STEPS = 4_000_000
"""Beyond so many steps those called alike are paired in their order."""


def pair(
    wanted: Sequence[Wanted], pins: Iterable[ScorePin], tolerance_s: float
) -> tuple[list[ScorePin | None], list[ScorePin]]:
    """For each wanted moment the pin that is it, None where it is new; and the pins that none wants."""
    by_key: dict[tuple[str, str], list[ScorePin]] = defaultdict(list)
    for pin in pins:
        by_key[pin.key].append(pin)
    asked: dict[tuple[str, str], list[int]] = defaultdict(list)
    for index, one in enumerate(wanted):
        asked[one.key].append(index)
    found: list[ScorePin | None] = [None] * len(wanted)
    left: list[ScorePin] = []
    for key, there in by_key.items():
        indices = asked.get(key, [])
        matched = _alike([wanted[index].t_s for index in indices], [pin.t_s for pin in there], tolerance_s)
        for index, place in zip(indices, matched, strict=True):
            if place is not None:
                found[index] = there[place]
        used = {place for place in matched if place is not None}
        left += [pin for place, pin in enumerate(there) if place not in used]
    _pair_nameless(wanted, found, left, tolerance_s)
    return found, left


def _pair_nameless(
    wanted: Sequence[Wanted], found: list[ScorePin | None], left: list[ScorePin], tolerance_s: float
) -> None:
    """Hits without a name are known by their times alone."""
    free = [pin for pin in left if pin.key == ("hit", "")]
    for index, one in enumerate(wanted):
        if found[index] is None and one.role == "hit" and not one.name:
            pin = next((pin for pin in free if abs(pin.t_s - one.t_s) <= tolerance_s), None)
            if pin is not None:
                found[index] = pin
                free.remove(pin)
                left.remove(pin)


def _alike(times: Sequence[float], there: Sequence[float], tolerance_s: float) -> list[int | None]:
    """For each time (ascending) its place in `there`: those that agree first, the rest in their order, so
    that all move as little as may be."""
    found: list[int | None] = [None] * len(times)
    order = sorted(range(len(there)), key=lambda place: there[place])
    a = b = 0
    free: list[int] = []
    taken: set[int] = set()
    while a < len(times) and b < len(order):
        apart = there[order[b]] - times[a]
        if abs(apart) <= tolerance_s:
            found[a] = order[b]
            taken.add(order[b])
            a, b = a + 1, b + 1
        elif apart < 0:
            b += 1
        else:
            a += 1
    rest = [index for index, place in enumerate(found) if place is None]
    free = [place for place in order if place not in taken]
    if len(rest) == len(free) or len(rest) * len(free) > _MOST_STEPS:
        pairs: Iterable[tuple[int, int]] = zip(range(len(rest)), range(len(free)), strict=False)
    else:
        pairs = _nearest([times[index] for index in rest], [there[place] for place in free])
    for one, other in pairs:
        found[rest[one]] = free[other]
    return found


def _nearest(some: Sequence[float], others: Sequence[float]) -> list[tuple[int, int]]:
    """The pairs, as many as can be, in order on both sides, that lie nearest together in sum."""
    if len(some) > len(others):
        return [(a, b) for b, a in _nearest(others, some)]
    rows: list[list[float]] = [[0.0] * (len(others) + 1)]
    for a, time in enumerate(some):
        row = [float("inf")] * (len(others) + 1)
        for b in range(a, len(others)):
            row[b + 1] = min(row[b], rows[-1][b] + abs(time - others[b]))
        rows.append(row)
    pairs = []
    b = len(others)
    for a in range(len(some), 0, -1):
        while b > a and rows[a][b] == rows[a][b - 1]:
            b -= 1
        pairs.append((a - 1, b - 1))
        b -= 1
    return pairs[::-1]
