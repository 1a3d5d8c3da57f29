"""`@temp`: a cue follows a reference recording. Tempo, key, loudness, busyness and brightness become what the
cue's directives would have asked for; a directive of the writer's own wins over the recording.

The recording starts with the cue and, where it is shorter, its end is held. It is analysed, never copied.
"""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Final

from dsl.diagnostics import Finding, warning
from dsl.include import locate
from dsl.plan import Curve, CurvePoint, Plan, PlannedCue, Setting
from dsl.planner import refit
from engine.errors import MediaError
from engine.hear.reference import Point, Reference, read_reference
from engine.hear.tonality import SURE
from engine.media.findings import odd_file
from engine.music.keys import key_named

_SLACK: Final = 0.012
"""How far from the reference's tempo the fit may go to meet a hit."""
_QUIETEST_DB: Final = 36.0
"""Loudness this far under the loudest second is the softest dynamic."""
_USUAL_CENTROID: Final = 10.3
"""log₂ Hz (1.3 kHz): the middle of music rendered from the training archives; an octave either way is dark or
bright."""
_USUAL_ONSETS: Final = 3.0


def followed(plan: Plan) -> Plan:
    """The plan with every cue that has a temp track following it; plans without one come back as they are.

    Findings say what could not be followed. Raises MediaError where a recording cannot be read.
    """
    if not any(cue.temp for cue in plan.cues):
        return plan
    cues: list[PlannedCue] = []
    found: list[Finding] = []
    tempos: dict[int, float] = {}
    for index, cue in enumerate(plan.cues):
        if cue.temp is None or cue.freeze is not None:
            cues.append(cue)
            continue
        reference = _reference(plan, cue.temp)
        found += [odd_file(cue.temp, remark, cue.span) for remark in reference.remarks]
        following = _following(cue, reference)
        cues.append(following)
        if following.tempo_asked and reference.tempo:
            tempos[index] = reference.tempo[0][1] * cue.tempo_factor
        elif not reference.tempo and not cue.tempo_asked:
            message = f"{cue.temp} has no clear pulse: its tempo is not followed, all else is"
            found.append(warning("W511", message, cue.span, "Say a tempo: @tempo 72."))
    return refit(replace(plan, cues=tuple(cues), findings=(*plan.findings, *found)), tempos)


def _reference(plan: Plan, name: str) -> Reference:
    place = locate(Path(plan.folder), name)
    if isinstance(place, str):
        raise MediaError(f"@temp {name}: {place}")
    return read_reference(place)


def _following(cue: PlannedCue, reference: Reference) -> PlannedCue:
    changed = cue
    if reference.tempo and not cue.tempo_asked:
        changed = _at_its_tempo(changed, reference)
    if reference.sureness >= SURE and all(one.value is None for one in cue.keys):
        key = key_named(reference.tonic, reference.mode)
        changed = replace(changed, keys=(Setting(cue.start_s, cue.end_s, key),))
    bright = _curve(cue, reference.brightness, lambda v: 0.5 + (v - _USUAL_CENTROID) / 2.4)
    if not cue.dynamics:
        # An even recording sits at mezzo forte, whatever its master; what moves, moves.
        loudest = max(v for _, v in reference.loudness)
        curve = _curve(cue, reference.loudness, lambda v: 0.72 + (v - loudest) * 0.66 / _QUIETEST_DB)
        changed = replace(changed, dynamics=curve)
    if not cue.density:
        busy = _curve(cue, reference.busyness, lambda v: 0.5 + 0.25 * (v - _USUAL_ONSETS) / _USUAL_ONSETS)
        changed = replace(changed, density=busy)
    if not cue.register:
        lifted = tuple(CurvePoint(p.t_s, 0.5 + 0.5 * (p.value - 0.5)) for p in bright)
        changed = replace(changed, register=lifted)
    return replace(changed, brightness=bright)


def _at_its_tempo(cue: PlannedCue, reference: Reference) -> PlannedCue:
    """The cue's tempo range drawn close around the reference's; an end that nothing pins moves to a bar
    line."""
    ranges = [
        (cue.start_s + from_s, bpm * cue.tempo_factor)
        for from_s, bpm in reference.tempo
        if cue.start_s + from_s < cue.end_s - 4.0 or from_s == 0.0
    ]
    ends = [start for start, _ in ranges[1:]] + [cue.end_s]
    steps = tuple(
        Setting(start, end, (bpm * (1 - _SLACK), bpm * (1 + _SLACK)))
        for (start, bpm), end in zip(ranges, ends, strict=True)
    )
    lowest, highest = min(s.value[0] for s in steps), max(s.value[1] for s in steps)
    bars = cue.bars_asked
    if bars is None and cue.end_free and len(steps) == 1 and len(cue.meters) == 1:
        beats = cue.duration_s * ranges[0][1] / 60.0
        bars = max(1, -int(-(beats - 0.25) // cue.meters[0].value.beats_per_bar))
    return replace(
        cue,
        tempo_range=(lowest, highest),
        tempo_asked=True,
        tempo_factor=1.0,
        tempo_steps=steps if len(steps) > 1 else (),
        bars_asked=bars,
    )


def _curve(cue: PlannedCue, points: tuple[Point, ...], scale: Callable[[float], float]) -> Curve:
    """A recording's curve over the cue, every other second, on the 0…1 scale of directives."""
    kept = [(t, v) for t, v in points if t <= cue.duration_s + 1.0][::2] or list(points[:1])
    return tuple(CurvePoint(cue.start_s + t, min(max(scale(v), 0.04), 0.97)) for t, v in kept)
