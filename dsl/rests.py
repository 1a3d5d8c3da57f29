"""Rests: the pauses and silences of a stretch of reading, which keep their length where the words around them
are squeezed or stretched.
"""

from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import accumulate


@dataclass(frozen=True, slots=True)
class Rests:
    """Where rests begin, in order and none in another, and how many seconds of rest have gone by at each."""

    begins_s: tuple[float, ...] = ()
    gone_s: tuple[float, ...] = (0.0,)

    @property
    def total_s(self) -> float:
        """All rests together."""
        return self.gone_s[-1]

    def by(self, offset_s: float) -> float:
        """Seconds of rest up to an offset."""
        passed = bisect_right(self.begins_s, offset_s)
        if passed == 0:
            return 0.0
        return min(self.gone_s[passed - 1] + offset_s - self.begins_s[passed - 1], self.gone_s[passed])


def rests_at(rests: Sequence[tuple[float, float]]) -> Rests:
    """Rests from where each begins and how long it lasts."""
    return Rests(
        tuple(begins_s for begins_s, _ in rests),
        tuple(accumulate((lasts_s for _, lasts_s in rests), initial=0.0)),
    )
