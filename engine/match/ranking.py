"""Which take says best what was asked, and how well the finished cue says it.

The match compares emotion heard with emotion asked over time; ranking adds the critic's opinion and plain
checks of musicality. All numbers run from 0 to 1, 1 is best.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np

from dsl.plan import PlannedCue
from engine.emotion.curve import EmotionCurve, FeltCurve, WantedCurve
from engine.generate.request import SectionTake
from engine.match.musicality import musicality
from engine.match.note_recogniser import WINDOW_S, Heard, NoteRecogniser
from engine.match.performed import Performed
from engine.music.mapping import cue_emotion

MATCH_DISTANCE: Final = 0.8
"""Distance in the plane of valence and arousal at which a match has fallen to 1/e. See `match_of`."""

SHAPE_WEIGHT: Final = 0.5
"""Weight of the error in the curve's course relative to the error in its mean: single windows are
recognised less reliably."""

_WITHIN: Final = (-0.4, -0.2, 0.0, 0.2, 0.4)

MATCH_WEIGHT: Final = 0.62
CRITIC_WEIGHT: Final = 0.13
MUSICALITY_WEIGHT: Final = 0.25


@dataclass(frozen=True, slots=True)
class TakeOpinion:
    """Scores of candidate `index` (from 0): match, critic, confidence and musicality 0…1; ranking is by
    `score`: .62 match + .13 critic + .25 musicality."""

    index: int
    match: float
    critic: float
    confidence: float
    musicality: float
    heard: Heard
    score: float


@dataclass(frozen=True, slots=True)
class Judgement:
    """A finished cue: mean (valence, arousal) asked and heard, each −1…1, and how well they agree over
    time."""

    target: tuple[float, float]
    heard: tuple[float, float]
    match: float
    confidence: float


def match_of(cue: PlannedCue, curve: EmotionCurve, heard: Heard) -> float:
    """How near what is heard lies to what was asked, 0…1.

    match = exp(−(d / .8)²),  d² = |mean heard − mean asked|² + ½ · mean over windows of
    |(heard − its mean) − (asked − its mean)|²

    Distances are in the plane of valence and arousal (−1…1 each): .25 off gives .91, .5 off .68, the
    neighbouring quadrant (about .9) .28, the opposite one (about 1.3) .07.
    """
    target = np.array(cue_emotion(cue, curve.at))
    missed = float(((np.array([heard.valence, heard.arousal]) - target) ** 2).sum())
    if len(heard.segments) > 1:
        asked = np.array([asked_around(curve, segment.t_s) for segment in heard.segments])
        got = np.array([(segment.valence, segment.arousal) for segment in heard.segments])
        course = (got - got.mean(axis=0)) - (asked - asked.mean(axis=0))
        missed += SHAPE_WEIGHT * float((course**2).sum(axis=1).mean())
    return match_at(missed)


def match_at(squared_distance: float) -> float:
    """The match, 0…1, at a squared distance in the plane of valence and arousal; 1/e at `MATCH_DISTANCE`."""
    return math.exp(-squared_distance / MATCH_DISTANCE**2)


def asked_around(curve: EmotionCurve, t_s: float) -> tuple[float, float]:
    """The curve's mean over the window that a segment was heard in: a step in the curve is smoothed by the
    window's length."""
    points = [curve.at(t_s + WINDOW_S * share) for share in _WITHIN]
    return sum(v for v, _ in points) / len(points), sum(a for _, a in points) / len(points)


def rank(
    cue: PlannedCue,
    curve: WantedCurve,
    performed: Sequence[Performed],
    candidates: Sequence[tuple[SectionTake, ...]],
    recogniser: NoteRecogniser,
) -> list[TakeOpinion]:
    """An opinion of every candidate take of a cue, best first; of equals the earlier one. `performed[k]` is
    how `candidates[k]` will sound. Raises ValueError where the two differ in length."""
    opinions = []
    for index, (heard, sections) in enumerate(zip(recogniser.hear(performed), candidates, strict=True)):
        match = match_of(cue, curve, heard)
        critic = _critic(sections)
        musical = musicality(sections).score
        score = score_of(match, critic, musical)
        opinions.append(TakeOpinion(index, match, critic, heard.confidence, musical, heard, score))
    # Rounded, so that the last bit of a matrix product never decides which take is heard.
    return sorted(opinions, key=lambda opinion: (-round(opinion.score, 6), opinion.index))


def score_of(match: float, critic: float, musical: float) -> float:
    """.62 match + .13 critic + .25 musicality, all 0…1."""
    return MATCH_WEIGHT * match + CRITIC_WEIGHT * critic + MUSICALITY_WEIGHT * musical


def _critic(sections: Sequence[SectionTake]) -> float:
    """The critic's opinion of the sections, each weighing as it has bars."""
    bars = sum(section.request.bars for section in sections)
    return sum(section.request.bars * section.take.critic for section in sections) / max(bars, 1)


def judge(cue: PlannedCue, curve: FeltCurve, performed: Performed, recogniser: NoteRecogniser) -> Judgement:
    """The finished cue against what was asked. Silence is heard as neutral with confidence 0."""
    heard = recogniser.hear([performed])[0]
    return Judgement(
        cue_emotion(cue, curve.at),
        (heard.valence, heard.arousal),
        match_of(cue, curve, heard),
        heard.confidence,
    )
