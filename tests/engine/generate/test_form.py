"""Metres, phrase plans and shapes."""

import numpy as np
import pytest

from dsl.plan import Meter
from engine.generate.form import choose_shape, fit_shapes, plain_shapes, returning_bars
from engine.generate.metre import bar_steps, model_bars


@pytest.mark.parametrize(
    ("top", "bottom"), [(4, 4), (3, 4), (6, 8), (2, 4), (5, 4), (7, 8), (12, 8), (1, 4), (3, 16)]
)
@pytest.mark.parametrize("bars", [1, 2, 5, 16])
def test_model_bars_add_up_to_the_metre(top: int, bottom: int, bars: int) -> None:
    meter = Meter(top, bottom)
    parts = model_bars(meter, bars)
    assert sum(part.steps for part in parts) == bars * bar_steps(meter)
    assert all(0 < part.steps <= (16, 12, 12)[part.meter] for part in parts)
    assert [part.bar for part in parts] == sorted(part.bar for part in parts)
    assert parts[-1].bar < bars


def test_native_metres_are_kept() -> None:
    assert {part.meter for part in model_bars(Meter(4, 4), 3)} == {0}
    assert {part.meter for part in model_bars(Meter(3, 4), 3)} == {1}
    assert {part.meter for part in model_bars(Meter(6, 8), 3)} == {2}
    assert len(model_bars(Meter(2, 4), 6)) == 3


def test_phrases_return_with_a_new_ending() -> None:
    origin = returning_bars(32)  # A A B A
    assert (origin[:8] == -1).all()
    assert origin[8:14].tolist() == [0, 1, 2, 3, 4, 5]
    assert (origin[14:24] == -1).all()
    assert origin[24:30].tolist() == [0, 1, 2, 3, 4, 5]


@pytest.mark.parametrize("bars", [1, 7, 8, 9, 65, 400])
def test_returning_bars_point_backwards(bars: int) -> None:
    origin = returning_bars(bars)
    assert len(origin) == bars
    assert (origin < np.arange(bars)).all()


def test_shapes_of_the_asked_style_are_drawn() -> None:
    fitted = fit_shapes(plain_shapes(4), np.ones(5, bool))
    style = np.array([0, 0, 1, 0], np.float32)
    rng = np.random.default_rng(0)
    same = np.ones((8, 8), bool)
    drawn = {choose_shape(fitted, style, 0, 0.5, same, rng) for _ in range(20)}
    assert drawn == {2}
