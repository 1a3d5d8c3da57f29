"""Files wrong in every way: left out of the training set with a reason, refused by name as a theme."""

from pathlib import Path

import mido
import pytest

from engine.errors import MediaError
from engine.generate.theme_file import read_theme
from engine.train.music.data.build import read_source
from engine.train.music.data.grid import GridPiece
from engine.train.music.data.piece import Skipped

BEAT = 480


def write(path: Path, tracks: list[list[tuple[int, int, int]]], meter: tuple[int, int] = (4, 4)) -> None:
    """A MIDI file of tracks of (start, ticks, pitch)."""
    file = mido.MidiFile(ticks_per_beat=BEAT)
    for number, notes in enumerate(tracks):
        track = mido.MidiTrack()
        if number == 0:
            track.append(mido.MetaMessage("time_signature", numerator=meter[0], denominator=meter[1]))
        events = [(start, "note_on", pitch) for start, _, pitch in notes]
        events += [(start + ticks, "note_off", pitch) for start, ticks, pitch in notes]
        now = 0
        for at, kind, pitch in sorted(events):
            track.append(mido.Message(kind, note=pitch, velocity=64, channel=number % 9, time=at - now))
            now = at
        file.tracks.append(track)
    path.parent.mkdir(parents=True, exist_ok=True)
    file.save(str(path))


def tune(beats: int, low: int = 60) -> list[tuple[int, int, int]]:
    return [(k * BEAT, BEAT, low + (0, 4, 7, 5, 2, 9)[k % 6]) for k in range(beats)]


def only(root: Path) -> GridPiece | Skipped:
    """What becomes of the one file of a source."""
    (piece,) = read_source("freedoom", root)
    return piece


@pytest.fixture
def song(tmp_path: Path) -> Path:
    """Where the one song of the source lies."""
    path = tmp_path / "freedoom" / "musics" / "song.mid"
    path.parent.mkdir(parents=True)
    return path


def test_a_corrupt_file_is_left_out_with_its_reason(tmp_path: Path, song: Path) -> None:
    write(song, [tune(32)])
    song.write_bytes(song.read_bytes()[:40])
    piece = only(tmp_path)
    assert isinstance(piece, Skipped)
    assert "not a readable MIDI file" in piece.reason or "no notes" in piece.reason


def test_empty_tracks_are_left_out_with_their_reason(tmp_path: Path, song: Path) -> None:
    write(song, [[], []])
    assert only(tmp_path) == Skipped("freedoom/song", "freedoom", "no notes")


def test_one_note_is_too_few(tmp_path: Path, song: Path) -> None:
    write(song, [[(0, BEAT, 60)]])
    piece = only(tmp_path)
    assert isinstance(piece, Skipped)
    assert "fewer than" in piece.reason


def test_three_hundred_tracks_are_read(tmp_path: Path, song: Path) -> None:
    write(song, [tune(32, 40 + number % 40) for number in range(300)])
    piece = only(tmp_path)
    assert isinstance(piece, GridPiece)
    assert len(piece.index) == 8


@pytest.mark.parametrize("meter", [(7, 8), (5, 4), (11, 16), (1, 64)])
def test_bars_of_odd_metres_are_left_out(tmp_path: Path, song: Path, meter: tuple[int, int]) -> None:
    write(song, [tune(64)], meter)
    piece = only(tmp_path)
    assert isinstance(piece, Skipped)
    assert "no bar in" in piece.reason or "grid" in piece.reason


def test_a_year_long_file_is_left_out(tmp_path: Path, song: Path) -> None:
    year = 365 * 24 * 60 * 120
    write(song, [[*tune(32), (year * BEAT // 16, BEAT, 60)]])
    piece = only(tmp_path)
    assert isinstance(piece, Skipped)
    assert "longer than" in piece.reason


def test_a_broken_theme_is_named(tmp_path: Path) -> None:
    for name, content in (("cut.mid", b"MThd\x00\x00"), ("text.mid", b"no music" * 40), ("nothing.mid", b"")):
        (tmp_path / name).write_bytes(content)
        with pytest.raises(MediaError, match=name):
            read_theme(tmp_path / name)
    with pytest.raises(MediaError, match="missing"):
        read_theme(tmp_path / "missing.mid")


def test_a_theme_without_notes_is_named(tmp_path: Path) -> None:
    write(tmp_path / "silent.mid", [[], []])
    with pytest.raises(MediaError, match=r"silent\.mid holds no note"):
        read_theme(tmp_path / "silent.mid")


def test_odd_themes_are_read_as_far_as_they_go(tmp_path: Path) -> None:
    write(tmp_path / "one.mid", [[(3 * BEAT, BEAT, 67)]])
    assert [(n.start, n.pitch) for n in read_theme(tmp_path / "one.mid")] == [(0, 67)]
    write(tmp_path / "many.mid", [tune(8, 40 + number % 40) for number in range(300)], (7, 8))
    assert len(read_theme(tmp_path / "many.mid")) == 8


def test_a_year_long_theme_is_cut_or_refused(tmp_path: Path) -> None:
    year = 365 * 24 * 60 * 120
    write(tmp_path / "year.mid", [[*tune(8), (year * BEAT // 16, BEAT, 60)]])
    with pytest.raises(MediaError, match=r"year\.mid"):
        read_theme(tmp_path / "year.mid")
