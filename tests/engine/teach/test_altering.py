"""One thing changed: it is what was asked, and everything else is as it was."""

from dataclasses import replace
from itertools import pairwise

import pytest

from engine.music.keys import key_named
from engine.teach.altering import altered, stretched
from engine.teach.parameters import PARAMETERS, ParameterName, measured
from tests.engine.teach.made_scores import CLOSING, made_score

SCORE = made_score(CLOSING, drums=16)
WANTED: dict[ParameterName, float] = {
    "mode": -1.0,
    "tempo": 90.0,
    "register": measured(SCORE)["register"] + 5,
    "dynamics": 90.0,
    "articulation": 0.5,
    "percussion": 0.5,
    "dissonance": 0.0,
}
BESIDE: dict[ParameterName, set[ParameterName]] = {
    # The chords of the other mode are not claimed, and with them what is measured against them goes.
    "mode": {"mode", "register", "dissonance", "articulation"},
    "dissonance": {"dissonance", "register"},
}


@pytest.mark.parametrize("name", WANTED)
def test_the_parameter_comes_to_what_was_asked_and_the_others_stay(name: ParameterName) -> None:
    before, after = measured(SCORE), measured(altered(SCORE, name, WANTED[name]))
    assert after[name] == pytest.approx(WANTED[name], abs=0.5 if name == "register" else 0.02)
    for other in set(PARAMETERS) - BESIDE.get(name, {name}):
        assert after[other] == pytest.approx(before[other], abs=0.02), other


@pytest.mark.parametrize("density", [2.0, 2.4, 1.6])
def test_density_goes_down_and_up(density: float) -> None:
    before, after = measured(SCORE), measured(altered(SCORE, "density", density))
    assert after["density"] == pytest.approx(density, abs=0.25)
    assert after["articulation"] == pytest.approx(before["articulation"], abs=0.05)


def test_thinning_leaves_the_downbeats_and_no_hole() -> None:
    thin = altered(SCORE, "density", 1.0)
    for track in thin.tracks:
        if not track.is_drum:
            assert {0.0, 4.0, 8.0, 12.0} <= {n.start_beat for n in track.notes}
    tune = next(track for track in thin.tracks if track.role == "melody").notes
    assert all(abs(a.start_beat + a.beats - b.start_beat) < 1e-9 for a, b in pairwise(tune))


def test_the_minor_of_a_major_phrase_keeps_its_leading_tone_over_v() -> None:
    minor = altered(SCORE, "mode", -1.0)
    assert minor.keys[0].key == key_named(0, "minor")
    sounding = {n.pitch % 12 for t in minor.tracks if not t.is_drum for n in t.notes}
    assert {3, 8, 11} <= sounding
    assert 4 not in sounding


def test_there_and_back_is_the_same_music() -> None:
    tonic_only = made_score([(0, "maj", 0, 4), (5, "maj", 5, 9)])
    there = altered(tonic_only, "mode", -1.0)
    back = altered(there, "mode", 1.0)
    assert [t.notes for t in back.tracks] == [t.notes for t in tonic_only.tracks]


def test_a_change_to_what_is_there_already_changes_nothing() -> None:
    for name, value in measured(SCORE).items():
        after = measured(altered(SCORE, name, value))
        assert after[name] == pytest.approx(value, abs=0.02), name


def test_more_dissonance_and_more_drums_are_not_made() -> None:
    assert altered(SCORE, "percussion", 9.0) == SCORE
    assert measured(altered(SCORE, "dissonance", 0.9)) == measured(SCORE)


def test_everything_that_has_a_time_is_stretched() -> None:
    slow = stretched(SCORE, 2.0)
    assert slow.duration_s == SCORE.duration_s * 2
    assert slow.tempo[0].bpm == SCORE.tempo[0].bpm / 2
    assert slow.cues[0].end_s == SCORE.cues[0].end_s * 2
    assert max(n.end_s for t in slow.tracks for n in t.notes) == pytest.approx(
        2 * max(n.end_s for t in SCORE.tracks for n in t.notes)
    )


def test_silence_has_no_parameters_and_can_be_changed_in_nothing() -> None:
    silent = replace(SCORE, tracks=())
    assert measured(silent) == {}
    for name in PARAMETERS:
        assert altered(silent, name, 1.0).tracks == ()
