"""Roman numerals and functions: music21 reads every figure back as the chord that it names."""

from itertools import product

import pytest
from music21 import key as m21key
from music21 import roman

from dsl.plan import SCALE_TONES, Key
from engine.music.keys import key_named
from engine.music.theory import CHORD_INTERVALS, QUALITIES, Quality
from engine.teach.numerals import SoundedChord, numeral_of, numerals_of

C_MAJOR, C_MINOR = key_named(0, "major"), key_named(0, "minor")
A_MINOR, G_MAJOR = key_named(9, "minor"), key_named(7, "major")
NAMED = [quality for quality in QUALITIES if quality not in ("sus4", "sus2", "none")]


def as_music21_writes(figure: str) -> str:
    return figure.replace("♭", "b").replace("♯", "#").replace("°", "o")


def heard(figure: str, key: Key) -> tuple[set[int], int]:
    """Pitch classes and bass of a figure, as music21 reads it."""
    tonic = key.spelling.replace("b", "-")
    read = roman.RomanNumeral(figure, m21key.Key(tonic if key.mode == "major" else tonic.lower()))
    return {pitch.pitchClass for pitch in read.pitches}, read.bass().pitchClass


@pytest.mark.parametrize("mode", ["major", "minor"])
@pytest.mark.parametrize("quality", NAMED)
def test_music21_reads_every_figure_back_as_its_chord(quality: Quality, mode: str) -> None:
    key = key_named(0, mode)
    compared = 0
    for root, place in product(range(12), range(len(CHORD_INTERVALS[quality]))):
        tones = [(root + interval) % 12 for interval in CHORD_INTERVALS[quality]]
        figure = as_music21_writes(numeral_of(SoundedChord(root, quality, tones[place]), key).figure)
        if "maj" in figure:  # there a bare 7 is the scale's own seventh; here a minor one, maj a major one
            figure = figure.replace("maj", "")
        found, bass = heard(figure, key)
        if len(tones) == 4 and tones[3] not in found:  # the scale has the other seventh
            assert quality in ("7", "maj7", "min7"), figure
            assert set(tones[:3]) < found, figure
            assert place == 3 or bass == tones[place], figure
            continue
        assert bass == tones[place], figure
        compared += 1
        assert found == set(tones), figure
    assert compared >= 6


def test_music21_reads_the_figures_of_a_cadence_in_every_key() -> None:
    for tonic, mode in product(range(12), ("major", "minor")):
        key = key_named(tonic, mode)
        second: Quality = "min" if mode == "major" else "m7b5"
        chords = [
            SoundedChord((tonic + 2) % 12, second, (tonic + 5) % 12),
            SoundedChord((tonic + 7) % 12, "7", (tonic + 7) % 12),
            SoundedChord(tonic, "maj" if mode == "major" else "min", tonic),
        ]
        for chord, numeral in zip(chords, numerals_of(chords, [key] * 3), strict=True):
            assert heard(as_music21_writes(numeral.figure), key) == (set(chord.tones), chord.bass)


TEXTBOOK = {
    "modal mixture": ("major", "I bVI bVII I iv I iio6 V I"),
    "secondary dominants": ("major", "I V7/IV IV V65/V V V42/V V6 V7/vi vi viio6/V V viio7/ii ii V I"),
    "secondary dominants in minor": ("minor", "i V7/III III V65/iv iv viio7/V V i"),
    "sixth chords": ("major", "I viio6 I6 ii6 iii6 IV6 V6 vi6 I"),
    "deceptive": ("minor", "i iv V7 VI iv V i"),
    "plagal, with a Picardy third": ("minor", "i iv V i iv I"),
    "the Neapolitan": ("minor", "i bII6 V i bII6 i64 V7 i"),
}


@pytest.mark.parametrize("name", TEXTBOOK)
@pytest.mark.parametrize("tonic", [0, 4, 10])
def test_the_progressions_of_textbooks_are_named_as_music21_spells_them(name: str, tonic: int) -> None:
    mode, figures = TEXTBOOK[name]
    key = key_named(tonic, mode)
    spelt = key.spelling.replace("b", "-")
    home = m21key.Key(spelt if mode == "major" else spelt.lower())
    chords = []
    for figure in figures.split():
        read = roman.RomanNumeral(figure, home)
        tones = frozenset(pitch.pitchClass for pitch in read.pitches)
        root = read.root().pitchClass
        quality = next(
            quality for quality in NAMED if {(root + i) % 12 for i in CHORD_INTERVALS[quality]} == tones
        )
        chords.append(SoundedChord(root, quality, read.bass().pitchClass))
    ours = [as_music21_writes(one.figure) for one in numerals_of(chords, [key] * len(chords))]
    assert ours == figures.split()


def test_a_minor_seventh_is_a_bare_7_and_a_major_one_is_written() -> None:
    assert numeral_of(SoundedChord(0, "maj7", 0), C_MAJOR).figure == "Imaj7"
    assert numeral_of(SoundedChord(7, "7", 11), C_MAJOR).figure == "V65"
    assert numeral_of(SoundedChord(10, "7", 10), C_MAJOR).figure == "♭VII7"


@pytest.mark.parametrize(
    ("chords", "key", "figures", "functions"),
    [
        ([(2, "7", 2), (7, "maj", 7)], C_MAJOR, ["V7/V", "V"], ["applied dominant", "dominant"]),
        ([(2, "7", 2), (5, "maj", 5)], C_MAJOR, ["II7", "IV"], ["chromatic", "predominant"]),
        ([(0, "7", 4), (5, "maj", 5)], C_MAJOR, ["V65/IV", "IV"], ["applied dominant", "predominant"]),
        ([(6, "dim7", 6), (7, "maj", 7)], C_MAJOR, ["vii°7/V", "V"], ["applied dominant", "dominant"]),
        ([(10, "7", 10), (3, "maj", 3)], C_MINOR, ["V7/III", "III"], ["applied dominant", "mediant"]),
        ([(5, "maj", 5), (0, "maj", 7), (7, "7", 7)], C_MAJOR, ["IV", "I64", "V7"],
         ["predominant", "dominant", "dominant"]),
        ([(7, "maj", 7), (0, "maj", 7), (7, "7", 7)], C_MAJOR, ["V", "I64", "V7"],
         ["dominant", "tonic", "dominant"]),
        ([(8, "7", 8), (7, "maj", 7)], C_MINOR, ["Ger65", "V"], ["predominant", "dominant"]),
        ([(1, "maj", 5), (7, "maj", 7)], C_MINOR, ["♭II6", "V"], ["predominant", "dominant"]),
        ([(1, "7", 1), (0, "min", 0)], C_MINOR, ["♭II7", "i"], ["dominant", "tonic"]),
        ([(7, "min", 7), (0, "min", 0)], C_MINOR, ["v", "i"], ["minor dominant", "tonic"]),
        ([(10, "maj", 10), (0, "min", 0)], C_MINOR, ["VII", "i"], ["subtonic", "tonic"]),
        ([(5, "min", 5), (0, "maj", 0)], C_MAJOR, ["iv", "I"], ["predominant", "tonic"]),
        ([(8, "7", 8), (0, "min", 7), (7, "7", 7)], C_MINOR, ["Ger65", "i64", "V7"],
         ["predominant", "dominant", "dominant"]),
        ([(8, "7", 0), (1, "maj", 1)], C_MINOR, ["VI65", "♭II"], ["chromatic", "chromatic"]),
        ([(1, "maj", 5), (0, "min", 7), (7, "7", 7)], C_MINOR, ["♭II6", "i64", "V7"],
         ["predominant", "dominant", "dominant"]),
        ([(1, "maj", 5), (6, "dim7", 6), (7, "7", 7)], C_MINOR, ["♭II6", "vii°7/V", "V7"],
         ["predominant", "applied dominant", "dominant"]),
        ([(7, "7", 7), (0, "maj", 0)], C_MINOR, ["V7", "I"], ["dominant", "tonic"]),
        ([(0, "maj", 4), (5, "min", 5)], C_MINOR, ["V6/iv", "iv"], ["applied dominant", "predominant"]),
        ([(7, "7", 7), (0, "min", 0)], C_MAJOR, ["V7", "i"], ["dominant", "tonic"]),
        ([(1, "dim7", 1), (7, "min", 7)], C_MINOR, ["♯i°7", "v"], ["chromatic", "minor dominant"]),
        ([(0, "min", 0), (8, "maj", 8), (7, "7", 7)], C_MINOR, ["i", "VI", "V7"],
         ["tonic", "predominant", "dominant"]),
        ([(7, "7", 7), (8, "maj", 8), (5, "min", 5)], C_MINOR, ["V7", "VI", "iv"],
         ["dominant", "tonic substitute", "predominant"]),
        ([(6, "7", 6), (0, "maj", 0)], C_MAJOR, ["♭V7", "I"], ["chromatic", "tonic"]),
    ],
)  # fmt: skip
def test_what_a_chord_is_depends_on_where_it_goes(
    chords: list[tuple[int, Quality, int]], key: Key, figures: list[str], functions: list[str]
) -> None:
    read = numerals_of([SoundedChord(*chord) for chord in chords], [key] * len(chords))
    assert [one.figure for one in read] == figures
    assert [one.function for one in read] == functions


def test_a_diminished_seventh_stands_on_the_tone_that_leads_on_however_it_was_planned() -> None:
    for planned in (8, 11, 2, 5):  # the four tones of B°7
        chord = SoundedChord(planned, "dim7", 11)
        assert numeral_of(chord, C_MINOR, SoundedChord(0, "min", 0)).figure == "vii°7"


def test_a_bass_that_is_no_tone_of_the_chord_is_told_and_not_called_an_inversion() -> None:
    numeral = numeral_of(SoundedChord(2, "7", 7), G_MAJOR)
    assert (numeral.figure, numeral.inversion, numeral.over) == ("V7", 0, 0)


def test_no_chord_has_no_function() -> None:
    assert numeral_of(SoundedChord(0, "none", 0), A_MINOR).function == "none"


def test_a_chord_that_is_called_in_the_scale_is_in_it() -> None:
    """A function other than chromatic, applied or borrowed is claimed of chords of the key alone."""
    for mode, root, quality in product(("major", "minor"), range(12), NAMED):
        numeral = numeral_of(SoundedChord(root, quality, root), key_named(0, mode))
        if numeral.function == "tonic":
            assert root == 0  # of either mode
        if numeral.function in ("tonic substitute", "mediant"):
            assert {(root + i) % 12 for i in CHORD_INTERVALS[quality][:3]} <= SCALE_TONES[mode]
