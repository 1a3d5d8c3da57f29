"""Descriptors: what they say of simple music, and that ranks and values are inverse."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.music import descriptors as d

MAJOR = [[0, 0, 0]] * 4
MINOR = [[0, 1, 0]] * 4


def measure(
    notes: list[tuple[int, ...]],
    chords: list[list[list[int]]],
    meters: list[int] | None = None,
    minor: bool = False,
) -> dict[str, np.ndarray]:
    bars = len(chords)
    table = d.describe(
        np.array(notes, dtype=np.int64).reshape(-1, 6),
        np.array(meters or [0] * bars),
        np.array(chords),
        np.full(bars, minor),
    )
    return {name: table[:, i] for i, name in enumerate(d.DESCRIPTORS)}


def test_density_counts_onsets_a_beat_and_chords_once() -> None:
    chord = [(0, 0, 16, pitch, 0, d.CHORDS) for pitch in (48, 52, 55)]
    melody = [(0, step, 4, 72, 0, d.MELODY) for step in (0, 4, 8, 12)]
    result = measure(chord + melody, [MAJOR])
    assert result["density"][0] == pytest.approx(5 / 4)
    assert result["melody_density"][0] == pytest.approx(1.0)
    assert result["polyphony"][0] == pytest.approx(4.0)


def test_three_four_is_measured_by_its_three_beats() -> None:
    notes = [(0, step, 4, 60, 0, d.MELODY) for step in (0, 4, 8)]
    assert measure(notes, [MAJOR], [1])["density"][0] == pytest.approx(1.0)


def test_mode_tells_major_from_minor() -> None:
    major = [(0, 0, 16, p, 0, d.CHORDS) for p in (60, 64, 67)]
    minor = [(0, 0, 16, p, 0, d.CHORDS) for p in (60, 63, 67)]
    assert measure(major, [MAJOR])["mode"][0] > 0.4
    assert measure(minor, [MINOR], minor=True)["mode"][0] < -0.4


def test_clashes_and_foreign_chords_are_tenser_than_the_tonic() -> None:
    calm = [(0, 0, 16, p, 0, d.CHORDS) for p in (60, 64, 67)]
    clash = [(0, 0, 16, p, 0, d.CHORDS) for p in (60, 61, 66)]
    tritone = [[6, 2, 6]] * 4
    assert measure(clash, [tritone])["tension"][0] > measure(calm, [MAJOR])["tension"][0] + 0.3


def test_harmonic_rhythm_counts_changes_but_not_a_held_chord() -> None:
    g = [7, 0, 7]
    c = [0, 0, 0]
    note = [(b, 0, 16, 60, 0, d.CHORDS) for b in range(3)]
    result = measure(note, [[c, c, g, g], [g, g, g, g], [c, g, c, g]])
    assert result["harmonic_rhythm"].tolist() == [2.0, 0.0, 4.0]


def test_unused_slots_of_short_bars_are_not_counted() -> None:
    c, g = [0, 0, 0], [7, 0, 7]
    note = [(0, 0, 12, 60, 0, d.CHORDS)]
    assert measure(note, [[c, g, g, g]], [2])["harmonic_rhythm"][0] == 2.0


def test_staccato_and_legato_lie_at_the_ends() -> None:
    def line(steps: int) -> list[tuple[int, ...]]:
        return [(0, s, steps, 70, 0, d.MELODY) for s in (0, 4, 8, 12)]

    assert measure(line(4), [MAJOR])["articulation"][0] == pytest.approx(0.0)
    assert measure(line(1), [MAJOR])["articulation"][0] == pytest.approx(0.75)


def test_offbeat_notes_held_over_the_beat_are_syncopated() -> None:
    straight = [(0, s, 4, 70, 0, d.MELODY) for s in (0, 4, 8, 12)]
    late = [(0, s, 4, 70, 0, d.MELODY) for s in (2, 6, 10)]
    assert measure(straight, [MAJOR])["syncopation"][0] == 0.0
    assert measure(late, [MAJOR])["syncopation"][0] == 1.0


def test_silent_bars_and_drums_alone_are_no_error() -> None:
    result = measure([(0, 0, 1, 36, 100, d.DRUMS)], [MAJOR, MAJOR])
    assert result["density"].tolist() == [0.0, 0.0]
    assert np.isnan(result["register"]).all()
    assert measure([], [MAJOR])["polyphony"][0] == 0.0


@given(st.sampled_from(d.DESCRIPTORS), st.floats(0, 1))
def test_percentile_undoes_from_percentile(name: str, rank: float) -> None:
    value = d.from_percentile(name, rank)
    again = d.from_percentile(name, d.percentile(name, value))
    spread = float(np.ptp(d.quantiles()[name]))
    assert abs(float(again) - float(value)) <= 0.02 * max(spread, 1e-9) + 1e-6


def test_percentiles_grow_with_the_value() -> None:
    for name in d.DESCRIPTORS:
        table = d.quantiles()[name]
        ranks = d.percentile(name, np.linspace(table[0], table[-1], 200))
        assert (np.diff(ranks) >= -1e-9).all(), name
        assert ranks[0] >= 0
        assert ranks[-1] <= 1


def test_conditions_are_ranks_without_gaps() -> None:
    notes = np.array([(0, 0, 16, 60, 0, d.CHORDS)])
    table = d.describe(notes, np.array([0, 0]), np.array([MAJOR, MAJOR]), np.array([False, False]))
    ranks = d.conditions(table)
    assert ranks.shape == (2, len(d.CONDITIONS))
    assert ((ranks >= 0) & (ranks <= 1)).all()
