"""Two musics at once while one is faded into the other: each has a deck of its own, as a disc jockey's, and
the decks' levels are told step by step as the music goes on.

The levels are amplitudes of equal power: cos and sin of the same quarter turn, so that two musics that have
nothing to do with each other are as loud together as each alone.
"""

import math
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Final

from engine.live.outputs import DeckLevel
from engine.live.timeline import PlacedPassage

STEP_S: Final = 0.02
"""From one level to the next."""
_NEAR: Final = 1e-6


@dataclass(frozen=True, slots=True)
class Crossfade:
    """From beat `line`, at `start_s`, to `end_s` the music of deck `going` fades out and that of the other
    one in. `tails` are what goes on beyond the line on `going`, each from its `heard_from` to its
    `end_beat` in its own beats."""

    line: float
    start_s: float
    end_s: float
    going: int
    tails: tuple[PlacedPassage, ...]

    def levels(self, t_s: float) -> tuple[float, float]:
        """Amplitudes 0…1 of what goes and of what comes."""
        share = (t_s - self.start_s) / max(self.end_s - self.start_s, _NEAR)
        angle = min(max(share, 0.0), 1.0) * math.pi / 2
        return math.cos(angle), math.sin(angle)


@dataclass(slots=True)
class Decks:
    """The crossfades that are still to come or go on, in order of time, and the cuts, each as (beat, second),
    that end them early."""

    crossfades: list[Crossfade] = field(default_factory=list)
    cuts: list[tuple[float, float]] = field(default_factory=list)

    def cross(self, one: Crossfade) -> None:
        """Adds one."""
        self.crossfades.append(one)

    def cut(self, line: float, t_s: float) -> None:
        """At a beat, which falls at `t_s`, whatever is being faded out ends."""
        self.cuts.append((line, t_s))

    def uncross(self, line: float) -> None:
        """What was to begin or end at beat `line` or later does not: it is written anew from there on."""
        self.crossfades = [one for one in self.crossfades if one.line < line - _NEAR]
        self.cuts = [one for one in self.cuts if one[0] < line - _NEAR]

    def end_s(self, one: Crossfade) -> float:
        """When a crossfade is over: at a cut, or where another begins, sooner."""
        others = [other.start_s for other in self.crossfades] + [t_s for _, t_s in self.cuts]
        return min([one.end_s, *(t_s for t_s in others if t_s > one.start_s + _NEAR)])

    def tails(self) -> Iterator[tuple[PlacedPassage, float]]:
        """The passages that sound on beyond their line, each with when that ends."""
        for one in self.crossfades:
            yield from ((tail, self.end_s(one)) for tail in one.tails)

    def told(self, from_s: float, to_s: float) -> Iterator[tuple[DeckLevel, bool]]:
        """The levels from one time until before another, each with whether its deck's music ends with it."""
        for one in self.crossfades:
            end_s = self.end_s(one)
            steps = max(math.ceil((end_s - one.start_s) / STEP_S - _NEAR), 1)
            first = max(math.ceil((from_s - one.start_s) / STEP_S - 1e-4), 0)
            for step in range(first, steps + 1):
                t_s = min(one.start_s + step * STEP_S, end_s)
                if t_s >= to_s - _NEAR:
                    break
                if t_s < from_s - _NEAR:
                    continue
                ends = step == steps
                going, coming = (0.0, 1.0) if ends else one.levels(t_s)
                yield DeckLevel(t_s, 0.0, one.going, going, True), ends
                yield DeckLevel(t_s, 0.0, 1 - one.going, coming, False), False

    def forget_before(self, t_s: float) -> None:
        """Drops what is over."""
        self.crossfades = [one for one in self.crossfades if self.end_s(one) >= t_s - _NEAR]
        if not self.crossfades:
            self.cuts.clear()
