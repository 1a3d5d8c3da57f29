"""Music that follows what is being written: from a moment on, a cue feels what a line of the script says,
wherever that line stands. The score's text stays as it is; only what is asked of the music changes.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from dsl.plan import EmotionPoint, EmotionSegment, Plan, PlannedCue, PlannedLine

if TYPE_CHECKING:
    from engine.emotion.curve import FeltCurve

_SHARE = 0.9
"""How much the line counts against what the cue would feel there: the text heard keeps a say, so that its own
turns stay audible."""
_TURN_S = 2.0
"""Seconds, about a bar, over which it comes in at half its weight: a turn rather than a cut."""
_LEAST_S = 0.5
"""A stretch shorter than this is not worth a change."""


@dataclass(frozen=True, slots=True)
class Steer:
    """Cue `cue` feels `valence` and `arousal` (−1…1) from `start_s` to `end_s`, seconds after the cue's
    start."""

    cue: str
    start_s: float
    end_s: float
    valence: float
    arousal: float


def steered(plan: Plan, steer: Steer) -> Plan:
    """The plan with that cue turned towards the feeling; as it was where there is no such cue."""
    return replace(plan, cues=tuple(_turned(cue, steer) if cue.id == steer.cue else cue for cue in plan.cues))


def _turned(cue: PlannedCue, steer: Steer) -> PlannedCue:
    start_s = cue.start_s + max(steer.start_s, 0.0)
    end_s = min(cue.start_s + steer.end_s, cue.end_s)
    if end_s - start_s < _LEAST_S:
        return cue
    whole = cue.emotion or (EmotionSegment(cue.start_s, cue.end_s, "text"),)
    before = (_part(segment, cue.start_s, start_s) for segment in whole)
    after = (_part(segment, end_s, cue.end_s) for segment in whole)
    feeling = EmotionPoint(steer.valence, steer.arousal)
    turn_s = start_s if start_s <= cue.start_s else min(start_s + _TURN_S, end_s)
    own = (
        EmotionSegment(start_s, turn_s, "blend", feeling, feeling, _SHARE / 2),
        EmotionSegment(turn_s, end_s, "blend", feeling, feeling, _SHARE),
    )
    kept = (segment for segment in (*before, *own, *after) if segment is not None)
    return replace(cue, emotion=tuple(segment for segment in kept if segment.end_s > segment.start_s))


def _part(segment: EmotionSegment, start_s: float, end_s: float) -> EmotionSegment | None:
    """What lies of a segment between two times; its ramp keeps its slope."""
    first, last = max(segment.start_s, start_s), min(segment.end_s, end_s)
    if last <= first:
        return None
    if segment.start is None or segment.end is None:
        return replace(segment, start_s=first, end_s=last)
    return replace(segment, start_s=first, end_s=last, start=_at(segment, first), end=_at(segment, last))


def _at(segment: EmotionSegment, t_s: float) -> EmotionPoint:
    start = segment.start or EmotionPoint(0.0, 0.0)
    end = segment.end or start
    share = (t_s - segment.start_s) / (segment.end_s - segment.start_s)
    return EmotionPoint(
        start.valence + share * (end.valence - start.valence),
        start.arousal + share * (end.arousal - start.arousal),
    )


def feeling_of_line(plan: Plan, curves: "Sequence[FeltCurve]", line: int) -> tuple[float, float] | None:
    """What the script feels at source line `line`: at the words that stand there, else at those that
    follow in the same cue (a directive is about them), else at its end. None before any cue."""
    at = _cue_at(plan, line)
    if at is None or at >= len(curves):
        return None
    return curves[at].at(_moment(plan.cues[at], line))


def is_told(plan: Plan, line: int) -> bool:
    """Whether a directive alone says what is felt at source line `line`, so that its words do not."""
    at = _cue_at(plan, line)
    if at is None:
        return False
    t_s = _moment(plan.cues[at], line)
    segments = (one for one in plan.cues[at].emotion if one.start_s <= t_s <= one.end_s)
    return any(one.source == "directive" for one in segments)


def _cue_at(plan: Plan, line: int) -> int | None:
    return next((n for n in reversed(range(len(plan.cues))) if plan.cues[n].span.line <= line), None)


def _moment(cue: PlannedCue, line: int) -> float:
    own = words_at(cue, line)
    next_one = next((one for one in cue.lines if one.span.line > line), None)
    chosen = own or next_one
    return (chosen.start_s + chosen.end_s) / 2 if chosen else cue.end_s


def words_at(cue: PlannedCue, line: int) -> PlannedLine | None:
    """The words of a cue that stand on a source line."""
    return next((one for one in cue.lines if one.span.line <= line <= one.span.end_line), None)
