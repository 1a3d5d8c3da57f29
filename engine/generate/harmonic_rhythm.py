"""Harmonic rhythm: on which slots of a bar chords change, drawn as the music of one collection does it.

The bars of real music differ: at one change a bar on the whole some have none and some three. Patterns are
drawn from all of them, the busier made likelier the faster the harmony is to move.
"""

from collections.abc import Mapping, Sequence
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from engine.generate.chord_events import SLOTS

Floats = npt.NDArray[np.float64]

STEEPEST: Final = 12.0
"""Bound on the log-weight of one change more."""


class ChangePatterns:
    """Counted change patterns by collection and metre. A pattern is an int whose bit s says that a new chord
    begins in slot s."""

    def __init__(
        self, counts: Mapping[str, Mapping[str, int]], paces: Mapping[str, Mapping[str, Any]]
    ) -> None:
        """`counts`: bars with a pattern, by "collection/metre/number of changes" and pattern; `paces`: by
        "collection/metre" the `quantiles` of changes a bar over eight bars and the share of bars that `keep`
        the pattern of the bar before beyond chance."""
        self._counts = counts
        self._paces = paces
        self._tables: dict[tuple[str, int], tuple[list[int], Floats, Floats]] = {}
        self._drawn: dict[tuple[str, int, int], Floats] = {}

    def draw(self, source: str, meter: int, place: float, before: int, chances: Sequence[float]) -> int:
        """The pattern of a bar. `place` 0…1 among the paces that the collection has; `before` the pattern of
        the bar before, −1 none; `chances` two numbers in 0…1 that decide."""
        pace = self._paces.get(f"{source}/{meter}")
        if before >= 0 and pace is not None and chances[0] < float(pace["keep"]):
            return before
        codes, _, _ = self._table(source, meter)
        running = self._running(source, meter, place)
        at = int(np.searchsorted(running, chances[1] * running[-1], side="right"))
        return codes[min(at, len(codes) - 1)]

    def _running(self, source: str, meter: int, place: float) -> Floats:
        """Running shares of the collection's patterns at a place, in steps of a sixty-fourth."""
        key = (source, meter, round(min(max(place, 0.0), 1.0) * 64))
        if key not in self._drawn:
            _, changes, shares = self._table(source, meter)
            pace = self._paces.get(f"{source}/{meter}")
            tilt = 0.0
            if pace is not None:
                quantiles = np.asarray(pace["quantiles"], np.float64)
                mean = float(np.interp(key[2] / 64, np.linspace(0, 1, len(quantiles)), quantiles))
                tilt = _tilt(changes, shares, mean)
            self._drawn[key] = np.cumsum(np.round(_tilted(changes, shares, tilt), 9))
        return self._drawn[key]

    def _table(self, source: str, meter: int) -> tuple[list[int], Floats, Floats]:
        """Patterns of a collection, how many changes each has, their shares; a change on each first slot
        where none were counted."""
        key = (source, meter)
        if key not in self._tables:
            tally: dict[int, int] = {}
            for count in range(SLOTS[meter] + 1):
                for code, times in self._counts.get(f"{source}/{meter}/{count}", {}).items():
                    tally[int(code)] = times
            tally = tally or {1: 1}
            codes = sorted(tally)
            shares = np.array([tally[code] for code in codes], np.float64)
            changes = np.array([code.bit_count() for code in codes], np.float64)
            self._tables[key] = (codes, changes, shares / shares.sum())
        return self._tables[key]


def _tilted(changes: Floats, shares: Floats, tilt: float) -> Floats:
    weight = np.log(shares) + tilt * changes
    chances = np.exp(weight - weight.max())
    return np.asarray(chances / chances.sum())


def _tilt(changes: Floats, shares: Floats, mean: float) -> float:
    """The log-weight of one change more under which patterns have `mean` changes, by bisection."""
    low, high = -STEEPEST, STEEPEST
    for _ in range(40):
        middle = (low + high) / 2
        if float(_tilted(changes, shares, middle) @ changes) < mean:
            low = middle
        else:
            high = middle
    return (low + high) / 2
