"""Instruments that are written at another pitch than they sound, by General MIDI program, for notation."""

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
_BY_PROGRAM: Final = {
    8: _OCTAVE_UP,  # celesta
    9: Transposition(octaves=2),  # glockenspiel
    13: _OCTAVE_UP,  # xylophone
    **dict.fromkeys(range(24, 40), _OCTAVE_DOWN),  # guitars and basses
    43: _OCTAVE_DOWN,  # contrabass
    56: _IN_B_FLAT,  # trumpet
    59: _IN_B_FLAT,  # muted trumpet
    60: _IN_F,  # horn
    64: _IN_B_FLAT,  # soprano saxophone
    65: Transposition(-9, -5),  # alto saxophone
    66: Transposition(-2, -1, -1),  # tenor saxophone
    67: Transposition(-9, -5, -1),  # baritone saxophone
    69: _IN_F,  # English horn
    71: _IN_B_FLAT,  # clarinet
    72: _OCTAVE_UP,  # piccolo
}


def transposition(program: int, is_drum: bool) -> Transposition:
    """How an instrument is written; drums and most others sound as written."""
    return Transposition() if is_drum else _BY_PROGRAM.get(program, Transposition())
