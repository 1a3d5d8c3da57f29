"""Files as software really writes them: what is there is read, what was odd is said, and what makes no sense
is refused with its name and cause, before it takes memory."""

import gzip
import io
import os
import random
import tracemalloc
from pathlib import Path
from typing import Any

import mido
import numpy as np
import pretty_midi
import pytest

from dsl.limits import MOST_MIDI_BYTES
from engine.errors import MediaError
from engine.media.midi_events import read_events
from engine.media.midi_file import MidiMusic, read_midi, read_playable
from tests.engine.media.midi_bytes import END, TUNE, attempt, chunk, header, meta, midi, note, number, tempo


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "tune.mid"


def read(path: Path, data: bytes) -> MidiMusic:
    path.write_bytes(data)
    return read_midi(path)


def pitches(music: MidiMusic) -> list[int]:
    return [pitch for part in music.parts for pitch in part.notes[:, 2].tolist()]


def notes_in_seconds(music: MidiMusic) -> list[tuple[float, float, int, int]]:
    return [
        (float(music.seconds(start)), float(music.seconds(end)), pitch, velocity)
        for part in music.parts
        for start, end, pitch, velocity in part.notes.tolist()
    ]


WHOLE = [60, 62, 64, 65, 67, 69, 71, 72]


# ------------------------------------------------------------------------------------------ read as it is


def test_an_ordinary_file_is_read_as_pretty_midi_reads_it_and_says_nothing(path: Path) -> None:
    choir = random.Random(4)
    whole = pretty_midi.PrettyMIDI(resolution=480, initial_tempo=93.0)
    for program in (0, 48, 73):
        part = pretty_midi.Instrument(program, name=f"part {program}")
        at = 0.0
        for _ in range(60):
            at += choir.choice((0.0, 0.13, 0.5))
            part.notes.append(pretty_midi.Note(choir.randint(1, 127), choir.randint(0, 127), at, at + 0.4))
        part.control_changes = [pretty_midi.ControlChange(7, 90, 0.0), pretty_midi.ControlChange(10, 20, 0.0)]
        whole.instruments.append(part)
    whole.write(str(path))
    expected = pretty_midi.PrettyMIDI(str(path))
    music = read_midi(path)
    assert music.remarks == ()
    assert [(part.name, part.program, part.volume, part.pan) for part in music.parts] == [
        (part.name, part.program, 90, 20) for part in expected.instruments
    ]
    assert notes_in_seconds(music) == [
        (one.start, one.end, one.pitch, one.velocity) for part in expected.instruments for one in part.notes
    ]
    assert music.duration_s == pytest.approx(expected.get_end_time())


def test_a_tempo_counts_on_whichever_track_it_stands(path: Path) -> None:
    first = read(path, midi(tempo(1_000_000) + TUNE + END))
    second = read(path, midi(END, tempo(1_000_000) + TUNE + END))
    assert first.duration_s == second.duration_s == pytest.approx(8.0)


def test_tempo_marks_of_several_tracks_count_in_the_order_of_time(path: Path) -> None:
    music = read(path, midi(tempo(1_000_000, 960) + END, tempo(250_000, 1920) + END, TUNE + END))
    # Two beats of half a second, two of a second, four of a quarter.
    assert music.duration_s == pytest.approx(1.0 + 2.0 + 1.0)


@pytest.mark.parametrize(
    ("division", "ticks_a_second"),
    [(0xE728, 1000), (0xE250, 2400), (0xE804, 96), (0xE350, 2400 / 1.001)],
)
def test_time_in_film_frames_is_read_in_seconds(path: Path, division: int, ticks_a_second: float) -> None:
    body = tempo(1_000_000) + note(60, 48) + note(62, 48) + END
    music = read(path, midi(body, division=division))
    assert music.duration_s == pytest.approx(96 / ticks_a_second)
    assert any("film frames" in remark for remark in music.remarks)


@pytest.mark.parametrize(
    ("said", "expected", "told"),
    [
        ("走吧。".encode(), "走吧。", None),
        ("dröhnt".encode("latin-1"), "dröhnt", "Windows-1252"),
        ("他们的心里没有我的家".encode("gb18030"), "他们的心里没有我的家", "GBK"),
        ("さくら さくら 弥生の空は".encode("cp932"), "さくら さくら 弥生の空は", "Shift JIS"),
        ("ピアノ".encode("cp932"), "ピアノ", "Shift JIS"),
        ("走吧".encode("utf-16"), "走吧", None),
        ("走吧".encode("utf-8-sig"), "走吧", None),
        (b"a\x1b[2J\nb\0", "a[2J b", None),
    ],
)
def test_words_are_read_in_whatever_encoding_and_cannot_steer_a_terminal(
    path: Path, said: bytes, expected: str, told: str | None
) -> None:
    music = read(path, midi(meta(5, said, 480) + meta(6, b"cue: 1m1") + TUNE + END))
    assert music.lyrics == ((0.5, expected),)
    assert music.markers == ((0.5, "cue: 1m1"),)
    assert [told for remark in music.remarks if told and told in remark] == ([told] if told else [])


def test_a_copyright_in_latin_1_says_nothing_about_the_music(path: Path) -> None:
    music = read(path, midi(meta(2, b"\xa9 2008") + TUNE + END))
    assert (pitches(music), music.remarks) == (WHOLE, ())


# ---------------------------------------------------------------------------------------- odd, and still read

ODD: dict[str, tuple[bytes, str]] = {
    "no end of track": (midi(TUNE), "does not say where it ends"),
    "a key of twelve sharps": (midi(meta(0x59, b"\x0c\x00") + TUNE + END), "key that does not exist"),
    "a key of one byte": (midi(meta(0x59, b"\x01") + TUNE + END), "key that does not exist"),
    "a tempo of 0": (midi(tempo(0) + TUNE + END), "tempo of no length"),
    "a tempo of two bytes": (midi(meta(0x51, b"\x01\x02") + TUNE + END), "tempo of no length"),
    "a metre of 0": (midi(meta(0x58, b"\x00\x02\x18\x08") + TUNE + END), "metre that does not exist"),
    "a controller over 127": (midi(b"\0\xb0\x07\xc8" + TUNE + END), "over 127"),
    "a note that never ends": (midi(b"\0\x90\x30\x50" + TUNE + END), "never ends"),
    "a note over 127": (midi(b"\0\x90\xf8\x50" + TUNE + END), "higher than MIDI has"),
    "a message of the wire": (midi(b"\0\xf8\0\xf2\x01\x02" + TUNE + END), "no place in a file"),
    "too small a size": (header() + chunk(TUNE + END, 11), "size is wrong"),
    "too large a size": (header() + chunk(TUNE + END, 40_000), "size is wrong"),
    "three tracks promised": (header(3) + chunk(TUNE + END), "promises 3 tracks"),
    "separate patterns": (midi(TUNE + END, END, kind=2), "format 2"),
    "a number without end": (midi(TUNE + b"\xff" * 50), "damaged at byte"),
    "data without a status": (midi(TUNE + END, b"\0\x40\x40" + TUNE), "track 2 is damaged at byte"),
    "more behind its end": (midi(TUNE + END + TUNE + END), "behind the end of a track is left out"),
    "a message longer than it is": (
        midi(b"\0\xf0\x09\x7f\x7f\x04\x01\0\x40\xf7" + TUNE + END),
        "size is wrong",
    ),
    "a message of no size": (midi(b"\0\xf0\x7e\x7f\x09\x01\xf7" + TUNE + END), "size is wrong"),
    "a tempo of an hour": (midi(meta(0x51, b"\xff\0\0\0") + TUNE + END), "beyond all measure"),
    "notes of no length": (midi(b"\0\x90\x30\x50\0\x80\x30\0" * 3 + TUNE + END), "3 notes have no length"),
    "a header of no size": (header()[:4] + header()[8:] + chunk(TUNE + END), "header does not say its size"),
    "a header of size 0": (
        header()[:4] + b"\0\0\0\0" + header()[8:] + chunk(TUNE + END),
        "header's size is wrong",
    ),
    "a text longer than its track": (midi(TUNE + b"\0\xff\x01\x7fabc"), "damaged at byte"),
}


@pytest.mark.parametrize("what", ODD)
def test_odd_files_are_read_whole_and_remarked_upon(path: Path, what: str) -> None:
    data, said = ODD[what]
    music = read(path, data)
    assert pitches(music) == WHOLE
    assert [remark for remark in music.remarks if said in remark]
    assert music.duration_s == pytest.approx(4.0)


@pytest.mark.parametrize(
    "data",
    [
        b"RIFF\x20\x01\0\0RMIDdata\x10\x01\0\0" + midi(TUNE + END),
        b"\0" * 128 + midi(TUNE + END),
        header() + chunk(b"whatever", name=b"XFIH") + chunk(TUNE + END),
        midi(TUNE + END) + b"\0" * 700,
        midi(b"\0\xf0\x05\x7e\x7f\x09\x01\xf7" + TUNE + END),
    ],
    ids=["RIFF", "MacBinary", "another chunk", "zeros behind", "system exclusive"],
)
def test_what_stands_around_the_music_is_no_matter(path: Path, data: bytes) -> None:
    music = read(path, data)
    assert pitches(music) == WHOLE
    assert music.remarks == ()


@pytest.mark.parametrize("cut", range(40, len(midi(TUNE + END)) - 4, 7))
def test_a_file_cut_off_anywhere_keeps_what_stands_before(path: Path, cut: int) -> None:
    music = read(path, midi(TUNE + END)[:cut])
    assert pitches(music) == WHOLE[: len(pitches(music))]
    assert [remark for remark in music.remarks if "breaks off in track 1" in remark]


def test_a_note_that_is_struck_again_before_its_end_is_two_notes(path: Path) -> None:
    body = b"\0\x90\x3c\x50" + number(240) + b"\x90\x3c\x50" + number(240) + b"\x90\x3c\0" + END
    assert read(path, midi(body)).parts[0].notes[:, :2].tolist() == [[0, 480], [240, 480]]


@pytest.mark.parametrize("controller", [120, 123])
def test_notes_that_are_ended_all_at_once_are_whole_notes(path: Path, controller: int) -> None:
    held = b"\0\x90\x3c\x50\0\x91\x30\x50" + number(480) + b"\x90\x40\x50"
    music = read(path, midi(held + number(480) + bytes((0xB0, controller, 0)) + END))
    assert music.parts[0].notes[:, :3].tolist() == [[0, 960, 60], [480, 960, 64]]
    assert music.remarks == ("a note never ends and is left out",)


def test_a_tempo_written_in_four_bytes_is_that_tempo(path: Path) -> None:
    music = read(path, midi(meta(0x51, (1_000_000).to_bytes(4, "big")) + TUNE + END))
    assert (music.duration_s, music.remarks) == (pytest.approx(8.0), ())


def test_zeros_and_a_second_end_behind_a_track_are_nothing(path: Path) -> None:
    assert read(path, midi(TUNE + END + END + b"\0" * 9)).remarks == ()


# ------------------------------------------------------------------------------------------------- refused

WRONG: dict[str, tuple[bytes, str]] = {
    "nothing": (b"", "it is empty"),
    "another file": (b"KP\x03\x04" * 60, "does not begin as MIDI files do"),
    "a packed file": (gzip.compress(midi(TUNE + END)), r"compressed \(gzip\): unpack it first"),
    "a web page": (b"\n<!DOCTYPE html><title>404</title>", "a web page"),
    "a recording": (
        b"RIFF\x24\0\0\0WAVEfmt " + b"\0" * 60,
        r"a WAV recording \(\.wav\): give it that ending",
    ),
    "MusicXML": (b"<?xml version='1.0'?><score-partwise/>", "MusicXML"),
    "zeros": (b"\0" * 5000, "nothing but zeros"),
    "half a header": (header()[:11], "header is cut off"),
    "a header alone": (header(), "no track"),
    "no ticks": (midi(TUNE + END, division=0), "0 ticks"),
    "17 frames a second": (midi(TUNE + END, division=0xEF28), "film frames"),
    "frames of no ticks": (midi(TUNE + END, division=0xE700), "film frames"),
    "one note far away": (midi(note(60) + note(62, wait=2**28 - 1) + END, division=1), "claims to last"),
    "a note of days": (midi(tempo(0xFFFFFF) + note(60, 2**27) + END), "claims to last"),
}


@pytest.mark.parametrize("what", WRONG)
def test_what_cannot_be_read_is_named_with_its_cause(path: Path, what: str) -> None:
    data, cause = WRONG[what]
    for reader in (read_midi, read_playable):
        path.write_bytes(data)
        with pytest.raises(MediaError, match=cause) as raised:
            reader(path)
        assert str(path) in str(raised.value)
        assert "()" not in str(raised.value)
        assert "\n" not in str(raised.value)


def test_files_beyond_all_measure_are_refused_before_they_take_memory(path: Path) -> None:
    for data, cause in (
        (midi(note(60) + note(62, wait=2**28 - 1) + END, division=1), "claims to last"),
        (b"MThd" + b"\0" * (MOST_MIDI_BYTES + 1000), "larger than 8 MiB"),
        (midi(tempo(1) + note(60, 2**28 - 1) * 20 + END), "tick"),
    ):
        path.write_bytes(data)
        size = len(data)
        del data
        tracemalloc.start()
        with pytest.raises(MediaError, match=cause):
            read_midi(path)
        peak = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        assert peak < 3 * size + 20e6
    with pytest.raises(MediaError, match="more than 5,000 events"):
        read_events(midi(note(60, 1) * 3_000 + END), most=5_000)


def test_what_stands_hours_behind_the_last_note_is_left_out(path: Path) -> None:
    music = read(path, midi(TUNE + meta(1, b"the end", 2**28 - 1) + END, division=1))
    assert music.end == 8 * 480
    assert pitches(music) == WHOLE


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="no pipes with names here")
def test_a_pipe_that_nobody_writes_to_is_refused_and_not_waited_for(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe.mid")
    with pytest.raises(MediaError, match=r"pipe\.mid is no file"):
        read_midi(tmp_path / "pipe.mid")
    with pytest.raises(MediaError, match="Is a directory"):
        read_midi(tmp_path)
    with pytest.raises(MediaError, match=r"none\.mid: No such file"):
        read_midi(tmp_path / "none.mid")


def test_a_file_that_changes_is_read_anew(path: Path) -> None:
    assert len(pitches(read(path, midi(TUNE + END)))) == 8
    assert len(pitches(read(path, midi(TUNE + TUNE + END)))) == 16


# ------------------------------------------------------------------------------- the same, for a synthesiser


@pytest.mark.parametrize("what", ODD)
def test_a_synthesiser_gets_the_same_notes_in_a_file_that_is_right(path: Path, what: str) -> None:
    path.write_bytes(ODD[what][0])
    music, data = read_playable(path)
    again = mido.MidiFile(file=io.BytesIO(data))
    assert again.type == 1
    assert [str(one) for track in again.tracks for one in track if "pitch" in str(one)] == []
    heard = pretty_midi.PrettyMIDI(io.BytesIO(data))
    assert [
        (one.start, one.end, one.pitch, one.velocity) for part in heard.instruments for one in part.notes
    ] == notes_in_seconds(music)


def test_the_synthesisers_file_keeps_tempo_programs_and_film_time(path: Path) -> None:
    path.write_bytes(midi(END, tempo(750_000) + b"\0\xc0\x28" + TUNE + END, division=0xE728))
    music, data = read_playable(path)
    heard = pretty_midi.PrettyMIDI(io.BytesIO(data))
    assert heard.instruments[0].program == 40
    assert heard.get_end_time() == pytest.approx(music.duration_s)


# -------------------------------------------------------------------------------------------------- mutations


def mutated(data: bytes, chance: random.Random) -> bytes:
    """A few bytes changed, cut out, doubled, or put elsewhere."""
    found = bytearray(data)
    for _ in range(chance.randint(1, 6)):
        at = chance.randrange(len(found) + 1)
        kind = chance.randrange(5)
        if kind == 0 and at < len(found):
            found[at] = chance.choice((0, 0x7F, 0x80, 0xF0, 0xF7, 0xFF, chance.randrange(256)))
        elif kind == 1:
            del found[at : at + chance.randint(1, 9)]
        elif kind == 2:
            found[at:at] = chance.randbytes(chance.randint(1, 5))
        elif kind == 3:
            found[at:at] = found[at : at + 40]
        else:
            found = found[: max(at, 1)]
    return bytes(found)


def test_mutated_files_are_read_or_refused_in_a_line(tmp_path: Path) -> None:
    chance = random.Random(20)
    sound = midi(
        meta(3, b"name") + tempo(400_000) + meta(0x59, b"\xfe\x01") + meta(0x58, b"\x03\x02\x18\x08") + END,
        b"\0\xc1\x28\0\xb1\x07\x60" + meta(5, b"la") + TUNE.replace(b"\x90", b"\x91") + END,
    )
    read_count = 0
    for number_ in range(600):
        path = tmp_path / f"{number_ % 50}.mid"
        path.write_bytes(mutated(sound, chance))
        found = attempt(read_playable, path)
        if isinstance(found, str):
            assert str(path) in found
            assert len(found.splitlines()) == 1
            continue
        music, data = found
        read_count += 1
        for part in music.parts:
            assert (part.notes[:, 0] < part.notes[:, 1]).all()
            assert ((part.notes[:, 2:] >= 0) & (part.notes[:, 2:] <= 127)).all()
        assert np.isfinite(music.duration_s)
        again: Any = read_events(data)
        assert again.remarks == ()
        mido.MidiFile(file=io.BytesIO(data))
    assert read_count > 200
