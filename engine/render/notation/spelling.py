"""Which letter and accidental a pitch is written with, from the key, the chord in force and where the line
goes.

Pitches are places on the line of fifths (… B♭ −2, F −1, C 0, G 1, D 2 …; Temperley, *The Cognition of Basic
Musical Structures*, chapter 5). A chord tone is spelt from its chord's root; another note by the key's own
window; a note outside the scale by where it goes: up by a semitone it is raised, down it is lowered.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

from dsl.plan import Key
from engine.music.keys import signature
from engine.music.theory import CHORD_INTERVALS, Quality

_LETTERS = "FCGDAEB"
_FIFTHS_OF_INTERVAL = {0: 0, 2: 2, 3: -3, 4: 4, 5: -1, 6: -6, 7: 1, 8: 8, 9: -9, 10: -2, 11: 5}
"""Fifths from a chord's root to its tones, by semitones: a diminished seventh chord's 9 is a seventh."""
_MAJOR_WINDOW = (-4, 7)
_MINOR_WINDOW = (-5, 6)
"""Fifths from the tonic that a key's chromatic notes take: C major A♭…C♯, D minor E♭…G♯."""
_MOST_RAISED, _MOST_LOWERED = 10, -5
"""From the tonic: C major has A♯ on the way up to B, and D♭ on the way down to C, but no E♯ and no G♭."""
_FLATTEST, _SHARPEST, _LEADING = -9, 13, 5
"""From B♭♭ to F𝄪, or to the leading note of a minor key from the tonic (C𝄪 in D♯ minor): what lies beyond is
spelt anew."""
_DOUBLE, _DOUBLE_FLAT = 12, -8
"""B♯ and F♭: what is sharper has two sharps, what is flatter two flats."""
_EVEN_STEPS: Mapping[Quality, tuple[int, int]] = {"dim": (-3, 4), "dim7": (-3, 4), "aug": (4, 3)}
"""Fifths from one tone of an evenly divided chord to the next above, and the tones in an octave."""


@dataclass(frozen=True, slots=True)
class Spelt:
    """A written pitch: letter, semitones of its accidental (−2…2) and octave (4 from middle C)."""

    step: str
    alter: int
    octave: int


def tonic_fifths(key: Key) -> int:
    """The tonic's place on the line of fifths."""
    return signature(key) + (3 if key.mode == "minor" else 0)


def fifths_of(
    pitch: int,
    key: Key,
    chord: tuple[int, Quality] | None = None,
    before: int | None = None,
    after: int | None = None,
) -> int:
    """The place of a sounding pitch on the line of fifths. `chord` is (root pitch class, quality); `before`
    and `after` are the line's neighbouring pitches."""
    tonic = tonic_fifths(key)
    if chord is not None and (pitch - chord[0]) % 12 in CHORD_INTERVALS[chord[1]]:
        if chord[1] in _EVEN_STEPS:
            return _within(_even_chord(chord, key)[pitch % 12], key)
        return _within(_root(chord, key) + _FIFTHS_OF_INTERVAL[(pitch - chord[0]) % 12], key)
    low, _ = _MAJOR_WINDOW if key.mode == "major" else _MINOR_WINDOW
    usual = _place(pitch, tonic + low)
    if usual > _DOUBLE and after is not None and after - pitch != 1:
        usual -= 12  # a double sharp is read on the way up only, or in a chord
    if usual < _DOUBLE_FLAT:
        usual += 12
    if _in_scale(usual - tonic, key) or after is None:
        return _within(usual, key)
    if before is not None and abs(before - pitch) == 1 and abs(after - pitch) > 2:
        after = before
    if after - pitch == 1:
        raised = _place(after, tonic + low) + 5
        return _within(raised if raised <= min(tonic + _MOST_RAISED, _DOUBLE) else usual, key)
    if after - pitch == -1:
        lowered = _place(after, tonic + low) - 5
        return _within(lowered if lowered >= max(tonic + _MOST_LOWERED, _DOUBLE_FLAT) else usual, key)
    return _within(usual, key)


def transposed(fifths: int, shift: int) -> int:
    """A place moved by `shift` fifths for a transposing instrument; from F♭ to B♯, as nobody needs a double
    accidental to read what is no longer the score's own spelling."""
    moved = fifths + shift
    return moved + 12 if moved < -8 else moved - 12 if moved > 12 else moved


def on_lines_of_their_own(places: Mapping[int, int], fixed: Collection[int]) -> dict[int, int]:
    """Places of a chord's pitches, none of them on the line of another: A♭ with A is G♯ with A, G with G♯ is
    G with A♭. The pitches of `fixed`, which are tied, keep theirs."""
    found = dict(places)
    for low, high in pairwise(sorted(places)):
        if high - low != 1 or found[high] - found[low] != 7:
            continue
        raised, lowered = found[low] + 12, found[high] - 12
        if low not in fixed and (raised <= _DOUBLE or high in fixed):
            found[low] = raised
        elif high not in fixed:
            found[high] = lowered
    return found


def spelt(pitch: int, fifths: int) -> Spelt:
    """The written note of a MIDI pitch at a place on the line of fifths."""
    step = _LETTERS[(fifths + 1) % 7]
    alter = (fifths + 1) // 7
    natural = pitch - alter
    return Spelt(step, alter, natural // 12 - 1)


def _root(chord: tuple[int, Quality], key: Key) -> int:
    """Where a chord's root lies so that its tones are nearest to the key's own, and none is spelt anew."""
    centre = _centre(key)
    tones: Sequence[int] = [_FIFTHS_OF_INTERVAL[i] for i in CHORD_INTERVALS[chord[1]]]
    first = _place(chord[0], centre - 6)

    def cost(root: int) -> tuple[int, int, int]:
        beyond = sum(_within(root + tone, key) != root + tone for tone in tones)
        return beyond, sum(abs(root + tone - centre) for tone in tones), -root

    return min((first - 12, first, first + 12), key=cost)


def _even_chord(chord: tuple[int, Quality], key: Key) -> dict[int, int]:
    """Pitch class → place of a diminished or augmented chord's tones. Of two that are equally near, the one
    with the root that the chord was given; else in minor the leading chord of the dominant (G♯ B D F in D
    minor), in major the one whose root is nearest to the key."""
    centre = _centre(key)
    step, count = _EVEN_STEPS[chord[1]]
    tones = [(chord[0] + interval) % 12 for interval in CHORD_INTERVALS[chord[1]]]
    best: tuple[tuple[int, bool, int], dict[int, int]] | None = None
    for first in range(centre - 14, centre + 15):
        places = {place * 7 % 12: place for place in range(first, first + count * step, step)}
        if not set(tones) <= set(places):
            continue
        away = sum(abs(places[tone] - centre) for tone in tones)
        another_root = chord[1] != "aug" and first * 7 % 12 != chord[0]
        rank = (away, another_root, -first if key.mode == "minor" else abs(first - centre))
        if best is None or rank < best[0]:
            best = (rank, places)
    assert best is not None
    return best[1]


def _centre(key: Key) -> int:
    """The middle of the places that a key uses."""
    return tonic_fifths(key) + (2 if key.mode == "major" else 0)


def _place(pitch: int, lowest: int) -> int:
    """The place of a pitch class at or above `lowest`, within twelve fifths."""
    return lowest + (pitch * 7 - lowest) % 12


def _in_scale(from_tonic: int, key: Key) -> bool:
    return -1 <= from_tonic <= 5 if key.mode == "major" else -4 <= from_tonic <= 2


def _within(fifths: int, key: Key) -> int:
    sharpest = max(_SHARPEST, tonic_fifths(key) + _LEADING if key.mode == "minor" else _SHARPEST)
    return fifths + 12 if fifths < _FLATTEST else fifths - 12 if fifths > sharpest else fifths
