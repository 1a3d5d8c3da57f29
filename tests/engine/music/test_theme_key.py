"""Themes and keys: a theme is at home in the key of its moment, and known again there."""

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dsl.plan import Key
from engine.music.keys import key_named
from engine.music.theme_key import ThemeNote, home_key, in_key, key_for_themes, theme_fit
from engine.music.theory import SCALES

ROPE = (76, 79, 83, 81, 79, 76)
KEYS = [key_named(tonic, mode) for tonic in range(12) for mode in ("major", "minor")]


def theme(*pitches: int, steps: float = 4.0) -> tuple[ThemeNote, ...]:
    return tuple(ThemeNote(index * steps, steps, pitch, 80) for index, pitch in enumerate(pitches))


@st.composite
def tunes(draw: st.DrawFn) -> tuple[Key, tuple[ThemeNote, ...]]:
    """A singable tune of 4–12 notes in some key, from its tonic to its tonic."""
    key = draw(st.sampled_from(KEYS))
    scale = SCALES[key.mode]
    steps = draw(st.lists(st.integers(-2, 2), min_size=2, max_size=10))
    degrees = [0, *np.cumsum(steps).tolist(), 0]
    pitches = [60 + key.tonic + 12 * (d // 7) + scale[d % 7] for d in degrees]
    lengths = draw(st.lists(st.sampled_from((4 / 3, 2.0, 4.0, 0.8, 6.0)), min_size=12, max_size=12))
    starts = np.cumsum([0.0, *lengths]).tolist()
    return key, tuple(ThemeNote(starts[i], lengths[i], pitch, 80) for i, pitch in enumerate(pitches))


def share_inside(notes: tuple[ThemeNote, ...], key: Key) -> float:
    return float(np.mean([key.holds(note.pitch) for note in notes]))


@settings(max_examples=200, deadline=None)
@given(tunes(), st.sampled_from(KEYS))
def test_any_tune_lies_in_the_scale_of_any_key_it_is_moved_into(
    tune: tuple[Key, tuple[ThemeNote, ...]], key: Key
) -> None:
    assert share_inside(in_key(tune[1], key), key) >= 0.95


def test_one_short_note_among_many_long_ones_decides_which_keys_hold_the_theme() -> None:
    starts = [ThemeNote(4.0 * n, 4.0, 60, 80) for n in range(16)]
    tune = (starts[0], ThemeNote(4.0, 0.5, 58, 80), *starts[2:])
    key = key_for_themes([(tune, False)], "major")
    assert key is not None
    assert in_key(tune, key) == tune


@settings(max_examples=100, deadline=None)
@given(tunes(), st.sampled_from(KEYS))
def test_moving_a_theme_leaves_its_rhythm_and_its_ups_and_downs(
    tune: tuple[Key, tuple[ThemeNote, ...]], key: Key
) -> None:
    notes = tune[1]
    moved = in_key(notes, key)
    assert [(n.start, n.steps, n.velocity) for n in moved] == [(n.start, n.steps, n.velocity) for n in notes]
    for (a, b), (c, d) in zip(pairwise(notes), pairwise(moved), strict=True):
        assert np.sign(b.pitch - a.pitch) == np.sign(d.pitch - c.pitch)
        assert abs((b.pitch - a.pitch) - (d.pitch - c.pitch)) <= 2


@settings(max_examples=100, deadline=None)
@given(tunes(), st.sampled_from(("major", "minor")))
def test_a_free_key_of_either_mode_holds_the_theme_as_it_is_written(
    tune: tuple[Key, tuple[ThemeNote, ...]], mode: str
) -> None:
    key = key_for_themes([(tune[1], False)], mode)
    assert key is not None
    assert in_key(tune[1], key) == tune[1]


def test_the_rope_theme_is_in_e_minor_and_stays_there() -> None:
    assert str(home_key(theme(*ROPE))) == "E minor"
    assert str(key_for_themes([(theme(*ROPE), False)], "minor")) == "E minor"
    assert str(key_for_themes([(theme(*ROPE), False)], "major")) == "G major"


def test_in_a_given_key_the_theme_begins_on_its_tonic_in_its_mode() -> None:
    moved = in_key(theme(*ROPE), Key(8, "major", "Ab"))
    assert [note.pitch % 12 for note in moved] == [8, 0, 3, 1, 0, 8]


def test_a_leading_tone_stays_one_in_minor() -> None:
    moved = in_key(theme(60, 64, 67, 71, 72), Key(2, "minor", "D"))
    assert [note.pitch for note in moved] == [62, 65, 69, 73, 74]


def test_a_passing_chromatic_note_stays_and_a_long_one_does_not() -> None:
    passing = (
        *theme(60, 62),
        ThemeNote(8.0, 1.0, 63, 80),
        ThemeNote(9.0, 7.0, 64, 80),
        ThemeNote(16, 4, 60, 80),
    )
    assert [note.pitch for note in in_key(passing, Key(0, "major", "C"))] == [60, 62, 63, 64, 60]
    long = theme(60, 62, 63, 64, 60)
    assert all(Key(0, "major", "C").holds(note.pitch) for note in in_key(long, Key(0, "major", "C")))


def test_a_theme_that_cannot_be_moved_outvotes_one_that_can() -> None:
    exact, other = theme(61, 65, 68, 65, 61), theme(60, 64, 67, 64, 60)
    key = key_for_themes([(exact, True), (other, False)], "major")
    assert key is not None
    assert all(key.holds(note.pitch) for note in exact)


def test_among_keys_as_good_the_nearer_one_is_taken() -> None:
    tune = theme(62, 64, 69, 71)  # D E A B: in D, A, G, E major alike, the tonic unsaid at the end
    near = key_for_themes([(tune, False)], "major", Key(9, "major", "A"))
    far = key_for_themes([(tune, False)], "major", Key(0, "major", "C"))
    assert near is not None
    assert far is not None
    assert theme_fit(tune, near) == pytest.approx(theme_fit(tune, far), abs=1.0)
    assert all(key.holds(note.pitch) for key in (near, far) for note in tune)
