"""Cadences: by the books, and nothing said where the books have no name."""

import pytest

from dsl.plan import Key
from engine.music.keys import key_named
from engine.music.theory import Quality
from engine.teach.cadences import Ending, cadence_of, phrase_ends
from engine.teach.numerals import SoundedChord, numerals_of

MAJOR, MINOR = key_named(0, "major"), key_named(0, "minor")
Chord = tuple[int, Quality, int]


def ending(before: Chord, last: Chord, key: Key, top: int | None) -> Ending:
    chords = [SoundedChord(*before), SoundedChord(*last)]
    first, second = numerals_of(chords, [key, key])
    return Ending(chords[0], first, chords[1], second, top, key)


@pytest.mark.parametrize(
    ("before", "last", "key", "top", "kind"),
    [
        ((7, "7", 7), (0, "maj", 0), MAJOR, 0, "perfect authentic"),
        ((7, "maj", 7), (0, "min", 0), MINOR, 0, "perfect authentic"),
        ((7, "7", 7), (0, "maj", 0), MAJOR, 4, "imperfect authentic"),
        ((7, "7", 7), (0, "maj", 0), MAJOR, None, "imperfect authentic"),
        ((7, "7", 11), (0, "maj", 0), MAJOR, 0, "imperfect authentic"),
        ((7, "7", 7), (0, "maj", 4), MAJOR, 0, "imperfect authentic"),
        ((11, "dim", 2), (0, "maj", 0), MAJOR, 0, "imperfect authentic"),
        ((2, "min", 2), (7, "maj", 7), MAJOR, 2, "half"),
        ((0, "min", 0), (7, "7", 7), MINOR, 2, "half"),
        ((5, "min", 8), (7, "maj", 7), MINOR, 7, "Phrygian half"),
        ((5, "min", 5), (7, "maj", 7), MINOR, 7, "half"),
        ((7, "7", 7), (9, "min", 9), MAJOR, 0, "deceptive"),
        ((7, "maj", 7), (8, "maj", 8), MINOR, 0, "deceptive"),
        ((5, "maj", 5), (0, "maj", 0), MAJOR, 0, "plagal"),
        ((5, "min", 5), (0, "maj", 0), MAJOR, 0, "plagal"),
        ((5, "min", 5), (0, "maj", 0), MINOR, 0, "plagal"),  # with a Picardy third
        ((7, "7", 7), (0, "maj", 0), MINOR, 0, "perfect authentic"),  # the same
        ((7, "7", 7), (8, "maj", 8), MAJOR, 0, "deceptive"),  # to the borrowed ♭VI
        ((8, "7", 8), (7, "maj", 7), MINOR, 7, "half"),  # after a German sixth
        ((1, "maj", 5), (7, "maj", 7), MINOR, 2, "half"),  # after the Neapolitan
        ((4, "7", 4), (9, "min", 9), MAJOR, 0, None),  # V7/vi–vi turns nothing aside
        ((10, "maj", 10), (0, "min", 0), MINOR, 0, "subtonic"),
        ((7, "min", 7), (0, "min", 0), MINOR, 0, None),
        ((7, "7", 7), (0, "maj", 7), MAJOR, 0, None),
        ((0, "maj", 0), (7, "maj", 11), MAJOR, 7, None),
        ((0, "maj", 0), (5, "maj", 5), MAJOR, 5, None),
        ((9, "min", 9), (0, "maj", 0), MAJOR, 0, None),
    ],
)
def test_the_last_two_chords_and_the_top_make_the_cadence(
    before: Chord, last: Chord, key: Key, top: int | None, kind: str | None
) -> None:
    assert cadence_of(ending(before, last, key, top)) == kind


def test_phrases_end_where_the_form_says_else_every_four_bars_and_at_the_end() -> None:
    assert phrase_ends([(1, 4), (5, 6)], 10) == (4, 10)
    assert phrase_ends([], 10) == (4, 8, 10)
    assert phrase_ends([(1, 8)], 6) == (6,)
