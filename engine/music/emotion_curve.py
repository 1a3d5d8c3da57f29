"""What a cue feels over time: the text's arc where nothing was asked, the directives' ramps where something
was, or both.

The curve is piecewise linear; it may step where a directive begins or ends.
"""

from bisect import bisect_right
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from dsl.plan import EmotionPoint, EmotionSegment, EmotionSource, PlannedCue

ArcPoint = tuple[float, float, float]
"""Time in seconds, valence, arousal."""

_STEP_S = 1.0
"""Sampling interval of a blend of two curves, seconds: finer than a bar."""


@dataclass(frozen=True, slots=True)
class CurveSample:
    """What is felt at a time (s, on the score's clock), −1…1 each, and who says so."""

    t_s: float
    valence: float
    arousal: float
    source: EmotionSource


@dataclass(frozen=True, slots=True)
class EmotionCurve:
    """Samples by ascending time, at least one. Between samples it is linear, outside them constant."""

    samples: tuple[CurveSample, ...]

    def at(self, t_s: float) -> tuple[float, float]:
        """Valence and arousal at a time, each −1…1. At a step the later side counts."""
        after = bisect_right(self.samples, t_s, key=lambda sample: sample.t_s)
        if after == 0 or after == len(self.samples):
            edge = self.samples[max(after - 1, 0)]
            return edge.valence, edge.arousal
        left, right = self.samples[after - 1], self.samples[after]
        share = (t_s - left.t_s) / (right.t_s - left.t_s)
        return (
            left.valence + share * (right.valence - left.valence),
            left.arousal + share * (right.arousal - left.arousal),
        )


def emotion_curve(cue: PlannedCue, text_arc: Sequence[ArcPoint]) -> EmotionCurve:
    """The curve of one cue. `text_arc` is what the text model says over time; empty means neutral."""
    text = _text_line(text_arc)
    samples: list[CurveSample] = []
    for segment in cue.emotion or (EmotionSegment(cue.start_s, cue.end_s, "text"),):
        for t_s in _times(segment, text_arc):
            feeling = text(t_s)
            if segment.source != "text":
                feeling = _mix(_asked(segment, t_s), feeling, segment.blend)
            samples.append(CurveSample(t_s, feeling.valence, feeling.arousal, segment.source))
    return EmotionCurve(tuple(samples))


def _times(segment: EmotionSegment, text_arc: Sequence[ArcPoint]) -> list[float]:
    """Where a segment bends: its ends, and the text's own corners where the text has a say."""
    times = {segment.start_s, segment.end_s}
    if segment.source != "directive":
        times |= {t for t, _, _ in text_arc if segment.start_s < t < segment.end_s}
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


def _text_line(arc: Sequence[ArcPoint]) -> Callable[[float], EmotionPoint]:
    if not arc:
        return lambda t_s: EmotionPoint(0.0, 0.0)
    curve = EmotionCurve(tuple(CurveSample(t, v, a, "text") for t, v, a in arc))
    return lambda t_s: EmotionPoint(*curve.at(t_s))
