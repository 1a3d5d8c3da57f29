"""Whatever the notes, metres and cues: every bar of the MusicXML is full, and every tie is joined."""

from xml.etree import ElementTree as ET

from hypothesis import given, settings
from hypothesis import strategies as st

from dsl.plan import Key, Meter
from engine.music.score import KeyChange, Marker, MeterChange, Note, Score, ScoreCue, TempoChange, Track
from engine.render.musicxml import musicxml_bytes
from engine.render.notation.bars import TICKS

KEY = Key(9, "minor", "A")
METERS = [
    Meter(),
    Meter(3, 4),
    Meter(6, 8),
    Meter(5, 8),
    Meter(7, 8),
    Meter(2, 2),
    Meter(12, 8),
    Meter(3, 16),
]
BEATS = st.one_of(
    st.integers(0, 80).map(lambda k: k / 4),
    st.integers(0, 60).map(lambda k: k / 3),
    st.integers(0, 100).map(lambda k: k / 5),
    st.floats(0, 20, allow_nan=False),
)
LENGTHS = st.one_of(st.sampled_from([0.1, 0.25, 1 / 3, 0.5, 2 / 3, 1.0, 1.5, 4.0]), st.floats(0.001, 9))
INSTRUMENTS = [
    ("Flute", 73),
    ("Piano chords", 0),
    ("Strings", 48),
    ("Cello", 42),
    ("Taiko", 116),
    ("Timpani", 47),
]


@st.composite
def scores(draw: st.DrawFn) -> Score:
    def note() -> Note:
        beat, beats = draw(BEATS), draw(LENGTHS)
        return Note(
            draw(st.integers(28, 96)), draw(st.integers(1, 127)), beat, beats, beat / 2, (beat + beats) / 2
        )

    def track(label: str, program: int, drums: bool) -> Track:
        notes = sorted((note() for _ in range(draw(st.integers(0, 14)))), key=lambda n: n.start_beat)
        return Track(label, "drums" if drums else "chords", program, drums, tuple(notes))

    meters = [draw(st.sampled_from(METERS)) for _ in range(2)]
    gap = draw(st.sampled_from([0.0, 0.3, 2.0, 3.7]))
    first, second = (draw(st.integers(1, 3)) * meter.beats_per_bar for meter in meters)
    start = first + gap
    tracks = [track(*draw(st.sampled_from(INSTRUMENTS)), False) for _ in range(draw(st.integers(1, 2)))]
    tracks.append(track("Kit", 0, True))
    hits = [Marker(0.0, draw(BEATS), "hit", "x") for _ in range(2)]
    return Score(
        "t",
        None,
        60.0,
        tuple(tracks),
        (TempoChange(0.0, 0.0, 120.0),),
        (MeterChange(0.0, 0.0, meters[0]), MeterChange(start, start / 2, meters[1])),
        (KeyChange(0.0, 0.0, KEY),),
        tuple(hits),
        (),
        (
            ScoreCue("1", "A", 0.0, first / 2, 0.0, first, "strings", KEY, 1, False),
            ScoreCue("2", "B", start / 2, 9.0, start, start + second, "strings", KEY, 1, False),
        ),
    )


@settings(max_examples=60, deadline=None)
@given(scores())
def test_every_bar_is_full_and_every_value_is_what_it_says(score: Score) -> None:
    root = ET.fromstring(musicxml_bytes(score).split(b"\n", 2)[2])
    lengths: list[list[int]] = []
    kinds = {"half": 2 * TICKS, "whole": 4 * TICKS, "breve": 8 * TICKS}
    kinds |= {
        name: TICKS >> k for k, name in enumerate(("quarter", "eighth", "16th", "32nd", "64th", "128th"))
    }
    for part in root.findall("part"):
        lengths.append([])
        open_ties: set[tuple[str, str]] = set()
        for measure in part.findall("measure"):
            at, filled = 0, set()
            for child in measure:
                duration = int(child.findtext("duration", "0"))
                if child.tag == "backup":
                    filled.add(at)
                    at -= duration
                elif child.tag == "note" and child.find("chord") is None:
                    at += duration
                if child.tag == "note" and child.find("type") is not None:
                    ticks = float(kinds[child.findtext("type", "")])
                    ticks *= 2 - 0.5 ** len(child.findall("dot"))
                    actual = int(child.findtext("time-modification/actual-notes", "1"))
                    normal = int(child.findtext("time-modification/normal-notes", "1"))
                    assert duration == ticks * normal / actual
                if child.tag == "note" and child.find("pitch") is not None:
                    pitch = (child.findtext(f"pitch/{tag}", "") for tag in ("step", "alter", "octave"))
                    sounding = (" ".join(pitch), child.findtext("voice", ""))
                    if child.find("tie[@type='stop']") is not None:
                        assert sounding in open_ties
                        open_ties.discard(sounding)
                    if child.find("tie[@type='start']") is not None:
                        open_ties.add(sounding)
            filled.add(at)
            assert len(filled) == 1, "the voices of a bar are equally long"
            lengths[-1].append(at)
        assert not open_ties
    assert all(row == lengths[0] for row in lengths), "the parts have the same bars"


@settings(max_examples=60, deadline=None)
@given(scores())
def test_no_stroke_is_written_twice_whatever_its_length(score: Score) -> None:
    """A drum's note that no single value can write is not a second stroke; programs play what they read."""
    root = ET.fromstring(musicxml_bytes(score).split(b"\n", 2)[2])
    struck = sum(len(track.notes) for track in score.tracks if track.is_drum or track.name == "Taiko")
    assert len(root.findall(".//note/unpitched")) <= struck


ORDER = (
    *("chord", "pitch", "unpitched", "rest", "duration", "tie", "instrument", "voice", "type", "dot"),
    *("accidental", "time-modification", "stem", "notehead", "staff", "beam", "notations"),
)
"""The order in which the schema of MusicXML 4.0 has what stands in a note."""


@settings(max_examples=30, deadline=None)
@given(scores())
def test_what_a_note_holds_stands_in_the_schema_s_order(score: Score) -> None:
    root = ET.fromstring(musicxml_bytes(score).split(b"\n", 2)[2])
    for element in root.iter("note"):
        places = [ORDER.index(child.tag) for child in element]
        assert places == sorted(places)
    for direction in root.iter("direction"):
        tags = [child.tag for child in direction]
        assert tags == sorted(tags, key=("direction-type", "offset", "staff", "sound").index)


def test_a_note_keeps_its_spelling_over_a_tie() -> None:
    """What enters above or below it while it sounds must not turn B♭ into A♯ behind the tie."""
    held = [Note(70, 60, 0.0, 0.5, 0.0, 0.25), Note(71, 60, 0.25, 0.1, 0.125, 0.175)]
    score = Score(
        "t",
        None,
        4.0,
        (Track("Flute", "chords", 73, False, tuple(held)),),
        (TempoChange(0.0, 0.0, 120.0),),
        (MeterChange(0.0, 0.0, Meter()),),
        (KeyChange(0.0, 0.0, KEY),),
        (),
        (),
        (ScoreCue("1", "A", 0.0, 4.0, 0.0, 8.0, "strings", KEY, 1, False),),
    )
    root = ET.fromstring(musicxml_bytes(score).split(b"\n", 2)[2])
    notes = [note for note in root.iter("note") if note.find("tie") is not None]
    assert len(notes) == 2
    assert len({(n.findtext("pitch/step"), n.findtext("pitch/alter")) for n in notes}) == 1
