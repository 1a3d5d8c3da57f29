"""A scene's mood: neighbours count, the nearer the more, hardly across a turn, never across scenes."""

import numpy as np
import pytest

from engine.text.scene_mood import BARRIER, SceneMood, around, with_scene_mood

HALF = SceneMood(0.5, ((0.5, 0.5, 0.0),) * 3)


def feelings(*valences: float) -> np.ndarray:
    return np.array([[valence, 0.0, 0.0] for valence in valences], np.float32)


def test_a_line_alone_stays_as_it_is() -> None:
    lines = feelings(0.4, -0.8)
    assert (with_scene_mood(lines, 0 * lines, [0, 1], [False, False], HALF) == lines).all()


def test_the_nearer_neighbour_counts_more() -> None:
    near, _ = around(feelings(0.0, 1.0, 0.0, 0.0, 0.0), [0] * 5, [False] * 5, 0.5)
    assert near[0, 0] > near[3, 0] > 0
    assert near[2, 0] == pytest.approx(0.5 / (0.5 + 0.5 + 0.25 + 0.25))


def test_a_scene_does_not_hear_the_next() -> None:
    lines = feelings(0.6, 0.6, -0.6, -0.6)
    drawn = with_scene_mood(lines, 0 * lines, [0, 0, 1, 1], [False] * 4, HALF)
    assert drawn[:, 0] == pytest.approx([0.6, 0.6, -0.6, -0.6])


def test_a_turn_keeps_most_of_the_other_side_out() -> None:
    lines = feelings(0.8, 0.8, 0.8, -0.8, -0.8, -0.8)
    straight = with_scene_mood(lines, 0 * lines, [0] * 6, [False] * 6, HALF)
    turned = with_scene_mood(lines, 0 * lines, [0] * 6, [False, False, False, True, False, False], HALF)
    assert turned[2, 0] > straight[2, 0] + 0.1
    assert turned[3, 0] < straight[3, 0] - 0.1
    near, _ = around(lines[2:4], [0, 0], [False, True], 0.5)
    assert near[0, 0] == pytest.approx(0.8 - 1.6 * BARRIER)


def test_a_line_that_says_what_it_feels_is_not_talked_out_of_it() -> None:
    read, alone = feelings(-0.3, 0.2, 0.2), feelings(-0.8, 0.25, 0.5)
    drawn = with_scene_mood(read, alone, [0] * 3, [False] * 3, HALF)
    assert drawn[0, 0] == pytest.approx(-0.8)
    assert drawn[1, 0] < 0.2
    assert 0.1 < drawn[2, 0] < 0.5
