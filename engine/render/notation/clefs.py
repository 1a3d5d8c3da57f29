"""Which clef a staff has in each bar: the instrument's own, another of its clefs where the music stays beyond
it.

The cheapest path through the bars (Viterbi), a ledger line beyond the first costing one, a change twelve.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from engine.render.notation.bars import Measure, measure_at
from engine.render.notation.instruments import Clef
from engine.render.notation.quantise import WrittenVoice

MIDDLE: dict[Clef, int] = {
    "treble": 71,
    "treble8vb": 59,
    "alto": 60,
    "tenor": 57,
    "bass": 50,
    "percussion": 71,
}
"""MIDI pitch of the middle line."""
SIGNS: dict[Clef, tuple[str, int | None, int]] = {
    "treble": ("G", 2, 0),
    "treble8vb": ("G", 2, -1),
    "alto": ("C", 3, 0),
    "tenor": ("C", 4, 0),
    "bass": ("F", 4, 0),
    "percussion": ("percussion", None, 0),
}
"""MusicXML's sign, line and octave change."""
_CHANGE = 12.0
_NOT_ITS_OWN = 0.6
_HALF_STAFF = 7
"""Semitones, about, from the middle line to the outer ones."""


@dataclass(frozen=True, slots=True)
class Clefs:
    """(bar number from 0, clef) of each change, the first at 0."""

    changes: tuple[tuple[int, Clef], ...]

    @property
    def first(self) -> Clef:
        """The clef that the staff begins with."""
        return self.changes[0][1]


def clefs_for(
    lines: Iterable[WrittenVoice], clefs: Sequence[Clef], measures: list[Measure], shift: int = 0
) -> Clefs:
    """The clefs of a staff with these lines; `shift` is from sounding to written pitch."""
    if len(clefs) == 1:
        return Clefs(((0, clefs[0]),))
    costs = [[0.0] * len(clefs) for _ in measures]
    sounded = [False] * len(measures)
    for line in lines:
        for chord in line.chords:
            bar = measure_at(measures, chord.start)
            sounded[bar] = True
            for at, clef in enumerate(clefs):
                costs[bar][at] += sum(_ledgers(pitch + shift, clef) for pitch in chord.pitches)
                costs[bar][at] += _NOT_ITS_OWN * at
    best = [list(costs[0])]
    came: list[list[int]] = [[0] * len(clefs)]
    heard = False
    for bar in range(1, len(measures)):
        heard = heard or sounded[bar - 1]
        row, origin = [], []
        for at in range(len(clefs)):
            change = _CHANGE if heard else 0.0
            choices = [best[-1][old] + (change if old != at else 0.0) for old in range(len(clefs))]
            old = min(range(len(clefs)), key=lambda k: (choices[k], k != at))
            row.append(choices[old] + costs[bar][at])
            origin.append(old)
        best.append(row)
        came.append(origin)
    at = min(range(len(clefs)), key=lambda k: best[-1][k])
    path = [at]
    for bar in range(len(measures) - 1, 0, -1):
        at = came[bar][at]
        path.append(at)
    path.reverse()
    changes = [(0, clefs[path[0]])]
    changes += [(bar, clefs[now]) for bar, now in enumerate(path) if bar and now != path[bar - 1]]
    return Clefs(tuple(changes))


def _ledgers(pitch: int, clef: Clef) -> float:
    """Ledger lines beyond the first."""
    beyond = abs(pitch - MIDDLE[clef]) - _HALF_STAFF
    return max(beyond / 3.5 - 1.0, 0.0)
