"""Writing lines: what is promised whatever the weights."""

from dataclasses import replace

import numpy as np
import pytest

from engine.generate.grid import FIRST_PITCH, HOLD, METER_STEPS, SPECS, line_notes
from engine.generate.lines.compose import Sampling, drawn, write_lines
from engine.generate.lines.conditions import BarTable
from engine.generate.lines.form_model import draw_form
from engine.generate.lines.returns import How, find_returns
from engine.generate.lines.weights import FOLDER, LineModels, debug_lines, load_lines
from tests.engine.generate.lines.small import plan


@pytest.fixture(scope="module")
def debug() -> LineModels:
    return debug_lines()


@pytest.fixture(scope="module")
def shipped() -> LineModels:
    return load_lines(FOLDER)


def test_a_take_is_the_same_alone_and_in_any_company(shipped: LineModels) -> None:
    plans = [plan(4, seed) for seed in range(11)]
    together = write_lines(shipped.writer, plans, shipped.sampling)
    turned = write_lines(shipped.writer, plans[::-1], shipped.sampling)[::-1]
    for number in (0, 7, 10):
        alone = write_lines(shipped.writer, [plans[number]], shipped.sampling)[0]
        assert (alone == together[number]).all()
        assert (alone == turned[number]).all()


@pytest.mark.parametrize("meter", [0, 1, 2])
def test_lines_keep_to_their_bars_and_ranges(debug: LineModels, meter: int) -> None:
    playing = np.ones((3, 6), np.bool_)
    playing[0, 2], playing[1, :3], playing[2, 5] = False, False, False
    for tokens in write_lines(debug.writer, [plan(6, s, meter, playing) for s in range(4)], Sampling()):
        assert (tokens[~playing] == 0).all()
        assert (tokens[:, :, METER_STEPS[meter] :] == 0).all()
        for line, role in enumerate((0, 1, 3)):
            used = tokens[line][tokens[line] >= FIRST_PITCH]
            assert used.max(initial=0) < FIRST_PITCH + SPECS[role].pitches


def test_given_bars_stay_and_the_line_goes_on_from_them(debug: LineModels) -> None:
    given = np.zeros((3, 4, 16), np.uint8)
    given[0, 1, [0, 4, 8]] = FIRST_PITCH + np.array([12, 16, 19])
    given[0, 1, [1, 2, 3, 5, 9, 10]] = HOLD
    fixed = np.zeros((3, 4), np.bool_)
    fixed[0, 1] = True
    for tokens in write_lines(
        debug.writer, [plan(4, s, given=given, fixed=fixed) for s in range(6)], Sampling()
    ):
        start, end, pitch = line_notes(tokens[0, 1], 48)
        assert [int(p) for p in pitch] == [60, 64, 67]
        assert (end - start).tolist() == [4, 2, 3]


def test_pentatonic_lines_leave_out_the_other_tones(debug: LineModels) -> None:
    for tokens in write_lines(debug.writer, [plan(4, s, pentatonic=True) for s in range(4)], Sampling()):
        for line, role in enumerate((0, 1, 3)):
            _, _, pitch = line_notes(tokens[line].reshape(-1), SPECS[role].low)
            assert set((pitch % 12).tolist()) <= {0, 2, 4, 7, 9}


def _near(models: LineModels, source: "np.ndarray[tuple[int, ...], np.dtype[np.int64]]") -> float:
    """Share of the last four bars that are as the first four, or nearly."""
    plans = [plan(8, seed, source=source) for seed in range(8)]
    zero, major = np.zeros(8, np.int64), np.zeros(8, np.bool_)
    near = []
    for tokens in write_lines(models.writer, plans, models.sampling, (0,)):
        found = find_returns(tokens[0], 48, zero, zero, major)
        near.append(np.isin(found.how[4:], (How.SAME, How.VARIED)) & (found.source[4:] == np.arange(4)))
    return float(np.mean(near))


def test_bars_that_shall_return_do_and_new_ones_are_new(shipped: LineModels) -> None:
    source = np.full((3, 8), -1)
    assert _near(shipped, source) < 0.2
    source[:, 4:] = np.arange(4)
    assert _near(shipped, source) > 0.6


@pytest.mark.parametrize("bars", [1, 2, 7, 16, 120])
def test_forms_of_any_length_look_back_and_end(shipped: LineModels, bars: int) -> None:
    for seed in range(4):
        collection = np.eye(10, dtype=np.float32)[1]
        form = draw_form(shipped.form, [0] * bars, collection, np.random.default_rng(seed))
        index = np.arange(bars)
        assert form.begins[0]
        assert (form.source < index).all()
        assert ((form.source >= 0) == (form.how != How.NEW)).all()
        assert sum(length for _, length, _ in form.letters()) == bars
        assert form.phrase_left[-1] == 0
        assert (form.phrase_bar + form.phrase_left < 13).all()


def test_themes_come_back_in_long_forms(shipped: LineModels) -> None:
    collection = np.eye(10, dtype=np.float32)[2]
    forms = [draw_form(shipped.form, [0] * 24, collection, np.random.default_rng(s)) for s in range(12)]
    returning = [len(f.letters()) - len({letter for letter, _, _ in f.letters()}) for f in forms]
    assert np.mean([count > 0 for count in returning]) > 0.7


def test_what_is_drawn_lies_in_the_nucleus() -> None:
    logits = np.log(np.array([0.5, 0.3, 0.15, 0.05]))
    seen = {drawn(logits, chance, 1.0, 0.9) for chance in np.linspace(0, 0.999, 200)}
    assert seen == {0, 1, 2}


def test_what_is_asked_is_leaned_to() -> None:
    """The same draws: higher where a high register is asked, shorter where much is."""
    debug = debug_lines()

    def written(asked: float, lean: tuple[float, float]) -> tuple[float, int]:
        plans = [replace(plan(6, seed), support=leaning(plan(6, seed).support, asked)) for seed in range(8)]
        lines = write_lines(debug.writer, plans, Sampling(lean=lean), (0,))
        tokens = np.concatenate([own[0].reshape(-1) for own in lines])
        notes = tokens[tokens >= FIRST_PITCH]
        return float(notes.mean()), len(notes)

    def leaning(table: BarTable, asked: float) -> BarTable:
        return replace(table, asked=np.full_like(table.asked, asked))

    assert written(0.9, (4.0, 0.0))[0] > written(0.1, (4.0, 0.0))[0] + 4
    assert written(0.9, (0.0, 3.0))[1] > 1.2 * written(0.1, (0.0, 3.0))[1]
