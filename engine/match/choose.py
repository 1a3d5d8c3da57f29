"""The takes of each cue: candidates made and looked at (`choose`), ordered by how well each is heard to match
once it is arranged (`ordered`), the best few moved towards what was asked (`improve`).

The figure of a take is that of its cue on the finished music (`engine.match.finished`), before and after
moving: one figure on one scale, which lists and reports show.

A cue is looked at as if it began at 0 s and to the microsecond, so that its music depends on what is asked of
it and not on what stands before it: an edit elsewhere leaves it as it was, and it need not be made again.
"""

import math
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import astuple, dataclass, field, replace
from typing import TYPE_CHECKING, Final, Protocol

from dsl.cue_times import with_times
from dsl.diagnostics import Span
from dsl.plan import PlannedCue
from engine.generate.request import Request, SectionTake, Take
from engine.match.memory import Memory
from engine.match.performed import performed_take
from engine.match.ranking import TakeOpinion, rank, score_of
from engine.music.emotion_curve import CurveSample, EmotionCurve
from engine.music.intent import Intent
from engine.report import Moved

if TYPE_CHECKING:
    from engine.generate.sampling import Generator, Job
    from engine.match.note_recogniser import NoteRecogniser
    from engine.match.soft_recogniser import SoftRecogniser

MOVED: Final = 4
"""How many of the best takes are moved."""

CLEARER: Final = 3.0
"""How far the middle of the scale is stretched for what should be heard (.25 → .64, .5 → .91); the intents,
which say how, stretch less."""

LEAST_GAIN: Final = 0.002
"""A moved take takes the place of what it was only where it matches better by this: less is not heard."""

SEEN_DIGITS: Final = 2
"""Takes whose match is shown as the same count as equal; which of them is chosen, critic and musicality
say."""

_DIGITS: Final = 6
_NOWHERE: Final = Span(1, 1, 1, 1)

Sections = tuple[SectionTake, ...]


class Ears(Protocol):
    """The trained parts that choosing needs."""

    @property
    def generator(self) -> "Generator": ...
    @property
    def recogniser(self) -> "NoteRecogniser": ...
    @property
    def soft_recogniser(self) -> "SoftRecogniser | None": ...


@dataclass(frozen=True, slots=True)
class Recipe:
    """How far the best takes are moved, and in how many steps. `step` is Adam's, in standard deviations of a
    latent; `pull` weighs the squared way from the take (mean over what may move), `critic` how far its
    opinion falls below that of the take. `strengths` are the shares of the whole way that are offered."""

    steps: int = 10
    step: float = 0.07
    pull: float = 0.6
    critic: float = 0.3
    strengths: tuple[float, ...] = (1.0,)


DEFAULT_RECIPE: Final = Recipe()


@dataclass(frozen=True, slots=True)
class Task:
    """A cue that music is wanted for, at home (see `task_of`), with the requests of its sections."""

    cue: PlannedCue
    curve: EmotionCurve
    intents: tuple[Intent, ...]
    requests: tuple[tuple[int, Request], ...]


@dataclass(frozen=True, slots=True)
class Choice:
    """The chosen take's sections, and the opinion of every candidate, the chosen one's first. `moved` tells
    by index which candidates are no longer as they were made."""

    sections: Sections
    opinions: tuple[TakeOpinion, ...]
    candidates: tuple[Sections, ...] = ()
    numbers: tuple[int, ...] = ()
    """The candidates' numbers, by their index."""
    moved: Mapping[int, Moved] = field(default_factory=dict)
    tried: frozenset[int] = frozenset()
    """Candidates, by index, for which moving was tried: their match is what it will be."""

    @property
    def chosen_moved(self) -> Moved | None:
        """What moving did to the chosen take; None where it is as it was made."""
        return self.moved.get(self.opinions[0].index) if self.opinions else None

    @property
    def first_match(self) -> float:
        """The match of the candidate with the lowest number, as it was made."""
        first = min(self.opinions, key=lambda opinion: opinion.index)
        moved = self.moved.get(first.index)
        return moved.match_before if moved else first.match

    @property
    def matches(self) -> tuple[tuple[int, float], ...]:
        """(number, match) of every candidate, the chosen one first."""
        return tuple((self.numbers[opinion.index], opinion.match) for opinion in self.opinions)

    @property
    def unmoved(self) -> frozenset[int]:
        """The numbers of the candidates that would be moved if chosen, and may match better then."""
        return frozenset(n for index, n in enumerate(self.numbers) if index not in self.tried)


@dataclass(frozen=True, slots=True)
class Offer:
    """Candidate `index` moved by `distance` (see `Moved`)."""

    index: int
    sections: Sections
    distance: float


def task_of(
    cue: PlannedCue,
    curve: EmotionCurve,
    intents: tuple[Intent, ...],
    requests: tuple[tuple[int, Request], ...],
) -> Task:
    """The cue moved to 0 s, without its words and events, times and intents rounded. Its curve is what should
    be heard (`wanted_curve`)."""
    at = cue.start_s

    bare = replace(
        cue, id="", title="", span=_NOWHERE, lines=(), emotion=(), events=(), tempo_steps=(), end_free=False
    )
    home = with_times(bare, lambda t_s: _round(t_s - at))
    home = replace(home, tempo_map=tuple(replace(point, bpm=_round(point.bpm)) for point in home.tempo_map))
    samples = tuple(
        CurveSample(_round(s.t_s - at), _round(s.valence), _round(s.arousal), s.source)
        for s in wanted_curve(curve).samples
    )
    plain = tuple(Intent(*(_round(value) for value in astuple(intent))) for intent in intents)
    asked = tuple(
        (first, replace(request, intents=plain[first : first + request.bars])) for first, request in requests
    )
    return Task(home, EmotionCurve(samples), plain, asked)


def unnamed(task: Task) -> Task:
    """The task whichever take the writer names: the takes are the same."""
    return task if task.cue.take is None else replace(task, cue=replace(task.cue, take=None))


def wanted_curve(curve: EmotionCurve) -> EmotionCurve:
    """What should be heard where this is felt: the same corner of the plane, said more clearly.

    Story lines are mild and music of middling means feels like nothing; choosing by the feeling as it is
    would prefer, of takes that were asked with more contrast, those that say least of it."""
    samples = tuple(replace(s, valence=_clear(s.valence), arousal=_clear(s.arousal)) for s in curve.samples)
    return EmotionCurve(samples)


def _clear(feeling: float) -> float:
    return math.tanh(CLEARER * feeling) / math.tanh(CLEARER)


def _round(value: float) -> float:
    return round(value, _DIGITS) + 0.0


def choose(
    tasks: Sequence[Task],
    takes: int,
    ears: Ears,
    memory: Memory,
    timings: dict[str, float],
    progress: Callable[[float], None] | None = None,
) -> list[Choice]:
    """The takes of every cue as they were made, in order of what the notes alone promise. `takes` candidates
    each, and whatever `@take` names. A cue without requests (frozen) gets an empty choice. Seconds are added
    to `timings`."""
    keys = [(task, takes) for task in tasks]
    known: dict[object, Choice] = {key: found for key in keys if (found := memory.get(key)) is not None}
    fresh = [key for key in dict.fromkeys(keys) if key not in known]
    numbers = [_numbers(task.cue, takes) for task, _ in fresh]
    with timed("generate", timings):
        candidates = _candidates([task for task, _ in fresh], numbers, ears, progress)
    with timed("match", timings):
        for key, own, wanted in zip(fresh, candidates, numbers, strict=True):
            known[key] = _ranked(key[0], own, wanted, ears)
            memory.put(key, known[key])
    return [known[key] for key in keys]


def ordered(choice: Choice, matches: Sequence[float], named: int | None) -> Choice:
    """The choice by how each candidate is heard to match once it is arranged, the best first, or the one that
    the writer names. `matches` by index, 0…1."""
    opinions = [
        replace(opinion, match=match, score=score_of(match, opinion.critic, opinion.musicality))
        for opinion in choice.opinions
        for match in (matches[opinion.index],)
    ]
    wanted = choice.numbers.index(named) if named is not None and choice.numbers else None

    def place(opinion: TakeOpinion) -> tuple[bool, float, float, int]:
        # Rounded, so that the last bit of a matrix product never decides which take is heard.
        seen, score = round(opinion.match, SEEN_DIGITS), round(opinion.score, _DIGITS)
        return opinion.index != wanted, -seen, -score, opinion.index

    opinions.sort(key=place)
    best = opinions[0].index if opinions else None
    sections = choice.candidates[best] if best is not None else ()
    return replace(choice, sections=sections, opinions=tuple(opinions))


def improve(
    tasks: Sequence[Task],
    choices: Sequence[Choice],
    ears: Ears,
    memory: Memory,
    recipe: Recipe,
    timings: dict[str, float],
) -> list[tuple[Offer, ...]]:
    """Copies of the best few takes of each cue, their latents moved by `recipe`. Whether they gained is
    for the caller to hear (`with_offers`).

    Beside a take that the writer names the others are told of as they were moved before, if they were:
    their figures stay what they are while somebody tries one after the other.
    """
    soft = ears.soft_recogniser
    if soft is None:
        return [()] * len(choices)
    known: list[dict[int, tuple[Offer, ...]]] = []
    for task, choice in zip(tasks, choices, strict=True):
        found = {number: memory.get((unnamed(task), number, recipe)) for number in few(choice, task)}
        known.append({number: offers for number, offers in found.items() if offers is not None})
    missing = [
        tuple(number for number in few(choice, task) if number not in own)
        for task, choice, own in zip(tasks, choices, known, strict=True)
    ]
    with timed("optimise", timings):
        made = _optimised(tasks, choices, missing, ears, soft, recipe)
        for task, own, fresh in zip(tasks, known, made, strict=True):
            own |= fresh
            for number, offers in fresh.items():
                memory.put((unnamed(task), number, recipe), offers)
    for task, choice, own in zip(tasks, choices, known, strict=True):
        if task.cue.take is not None:
            others = {n: memory.get((unnamed(task), n, recipe)) for n in choice.numbers if n not in own}
            own |= {number: offers for number, offers in others.items() if offers is not None}
    return [tuple(offer for number in sorted(own) for offer in own[number]) for own in known]


def few(choice: Choice, task: Task) -> tuple[int, ...]:
    """The candidates to be moved, by number. A take that the writer names is moved alone: it must not depend
    on what else was made."""
    best = choice.opinions[: 1 if task.cue.take is not None else MOVED]
    return tuple(sorted(choice.numbers[opinion.index] for opinion in best))


def with_offers(
    choice: Choice, offers: Sequence[Offer], matches: Sequence[float], named: int | None
) -> Choice:
    """The choice with each offer that matches better than the candidate it comes from in that one's place.
    `matches` are the offers', once arranged."""
    now = {opinion.index: opinion.match for opinion in choice.opinions}
    candidates, moved = list(choice.candidates), dict(choice.moved)
    for offer, match in zip(offers, matches, strict=True):
        if match >= now[offer.index] + LEAST_GAIN:
            before = moved[offer.index].match_before if offer.index in moved else now[offer.index]
            moved[offer.index] = Moved(before, match, offer.distance)
            candidates[offer.index] = offer.sections
            now[offer.index] = match
    tried = choice.tried | {offer.index for offer in offers}
    better = replace(choice, candidates=tuple(candidates), moved=moved, tried=tried)
    return ordered(better, [now[index] for index in range(len(candidates))], named)


@contextmanager
def timed(stage: str, timings: dict[str, float]) -> Iterator[None]:
    """Adds the seconds spent inside to a stage."""
    began = time.perf_counter()
    try:
        yield
    finally:
        timings[stage] = timings.get(stage, 0.0) + time.perf_counter() - began


def _numbers(cue: PlannedCue, takes: int) -> tuple[int, ...]:
    """The candidates to make: 1…takes, and the one that `@take` names."""
    wanted = set(range(1, max(takes, 1) + 1))
    return tuple(sorted(wanted if cue.take is None else wanted | {cue.take}))


def _candidates(
    tasks: Sequence[Task],
    numbers: Sequence[tuple[int, ...]],
    ears: Ears,
    progress: Callable[[float], None] | None,
) -> list[list[Sections]]:
    """Candidates of each cue in the order of their numbers: everything that asks for the same numbers in one
    batch."""
    taken: dict[int, list[Sections]] = {}
    for wanted in dict.fromkeys(numbers):
        rows = [row for row, own in enumerate(numbers) if own == wanted]
        flat = [request for row in rows for _, request in tasks[row].requests]
        answers = iter(ears.generator.compose(flat, wanted, progress) if flat else ())
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


def _ranked(task: Task, candidates: Sequence[Sections], numbers: tuple[int, ...], ears: Ears) -> Choice:
    """What is to be said of the candidates before any is arranged."""
    if not candidates:
        return Choice((), ())
    performed = [performed_take(task.cue, task.intents, candidate) for candidate in candidates]
    opinions = rank(task.cue, task.curve, performed, candidates, ears.recogniser)
    return Choice(candidates[opinions[0].index], tuple(opinions), tuple(candidates), numbers)


def _optimised(
    tasks: Sequence[Task],
    choices: Sequence[Choice],
    wanted: Sequence[tuple[int, ...]],
    ears: Ears,
    soft: "SoftRecogniser",
    recipe: Recipe,
) -> list[dict[int, tuple[Offer, ...]]]:
    """Moved copies of each choice's takes `wanted`, by number."""
    # Deferred: torch is loaded only where something is moved.
    from engine.match.optimise import Candidate, distance, offers

    places: list[tuple[int, int, int, float]] = []
    jobs: list[Job] = []
    for row, (task, choice, numbers) in enumerate(zip(tasks, choices, wanted, strict=True)):
        if not numbers:
            continue
        heard = {choice.numbers[opinion.index]: opinion.heard for opinion in choice.opinions}
        drafts = ears.generator.draft([request for _, request in task.requests], numbers)
        starts = [
            Candidate(
                tuple((first, draft[k]) for (first, _), draft in zip(task.requests, drafts, strict=True)),
                heard[number],
            )
            for k, number in enumerate(numbers)
        ]
        moved = offers(task.cue, task.curve, task.intents, starts, ears.generator, soft, recipe)
        for number, start, ways in zip(numbers, starts, moved, strict=True):
            for way in ways:
                places.append((row, number, choice.numbers.index(number), distance(start, way)))
                jobs += way
    played = iter(ears.generator.notes(jobs))
    made: list[dict[int, tuple[Offer, ...]]] = [dict.fromkeys(numbers, ()) for numbers in wanted]
    for row, number, index, far in places:
        offer = Offer(index, _with(choices[row].candidates[index], played), far)
        made[row][number] = (*made[row][number], offer)
    return made


def _with(sections: Sections, played: Iterator[Take]) -> Sections:
    return tuple(replace(section, take=next(played)) for section in sections)
