"""Where phrases end and how: cadences, from the last two chords of each phrase and the tone on top.

What a phrase ends on is told only where it is a cadence that the books know; other ends are open, and nothing
is said of them.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, Literal

from dsl.plan import Key
from engine.teach.numerals import Numeral, SoundedChord

CadenceKind = Literal[
    "perfect authentic", "imperfect authentic", "half", "Phrygian half", "deceptive", "plagal", "subtonic"
]
"""perfect authentic: V–I, both in root position, the tonic on top · imperfect authentic: V or vii° to I
otherwise · half: ends on V · Phrygian half: iv6–V in minor · deceptive: V to VI · plagal: IV–I · subtonic:
♭VII–I, modal."""

_FIFTH: Final = 7


@dataclass(frozen=True, slots=True)
class Ending:
    """The last chord of a phrase, the one before it, and the pitch class of the melody over the last one
    (None where no melody sounds)."""

    before: SoundedChord
    before_numeral: Numeral
    last: SoundedChord
    last_numeral: Numeral
    top: int | None
    key: Key


@dataclass(frozen=True, slots=True)
class Cadence:
    """A cadence that arrives in bar `bar` (from 1 in the cue) on beat `beat` (quarter notes, from 1)."""

    bar: int
    beat: float
    kind: CadenceKind


def cadence_of(end: Ending) -> CadenceKind | None:
    """What kind of cadence a phrase ends with; None where it is none."""
    tonic = end.key.tonic
    last, before = (end.last.root - tonic) % 12, (end.before.root - tonic) % 12
    if last == 0 and _is_tonic(end):
        return _to_tonic(end, before)
    if last == _FIFTH and end.last.quality in ("maj", "7", "sus4") and end.last_numeral.inversion == 0:
        return _on_dominant(end, before)
    is_sixth = end.last_numeral.degree in ("vi", "VI", "vi7", "VImaj7", "♭VI", "♭VImaj7")
    if is_sixth and end.last_numeral.inversion == 0 and _is_dominant(end.before_numeral, before):
        return "deceptive"
    return None


def _is_tonic(end: Ending) -> bool:
    return end.last.quality in ("maj", "min", "maj7", "min7", "sus2") and end.last_numeral.inversion < 2


def _is_dominant(numeral: Numeral, relative: int) -> bool:
    return numeral.function == "dominant" and relative in (_FIFTH, 11)


def _to_tonic(end: Ending, before: int) -> CadenceKind | None:
    rooted = end.last_numeral.inversion == 0 and end.before_numeral.inversion == 0
    standing = end.last_numeral.over is None and end.before_numeral.over is None
    if before == _FIFTH and _is_dominant(end.before_numeral, before):
        perfect = rooted and standing and end.top == end.key.tonic
        return "perfect authentic" if perfect else "imperfect authentic"
    if _is_dominant(end.before_numeral, before):
        return "imperfect authentic"
    if end.last_numeral.inversion or not standing:
        return None
    if before == 5 and end.before.quality in ("maj", "min", "maj7", "min7") and rooted:
        return "plagal"
    if before == 10 and end.before_numeral.function == "subtonic" and rooted:
        return "subtonic"
    return None


def _on_dominant(end: Ending, before: int) -> CadenceKind | None:
    if end.last_numeral.over is not None or (
        end.before_numeral.function == "applied dominant" and before == 7
    ):
        return None
    phrygian = end.key.mode == "minor" and before == 5 and end.before_numeral.inversion == 1
    if phrygian and end.before.quality in ("min", "min7") and end.last.quality == "maj":
        return "Phrygian half"
    return "half"


def phrase_ends(firsts: Sequence[tuple[int, int]], bars: int) -> tuple[int, ...]:
    """The last bar (from 1) of each phrase of a cue of `bars` bars. `firsts`: (first bar, bars) of each
    phrase; without any, phrases of four bars."""
    if firsts:
        return tuple(min(bar + length - 1, bars) for bar, length in firsts)
    return tuple(sorted({*range(4, bars + 1, 4), bars}))
