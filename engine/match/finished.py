"""How well a take is heard to match once it is arranged: the one figure that takes are chosen by, and that
lists and reports show.

Instruments, registers, speech and hits make another music of the same notes; what the notes alone promise
(`engine.match.ranking.rank`) is for ordering them before there is anything to hear.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from dsl.plan import Plan
from engine.arrange.arrange import arrange
from engine.cues import CueMusic, Sections
from engine.match.choice import ChosenCue, FinishedTake, Offer, Recipe
from engine.match.memory import Memory
from engine.match.performed import performed_cue
from engine.match.ranking import match_of
from engine.match.take_traits import traits_of
from engine.match.task import unnamed, words_of
from engine.music.mapping import cue_emotion

if TYPE_CHECKING:
    from engine.match.note_recogniser import NoteRecogniser

_DIGITS: Final = 6


@dataclass(frozen=True, slots=True)
class Finishing:
    """What arranging and hearing the takes of a plan's cues takes. `cues` hold the candidates as they were
    made: a take is arranged before a next cue that plays the first of its own. `measures`: whether the traits
    of takes are wanted, too."""

    plan: Plan
    cues: Sequence[ChosenCue]
    recogniser: "NoteRecogniser"
    memory: Memory
    measures: bool = False

    def of_candidates(self, index: int) -> tuple[FinishedTake, ...]:
        """Cue `index` with each of its candidates. Raises MediaError where the next cue's
        frozen take cannot be read."""
        choice = self.cues[index].choice
        return self._finished(index, list(zip(choice.numbers, choice.candidates, strict=True)))

    def of_offers(self, index: int, offers: Sequence[Offer], recipe: Recipe) -> tuple[FinishedTake, ...]:
        """Cue `index` with each of `offers`, made by `recipe`. Raises MediaError as
        `of_candidates` does."""
        numbers = self.cues[index].choice.numbers
        made = [((numbers[offer.index], recipe, place), offer.sections) for place, offer in enumerate(offers)]
        return self._finished(index, made)

    def _finished(self, index: int, takes: Sequence[tuple[object, Sections]]) -> tuple[FinishedTake, ...]:
        """Each take comes with what it is made from, for the memory."""
        around = self._around(index)
        keys = [("finished", made, around, self.measures) for made, _ in takes]
        known: dict[object, FinishedTake] = {}
        for key in keys:
            found = self.memory.get(key)
            if found is not None:
                known[key] = found
        fresh = [(key, take) for key, (_, take) in zip(keys, takes, strict=True) if key not in known]
        scores = [arrange(self.plan, self._music(index, take)) for _, take in fresh]
        played = [performed_cue(score, 0) for score in scores]
        heard = self.recogniser.hear(played) if played else ()
        own = self.cues[index]
        asked = cue_emotion(own.cue, own.curve.at)
        for (key, _), music, each in zip(fresh, played, heard, strict=True):
            match = round(match_of(own.cue, own.curve, each), _DIGITS)
            traits = traits_of(music, asked, (each.valence, each.arousal)) if self.measures else ()
            known[key] = FinishedTake(match, traits)
            self.memory.put(key, known[key])
        return tuple(known[key] for key in keys)

    def _both(self, index: int) -> Sequence[ChosenCue]:
        """The cue and the one that it hands over to."""
        return self.cues[index : index + 2]

    def _music(self, index: int, take: Sections) -> list[CueMusic]:
        own, *following = self._both(index)
        firsts = [one.choice.candidates[0] if one.choice.candidates else () for one in following]
        return [
            own.with_take(take),
            *(n.with_take(first) for n, first in zip(following, firsts, strict=True)),
        ]

    def _around(self, index: int) -> object:
        """Everything else that the match of a take depends on, without its time in the score: a cache key."""
        around = tuple((words_of(one.cue), one.keys, unnamed(one.task)) for one in self._both(index))
        return around, self.plan.characters, self.plan.palettes
