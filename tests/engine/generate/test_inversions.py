"""Inversions: which chord tones lie in the bass, and what stays as harmony gave it."""

from pathlib import Path

import numpy as np
import numpy.typing as npt
import pytest

from engine.errors import WeightsError
from engine.generate.harmony_events import FREE, Brief
from engine.generate.inversions import load_inversions, slots_of
from engine.music.theory import CHORD_INTERVALS, QUALITIES

CYCLE = [(0, 0), (9, 1), (5, 0), (7, 0), (2, 1), (7, 6), (0, 0), (7, 0)]


def _brief(bars: int, seed: int, **how: object) -> Brief:
    values: dict[str, object] = {"origin": np.full(bars, -1), "ends": (bars // 2 - 1, bars - 1)} | how
    half = np.full(bars, 0.5)
    return Brief(
        np.zeros(bars, np.int64), False, "strings", half, half, closing=True, loop=False,
        rng=np.random.default_rng(seed), **values,
    )  # type: ignore[arg-type]  # fmt: skip


def _chords(bars: int) -> npt.NDArray[np.int8]:
    table = [[(root, quality, root)] * 4 for root, quality in (CYCLE[bar % 8] for bar in range(bars))]
    return np.array(table, np.int8)


def _moves(chords: npt.NDArray[np.int8]) -> npt.NDArray[np.int64]:
    bass = chords[..., 2].reshape(-1).astype(np.int64)
    away = np.abs((np.diff(bass) + 6) % 12 - 6)
    return away[away > 0]


def test_a_bass_under_inverted_chords_goes_by_step_more_often_than_one_of_roots() -> None:
    before, after = [], []
    for seed in range(30):
        chords = _chords(16)
        before.append(_moves(chords))
        after.append(_moves(load_inversions().write(_brief(16, seed), chords, "openscore_lieder")))
    of_roots, led = (float(np.mean(np.concatenate(each) <= 2)) for each in (before, after))
    assert led > of_roots + 0.05


@pytest.mark.parametrize("collection", ["pop909", "openscore_lieder", "openscore_orchestra", "nesmdb"])
def test_every_bass_is_a_tone_of_its_chord_and_the_chords_stay(collection: str) -> None:
    chords = _chords(12)
    found = load_inversions().write(_brief(12, 4), chords, collection)
    assert (found[..., :2] == chords[..., :2]).all()
    for root, quality, bass in found.reshape(-1, 3).tolist():
        assert (bass - root) % 12 in CHORD_INTERVALS[QUALITIES[quality]]


def test_beginnings_phrase_ends_and_the_close_keep_their_bass() -> None:
    for seed in range(10):
        found = load_inversions().write(_brief(8, seed), _chords(8), "openscore_lieder")
        for bar in (0, 3, 7):
            assert (found[bar, :, 2] == found[bar, :, 0]).all()


def test_what_returns_returns_with_its_bass() -> None:
    origin = np.full(16, -1)
    origin[8:12] = np.arange(4)
    for seed in range(10):
        brief = _brief(16, seed, origin=origin, ends=(15,))
        found = load_inversions().write(brief, _chords(16), "openscore_quartets")
        assert (found[8:12] == found[:4]).all()


def test_given_chords_are_left_alone() -> None:
    chords = _chords(8)
    given = np.full((8, 4, 3), FREE, np.int8)
    given[2:6] = chords[2:6]
    for seed in range(6):
        found = load_inversions().write(_brief(8, seed, given=given), chords, "openscore_quartets")
        assert (found[2:6] == chords[2:6]).all()


def test_beats_without_a_chord_stay_without() -> None:
    chords = _chords(4)
    chords[1] = (-1, QUALITIES.index("none"), 0)
    found = load_inversions().write(_brief(4, 1), chords, "openscore_lieder")
    assert (found[1] == chords[1]).all()
    slots, _, _ = slots_of(chords, np.zeros(4, np.int64))
    assert (slots.ahead[[3]] == -1).all()


def test_tables_of_another_shape_are_told(tmp_path: Path) -> None:
    folder = tmp_path / "inversions"
    folder.mkdir()
    (folder / "config.json").write_text('{"kind": "melodrama-inversions", "weights": {"pop909": [1, 2]}}')
    with pytest.raises(WeightsError, match="inversions"):
        load_inversions(folder)
