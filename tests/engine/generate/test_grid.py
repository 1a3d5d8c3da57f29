"""Notes to arrays and back: nothing is lost that the grid can hold."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from engine.generate.grid import HOLD, REST, SPECS, fold, from_notes, line_notes, set_notes

BARS = np.array([16, 12, 16])
TOTAL = 44

notes = st.lists(st.tuples(st.integers(0, TOTAL - 1), st.integers(1, 20), st.integers(48, 80)), max_size=25)


def arrays_of(role: int, played: list[tuple[int, int, int]]) -> tuple[np.ndarray, ...]:
    start, steps, pitch = (np.array([n[i] for n in played], np.int64) for i in range(3))
    return start, start + steps, pitch, np.full(len(played), role)


def timeline(values: np.ndarray) -> np.ndarray:
    return np.concatenate([values[row, :steps] for row, steps in enumerate(BARS)])


@given(notes)
def test_a_line_keeps_its_highest_notes_cut_by_the_next_onset(played: list[tuple[int, int, int]]) -> None:
    arrays = from_notes(*arrays_of(0, played), BARS)
    start, end, pitch = line_notes(timeline(arrays.tokens[0]), SPECS[0].low)
    tops = {s: max(p for t, _, p in played if t == s) for s, _, _ in played}
    assert dict(zip(start.tolist(), pitch.tolist(), strict=True)) == tops
    assert (end[:-1] <= start[1:]).all()
    assert (end > start).all()


@given(notes)
def test_chords_keep_every_onset_and_pitch(played: list[tuple[int, int, int]]) -> None:
    arrays = from_notes(*arrays_of(2, played), BARS)
    on, sound = timeline(arrays.onsets[0]), timeline(arrays.sounds[0])
    start, end, pitch = set_notes(on, sound, SPECS[2].low, SPECS[2].pitches)
    assert set(zip(start.tolist(), pitch.tolist(), strict=True)) == {(s, p) for s, _, p in played}
    assert (end > start).all()
    assert (end <= TOTAL).all()


def test_a_note_over_the_bar_line_is_held_not_struck_again() -> None:
    arrays = from_notes(*arrays_of(3, [(14, 6, 36)]), BARS)
    assert arrays.tokens[2, 1, :5].tolist() == [HOLD] * 4 + [REST]
    assert arrays.present[:, 3].tolist() == [True, True, False]


def test_pitches_out_of_range_move_by_octaves() -> None:
    pitch = np.arange(128)
    for spec in SPECS[:4]:
        index = fold(pitch, spec)
        assert ((index >= 0) & (index < spec.pitches)).all()
        assert ((index + spec.low - pitch) % 12 == 0).all()


def test_a_hold_without_a_note_is_silent() -> None:
    start, _, _ = line_notes(np.array([HOLD, HOLD, REST, 12, HOLD], np.uint8), 48)
    assert start.tolist() == [3]
