"""One cue on its way from the plan to its music: one frozen value that gains a part at each stage, and a type
for each stage.

    dsl.plan.PlannedCue → FeltCue → AskedCue → engine.match.choice.ChosenCue
                                            ↘ CueMusic (with one of its takes) → engine.arrange

Whatever moves in time moves whole: `dsl.cue_times` finds the times of any of these by the types of their
fields.
"""

from dataclasses import dataclass

from dsl.plan import Key, PlannedCue
from engine.emotion.curve import FeltCurve
from engine.generate.request import Request, SectionTake
from engine.music.intent import Intent
from engine.text.reading import Sentence

Sections = tuple[SectionTake, ...]
"""A take of a whole cue, section by section; empty for a frozen cue."""


@dataclass(frozen=True, slots=True)
class FeltCue:
    """What a cue feels: its sentences as they were read (none where no text was needed), and its curve."""

    cue: PlannedCue
    sentences: tuple[Sentence, ...]
    curve: FeltCurve


@dataclass(frozen=True, slots=True)
class AskedCue(FeltCue):
    """What is asked of its music: the key and the intent of every bar, and (first bar, request) of every
    section. The tempo map is the one that counts. A frozen cue asks for nothing."""

    keys: tuple[Key, ...]
    intents: tuple[Intent, ...]
    requests: tuple[tuple[int, Request], ...]

    def with_take(self, sections: Sections) -> "CueMusic":
        """The cue as it is arranged from a take."""
        return CueMusic(
            self.cue, self.sentences, self.curve, self.keys, self.intents, self.requests, sections
        )


@dataclass(frozen=True, slots=True)
class CueMusic(AskedCue):
    """The cue with one of its takes. A frozen cue (`cue.freeze`) has none."""

    sections: Sections
