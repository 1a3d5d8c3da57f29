"""Music data: from files as archives have them to training bars, and what happens to bad ones."""

from collections import Counter
from pathlib import Path

import mido
import numpy as np
import pytest

from engine.errors import MediaError
from engine.train.music.data import dataset, nesmdb
from engine.train.music.data.compound import as_compound
from engine.train.music.data.grid import GridPiece, to_grid
from engine.train.music.data.midi import read_midi
from engine.train.music.data.musicxml import read_musicxml
from engine.train.music.data.openscore import song_roles, with_role
from engine.train.music.data.piece import (
    ACCOMPANIMENT,
    BASS,
    CHORDS,
    KEYBOARD,
    MELODY,
    RawBar,
    RawPiece,
    Skipped,
    regular_bars,
)
from engine.train.music.data.pop909 import chord_phase, match_roles
from engine.train.music.data.roles import assign_roles


def piece(notes: list[tuple[float, ...]], bars: tuple[RawBar, ...], **more: object) -> RawPiece:
    return RawPiece("t/1", "t/1", "t", ("piano",), np.array(notes, dtype=np.float64), bars, **more)  # type: ignore[arg-type]


def scale_song(
    meter: tuple[int, int] = (4, 4), beats: float = 4.0, first: float = 0.0, tonic: int = 60, bars: int = 8
) -> RawPiece:
    """A scale in quarters over tonic triads."""
    steps = [0, 2, 4, 5, 7, 5, 4, 2]
    end = first + bars * beats
    notes = [
        (float(b), 1.0, tonic + 12 + steps[i % 8], 0, MELODY, 0) for i, b in enumerate(np.arange(0, end))
    ]
    for bar in range(bars):
        notes += [(first + bar * beats, beats, tonic - 12 + i, 0, ACCOMPANIMENT, 1) for i in (0, 7, 12, 16)]
    return piece([n for n in notes if n[0] >= 0], regular_bars(first, end, beats, meter))


def on_grid(raw: RawPiece) -> GridPiece:
    result = to_grid(raw)
    assert isinstance(result, GridPiece), result
    return result


@pytest.mark.parametrize("tonic", [55, 57, 60, 61, 66])
def test_every_key_ends_on_c(tonic: int) -> None:
    grid = on_grid(scale_song(tonic=tonic))
    assert set((grid.tonic % 12).tolist()) == {tonic % 12}
    assert set(grid.chords[:, :, 0].reshape(-1).tolist()) == {0}
    bass = grid.notes[grid.notes[:, 5] == BASS]
    assert set((bass[:, 3] % 12).tolist()) == {0}


def test_roles_come_apart_and_lines_are_single() -> None:
    grid = on_grid(scale_song())
    assert set(grid.notes[:, 5].tolist()) == {MELODY, CHORDS, BASS}
    for role in (MELODY, BASS):
        line = grid.notes[grid.notes[:, 5] == role]
        assert len(np.unique(line[:, 0] * 16 + line[:, 1])) == len(line)


@pytest.mark.parametrize("upbeat", [0, 1])
def test_short_bars_are_paired_where_the_harmony_changes(upbeat: int) -> None:
    chords = [(48, 64, 67), (43, 62, 71)]
    notes = []
    for half in range(20):
        for pitch in chords[(half + upbeat) // 2 % 2]:
            notes.append((half * 2.0, 2.0, pitch, 0, ACCOMPANIMENT, 0))
    grid = on_grid(piece(notes, regular_bars(0, 40, 2, (2, 4))))
    assert set(grid.meter.tolist()) == {0}
    assert len(grid.index) == 10 - upbeat
    assert (grid.chords[:, 0] == grid.chords[:, 3]).all(), "a bar holds one chord"


def test_twelve_eight_is_split() -> None:
    split = on_grid(scale_song((12, 8), 6.0))
    assert set(split.meter.tolist()) == {2}
    assert len(split.index) == 16


def test_odd_metres_leave_a_visible_gap() -> None:
    four = scale_song()
    odd = RawBar(32.0, 5.0, (5, 4))
    after = regular_bars(37.0, 69.0, 4.0, (4, 4))
    notes = np.concatenate([four.notes, four.notes + np.array([37.0, 0, 0, 0, 0, 0])])
    grid = on_grid(piece(notes.tolist(), (*four.bars, odd, *after)))
    assert grid.lost["bars of 5/4"] == 1
    assert (np.diff(grid.index) > 1).sum() == 1


def test_bars_off_the_grid_are_left_out_and_counted() -> None:
    raw = scale_song()
    notes = raw.notes.copy()
    inside = (notes[:, 0] >= 8) & (notes[:, 0] < 12)
    notes[inside, 0] += 0.12
    grid = on_grid(piece(notes.tolist(), raw.bars))
    assert grid.lost["bars off the sixteenth grid"] == 1
    assert len(grid.index) == 7


def test_triplet_music_becomes_compound() -> None:
    notes = [(i / 3, 1 / 3, 60 + i % 5, 0, MELODY, 0) for i in range(96)]
    turned = as_compound(piece(notes, regular_bars(0, 32, 4, (4, 4))))
    assert {bar.meter for bar in turned.bars} == {(12, 8)}
    grid = on_grid(turned)
    assert set((grid.notes[:, 1] % 2).tolist()) == {0}
    straight = scale_song()
    assert as_compound(straight) is straight


@pytest.mark.parametrize("count", [0, 1, 7])
def test_too_few_notes_are_a_reason_not_an_error(count: int) -> None:
    notes = [(float(i), 1.0, 60, 0, MELODY, 0) for i in range(count)]
    raw = RawPiece("t/1", "t", "t", (), np.array(notes).reshape(-1, 6), regular_bars(0, 8, 4, (4, 4)))
    assert isinstance(to_grid(raw), Skipped)


def test_an_alberti_bass_is_one_bass_note_a_figure() -> None:
    figure = [(8 * i + 2 * k, 2, pitch) for i in range(4) for k, pitch in enumerate((48, 55, 52, 55))]
    melody = [(8 * i, 8, pitch) for i, pitch in enumerate((72, 74, 76, 77))]
    position, steps, pitch = np.array(sorted([*figure, *melody, (32, 8, 48)])).T
    roles, _ = assign_roles(position, steps, pitch, np.full(len(pitch), KEYBOARD), position // 16)
    assert pitch[roles == MELODY].tolist() == [72, 74, 76, 77]
    assert pitch[roles == BASS].tolist() == [48] * 5


def test_bars_start_where_chords_change() -> None:
    assert chord_phase(np.arange(2, 66, 4.0), 4.0) == 2.0
    assert chord_phase(np.arange(0, 64, 4.0), 4.0) == 0.0
    assert chord_phase(np.zeros(0), 4.0) == 0.0


def midi_file(path: Path, tracks: dict[str, list[tuple[int, int, int, int]]]) -> Path:
    """Notes (start tick, ticks, pitch, velocity) at 480 ticks a beat."""
    file = mido.MidiFile(ticks_per_beat=480)
    for name, notes in tracks.items():
        track = mido.MidiTrack([mido.MetaMessage("track_name", name=name)])
        events = sorted(
            [(s, 1, p, v) for s, _, p, v in notes] + [(s + t, 0, p, 0) for s, t, p, _ in notes],
            key=lambda e: e[:2],
        )
        now = 0
        for tick, on, pitch, velocity in events:
            kind = "note_on" if on else "note_off"
            track.append(mido.Message(kind, note=pitch, velocity=velocity, time=tick - now))
            now = tick
        file.tracks.append(track)
    file.save(str(path))
    return path


def test_merged_notes_find_their_tracks_again_across_a_shift(tmp_path: Path) -> None:
    melody = [(480 * i + 40, 400, 72 + i % 5, 100 + i % 20) for i in range(40)]
    piano = [(480 * i + 40, 400, 48 + i % 7, 60 + i % 20) for i in range(40)]
    original = read_midi(midi_file(tmp_path / "a.mid", {"MELODY": melody, "PIANO": piano}))
    merged = np.array(sorted((s / 480 + 3.9, 0.8, p, v) for s, _, p, v in melody + piano))
    roles, found = match_roles(merged, original)
    assert found == 1.0
    assert (roles[merged[:, 2] >= 72] == MELODY).all()
    assert (roles[merged[:, 2] < 72] == ACCOMPANIMENT).all()


def test_broken_midi_says_so(tmp_path: Path) -> None:
    for name, content in (("a.mid", b""), ("b.mid", b"MThd\x00\x00"), ("c.mid", b"no midi at all" * 20)):
        (tmp_path / name).write_bytes(content)
        with pytest.raises(MediaError, match=name):
            read_midi(tmp_path / name)
    with pytest.raises(MediaError, match="no notes"):
        read_midi(midi_file(tmp_path / "empty.mid", {"nothing": []}))


def test_a_year_long_file_is_refused(tmp_path: Path) -> None:
    path = midi_file(tmp_path / "long.mid", {"one": [(0, 480, 60, 90), (480 * 30_000, 480, 60, 90)]})
    with pytest.raises(MediaError, match="longer"):
        read_midi(path)


PICKUP_SONG = """<score-partwise>
<part-list><score-part id="P1"><part-name>Voice</part-name></score-part></part-list>
<part id="P1"><measure number="0" implicit="yes">
<attributes><divisions>2</divisions><key><fifths>1</fifths></key>
<time><beats>3</beats><beat-type>4</beat-type></time></attributes>
<direction><direction-type><dynamics><f/></dynamics></direction-type></direction>
<note><pitch><step>D</step><octave>5</octave></pitch><duration>2</duration><lyric><text>O</text></lyric></note>
</measure>{measures}</part></score-partwise>"""
G4 = "<pitch><step>G</step><octave>4</octave></pitch>"
FULL = f"""<measure><note>{G4}<duration>4</duration><tie type="start"/></note>
<note>{G4}<duration>2</duration><tie type="stop"/></note></measure>"""


def test_pickups_ties_and_dynamics_are_read_from_scores(tmp_path: Path) -> None:
    path = tmp_path / "song.musicxml"
    path.write_text(PICKUP_SONG.format(measures=FULL * 5), encoding="utf-8")
    score = read_musicxml(path)
    assert [(bar.start, bar.beats) for bar in score.bars[:3]] == [(-2.0, 3.0), (1.0, 3.0), (4.0, 3.0)]
    assert score.bars[0].fifths == 1
    notes = score.parts[0].notes
    assert notes[:3, :4].tolist() == [[0.0, 1.0, 74.0, 94.0], [1.0, 3.0, 67.0, 94.0], [4.0, 3.0, 67.0, 94.0]]
    assert [role for _, role in song_roles(score)] == [MELODY]
    assert (with_role(score.parts[0], MELODY, 0)[:, 4] == MELODY).all()


@pytest.mark.parametrize(
    "text",
    ["", "<score-partwise>", "<html/>", "<score-partwise/>", PICKUP_SONG.replace("<octave>5", "<octave>x")],
)
def test_broken_scores_say_so(tmp_path: Path, text: str) -> None:
    path = tmp_path / "bad.musicxml"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(MediaError, match=r"bad\.musicxml"):
        read_musicxml(path)


@pytest.mark.parametrize("step", [6.0, 7.5, 9.0])
def test_the_beat_of_game_music_is_found(step: float) -> None:
    rng = np.random.default_rng(1)
    melody = np.sort(rng.choice(256, 150, replace=False)) * step + 3.0
    bass = np.arange(0, 256, 4) * step + 3.0
    frames = np.round(np.concatenate([melody, bass]))
    low = np.column_stack([bass, np.full(64, step * 4), 36 + np.arange(64) // 4 % 3 * 5, np.zeros(64)])
    grid = nesmdb.find_grid(frames, low)
    assert grid is not None
    assert grid.step == pytest.approx(step, rel=0.004)
    assert grid.bar_steps == 16


def test_music_without_a_beat_has_none() -> None:
    onsets = np.sort(np.random.default_rng(2).uniform(0, 3000, 300))
    assert nesmdb.find_grid(onsets, np.zeros((0, 4))) is None


def test_works_never_lie_in_two_splits_and_shares_hold() -> None:
    counts = Counter(dataset.split_of(f"work/{i}") for i in range(4000))
    assert dataset.split_of("pop909/001") == dataset.split_of("pop909/001")
    assert 0.87 < counts["train"] / 4000 < 0.93
    assert min(counts["dev"], counts["test"]) > 100


def test_a_dataset_survives_saving_and_marks_repeats(tmp_path: Path) -> None:
    grids = [on_grid(scale_song()), on_grid(scale_song())]
    arrays = dataset.join(grids, version=3)
    assert set(arrays) == {name for key in dataset.FIELDS for name in key.split(", ")}
    assert arrays["bar_window_repeat"].tolist() == [False] * 8 + [True] + [False] * 7
    dataset.save(arrays, tmp_path / "bars.npz")
    again = dataset.load(tmp_path / "bars.npz")
    assert all(np.array_equal(arrays[k], again[k], equal_nan=arrays[k].dtype.kind == "f") for k in arrays)
    assert [p.name for p in tmp_path.iterdir()] == ["bars.npz"]
