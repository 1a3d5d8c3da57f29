"""Key profiles: the published ones are as published, and the songs' minor hears songs in minor."""

import numpy as np
import pytest
from music21.analysis.discrete import KrumhanslSchmuckler, TemperleyKostkaPayne

from engine.music.analysis import find_keys
from engine.music.key_profiles import KRUMHANSL_KESSLER, TEMPERLEY, KeyProfiles


@pytest.mark.parametrize(
    ("ours", "theirs"), [(KRUMHANSL_KESSLER, KrumhanslSchmuckler()), (TEMPERLEY, TemperleyKostkaPayne())]
)
def test_key_profiles_are_the_published_ones(ours: KeyProfiles, theirs: KrumhanslSchmuckler) -> None:
    assert [list(profile) for profile in ours] == [theirs.getWeights("major"), theirs.getWeights("minor")]


def test_a_song_on_i_vi_iii_vii_is_in_minor() -> None:
    # A minor, F, C, G: the loop of many songs, with no raised seventh anywhere.
    chords = [(9, 0, 4), (5, 9, 0), (0, 4, 7), (7, 11, 2)] * 4
    bars, bass = np.zeros((16, 12)), np.zeros((16, 12))
    for bar, chord in enumerate(chords):
        bars[bar, list(chord)] = 4.0
        bass[bar, chord[0]] = 1.0
    bars[-1], bass[-1] = bars[0], bass[0]
    assert set(find_keys(bars, bass).tolist()) == {12 + 9}
