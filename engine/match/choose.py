"""A take for each cue: candidates made, each heard as it sounds once it is arranged, the best few moved
towards what was asked and heard again, the best one chosen.

A cue that is remembered from an earlier call is not made again, whatever was edited elsewhere.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from dsl.plan import Plan
from engine.cues import AskedCue
from engine.emotion.transfer import Transfer
from engine.match.candidates import with_candidates
from engine.match.choice import ChosenCue, Recipe, ordered, with_offers
from engine.match.finished import Finishing
from engine.match.improve import improve
from engine.match.memory import Memory
from engine.timings import timed

if TYPE_CHECKING:
    from engine.generate.sampling import Generator
    from engine.match.note_recogniser import NoteRecogniser
    from engine.match.soft_recogniser import SoftRecogniser


@dataclass(frozen=True, slots=True)
class Parts:
    """The trained parts that choosing needs, their constants, and what they have made before. `generator` may
    be None where every cue is frozen; without `soft_recogniser` no take is moved."""

    generator: "Generator | None"
    recogniser: "NoteRecogniser"
    soft_recogniser: "SoftRecogniser | None"
    transfer: Transfer
    memory: Memory


def choose(
    plan: Plan,
    asked: Sequence[AskedCue],
    takes: int,
    parts: Parts,
    recipe: Recipe | None,
    timings: dict[str, float],
    progress: Callable[[float], None] | None = None,
) -> tuple[ChosenCue, ...]:
    """Each cue with the best of `takes` candidates, or the one that `@take` names, and with what became of
    the others. The best few are moved by `recipe` (None: left as they were made). Seconds are added to
    `timings`.

    Raises MediaError where a frozen take cannot be read, and whatever `progress` raises.
    """
    generator, soft, memory = parts.generator, parts.soft_recogniser, parts.memory
    made = with_candidates(
        asked, takes, generator, parts.recogniser, parts.transfer, memory, timings, progress
    )
    finishing = Finishing(plan, made, parts.recogniser, memory)
    with timed("judge", timings):
        chosen = tuple(ordered(cue, finishing.of_candidates(n)) for n, cue in enumerate(made))
    if recipe is None or soft is None:
        return chosen
    offers = improve(chosen, generator, soft, memory, recipe, timings)
    with timed("judge", timings):
        return tuple(
            with_offers(cue, own, finishing.of_offers(n, own, recipe))
            for n, (cue, own) in enumerate(zip(chosen, offers, strict=True))
        )
