"""The best few takes of each cue moved towards what was asked. Whether their match rose is decided once
they are arranged (`engine.match.choose`)."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Final

from engine.cues import Sections
from engine.generate.request import Take
from engine.match.choice import ChosenCue, Offer, Recipe
from engine.match.memory import Memory
from engine.match.task import unnamed
from engine.timings import timed

if TYPE_CHECKING:
    from engine.generate.job import Job
    from engine.generate.sampling import Generator
    from engine.match.soft_recogniser import SoftRecogniser

MOVED: Final = 4
"""How many of the best takes are looked at."""

GOOD_ENOUGH: Final = 0.8
"""A take that matches so well says what was asked and is left as it was made; what does not is repaired.
Moving all of the best four brought the match from .914 to .922 and cost two fifths of a cue's time."""


def improve(
    cues: Sequence[ChosenCue],
    generator: "Generator | None",
    soft: "SoftRecogniser",
    memory: Memory,
    recipe: Recipe,
    timings: dict[str, float],
    more: Sequence[tuple[int, ...]] | None = None,
) -> list[tuple[Offer, ...]]:
    """Likenesses of the best few takes of each cue, and of those whose index is in `more`, moved by `recipe`.
    `generator` may be None where no cue has takes. Seconds are added to `timings`.

    Beside a take that the writer names the others are told of as they were moved before, if they were: their
    figures stay what they are while somebody tries one after the other.
    """
    wanted = [few(cue, more[n] if more else ()) for n, cue in enumerate(cues)]
    known: list[dict[int, tuple[Offer, ...]]] = []
    for cue, own_few in zip(cues, wanted, strict=True):
        found = {number: memory.get((unnamed(cue.task), number, recipe)) for number in own_few}
        known.append({number: offers for number, offers in found.items() if offers is not None})
    missing = [
        tuple(number for number in own_few if number not in own)
        for own_few, own in zip(wanted, known, strict=True)
    ]
    with timed("optimise", timings):
        made = _optimised(cues, missing, generator, soft, recipe) if generator else [{} for _ in cues]
        for cue, own, fresh in zip(cues, known, made, strict=True):
            own |= fresh
            for number, offers in fresh.items():
                memory.put((unnamed(cue.task), number, recipe), offers)
    for cue, own in zip(cues, known, strict=True):
        if cue.cue.take is not None:
            numbers = [n for n in cue.choice.numbers if n not in own]
            others = {n: memory.get((unnamed(cue.task), n, recipe)) for n in numbers}
            own |= {number: offers for number, offers in others.items() if offers is not None}
    return [tuple(offer for number in sorted(own) for offer in own[number]) for own in known]


def few(cue: ChosenCue, more: Sequence[int] = ()) -> tuple[int, ...]:
    """The candidates to be moved, by number: of the best few, and of those that `more` names by index, the
    ones that do not yet match. A take that the writer names is moved alone: it must not depend on what else
    was made."""
    named = cue.cue.take is not None
    best = {opinion.index for opinion in cue.choice.opinions[: 1 if named else MOVED]}
    wanted = best if named else best | set(more)
    poor = [o for o in cue.choice.opinions if o.index in wanted and o.match < GOOD_ENOUGH]
    return tuple(sorted(cue.choice.numbers[opinion.index] for opinion in poor))


def _optimised(
    cues: Sequence[ChosenCue],
    wanted: Sequence[tuple[int, ...]],
    generator: "Generator",
    soft: "SoftRecogniser",
    recipe: Recipe,
) -> list[dict[int, tuple[Offer, ...]]]:
    """Moved likenesses of each cue's takes `wanted`, by number."""
    # Deferred: torch is loaded only where something is moved.
    from engine.match.optimise import Candidate, distance, offers

    places: list[tuple[int, int, int, float]] = []
    jobs: list[Job] = []
    for row, (cue, numbers) in enumerate(zip(cues, wanted, strict=True)):
        if not numbers:
            continue
        task, choice = cue.task, cue.choice
        heard = {choice.numbers[opinion.index]: opinion.heard for opinion in choice.opinions}
        drafts = generator.draft([request for _, request in task.requests], numbers)
        starts = [
            Candidate(
                tuple((first, draft[k]) for (first, _), draft in zip(task.requests, drafts, strict=True)),
                heard[number],
            )
            for k, number in enumerate(numbers)
        ]
        moved = offers(task.cue, task.curve, task.intents, starts, generator, soft, recipe)
        for number, start, ways in zip(numbers, starts, moved, strict=True):
            for way in ways:
                places.append((row, number, choice.numbers.index(number), distance(start, way)))
                jobs += way
    played = iter(generator.notes(jobs))
    made: list[dict[int, tuple[Offer, ...]]] = [dict.fromkeys(numbers, ()) for numbers in wanted]
    for row, number, index, far in places:
        offer = Offer(index, _with(cues[row].choice.candidates[index], played), far)
        made[row][number] = (*made[row][number], offer)
    return made


def _with(sections: Sections, played: Iterator[Take]) -> Sections:
    return tuple(replace(section, take=next(played)) for section in sections)
