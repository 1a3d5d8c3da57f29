"""Takes by match and liking: how much match may be given up, and that nothing is where nothing is liked."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from engine.taste.order import MARGIN, exploring, places

matches = st.lists(st.floats(0, 1), min_size=1, max_size=24)


@given(matches, st.data())
def test_however_much_a_take_is_liked_the_match_falls_by_no_more_than_the_margin(
    known: list[float], data: st.DataObject
) -> None:
    liking = data.draw(st.lists(st.floats(-50, 50), min_size=len(known), max_size=len(known)))
    own = places(known, np.array(liking))
    first = min(range(len(own)), key=lambda place: own[place])
    assert known[first] >= max(known) - MARGIN


@given(matches)
def test_where_nothing_is_liked_the_best_match_comes_first(known: list[float]) -> None:
    own = places(known, np.zeros(len(known)))
    first = min(range(len(own)), key=lambda place: own[place])
    assert round(known[first], 2) == round(max(known), 2)


def test_of_two_that_match_alike_the_one_that_is_liked_comes_first() -> None:
    own = places([0.8, 0.8, 0.8], np.array([0.0, 1.0, -1.0]))
    assert sorted(range(3), key=lambda place: own[place]) == [1, 0, 2]


@given(st.permutations(list(range(11))), st.lists(st.floats(-3, 3), min_size=11, max_size=11))
def test_exploring_loses_no_take_and_leaves_the_first_where_it_is(
    order: list[int], surprise: list[float]
) -> None:
    explored = exploring(order, np.array(surprise))
    assert sorted(explored) == sorted(order)
    assert explored[:3] == order[:3]
    left = [place for place in order if place not in order[:3]]
    assert round(surprise[explored[3]], 6) == max(round(surprise[place], 6) for place in left)
