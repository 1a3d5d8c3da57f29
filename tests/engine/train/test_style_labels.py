"""What phrases are labelled with: a style by how they are written, never by the archive alone."""

from pathlib import Path

import numpy as np
import pytest

from engine.train.music.data import dataset
from engine.train.music.data.grid import GridPiece, to_grid
from engine.train.music.data.piece import ACCOMPANIMENT, MELODY, RawPiece, regular_bars
from engine.train.music.style_labels import mean_ahead, phrase_measures, teach
from engine.train.music.tensors import STYLES, Bars, load_bars


def song(name: str, source: str, tune: tuple[int, ...]) -> GridPiece:
    """Sixteen bars of a tune in quarters over plain triads on C."""
    notes = [(k * 1.0, 1.0, 72 + tune[k % len(tune)], 0, MELODY, 1) for k in range(64)]
    notes += [(bar * 4.0, 4.0, 48 + pitch, 0, ACCOMPANIMENT, 0) for bar in range(16) for pitch in (0, 4, 7)]
    notes += [(bar * 4.0, 4.0, 36, 0, ACCOMPANIMENT, 0) for bar in range(16)]
    grid = to_grid(RawPiece(name, name, source, (), np.array(notes), regular_bars(0, 64, 4, (4, 4))))
    assert isinstance(grid, GridPiece)
    return grid


@pytest.fixture(scope="module")
def bars(tmp_path_factory: pytest.TempPathFactory) -> Bars:
    path: Path = tmp_path_factory.mktemp("bars") / "bars.npz"
    pieces = [
        song("p/five", "pop909", (0, 2, 4, 7, 9, 7, 4, 2)),
        song("p/seven", "pop909", (0, 5, 4, 11, 0, 2, 5, 11)),
        song("n/five", "nesmdb", (0, 2, 4, 7, 9, 7, 4, 2)),
    ]
    dataset.save(dataset.join(pieces, 1), path)
    return teach(load_bars(path))


def taught(bars: Bars, piece: int, style: str) -> bool:
    """Whether the first phrase of a piece teaches a style."""
    return bool(bars.taught[np.flatnonzero(bars.piece == piece)[0], STYLES.index(style)])


def test_pentatonic_songs_teach_guofeng_and_others_do_not(bars: Bars) -> None:
    assert taught(bars, 0, "guofeng")
    assert not taught(bars, 1, "guofeng")
    assert not taught(bars, 2, "guofeng")


def test_only_game_music_teaches_chiptune(bars: Bars) -> None:
    assert not taught(bars, 0, "chiptune")
    assert phrase_measures(bars)["pentatonic"][0] == pytest.approx(1.0)


def test_means_run_over_the_eight_bars_ahead() -> None:
    assert mean_ahead(np.arange(10.0))[0] == pytest.approx(3.5)
