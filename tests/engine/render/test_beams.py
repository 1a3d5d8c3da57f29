"""Beams show the beats: what is joined, what is not, and that every reader of the file is told."""

from xml.etree import ElementTree as ET

import pytest
from hypothesis import given, settings

from dsl.plan import Meter
from engine.music.score import Score
from engine.render.musicxml import musicxml_bytes
from engine.render.notation.bars import TICKS
from engine.render.notation.beams import Beamable, beams_of
from engine.render.notation.note_values import Value
from tests.engine.render.test_musicxml_properties import scores
from tests.engine.render.test_written_rhythm import note, score_of, xml_of

T, F = 1 / 3, 1 / 5


def groups(score: Score) -> list[int]:
    """How many notes each beam of the first part joins, in order; 1 for a note with a flag."""
    found, size = [], 0
    for element in xml_of(score).findall("part[1]/measure/note[pitch]"):
        mark = element.findtext("beam[@number='1']")
        if mark is None:
            if element.findtext("type") in ("eighth", "16th", "32nd"):
                found.append(1)
            continue
        size += 1
        if mark == "end":
            found.append(size)
            size = 0
    assert size == 0, "a beam is left open"
    return found


@pytest.mark.parametrize(
    ("lengths", "meter", "joined"),
    [
        ([0.5] * 8, "4/4", [4, 4]),
        ([0.5] * 6, "3/4", [6]),
        ([0.5] * 6, "6/8", [3, 3]),
        ([0.5] * 9, "9/8", [3, 3, 3]),
        ([0.5] * 7, "7/8", [2, 2, 3]),
        ([0.5] * 5, "5/8", [2, 3]),
        ([0.5] * 10, "5/4", [2, 2, 2, 2, 2]),
        ([0.5] * 4, "2/4", [4]),
        ([0.25] * 16, "4/4", [4, 4, 4, 4]),
        ([0.5, 0.25, 0.25] * 4, "4/4", [3, 3, 3, 3]),
        ([0.75, 0.25] * 4, "4/4", [2, 2, 2, 2]),
        ([0.25] * 12, "6/8", [6, 6]),
        ([0.25] * 14, "7/8", [4, 4, 6]),
        ([0.5, 1, 0.5, 2], "4/4", [1, 1]),  # syncopation: nothing to join
        ([T, T, T, 0.5, 0.5, 2], "4/4", [3, 2]),
        ([F] * 5 + [1, 1, 1], "4/4", [5]),
        ([0.5, 0.5, 1, 0.5, 0.5, 1], "4/4", [2, 2]),
    ],
)
def test_beams_join_what_a_beat_holds(lengths: list[float], meter: str, joined: list[int]) -> None:
    numerator, denominator = map(int, meter.split("/"))
    starts = [sum(lengths[:k]) for k in range(len(lengths))]
    notes = [note(start, length) for start, length in zip(starts, lengths, strict=True)]
    assert groups(score_of(*notes, bars=1, meter=Meter(numerator, denominator))) == joined


def test_a_rest_ends_a_beam() -> None:
    sixteenth = TICKS // 4
    voice = [Beamable(Value(k * sixteenth, (k + 1) * sixteenth, "16th", 0), k == 2) for k in range(4)]
    assert beams_of(voice, Meter()) == [("begin", "begin"), ("end", "end"), (), ()]


def test_a_sixteenth_after_a_dotted_eighth_points_back_and_one_before_it_forward() -> None:
    root = xml_of(score_of(note(0, 0.75), note(0.75, 0.25), note(1, 0.25), note(1.25, 0.75), bars=1))
    second = [n.findtext("beam[@number='2']") for n in root.findall("part[1]/measure/note[pitch]")]
    assert second == [None, "backward hook", "forward hook", None]


def test_thirty_seconds_are_grouped_by_the_eighth() -> None:
    root = xml_of(score_of(*(note(k / 8, 1 / 8) for k in range(8)), bars=1))
    rows = [
        [n.findtext(f"beam[@number='{k}']") for n in root.findall("part[1]/measure/note[pitch]")]
        for k in (1, 2, 3)
    ]
    assert rows[0] == rows[1] == ["begin", *["continue"] * 6, "end"]
    assert rows[2] == ["begin", "continue", "continue", "end"] * 2


@settings(max_examples=40, deadline=None)
@given(scores())
def test_every_beam_that_begins_ends_in_its_bar_whatever_the_notes(score: Score) -> None:
    root = ET.fromstring(musicxml_bytes(score).split(b"\n", 2)[2])
    for measure in root.iter("measure"):
        beaming: set[tuple[str, str]] = set()
        for element in measure.findall("note"):
            voice = element.findtext("voice", "")
            assert element.find("chord") is None or element.find("beam") is None
            for beam in element.findall("beam"):
                place = (voice, beam.get("number", ""))
                assert (beam.text in ("continue", "end")) == (place in beaming)
                if beam.text == "begin":
                    beaming.add(place)
                elif beam.text == "end":
                    beaming.discard(place)
        assert not beaming
