"""Pitches are spelt as their key, chord and line say, not by flats or sharps alone."""

import pytest

from dsl.plan import Key
from engine.music.keys import signature
from engine.music.theory import Quality
from engine.render.notation.spelling import fifths_of, spelt

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
