"""Instruments as they are written: clef, transposition, staves, order, by what they are."""

from dataclasses import replace
from xml.etree import ElementTree as ET

import pytest

from dsl.instruments import INSTRUMENTS
from dsl.plan import Key, RoleName
from engine.music.palettes import with_instruments
from engine.music.score import KeyChange, Note, Score, Track
from engine.music.styles import STYLES as PALETTES
from engine.render.musicxml import musicxml_bytes
from engine.render.notation.instruments import written_instrument
from tests.engine.render.small_score import small_score, time_of


def note(beat: float, beats: float, pitch: int, velocity: int = 80) -> Note:
    return Note(pitch, velocity, beat, beats, time_of(beat), time_of(beat + beats) - 0.01)


def part(label: str, program: int, *pitches: int, role: RoleName = "melody", drum: bool = False) -> Track:
    return Track(label, role, program, drum, tuple(note(4 * i, 4, pitch) for i, pitch in enumerate(pitches)))


def xml_of(*tracks: Track, score: Score | None = None) -> ET.Element:
    return ET.fromstring(musicxml_bytes(replace(score or small_score(), tracks=tracks)).split(b"\n", 2)[2])


def names(root: ET.Element) -> list[str | None]:
    return [e.text for e in root.findall("part-list/score-part/part-name")]


@pytest.mark.parametrize(
    ("track", "clefs", "semitones"),
    [
        (part("Viola", 41, 60, 57), ["C3"], 0),
        (part("Violins I", 48, 76, 79), ["G2"], 0),
        (part("Cello", 42, 48, 43), ["F4"], 0),
        (part("Cello solo", 42, *[69, 67, 65, 69] * 6), ["C4"], 0),
        (part("Contrabass", 43, 40, 36), ["F4"], -12),
        (part("Contrabass", 43, *[58] * 6), ["F4"], -12),  # high, but a bass all the same
        (part("Acoustic bass", 32, 40), ["F4"], -12),
        (part("Bassoon", 70, 48), ["F4"], 0),
        (part("Trombone", 57, 52), ["F4"], 0),
        (part("Tuba", 58, 40), ["F4"], 0),
        (part("Timpani", 47, 43), ["F4"], 0),
        (part("Low brass", 61, 41), ["F4"], 0),
        (part("Steel guitar", 25, 52), ["G2-1"], 0),
        (part("Daruan", 24, 52), ["G2-1"], 0),
        (part("Horns", 61, 60), ["G2"], -7),  # General MIDI's brass section, but horns
        (part("Horn", 60, 60), ["G2"], -7),
        (part("Horns", 60, 60), ["G2"], -7),
        (part("Brass", 61, 67), ["G2"], 0),
        (part("Trumpets", 56, 67), ["G2"], -2),
        (part("Muted trumpet", 59, 67), ["G2"], -2),
        (part("Clarinet", 71, 67), ["G2"], -2),
        (part("Alto Sax", 65, 67), ["G2"], -9),
        (part("Tenor sax", 66, 60), ["G2"], -14),
        (part("Baritone Sax", 67, 50), ["G2"], -21),
        (part("English Horn", 69, 60), ["G2"], -7),
        (part("Piccolo", 72, 86), ["G2"], 12),
        (part("Whistle", 78, 84), ["G2"], 12),
        (part("Dizi", 73, 84), ["G2"], 0),
        (part("Flute", 73, 74), ["G2"], 0),
        (part("Glockenspiel", 9, 84), ["G2"], 24),
        (part("Celesta", 8, 72), ["G2", "F4"], 12),
        (part("Piano melody", 0, 72), ["G2", "F4"], 0),
        (part("Harp", 46, 60), ["G2", "F4"], 0),
        (part("Guzheng", 107, 60), ["G2", "F4"], 0),
        (part("Strings", 48, 72, 64, role="chords"), ["G2"], 0),
        (part("Strings", 48, 72, 43, role="chords"), ["G2", "F4"], 0),
        (part("Erhu", 110, 67), ["G2"], 0),
        (part("Sheng", 20, 72, 64, role="chords"), ["G2"], 0),
        (part("Sheng", 20, 72, 40, role="chords"), ["G2", "F4"], 0),  # low chords are not on six ledger lines
        (part("Suona", 111, 72), ["G2"], 0),
        (part("Soprano sax", 64, 70), ["G2"], -2),
        (part("Xylophone", 13, 84), ["G2"], 12),
        (part("Vibraphone", 11, 72), ["G2"], 0),
        (part("Marimba", 12, 60), ["G2"], 0),
        (part("Tubular bells", 14, 67), ["G2"], 0),
        (part("Finger bass", 33, 40), ["F4"], -12),
        (part("Banjo", 105, 60), ["G2-1"], 0),
        (part("Distorted guitar", 30, 52), ["G2-1"], 0),
        (part("Recorder", 74, 77), ["G2"], 12),
        (part("Church organ", 19, 60), ["G2", "F4"], 0),
        (part("Accordion", 21, 60), ["G2", "F4"], 0),
        (part("Pipa", 106, 67), ["G2"], 0),
        (part("Yangqin", 15, 67), ["G2", "F4"], 0),
        (part("Percussion", 48, 38, 49, role="drums", drum=True), ["percussion"], 0),
        (part("Taiko", 116, 43, role="drums"), ["percussion"], 0),
    ],
)
def test_clef_and_transposition(track: Track, clefs: list[str], semitones: int) -> None:
    root = xml_of(track)
    attributes = root.find("part/measure/attributes")
    assert attributes is not None
    assert [
        "".join(c.findtext(t, "") for t in ("sign", "line", "clef-octave-change"))
        for c in attributes.findall("clef")
    ] == clefs
    moved = sum(
        factor * int(attributes.findtext(f"transpose/{tag}", "0"))
        for tag, factor in (("chromatic", 1), ("octave-change", 12))
    )
    assert moved == semitones


def test_every_voice_of_every_palette_and_every_instrument_word_has_a_name_and_a_clef() -> None:
    known = {written_instrument(part("x", program, 60)).identity for program in range(128)}
    assert len(known) > 100
    for palette in PALETTES.values():
        for role, voices in palette.voices.items():
            for voice in voices:
                written = written_instrument(
                    part(voice.label, voice.program, role=role, drum=voice.takes == "kit")
                )
                assert written.name
                assert written.short
                assert not any(word in written.name for word in ("octave", "inner", "bass)", "Slow", "high"))
    for word in INSTRUMENTS.values():
        if not word.is_kit:
            assert written_instrument(part(word.name, word.program, 60)).clefs


def test_a_name_of_the_writer_s_own_is_kept_and_a_chinese_one_is_understood() -> None:
    root = xml_of(part("二胡", 110, 67), part("Klagegeige", 41, 60), part("低音提琴", 43, 40))
    assert names(root) == ["二胡", "Klagegeige", "低音提琴"]
    clefs = [c.findtext("sign", "") for c in root.findall("part/measure/attributes/clef")]
    assert clefs == ["G", "C", "F"]


def test_parts_stand_in_score_order_in_brackets() -> None:
    root = xml_of(
        part("Contrabass", 43, 40, role="bass"),
        part("Violins I", 48, 76),
        part("Percussion", 48, 38, role="drums", drum=True),
        part("Timpani", 47, 43, role="drums"),
        part("Viola", 41, 60, role="counter"),
        part("Trumpet", 56, 70),
        part("Oboe", 68, 70),
        part("Flute", 73, 80),
        part("Horn", 60, 60, role="counter"),
        part("Harp", 46, 50, role="bass"),
        part("Tuba", 58, 36, role="bass"),
        part("Cello", 42, 45, role="bass"),
    )
    assert names(root) == [
        "Flute",
        "Oboe",
        "Horn in F",
        "Trumpet in B♭",
        "Tuba",
        "Timpani",
        "Percussion",
        "Harp",
        "Violins I",
        "Viola",
        "Cello",
        "Double Bass",
    ]
    groups: list[list[str]] = []
    for element in root.findall("part-list/*"):
        if element.tag == "part-group" and element.get("type") == "start":
            groups.append([])
        elif element.tag == "part-group":
            groups.append(["closed"])
        elif groups and groups[-1] != ["closed"]:
            groups[-1].append(element.findtext("part-abbreviation", ""))
    assert [g for g in groups if g != ["closed"]] == [
        ["Fl.", "Ob."],
        ["Hn.", "Tpt.", "Tba."],
        ["Timp.", "Perc."],
        ["Vln. I", "Vla.", "Vc.", "D.B."],
    ]


def test_a_piano_s_tracks_are_one_part_on_two_staves() -> None:
    root = xml_of(
        part("Piano melody", 0, 76, 77),
        part("Piano inner voice", 0, 67, role="counter"),
        part("Piano chords", 0, 60, 55, role="chords"),
        part("Piano bass", 0, 36, 38, role="bass"),
    )
    assert names(root) == ["Piano"]
    assert root.findtext("part/measure/attributes/staves") == "2"
    staves = {
        (n.findtext("pitch/octave"), n.findtext("staff")) for n in root.findall("part/measure[1]/note[pitch]")
    }
    assert ("5", "1") in staves
    assert ("2", "2") in staves


def test_two_parts_of_one_name_are_numbered() -> None:
    root = xml_of(part("Cello", 42, 45, role="bass"), part("Cello (melody)", 42, 55))
    assert names(root) == ["Cello I", "Cello II"]


def test_an_instrument_that_plays_in_two_cues_by_two_voices_is_one_part() -> None:
    """The style's saxophone in one cue and the writer's in the next are one player; two that play together in
    a cue are two."""
    first = Track("Tenor sax", "melody", 66, False, (note(0, 4, 60), note(8, 4, 62)))
    second = Track("Tenor Sax (melody)", "melody", 66, False, (note(16, 4, 64),))
    assert names(xml_of(first, second)) == ["Tenor Saxophone"]
    assert len(xml_of(first, second).findall("part/measure/note/pitch")) == 3
    both = replace(second, notes=(*second.notes, note(8, 4, 55)))
    assert names(xml_of(first, both)) == ["Tenor Saxophone I", "Tenor Saxophone II"]


def test_a_high_cello_is_read_in_the_tenor_clef_and_comes_back() -> None:
    pitches = [38, 36, 69, 67, 69, 65, 69, 67]
    fast = tuple(note(4 * bar + k, 1, pitch) for bar, pitch in enumerate(pitches[:6]) for k in range(4))
    root = xml_of(Track("Cello", "bass", 42, False, fast))
    found = [
        (m.get("number"), m.findtext("attributes/clef/sign"))
        for m in root.findall("part/measure")
        if m.find("attributes/clef") is not None
    ]
    assert found == [("1", "F"), ("3", "C")]


def test_the_signature_of_a_transposing_part_and_its_notes_move_together() -> None:
    root = xml_of(part("Clarinet", 71, 61, 62))  # C sharp, D in D minor
    assert root.findtext("part/measure/attributes/key/fifths") == "1"
    pitches = [
        n.findtext("pitch/step", "") + n.findtext("pitch/alter", "")
        for n in root.findall("part/measure/note[pitch]")
    ]
    assert pitches == ["D1", "E"]


@pytest.mark.parametrize(
    ("key", "program", "fifths", "written"),
    [
        (Key(1, "major", "C#"), 73, 7, "E#"),  # a flute has the key that was asked for
        (Key(1, "major", "C#"), 71, -3, "G"),  # E flat major for a clarinet in B flat
        (Key(11, "major", "Cb"), 73, -7, "Eb"),
        (Key(11, "major", "Cb"), 60, -6, "Bb"),  # G flat major for a horn
        (Key(8, "minor", "Ab"), 73, -7, "Cb"),
        (Key(4, "major", "E"), 65, -5, "F"),  # D flat, not C sharp, for an alto saxophone
        (Key(11, "major", "B"), 71, -5, "F"),
        (Key(6, "major", "Gb"), 56, -4, "C"),
        (Key(5, "major", "F"), 69, 0, "E"),
    ],
)
def test_the_signature_is_the_score_s_own_or_at_most_six_for_a_transposed_part(
    key: Key, program: int, fifths: int, written: str
) -> None:
    third = 60 + (key.tonic + (4 if key.mode == "major" else 3)) % 12
    score = replace(small_score(), keys=(KeyChange(0.0, 0.0, key),), harmony=())
    root = xml_of(part("A", program, third), score=score)
    assert root.findtext("part/measure/attributes/key/fifths") == str(fifths)
    pitch = root.find("part/measure/note/pitch")
    assert pitch is not None
    sign = {"-1": "b", "1": "#"}.get(pitch.findtext("alter", ""), "")
    assert pitch.findtext("step", "") + sign == written


def test_an_instrument_that_general_midi_lacks_keeps_its_own_name() -> None:
    palette = with_instruments(
        PALETTES["piano"], (("chords", "古筝"), ("melody", "dizi"), ("bass", "violin"))
    )
    labels = [palette.voices[role][0].label for role in ("chords", "melody", "bass")]
    assert labels == ["Guzheng", "Dizi", "Violin"]
    root = xml_of(part("Guzheng", 107, 60), part("Dizi", 73, 80))
    assert names(root) == ["Dizi", "Guzheng"]


def test_a_doubling_at_the_octave_is_in_its_instrument_s_part() -> None:
    root = xml_of(part("Violins", 48, 76), part("Violins octave", 48, 88))
    assert names(root) == ["Violins"]
    assert len(root.findall("part/measure[1]/note[pitch]")) == 2


def test_a_choir_s_sections_keep_their_staves() -> None:
    chords = tuple(
        note(4 * bar, 4, pitch) for bar, low in enumerate((53, 48)) for pitch in (low, low + 11, 69)
    )
    root = xml_of(Track("Choir", "chords", 52, False, chords))
    for measure in root.findall("part/measure")[:2]:
        assert {n.findtext("staff") for n in measure.findall("note[pitch]")} == {"1", "2"}


def test_a_figure_on_the_piano_is_not_torn_between_the_hands() -> None:
    figure = tuple(note(k / 2, 0.5, (57, 64, 61, 64)[k % 4]) for k in range(8))
    root = xml_of(Track("Piano chords", "chords", 0, False, figure))
    assert len({n.findtext("staff") for n in root.findall("part/measure[1]/note[pitch]")}) == 1
