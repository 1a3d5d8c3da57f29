"""The second fit: a plan's tempo maps brought to the tempi that its feelings ask for.

The planner knows text and time alone; what a cue feels is known only after the text model has read it. Here
each cue's bars and tempo map are fitted anew, within its range, around the tempo the engine prefers.
"""

from collections.abc import Mapping
from dataclasses import replace
from functools import lru_cache
from typing import Any

from dsl.cue_plan import anchors_again
from dsl.cue_times import CURVES, STEPPED, all_with_times, move_cue
from dsl.curves import value_at
from dsl.plan import Curve, CurvePoint, Plan, PlannedCue, Setting
from dsl.tempo_fit import fit_tempo, wish_for

fit_cached = lru_cache(maxsize=8192)(fit_tempo)
"""An edit leaves most cues as they were, and their fits with them."""


def on_own_clock(group: tuple[Setting[Any], ...], start_s: float) -> tuple[Setting[Any], ...]:
    """Settings on the score's clock, seen from a cue that starts at `start_s`."""
    return all_with_times(group, lambda t_s: t_s - start_s)


def refit(plan: Plan, preferred: Mapping[int, float]) -> Plan:
    """The plan with tempo maps fitted anew to preferred tempi (quarter notes a minute, by cue index).

    Cues without an entry, and cues at one fixed tempo, stay as they are. Ranges hold, text, events and cue
    ends stay where they are, and hits still land. Only a cue with `@bars` and a free end may change its
    length, which moves all that follows.
    """
    cues: list[PlannedCue] = []
    later_s = 0.0
    for index, cue in enumerate(plan.cues):
        moved = move_cue(cue, later_s)
        wanted = preferred.get(index)
        if wanted is not None and wanted > 0.0 and cue.tempo_range[0] < cue.tempo_range[1]:
            moved = _refitted(moved, wanted)
        later_s += moved.duration_s - cue.duration_s
        cues.append(moved)
    return replace(plan, cues=tuple(cues), duration_s=plan.duration_s + later_s)


def _refitted(cue: PlannedCue, bpm: float) -> PlannedCue:
    start_s = cue.start_s
    ranges = cue.tempo_steps or (Setting(start_s, cue.end_s, cue.tempo_range),)
    wishes = tuple(Setting(one.start_s, one.end_s, wish_for(one.value, bpm)) for one in ranges)
    free = cue.end_free and cue.bars_asked is not None
    ends = [line.end_s - start_s for line in cue.lines] + [e.t_s + e.duration_s - start_s for e in cue.events]
    fit = fit_cached(
        max([0.25, *ends]) if free else cue.duration_s,
        free,
        on_own_clock(cue.meters, start_s),
        cue.tempo_range,
        bpm,
        anchors_again(cue),
        cue.bars_asked,
        on_own_clock(wishes, start_s),
    )
    before = [point.bpm for point in cue.tempo_map]
    within = all(cue.tempo_range[0] - 1e-6 <= one <= cue.tempo_range[1] + 1e-6 for one in before)
    if (fit.out_of_range_bpm is not None and within) or fit.short_s > 0.005:
        return cue
    meters = all_with_times(fit.meters, lambda t_s: start_s + t_s)
    points = all_with_times(fit.tempo_map, lambda t_s: start_s + t_s)
    stretched = cue if fit.duration_s == cue.duration_s else _ending_at(cue, start_s + fit.duration_s)
    return replace(stretched, tempo_map=points, meters=meters, bars=fit.bars)


def _ending_at(cue: PlannedCue, end_s: float) -> PlannedCue:
    """The same cue with another end: what reached the old one reaches the new one, what lies beyond is
    cut."""
    old_s = cue.end_s

    def clipped(group: "tuple[Any, ...]") -> "tuple[Any, ...]":
        kept = [one for one in group if one.start_s < end_s]
        return tuple(
            replace(o, end_s=end_s) if o.end_s >= old_s - 1e-6 or o.end_s > end_s else o for o in kept
        )

    def reached(curve: Curve) -> Curve:
        if not curve or curve[-1].t_s < min(old_s, end_s) - 1e-6:
            return curve
        last = CurvePoint(end_s, curve[-1].value if curve[-1].t_s >= old_s - 1e-6 else value_at(curve, end_s))
        return (*(point for point in curve[:-1] if point.t_s < end_s), last)

    changed: dict[str, Any] = {name: clipped(getattr(cue, name)) for name in STEPPED}
    changed |= {name: reached(getattr(cue, name)) for name in CURVES}
    return replace(cue, end_s=end_s, **changed)
