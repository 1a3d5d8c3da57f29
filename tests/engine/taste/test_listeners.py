"""Simulated listeners on real takes: fewer than the benchmark's (`python -m tests.benchmarks taste`), so
that it is quick."""

import numpy as np
import pytest

from engine.taste.order import MARGIN
from tests.benchmarks.taste import Reached, simulated


@pytest.fixture(scope="module")
def found() -> tuple[list[Reached], list[Reached]]:
    return simulated(10, 20)


def test_after_twenty_choices_what_comes_first_is_liked_far_more_than_chance_and_match(
    found: tuple[list[Reached], list[Reached]],
) -> None:
    listening, _ = found
    alone, both, match = (
        np.mean([getattr(one, name) for one in listening]) for name in ("taste", "both", "match")
    )
    assert alone > 0.5
    assert both > match + 0.2


def test_the_match_never_falls_by_more_than_the_margin_and_hardly_for_who_has_no_preferences(
    found: tuple[list[Reached], list[Reached]],
) -> None:
    listening, without = found
    assert max(one.worst for one in [*listening, *without]) <= MARGIN + 0.005
    assert np.mean([one.given_up for one in without]) < 0.03
