"""What a cue feels over time: the text's arc where nothing was asked, the directives' ramps where something
was, or both.

The curve is piecewise linear; it may step where a directive begins or ends.
"""

from collections.abc import Callable, Sequence

from dsl.curves import value_at
from dsl.plan import Curve, EmotionPoint, EmotionSegment, PlannedCue
from engine.emotion.curve import CurveSample, FeltCurve

ArcPoint = tuple[float, float, float]
"""Time in seconds, valence, arousal."""

Felt = Callable[[float], EmotionPoint]
"""What is felt at a time in seconds."""
_STEP_S = 1.0
"""Sampling interval of a blend of two curves, seconds: finer than a bar."""


def felt_curve(cue: PlannedCue, text_arc: Sequence[ArcPoint]) -> FeltCurve:
    """The curve of one cue. `text_arc` is what the text model says over time; empty means neutral.

    Where the cue has a film that was looked at, the text's arousal is mixed with the film's (`@picture`);
    of a cue without words all arousal is the film's. Directives overrule both.
    """
    text = _with_picture(_text_line(text_arc), cue, bool(text_arc))
    samples: list[CurveSample] = []
    for segment in cue.emotion or (EmotionSegment(cue.start_s, cue.end_s, "text"),):
        for t_s in _times(segment, text_arc, cue.picture_arousal):
            feeling = text(t_s)
            if segment.source != "text":
                feeling = _mix(_asked(segment, t_s), feeling, segment.blend)
            samples.append(CurveSample(t_s, feeling.valence, feeling.arousal, segment.source))
    return FeltCurve(tuple(samples))


def pictured_arc(text_arc: Sequence[ArcPoint], cue: PlannedCue) -> list[ArcPoint]:
    """The text's arc of one cue with its film's arousal mixed in, as far as the film was looked at;
    directives have no part in it."""
    if not cue.picture_arousal:
        return list(text_arc)
    mixed = _with_picture(_text_line(text_arc), cue, bool(text_arc))
    times = {t_s for t_s, _, _ in text_arc} | {point.t_s for point in cue.picture_arousal}
    felt = [(t_s, mixed(t_s)) for t_s in sorted(times)]
    return [(t_s, point.valence, point.arousal) for t_s, point in felt]


def _with_picture(text: Felt, cue: PlannedCue, spoken: bool) -> Felt:
    film = cue.picture_arousal
    if not film:
        return text
    share = cue.picture_blend if spoken else 1.0

    def mixed(t_s: float) -> EmotionPoint:
        said = text(t_s)
        return EmotionPoint(said.valence, share * value_at(film, t_s) + (1 - share) * said.arousal)

    return mixed


def _times(segment: EmotionSegment, text_arc: Sequence[ArcPoint], film: Curve) -> list[float]:
    """Where a segment bends: its ends, and the text's own corners where the text has a say."""
    times = {segment.start_s, segment.end_s}
    if segment.source != "directive":
        times |= {t for t, _, _ in text_arc if segment.start_s < t < segment.end_s}
        times |= {one.t_s for one in film if segment.start_s < one.t_s < segment.end_s}
    if segment.source == "blend" and segment.start != segment.end:
        steps = int((segment.end_s - segment.start_s) / _STEP_S)
        times |= {segment.start_s + k * _STEP_S for k in range(1, min(steps, 3600))}
    return sorted(times)


def _asked(segment: EmotionSegment, t_s: float) -> EmotionPoint:
    start = segment.start or EmotionPoint(0.0, 0.0)
    end = segment.end or start
    span = segment.end_s - segment.start_s
    share = min(max((t_s - segment.start_s) / span, 0.0), 1.0) if span > 0 else 0.0
    return _mix(end, start, share)


def _mix(one: EmotionPoint, other: EmotionPoint, share: float) -> EmotionPoint:
    return EmotionPoint(
        share * one.valence + (1 - share) * other.valence, share * one.arousal + (1 - share) * other.arousal
    )


def _text_line(points: Sequence[ArcPoint]) -> Felt:
    if not points:
        return lambda t_s: EmotionPoint(0.0, 0.0)
    curve = FeltCurve(tuple(CurveSample(t, v, a, "text") for t, v, a in points))
    return lambda t_s: EmotionPoint(*curve.at(t_s))
