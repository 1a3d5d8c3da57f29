"""What a reader sees: the accidentals that are printed say every note, whoever reads the file."""

from dataclasses import replace
from xml.etree import ElementTree as ET

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dsl.plan import Key
from engine.music.score import KeyChange, Note, Score, Track
from engine.render.musicxml import musicxml_bytes
from tests.engine.render.test_musicxml_properties import scores
from tests.engine.render.test_written_rhythm import note, score_of, xml_of

SIGNS = {"flat-flat": -2, "flat": -1, "natural": 0, "sharp": 1, "double-sharp": 2}
C, E_FLAT_MINOR, A_MAJOR = Key(0, "major", "C"), Key(3, "minor", "Eb"), Key(9, "major", "A")


def printed(*pitches: int, key: Key = C, beats: float = 1.0) -> list[str]:
    notes = [note(k * beats, beats, pitch) for k, pitch in enumerate(pitches)]
    score = score_of(*notes, keys=(KeyChange(0.0, 0.0, key),))
    found = []
    for element in xml_of(score).findall("part/measure/note[pitch]"):
        accidental = element.find("accidental")
        if accidental is None:
            found.append("")
        else:
            found.append((accidental.text or "") + ("?" if accidental.get("cautionary") else ""))
    return found


def test_an_accidental_holds_to_the_end_of_its_bar_in_its_octave() -> None:
    assert printed(66, 66, 78, 66) == ["sharp", "", "sharp", ""]
    assert printed(66, 65, 66, 67) == ["sharp", "natural", "sharp", ""]


def test_the_signature_needs_no_accidental_and_leaving_it_does() -> None:
    assert printed(66, 68, 73, 69, key=A_MAJOR) == ["", "", "", ""]
    assert printed(67, 68, 67, 66, key=A_MAJOR) == ["natural", "sharp", "natural", ""]


def test_what_was_altered_in_the_bar_before_is_cautioned_once() -> None:
    assert printed(66, 67, 67, 67, 65, 65, 67, 65) == ["sharp", "", "", "", "natural?", "", "", ""]
    assert printed(66, 67, 67, 67, *[67] * 4) == ["sharp", *[""] * 7]


def test_a_tie_carries_its_accidental_over_the_bar_line_for_itself_alone() -> None:
    score = score_of(note(3, 2, 66), note(5, 1, 66), note(6, 2, 67), keys=(KeyChange(0.0, 0.0, C),))
    notes = xml_of(score).findall("part/measure/note[pitch]")
    assert [n.findtext("accidental", "") for n in notes] == ["sharp", "", "sharp", ""]


def readers_alters(root: ET.Element) -> list[tuple[int, int]]:
    """(alter as a reader of the printed signs plays it, alter as the file says) of every note."""
    found = []
    for part in root.findall("part"):
        fifths = 0
        tied: dict[tuple[tuple[str, str, str], str], int] = {}
        for measure in part.findall("measure"):
            fifths = int(measure.findtext("attributes/key/fifths", str(fifths)))
            signature = dict.fromkeys("FCGDAEB"[:fifths], 1) if fifths > 0 else {}
            signature |= dict.fromkeys("BEADGCF"[:-fifths], -1) if fifths < 0 else {}
            timed, at, start = [], 0, 0
            for element in measure:
                duration = int(element.findtext("duration", "0"))
                if element.tag == "backup":
                    at -= duration
                elif element.tag == "note":
                    start = start if element.find("chord") is not None else at
                    at += 0 if element.find("chord") is not None else duration
                    timed.append((start, element))
            seen: dict[tuple[str, str, str], int] = {}
            for _, element in sorted(timed, key=lambda pair: pair[0]):
                if element.find("pitch") is None:
                    continue
                line = (
                    element.findtext("staff", "1"),
                    element.findtext("pitch/step", ""),
                    element.findtext("pitch/octave", ""),
                )
                sign = element.findtext("accidental")
                if element.find("tie[@type='stop']") is not None:
                    read = tied[line, element.findtext("voice", "")]
                elif sign is not None:
                    read = seen[line] = SIGNS[sign]
                else:
                    read = seen.get(line, signature.get(line[1], 0))
                if element.find("tie[@type='start']") is not None:
                    tied[line, element.findtext("voice", "")] = read
                found.append((read, int(element.findtext("pitch/alter", "0"))))
    return found


@settings(max_examples=60, deadline=None)
@given(scores(), st.sampled_from([C, E_FLAT_MINOR, A_MAJOR, Key(8, "minor", "G#"), Key(11, "major", "Cb")]))
def test_the_printed_signs_say_every_note_whatever_the_music(score: Score, key: Key) -> None:
    """Two voices on a staff, ties, tuplets, transposing parts: a reader who knows the signature and sees the
    accidentals plays what the file says."""
    clarinet = Track("Clarinet", "melody", 71, False, score.tracks[0].notes)
    score = replace(score, keys=(KeyChange(0.0, 0.0, key),), tracks=(*score.tracks, clarinet))
    root = ET.fromstring(musicxml_bytes(score).split(b"\n", 2)[2])
    assert all(read == meant for read, meant in readers_alters(root))


@pytest.mark.parametrize("unison", [0, 1])
def test_two_voices_of_a_staff_see_each_other_s_accidentals(unison: int) -> None:
    melody = (note(0, 1, 78), note(1, 3, 77 + unison))
    counter = tuple(Note(66 - k % 2, 80, k / 2, 0.5, k / 4, k / 4 + 0.2) for k in range(8))
    tracks = (
        Track("Piano melody", "melody", 0, False, melody),
        Track("Piano inner voice", "counter", 0, False, counter),
    )
    root = xml_of(score_of(bars=1, tracks=tracks, keys=(KeyChange(0.0, 0.0, C),)))
    assert all(read == meant for read, meant in readers_alters(root))
