"""What sounds at a place is found without looking at the whole cue."""

from time import thread_time

from hypothesis import given
from hypothesis import strategies as st

from engine.arrange.draft import CueDraft, Draft, Harmony
from engine.arrange.fill_harmony import NotesByTime

BEATS = st.integers(0, 160).map(lambda quarters: quarters / 4)


@given(st.lists(st.tuples(BEATS, BEATS.map(lambda beats: beats / 8), st.integers(40, 80))), BEATS, BEATS)
def test_all_that_sounds_between_is_found_in_the_order_given(
    given: list[tuple[float, float, int]], start: float, length: float
) -> None:
    notes = [Draft("melody", beat, beats, pitch, 60.0) for beat, beats, pitch in given]
    end = start + length / 8
    found = NotesByTime(notes).between(start, end)
    places = [next(n for n, note in enumerate(notes) if note is one) for one in found]
    assert places == sorted(set(places))
    for note in notes:
        if min(note.end_beat, end) - max(note.beat, start) > 1e-6:
            assert any(note is one for one in found)


def test_a_cue_of_hours_costs_by_its_length_alone() -> None:
    began = thread_time()
    sounding = NotesByTime([Draft("melody", n / 2, 0.5, 60, 60.0) for n in range(40_000)])
    harmony = [Harmony(4.0 * n, 4.0 * n + 4, 0, "maj", 0) for n in range(5_000)]
    draft = CueDraft(None, None, [], harmony, [])  # type: ignore[arg-type]
    for n in range(5_000):
        assert 8 <= len(sounding.between(4.0 * n, 4.0 * n + 4)) <= 20
        for beat in range(8):
            assert draft.harmony_at(4.0 * n + beat / 2) is harmony[n]
    assert thread_time() - began < 5  # by looking at each note for each chord: minutes


def test_the_chord_in_force_is_the_last_one_begun_and_the_first_before_all() -> None:
    harmony = [Harmony(2.0, 4.0, 0, "maj", 0), Harmony(6.0, 8.0, 5, "maj", 5)]
    draft = CueDraft(None, None, [], harmony, [])  # type: ignore[arg-type]
    asked = (0.0, 2.0, 5.0, 6.0, 5.9999999, 99.0)
    assert [draft.harmony_at(beat) for beat in asked] == [harmony[n] for n in (0, 0, 0, 1, 1, 1)]
    draft.harmony = []
    assert draft.harmony_at(1.0) is None
