"""The candidate takes of every cue, as they were made and ordered by their scores before arranging."""

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from dsl.plan import PlannedCue
from engine.cues import AskedCue, Sections
from engine.emotion.transfer import Transfer
from engine.generate.request import SectionTake
from engine.match.choice import Choice, ChosenCue
from engine.match.memory import Memory
from engine.match.performed import performed_take
from engine.match.ranking import rank
from engine.match.task import Task, task_of
from engine.timings import timed

if TYPE_CHECKING:
    from engine.generate.sampling import Generator
    from engine.match.note_recogniser import NoteRecogniser


def with_candidates(
    asked: Sequence[AskedCue],
    takes: int,
    generator: "Generator | None",
    recogniser: "NoteRecogniser",
    transfer: Transfer,
    memory: Memory,
    timings: dict[str, float],
    progress: Callable[[float], None] | None = None,
    more: Sequence[tuple[int, ...]] | None = None,
) -> tuple[ChosenCue, ...]:
    """Each cue with its takes: `takes` candidates, whatever `@take` names, and those that `more` names for
    it. A cue without requests
    (frozen) has none; `generator` may be None where no cue has any. Seconds are added to `timings`."""
    wished = more or [()] * len(asked)
    keys = [(task_of(one, transfer), takes, own) for one, own in zip(asked, wished, strict=True)]
    known: dict[object, Choice] = {key: found for key in keys if (found := memory.get(key)) is not None}
    fresh = [key for key in dict.fromkeys(keys) if key not in known]
    numbers = [_numbers(task.cue, takes, own) for task, _, own in fresh]
    with timed("generate", timings):
        candidates = _candidates([task for task, _, _ in fresh], numbers, generator, progress)
    with timed("match", timings):
        for key, own, wanted in zip(fresh, candidates, numbers, strict=True):
            known[key] = _ranked(key[0], own, wanted, recogniser)
            memory.put(key, known[key])
    return tuple(
        ChosenCue(a.cue, a.sentences, a.curve, a.keys, a.intents, a.requests, key[0], known[key])
        for a, key in zip(asked, keys, strict=True)
    )


def _numbers(cue: PlannedCue, takes: int, more: tuple[int, ...]) -> tuple[int, ...]:
    """The candidates to make: 1…takes, `more`, and the one that `@take` names."""
    wanted = {*range(1, max(takes, 1) + 1), *more}
    return tuple(sorted(wanted if cue.take is None else wanted | {cue.take}))


def _candidates(
    tasks: Sequence[Task],
    numbers: Sequence[tuple[int, ...]],
    generator: "Generator | None",
    progress: Callable[[float], None] | None,
) -> list[list[Sections]]:
    """Candidates of each cue in the order of their numbers: everything that asks for the same numbers in one
    batch."""
    taken: dict[int, list[Sections]] = {}
    for wanted in dict.fromkeys(numbers):
        rows = [row for row, own in enumerate(numbers) if own == wanted]
        flat = [request for row in rows for _, request in tasks[row].requests]
        answers = iter(generator.compose(flat, wanted, progress) if generator and flat else ())
        for row in rows:
            sections = [(first, request, next(answers)) for first, request in tasks[row].requests]
            taken[row] = (
                [
                    tuple(SectionTake(first, request, own[k]) for first, request, own in sections)
                    for k in range(len(wanted))
                ]
                if sections
                else []
            )
    return [taken[row] for row in range(len(tasks))]


def _ranked(
    task: Task, candidates: Sequence[Sections], numbers: tuple[int, ...], recogniser: "NoteRecogniser"
) -> Choice:
    """The choice among the candidates before any is arranged."""
    if not candidates:
        return Choice((), ())
    performed = [performed_take(task.cue, task.intents, candidate) for candidate in candidates]
    opinions = rank(task.cue, task.curve, performed, candidates, recogniser)
    return Choice(candidates[opinions[0].index], tuple(opinions), tuple(candidates), numbers)
