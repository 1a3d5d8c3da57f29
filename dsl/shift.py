"""Moving a planned cue in time: the same music and text, so many seconds later."""

from dataclasses import replace
from typing import TypeVar

from dsl.plan import (
    Curve,
    CurvePoint,
    EmotionSegment,
    PlannedCue,
    PlannedEvent,
    PlannedLine,
    Setting,
    TempoPoint,
)

T = TypeVar("T")


def shifted_cue(cue: PlannedCue, by_s: float) -> PlannedCue:
    """The same cue `by_s` seconds later: every time in it moves; lengths, beats and places in the source
    stay."""
    if by_s == 0.0:
        return cue
    return replace(
        cue,
        start_s=cue.start_s + by_s,
        end_s=cue.end_s + by_s,
        styles=_settings(cue.styles, by_s),
        meters=_settings(cue.meters, by_s),
        keys=_settings(cue.keys, by_s),
        instruments=_settings(cue.instruments, by_s),
        muted=_settings(cue.muted, by_s),
        tempo_steps=_settings(cue.tempo_steps, by_s),
        tempo_map=tuple(TempoPoint(point.beat, point.t_s + by_s, point.bpm) for point in cue.tempo_map),
        lines=tuple(
            [
                PlannedLine(line.text, line.speaker, line.start_s + by_s, line.end_s + by_s, line.span)
                for line in cue.lines
            ]
        ),
        emotion=tuple(
            EmotionSegment(
                one.start_s + by_s, one.end_s + by_s, one.source, one.start, one.end, one.blend, one.name
            )
            for one in cue.emotion
        ),
        events=tuple(
            PlannedEvent(event.kind, event.t_s + by_s, event.name, event.span, event.duration_s)
            for event in cue.events
        ),
        dynamics=_curve(cue.dynamics, by_s),
        density=_curve(cue.density, by_s),
        tension=_curve(cue.tension, by_s),
        register=_curve(cue.register, by_s),
        brightness=_curve(cue.brightness, by_s),
    )


def _settings(group: tuple[Setting[T], ...], by_s: float) -> tuple[Setting[T], ...]:
    return tuple(Setting(one.start_s + by_s, one.end_s + by_s, one.value) for one in group)


def _curve(points: Curve, by_s: float) -> Curve:
    return tuple(CurvePoint(point.t_s + by_s, point.value) for point in points)
