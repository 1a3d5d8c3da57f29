"""What a listener likes, learnt from which take won over which: Bayesian logistic regression of differences
in liking (Bradley & Terry 1952, for more than two Luce 1959; Bayesian as in Chu & Ghahramani 2005).

Liking is a weighted sum of the takes' traits: weights for all music, weights that change with the valence and
arousal asked for, weights of a style's own, weights of the squares (a liking for the middle, or for either
end), and of the latents' image. All weights have one Gaussian prior, scaled by term; how wide it is, the
evidence decides (MacKay 1992), nothing at all among what it may be: who chooses at random has no taste.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt
from scipy.special import ndtr

from dsl.vocabulary import STYLES
from engine.taste.choices import OfferedTake, TasteChoice
from engine.taste.image import IMAGE_SIZE
from engine.taste.traits import TRAITS

Floats = npt.NDArray[np.float64]

SCALES: Final = (0.1, 0.2, 0.4, 0.8)
"""Widths of the prior that are weighed against each other, beside none; in liking (log odds) a standard
deviation of a trait."""

FEELING_WIDTH: Final = 0.5
STYLE_WIDTH: Final = 0.1
_SQUARE: Final = 0.2
_IMAGE: Final = 0.1
"""Width of the prior of a term relative to that of the weights for all music."""

_STEPS: Final = 25
_PRECISE: Final = 1e-8
STYLE_NAMES: Final = tuple(STYLES)

SIZE: Final = 4 * len(TRAITS) + IMAGE_SIZE + len(STYLE_NAMES) * len(TRAITS)


@dataclass(frozen=True, slots=True)
class _Width:
    """What one width of the prior makes of the wins: the mode of the weights [SIZE], a root [SIZE, r] of what
    the wins took from the prior's variance, and how probable the width is."""

    scale: float
    mode: Floats
    taken: Floats
    probability: float


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
            own = width.scale**2 * (terms**2).sum(axis=1) - ((terms @ width.taken) ** 2).sum(axis=1)
            total += width.probability * (np.maximum(own, 0.0) + (terms @ width.mode) ** 2)
        return np.maximum(total - mean**2, 0.0)

    def probability(self, terms: Floats) -> Floats:
        """How probable it is that each of `terms` [N, SIZE] is liked rather than disliked: [N], 0…1; .5 where
        nothing is known."""
        found = np.full(len(terms), 0.5 * (1.0 - self.is_any))
        for width in self.widths:
            own = width.scale**2 * (terms**2).sum(axis=1) - ((terms @ width.taken) ** 2).sum(axis=1)
            found += width.probability * ndtr(terms @ width.mode / np.sqrt(np.maximum(own, 1e-12)))
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
                gram = terms @ width.taken
                own = width.scale**2 * terms @ terms.T - gram @ gram.T
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
    contests = _Contests(np.array(groups), np.array(weights), np.bincount(groups))
    table = np.array(rows)
    table -= contests.mean(table)
    # Nothing is learnt but in the directions in which takes differed: so many dimensions are enough.
    _, values, axes = np.linalg.svd(table, full_matrices=False)
    axes = axes[values > 1e-9 * max(values.max(initial=0.0), 1.0)]
    turned = table @ axes.T
    evidence, fitted = [-float(contests.weights @ np.log(contests.sizes))], []
    mode = np.zeros(len(axes))
    for scale in SCALES:
        mode, taken, known = _fitted(turned, contests, scale, mode)
        fitted.append((mode, taken))
        evidence.append(known)
    share = np.exp(np.array(evidence) - max(evidence))
    share /= share.sum()
    widths = tuple(
        _Width(scale, mode @ axes, axes.T @ taken, float(own))
        for scale, (mode, taken), own in zip(SCALES, fitted, share[1:], strict=True)
    )
    mean = np.sum([width.probability * width.mode for width in widths], axis=0)
    return Taste(len(told), mean, widths)


@dataclass(frozen=True, slots=True)
class _Contests:
    """Rows of a table that stand against each other: the contest of each row, ascending; weight and size
    of each contest. The first row of each has won."""

    group: npt.NDArray[np.int64]
    weights: Floats
    sizes: npt.NDArray[np.int64]

    @property
    def first(self) -> npt.NDArray[np.int64]:
        """The row that won, by contest."""
        return np.asarray(np.cumsum(self.sizes) - self.sizes)

    def total(self, values: Floats) -> Floats:
        """Sums over each contest: [N, …] → [contests, …]."""
        return np.asarray(np.add.reduceat(values, self.first, axis=0))

    def mean(self, table: Floats) -> Floats:
        """The mean of each row's contest: [N, D] → [N, D]."""
        return np.asarray((self.total(table) / self.sizes[:, None])[self.group])

    def chances(self, liking: Floats) -> Floats:
        """How probable it is that each row wins (Luce 1959): [N] → [N]."""
        top = np.maximum.reduceat(liking, self.first)[self.group]
        odds = np.exp(liking - top)
        return np.asarray(odds / self.total(odds)[self.group])


def _fitted(table: Floats, contests: _Contests, scale: float, mode: Floats) -> tuple[Floats, Floats, float]:
    """Laplace's approximation under a prior of this width, from `mode` on: the mode [D], a root [D, D] of
    what was taken from the prior's variance, and the log evidence."""
    each, first = contests.weights[contests.group], contests.first
    size = table.shape[1]

    def value(weights: Floats) -> float:
        chance = contests.chances(table @ weights)[first]
        return float(contests.weights @ np.log(np.maximum(chance, 1e-300)) - weights @ weights / scale**2 / 2)

    def bent(chance: Floats) -> Floats:
        """The curvature at the chances of the rows: [D, D]."""
        pulled = contests.total(chance[:, None] * table)
        own = table.T @ ((each * chance)[:, None] * table) - pulled.T @ (contests.weights[:, None] * pulled)
        return np.asarray(own + np.eye(size) / scale**2)

    now = value(mode)
    for _ in range(_STEPS):
        chance = contests.chances(table @ mode)
        slope = (contests.weights @ table[first]) - (each * chance) @ table - mode / scale**2
        step = np.linalg.solve(bent(chance), slope)
        length = 1.0
        while value(mode + length * step) < now and length > 1e-3:
            length /= 2
        mode = mode + length * step
        before, now = now, value(mode)
        if abs(now - before) < _PRECISE:
            break
    values, vectors = np.linalg.eigh(bent(contests.chances(table @ mode)))
    taken = vectors * np.sqrt(np.maximum(scale**2 - 1.0 / values, 0.0))
    evidence = now - float(np.log(values).sum()) / 2 - size * np.log(scale)
    return mode, taken, evidence
