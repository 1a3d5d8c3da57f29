"""Chord tables and symbols."""

import numpy as np
import pytest

from engine.music import theory


def test_every_transposition_of_every_quality_is_recognised() -> None:
    for quality in theory.QUALITIES[: theory.NO_CHORD]:
        for root in range(12):
            tones = frozenset(theory.chord_pitch_classes(root, quality))
            found = theory.match_chord(tones, root)
            assert found == (root, quality), f"{(root, quality)} was heard as {found}"


def test_an_inverted_triad_keeps_its_root() -> None:
    assert theory.match_chord(frozenset({0, 4, 7}), bass=4) == (0, "maj")


@pytest.mark.parametrize("tonic", range(12))
def test_the_shift_to_c_is_the_nearest(tonic: int) -> None:
    shift = theory.nearest_shift(tonic)
    assert (tonic + shift) % 12 == 0
    assert -6 <= shift <= 5


def test_minor_counts_its_raised_degrees_as_in_the_scale() -> None:
    assert theory.scale_mask("minor")[[9, 11]].all()
    assert not theory.scale_mask("minor")[[1, 4, 6]].any()
    assert np.flatnonzero(theory.scale_mask("major")).tolist() == [0, 2, 4, 5, 7, 9, 11]
