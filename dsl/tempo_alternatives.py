"""Which steady tempi catch a cue's hits: what a spotting program lists before a tempo is chosen.

One tempo from the cue's start to its end is laid under its hits; a hit is caught where a bar line, a beat or
an eighth sounds within a film frame of it (20 ms where no rate is given). The tempo map that a score is
planned with bends so that all hits are met (`dsl.tempo_fit`); this is for who wants none of that.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from math import ceil, floor, log
from typing import Literal

from dsl.plan import Meter, PlannedCue
from dsl.tempo_fit import metrical_grid

TOLERANCE_S = 0.02
"""Nearer than this, or than a film frame, a hit is met: as `@hit` itself is."""
MOST_TEMPI = 6
_OTHER_TEMPO = 1.012
"""Tempi nearer than 1.2 % are one to the ear (Drake & Botte 1993 heard differences from 3 % on; half of that
and less is a matter of taste)."""
_AROUND_FIXED = 1.15
"""Where a cue's tempo is fixed, alternatives are looked for within 15 % of it."""
HitPlace = Literal["bar", "beat", "eighth"]
_WORTH: dict[HitPlace, float] = {"bar": 1.0, "beat": 0.9, "eighth": 0.5}
"""What a hit counts by the place that catches it."""
_MOST_LOOKED_AT = 400


@dataclass(frozen=True, slots=True)
class HitUnderTempo:
    """A hit under a steady tempo: the nearest place of the grid, `bar` from 1 and `beat` in the metre's own
    units from 1 (2.5: half-way to the third), sounds `late_s` seconds after it (negative: before)."""

    name: str | None
    t_s: float
    bar: int
    beat: float
    place: HitPlace
    late_s: float
    caught: bool


@dataclass(frozen=True, slots=True)
class SteadyTempo:
    """One tempo in quarter notes a minute and what becomes of each hit. The last of `bars` bar lines lies
    `end_late_s` after the cue's end as planned (negative: before)."""

    bpm: float
    hits: tuple[HitUnderTempo, ...]
    bars: int
    end_late_s: float

    @property
    def caught(self) -> int:
        """How many hits it catches."""
        return sum(hit.caught for hit in self.hits)

    @property
    def worth(self) -> float:
        """How well it catches them: 1 for each on a bar line, less for weaker places."""
        return sum(_WORTH[hit.place] for hit in self.hits if hit.caught)


def hit_tolerance_s(fps: float | None) -> float:
    """How far from its moment a hit may sound: a film frame, or 20 ms."""
    return max(TOLERANCE_S, 1.0 / fps) if fps else TOLERANCE_S


def tempo_range_of(cue: PlannedCue) -> tuple[float, float]:
    """Where alternatives are looked for, quarter notes a minute: the cue's own range, or around its fixed
    tempo."""
    low, high = cue.tempo_range
    return (low, high) if high / low > 1.001 else (low / _AROUND_FIXED, high * _AROUND_FIXED)


def steady_tempi(
    cue: PlannedCue, fps: float | None = None, most: int = MOST_TEMPI
) -> tuple[SteadyTempo, ...]:
    """The best steady tempi of a cue, best first: those that catch most, on the strongest places, then those
    that miss least; at most one within 1.2 %. Empty where the cue has no hits after its start.

    The metre is that of the cue's first bar. Tempi are as round as the hits allow (to .001).
    """
    hits = sorted({event.t_s for event in cue.events if event.kind == "hit" and event.t_s > cue.start_s})
    if not hits:
        return ()
    meter, tolerance_s = cue.meters[0].value, hit_tolerance_s(fps)
    offsets = [t_s - cue.start_s for t_s in hits]
    low, high = tempo_range_of(cue)
    usual = log(cue.tempo_map[0].bpm)
    spans = sorted(
        _spans(offsets, meter, (low, high), tolerance_s),
        key=lambda span: (-span.worth, abs(log(span.middle) - usual)),
    )
    tried = [
        under_tempo(cue, bpm, tolerance_s)
        for bpm in dict.fromkeys(_roundest(span) for span in spans[:_MOST_LOOKED_AT])
    ]
    # Where the cue's end is pinned, bars that end there are worth a tenth of what their distance is in hits.
    end = 0.0 if cue.end_free else 0.1
    tried.sort(
        key=lambda one: (-one.worth, _missed_s(one) + end * abs(one.end_late_s), abs(log(one.bpm) - usual))
    )
    chosen: list[SteadyTempo] = []
    for one in tried:
        if all(abs(log(one.bpm / other.bpm)) > log(_OTHER_TEMPO) for other in chosen):
            chosen.append(one)
        if len(chosen) == most:
            break
    return tuple(chosen)


def under_tempo(cue: PlannedCue, bpm: float, tolerance_s: float) -> SteadyTempo:
    """What becomes of a cue's hits at `bpm` quarter notes a minute from its start on."""
    meter = cue.meters[0].value
    strengths, per_quarter = metrical_grid(meter)
    unit_s = 60.0 / (bpm * per_quarter)
    hits = []
    for event in cue.events:
        if event.kind != "hit":
            continue
        after = (event.t_s - cue.start_s) / unit_s
        unit = min(_places_near(after, strengths), key=lambda place: abs(place - after))
        bar, within = divmod(unit, len(strengths))
        late_s = unit * unit_s - (event.t_s - cue.start_s)
        beat = 1 + within * meter.denominator / (4 * per_quarter)
        place, caught = _place(strengths[within]), abs(late_s) <= tolerance_s
        hits.append(HitUnderTempo(event.name, event.t_s, bar + 1, beat, place, late_s, caught))
    bar_s = unit_s * len(strengths)
    bars = max(1, round(cue.duration_s / bar_s))
    return SteadyTempo(bpm, tuple(hits), bars, bars * bar_s - cue.duration_s)


def _places_near(after: float, strengths: Sequence[int]) -> Iterator[int]:
    """Units around `after` that may catch a hit; a bar holds one, so there is always one in reach."""
    middle, reach = floor(after), len(strengths)
    for unit in range(max(0, middle - reach), middle + reach + 2):
        if strengths[unit % len(strengths)] <= 3:
            yield unit


def _place(strength: int) -> HitPlace:
    return "bar" if strength == 0 else "beat" if strength <= 2 else "eighth"


def _missed_s(tempo: SteadyTempo) -> float:
    """The mean distance of all hits from their places, those caught and those missed."""
    return sum(abs(hit.late_s) for hit in tempo.hits) / len(tempo.hits)


@dataclass(frozen=True, slots=True)
class _Span:
    """Tempi between which the same hits are caught, and what those are worth together."""

    low: float
    high: float
    worth: float

    @property
    def middle(self) -> float:
        return (self.low + self.high) / 2


def _spans(
    offsets: Sequence[float], meter: Meter, limits: tuple[float, float], tolerance_s: float
) -> Iterator[_Span]:
    """All spans of tempi that catch something. Place k of the grid lies at 60 k / (tempo · places a quarter)
    seconds, so each place catches a hit over one interval of tempi; a sweep adds them up."""
    strengths, per_quarter = metrical_grid(meter)
    low, high = limits
    edges: list[tuple[float, float]] = [(low, 0.0), (high, 0.0)]
    for t_s in offsets:
        first = max(1, floor(low * per_quarter * (t_s - tolerance_s) / 60.0))
        last = ceil(high * per_quarter * (t_s + tolerance_s) / 60.0)
        for unit in range(first, last + 1):
            strength = strengths[unit % len(strengths)]
            if strength > 3:
                continue
            scale = 60.0 * unit / per_quarter
            from_bpm = max(scale / (t_s + tolerance_s), low)
            to_bpm = min(scale / max(t_s - tolerance_s, 1e-6), high)
            if from_bpm < to_bpm:
                worth = _WORTH[_place(strength)]
                edges += [(from_bpm, worth), (to_bpm, -worth)]
    edges.sort()
    total = 0.0
    for (bpm, change), (next_bpm, _) in pairwise(edges):
        total += change
        if next_bpm > bpm and total > 1e-9:
            yield _Span(bpm, next_bpm, total)


def _roundest(span: _Span) -> float:
    """The tempo with the fewest decimals that lies within a span, near its middle."""
    for decimals in range(3):
        bpm = round(span.middle, decimals)
        if span.low <= bpm <= span.high:
            return bpm
    return round(span.middle, 3)
