"""The smallest change of each kind towards a goal: it goes there, no farther than it must, and what was heard
is what was measured."""

from dataclasses import replace

import pytest

from engine.match.note_recogniser import NoteRecogniser
from engine.match.performed import performed_cue
from engine.report import Feeling
from engine.teach.altering import altered
from engine.teach.parameters import measured
from engine.teach.smallest import AIM, GOALS, NEAR, along, smallest_changes
from tests.engine.teach.made_scores import CLOSING, made_score

RECOGNISER = NoteRecogniser.load("debug")
SCORE = altered(made_score(CLOSING * 4, drums=32), "tempo", 132.0)
CHANGES = smallest_changes(SCORE, RECOGNISER)


def test_each_goal_is_reached_by_something() -> None:
    assert {change.towards for change in CHANGES if change.reaches} == set(GOALS)


def test_every_change_goes_towards_its_goal_and_stops_about_where_it_aims() -> None:
    for change in CHANGES:
        assert along(change.measured, change.towards) > 0, change
        if change.reaches and change.name != "mode":
            assert AIM - NEAR - 1e-6 <= along(change.measured, change.towards) < 2 * AIM, change


def test_what_is_told_is_what_is_heard_when_it_is_done() -> None:
    plain = RECOGNISER.hear([performed_cue(SCORE, 0)])[0]
    for change in CHANGES:
        done = altered(SCORE, change.name, change.changed)
        heard = RECOGNISER.hear([performed_cue(done, 0)])[0]
        assert heard.valence - plain.valence == pytest.approx(change.measured.valence, abs=0.03), change
        assert heard.arousal - plain.arousal == pytest.approx(change.measured.arousal, abs=0.03), change
        assert change.value == pytest.approx(measured(SCORE)[change.name])


def test_the_smallest_of_those_that_reach_it_stand_first() -> None:
    for goal in GOALS:
        reached = [change.reaches for change in CHANGES if change.towards == goal]
        assert reached == sorted(reached, reverse=True)


def test_what_calms_is_not_called_tenser() -> None:
    for change in CHANGES:
        if change.towards == "tenser":
            assert change.measured.arousal > -0.05, change


def test_what_takes_the_life_out_of_it_is_not_called_happier() -> None:
    assert along(Feeling(0.13, -0.76), "happier") == 0.0
    assert along(Feeling(0.13, -0.1), "happier") > 0.1


def test_major_is_not_called_the_way_to_make_it_tenser() -> None:
    minor = altered(SCORE, "mode", -1.0)
    for change in smallest_changes(minor, RECOGNISER):
        assert not (change.name == "mode" and change.towards == "tenser")


def test_of_silence_and_of_one_note_nothing_is_advised() -> None:
    assert smallest_changes(replace(SCORE, tracks=()), RECOGNISER) == ()
    one = replace(SCORE.tracks[0], notes=SCORE.tracks[0].notes[:1])
    assert smallest_changes(replace(SCORE, tracks=(one,)), RECOGNISER) == ()
