"""Harmonic rhythm: patterns that were counted, as busy as asked, steady where music is steady."""

import numpy as np
import pytest

from engine.generate.harmonic_rhythm import ChangePatterns

COUNTS = {"songs/0/0": {"0": 30}, "songs/0/1": {"1": 40}, "songs/0/2": {"5": 20}, "songs/0/4": {"15": 10}}


def patterns(keep: float = 0.0) -> ChangePatterns:
    return ChangePatterns(COUNTS, {"songs/0": {"quantiles": [0.25, 1.2, 3.0], "keep": keep}})


def drawn(model: ChangePatterns, place: float, count: int = 4000) -> list[int]:
    rng = np.random.default_rng(1)
    result = [-1]
    for _ in range(count):
        result.append(model.draw("songs", 0, place, result[-1], rng.random(2).tolist()))
    return result[1:]


@pytest.mark.parametrize(("place", "changes"), [(0.0, 0.25), (0.5, 1.2), (1.0, 3.0)])
def test_bars_change_as_often_as_the_collections_music_at_that_place(place: float, changes: float) -> None:
    codes = drawn(patterns(), place)
    assert set(codes) <= {0, 1, 5, 15}
    assert np.mean([code.bit_count() for code in codes]) == pytest.approx(changes, abs=0.1)


def test_steady_music_keeps_its_pattern_and_its_pace() -> None:
    free, steady = drawn(patterns(), 0.5), drawn(patterns(0.5), 0.5)
    same = [np.mean(np.array(c[1:]) == np.array(c[:-1])) for c in (free, steady)]
    assert same[1] > same[0] + 0.2
    assert np.mean([code.bit_count() for code in steady]) == pytest.approx(1.2, abs=0.15)


def test_a_metre_never_counted_changes_on_the_first_beat() -> None:
    assert patterns().draw("songs", 2, 0.7, -1, (0.5, 0.5)) == 1
