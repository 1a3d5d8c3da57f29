"""Training harmony: what is read from bars, that learning helps, that the result loads and plays."""

from pathlib import Path

import numpy as np
import pytest

from engine.generate.chord_events import CHORD_COUNT, chord_number, chord_tone
from engine.generate.harmony import HarmonyModel
from engine.generate.harmony_events import Brief
from engine.train.music import chord_pieces, harmony
from engine.train.music.data import dataset
from engine.train.music.data.grid import GridPiece, to_grid
from engine.train.music.data.piece import ACCOMPANIMENT, MELODY, RawPiece, regular_bars

PROGRESSION = ((0, 4, 7), (9, 0, 4), (5, 9, 0), (7, 11, 2))


def song(number: int) -> GridPiece:
    """Sixteen bars of I–vi–IV–V over a simple tune, in a key of its own."""
    notes = []
    for bar in range(16):
        chord = PROGRESSION[bar % 4]
        notes += [(bar * 4.0, 4.0, 48 + (pc + number) % 12, 0, ACCOMPANIMENT, 0) for pc in chord]
        notes.append((bar * 4.0, 4.0, 36 + (chord[0] + number) % 12, 0, ACCOMPANIMENT, 0))
        notes += [(bar * 4.0 + k, 1.0, 72 + (chord[k % 3] + number) % 12, 0, MELODY, 1) for k in range(4)]
    bars = regular_bars(0, 64, 4, (4, 4))
    raw = RawPiece(f"s/{number}", f"s/{number}", "songs", ("piano",), np.array(notes), bars)
    grid = to_grid(raw)
    assert isinstance(grid, GridPiece)
    return grid


@pytest.fixture(scope="module")
def arrays() -> dataset.Arrays:
    joined = dataset.join([song(number) for number in range(24)], version=1)
    joined["piece_split"] = np.array(["train"] * 18 + ["dev"] * 3 + ["test"] * 3)
    return joined


def test_events_are_the_chord_changes_in_the_key(arrays: dataset.Arrays) -> None:
    pieces = chord_pieces.read_chords(arrays, "train", ("songs",))
    assert len(pieces.first) == 19
    first = pieces.chord[: pieces.first[1]]
    wanted = chord_number(np.array([0, 9, 5, 7]), np.array([0, 1, 0, 0]))
    assert first.tolist() == np.tile(wanted, 4).tolist()
    assert pieces.returns["songs"] == (18 * 3, 18 * 3), "every group of four begins like the one before"
    assert {key[2:] for key in pieces.masks} == {(1, 1)}, "one change a bar, on its first beat"


def test_a_short_training_beats_chance_and_its_weights_play(arrays: dataset.Arrays, tmp_path: Path) -> None:
    sources = ("songs",)
    parts = [chord_pieces.read_chords(arrays, split, sources) for split in ("train", "dev", "test")]
    tension = chord_pieces.ranked_tension(parts)
    network, curve = harmony.train(parts[0], parts[1], 1, 60.0, tmp_path / "log.csv", epochs=35)
    assert curve[-1][1] < 0.5 * np.log(CHORD_COUNT)
    assert harmony.markov_nll(parts[0], parts[2]) < 0.5 * np.log(CHORD_COUNT)
    assert (tmp_path / "log.csv").read_text(encoding="utf-8").startswith("seconds,train_nll")
    harmony.write_weights(network, parts[0], sources, tension, tmp_path / "weights")
    model = HarmonyModel.load(tmp_path / "weights")
    brief = Brief(
        np.zeros(8, np.int64), False, "piano", np.full(8, 0.5), np.full(8, 0.5), np.full(8, -1), True, False,
        np.random.default_rng(1),
    )  # fmt: skip
    (table,) = model.write([brief])
    assert table.shape == (8, 4, 3)
    assert table[-1, 0].tolist() == [0, 0, 0]


def test_chord_tones_are_named_from_the_root() -> None:
    minor_seventh_on_nine = 8 * 12 + 9
    assert [chord_tone(minor_seventh_on_nine, degree) for degree in range(4)] == [9, 0, 4, 7]
    assert chord_tone(0, 3) == 0, "a triad has no seventh: the root stands in"
