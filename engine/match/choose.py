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
from engine.match.liking import Liking
from engine.match.memory import Memory
from engine.match.task import unnamed
from engine.music.mapping import cue_emotion
from engine.music.palettes import known_style
from engine.taste.model import Taste
from engine.timings import timed

if TYPE_CHECKING:
    from engine.generate.sampling import Generator
    from engine.match.note_recogniser import NoteRecogniser
    from engine.match.soft_recogniser import SoftRecogniser


@dataclass(frozen=True, slots=True)
class Parts:
    """The trained parts that choosing needs, their constants, and what they have made before. `generator` may
    be None where every cue is frozen; without `soft_recogniser` no take is moved. With a `taste` (one that
    knows nothing yet, perhaps) takes are measured, and chosen by match and liking; `tastes` remembers by
    which taste a cue was chosen first."""

    generator: "Generator | None"
    recogniser: "NoteRecogniser"
    soft_recogniser: "SoftRecogniser | None"
    transfer: Transfer
    memory: Memory
    taste: Taste | None = None
    tastes: Memory | None = None


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
    finishing = Finishing(plan, made, parts.recogniser, memory, parts.taste is not None)
    likings = [liking_of(cue, plan, parts) for cue in made]
    turns = _turned(made, likings, finishing)
    if any(turns):
        made = with_candidates(
            asked, takes, generator, parts.recogniser, parts.transfer, memory, timings, more=turns
        )
        finishing = Finishing(plan, made, parts.recogniser, memory, True)
    placing = [liking.places if liking is not None else None for liking in likings]
    is_moved = recipe is not None and soft is not None
    with timed("judge", timings):
        # The best matches are moved whatever is liked: else the best that liking is held against would fall.
        chosen = tuple(
            ordered(cue, finishing.of_candidates(n), None if is_moved else placing[n])
            for n, cue in enumerate(made)
        )
    if recipe is None or soft is None:
        return chosen
    more = [_also_moved(cue, liking) for cue, liking in zip(chosen, likings, strict=True)]
    offers = improve(chosen, generator, soft, memory, recipe, timings, more)
    with timed("judge", timings):
        return tuple(
            with_offers(cue, own, finishing.of_offers(n, own, recipe), placing[n])
            for n, (cue, own) in enumerate(zip(chosen, offers, strict=True))
        )


def liking_of(cue: ChosenCue, plan: Plan, parts: Parts) -> Liking | None:
    """The taste at work on a cue; None without a taste, or for a frozen cue. A cue that was chosen by an
    earlier taste keeps it."""
    if parts.taste is None or parts.generator is None or not cue.choice.candidates:
        return None
    taste = parts.taste
    if parts.tastes is not None:
        key = unnamed(cue.task)
        known = parts.tastes.get(key)
        taste = parts.taste if known is None else known
        parts.tastes.put(key, taste)
    style = known_style(cue.cue.styles[0].value if cue.cue.styles else "piano", plan.palettes)
    asked = cue_emotion(cue.cue, cue.curve.at)
    width = sum(parts.generator.networks.config.codec.latents)
    return Liking(taste, parts.taste, style, *asked, width)


def _turned(
    made: Sequence[ChosenCue], likings: Sequence[Liking | None], finishing: Finishing
) -> list[tuple[int, ...]]:
    """For each cue the turned takes that its listener may like better than any that was made."""
    found: list[tuple[int, ...]] = []
    for n, (cue, liking) in enumerate(zip(made, likings, strict=True)):
        own: tuple[int, ...] = ()
        if liking is not None and not liking.taste.knows_nothing:
            judged = ordered(cue, finishing.of_candidates(n)).choice
            by_index = {opinion.index: opinion.match for opinion in judged.opinions}
            own = liking.turns(judged, [by_index[index] for index in range(len(by_index))], cue.cue.seed)
        found.append(own)
    return found


def _also_moved(cue: ChosenCue, liking: Liking | None) -> tuple[int, ...]:
    if liking is None:
        return ()
    by_index = {opinion.index: opinion.match for opinion in cue.choice.opinions}
    return liking.also_moved(cue.choice, [by_index[index] for index in range(len(by_index))])
