"""What every part of a sheet is written from: the score, its bars and page, key and harmony at a tick."""

from bisect import bisect_right
from dataclasses import dataclass

from dsl.plan import Key
from engine.music.score import Score
from engine.music.theory import Quality
from engine.render.notation.bars import Measure, Ruler
from engine.render.notation.page import Page


@dataclass(frozen=True, slots=True)
class Sheet:
    """What every part is written from."""

    score: Score
    ruler: Ruler
    measures: list[Measure]
    page: Page
    keys: tuple[tuple[int, Key], ...]
    chords: tuple[tuple[int, int, tuple[int, Quality]], ...]

    def key_at(self, tick: int) -> Key:
        """The key in force at a tick."""
        at = bisect_right(self.keys, tick, key=lambda change: change[0])
        return self.keys[max(at - 1, 0)][1]

    def chord_at(self, tick: int) -> tuple[int, Quality] | None:
        """(root pitch class 0–11, quality) of the harmony at a tick; None where there is none."""
        at = bisect_right(self.chords, tick, key=lambda chord: chord[0]) - 1
        return self.chords[at][2] if at >= 0 and tick < self.chords[at][1] else None
