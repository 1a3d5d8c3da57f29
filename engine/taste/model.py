"""What a listener likes, learnt from which take won over which: Bayesian logistic regression of differences
in liking (Bradley & Terry 1952, for more than two Luce 1959; Bayesian as in Chu & Ghahramani 2005).

Liking is a weighted sum of the takes' traits: weights for all music, weights that change with the valence and
arousal asked for, weights of a style's own, weights of the squares (a liking for the middle, or for either
end), and of the latents' image. All weights have a Gaussian prior, scaled by term and by trait. Few traits
matter to anybody: how much each does is learnt, from little for most (automatic relevance determination:
MacKay 1994, Tipping 2001). How wide the prior is as a whole, the evidence decides (MacKay 1992), nothing at
all among what it may be: who chooses at random has no taste.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt
from scipy.special import ndtr

from dsl.vocabulary import STYLES
from engine.taste.choices import OfferedTake, TasteChoice
from engine.taste.contests import Contests, FittedWeights, fitted
from engine.taste.image import IMAGE_SIZE
from engine.taste.traits import TRAITS

Floats = npt.NDArray[np.float64]

SCALES: Final = (0.1, 0.2, 0.4)
"""Widths of the prior that are weighed against each other, beside none; in liking (log odds) a standard
deviation of a trait."""

FEELING_WIDTH: Final = 0.5
STYLE_WIDTH: Final = 0.03
_SQUARE: Final = 0.2
_IMAGE: Final = 0.1
"""Width of the prior of a term relative to that of the weights for all music."""

DEGREES: Final = 1.0
FIRST: Final = 10.0
ROUNDS: Final = 4
"""Relevances, squared, come from a scaled inverse chi-squared distribution of so many degrees of freedom, 1
for a typical one; they are learnt in so many rounds, from this on: begun low, few would ever rise."""

_ALIKE: Final = 1e-9
STYLE_NAMES: Final = tuple(STYLES)

_FIRST_OF_STYLES: Final = 4 * len(TRAITS) + IMAGE_SIZE
SIZE: Final = _FIRST_OF_STYLES + len(STYLE_NAMES) * len(TRAITS)
_TRAIT_OF: Final = np.concatenate(
    [
        np.tile(np.arange(len(TRAITS)), 4),
        np.full(IMAGE_SIZE, len(TRAITS)),
        np.tile(np.arange(len(TRAITS)), len(STYLE_NAMES)),
    ]
)
"""The trait that each term is of; the image counts as one more, of which nothing is learnt."""


@dataclass(frozen=True, slots=True)
class _Width:
    """What one width of the prior makes of the wins: the prior's standard deviations [SIZE], the mode of the
    weights [SIZE], a root [SIZE, r] of what the wins took from the prior's variance, and how probable the
    width is."""

    prior: Floats
    mode: Floats
    taken: Floats
    probability: float

    def variance(self, terms: Floats) -> Floats:
        """Of the liking of each of `terms` [N, SIZE] → [N]."""
        own = ((terms * self.prior) ** 2).sum(axis=1) - ((terms @ self.taken) ** 2).sum(axis=1)
        return np.asarray(np.maximum(own, 0.0))


@dataclass(frozen=True, slots=True)
class Taste:
    """What was learnt. `choices` counts those that taught something; `weights` [SIZE] is the mean of the
    weights, all widths of the prior taken together."""

    choices: int
    weights: Floats
    widths: tuple[_Width, ...]

    @property
    def knows_nothing(self) -> bool:
        """Whether it has nothing to say about any take."""
        return not self.widths

    @property
    def is_any(self) -> float:
        """How probable it is, 0…1, that the choices follow from anything that is measured."""
        return sum(width.probability for width in self.widths)

    def liking(self, terms: Floats) -> Floats:
        """Expected liking of takes, terms [N, SIZE] → [N], as log odds; only differences mean something."""
        return np.asarray(terms @ self.weights)

    def variance(self, terms: Floats) -> Floats:
        """Variance of the liking of each of `terms` [N, SIZE] → [N]."""
        total, mean = np.zeros(len(terms)), self.liking(terms)
        for width in self.widths:
            total += width.probability * (width.variance(terms) + (terms @ width.mode) ** 2)
        return np.maximum(total - mean**2, 0.0)

    def probability(self, terms: Floats) -> Floats:
        """How probable it is that each of `terms` [N, SIZE] is liked rather than disliked: [N], 0…1; .5 where
        nothing is known."""
        found = np.full(len(terms), 0.5 * (1.0 - self.is_any))
        for width in self.widths:
            spread = np.sqrt(np.maximum(width.variance(terms), 1e-12))
            found += width.probability * ndtr(terms @ width.mode / spread)
        return np.asarray(found)

    def surprise(self, terms: Floats) -> Floats:
        """How much more each take might be liked than it is expected to be, [N]: the expectation and one
        standard deviation."""
        centred = terms - terms.mean(axis=0)
        return np.asarray(self.liking(centred) + np.sqrt(self.variance(centred)))

    def drawn(self, terms: Floats, rng: np.random.Generator) -> Floats:
        """The liking of takes by one listener who might have made these choices: terms [N, SIZE] → [N]
        (Thompson 1933)."""
        at = rng.random()
        for width in self.widths:
            at -= width.probability
            if at < 0:
                before, gram = terms * width.prior, terms @ width.taken
                own = before @ before.T - gram @ gram.T
                values, vectors = np.linalg.eigh((own + own.T) / 2)
                root = vectors * np.sqrt(np.maximum(values, 0.0))
                return np.asarray(terms @ width.mode + root @ rng.standard_normal(len(values)))
        return np.zeros(len(terms))


NO_TASTE: Final = Taste(0, np.zeros(SIZE), ())


def terms_of(take: OfferedTake, style: str, valence: float, arousal: float) -> Floats:
    """What liking is a weighted sum of, each already as wide as its prior: [SIZE]."""
    traits = np.asarray(take.traits, dtype=np.float64)
    image = np.zeros(IMAGE_SIZE)
    image[: len(take.image)] = take.image[:IMAGE_SIZE]
    own = np.zeros((len(STYLE_NAMES), len(TRAITS)))
    if style in STYLE_NAMES:
        own[STYLE_NAMES.index(style)] = STYLE_WIDTH * traits
    feeling = FEELING_WIDTH * traits
    squares = _SQUARE * (traits**2 - 1.0) / np.sqrt(2.0)
    return np.concatenate(
        [traits, valence * feeling, arousal * feeling, squares, _IMAGE * image, own.ravel()]
    )


def learnt_from(choices: Sequence[TasteChoice]) -> Taste:
    """The taste that these choices speak of. Their order and their times decide nothing."""
    told = [(contest, choice) for choice in choices if (contest := choice.contest())]
    if not told:
        return NO_TASTE
    rows, groups, weights = [], [], []
    for number, (contest, choice) in enumerate(told):
        where = (choice.style, choice.valence, choice.arousal)
        rows += [terms_of(take, *where) for take in contest]
        groups += [number] * len(contest)
        weights.append(choice.weight)
    contests = Contests(np.array(groups), np.array(weights), np.bincount(groups))
    table = np.array(rows)
    table -= contests.mean(table)
    # Of a term that never differed nothing is learnt: of styles that never occurred, most of all.
    live = np.flatnonzero(np.abs(table).max(axis=0) > _ALIKE)
    evidence, fits = [contests.by_chance], []
    start = np.zeros(SIZE)
    for scale in SCALES:
        prior, fit, known = _with_relevances(table, live, contests, scale, start)
        fits.append((prior, fit))
        evidence.append(known)
    share = np.exp(np.array(evidence) - max(evidence))
    share /= share.sum()
    widths = tuple(
        _Width(
            prior, _laid_out(live, prior[live] * fit.mode), _laid_out(live, prior[live, None] * fit.taken), p
        )
        for (prior, fit), p in zip(fits, share[1:].tolist(), strict=True)
    )
    mean = np.sum([width.probability * width.mode for width in widths], axis=0)
    return Taste(len(told), mean, widths)


def _with_relevances(
    table: Floats, live: npt.NDArray[np.int64], contests: Contests, scale: float, start: Floats
) -> tuple[Floats, FittedWeights, float]:
    """The prior's standard deviations [SIZE] with the relevance of every trait, learnt in a few rounds from
    the weights for all music; the weights of the `live` columns under it, in units of these; and the log
    evidence for a prior of this width before any relevance was learnt, since what was chosen to fit must not
    count as if it had been known. `start` [SIZE]: weights to begin from, which are changed."""
    general = live[live < _FIRST_OF_STYLES]
    count = len(TRAITS)
    plain = fitted(table[:, general] * scale, contests, start[general] / scale)
    start[general] = plain.mode * scale
    squared = np.ones(count + 1)
    squared[:count] = FIRST
    for _ in range(ROUNDS):
        prior = scale * np.sqrt(squared)[_TRAIT_OF]
        own = fitted(table[:, general] * prior[general], contests, start[general] / prior[general])
        start[general] = own.mode * prior[general]
        mode, known = (_laid_out(general, values)[:count] for values in (own.mode, own.known))
        squared[:count] = (DEGREES + squared[:count] * mode**2) / (DEGREES + known)
    prior = scale * np.sqrt(squared)[_TRAIT_OF]
    return prior, fitted(table[:, live] * prior[live], contests, start[live] / prior[live]), plain.evidence


def _laid_out(live: npt.NDArray[np.int64], values: Floats) -> Floats:
    """Rows at their places among all terms: [L, …] → [SIZE, …], 0 elsewhere."""
    whole = np.zeros((SIZE, *values.shape[1:]))
    whole[live] = values
    return whole
