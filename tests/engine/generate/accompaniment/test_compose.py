"""Writing accompaniments: what is promised whatever the weights, and what the shipped ones bring."""

import numpy as np
import pytest

from engine.generate.accompaniment.compose import FigureSampling, write_figures
from engine.generate.accompaniment.events import PITCHES, SPEC, struck_of
from engine.generate.accompaniment.weights import (
    AccompanimentModel,
    debug_accompaniment,
    load_accompaniment,
)
from engine.generate.grid import METER_STEPS, set_notes
from tests.engine.generate.accompaniment.small import plan


@pytest.fixture(scope="module")
def debug() -> AccompanimentModel:
    return debug_accompaniment()


@pytest.fixture(scope="module")
def shipped() -> AccompanimentModel:
    return load_accompaniment()


def test_a_take_is_the_same_alone_and_in_any_company(shipped: AccompanimentModel) -> None:
    plans = [plan(3, seed) for seed in range(10)]
    together = write_figures(shipped.writer, plans, shipped.sampling)
    turned = write_figures(shipped.writer, plans[::-1], shipped.sampling)
    for number in (0, 7, 9):
        alone = write_figures(shipped.writer, [plans[number]], shipped.sampling)
        here, there = slice(3 * number, 3 * number + 3), slice(3 * (9 - number), 3 * (9 - number) + 3)
        for own, all_of_them, backwards in zip(alone, together, turned, strict=True):
            assert (own == all_of_them[here]).all()
            assert (own == backwards[there]).all()


@pytest.mark.parametrize("meter", [0, 1, 2])
def test_accompaniments_keep_to_their_bars_and_range(debug: AccompanimentModel, meter: int) -> None:
    playing = np.array([True, True, False, True, True, False])
    for seed in range(3):
        asked = plan(6, seed, meter, playing)
        onsets, sounds = write_figures(debug.writer, [asked], FigureSampling())
        assert (onsets[~playing] == 0).all()
        assert (sounds[~playing] == 0).all()
        assert (sounds[:, METER_STEPS[meter] :] == 0).all()
        assert (onsets & ~sounds == 0).all()
        assert sounds.max(initial=0) < 1 << PITCHES


def test_pentatonic_accompaniments_leave_out_the_other_tones(debug: AccompanimentModel) -> None:
    onsets, sounds = write_figures(debug.writer, [plan(6, 3, pentatonic=True)], FigureSampling())
    _, _, pitch = set_notes(onsets.reshape(-1), sounds.reshape(-1), SPEC.low, PITCHES)
    assert len(pitch) > 5
    assert set((pitch % 12).tolist()) <= {0, 2, 4, 7, 9}


def test_what_is_written_reads_back_as_the_events_it_was_written_as(debug: AccompanimentModel) -> None:
    """A pitch struck again ends the note before; nothing sounds longer than it was to."""
    onsets, sounds = write_figures(debug.writer, [plan(4, seed) for seed in range(8)], FigureSampling())
    run = np.repeat(np.arange(8), 4)
    struck = struck_of(onsets, sounds, np.full(32, 16), np.ones(32, np.bool_), run)
    again = np.zeros_like(onsets)
    for event in range(len(struck)):
        for note in range(struck.first[event], struck.first[event + 1]):
            again[struck.row[event], struck.step[event]] |= 1 << int(struck.pitch[note])
    assert (again == onsets).all()
    assert struck.steps.max() <= 32
    assert (struck.wait >= 1).all()


def test_a_figure_stays_as_it_does_in_real_music(shipped: AccompanimentModel) -> None:
    """Onsets of neighbouring bars that fall together: real .66, bars that do not hear each other .39."""
    onsets, _ = write_figures(shipped.writer, [plan(8, seed) for seed in range(16)], shipped.sampling)
    bars = onsets.reshape(16, 8, 16) != 0
    both = (bars[:, 1:] & bars[:, :-1]).sum(2)
    either = (bars[:, 1:] | bars[:, :-1]).sum(2)
    assert both[either > 0].sum() / either[either > 0].sum() > 0.5
