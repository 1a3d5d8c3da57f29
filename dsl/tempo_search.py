"""The search behind the tempo fit: where on the metrical grid shall each anchor of one section fall?

A section has one metre and one tempo range. Its anchors are moments in time; the search gives each a
grid position (or leaves it out, at a price), so that between any two the tempo is constant and in range,
jumps are small, important anchors fall on strong beats and the last bar ends where it must. It is dynamic
programming over the anchors: the state is the place in the bar and the tempo just played (in bins, each
remembering its best exact tempo), a step is a number of grid units.

Costs are in one currency: 1 is a 10 % jump of tempo, or a long stretch 20 % off the preferred tempo.
Listeners notice tempo changes of about 3–6 % (Drake & Botte 1993), which cost .1–.35 here.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from math import ceil, exp, floor, inf, log
from operator import itemgetter
from typing import Literal

MOST_SEARCHED = 1000
"""More anchors than this in one section are thinned out by the caller."""
AnchorKind = Literal["hit", "at", "turn"]
EndKind = Literal["exact", "at_least", "nearest"]

SKIP_COST: dict[AnchorKind, float] = {"hit": 40.0, "at": 6.0, "turn": 0.3}
"""What leaving an anchor off the grid costs: high for a hit, low for a turn of feeling."""
STRENGTH_COST: dict[AnchorKind, tuple[float, float, float, float, float]] = {
    "hit": (0.0, 0.15, 0.25, 0.6, 1.2),
    "at": (0.0, 0.6, 1.0, 2.5, 4.0),
    "turn": (0.0, 0.1, 0.15, 0.25, 0.3),
}
"""By kind, the cost of a downbeat, half-bar beat, other beat, eighth, sixteenth."""

_JUMP = 1.0 / 0.10**2
_DEVIATION = 1.0 / 0.20**2
_SETTLE_S = 4.0
"""A stretch much shorter than this hardly establishes a tempo, so its deviation counts less."""
_OUT_OF_RANGE = 100.0
_TEMPO_BIN = 0.05
"""Ways to one place in the bar whose tempi differ by less than 5 % compete; the cheaper one goes on."""
_BEAMS = ((8, 32), (200, 16), (MOST_SEARCHED, 12))
"""Up to so many anchors, a node hands on so many states. On random cues 16 cost 2 % more than 200, in a
tenth of the time."""
_HOPELESS = 5.0
"""A state this much dearer than its node's best is dropped: a jump of 22 % costs as much."""
_EPSILON = 1e-9


@dataclass(frozen=True, slots=True)
class GridAnchor:
    """A moment `t_s` seconds after the section's start that wants a grid place; `weight` scales its costs."""

    t_s: float
    kind: AnchorKind
    weight: float


@dataclass(frozen=True, slots=True)
class Section:
    """One metre, one tempo range. `strengths` rates each grid unit of the bar: 0 downbeat … 4 sixteenth, 5
    finer.

    `end` says how the last bar line relates to `duration_s`: it falls exactly there, there or later, or as
    near as possible. `asked` is the range that was asked for, where this one had to be widened: leaving it
    is a last resort.
    """

    duration_s: float
    end: EndKind
    strengths: tuple[int, ...]
    units_per_beat: int
    low_bpm: float
    high_bpm: float
    preferred_bpm: float
    bars: int | None = None
    previous_bpm: float | None = None
    asked: tuple[float, float] | None = None

    @property
    def bar_units(self) -> int:
        """Grid units in a bar."""
        return len(self.strengths)


@dataclass(frozen=True, slots=True)
class Node:
    """A change of tempo (or the end): `units` grid units and `t_s` seconds after the section's start."""

    t_s: float
    units: int


@dataclass(frozen=True, slots=True)
class Path:
    """The nodes after the section's start, the last one its end; `cost` infinite never leaves this module."""

    nodes: tuple[Node, ...]
    cost: float


def search(section: Section, anchors: Sequence[GridAnchor]) -> Path | None:
    """The cheapest path, or None where no tempo in range ends the section on a bar line as it must."""
    return _search_anchored(section, anchors) if anchors else _search_plain(section)


def seconds_per_unit(section: Section, bpm: float) -> float:
    """Seconds of one grid unit at `bpm` quarter notes a minute."""
    return 60.0 / (bpm * section.units_per_beat)


def _in_range(section: Section, bpm: float) -> bool:
    return section.low_bpm * (1 - _EPSILON) <= bpm <= section.high_bpm * (1 + _EPSILON)


def _search_plain(section: Section) -> Path | None:
    """No anchors: whole bars at one tempo, as near the preferred one as the end allows."""
    bar_s = seconds_per_unit(section, section.preferred_bpm) * section.bar_units
    wanted = section.duration_s / bar_s
    if section.bars is not None:
        counts = [section.bars]
    elif section.end == "at_least":
        counts = [max(1, ceil(wanted - 1e-6))]
    else:
        counts = [max(1, floor(wanted)), max(1, floor(wanted)) + 1]
    best: Path | None = None
    for count in counts:
        units = count * section.bar_units
        exact = 60.0 * units / (section.units_per_beat * section.duration_s)
        if section.end == "at_least":
            bpm = max(min(section.preferred_bpm, exact), section.low_bpm)
        elif _in_range(section, exact):
            bpm = exact
        elif section.end == "nearest":
            bpm = min(max(exact, section.low_bpm), section.high_bpm)
        else:
            continue
        end_s = section.duration_s if bpm == exact else units * seconds_per_unit(section, bpm)
        cost = log(bpm / section.preferred_bpm) ** 2 * _DEVIATION + _end_cost(section, end_s, bpm)
        if best is None or cost < best.cost:
            best = Path((Node(end_s, units),), cost)
    return best


def _end_cost(section: Section, end_s: float, bpm: float) -> float:
    """What an end off the wanted time costs, in bars at the tempo played."""
    late = (end_s - section.duration_s) / (seconds_per_unit(section, bpm) * section.bar_units)
    if abs(end_s - section.duration_s) < 1e-6:
        return 0.0
    if section.end == "nearest":
        return 8.0 * abs(late)
    return 0.3 * late if late > 0 else 1000.0 * (1.0 - late)


@dataclass(frozen=True, slots=True)
class _State:
    """A way to have come to a node: what it cost, the tempo just played (None at the start), the units so
    far."""

    cost: float
    log_bpm: float | None
    units: int
    t_s: float
    before: "_State | None"


_Arrivals = dict[int, tuple[float, float, int, _State]]
"""The cheapest way to each place and tempo: its cost, log tempo, units, and the state it comes from."""


def _search_anchored(section: Section, anchors: Sequence[GridAnchor]) -> Path | None:
    times = [0.0, *(anchor.t_s for anchor in anchors)]
    skipped = [
        0.0,
        0.0,
    ]  # skipped[i + 1] - skipped[j + 1]: the price of leaving out anchors between nodes j and i
    for anchor in anchors:
        skipped.append(skipped[-1] + SKIP_COST[anchor.kind] * anchor.weight)
    reach = 3 if len(anchors) <= 8 else 2 if len(anchors) <= 200 else 1
    beam = next((states for most, states in _BEAMS if len(anchors) <= most), _BEAMS[-1][1])
    start = _State(0.0, log(section.previous_bpm) if section.previous_bpm else None, 0, 0.0, None)
    nodes: list[list[_State]] = [[start]]
    for index, anchor in enumerate(anchors, 1):
        costs = STRENGTH_COST[anchor.kind]
        place = [costs[rank] * anchor.weight if rank < len(costs) else inf for rank in section.strengths]
        arriving: _Arrivals = {}
        for earlier in _predecessors(section, times, nodes, index, reach):
            over = skipped[index] - skipped[earlier + 1]
            _advance(section, nodes[earlier], anchor.t_s, place, over, arriving)
        cheapest = sorted(arriving.values(), key=itemgetter(0))[:beam]
        nodes.append([_State(cost, bpm, units, anchor.t_s, before) for cost, bpm, units, before in cheapest])
    best: _State | None = None
    for earlier in range(len(anchors), -1, -1):
        over = skipped[-1] - skipped[earlier + 1]
        for state in nodes[earlier]:
            if best is not None and state.cost + over >= best.cost:
                break
            for ending in _endings(section, state, over):
                if best is None or ending.cost < best.cost:
                    best = ending
    return None if best is None else _trace(best)


def _predecessors(
    section: Section, times: Sequence[float], nodes: Sequence[Sequence[_State]], node: int, reach: int
) -> list[int]:
    """The nearest few nodes that some tempo in range leads on from, and the start."""
    found: list[int] = []
    for earlier in range(node - 1, max(0, node - 65), -1):
        rate = (times[node] - times[earlier]) * section.units_per_beat / 60.0
        if nodes[earlier] and floor(section.high_bpm * rate) >= max(1, ceil(section.low_bpm * rate)):
            found.append(earlier)
            if len(found) == reach:
                break
    # Straight from the start everything in between is left out: worth a try early on, or where nothing else
    # is left.
    return found if found and node > 20 else [*found, 0]


def _advance(
    section: Section,
    states: Sequence[_State],
    t_s: float,
    place: Sequence[float],
    over: float,
    arriving: _Arrivals,
) -> None:
    """Take every state on to `t_s` by every promising number of units; keep the cheapest a place and
    tempo."""
    span_s = t_s - states[0].t_s
    rate = span_s * section.units_per_beat / 60.0
    fewest = max(1, ceil(section.low_bpm * rate * (1 - _EPSILON)))
    most = floor(section.high_bpm * rate * (1 + _EPSILON))
    if most < fewest:
        return
    speeds = [section.preferred_bpm if state.log_bpm is None else exp(state.log_bpm) for state in states]
    bar_units, bars_given = section.bar_units, section.bars is not None
    # A whole bar to choose from where it costs little tempo (12 % at most), four units either way at least.
    around = [max(4.0, min(bar_units / 2, 0.12 * bpm * rate)) for bpm in speeds]
    windows = [
        (min(max(fewest, floor(bpm * rate - reach)), most), max(min(most, ceil(bpm * rate + reach)), fewest))
        for bpm, reach in zip(speeds, around, strict=True)
    ]
    # By number of units: tempo, price of going at it, and its bin; of the windows alone, which may lie far
    # apart.
    log_rate, log_preferred = log(rate), log(section.preferred_bpm)
    stretch = _DEVIATION * span_s / (span_s + _SETTLE_S)
    going: dict[int, tuple[float, float, int]] = {}
    for first, last in set(windows):
        for units in range(first, last + 1):
            if units not in going:
                log_bpm = log(units) - log_rate
                price = over + (log_bpm - log_preferred) ** 2 * stretch
                if section.asked is not None:
                    price += _outside(section, log_bpm)
                going[units] = (log_bpm, price, int(log_bpm / _TEMPO_BIN))
    good_enough = states[0].cost + _HOPELESS
    for state, (first, last) in zip(states, windows, strict=True):
        so_far, played, before = state.cost, state.units, state.log_bpm
        if so_far > good_enough:
            break
        for units in range(first, last + 1):
            total = played + units
            at = total % bar_units
            log_bpm, price, tempo_bin = going[units]
            cost = so_far + place[at] + price
            if before is not None:
                cost += (log_bpm - before) ** 2 * _JUMP
            # With the number of bars given, the place in the whole matters, not only that in the bar.
            key = (total if bars_given else at) * 4096 + tempo_bin
            known = arriving.get(key)
            if cost < (inf if known is None else known[0]):
                arriving[key] = (cost, log_bpm, total, state)


def _outside(section: Section, log_bpm: float) -> float:
    assert section.asked is not None
    excess = max(log(section.asked[0]) - log_bpm, log_bpm - log(section.asked[1]))
    return _OUT_OF_RANGE * (1.0 + 10.0 * excess) if excess > 1e-6 else 0.0


def _endings(section: Section, state: _State, over: float) -> Iterator[_State]:
    """Ways to the last bar line: exactly at the wanted time, or (a free end) at an unhurried tempo."""
    span_s = section.duration_s - state.t_s
    rate = span_s * section.units_per_beat / 60.0
    going = section.preferred_bpm if state.log_bpm is None else exp(state.log_bpm)
    tempi = sorted({going, section.preferred_bpm})
    for bars in _bar_counts(section, state, rate, tempi):
        units = bars * section.bar_units - state.units
        if units > 0 and _in_range(section, units / rate):
            yield _ending(section, state, units, units / rate, section.duration_s, over)
    if section.end == "exact":
        return
    for bpm in tempi:
        passed = (state.units + bpm * rate) / section.bar_units
        bars = ceil(passed - 1e-6) if section.end == "at_least" else round(passed)
        bars = max(bars, state.units // section.bar_units + 1) if section.bars is None else section.bars
        units = bars * section.bar_units - state.units
        if units > 0:
            end_s = state.t_s + units * seconds_per_unit(section, bpm)
            yield _ending(section, state, units, bpm, end_s, over)


def _bar_counts(section: Section, state: _State, rate: float, tempi: Sequence[float]) -> set[int]:
    if section.bars is not None:
        return {section.bars}
    edges = [(state.units + bpm * rate) / section.bar_units for bpm in (section.low_bpm, section.high_bpm)]
    middles = [(state.units + bpm * rate) / section.bar_units for bpm in tempi]
    near = {count for middle in middles for count in (floor(middle), floor(middle) + 1)}
    return near | {ceil(edges[0] - 1e-6), floor(edges[1] + 1e-6)}


def _ending(section: Section, state: _State, units: int, bpm: float, end_s: float, over: float) -> _State:
    span_s = end_s - state.t_s
    log_bpm = log(bpm)
    cost = state.cost + over + _end_cost(section, end_s, bpm)
    cost += (log_bpm - log(section.preferred_bpm)) ** 2 * _DEVIATION * span_s / (span_s + _SETTLE_S)
    if state.log_bpm is not None:
        cost += (log_bpm - state.log_bpm) ** 2 * _JUMP
    if section.asked is not None:
        cost += _outside(section, log_bpm)
    return _State(cost, log_bpm, state.units + units, end_s, state)


def _trace(end: _State) -> Path:
    nodes: list[Node] = []
    state: _State | None = end
    while state is not None and state.before is not None:
        nodes.append(Node(state.t_s, state.units))
        state = state.before
    return Path(tuple(reversed(nodes)), end.cost)
