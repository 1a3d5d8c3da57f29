"""The tempo fit: bars and a tempo map for a cue, so that bar lines and hits land where the script says.

A cue is cut into sections where its metre or its tempo wish changes, each section is searched
(`dsl.tempo_search`), and the sections are laid end to end. All times here are seconds from the cue's start,
beats are quarter notes. What cannot be met is in the result, in seconds and beats a minute; turning it into
findings is the planner's.
"""

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache

from dsl.plan import Meter, Setting, TempoPoint
from dsl.tempo_search import MOST_SEARCHED, AnchorKind, EndKind, GridAnchor, Node, Path, Section, search
from dsl.timing import beat_at_time, setting_at, time_at_beat

LOWEST_BPM, HIGHEST_BPM = 10.0, 600.0
"""No fit leaves these, whatever it must break instead (MIDI's own floor is 3.6), but where a pinned end comes
before a first bar at this tempo would."""
DEFAULT_RANGE = (48.0, 168.0)
"""Quarter notes a minute that the fit may use where the writer asked for nothing: largo to a fast allegro."""
DEFAULT_BPM = 92.0
"""Preferred where neither writer nor engine has said anything: a walking andante."""
_SAME_MOMENT_S = 1e-3
_MISSED_END_S = 1e-6
_WIDENINGS = (1.02, 1.05, 1.1, 1.2, 1.4, 2.0, 4.0, 16.0)


@dataclass(frozen=True, slots=True)
class Anchor:
    """A moment that wants a place on the grid: a hit must have one, an `@at` and a turn want strong beats."""

    t_s: float
    kind: AnchorKind = "hit"
    weight: float = 1.0


@dataclass(frozen=True, slots=True)
class TempoWish:
    """The range that may be used (equal ends: fixed) and what is preferred in it, quarter notes a minute."""

    low_bpm: float
    high_bpm: float
    preferred_bpm: float


@dataclass(frozen=True, slots=True)
class TempoFit:
    """What came out.

    `anchor_beats[i]` is anchor i's place (sixteenth grid), `anchor_misses_s[i]` how late that place sounds
    (negative: early; 0 where it is exact). `meters` are the metres with their starts moved to the bar lines
    they fell on. `out_of_range_bpm` is the tempo furthest outside the range, None where all keep to it.
    `bars_missed` is how many bars more than asked were laid (negative: fewer). `short_s` > 0: the asked
    bars end that much before `duration_s` asked.
    """

    tempo_map: tuple[TempoPoint, ...]
    bars: int
    duration_s: float
    anchor_beats: tuple[float, ...]
    anchor_misses_s: tuple[float, ...]
    meters: tuple[Setting[Meter], ...]
    out_of_range_bpm: float | None = None
    bars_missed: int = 0
    short_s: float = 0.0
    hit_misses_s: tuple[float, ...] = ()


@dataclass(frozen=True, slots=True)
class _Stretch:
    """A section to come: where it starts, its metre and its wish."""

    start_s: float
    meter: Meter
    wish: TempoWish


def fit_tempo(
    duration_s: float,
    free_end: bool,
    meters: Sequence[Setting[Meter]],
    tempo_range: tuple[float, float],
    preferred_bpm: float,
    anchors: Sequence[Anchor] = (),
    bars: int | None = None,
    wishes: Sequence[Setting[TempoWish]] = (),
) -> TempoFit:
    """Fit bars into `duration_s` seconds, the last one ending exactly there, or (`free_end`) there or later.

    `wishes` are stepwise tempo wishes and replace `tempo_range` and `preferred_bpm` where given. Never raises
    for finite input with `duration_s` > 0; the result says what it could not meet.
    """
    steps = wishes or (Setting(0.0, duration_s, wish_for(tempo_range, preferred_bpm)),)
    stretches = _stretches(duration_s, meters, steps)
    fit, late = _laid(duration_s, free_end, stretches, anchors, bars), 1
    while not free_end and abs(fit.duration_s - duration_s) > _MISSED_END_S:
        # The last changes come so late that no bar has room between them and the end: nobody would hear them.
        one_bar = len(stretches) == 1
        stretches, late = stretches[: max(len(stretches) - late, 1)], 2 * late
        fit = _laid(duration_s, free_end, stretches, anchors, bars, one_bar)
    return fit


def _laid(
    duration_s: float,
    free_end: bool,
    stretches: Sequence[_Stretch],
    anchors: Sequence[Anchor],
    bars: int | None,
    one_bar: bool = False,
) -> TempoFit:
    """The stretches one after another; the last one misses a pinned end where not even a bar has room in it.
    `one_bar`: a single bar fills the whole time, whatever tempo that takes."""
    grid = sorted((GridAnchor(anchor.t_s, anchor.kind, anchor.weight) for anchor in anchors), key=_moment)
    points: list[TempoPoint] = []
    laid_meters: list[Setting[Meter]] = []
    start_s, start_beat, laid_bars = 0.0, 0.0, 0
    out_of_range: float | None = None
    worst = 0.0
    before: _Stretch | None = None
    for index, stretch in enumerate(stretches):
        last = index == len(stretches) - 1
        goal_s = duration_s if last else stretches[index + 1].start_s
        if before is not None and not last and goal_s - start_s < _shortest_s(stretch.meter, stretch.wish):
            continue  # bars of the stretches before it reach so far that it has no time of its own
        section = _section(
            stretch,
            goal_s - start_s,
            end="at_least" if last and free_end else "exact",
            bars=max(1, bars - laid_bars) if bars is not None and last else None,
            previous_bpm=points[-1].bpm if before is not None and stretch.wish == before.wish else None,
        )
        first, last_here = bisect_right(grid, start_s, key=_moment), bisect_left(grid, goal_s, key=_moment)
        here = _merged(grid[first:last_here])
        path = (
            Path((Node(goal_s - start_s, section.bar_units),), 0.0)
            if one_bar
            else _fit_section(section, _shifted(here, start_s), must_end_there=last)
        )
        if before is None or stretch.meter != before.meter:
            laid_meters.append(Setting(start_s, duration_s, stretch.meter))
        units, t_s = 0, 0.0
        for node in path.nodes:
            bpm = 60.0 * (node.units - units) / (section.units_per_beat * (node.t_s - t_s))
            outside = max(stretch.wish.low_bpm / bpm, bpm / stretch.wish.high_bpm) - 1.0
            if outside > max(worst, 1e-6):
                out_of_range, worst = bpm, outside
            beat = start_beat + units / section.units_per_beat
            if not points or abs(points[-1].bpm / bpm - 1.0) > 1e-9:
                points.append(TempoPoint(beat, start_s + t_s, bpm))
            units, t_s = node.units, node.t_s
        laid_bars += units // section.bar_units
        start_beat += units / section.units_per_beat
        # A pinned end is the very number that was asked for, not one that sums of fractions came near to.
        start_s = goal_s if abs(start_s + t_s - goal_s) < 1e-9 else start_s + t_s
        before = stretch
    tempo_map = tuple(points)
    beats, misses = _places(tempo_map, anchors, start_s)
    return TempoFit(
        tempo_map,
        laid_bars,
        start_s,
        beats,
        misses,
        _covering(laid_meters, start_s),
        out_of_range,
        0 if bars is None else laid_bars - bars,
        max(0.0, duration_s - start_s) if duration_s - start_s > 1e-6 else 0.0,
        tuple(miss for anchor, miss in zip(anchors, misses, strict=True) if anchor.kind == "hit"),
    )


def _moment(anchor: GridAnchor) -> float:
    return anchor.t_s


def wish_for(tempo_range: tuple[float, float], preferred_bpm: float) -> TempoWish:
    """A wish within the absolute limits, its preference within its range."""
    low = min(max(tempo_range[0], LOWEST_BPM), HIGHEST_BPM)
    high = min(max(tempo_range[1], low), HIGHEST_BPM)
    return TempoWish(low, high, min(max(preferred_bpm, low), high))


def _stretches(
    duration_s: float, meters: Sequence[Setting[Meter]], wishes: Sequence[Setting[TempoWish]]
) -> list[_Stretch]:
    """Cut where metre or wish changes; a change too near the start or end for half a bar moves there."""
    cuts = sorted({0.0, *(setting.start_s for setting in meters), *(setting.start_s for setting in wishes)})
    found: list[_Stretch] = []
    for cut in cuts:
        meter, wish = setting_at(meters, cut), setting_at(wishes, cut)
        shortest = _shortest_s(meter, wish)
        if cut > 0.0 and cut > duration_s - shortest:
            continue
        if found and cut < found[-1].start_s + shortest:
            found[-1] = _Stretch(found[-1].start_s, meter, wish)
        elif not found or (found[-1].meter, found[-1].wish) != (meter, wish):
            found.append(_Stretch(max(cut, 0.0), meter, wish))
    return found


def _shortest_s(meter: Meter, wish: TempoWish) -> float:
    """Half a bar at the top of the wish: changes nearer to each other are one."""
    return meter.beats_per_bar * 60.0 / wish.high_bpm / 2


def _section(
    stretch: _Stretch, duration_s: float, end: EndKind, bars: int | None, previous_bpm: float | None
) -> Section:
    strengths, units_per_beat = metrical_grid(stretch.meter)
    wish = stretch.wish
    # A stretch whose predecessor ran over may have little left: a pinned end must allow a bar at the limit
    # of all tempi, a bar line in mid-cue half a bar at the wish's own top speed; a free end takes whatever
    # it needs.
    bar_minutes_bpm = len(strengths) * 60.0 / units_per_beat
    least_s = {
        "exact": bar_minutes_bpm / HIGHEST_BPM,
        "nearest": bar_minutes_bpm / (2 * wish.high_bpm),
        "at_least": 0.01,
    }[end]
    return Section(
        max(duration_s, least_s),
        end if duration_s >= least_s or end == "at_least" else "nearest",
        strengths,
        units_per_beat,
        wish.low_bpm,
        wish.high_bpm,
        wish.preferred_bpm,
        bars,
        previous_bpm,
    )


@lru_cache(maxsize=256)
def metrical_grid(meter: Meter) -> tuple[tuple[int, ...], int]:
    """The bar's grid units by strength, and units a quarter.

    Strengths: 0 downbeat, 1 half bar, 2 beat, 3 eighth, 4 sixteenth, 5 finer.
    """
    units_per_beat = max(4, meter.denominator // 4)
    sixteenth = units_per_beat // 4
    compound = meter.denominator >= 8 and meter.numerator % 3 == 0 and meter.numerator > 3
    pulse = units_per_beat * 4 // meter.denominator * (3 if compound else 1)
    length = meter.numerator * units_per_beat * 4 // meter.denominator
    strengths: list[int] = []
    for unit in range(max(1, length)):
        if unit == 0:
            strengths.append(0)
        elif unit * 2 == length and unit % pulse == 0:
            strengths.append(1)
        elif unit % pulse == 0 and pulse >= 2 * sixteenth:
            strengths.append(2)
        elif unit % (2 * sixteenth) == 0:
            strengths.append(3)
        else:
            strengths.append(4 if unit % sixteenth == 0 else 5)
    return tuple(strengths), units_per_beat


def _merged(anchors: Iterable[GridAnchor]) -> list[GridAnchor]:
    """In order, one a moment: of several at once the most important speaks."""
    kept: list[GridAnchor] = []
    ranks = {"hit": 2, "at": 1, "turn": 0}
    for anchor in sorted(anchors, key=lambda one: (one.t_s, -ranks[one.kind])):
        if kept and anchor.t_s - kept[-1].t_s < _SAME_MOMENT_S:
            if ranks[anchor.kind] > ranks[kept[-1].kind]:
                kept[-1] = anchor
        else:
            kept.append(anchor)
    if len(kept) > MOST_SEARCHED:
        important = sorted(kept, key=lambda one: (-ranks[one.kind], one.t_s))[:MOST_SEARCHED]
        kept = sorted(important, key=lambda one: one.t_s)
    return kept


def _shifted(anchors: Sequence[GridAnchor], start_s: float) -> list[GridAnchor]:
    return [replace(anchor, t_s=anchor.t_s - start_s) for anchor in anchors]


def _fit_section(section: Section, anchors: Sequence[GridAnchor], must_end_there: bool) -> Path:
    """Search in range; where that has no answer, move the end (if it may), or else the range, but little."""
    inner = [one for one in anchors if _SAME_MOMENT_S < one.t_s < section.duration_s - _SAME_MOMENT_S]
    if section.bars is not None and section.end == "exact":
        average = section.bars * section.bar_units * 60.0 / (section.units_per_beat * section.duration_s)
        section = replace(section, preferred_bpm=min(max(average, section.low_bpm), section.high_bpm))
    path = search(section, inner)
    if path is None and not must_end_there:
        path = search(replace(section, end="nearest"), inner)
    for wider in () if path is not None else _WIDENINGS:
        low = max(section.low_bpm / wider, LOWEST_BPM)
        high = min(section.high_bpm * wider, HIGHEST_BPM)
        asked = (section.low_bpm, section.high_bpm)
        relaxed = replace(section, low_bpm=low, high_bpm=high, asked=asked)
        if section.bars is not None and wider > 1.25:
            relaxed = replace(relaxed, bars=None)
        path = search(relaxed, inner)
        if path is not None:
            break
    if path is None:
        # Shorter than any bar or longer than the limits allow: whole bars, ending where they end.
        path = search(replace(section, end="nearest", bars=None, high_bpm=HIGHEST_BPM), ())
    assert path is not None, "a free end can always be met"
    return path


def _places(
    tempo_map: Sequence[TempoPoint], anchors: Sequence[Anchor], end_s: float
) -> tuple[tuple[float, ...], tuple[float, ...]]:
    """Each anchor's nearest sixteenth and how late that sounds."""
    beats: list[float] = []
    misses: list[float] = []
    for anchor in anchors:
        beat = round(beat_at_time(tempo_map, anchor.t_s) * 4.0) / 4.0
        miss = time_at_beat(tempo_map, beat) - anchor.t_s
        beats.append(beat)
        misses.append(0.0 if abs(miss) < 1e-6 else miss)
    return tuple(beats), tuple(misses)


def _covering(meters: Sequence[Setting[Meter]], end_s: float) -> tuple[Setting[Meter], ...]:
    """The metres with each one's end where the next starts."""
    ends = [*(setting.start_s for setting in meters[1:]), end_s]
    return tuple(Setting(one.start_s, end, one.value) for one, end in zip(meters, ends, strict=True))
