"""Pitches are spelt as their key, chord and line say, not by flats or sharps alone."""

import pytest

from dsl.plan import Key
from engine.music.keys import signature
from engine.music.theory import Quality
from engine.render.notation.spelling import fifths_of, on_lines_of_their_own, spelt

C, D_MINOR, A_FLAT, E_MAJOR = (
    Key(0, "major", "C"),
    Key(2, "minor", "D"),
    Key(8, "major", "Ab"),
    Key(4, "major", "E"),
)


def name(pitch: int, key: Key, chord: tuple[int, Quality] | None = None, **line: int) -> str:
    note = spelt(pitch, fifths_of(pitch, key, chord, **line))
    return note.step + {-2: "bb", -1: "b", 0: "", 1: "#", 2: "##"}[note.alter] + str(note.octave)


@pytest.mark.parametrize(
    ("pitch", "key", "chord", "spelling"),
    [
        (61, D_MINOR, None, "C#4"),
        (61, D_MINOR, (9, "7"), "C#4"),
        (70, C, None, "Bb4"),
        (70, C, (0, "7"), "Bb4"),
        (68, C, (4, "maj"), "G#4"),  # the dominant of A minor
        (68, C, (5, "min"), "Ab4"),  # the minor subdominant
        (61, C, (1, "maj"), "Db4"),  # the Neapolitan
        (65, C, (1, "maj"), "F4"),
        (63, C, (11, "7"), "D#4"),
        (66, C, (2, "7"), "F#4"),
        (70, D_MINOR, None, "Bb4"),
        (63, D_MINOR, (3, "maj"), "Eb4"),
        (68, D_MINOR, (4, "7"), "G#4"),
        (71, C, (8, "dim7"), "B4"),  # G#dim7: G# B D F
        (59, A_FLAT, None, "Cb4"),
        (60, E_MAJOR, (8, "maj"), "B#3"),  # G#, B#, D#
        (71, Key(6, "major", "Gb"), None, "Cb5"),
        (61, D_MINOR, (4, "dim7"), "C#4"),  # C#dim7 by another of its tones: C# E G Bb
        (61, D_MINOR, (7, "dim7"), "C#4"),
        (70, D_MINOR, (1, "dim7"), "Bb4"),
        (65, D_MINOR, (5, "dim7"), "F4"),  # G#dim7: G# B D F, and no E#
        (68, D_MINOR, (5, "dim7"), "G#4"),
        (65, D_MINOR, (8, "dim"), "F4"),
        (67, Key(9, "minor", "A"), (7, "dim7"), "G4"),  # C# E G Bb, and no F double-sharp
        (70, Key(9, "minor", "A"), (7, "dim7"), "Bb4"),
        (71, Key(0, "minor", "C"), (5, "dim7"), "B4"),  # Bdim7, and no C flat
        (68, Key(0, "minor", "C"), (8, "dim"), "Ab4"),
        (66, C, (0, "dim"), "F#4"),
        (68, C, (11, "dim7"), "Ab4"),
        (68, C, (8, "dim7"), "G#4"),
        (66, Key(10, "major", "Bb"), (6, "aug"), "F#4"),  # Bb D F#
        (67, Key(8, "minor", "G#"), (3, "7"), "F##4"),  # the dominant of G# minor
        (62, Key(3, "minor", "D#"), (10, "maj"), "C##4"),
        (62, Key(3, "minor", "Eb"), (10, "maj"), "D4"),
        (69, Key(1, "major", "C#"), (5, "maj"), "A4"),  # F A C rather than E# G## B#
        (65, Key(1, "major", "C#"), (5, "maj"), "F4"),
    ],
)
def test_a_pitch_is_spelt_by_key_and_chord(
    pitch: int, key: Key, chord: tuple[int, Quality] | None, spelling: str
) -> None:
    assert name(pitch, key, chord) == spelling


def test_outside_the_scale_a_line_decides() -> None:
    assert name(61, C, before=60, after=62) == "C#4"
    assert name(61, C, before=62, after=60) == "Db4"
    assert name(66, C, before=67, after=65) == "F#4", "nobody writes a G flat in C major"


def test_a_double_sharp_outside_a_chord_is_on_its_way_up() -> None:
    assert name(67, Key(9, "major", "A"), before=66, after=68) == "G4"
    assert name(69, Key(6, "major", "Gb"), before=70, after=68) == "A4"
    assert name(67, Key(8, "minor", "G#"), before=68, after=68) == "F##4"
    assert name(67, Key(8, "minor", "G#"), before=66, after=64) == "G4"
    assert name(62, Key(3, "minor", "D#"), before=60, after=64) == "D4"


def test_two_notes_of_a_chord_are_on_lines_of_their_own() -> None:
    a_flat, a, g, g_sharp = -4, 3, 1, 8
    assert on_lines_of_their_own({68: a_flat, 69: a}, ()) == {68: g_sharp, 69: a}
    assert on_lines_of_their_own({67: g, 68: g_sharp}, ()) == {67: g, 68: a_flat}
    assert on_lines_of_their_own({67: g, 68: a_flat}, ()) == {67: g, 68: a_flat}
    assert on_lines_of_their_own({68: a_flat, 69: a}, {68})[68] == a_flat


def test_a_written_note_sounds_as_it_did_for_every_pitch_key_and_chord() -> None:
    naturals = {"C": 0, "D": 2, "E": 4, "F": 5, "G": 7, "A": 9, "B": 11}
    for tonic in range(12):
        for mode, spelling in (("major", "C#"), ("minor", "Db"), ("minor", "C")):
            for root in (None, *range(12)):
                for pitch in range(21, 109):
                    chord = None if root is None else (root, "7")
                    key = Key(tonic, mode, spelling)  # type: ignore[arg-type]
                    note = spelt(pitch, fifths_of(pitch, key, chord))  # type: ignore[arg-type]
                    assert naturals[note.step] + note.alter + 12 * (note.octave + 1) == pitch
                    assert abs(note.alter) <= 2


@pytest.mark.parametrize(
    ("key", "sharps"),
    [
        (C, 0),
        (D_MINOR, -1),
        (Key(6, "major", "F#"), 6),
        (Key(6, "major", "Gb"), -6),
        (Key(1, "major", "Db"), -5),
        (Key(1, "major", "C#"), 7),
        (Key(10, "minor", "Bb"), -5),
        (Key(3, "minor", "Eb"), -6),
        (Key(11, "major", "Cb"), -7),
    ],
)
def test_a_key_has_the_signature_of_its_name(key: Key, sharps: int) -> None:
    assert signature(key) == sharps


KEYS = [
    Key(tonic, mode, name)
    for mode, names in (
        ("major", "Cb Gb Db Ab Eb Bb F C G D A E B F# C#"),
        ("minor", "Ab Eb Bb F C G D A E B F# C# G# D# A#"),
    )
    for name in names.split()
    for tonic in [("C D EF G A B".index(name[0]) + {"b": -1, "#": 1}.get(name[1:], 0)) % 12]
]


@pytest.mark.parametrize("key", KEYS, ids=str)
def test_every_key_uses_each_letter_once_up_and_down_its_scale(key: Key) -> None:
    steps = (0, 2, 4, 5, 7, 9, 11) if key.mode == "major" else (0, 2, 3, 5, 7, 8, 10)
    letters = [name(60 + key.tonic + step, key)[0] for step in steps]
    first = "CDEFGAB".index(key.spelling[0])
    assert "".join(letters) == ("CDEFGAB" * 2)[first : first + 7]


@pytest.mark.parametrize("key", KEYS, ids=str)
def test_the_dominant_of_every_key_is_spelt_in_thirds_from_the_fifth_letter(key: Key) -> None:
    """Its leading note included: F double-sharp in G sharp minor, B sharp in C sharp minor."""
    root = (key.tonic + 7) % 12
    letters = [name(60 + root + interval, key, (root, "7"))[0] for interval in (0, 4, 7, 10)]
    fifth = "CDEFGAB".index(key.spelling[0]) + 4
    assert letters == [("CDEFGAB" * 2)[(fifth + step) % 7] for step in (0, 2, 4, 6)]
