"""The take of each cue: candidates made and ranked (`choose`), then the best few moved towards what was asked
(`improve`).

A cue is looked at as if it began at 0 s and to the microsecond, so that its music depends on what is asked of
it and not on what stands before it: an edit elsewhere leaves it as it was, and it need not be made again.
"""

import math
import time
from collections import OrderedDict
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import astuple, dataclass, field, replace
from threading import Lock
from typing import TYPE_CHECKING, Final, Protocol

from dsl.diagnostics import Span
from dsl.plan import Curve, CurvePoint, PlannedCue, Setting, T, TempoPoint
from engine.arrange.draft import StretchTake
from engine.generate.request import Request, Take
from engine.match.performed import performed_take
from engine.match.ranking import CRITIC_WEIGHT, TakeOpinion, rank
from engine.music.emotion_curve import CurveSample, EmotionCurve
from engine.music.intent import Intent
from engine.report import Moved

if TYPE_CHECKING:
    from engine.generate.sampling import Generator, Job
    from engine.match.recogniser import Recogniser
    from engine.match.soft_recogniser import SoftRecogniser

MOVED: Final = 4
"""How many of the best takes are moved."""

CLEARER: Final = 3.0
"""How far the middle of the scale is stretched for what should be heard (.25 → .64, .5 → .91); the intents,
which say how, stretch less."""

LEAST_GAIN: Final = 0.002
"""A moved take replaces the chosen one only where its score is better by this: less is not heard."""

REMEMBERED: Final = 96
"""Cues kept ready, the longest unused go first."""

_DIGITS: Final = 6
_NOWHERE: Final = Span(1, 1, 1, 1)

Stretches = tuple[StretchTake, ...]


class Ears(Protocol):
    """The trained parts that choosing needs."""

    @property
    def generator(self) -> "Generator": ...
    @property
    def recogniser(self) -> "Recogniser": ...
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
    """A cue that music is wanted for, at home (see `task_of`), with the requests of its stretches."""

    cue: PlannedCue
    curve: EmotionCurve
    intents: tuple[Intent, ...]
    requests: tuple[tuple[int, Request], ...]


@dataclass(frozen=True, slots=True)
class Choice:
    """The chosen take's stretches, and the opinion of every candidate, the chosen one's first. `moved` is
    None where the take is as it was made."""

    stretches: Stretches
    opinions: tuple[TakeOpinion, ...]
    candidates: tuple[Stretches, ...] = ()
    numbers: tuple[int, ...] = ()
    """The candidates' numbers, by their index."""
    moved: Moved | None = None

    @property
    def first_match(self) -> float:
        """The match of the candidate with the lowest number, as it was made or moved."""
        return min(self.opinions, key=lambda opinion: opinion.index).match

    @property
    def matches(self) -> tuple[tuple[int, float], ...]:
        """(number, match) of every candidate, the chosen one first."""
        return tuple((self.numbers[opinion.index], opinion.match) for opinion in self.opinions)


@dataclass(slots=True)
class Memory:
    """Choices by all that decides them."""

    most: int = REMEMBERED
    _known: "OrderedDict[object, Choice]" = field(default_factory=OrderedDict, repr=False)
    _lock: Lock = field(default_factory=Lock, repr=False)

    def get(self, key: object) -> Choice | None:
        with self._lock:
            found = self._known.get(key)
            if found is not None:
                self._known.move_to_end(key)
            return found

    def put(self, key: object, choice: Choice) -> None:
        with self._lock:
            self._known[key] = choice
            while len(self._known) > self.most:
                self._known.popitem(last=False)


def task_of(
    cue: PlannedCue,
    curve: EmotionCurve,
    intents: tuple[Intent, ...],
    requests: tuple[tuple[int, Request], ...],
) -> Task:
    """The cue moved to 0 s, without its words and events, times and intents rounded. Its curve is what should
    be heard (`wanted_curve`)."""
    at = cue.start_s

    def settings(kept: "tuple[Setting[T], ...]") -> "tuple[Setting[T], ...]":
        return tuple(replace(s, start_s=_round(s.start_s - at), end_s=_round(s.end_s - at)) for s in kept)

    def points(kept: Curve) -> Curve:
        return tuple(CurvePoint(_round(p.t_s - at), p.value) for p in kept)

    home = replace(
        cue,
        id="",
        title="",
        span=_NOWHERE,
        start_s=0.0,
        end_s=_round(cue.end_s - at),
        styles=settings(cue.styles),
        meters=settings(cue.meters),
        keys=settings(cue.keys),
        instruments=settings(cue.instruments),
        muted=settings(cue.muted),
        tempo_map=tuple(TempoPoint(p.beat, _round(p.t_s - at), _round(p.bpm)) for p in cue.tempo_map),
        lines=(),
        emotion=(),
        events=(),
        dynamics=points(cue.dynamics),
        density=points(cue.density),
        tension=points(cue.tension),
        register=points(cue.register),
        tempo_steps=(),
        end_free=False,
    )
    samples = tuple(
        CurveSample(_round(s.t_s - at), _round(s.valence), _round(s.arousal), s.source)
        for s in wanted_curve(curve).samples
    )
    plain = tuple(Intent(*(_round(value) for value in astuple(intent))) for intent in intents)
    asked = tuple(
        (first, replace(request, intents=plain[first : first + request.bars])) for first, request in requests
    )
    return Task(home, EmotionCurve(samples), plain, asked)


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
    """The best take of every cue as it was made, in order. `takes` candidates each, and whatever `@take`
    names. A cue without requests (frozen) gets an empty choice. Seconds are added to `timings`."""
    keys = [(task, takes) for task in tasks]
    known: dict[object, Choice] = {key: found for key in keys if (found := memory.get(key))}
    fresh = [key for key in dict.fromkeys(keys) if key not in known]
    numbers = [_numbers(task.cue, takes) for task, _ in fresh]
    with timed("generate", timings):
        candidates = _candidates([task for task, _ in fresh], numbers, ears, progress)
    with timed("match", timings):
        for key, own, wanted in zip(fresh, candidates, numbers, strict=True):
            known[key] = _ranked(key[0], own, wanted, ears)
            memory.put(key, known[key])
    return [known[key] for key in keys]


def improve(
    tasks: Sequence[Task],
    choices: Sequence[Choice],
    takes: int,
    ears: Ears,
    memory: Memory,
    recipe: Recipe,
    timings: dict[str, float],
) -> list[Choice]:
    """The choices with the best few takes moved by `recipe`, where a moved one scores better. Whether the
    finished cue gained is for the caller to hear."""
    soft = ears.soft_recogniser
    if soft is None:
        return list(choices)
    keys = [(task, takes, recipe) for task in tasks]
    known: dict[object, Choice] = {key: found for key in keys if (found := memory.get(key))}
    given = dict(zip(keys, choices, strict=True))
    fresh = [key for key in given if key not in known]
    with timed("optimise", timings):
        made = _optimised([key[0] for key in fresh], [given[key] for key in fresh], ears, soft, recipe)
        for key, choice in zip(fresh, made, strict=True):
            known[key] = choice
            memory.put(key, choice)
    return [known[key] for key in keys]


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
) -> list[list[Stretches]]:
    """Candidates of each cue in the order of their numbers: everything that asks for the same numbers in one
    batch."""
    taken: dict[int, list[Stretches]] = {}
    for wanted in dict.fromkeys(numbers):
        rows = [row for row, own in enumerate(numbers) if own == wanted]
        flat = [request for row in rows for _, request in tasks[row].requests]
        answers = iter(ears.generator.compose(flat, wanted, progress) if flat else ())
        for row in rows:
            stretches = [(first, request, next(answers)) for first, request in tasks[row].requests]
            taken[row] = (
                [
                    tuple(StretchTake(first, request, own[k]) for first, request, own in stretches)
                    for k in range(len(wanted))
                ]
                if stretches
                else []
            )
    return [taken[row] for row in range(len(tasks))]


def _ranked(task: Task, candidates: Sequence[Stretches], numbers: tuple[int, ...], ears: Ears) -> Choice:
    """The best of the candidates, or the one that the writer names."""
    if not candidates:
        return Choice((), ())
    performed = [performed_take(task.cue, task.intents, candidate) for candidate in candidates]
    opinions = rank(task.cue, task.curve, performed, candidates, ears.recogniser)
    best = opinions[0].index
    if task.cue.take is not None:
        best = numbers.index(task.cue.take)
    ordered = sorted(opinions, key=lambda opinion: opinion.index != best)
    return Choice(candidates[best], tuple(ordered), tuple(candidates), numbers)


def _optimised(
    tasks: Sequence[Task],
    choices: Sequence[Choice],
    ears: Ears,
    soft: "SoftRecogniser",
    recipe: Recipe,
) -> list[Choice]:
    """The choices, each with a moved take in place of the chosen one where that scores better."""
    # Deferred: torch is loaded only where something is moved.
    from engine.match.optimise import Candidate, distance, offers

    offered: list[list[tuple[int, Stretches, float]]] = []
    jobs: list[Job] = []
    for task, choice in zip(tasks, choices, strict=True):
        # A take that the writer names is moved alone: it must not depend on what else was made.
        few = choice.opinions[: 1 if task.cue.take is not None else MOVED]
        wanted = sorted(choice.numbers[opinion.index] for opinion in few)
        drafts = ears.generator.draft([request for _, request in task.requests], wanted) if few else []
        starts = [
            Candidate(
                tuple(
                    (first, row[wanted.index(choice.numbers[opinion.index])])
                    for (first, _), row in zip(task.requests, drafts, strict=True)
                ),
                opinion.heard,
            )
            for opinion in few
        ]
        moved = offers(task.cue, task.curve, task.intents, starts, ears.generator, soft, recipe)
        places = [
            (opinion.index, way, distance(start, way))
            for opinion, start, ways in zip(few, starts, moved, strict=True)
            for way in ways
        ]
        jobs += [job for _, way, _ in places for job in way]
        offered.append([(index, choice.candidates[index], far) for index, _, far in places])
    played = iter(ears.generator.notes(jobs))
    return [
        _better(task, choice, [(index, _with(was, played), far) for index, was, far in places], ears)
        for task, choice, places in zip(tasks, choices, offered, strict=True)
    ]


def _with(stretches: Stretches, played: Iterator[Take]) -> Stretches:
    return tuple(replace(stretch, take=next(played)) for stretch in stretches)


def _better(
    task: Task, choice: Choice, offered: Sequence[tuple[int, Stretches, float]], ears: Ears
) -> Choice:
    """The best offer where it scores better than what was chosen, else the choice as it is. That the critic
    thinks more of a moved take counts for nothing: it was not made to be moved against."""
    if not offered:
        return choice
    performed = [performed_take(task.cue, task.intents, stretches) for _, stretches, _ in offered]
    opinions = rank(task.cue, task.curve, performed, [s for _, s, _ in offered], ears.recogniser)
    was = {opinion.index: opinion for opinion in choice.opinions}
    gains = [
        (round(opinion.score - CRITIC_WEIGHT * max(opinion.critic - was[index].critic, 0.0), 6), opinion)
        for opinion in opinions
        for index in (offered[opinion.index][0],)
    ]
    score, best = max(gains, key=lambda gain: (gain[0], -gain[1].index))
    index, stretches, far = offered[best.index]
    if score < choice.opinions[0].score + LEAST_GAIN or best.match <= was[index].match:
        return choice
    others = [opinion for opinion in choice.opinions if opinion.index != index]
    opinions_now = (replace(best, index=index, score=score), *others)
    moved = Moved(was[index].match, best.match, far)
    return replace(choice, stretches=stretches, opinions=opinions_now, moved=moved)
