"""Rhythms as they are written: the composed grid, not the performance; tuplets, ties, rests, accents."""

import time
from dataclasses import replace
from fractions import Fraction
from itertools import pairwise
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as ET

import pytest

from dsl.plan import Key, Meter
from engine.music.score import (
    ChordSpan,
    KeyChange,
    Lyric,
    Marker,
    MeterChange,
    Note,
    Score,
    ScoreCue,
    TempoChange,
    Track,
)
from engine.render.musicxml import musicxml_bytes
from engine.render.notation.page import TEXT_POINTS, text_mm, wrapped
from tests.engine.render.test_musicxml_read_back import assert_full, read_by_music21

D_MINOR = Key(2, "minor", "D")
FOUR = Meter()


def note(beat: float, beats: float, pitch: int = 74, velocity: int = 80) -> Note:
    return Note(pitch, velocity, beat, beats, beat * 0.5, (beat + beats) * 0.5)


def score_of(*notes: Note, bars: int = 2, meter: Meter = FOUR, program: int = 73, **changes: Any) -> Score:
    beats = bars * meter.beats_per_bar
    score = Score(
        title="t",
        author=None,
        duration_s=beats / 2,
        tracks=(Track("Flute" if program == 73 else "Piano chords", "melody", program, False, notes),),
        tempo=(TempoChange(0.0, 0.0, 120.0),),
        meters=(MeterChange(0.0, 0.0, meter),),
        keys=(KeyChange(0.0, 0.0, D_MINOR),),
        markers=(),
        lyrics=(),
        cues=(ScoreCue("1m1", "A", 0.0, beats / 2, 0.0, beats, "strings", D_MINOR, 1, False),),
    )
    return replace(score, **changes)


def values(score: Score) -> list[str]:
    """The first part's notes and rests: `quarter`, `eighth.`, `r:half`, with `3:` for tuplets and `~` for
    ties."""
    root = xml_of(score)
    found = []
    for element in root.findall("part[1]/measure/note"):
        if element.find("chord") is not None:
            continue
        rest = element.find("rest")
        if rest is not None and rest.get("measure"):
            found.append("r:bar")
            continue
        text = "r:" if rest is not None else ""
        text += (
            f"{element.findtext('time-modification/actual-notes')}:"
            if element.find("time-modification")
            else ""
        )
        text += element.findtext("type", "") + "." * len(element.findall("dot"))
        found.append(text + ("~" if element.find("tie[@type='start']") is not None else ""))
    return found


def xml_of(score: Score) -> ET.Element:
    return ET.fromstring(musicxml_bytes(score).split(b"\n", 2)[2])


def test_articulation_is_no_confetti_of_rests() -> None:
    played = [note(k, 0.6 + 0.07 * (k % 3)) for k in range(4)] + [
        note(4, 0.485),
        note(4.5, 0.46),
        note(5, 2.9),
    ]
    assert values(score_of(*played)) == [*["quarter"] * 4, "eighth", "eighth", "half."]


def test_a_short_note_is_written_longer_with_a_dot() -> None:
    root = xml_of(score_of(*(note(k, 0.5) for k in range(8))))
    assert len(root.findall("part/measure/note/notations/articulations/staccato")) == 8
    assert {e.text for e in root.findall("part/measure/note/type")} == {"quarter"}


def test_a_real_rest_stays() -> None:
    assert values(score_of(note(0, 1), note(2, 1), note(4, 4))) == [
        "quarter",
        "r:quarter",
        "quarter",
        "r:quarter",
        "whole",
    ]
    assert values(score_of(note(4, 4))) == ["r:bar", "whole"]


def test_triplets_quintuplets_and_finer_notes_are_written_as_they_were_composed(tmp_path: Path) -> None:
    third, fifth = 1 / 3, 1 / 5
    motif = [note(k * third, third, 72 + k) for k in range(3)] + [note(1, 1)]
    motif += [note(2 + k * fifth, fifth, 70 + k) for k in range(5)] + [
        note(3 + k / 8, 1 / 8) for k in range(8)
    ]
    motif += [note(4 + k * 2 * third, 2 * third, 60 + k) for k in range(3)] + [
        note(6, 2 * third),
        note(6 + 2 * third, third),
    ]
    score = score_of(*motif)
    assert values(score)[:17] == [*["3:eighth"] * 3, "quarter", *["5:16th"] * 5, *["32nd"] * 8]
    assert values(score)[17:] == [*["3:quarter"] * 3, "3:quarter", "3:eighth", "r:quarter"]
    read = read_by_music21(score, tmp_path)
    assert_full(read)
    sounded = [Fraction(n.offset).limit_denominator(60) for n in read.parts[0].stripTies().flatten().notes]
    assert sounded == [Fraction(n.start_beat).limit_denominator(60) for n in motif]


@pytest.mark.parametrize(
    ("lengths", "written"),
    [
        ([1 / 7] * 7 + [1, 1, 1], [*["7:16th"] * 7, *["quarter"] * 3]),
        ([2 / 5] * 5 + [2], [*["5:eighth"] * 5, "half"]),
        ([2 / 7] * 7 + [2], [*["7:eighth"] * 7, "half"]),
        ([4 / 3] * 3, ["3:half"] * 3),
        ([1 / 6] * 6 + [3], [*["6:16th"] * 6, "half."]),
    ],
)
def test_tuplets_of_seven_and_over_several_beats_are_written_as_such(
    lengths: list[float], written: list[str], tmp_path: Path
) -> None:
    starts = [sum(lengths[:k]) for k in range(len(lengths))]
    notes = [note(at, length, 60 + k) for k, (at, length) in enumerate(zip(starts, lengths, strict=True))]
    score = score_of(*notes, bars=1)
    assert values(score) == written
    read = read_by_music21(score, tmp_path)
    assert_full(read)
    sounded = [float(n.offset) for n in read.parts[0].flatten().notes]
    assert sounded == pytest.approx(starts)


def test_a_take_played_by_hand_is_not_written_in_sixty_fourths() -> None:
    """Onsets up to 35 ms off at 120 BPM and a chord's notes one after the other: eighths and quarters all the
    same. Sixty-fourths that were composed stay."""
    off = (0.0, 0.045, -0.03, 0.06, -0.05, 0.02, 0.07, -0.06)
    eighths = [note(max(k / 2 + off[k], 0.0), 0.5, 60 + k) for k in range(8)]
    chord = [note(4 + k * 0.03, 1.9, 60 + 4 * k) for k in range(3)] + [note(6, 2, 72)]
    assert values(score_of(*eighths, *chord)) == [*["eighth"] * 8, "half", "half"]
    fine = [note(k / 16, 1 / 16, 60 + k) for k in range(16)] + [note(1, 3)]
    assert values(score_of(*fine, bars=1)) == [*["64th"] * 16, "half."]


def test_a_short_stroke_on_the_beat_is_an_eighth_not_a_sixteenth_and_rests() -> None:
    strokes = [note(k, 0.2) for k in range(4)] + [
        note(4.5, 0.2),
        note(5.25, 0.2),
        note(6, 0.25),
        note(6.25, 0.25),
    ]
    assert values(score_of(*strokes)) == [
        *["eighth", "r:eighth"] * 4,
        *["r:eighth", "eighth", "r:16th", "16th", "r:eighth", "16th", "16th", "r:eighth", "r:quarter"],
    ]


def test_a_tuplet_is_bracketed_from_its_first_to_its_last_note() -> None:
    root = xml_of(score_of(note(0, 1 / 3), note(1 / 3, 2 / 3), note(1, 3)))
    kinds = [e.get("type") for e in root.findall("part/measure/note/notations/tuplet")]
    assert kinds == ["start", "stop"]


def test_an_accent_off_the_grid_is_written_on_it_and_marked() -> None:
    hit = Marker(1.17, 2.34, "hit", "door")
    score = score_of(note(0, 2.34), note(2.34, 1.66), note(4, 4), markers=(hit,))
    root = xml_of(score)
    accented = [
        n for n in root.findall("part/measure/note") if n.find("notations/articulations/accent") is not None
    ]
    assert len(accented) == 1
    assert all("3:" not in value for value in values(score))
    assert "Hit: door" in [w.text for w in root.findall(".//words")]


def test_notes_are_tied_over_the_bar_line_and_written_by_the_beat() -> None:
    assert values(score_of(note(0, 3), note(3, 2.5), note(5.5, 1), note(6.5, 1.5))) == [
        "half.",
        "quarter~",
        "quarter.",
        "eighth~",
        "eighth",
        "quarter.",
    ]


def test_six_eight_is_written_in_dotted_quarters_and_counted_in_them(tmp_path: Path) -> None:
    score = score_of(*(note(k * 1.5, 1.4) for k in range(4)), meter=Meter(6, 8))
    assert values(score) == ["quarter."] * 4
    root = xml_of(score)
    assert root.find(".//metronome/beat-unit-dot") is not None
    assert root.findtext(".//metronome/per-minute") == "80"
    assert_full(read_by_music21(score, tmp_path))


def test_a_held_chord_goes_on_under_a_moving_voice_in_the_strings() -> None:
    chord = [note(0, 4, 60), note(0, 4, 64), note(0, 2, 67), note(2, 2, 69)]
    strings = Track("Strings", "chords", 48, False, tuple(chord))
    root = xml_of(score_of(bars=1, tracks=(strings,)))
    tied = [
        n.findtext("pitch/step")
        for n in root.findall("part/measure/note")
        if n.find("tie[@type='stop']") is not None
    ]
    assert tied == ["C", "E"]


def test_cues_between_which_the_beats_are_fractions_still_begin_bars(tmp_path: Path) -> None:
    one = ScoreCue("1", "A", 0.0, 4.0, 0.0, 8.0, "strings", D_MINOR, 1, False)
    two = ScoreCue("2", "B", 4.1, 8.1, 8.3, 16.3, "strings", D_MINOR, 1, False)
    notes = [note(k, 1) for k in range(8)] + [note(8.3 + k, 1) for k in range(8)]
    score = score_of(*notes, cues=(one, two), bars=4)
    assert [v for v in values(score) if v != "r:bar"] == ["quarter"] * 16
    read = read_by_music21(score, tmp_path)
    assert len(read.parts[0].getElementsByClass("Measure")) in (4, 5)
    marks = [m.content for m in read.recurse().getElementsByClass("RehearsalMark")]
    assert marks == ["1 A", "2 B"]


def test_the_harmony_spells_the_notes() -> None:
    harmony = (ChordSpan(0.0, 4.0, 4, "7"), ChordSpan(4.0, 8.0, 10, "maj"))
    root = xml_of(score_of(note(0, 4, 68), note(4, 4, 70), harmony=harmony))
    spelt = [
        n.findtext("pitch/step", "") + n.findtext("pitch/alter", "")
        for n in root.findall("part/measure/note")
    ]
    assert spelt == ["G1", "B-1"]


def test_tempo_has_words_and_a_mark_and_small_bends_are_not_printed() -> None:
    tempo = tuple(
        TempoChange(b, b / 2, bpm) for b, bpm in ((0.0, 66.0), (2.0, 66.8), (4.0, 72.0), (6.0, 120.0))
    )
    root = xml_of(score_of(note(0, 8), tempo=tempo))
    printed = [
        (d.findtext("direction-type/words", "").strip(), d.findtext("direction-type/metronome/per-minute"))
        for d in root.findall("part/measure/direction")
        if d.find("sound") is not None
    ]
    assert printed == [("Adagio", "66"), ("", None), ("poco più mosso", "72"), ("Allegretto", "120")]
    assert [float(s.get("tempo", "")) for s in root.iter("sound")] == [66.0, 66.8, 72.0, 120.0]


@pytest.mark.parametrize(
    "text",
    [
        "主人公站在悬崖边，望着远方的天空，心中充满了绝望。风从谷底吹上来，带着雪的味道（很冷）。",
        "Ten thousand torches moved in the valley below, and nobody on the wall spoke a single word.",
    ],
)
def test_script_is_broken_into_lines_that_stay_on_the_page(text: str) -> None:
    lines = wrapped(text, 60.0)
    assert len(lines) > 1
    assert "".join("".join(lines).split()) == "".join(text.split())
    assert not any(line[0] in "，。）,." for line in lines)
    root = xml_of(score_of(note(0, 8), lyrics=(Lyric(3.0, 4.0, text),)))
    shown = next(w.text for w in root.findall(".//words") if w.text and text[:2] in w.text)
    assert len(shown.split("\n")) > 1, "it begins near the right margin"


def test_title_and_composer_stand_on_the_first_page_with_the_music() -> None:
    root = xml_of(score_of(note(0, 8), author="林"))
    assert [c.findtext("credit-words") for c in root.findall("credit[@page='1']")] == ["t", "林"]
    tenths = float(root.findtext("defaults/scaling/tenths", ""))
    space_mm = float(root.findtext("defaults/scaling/millimeters", "")) / tenths * 10
    height_mm = float(root.findtext("defaults/page-layout/page-height", "")) / 10 * space_mm
    assert height_mm == pytest.approx(297, abs=1)


def test_a_large_score_is_made_small_enough_for_its_page() -> None:
    tracks = tuple(
        Track(f"Part {k}", "melody", program, False, (note(0, 8, 67),))
        for k, program in enumerate(
            (73, 68, 71, 70, 60, 56, 57, 58, 40, 41, 42, 43, 0, 46, 48, 52, 8, 19, 16, 44)
        )
    )
    root = xml_of(score_of(tracks=tracks))
    space_mm = float(root.findtext("defaults/scaling/millimeters", "")) / 4
    height_mm = float(root.findtext("defaults/page-layout/page-height", "")) / 10 * space_mm
    staves = sum(int(p.findtext("measure/attributes/staves", "1")) for p in root.findall("part"))
    assert staves * 10.5 * space_mm < height_mm - 40


@pytest.mark.parametrize(
    ("title", "lines"),
    [
        ("Cliff", 1),
        ("The Long and Winding Road from the Harbour to the House on the Hill", 1),
        ("An Exceedingly Long Title for a Piece of Music That Nobody Will Ever Remember in Full " * 2, 2),
        ("很久很久以前，在一座没有名字的山上，住着一位不肯说话的老人和他的三只猫" * 2, 2),
        ("x" * 150, 2),
    ],
)
def test_a_title_stays_on_the_page_whole_as_long_as_two_lines_hold_it(title: str, lines: int) -> None:
    root = xml_of(score_of(note(0, 8), title=title, author="A Composer with Many Names, " * 4))
    width_mm = 210 - 24
    for credit, most_mm in zip(root.findall("credit/credit-words"), (width_mm, width_mm / 2), strict=True):
        points = float(credit.get("font-size", ""))
        shown = (credit.text or "").split("\n")
        assert all(text_mm(line) * points / TEXT_POINTS <= most_mm for line in shown)
        assert "…" not in shown[-1]
        assert points >= 9
    shown = (root.findtext("credit/credit-words") or "").split("\n")
    assert len(shown) == lines
    assert "".join("".join(shown).split()) == "".join(title.split())


def test_a_title_that_two_lines_cannot_hold_says_that_it_is_cut() -> None:
    root = xml_of(score_of(note(0, 8), title="word " * 200))
    shown = (root.findtext("credit/credit-words") or "").split("\n")
    assert len(shown) == 2
    assert shown[-1].endswith("…")
    assert root.findtext("work/work-title", "").count("word") == 200


def test_cues_tempo_script_and_hits_are_in_every_player_s_part() -> None:
    """What stands over the first staff only is marked as the whole score's: a part taken out has it."""
    hit = Marker(1.0, 2.0, "hit", "door")
    score = score_of(note(0, 8), markers=(hit,), lyrics=(Lyric(0.5, 1.0, "Hello."),))
    shown = {
        direction.get("system"): direction.find("direction-type/dynamics") is None
        for direction in xml_of(score).findall("part/measure/direction")
    }
    assert shown == {"only-top": True, None: False}


def test_a_long_name_of_a_cue_is_broken_for_its_box() -> None:
    name = "A cue whose name goes on and on until somebody stops it, and then on again"
    cue = ScoreCue("1m1", name, 0.0, 4.0, 0.0, 8.0, "strings", D_MINOR, 1, False)
    shown = xml_of(score_of(note(0, 8), cues=(cue,))).findtext(".//rehearsal", "").split("\n")
    assert len(shown) > 1
    assert " ".join(shown) == f"1m1 {name}"


def test_no_system_is_left_with_a_scrap_and_a_cue_begins_at_the_left() -> None:
    """33 bars of one kind are shared out evenly; a second cue does not begin at the end of a system."""
    bars = 33
    notes = [note(k / 2, 0.5) for k in range(bars * 8)]
    starts = system_starts(xml_of(score_of(*notes, bars=bars)))
    lengths = [after - at for at, after in pairwise([*starts, bars])]
    assert min(lengths) >= max(lengths) - 1
    cues = tuple(
        ScoreCue(f"1m{k + 1}", "A", 20.0 * k, 20.0 * k + 20, 40.0 * k, 40.0 * k + 40, "x", D_MINOR, 1, False)
        for k in range(3)
    )
    begun = system_starts(xml_of(score_of(*notes[:240], bars=30, cues=cues)))
    assert {0, 10, 20} <= set(begun)


def system_starts(root: ET.Element) -> list[int]:
    measures = root.findall("part[1]/measure")
    return [0] + [k for k, measure in enumerate(measures) if measure.find("print") is not None]


def test_long_script_over_an_orchestra_makes_its_staves_smaller() -> None:
    """Fifteen lines of script above the first bar need room that the staves must leave."""
    tracks = tuple(Track(f"P{k}", "melody", 68, False, (note(0, 8, 67),)) for k in range(14))
    plain = xml_of(score_of(tracks=tracks))
    told = xml_of(score_of(tracks=tracks, lyrics=(Lyric(0.0, 4.0, "It was the best of times. " * 60),)))
    sizes = [float(root.findtext("defaults/scaling/millimeters", "")) for root in (plain, told)]
    assert sizes[1] < sizes[0] - 0.5


@pytest.mark.parametrize("text", ["x" * 100_000, "word " * 20_000, "字" * 100_000], ids=["x", "word", "zi"])
def test_a_hundred_thousand_letters_of_script_are_broken_in_no_time(text: str) -> None:
    began = time.process_time()
    root = xml_of(score_of(note(0, 8), lyrics=(Lyric(0.0, 4.0, text),)))
    assert time.process_time() - began < 5.0
    shown = next(w.text for w in root.findall(".//words") if w.text and w.text[:4] == text[:4])
    assert "".join(shown.split()) == "".join(text.split())


def test_writing_is_linear_in_the_length_of_the_score() -> None:
    """Four times the bars take about four times as long (a quadratic search took sixteen)."""
    taken = []
    for bars in (60, 240, 60, 240):
        score = score_of(*(note(k / 2, 0.5) for k in range(bars * 8)), bars=bars)
        began = time.process_time()
        musicxml_bytes(score)
        taken.append(time.process_time() - began)
    assert min(taken[1::2]) < 8 * min(taken[::2])
