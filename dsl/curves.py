"""Ramps and steps over a cue: from directives at moments to curves, emotion segments and stepwise
settings."""

from bisect import bisect_right
from collections.abc import Callable, Sequence
from typing import TypeVar

from dsl.plan import Curve, CurvePoint, EmotionPoint, EmotionSegment, EmotionSource, Setting
from dsl.syntax import EmotionDirective, EmotionTarget, Number, Ramp

T = TypeVar("T")
_AT_START_S = 0.05
"""A setting this near to the cue's start holds from the start."""


def value_at(curve: Sequence[CurvePoint], t_s: float) -> float:
    """A curve's value: linear between points, constant outside; of two points at one time the later one
    counts."""
    place = bisect_right(curve, t_s, key=lambda point: point.t_s)
    if place == 0 or place == len(curve):
        return curve[max(place - 1, 0)].value
    before, after = curve[place - 1], curve[place]
    share = (t_s - before.t_s) / (after.t_s - before.t_s)
    return before.value + (after.value - before.value) * share


def curve_of(
    ramps: Sequence[tuple[float, Ramp[Number], float | None]], start_s: float, end_s: float, neutral: float
) -> Curve:
    """One control's curve from its directives, in order: (time, ramp, the ramp's own length or None).

    A directive cuts off the ramp before it. Ahead of the first one the control stays at `neutral`.
    """
    points: list[CurvePoint] = []
    for t_s, ramp, over_s in ramps:
        if t_s >= end_s:
            break
        if t_s <= start_s + _AT_START_S:
            points, t_s = [], start_s
        else:
            points = points or [CurvePoint(start_s, neutral)]
            now = CurvePoint(t_s, value_at(points, t_s))
            while points and points[-1].t_s >= t_s:
                points.pop()
            points.append(now)
        points.append(CurvePoint(t_s, ramp.start.value))
        if ramp.end is not None:
            until = t_s + over_s if over_s is not None else end_s
            points.append(CurvePoint(max(until, t_s), ramp.end.value))
    if points and points[-1].t_s > end_s:
        points[-1] = CurvePoint(end_s, value_at(points, end_s))
    return tuple(points)


def emotion_segments(
    moments: Sequence[tuple[float, EmotionDirective, float | None]],
    start_s: float,
    end_s: float,
    point_of: Callable[[EmotionTarget], EmotionPoint],
) -> tuple[EmotionSegment, ...]:
    """Segments that cover a cue without gaps: the text's where nothing is asked, else what the directives
    say."""
    segments: list[EmotionSegment] = []
    cursor, current = start_s, _Feeling(None, None, start_s, start_s, 1.0, None)
    for t_s, directive, over_s in moments:
        if t_s >= end_s:
            break
        t_s = start_s if t_s <= start_s + _AT_START_S else t_s
        segments += current.between(cursor, t_s)
        cursor, ramp = t_s, directive.ramp
        if ramp is None:
            current = _Feeling(None, None, t_s, t_s, 1.0, None)
            continue
        start, name = point_of(ramp.start), ramp.start.name
        target, until = start, t_s
        if ramp.end is not None:
            target, until = point_of(ramp.end), t_s + over_s if over_s is not None else end_s
            if name is not None and ramp.end.name is not None:
                name = f"{name} -> {ramp.end.name}"
        current = _Feeling(start, target, t_s, until, directive.blend, name)
    segments += current.between(cursor, end_s)
    return tuple(segments)


class _Feeling:
    """What is in force: from `start` to `end` between two times, `end` thereafter; None where the text
    decides."""

    __slots__ = ("blend", "end", "from_s", "name", "start", "until_s")

    def __init__(
        self,
        start: EmotionPoint | None,
        end: EmotionPoint | None,
        from_s: float,
        until_s: float,
        blend: float,
        name: str | None,
    ) -> None:
        self.start, self.end, self.from_s, self.until_s = start, end, from_s, until_s
        self.blend, self.name = blend, name

    def at(self, t_s: float) -> EmotionPoint | None:
        if self.start is None or self.end is None or t_s >= self.until_s:
            return self.end
        share = (t_s - self.from_s) / (self.until_s - self.from_s)
        return EmotionPoint(
            self.start.valence + (self.end.valence - self.start.valence) * share,
            self.start.arousal + (self.end.arousal - self.start.arousal) * share,
        )

    def between(self, from_s: float, to_s: float) -> list[EmotionSegment]:
        if to_s - from_s <= 1e-9:
            return []
        if self.end is None or self.blend <= 0.0:
            return [EmotionSegment(from_s, to_s, "text")]
        source: EmotionSource = "directive" if self.blend >= 1.0 else "blend"
        bend = min(max(self.until_s, from_s), to_s)
        found: list[EmotionSegment] = []
        if bend - from_s > 1e-9:
            found.append(
                EmotionSegment(from_s, bend, source, self.at(from_s), self.at(bend), self.blend, self.name)
            )
        if to_s - bend > 1e-9:
            found.append(EmotionSegment(bend, to_s, source, self.end, self.end, self.blend, self.name))
        return found


def steps(
    default: T, changes: Sequence[tuple[float, T]], start_s: float, end_s: float
) -> tuple[Setting[T], ...]:
    """Stepwise settings that cover a cue: `default`, then each change from its time on; the later one
    wins."""
    starts: list[tuple[float, T]] = [(start_s, default)]
    for t_s, value in changes:
        if t_s >= end_s - 1e-9:
            break
        if t_s <= starts[-1][0] + _AT_START_S:
            starts[-1] = (starts[-1][0], value)
        elif value != starts[-1][1]:
            starts.append((t_s, value))
    ends = [*(t_s for t_s, _ in starts[1:]), end_s]
    return tuple(Setting(t_s, end, value) for (t_s, value), end in zip(starts, ends, strict=True))
