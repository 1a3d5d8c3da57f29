"""The search behind the tempo fit: where on the metrical grid shall each anchor of one section fall?

A section has one metre and one tempo range. Its anchors are moments in time; the search gives each a grid position
(or leaves it out, at a price), so that between any two the tempo is constant and in range, jumps are small,
important anchors fall on strong beats and the last bar ends where it must. It is dynamic programming over the anchors: the state is the place in the
bar and the tempo just played (in bins, each remembering its best exact tempo), a step is a number of grid units.

Costs are in one currency: 1 is a 10 % jump of tempo, or a long stretch 20 % off the preferred tempo. Listeners notice
tempo changes of about 3–6 % (Drake & Botte 1993), which cost .1–.35 here.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from math import ceil, exp, floor, inf, log
from typing import Any, Literal

AnchorKind = Literal["hit", "at", "turn"]
EndKind = Literal["exact", "at_least", "nearest"]

SKIP_COST: dict[AnchorKind, float] = {"hit": 40.0, "at": 6.0, "turn": 0.3}
"""What leaving an anchor off the grid costs: a hit nearly forbids it, a turn of feeling only whispers."""
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
_TEMPO_BINS = 24
_MANY_STEPS = 72
_EPSILON = 1e-9


@dataclass(frozen=True, slots=True)
class GridAnchor:
    """A moment `t_s` seconds after the section's start that wants a grid position; `weight` scales its costs."""

    t_s: float
    kind: AnchorKind
    weight: float


@dataclass(frozen=True, slots=True)
class Section:
    """One metre, one tempo range. `strengths` has one entry a grid unit of the bar: 0 downbeat … 4 sixteenth, 5 finer.

    `end` says what the last bar line owes `duration_s`: to fall there, there or later, or as near as may be.
    `asked` is the range that was asked for, where this one had to be widened: leaving it is then a last resort.
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


@dataclass(slots=True)
class _Table:
    """States at one node: arrays [phase, tempo bin]; `phase` is the place in the bar (or in a longer cycle)."""

    cost: Any
    log_bpm: Any
    units: Any
    came_from: Any  # [phase, bin, 2]: node index, flat state index there


@dataclass(frozen=True, slots=True)
class _End:
    cost: float
    node: int
    state: int
    end_s: float
    units: int


def _search_anchored(section: Section, anchors: Sequence[GridAnchor]) -> Path | None:
    import numpy as np  # deferred: 0.1 s of a cold `check` that meets no anchor

    cycle = section.bar_units
    if section.bars is not None:
        # With the number of bars given, the place in the whole matters: a cycle too long to be a bar count mistaken.
        cycle *= min(section.bars + 1, 5 + section.bars // 16)
    low, high = log(section.low_bpm), log(section.high_bpm)
    bin_width = max(high - low, 1e-6) / _TEMPO_BINS * (1 + 1e-6)
    times = [0.0, *(anchor.t_s for anchor in anchors)]
    skipped = [0.0, 0.0]
    for anchor in anchors:
        skipped.append(skipped[-1] + SKIP_COST[anchor.kind] * anchor.weight)
    reach = 6 if len(anchors) <= 20 else 3 if len(anchors) <= 50 else 1
    tables = [_start_table(np, section, cycle)]

    def predecessors(node: int, t_s: float) -> list[tuple[int, list[int]]]:
        """Nodes that a step in range can come from, the nearest few and the start, with the steps (in units)."""
        found: list[tuple[int, list[int]]] = []
        for earlier in [*range(node - 1, max(0, node - 65), -1), 0]:
            if len(found) >= reach and earlier != 0:
                continue
            steps = _steps(section, t_s - times[earlier])
            if steps:
                found.append((earlier, steps))
        return found

    for index, anchor in enumerate(anchors):
        node = index + 1
        table = _empty_table(np, cycle)
        costs = STRENGTH_COST[anchor.kind]
        place = [costs[rank] * anchor.weight if rank < 5 else inf for rank in section.strengths]
        place_cost = np.tile(np.array(place), cycle // section.bar_units)
        for earlier, steps in predecessors(node, anchor.t_s):
            span_s = anchor.t_s - times[earlier]
            over = skipped[node] - skipped[earlier + 1]
            _advance(
                np, section, tables[earlier], earlier, table, steps, span_s, place_cost + over, low, bin_width
            )
        tables.append(table)

    last = len(anchors) + 1
    best: _End | None = None
    for earlier, steps in predecessors(last, section.duration_s):
        over = skipped[last] - skipped[earlier + 1]
        best = _end_exactly(np, section, tables[earlier], earlier, steps, times[earlier], over, best)
    if section.end != "exact":
        for earlier in range(last - 1, -1, -1):
            over = skipped[last] - skipped[earlier + 1]
            if best is None or over < best.cost:
                best = _end_freely(np, section, tables[earlier], earlier, times[earlier], over, best)
    return None if best is None else _trace(best, tables, times)


def _empty_table(np: Any, cycle: int) -> _Table:
    shape = (cycle, _TEMPO_BINS)
    return _Table(
        np.full(shape, inf), np.zeros(shape), np.zeros(shape, np.int64), np.zeros((*shape, 2), np.int64)
    )


def _start_table(np: Any, section: Section, cycle: int) -> _Table:
    table = _empty_table(np, cycle)
    table.cost[0, 0] = 0.0
    table.log_bpm[0, 0] = log(section.previous_bpm) if section.previous_bpm else np.nan
    return table


def _steps(section: Section, span_s: float) -> list[int]:
    """How many grid units may pass in `span_s`: all that the range allows, thinned out where they are many."""
    rate = span_s * section.units_per_beat / 60.0
    fewest = max(1, ceil(section.low_bpm * rate * (1 - _EPSILON)))
    most = floor(section.high_bpm * rate * (1 + _EPSILON))
    if most - fewest < _MANY_STEPS:
        return list(range(fewest, most + 1))
    around = max(32, section.bar_units)
    first = min(max(round(section.preferred_bpm * rate) - around // 2, fewest), most - around)
    spread = {fewest + (most - fewest) * part // 23 for part in range(24)}
    return sorted(spread | set(range(first, first + around)))


def _jump_and_stretch(
    np: Any, section: Section, states: _Table, rows: Any, log_bpm: Any, span_s: float
) -> Any:
    """Cost [row, bin, step] of going on from each state at each step's tempo."""
    before = states.log_bpm[rows][:, :, None]
    jump = np.nan_to_num((before - log_bpm) ** 2 * _JUMP, nan=0.0)
    settled = span_s / (span_s + _SETTLE_S)
    stretch = (log_bpm - log(section.preferred_bpm)) ** 2 * _DEVIATION * settled
    if section.asked is not None:
        outside = np.maximum(log_bpm - log(section.asked[1]), log(section.asked[0]) - log_bpm)
        stretch = stretch + np.where(outside > 1e-6, _OUT_OF_RANGE * (1 + 10 * outside), 0.0)
    return states.cost[rows][:, :, None] + jump + stretch


def _advance(
    np: Any,
    section: Section,
    states: _Table,
    node: int,
    target: _Table,
    steps: Sequence[int],
    span_s: float,
    place_cost: Any,
    low: float,
    bin_width: float,
) -> None:
    """Extend every state at `node` by every step, and keep in `target` what is cheaper than what it had."""
    cycle = len(place_cost)
    rows = np.flatnonzero(np.isfinite(states.cost).any(axis=1))
    if not len(rows):
        return
    units = np.array(steps)
    log_bpm = np.log(60.0 * units / (section.units_per_beat * span_s))
    every = _jump_and_stretch(np, section, states, rows, log_bpm, span_s)
    from_bin = every.argmin(axis=1)  # [row, step]
    cost = np.take_along_axis(every, from_bin[:, None, :], axis=1)[:, 0, :]
    phase = (rows[:, None] + units[None, :]) % cycle
    cost = (cost + place_cost[phase]).ravel()
    bins = np.clip(((log_bpm - low) / bin_width).astype(np.int64), 0, _TEMPO_BINS - 1)
    key = (phase * _TEMPO_BINS + bins[None, :]).ravel()
    order = np.argsort(-cost, kind="stable")
    winner = np.full(target.cost.size, -1)
    winner[key[order]] = order  # repeated keys: the last one written, the cheapest, stays
    keys = np.flatnonzero(winner >= 0)
    won = winner[keys]
    better = cost[won] < target.cost.ravel()[keys]
    keys, won = keys[better], won[better]
    row, step = won // len(units), won % len(units)
    source = rows[row] * _TEMPO_BINS + from_bin[row, step]
    target.cost.reshape(-1)[keys] = cost[won]
    target.log_bpm.reshape(-1)[keys] = log_bpm[step]
    target.units.reshape(-1)[keys] = states.units.reshape(-1)[source] + units[step]
    target.came_from.reshape(-1, 2)[keys] = np.stack([np.full(len(keys), node), source], axis=1)


def _end_exactly(
    np: Any,
    section: Section,
    states: _Table,
    node: int,
    steps: Sequence[int],
    t_s: float,
    over: float,
    best: _End | None,
) -> _End | None:
    """End on a bar line exactly at the section's duration."""
    rows = np.flatnonzero(np.isfinite(states.cost).any(axis=1))
    if not len(rows):
        return best
    units = np.array(steps)
    span_s = section.duration_s - t_s
    log_bpm = np.log(60.0 * units / (section.units_per_beat * span_s))
    every = _jump_and_stretch(np, section, states, rows, log_bpm, span_s) + over
    total = states.units[rows][:, :, None] + units
    allowed = total % section.bar_units == 0
    if section.bars is not None:
        allowed &= total == section.bars * section.bar_units
    every = np.where(allowed, every, inf)
    flat = int(every.argmin())
    cost = float(every.reshape(-1)[flat])
    if cost == inf or (best is not None and best.cost <= cost):
        return best
    row, column, _ = np.unravel_index(flat, every.shape)
    state = int(rows[row]) * _TEMPO_BINS + int(column)
    return _End(cost, node, state, section.duration_s, int(total.reshape(-1)[flat]))


def _end_freely(
    np: Any, section: Section, states: _Table, node: int, t_s: float, over: float, best: _End | None
) -> _End | None:
    """End on a bar line near (or after) the section's duration, at the tempo that was going or the preferred one."""
    span_s = section.duration_s - t_s
    for state in np.flatnonzero(np.isfinite(states.cost.ravel())):
        so_far = float(states.cost.reshape(-1)[state]) + over
        if best is not None and so_far >= best.cost:
            continue
        before = float(states.log_bpm.reshape(-1)[state])
        played = int(states.units.reshape(-1)[state])
        going = {section.preferred_bpm} if before != before else {section.preferred_bpm, exp(before)}
        for bpm in sorted(min(max(tempo, section.low_bpm), section.high_bpm) for tempo in going):
            unit_s = seconds_per_unit(section, bpm)
            bars = (played + span_s / unit_s) / section.bar_units
            whole = ceil(bars - 1e-6) if section.end == "at_least" else round(bars)
            if section.bars is not None:
                whole = section.bars
            left = max(whole, played // section.bar_units + 1) * section.bar_units - played
            if section.bars is not None and played + left != section.bars * section.bar_units:
                continue
            end_s = t_s + left * unit_s
            jump = 0.0 if before != before else (before - log(bpm)) ** 2 * _JUMP
            settled = left * unit_s / (left * unit_s + _SETTLE_S)
            stretch = log(bpm / section.preferred_bpm) ** 2 * _DEVIATION * settled
            cost = so_far + jump + stretch + _end_cost(section, end_s, bpm)
            if best is None or cost < best.cost:
                best = _End(cost, node, int(state), end_s, played + left)
    return best


def _trace(end: _End, tables: Sequence[_Table], times: Sequence[float]) -> Path:
    nodes = [Node(end.end_s, end.units)]
    node, state = end.node, end.state
    while node > 0:
        table = tables[node]
        nodes.append(Node(times[node], int(table.units.reshape(-1)[state])))
        earlier, before = table.came_from.reshape(-1, 2)[state]
        node, state = int(earlier), int(before)
    return Path(tuple(reversed(nodes)), end.cost)
