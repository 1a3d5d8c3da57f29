"""A choice among takes as it is remembered: what was offered, what was heard of it, what was chosen. Never a
word of the script, no title, no path.

Here are the values alone; the file is `engine.taste.record`, what is learnt from it `engine.taste.model`.
"""

from dataclasses import dataclass
from typing import Final

KINDS: Final = ("kept", "frozen", "played", "passed", "more", "liked")
"""kept, frozen: that take shall stay · played: listened to from its beginning to its end · passed: others
were heard, and what sounded before stays · more: none of those heard would do · liked: named as music that
is liked."""

LEARNT_FROM: Final = {"kept": 1.0, "frozen": 1.0, "liked": 1.0, "passed": 0.5, "played": 0.5, "more": 0.25}
"""How much a choice counts, by kind: what people do says less than what they say."""

TOLD_FROM: Final = 0.02
"""What a liking must be worth, in units of match, to be told."""

MOST_OFFERED: Final = 64
"""Takes of one choice that are remembered."""


@dataclass(frozen=True, slots=True)
class OfferedTake:
    """A take on offer: standardised measures in the order of `engine.taste.traits.TRAITS`, the
    low-dimensional image of its latents (see `engine.taste.image`; empty where it has none), its match
    0…1, and whether it was listened to."""

    traits: tuple[float, ...]
    image: tuple[float, ...] = ()
    match: float = 0.0
    heard: bool = True


@dataclass(frozen=True, slots=True)
class TasteChoice:
    """`kind` is one of `KINDS`, `style` one of the language's own, `valence` and `arousal` (−1…1) what was
    asked; `chosen` the place in `offered`, None where nothing was. `t_s` is seconds since 1970 by the
    clock of that moment, which nothing is decided by."""

    kind: str
    style: str
    valence: float
    arousal: float
    offered: tuple[OfferedTake, ...]
    chosen: int | None
    t_s: int = 0

    def contest(self) -> tuple[OfferedTake, ...]:
        """Takes of which the first is liked best, as far as this choice tells: what was chosen before all
        others that were heard; where nothing heard would do, what was not heard, on average, before all that
        was. Empty where nothing is told."""
        heard = [place for place, take in enumerate(self.offered) if take.heard]
        if self.chosen is None:
            rest = [take for take in self.offered if not take.heard]
            return (average(rest), *(self.offered[place] for place in heard)) if rest and heard else ()
        others = [self.offered[place] for place in heard if place != self.chosen]
        if not others:
            return ()
        chosen = self.offered[self.chosen]
        return (chosen, *others)

    @property
    def weight(self) -> float:
        """How much it counts."""
        return LEARNT_FROM[self.kind]


@dataclass(frozen=True, slots=True)
class TakesOnOffer:
    """The takes of a cue as a listener is offered them, in the order of their `numbers`: what was asked, what
    each is like, and by how much its being liked lifts its place (in units of match; 0 without a taste)."""

    style: str
    valence: float
    arousal: float
    numbers: tuple[int, ...]
    takes: tuple[OfferedTake, ...]
    lifts: tuple[float, ...]
    learnt: int = 0
    """Choices that the lifts were learnt from."""

    @property
    def favourite(self) -> int | None:
        """The number of the take that is probably liked most; None where that is not worth telling."""
        if not self.learnt or max(self.lifts, default=0.0) < TOLD_FROM:
            return None
        return self.numbers[max(range(len(self.lifts)), key=lambda place: (self.lifts[place], -place))]


def average(takes: list[OfferedTake]) -> OfferedTake:
    """The take that none of them is: the mean of their measures. `takes` is not empty."""
    count = len(takes)
    traits = tuple(sum(column) / count for column in zip(*(take.traits for take in takes), strict=True))
    image = ()
    if all(len(take.image) == len(takes[0].image) for take in takes):
        image = tuple(sum(column) / count for column in zip(*(take.image for take in takes), strict=True))
    return OfferedTake(traits, image)
