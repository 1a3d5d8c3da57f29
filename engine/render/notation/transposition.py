"""Instruments that are written at another pitch than they sound, by what they are, for notation."""

from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True, slots=True)
class Transposition:
    """From written to sounding pitch: `chromatic` semitones and `diatonic` steps within an octave, and whole
    octaves."""

    chromatic: int = 0
    diatonic: int = 0
    octaves: int = 0

    @property
    def semitones(self) -> int:
        """Semitones from written to sounding pitch, octaves included."""
        return self.chromatic + 12 * self.octaves

    @property
    def fifths(self) -> int:
        """How many sharps the written key has more than the sounding one (fewer: flats)."""
        sharps = -self.chromatic * 7 % 12
        return sharps - 12 if sharps > 6 else sharps


_OCTAVE_DOWN: Final = Transposition(octaves=-1)
_OCTAVE_UP: Final = Transposition(octaves=1)
_IN_B_FLAT: Final = Transposition(-2, -1)
_IN_F: Final = Transposition(-7, -4)
_BY_IDENTITY: Final = {
    "celesta": _OCTAVE_UP,
    "glockenspiel": Transposition(octaves=2),
    "xylophone": _OCTAVE_UP,
    "tinkle-bell": _OCTAVE_UP,
    "acoustic-bass": _OCTAVE_DOWN,
    "finger-bass": _OCTAVE_DOWN,
    "picked-bass": _OCTAVE_DOWN,
    "fretless-bass": _OCTAVE_DOWN,
    "slap-bass": _OCTAVE_DOWN,
    "slap-bass-2": _OCTAVE_DOWN,
    "contrabass": _OCTAVE_DOWN,
    "trumpet": _IN_B_FLAT,
    "muted-trumpet": _IN_B_FLAT,
    "french-horn": _IN_F,
    "soprano-sax": _IN_B_FLAT,
    "alto-sax": Transposition(-9, -5),
    "tenor-sax": Transposition(-2, -1, -1),
    "baritone-sax": Transposition(-9, -5, -1),
    "english-horn": _IN_F,
    "clarinet": _IN_B_FLAT,
    "piccolo": _OCTAVE_UP,
    "whistle": _OCTAVE_UP,
    "recorder": _OCTAVE_UP,
}


def transposition(identity: str) -> Transposition:
    """How an instrument of that name (the language's canonical one) is written; most sound as written.

    Guitars are not here: their treble clef with an 8 below says it.
    """
    return _BY_IDENTITY.get(identity, Transposition())
