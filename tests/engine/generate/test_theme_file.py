"""Which notes of a MIDI file are its theme, in files as programs write them."""

from pathlib import Path

import mido
import pytest

from engine.errors import MediaError
from engine.generate.theme_file import read_theme

Beats = tuple[float, float, int]
TUNE: list[Beats] = [(0, 1, 72), (1, 1, 76), (2, 2, 79), (4, 1, 81), (5, 1, 79), (6, 2, 76)]
PITCHES = [72, 76, 79, 81, 79, 76]
ALBERTI: list[Beats] = [(k / 2, 0.5, 48 + (0, 7, 4, 7)[k % 4]) for k in range(16)]
BLOCKS: list[Beats] = [(4 * bar, 4, 48 + tone) for bar in (0, 1) for tone in (0, 4, 7)]
WALKING: list[Beats] = [(beat, 1, 36 + (0, 7, 5, 7)[beat % 4]) for beat in range(8)]


def file_of(path: Path, *parts: list[Beats], channels: tuple[int, ...] = (), one_track: bool = False) -> Path:
    midi = mido.MidiFile(type=0 if one_track else 1, ticks_per_beat=480)
    tracks = [[(note, number) for note in part] for number, part in enumerate(parts)]
    if one_track:
        tracks = [[one for track in tracks for one in track]]
    for notes in tracks:
        track = mido.MidiTrack()
        midi.tracks.append(track)
        told = []
        for (beat, beats, pitch), number in notes:
            channel = channels[number] if channels else 0
            told.append((round(beat * 480), 1, pitch, channel))
            told.append((round((beat + beats) * 480), 0, pitch, channel))
        now = 0
        for tick, on, pitch, channel in sorted(told):
            kind = "note_on" if on else "note_off"
            track.append(mido.Message(kind, note=pitch, velocity=80, channel=channel, time=tick - now))
            now = tick
    midi.save(path)
    return path


@pytest.mark.parametrize("left", [ALBERTI, BLOCKS, WALKING], ids=["broken chords", "chords", "bass"])
def test_of_two_hands_in_one_track_the_theme_is_the_upper_one(left: list[Beats], tmp_path: Path) -> None:
    path = file_of(tmp_path / "hands.mid", left, TUNE, one_track=True)
    assert [note.pitch for note in read_theme(path)] == PITCHES


@pytest.mark.parametrize(
    "hands", [(BLOCKS, TUNE), (WALKING, TUNE), (TUNE, BLOCKS), (TUNE, WALKING), (TUNE, ALBERTI)]
)
def test_an_accompaniment_in_a_track_of_its_own_is_not_the_theme(
    hands: tuple[list[Beats], ...], tmp_path: Path
) -> None:
    assert [note.pitch for note in read_theme(file_of(tmp_path / "hands.mid", *hands))] == PITCHES


def test_what_the_left_hand_plays_while_the_tune_rests_is_no_part_of_it(tmp_path: Path) -> None:
    tune: list[Beats] = [(1, 1, 72), (2, 1, 76), (4, 3, 79), (9, 2, 77)]
    path = file_of(tmp_path / "rest.mid", tune, ALBERTI, one_track=True)
    theme = read_theme(path)
    assert [note.pitch for note in theme] == [72, 76, 79, 77]
    assert [note.start for note in theme] == [0, 4, 12, 32]


def test_a_line_with_legato_and_wide_leaps_is_whole(tmp_path: Path) -> None:
    legato: list[Beats] = [(k, 1.3, pitch) for k, pitch in enumerate((84, 60, 79, 55, 76, 52))]
    assert [n.pitch for n in read_theme(file_of(tmp_path / "l.mid", legato))] == [84, 60, 79, 55, 76, 52]
    pedalled: list[Beats] = [(k, 3.0, pitch) for k, pitch in enumerate((84, 83, 81, 79, 77))]
    assert [n.pitch for n in read_theme(file_of(tmp_path / "p.mid", pedalled))] == [84, 83, 81, 79, 77]


def test_a_theme_for_the_cello_is_its_files_first_part_though_violins_play_above(tmp_path: Path) -> None:
    cello: list[Beats] = [(beat, beats, pitch - 20) for beat, beats, pitch in TUNE]
    violins: list[Beats] = [(4 * bar, 4, 72 + tone) for bar in (0, 1) for tone in (0, 4, 7)]
    path = file_of(tmp_path / "cello.mid", cello, violins, channels=(0, 1))
    assert [note.pitch for note in read_theme(path)] == [pitch - 20 for pitch in PITCHES]


def test_a_theme_whose_first_note_comes_late_begins_with_it(tmp_path: Path) -> None:
    late: list[Beats] = [(beat + 200.5, beats, pitch) for beat, beats, pitch in TUNE]
    theme = read_theme(file_of(tmp_path / "late.mid", late))
    assert [note.start for note in theme] == [0, 4, 8, 16, 20, 24]
    assert [note.pitch for note in theme] == PITCHES


def test_a_grace_note_is_a_note_of_its_own(tmp_path: Path) -> None:
    theme = read_theme(file_of(tmp_path / "g.mid", [(0, 0.04, 73), (0.04, 0.96, 74), (1, 1, 77)]))
    assert [note.pitch for note in theme] == [73, 74, 77]


@pytest.mark.parametrize(
    ("notes", "channel", "why"),
    [([(0, 1, 36)], 9, "nothing but drums"), ([], 0, "no note"), ([(0, 0, 60)], 0, "that begins")],
)
def test_a_file_without_a_theme_is_told_with_its_name(
    notes: list[Beats], channel: int, why: str, tmp_path: Path
) -> None:
    path = file_of(tmp_path / "none.mid", notes, channels=(channel,))
    with pytest.raises(MediaError, match=why) as caught:
        read_theme(path)
    assert "none.mid" in str(caught.value)
