"""The line writer's trainer: composing tells what learning told; interrupted runs go on exactly."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch

import engine.generate.lines.compose as composing
from engine.generate.grid import FIRST_PITCH, HOLD, LINES, SPECS, BarArrays
from engine.generate.lines.conditions import MADE, MINOR_AT, smoothed
from engine.generate.lines.events import INTERVAL_OF_REST, NO_INTERVAL, NOTHING, REST, intervals_of
from engine.generate.lines.weights import debug_lines
from engine.generate.lines.writer import Heard, LineWriter, WriterConfig
from engine.generate.weights import debug_networks
from engine.train.music.tensors import Bars, previous_pitch
from engine.train.music.writer.__main__ import trained
from engine.train.music.writer.batches import Shares, Stretches
from engine.train.music.writer.data import LineSet
from engine.train.music.writer.fit import Fit
from engine.train.music.writer.form_fit import fit_form
from engine.train.music.writer.phrases import divide, places
from engine.train.music.writer.prepare import checksum, joined, quantiles_of
from engine.train.music.writer.recipes import RECIPES
from engine.train.music.writer.rewritten import real_plan


def _song_bars(pieces: int, bars: int) -> Bars:
    """Pieces of random lines in 4/4, whose second half repeats the first."""
    rng = np.random.default_rng(5)
    count = pieces * bars
    tokens = np.zeros((3, count, 16), np.uint8)
    for line, role in enumerate(LINES):
        for piece in range(pieces):
            for bar in range(bars // 2):
                row = piece * bars + bar
                starts = np.sort(rng.choice(16, 5, replace=False))
                tokens[line, row, starts[0] :] = HOLD
                tokens[line, row, starts] = FIRST_PITCH + rng.integers(0, SPECS[role].pitches - 8, 5)
                tokens[line, row + bars // 2] = tokens[line, row]
    present = np.zeros((count, 5), np.bool_)
    present[:, list(LINES)] = True
    piece = np.repeat(np.arange(pieces), bars)
    chords = np.zeros((count, 4, 3), np.int8)
    split = np.where(piece % 3 == 2, 1, 0)
    left = bars - 1 - np.arange(count) % bars
    return Bars(
        BarArrays(tokens, np.zeros((2, count, 16), np.int64), np.zeros((2, count, 16), np.int64), present),
        np.stack([previous_pitch(tokens[i], piece) for i in range(3)]),
        chords,
        np.zeros(count, np.int64),
        np.zeros(count, np.bool_),
        np.zeros(count, np.int64),
        piece,
        piece,
        np.ones(count, np.bool_),
        left,
        rng.random((count, 11)).astype(np.float32),
        rng.random((count, 7)).astype(np.float32),
        np.full((count, 2), np.nan, np.float32),
        split,
        ("openscore_lieder",),
        np.zeros(count, np.int64),
        np.zeros((count, 10), np.bool_),
    )


@pytest.fixture(scope="module")
def lines() -> LineSet:
    return joined(debug_networks(), [(_song_bars(12, 12), {}), (_song_bars(3, 12), {})])


def test_what_is_heard_when_composing_is_what_was_heard_when_learning(
    lines: LineSet, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The notes given, the writer must be told and hear the same at every event on both ways."""
    plan = real_plan(lines, 0, 12, (1,))
    plan = replace(plan, given=lines.tokens[:, :12].copy(), fixed=np.ones((3, 12), np.bool_))
    recorded = []
    heard_of = composing._heard

    def record(*arguments: object) -> object:
        recorded.append(heard_of(*arguments))  # type: ignore[arg-type]
        return recorded[-1]

    monkeypatch.setattr(composing, "_heard", record)
    stretches = Stretches(lines, 0, RECIPES["small"].writer.shares, 400, 1)
    models = debug_lines()
    for role in range(3):
        recorded.clear()
        written = composing.write_lines(models.writer, [plan], models.sampling, (0, role))[0]
        assert (written[role] == lines.tokens[role, :12]).all()
        events = lines.lines[role]
        end = int(np.searchsorted(events.row, 12))
        heard, pitch, _ = stretches.assemble([(role, 0, end)], hide=False)
        own = recorded[-end:]
        assert len(own) == end == pitch.shape[1]
        for name in set(Heard.__slots__) - {"time"}:
            composed = torch.cat([getattr(each, name)[0] for each in own])
            assert torch.equal(composed, getattr(heard, name)[0]), (role, name)


def test_an_interrupted_run_goes_on_as_if_nothing_had_happened(lines: LineSet, tmp_path: Path) -> None:
    recipe = RECIPES["small"].writer
    whole = Fit(lines, recipe, tmp_path / "whole")
    whole.run(lambda _: None)
    for until in (2, 3, 6):
        broken = Fit(lines, recipe, tmp_path / "broken")
        broken.run(lambda _: None, until)
    assert broken.step == whole.step == recipe.steps
    for name, value in whole.average.state_dict().items():
        assert torch.equal(value, broken.average.state_dict()[name]), name


def test_returns_of_real_lines_are_found(lines: LineSet) -> None:
    first = slice(6, 12)
    assert (lines.returns[0].source[first] == np.arange(6)).all()
    assert lines.table.phrase_bar[0] == 0


def test_form_learns_that_halves_return(lines: LineSet) -> None:
    logged: list[str] = []
    fit_form(lines, 4, 1, logged.append)
    assert logged
    assert "held out" in logged[-1]


def test_phrases_begin_after_long_notes() -> None:
    strength = np.zeros(16)
    strength[[4, 8, 12]] = 1.0
    assert divide(strength) == [0, 4, 8, 12]
    at, left = places([0, 4, 8, 12], 16)
    assert at[5] == 1
    assert left[5] == 2


def test_quantiles_rise_and_data_is_known_again(lines: LineSet) -> None:
    table = quantiles_of(lines)
    assert (np.diff(table, axis=2) >= 0).all()
    assert checksum(lines) == checksum(lines)
    other = replace(lines, tokens=np.zeros_like(lines.tokens))
    assert checksum(other) != checksum(lines)


def test_a_recipe_goes_on_from_another_and_hears_intervals(lines: LineSet, tmp_path: Path) -> None:
    fit = trained(lines, "small, relative", tmp_path, "cpu", None)
    assert fit is not None
    assert (tmp_path / "writer-small" / "writer.json").exists()
    moved = {
        name for name, value in fit.writer.state_dict().items() if name.startswith("interval") and value.any()
    }
    assert {"interval.weight", "intervals.0.weight"} <= moved
    assert trained(lines, "small, relative", tmp_path, "cpu", None).step == 3


def test_later_steps_hear_the_gist_that_the_generator_makes_and_what_is_asked_on_average(
    tmp_path: Path,
) -> None:
    made = joined(debug_networks(), [(_song_bars(6, 16), {}), (_song_bars(3, 12), {})], made=True)
    assert made.made is not None
    assert made.made_there is not None
    assert made.made_there[:96].all()  # two whole phrases a piece
    assert made.made_there[96:108].sum() == 8  # what fills no phrase has none
    again = joined(debug_networks(), [(_song_bars(6, 16), {}), (_song_bars(3, 12), {})], made=True)
    assert np.array_equal(made.made, again.made)  # type: ignore[arg-type]
    shares = RECIPES["small, made"].writer.last
    stretches = Stretches(made, 0, shares, 24, 1)
    table, _ = stretches._blurred_bars(0, 16, 0, 0, True)
    assert (table.blur == MADE).all()
    assert np.array_equal(table.gist, made.made[:, :16].astype(np.float32))
    asked = made.table.asked[:16]
    assert table.asked[:, 0].std() < 0.6 * asked[:, 0].std()
    fit = trained(made, "small, made", tmp_path, "cpu", None)
    assert fit is not None
    assert fit.train.shares == shares
    assert Fit(made, fit.recipe, tmp_path / "writer-small, made").step == 4


def test_means_of_what_is_asked_stay_within_their_stretch() -> None:
    values = np.arange(12, dtype=np.float32)[:, None]
    run = np.array([7] * 5 + [2] * 7)
    means = smoothed(values, run, 4)[:, 0]
    assert means[:5].max() <= 4
    assert means[5:].min() >= 5
    assert means[2] == pytest.approx(1.5)
    assert np.array_equal(smoothed(values, run, 1), values)
    assert smoothed(values, run, 99)[:5, 0] == pytest.approx([2.0] * 5)


def test_a_writer_that_begins_to_hear_intervals_writes_as_before_at_first(lines: LineSet) -> None:
    plain = LineWriter(WriterConfig(width=32, layers=1, heads=2, window=64)).eval()
    config = WriterConfig(width=32, layers=1, heads=2, window=64, relative=True, diatonic=True)
    wider = LineWriter(config).eval()
    wider.load_state_dict(plain.state_dict(), strict=False)
    heard, _, _ = Stretches(lines, 0, Shares(), 24, 1).draw(3)
    state = plain(heard)
    assert torch.equal(state, wider(heard))
    minor = heard.features[..., MINOR_AT] > 0
    assert torch.equal(
        plain.pitch_logits(state, heard.anchor, minor), wider.pitch_logits(state, heard.anchor, minor)
    )


def test_a_figure_a_degree_higher_is_the_same_by_scale_degrees() -> None:
    config = WriterConfig(width=32, layers=1, heads=2, window=64, relative=True, diatonic=True)
    writer = LineWriter(config)
    with torch.no_grad():
        writer.degree.bias.normal_()
    state = torch.zeros(2, 32)
    # C D E F in C major (pitch indices from C1): the third above C and above D.
    logits = writer.pitch_logits(state, torch.tensor([36, 38]), torch.tensor([False, False]))
    own = (logits - writer.pitch.bias).detach()
    assert float(own[0, 40]) == pytest.approx(float(own[1, 41]), abs=1e-5)
    assert float(own[0, 39]) != pytest.approx(float(own[1, 41]), abs=1e-5)


def test_intervals_count_from_the_last_note_over_rests_but_not_over_runs() -> None:
    pitch = np.array([40, REST, 44, 44, 20])
    numbers, anchor = intervals_of(pitch, np.array([1, 1, 1, 1, 2]))
    assert anchor.tolist() == [NOTHING, 40, 40, 44, NOTHING]
    assert numbers.tolist() == [NO_INTERVAL, INTERVAL_OF_REST, 24 + 4, 24, NO_INTERVAL]
