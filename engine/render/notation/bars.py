"""Bars and the ticks in them: where each beat of a score stands in its notation.

Every cue begins a bar, on a tick of its own: between cues the beat axis may hold fractions that nobody could
read, so ticks are counted from the cue's start, and the gap is rounded to sixteenths.
"""

from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise

from dsl.plan import Meter
from engine.music.score import Score

TICKS = 3360
"""Ticks (MusicXML divisions) a quarter note: 64ths, triplets, quintuplets and septuplets are whole numbers of
them."""
WHOLE = 4 * TICKS
SIXTY_FOURTH = TICKS // 16
_SIXTEENTH = TICKS // 4


@dataclass(frozen=True, slots=True)
class Measure:
    """A bar: start and length in ticks, its metre, and whether it is as long as that says."""

    start: int
    length: int
    meter: Meter

    @property
    def end(self) -> int:
        """The tick after its last."""
        return self.start + self.length

    @property
    def full(self) -> bool:
        """Whether it is as long as its metre asks; pickups and bars cut short by a cue are not."""
        return self.length == bar_ticks(self.meter)


def bar_ticks(meter: Meter) -> int:
    """Ticks in a full bar of a metre."""
    return WHOLE * meter.numerator // meter.denominator


class Ruler:
    """From beats of the score to ticks, piecewise from each cue's start and end."""

    def __init__(self, score: Score) -> None:
        self._beats, self._ticks = [0.0], [0]
        for cue in sorted(score.cues, key=lambda cue: cue.start_beat):
            start = self._ticks[-1] + _rounded((cue.start_beat - self._beats[-1]) * TICKS, _SIXTEENTH)
            self._put(cue.start_beat, start)
            self._put(cue.end_beat, start + _rounded((cue.end_beat - cue.start_beat) * TICKS, SIXTY_FOURTH))

    def _put(self, beat: float, tick: int) -> None:
        if beat <= self._beats[-1] + 1e-6:
            return
        self._beats.append(beat)
        self._ticks.append(max(tick, self._ticks[-1]))

    def exact(self, beat: float) -> float:
        """Ticks at a beat, unrounded."""
        at = max(bisect_right(self._beats, beat + 1e-6) - 1, 0)
        ticks = self._ticks[at] + (beat - self._beats[at]) * TICKS
        return min(ticks, self._ticks[at + 1]) if at + 1 < len(self._ticks) else ticks

    def tick(self, beat: float) -> int:
        """The nearest tick to a beat."""
        return round(self.exact(beat))


def measures_of(score: Score, ruler: Ruler) -> list[Measure]:
    """All bars to the end of the last cue. A cue or metre that begins inside a bar cuts that bar short."""
    last = ruler.tick(max((cue.end_beat for cue in score.cues), default=4.0))
    changes = [(ruler.tick(change.beat), change.meter) for change in score.meters] or [(0, Meter())]
    edges = {0, last, *(tick for tick, _ in changes)}
    for cue in score.cues:
        edges |= {ruler.tick(cue.start_beat), ruler.tick(cue.end_beat)}
    found = list(_bars(sorted(edge for edge in edges if edge <= last), changes))
    return found or [Measure(0, bar_ticks(changes[0][1]), changes[0][1])]


def _bars(edges: list[int], changes: list[tuple[int, Meter]]) -> Iterator[Measure]:
    for start, end in pairwise(edges):
        meter = next((meter for tick, meter in reversed(changes) if tick <= start), changes[0][1])
        at = start
        while at < end:
            yield Measure(at, min(bar_ticks(meter), end - at), meter)
            at += bar_ticks(meter)


def measure_at(measures: list[Measure], tick: float) -> int:
    """The index of the bar that holds a tick; the last for what lies beyond."""
    return max(bisect_right(measures, tick, key=lambda measure: measure.start) - 1, 0)


def _rounded(ticks: float, grid: int) -> int:
    return round(ticks / grid) * grid
