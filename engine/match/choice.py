"""The takes of a cue and which of them is chosen: by how well each is heard to match once it is arranged,
before and after it is moved. One figure on one scale, which lists and reports show.
"""

from collections.abc import Mapping, Sequence
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
class ChosenCue(AskedCue):
    """A cue with its candidate takes, one of them chosen."""

    task: Task
    choice: Choice

    @property
    def music(self) -> CueMusic:
        """The cue with the chosen take."""
        return self.with_take(self.choice.sections)


def ordered(chosen: ChosenCue, matches: Sequence[float]) -> ChosenCue:
    """The cue with its takes by how each is heard to match once it is arranged, the best first, or the one
    that the writer names. `matches` by index, 0…1."""
    choice, named = chosen.choice, chosen.cue.take
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
    return replace(chosen, choice=replace(choice, sections=sections, opinions=tuple(opinions)))


def with_offers(chosen: ChosenCue, offers: Sequence[Offer], matches: Sequence[float]) -> ChosenCue:
    """The cue with each offer that matches better than the candidate it comes from in that one's place.
    `matches` are the offers', once arranged."""
    choice = chosen.choice
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
    return ordered(replace(chosen, choice=better), [now[index] for index in range(len(candidates))])
