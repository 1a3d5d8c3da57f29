"""How well a take is heard to match once it is arranged: the one figure that takes are chosen by, and that
lists and reports show.

Instruments, registers, speech and hits make another music of the same notes; what the notes alone promise
(`engine.match.ranking.rank`) is for ordering them before there is anything to hear.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final

from dsl.diagnostics import Span
from dsl.plan import Key, Plan, PlannedCue
from engine.arrange.arrange import arrange
from engine.arrange.draft import CueMusic
from engine.match.choose import Sections, Task, unnamed
from engine.match.memory import Memory
from engine.match.performed import performed_cue
from engine.match.ranking import match_of
from engine.music.emotion_curve import EmotionCurve

if TYPE_CHECKING:
    from engine.match.note_recogniser import NoteRecogniser

_DIGITS: Final = 6
_NOWHERE: Final = Span(1, 1, 1, 1)


@dataclass(frozen=True, slots=True)
class Finishing:
    """What arranging and hearing the takes of a plan's cues takes. `curves` are what is felt, cue by cue."""

    plan: Plan
    curves: Sequence[EmotionCurve]
    keys: Sequence[tuple[Key, ...]]
    tasks: Sequence[Task]
    recogniser: "NoteRecogniser"
    memory: Memory

    def matches(
        self, index: int, takes: Sequence[tuple[object, Sections]], following: Sections
    ) -> tuple[float, ...]:
        """The match 0…1 of cue `index` with each of `takes`, arranged where it stands: before a next cue that
        plays `following`. Each take comes with what it is made from, for the memory."""
        around = self._around(index)
        keys = [("finished", made, around) for made, _ in takes]
        known: dict[object, float] = {}
        for key in keys:
            found = self.memory.get(key)
            if found is not None:
                known[key] = found
        fresh = [(key, take) for key, (_, take) in zip(keys, takes, strict=True) if key not in known]
        scores = [arrange(self.plan, self._music(index, take, following)) for _, take in fresh]
        heard = self.recogniser.hear([performed_cue(score, 0) for score in scores]) if scores else ()
        for (key, _), each in zip(fresh, heard, strict=True):
            match = round(match_of(self.plan.cues[index], self.curves[index], each), _DIGITS)
            known[key] = match
            self.memory.put(key, match)
        return tuple(known[key] for key in keys)

    def _music(self, index: int, take: Sections, following: Sections) -> tuple[CueMusic, ...]:
        """The cue and the one that it hands over to."""
        sections = (take, following)
        return tuple(
            CueMusic(self.plan.cues[n], self.tasks[n].intents, self.keys[n], sections[n - index])
            for n in (index, index + 1)
            if n < len(self.plan.cues)
        )

    def _around(self, index: int) -> object:
        """All else that decides how a take of a cue is heard, and nothing of when."""
        both = [n for n in (index, index + 1) if n < len(self.plan.cues)]
        around = tuple((_words(self.plan.cues[n]), self.keys[n], unnamed(self.tasks[n])) for n in both)
        return around, self.plan.characters, self.plan.palettes


def _words(cue: PlannedCue) -> object:
    """The words and events of a cue, as if it began at 0 s."""

    def home(t_s: float) -> float:
        return round(t_s - cue.start_s, _DIGITS) + 0.0

    lines = tuple(replace(x, start_s=home(x.start_s), end_s=home(x.end_s), span=_NOWHERE) for x in cue.lines)
    events = tuple(replace(x, t_s=home(x.t_s), span=_NOWHERE) for x in cue.events)
    return lines, events
