"""The takes of a cue and which of them is chosen: by how well each is heard to match once it is arranged,
before and after it is moved. One figure on one scale, which lists and reports show.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Final

from engine.cues import AskedCue, CueMusic, Sections
from engine.match.ranking import TakeOpinion, score_of
from engine.match.task import Task
from engine.report import Moved

LEAST_GAIN: Final = 0.002
"""A moved take replaces the original only if its match is higher by at least this; smaller gains are not
audible."""

SEEN_DIGITS: Final = 2
"""Takes whose match is shown as the same count as equal; which of them is chosen, critic and musicality
say."""

_DIGITS: Final = 6


@dataclass(frozen=True, slots=True)
class Recipe:
    """How far the best takes are moved, and in how many steps. `step` is Adam's, in standard deviations of
    a latent; `pull` is the weight of the squared latent distance from the take (mean over the dimensions
    that may move), `critic` the weight of how far the critic's opinion falls below that of the take.
    `strengths` are the fractions of the whole move that are offered."""

    steps: int = 10
    step: float = 0.07
    pull: float = 0.6
    critic: float = 0.3
    strengths: tuple[float, ...] = (1.0,)


DEFAULT_RECIPE: Final = Recipe()


@dataclass(frozen=True, slots=True)
class Offer:
    """Candidate `index` moved by `distance` (see `Moved`)."""

    index: int
    sections: Sections
    distance: float


@dataclass(frozen=True, slots=True)
class FinishedTake:
    """An arranged take's match, 0…1, and its traits (see `engine.taste.traits`) where they are wanted."""

    match: float
    traits: tuple[float, ...] = ()


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
    traits: tuple[tuple[float, ...], ...] = ()
    """The candidates' traits by their index, where somebody's liking counts."""

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
class ChosenCue(AskedCue):
    """A cue with its candidate takes, one of them chosen."""

    task: Task
    choice: Choice

    @property
    def music(self) -> CueMusic:
        """The cue with the chosen take."""
        return self.with_take(self.choice.sections)


Placing = Callable[[Choice, Sequence[float]], Sequence[float]]
"""Gives, by the candidates' indices, a number for each that is smaller the earlier it comes; their matches by
index, 0…1, are the second argument."""


def ordered(chosen: ChosenCue, finished: Sequence[FinishedTake], placing: Placing | None = None) -> ChosenCue:
    """The cue with its takes by `placing`, where there is one, then by how each is heard to match once it is
    arranged, the best first, or the one that the writer names. `finished` by index."""
    choice, named = chosen.choice, chosen.cue.take
    opinions = [
        replace(opinion, match=match, score=score_of(match, opinion.critic, opinion.musicality))
        for opinion in choice.opinions
        for match in (finished[opinion.index].match,)
    ]
    choice = replace(choice, traits=tuple(take.traits for take in finished))
    placed = placing(choice, [take.match for take in finished]) if placing is not None else None
    wanted = choice.numbers.index(named) if named is not None and choice.numbers else None

    def place(opinion: TakeOpinion) -> tuple[bool, float, float, float, int]:
        # Rounded, so that the last bit of a matrix product never decides which take is heard.
        seen, score = round(opinion.match, SEEN_DIGITS), round(opinion.score, _DIGITS)
        first = placed[opinion.index] if placed is not None else 0.0
        return opinion.index != wanted, first, -seen, -score, opinion.index

    opinions.sort(key=place)
    best = opinions[0].index if opinions else None
    sections = choice.candidates[best] if best is not None else ()
    return replace(chosen, choice=replace(choice, sections=sections, opinions=tuple(opinions)))


def with_offers(
    chosen: ChosenCue,
    offers: Sequence[Offer],
    finished: Sequence[FinishedTake],
    placing: Placing | None = None,
) -> ChosenCue:
    """The cue with each offer that matches better than the candidate it comes from in that one's place.
    `finished` are the offers, once arranged."""
    choice = chosen.choice
    now = {
        opinion.index: FinishedTake(opinion.match, choice.traits[opinion.index])
        for opinion in choice.opinions
    }
    candidates, moved = list(choice.candidates), dict(choice.moved)
    for offer, take in zip(offers, finished, strict=True):
        match = now[offer.index].match
        if take.match >= match + LEAST_GAIN:
            before = moved[offer.index].match_before if offer.index in moved else match
            moved[offer.index] = Moved(before, take.match, offer.distance)
            candidates[offer.index] = offer.sections
            now[offer.index] = take
    tried = choice.tried | {offer.index for offer in offers}
    better = replace(choice, candidates=tuple(candidates), moved=moved, tried=tried)
    return ordered(replace(chosen, choice=better), [now[index] for index in range(len(candidates))], placing)
