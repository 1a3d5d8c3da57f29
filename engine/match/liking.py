"""A listener's taste at work on the takes of one cue."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt

from dsl.limits import MOST_TAKES
from engine.cues import Sections
from engine.generate.turned import directions, turned_number
from engine.match.choice import Choice
from engine.taste.choices import OfferedTake, TakesOnOffer
from engine.taste.image import image_of
from engine.taste.model import Taste, terms_of
from engine.taste.order import exploring, lifts, places

MOVED_FOR_LIKING: Final = 2
"""How many of the takes that liking puts first are moved towards what is asked, beside the best matches."""


@dataclass(frozen=True, slots=True)
class Liking:
    """`taste` decides which take is chosen, `newest` how the list of takes is ordered: while somebody works
    on a cue its music stays, whatever is learnt elsewhere. `style` is one of the language's own, `valence`
    and `arousal` are what is asked; latents are `width` wide."""

    taste: Taste
    newest: Taste
    style: str
    valence: float
    arousal: float
    width: int

    def places(self, choice: Choice, matches: Sequence[float]) -> list[float]:
        """By candidate, a number that is smaller the earlier it comes."""
        return places(matches, self._liking(self.taste, self._offered(choice, matches)))

    def also_moved(self, choice: Choice, matches: Sequence[float]) -> tuple[int, ...]:
        """Candidates that liking puts first, by index: worth the moving, too."""
        if self.taste.knows_nothing:
            return ()
        own = self.places(choice, matches)
        return tuple(sorted(range(len(own)), key=lambda index: (own[index], index))[:MOVED_FOR_LIKING])

    def turns(self, choice: Choice, matches: Sequence[float], seed: int) -> tuple[int, ...]:
        """The numbers of takes to make beside those that were made: what comes first, turned towards where
        the listener's liking grows among the cue's own takes; once by what is expected, once by what one
        listener who made these choices might like, for the surprise."""
        plain = [n for n, number in enumerate(choice.numbers) if number <= MOST_TAKES]
        takes = self._offered(choice, matches)
        if len(plain) < 3 or not all(takes[n].image for n in plain):
            return ()
        terms = self._terms([takes[n] for n in plain])
        rng = np.random.default_rng(np.random.SeedSequence([seed % 2**64, self.taste.choices]))
        images = np.array([takes[n].image for n in plain])
        own = [matches[n] for n in plain]
        found = []
        for liking in (self.taste.liking(terms), self.taste.drawn(terms, rng)):
            first = min(range(len(plain)), key=lambda n: (places(own, liking)[n], n))
            slope = _slope(images, liking)
            if float(np.linalg.norm(slope)) > 1e-6:
                direction = int(np.argmax(np.round(directions() @ slope, 6))) + 1
                found.append(turned_number(choice.numbers[plain[first]], direction))
        return tuple(dict.fromkeys(found))

    def on_offer(self, choice: Choice) -> TakesOnOffer:
        """What a listener is offered, as the list shows it: the chosen take first, the others by match and
        what is known by now, with a share of exploration."""
        by_index = {opinion.index: opinion for opinion in choice.opinions}
        matches = [by_index[index].match for index in range(len(choice.candidates))]
        takes = self._offered(choice, matches)
        terms = self._terms(takes)
        own = places(matches, self.newest.liking(terms))
        order = sorted(range(len(takes)), key=lambda index: (own[index], -by_index[index].score, index))
        if not self.newest.knows_nothing:
            order = exploring(order, self.newest.surprise(terms))
        lift = lifts(self.newest.liking(terms))
        return TakesOnOffer(
            self.style,
            self.valence,
            self.arousal,
            tuple(choice.numbers[index] for index in order),
            tuple(takes[index] for index in order),
            tuple(float(lift[index]) for index in order),
            self.newest.choices,
        )

    def _liking(self, taste: Taste, takes: Sequence[OfferedTake]) -> npt.NDArray[np.float64]:
        return taste.liking(self._terms(takes))

    def _terms(self, takes: Sequence[OfferedTake]) -> npt.NDArray[np.float64]:
        return np.array([terms_of(take, self.style, self.valence, self.arousal) for take in takes])

    def _offered(self, choice: Choice, matches: Sequence[float]) -> list[OfferedTake]:
        return [
            OfferedTake(traits, self._image(sections), match, False)
            for traits, sections, match in zip(choice.traits, choice.candidates, matches, strict=True)
        ]

    def _image(self, sections: Sections) -> tuple[float, ...]:
        return image_of([section.take.latent for section in sections], self.width)


def _slope(images: npt.NDArray[np.float64], liking: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    """How liking grows with the takes' images [N, 8]: ridge regression, of so few takes with a strong ridge:
    [8]."""
    centred = images - images.mean(axis=0)
    ridge = len(images) * max(float(centred.var()), 1e-9)
    gram = centred.T @ centred + ridge * np.eye(images.shape[1])
    return np.asarray(np.linalg.solve(gram, centred.T @ (liking - liking.mean())))
