"""Choosing: what was chosen stays chosen when nothing about its cue changed, and moving a take is for the
notes to justify."""

from dataclasses import replace
from pathlib import Path

import pytest

from dsl.score_file import plan_source
from engine.match.choose import DEFAULT_RECIPE, task_of, wanted_curve
from engine.music.emotion_curve import emotion_curve
from engine.music.mapping import intents_for
from engine.pipeline import Composition, Models, compose
from engine.render.midi import midi_bytes
from tests.engine.arrange.staging import cue_of

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
        curve = emotion_curve(cue, ())
        tasks.append(task_of(cue, curve, intents_for(cue, curve.at), ()))
    assert tasks[0] == tasks[1]
    assert hash(tasks[0]) == hash(tasks[1])


def test_what_should_be_heard_is_the_feeling_stretched_to_the_same_side() -> None:
    cue = cue_of()
    felt = emotion_curve(cue, ())
    mild = replace(felt, samples=tuple(replace(s, valence=-0.25, arousal=0.1) for s in felt.samples))
    valence, arousal = wanted_curve(mild).at(1.0)
    assert -0.8 < valence < -0.4
    assert 0.15 < arousal < 0.5


def test_moving_takes_never_makes_the_finished_cue_a_worse_match(models: Models, moved: Composition) -> None:
    plain = compose(planned(STORY), models, takes=4, recipe=None)
    for index, (after, before) in enumerate(zip(moved.cues, plain.cues, strict=True)):
        asked = wanted_curve(moved.curves[index]).at(moved.plan.cues[index].start_s + 1.0)
        missed = [
            (c.heard.valence - asked[0]) ** 2 + (c.heard.arousal - asked[1]) ** 2 for c in (after, before)
        ]
        assert missed[0] <= missed[1] + 0.02
    told = [cue.moved for cue in moved.cues if cue.moved]
    assert all(each.match_after > each.match_before and each.distance > 0 for each in told)


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
