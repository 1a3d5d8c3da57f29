"""Layers hold every track once, from what stands by itself to what drives."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dsl.plan import ROLES, RoleName
from engine.music.layers import enters_at, layers_of
from engine.music.score import Track


def track(role: RoleName, number: int = 0) -> Track:
    return Track(f"{role} {number}", role, 0, role == "drums", ())


def roles(tracks: list[Track], count: int) -> list[set[str]]:
    return [{one.role for one in layer} for layer in layers_of(tracks, count)]


def test_a_band_in_three_layers_begins_with_its_bed_and_ends_with_its_drums() -> None:
    band = [track(role) for role in ROLES]
    assert roles(band, 3) == [{"chords", "bass"}, {"melody", "counter"}, {"drums"}]
    assert roles(band, 1) == [set(ROLES)]


def test_instruments_of_one_role_are_told_apart_where_there_are_more_layers_than_roles() -> None:
    layers = layers_of([track("chords", 0), track("chords", 1), track("melody")], 3)
    assert [[one.name for one in layer] for layer in layers] == [["chords 0"], ["chords 1"], ["melody 0"]]


def test_layers_that_nobody_is_left_for_are_empty_and_last() -> None:
    assert [len(layer) for layer in layers_of([track("melody")], 4)] == [1, 0, 0, 0]
    assert layers_of([], 2) == ((), ())


@given(st.lists(st.sampled_from(ROLES), max_size=14), st.integers(1, 8))
def test_every_track_is_in_one_layer_and_none_is_empty_that_need_not_be(
    band: list[RoleName], count: int
) -> None:
    tracks = [track(role, number) for number, role in enumerate(band)]
    layers = layers_of(tracks, count)
    assert len(layers) == count
    assert sorted(one.name for layer in layers for one in layer) == sorted(one.name for one in tracks)
    assert sum(1 for layer in layers if layer) == min(count, len(tracks))


@pytest.mark.parametrize("count", range(1, 9))
def test_the_first_layer_is_always_heard_and_each_later_one_enters_higher(count: int) -> None:
    entries = [enters_at(layer, count) for layer in range(count)]
    assert entries[0] == 0.0
    assert entries == sorted(set(entries))
    assert entries[-1] < 1.0
