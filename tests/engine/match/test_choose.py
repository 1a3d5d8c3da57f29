"""Choosing: what was chosen stays chosen when nothing about its cue changed, and moving a take is for the
notes to justify."""

from dataclasses import replace
from pathlib import Path

import pytest

from dsl.plan import CurvePoint
from dsl.score_file import plan_source
from engine.asking import asked_of
from engine.composition import Composition
from engine.cues import AskedCue, FeltCue
from engine.emotion.felt import felt_curve
from engine.emotion.transfer import shipped_transfer
from engine.match.choice import DEFAULT_RECIPE
from engine.match.task import task_of
from engine.models import Models
from engine.pipeline import compose
from engine.render.midi import midi_bytes
from tests.engine.arrange.staging import cue_of, plan_of

STORY = """style: piano
seed: 3
---
# 1 A
@bars 8
@emotion v=-0.5 a=-0.3
The lake lies still.
@transition cut
# 2 B
@bars 8
@emotion v=0.5 a=0.5
They run down the hill.
"""


def planned(text: str):  # type: ignore[no-untyped-def]
    return plan_source(text, Path("a.score")).plan


@pytest.fixture(scope="module")
def models() -> Models:
    return Models("cpu")


@pytest.fixture(scope="module")
def moved(models: Models) -> Composition:
    return compose(planned(STORY), models, takes=4)


def test_a_cue_is_the_same_task_wherever_it_stands() -> None:
    here, there = cue_of(0.0, 8), cue_of(37.123456, 8)
    tasks = []
    for cue in (here, there):
        felt = FeltCue(cue, (), felt_curve(cue, ()))
        tasks.append(task_of(asked_of(plan_of(cue), [felt])[1][0], shipped_transfer()))
    assert tasks[0] == tasks[1]
    assert hash(tasks[0]) == hash(tasks[1])


def test_a_cue_that_follows_a_recording_is_the_same_task_wherever_it_stands() -> None:
    cues = [
        replace(cue_of(at, 8), brightness=(CurvePoint(at, 0.2), CurvePoint(at + 2.0, 0.6)), temp="a.wav")
        for at in (0.0, 37.123456)
    ]
    here, there = (
        task_of(AskedCue(cue, (), felt_curve(cue, ()), (), (), ()), shipped_transfer()) for cue in cues
    )
    assert here == there


def test_what_should_be_heard_is_the_feeling_stretched_to_the_same_side() -> None:
    cue = cue_of()
    felt = felt_curve(cue, ())
    mild = replace(felt, samples=tuple(replace(s, valence=-0.25, arousal=0.1) for s in felt.samples))
    valence, arousal = shipped_transfer().wanted(mild).at(1.0)
    assert -0.8 < valence < -0.4
    assert 0.15 < arousal < 0.5


def named(cue: str, take: int) -> str:
    """The story with a take named in one of its cues."""
    return STORY.replace(f"# {cue}\n", f"# {cue}\n@take {take}\n")


def test_moving_takes_never_makes_the_finished_cue_a_worse_match(models: Models, moved: Composition) -> None:
    plain = compose(planned(STORY), models, takes=4, recipe=None)
    for after, before in zip(moved.cues, plain.cues, strict=True):
        assert after.match >= before.match
    told = [cue.moved for cue in moved.cues if cue.moved]
    assert all(each.match_after > each.match_before and each.distance > 0 for each in told)


def test_no_take_in_the_list_matches_better_than_the_one_chosen(moved: Composition) -> None:
    for report, matches in zip(moved.cues, moved.take_matches, strict=True):
        assert matches[0] == (report.take, report.match)
        assert round(report.match, 2) >= max(round(match, 2) for _, match in matches)


@pytest.mark.parametrize("take", [1, 2, 3, 4])
def test_a_take_matches_as_the_list_says_once_it_is_named(
    take: int, models: Models, moved: Composition
) -> None:
    listed = dict(moved.take_matches[0])[take]
    once = compose(planned(named("1 A", take)), models, takes=4)
    cold = compose(planned(named("1 A", take)), Models("cpu"), takes=4)
    assert once.cues[0].take == cold.cues[0].take == take
    assert once.cues[0].match == pytest.approx(listed, abs=1e-4)
    assert cold.cues[0].match == pytest.approx(listed, abs=1e-4)
    # What the others match does not change because one of them is tried.
    assert dict(once.take_matches[0]) == pytest.approx(dict(moved.take_matches[0]), abs=1e-4)


def test_a_take_that_was_not_moved_may_only_gain_when_it_is_named(models: Models) -> None:
    made = compose(planned(STORY), models, takes=8)
    number = max(made.unmoved[0])
    once = compose(planned(named("1 A", number)), models, takes=8)
    assert once.cues[0].match >= dict(made.take_matches[0])[number] - 1e-4


def test_every_stage_of_a_report_is_on_the_scale_of_its_match(moved: Composition) -> None:
    for report in moved.cues:
        assert report.stages["arranged"] == report.match
        last = report.stages.get("optimised", report.stages["chosen_take"])
        assert last == pytest.approx(report.match, abs=1e-4)


def test_the_same_text_gives_the_same_bytes_warm_and_cold(moved: Composition, models: Models) -> None:
    cold = compose(planned(STORY), Models("cpu"), takes=4)
    warm = compose(planned(STORY), models, takes=4)
    assert midi_bytes(cold.score) == midi_bytes(moved.score) == midi_bytes(warm.score)


def test_an_edit_in_one_cue_makes_only_that_one_again(models: Models, moved: Composition) -> None:
    generator = models.generator
    asked: list[int] = []
    compose_takes = generator.compose

    def counting(requests, takes, progress=None):  # type: ignore[no-untyped-def]
        asked.extend(request.seed for request in requests)
        return compose_takes(requests, takes, progress)

    generator.compose = counting  # type: ignore[method-assign]
    try:
        compose(planned(STORY.replace("v=0.5 a=0.5", "v=0.7 a=0.4")), models, takes=4)
    finally:
        generator.compose = compose_takes  # type: ignore[method-assign]
    assert len(asked) == 1


def test_a_recipe_of_no_steps_moves_nothing(models: Models) -> None:
    still = compose(planned(STORY), models, takes=2, recipe=replace(DEFAULT_RECIPE, steps=0))
    assert all(cue.moved is None for cue in still.cues)
