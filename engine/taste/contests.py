"""Takes that stood against each other, and which of them won: the likelihood of weights of their liking, and
its Gaussian approximation."""

from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]

_STEPS: Final = 25
_PRECISE: Final = 1e-6


@dataclass(frozen=True, slots=True)
class Contests:
    """Rows of a table that stand against each other: the contest of each row, ascending; weight and size
    of each contest. The first row of each has won."""

    group: npt.NDArray[np.int64]
    weights: Floats
    sizes: npt.NDArray[np.int64]

    @property
    def first(self) -> npt.NDArray[np.int64]:
        """The row that won, by contest."""
        return np.asarray(np.cumsum(self.sizes) - self.sizes)

    @property
    def by_chance(self) -> float:
        """The log probability of all that happened, for somebody who chooses at random."""
        return -float(self.weights @ np.log(self.sizes))

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


@dataclass(frozen=True, slots=True)
class FittedWeights:
    """Laplace's approximation under a standard normal prior: the mode [D] of the weights, the curvature
    [D, D] there, and the log evidence."""

    mode: Floats
    curvature: Floats
    evidence: float

    @property
    def known(self) -> Floats:
        """How much of each weight's variance the contests took away: [D], 0…1."""
        return np.asarray(1.0 - np.diag(np.linalg.inv(self.curvature)))

    @property
    def taken(self) -> Floats:
        """A root [D, D] of what they took from the prior's variance."""
        values, vectors = np.linalg.eigh(self.curvature)
        return np.asarray(vectors * np.sqrt(np.maximum(1.0 - 1.0 / values, 0.0)))


def fitted(table: Floats, contests: Contests, mode: Floats) -> FittedWeights:
    """The weights of the columns of `table` [N, D] by Newton's method, from `mode` [D] on."""
    each, first = contests.weights[contests.group], contests.first
    size = table.shape[1]

    def value(weights: Floats) -> float:
        chance = contests.chances(table @ weights)[first]
        return float(contests.weights @ np.log(np.maximum(chance, 1e-300)) - weights @ weights / 2)

    def bent(chance: Floats) -> Floats:
        """The curvature at the chances of the rows: [D, D]."""
        pulled = contests.total(chance[:, None] * table)
        own = table.T @ ((each * chance)[:, None] * table) - pulled.T @ (contests.weights[:, None] * pulled)
        return np.asarray(own + np.eye(size))

    now = value(mode)
    for _ in range(_STEPS):
        chance = contests.chances(table @ mode)
        slope = (contests.weights @ table[first]) - (each * chance) @ table - mode
        step = np.linalg.solve(bent(chance), slope)
        length = 1.0
        while value(mode + length * step) < now and length > 1e-3:
            length /= 2
        mode = mode + length * step
        before, now = now, value(mode)
        if abs(now - before) < _PRECISE:
            break
    curvature = bent(contests.chances(table @ mode))
    return FittedWeights(mode, curvature, now - float(np.linalg.slogdet(curvature)[1]) / 2)
