"""What composing gives: the music, how well each cue matches, and all that a front end shows of how it came
about. Whoever shows or writes music imports this, not the way to it."""

from dataclasses import dataclass

from dsl.plan import Plan
from engine.emotion.curve import FeltCurve
from engine.music.score import Score
from engine.report import CueReport
from engine.taste.choices import TakesOnOffer
from engine.text.reading import Sentence


@dataclass(frozen=True, slots=True)
class ComposedCue:
    """What came of one cue: its sentences as they were read, its curve on the score's clock, its report."""

    sentences: tuple[Sentence, ...]
    curve: FeltCurve
    report: CueReport
    take_matches: tuple[tuple[int, float], ...] = ()
    """(number, match 0…1) of every take, the chosen one first; none where it is frozen. On the scale of the
    report's `match`: arranged, against what is felt."""
    unmoved: frozenset[int] = frozenset()
    """The takes that are as they were made: tried, they are moved, and may match better."""
    offer: TakesOnOffer | None = None
    """What each take is like and how well it is liked, in the order of the list, where a taste was given."""


@dataclass(frozen=True, slots=True)
class Composition:
    """The plan as fitted, the score, what came of each cue in the plan's order, and where the time went."""

    plan: Plan
    score: Score
    composed: tuple[ComposedCue, ...]
    timings_s: dict[str, float]

    @property
    def cues(self) -> tuple[CueReport, ...]:
        """The report of each cue."""
        return tuple(cue.report for cue in self.composed)

    @property
    def curves(self) -> tuple[FeltCurve, ...]:
        """What each cue feels."""
        return tuple(cue.curve for cue in self.composed)

    @property
    def sentences(self) -> tuple[Sentence, ...]:
        """Every sentence that was read, in the script's order."""
        return tuple(sentence for cue in self.composed for sentence in cue.sentences)

    @property
    def take_matches(self) -> tuple[tuple[tuple[int, float], ...], ...]:
        """For each cue (number, match) of every take; see `ComposedCue`."""
        return tuple(cue.take_matches for cue in self.composed)

    @property
    def unmoved(self) -> tuple[frozenset[int], ...]:
        """For each cue the takes that are as they were made."""
        return tuple(cue.unmoved for cue in self.composed)
