"""The accompaniment's trainer: composing tells what learning told; interrupted runs go on exactly."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch

from engine.generate.accompaniment.compose import FigurePlan, _before, _Figure
from engine.generate.accompaniment.conditions import BLOCKS, GIST, FigureTable, event_features
from engine.generate.accompaniment.events import PITCHES, sounding_line, struck_of
from engine.generate.chord_features import step_roots
from engine.generate.lines.conditions import MADE, SOURCES, slots_of
from engine.train.music.accompaniment.data import FigureSet, Hidden, Stretches
from engine.train.music.accompaniment.fit import RECIPES, Fit


@pytest.fixture(scope="module")
def figures() -> FigureSet:
    """Six pieces of eight bars of random chords, some silent bars, notes held over bar lines."""
    rng = np.random.default_rng(3)
    pieces, bars = 6, 8
    count = pieces * bars
    onsets = np.zeros((count, 16), np.int64)
    sounds = np.zeros((count, 16), np.int64)
    piece = np.repeat(np.arange(pieces), bars)
    flat_on, flat_sound = onsets.reshape(-1), sounds.reshape(-1)
    for start in np.flatnonzero(rng.random(count * 16) < 0.3):
        end = min(start + int(rng.integers(1, 9)), (piece[start // 16] + 1) * bars * 16)
        for pitch in rng.choice(PITCHES, int(rng.integers(1, 4)), replace=False):
            flat_on[start] |= 1 << int(pitch)
            flat_sound[start:end] |= 1 << int(pitch)
    playing = np.ones(count, np.bool_)
    playing[5::16] = False
    onsets[~playing], sounds[~playing] = 0, 0
    chords = np.zeros((count, 4, 3), np.int8)
    chords[:, 2:, 0] = 7
    steps = np.full(count, 16)
    tokens = rng.integers(0, 30, (count, 16)).astype(np.uint8)
    melody, melody_onset = sounding_line(tokens, 0, steps)
    source = np.where(np.arange(count) % 8 >= 4, np.arange(count) - 4, -1)
    table = FigureTable(
        slots_of(chords),
        np.zeros(count, np.int64),
        np.zeros(count, np.bool_),
        piece,
        playing,
        rng.random((count, 7)).astype(np.float32),
        np.ones(count, np.bool_),
        np.arange(count) % 4,
        3 - np.arange(count) % 4,
        7 - np.arange(count) % 8,
        np.zeros((count, GIST), np.float32),
        np.full(count, -1.0, np.float32),
        np.eye(len(SOURCES), dtype=np.float32)[np.zeros(count, np.int64)],
        melody,
        melody_onset,
        melody,
        melody_onset,
        source,
    )
    return FigureSet(
        table,
        struck_of(onsets, sounds, steps, playing, piece),
        onsets,
        sounds & ~onsets,
        step_roots(chords, table.meter),
        np.where(piece % 3 == 2, 1, 0),
        np.zeros(count, np.int64),
        np.arange(count) * 16,
        rng.standard_normal((count, GIST)).astype(np.float16),
        np.arange(count) % 8 < 2,
    )


def test_what_is_told_when_composing_is_what_was_told_when_learning(figures: FigureSet) -> None:
    """The notes given, the writer must be told the same at every event on both ways."""
    struck = figures.struck
    rows = np.arange(8)
    own = FigureTable(*(getattr(figures.table, name)[rows] for name in FigureTable.__slots__))
    figure = _Figure(FigurePlan(own, np.full(8, 16), figures.root[:8], False, (1,)), np.zeros(1))
    end = int(np.searchsorted(struck.row, 8))
    learnt = Stretches(figures, 0, end, 1, Hidden()).assemble([0], hide=False).told[0].numpy()
    for event in range(end):
        assert not figure.done
        at = (figure.row, figure.step)
        assert at == (struck.row[event], struck.step[event])
        told = event_features(own, figure.onsets, np.array(at[:1]), np.array(at[1:]), _before([figure]))
        assert np.array_equal(told[0], learnt[event]), event
        notes = range(struck.first[event], struck.first[event + 1])
        figure.write([(int(struck.pitch[n]), int(struck.steps[n])) for n in notes], int(struck.wait[event]))
    assert figure.done
    assert (figure.onsets == figures.onsets[:8]).all()
    assert ((figure.sounds & ~figure.onsets) == figures.held[:8]).all()


def test_an_interrupted_run_goes_on_as_if_nothing_had_happened(figures: FigureSet, tmp_path: Path) -> None:
    recipe = replace(RECIPES["small"], length=24)
    whole = Fit(figures, recipe, tmp_path / "whole")
    whole.run(lambda _: None)
    for until in (1, 3, 4):
        broken = Fit(figures, recipe, tmp_path / "broken")
        broken.run(lambda _: None, until)
    assert broken.step == whole.step == recipe.steps
    for name, value in whole.average.state_dict().items():
        assert torch.equal(value, broken.average.state_dict()[name]), name


def test_the_generators_gist_is_told_as_such_and_only_where_there_is_one(figures: FigureSet) -> None:
    told = (
        Stretches(figures, 0, 24, 1, Hidden(gist=0.0, made=1.0, asked_over=(4,)))
        .assemble([0])
        .told[0]
        .numpy()
    )
    rows = figures.struck.row[: len(told)]
    there = figures.made_there[rows]
    assert there.any()
    assert not there.all()
    assert (told[there][:, BLOCKS["blur"]] == [MADE, 1]).all()
    assert not told[~there][:, BLOCKS["gist"]].any()
    assert np.array_equal(told[there][:, BLOCKS["gist"]], figures.made[rows[there]].astype(np.float32))


def test_each_note_is_learnt_knowing_those_below_it_and_no_other(figures: FigureSet) -> None:
    batch = Stretches(figures, 0, 32, 1, Hidden()).draw(3)
    known = batch.below.bool().numpy()
    for below, pitch in zip(known, batch.pitch.tolist(), strict=True):
        assert not below[pitch:].any()
    assert int((batch.wait >= 0).sum()) == len(torch.unique(batch.event))
