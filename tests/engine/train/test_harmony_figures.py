"""Figures of harmony: what they say of chords one can count by hand, and that takes are as rich as songs."""

import numpy as np
import pytest

from engine.generate.cadence import STYLES
from engine.generate.harmony import HarmonyModel
from engine.generate.lines.weights import LineModels, load_lines
from engine.train.music.harmony_figures import BigramModel, ChordWindows, chord_windows, figures, weighted
from engine.train.music.harmony_table import asked_requests, markdown, take_chords

MAJ, MIN, SEVENTH = 0, 1, 6


def windows(bars: list[list[tuple[int, int, int]]], minor: bool = False) -> ChordWindows:
    """One window of eight bars, each given by its chord or its four (root, quality, bass)."""
    table = np.array([[bar * 4 if len(bar) == 1 else bar for bar in bars]])
    ends = np.zeros((1, 8), np.bool_)
    ends[0, [3, 7]] = True
    return chord_windows(table.reshape(1, 8, 4, 3), np.array([minor]), ends)


ONE, FOUR, FIVE, SIX = [(0, MAJ, 0)], [(5, MAJ, 5)], [(7, MAJ, 7)], [(9, MIN, 9)]
SONG = windows([ONE, SIX, FOUR, FIVE, ONE, SIX, [(2, SEVENTH, 6)], FIVE])


def test_what_one_can_count_by_hand() -> None:
    table = figures(SONG, BigramModel({"song": SONG}, {"song": 1.0}))
    assert table["different chords in eight bars"] == 5
    assert table["chord changes a bar"] == 7 / 8
    assert table["tonic"] == table["mediants"] == table["dominant"] == 0.25
    assert table["subdominant"] == 0.25, "the second degree too"
    assert table["seventh chords"] == table["inversions"] == 1 / 8
    assert table["chords with a tone outside the scale"] == 1 / 8
    assert table["secondary dominants, of all changes"] == pytest.approx(1 / 7)
    assert table["phrases end on the fifth degree"] == 1.0


def test_the_leading_tone_of_minor_is_no_stranger_there() -> None:
    table = figures(windows([[(0, MIN, 0)], [(7, SEVENTH, 7)]] * 4, minor=True), BigramModel({}, {}))
    assert table["chords with a tone outside the scale"] == 0
    assert table["secondary dominants, of all changes"] == 0


def test_shuffled_chords_surprise_a_model_of_the_song_and_dull_ones_do_not() -> None:
    learnt = windows([ONE, FOUR, FIVE, ONE, SIX, FOUR, FIVE, ONE])
    bigrams = BigramModel({"song": learnt}, {"song": 1.0})
    own = bigrams.surprise(learnt)[0]
    shuffled = learnt.shuffled(np.random.default_rng(2))
    assert sorted(shuffled.chord[0]) == sorted(learnt.chord[0])
    assert bigrams.surprise(shuffled)[0] > own
    assert (
        bigrams.surprise(windows([ONE, FOUR, ONE, FOUR, ONE, FOUR, ONE, FOUR]))[0]
        < bigrams.surprise(shuffled)[0]
    )


def test_windows_without_known_harmony_do_not_count() -> None:
    unknown = [(-1, 11, 0)]
    assert len(windows([ONE, unknown, unknown, unknown, ONE, ONE, ONE, ONE])) == 0
    held = windows([ONE, unknown, FIVE, FIVE, ONE, ONE, ONE, ONE])
    assert (held.chord[0, 4:8] == 0).all(), "the chord before holds on"


def test_collections_join_by_weight_and_empty_ones_stay_out() -> None:
    assert weighted([(1.0, {"x": 1.0}), (3.0, {"x": 2.0}), (9.0, {})]) == {"x": 1.75}


def test_the_table_names_every_figure_beside_the_real_one() -> None:
    table = figures(SONG, BigramModel({}, {}))
    rows = dict.fromkeys(("real", "ours", "shuffled"), table)
    text = markdown({"piano": rows, "all": rows})
    assert len(text.splitlines()) == 2 + len(table)
    assert "| piano: ours (real) |" in text.splitlines()[0]


@pytest.fixture(scope="module")
def lines() -> LineModels:
    return load_lines(None, "cpu")


def test_takes_have_the_chords_of_songs_and_calm_ones_their_neighbours(lines: LineModels) -> None:
    model, plain = HarmonyModel.load(), BigramModel({}, {})
    tables = {style: figures(take_chords(model, lines, asked_requests(style, 2)), plain) for style in STYLES}
    mean = weighted([(1.0, table) for table in tables.values()])
    # Real music of the same collections: 7.2 and 1.31, .30, .17, .20.
    assert mean["different chords in eight bars"] > 5.7
    assert 1.15 < mean["chord changes a bar"] < 1.5
    assert mean["tonic"] < 0.42
    assert mean["chords with a tone outside the scale"] > 0.06
    assert mean["inversions"] > 0.1
    calm = [request for request in asked_requests("piano", 12) if request.intents[0].tension < 0.2]
    still = figures(take_chords(model, lines, calm), plain)
    assert still["distance from rest"] < 0.2
    assert still["different chords in eight bars"] > 4.8
