"""What composing gives: the music, how well each cue matches, and all that a front end shows of how it came
about. Whoever shows or writes music imports this, not the way to it."""

from dataclasses import dataclass

from dsl.plan import Plan
from engine.music.emotion_curve import EmotionCurve
from engine.music.score import Score
from engine.report import CueReport
from engine.text.reading import Sentence


@dataclass(frozen=True, slots=True)
class Composition:
    """What composing gives: the plan as fitted, its curves and sentences, the score, the reports, and where
    the time went."""

    plan: Plan
    sentences: tuple[Sentence, ...]
    curves: tuple[EmotionCurve, ...]
    score: Score
    cues: tuple[CueReport, ...]
    timings_s: dict[str, float]
    take_matches: tuple[tuple[tuple[int, float], ...], ...] = ()
    """For each cue (number, match 0…1) of every take, the chosen one first; none where it is frozen. All on
    the scale of the report's `match`: arranged, against what is felt."""
    unmoved: tuple[frozenset[int], ...] = ()
    """For each cue the takes that are as they were made: tried, they are moved, and may match better."""
