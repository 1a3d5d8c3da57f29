"""A cue grows stage by stage and moves in time as one: nothing that is known of it stays behind."""

from collections.abc import Callable, Iterator
from dataclasses import fields, is_dataclass, replace
from pathlib import Path
from typing import Any

import pytest

from dsl.cue_times import move_cue
from dsl.plan import CurvePoint, Plan
from dsl.score_file import plan_source
from engine.asking import asked_of
from engine.cues import AskedCue, CueMusic, FeltCue
from engine.match.candidates import with_candidates
from engine.match.memory import Memory
from engine.models import Models
from engine.pipeline import compose, felt_cues
from engine.text.reading import Reading, Sentence

MOVED_S = 30.0

STORY = """style: strings
seed: 5
---
# 1 A
@bars 8
@tempo 60..140
@emotion joy 0.9
They run down the hill.
# 2 B
@bars 6
@emotion grief 0.6
@dynamics p -> f
@density 0.2 -> 0.8
@tension 0.1 -> 0.9
@register 0.3 -> 0.7
The lake lies still.{hit}
@tempo 90
Nobody was there.
"""


def planned() -> Plan:
    plan = plan_source(STORY, Path("a.score")).plan
    assert plan is not None
    return plan


def read(plan: Plan) -> list[Sentence]:
    """Every line of the plan as a sentence without feeling."""
    nothing = Reading("", "en", "neutral", 0.0, 0.0, 0.0, 0.0, 0.0, {}, 0.5)
    return [Sentence(n, x.start_s, x.end_s, nothing) for n, cue in enumerate(plan.cues) for x in cue.lines]


def felt_by_every_means() -> FeltCue:
    plan = planned()
    felt = felt_cues(plan, read(plan))[1]
    bright = tuple(CurvePoint(felt.cue.start_s + at, 0.5) for at in (0.0, 3.0))
    return replace(felt, cue=replace(felt.cue, brightness=bright))


def asked_by_every_means() -> AskedCue:
    felt = felt_by_every_means()
    return asked_of(replace(planned(), cues=(felt.cue,)), [felt])[1][0]


def music_by_every_means() -> CueMusic:
    models = Models("cpu", "debug")
    asked = [asked_by_every_means()]
    (chosen,) = with_candidates(asked, 1, models.generator, models.recogniser, models.transfer, Memory(), {})
    return chosen.music


STAGES: dict[str, Callable[[], FeltCue]] = {
    "felt": felt_by_every_means,
    "asked": asked_by_every_means,
    "with a take": music_by_every_means,
}


def leaves(value: Any, path: str = "") -> Iterator[tuple[str, Any]]:
    """Every number and word in a value, by its path."""
    if is_dataclass(value):
        for field in fields(value):
            yield from leaves(getattr(value, field.name), f"{path}.{field.name}")
    elif isinstance(value, tuple):
        for index, one in enumerate(value):
            yield from leaves(one, f"{path}[{index}]")
    else:
        yield path, value


@pytest.mark.parametrize("stage", STAGES)
def test_every_time_in_a_cue_moves_with_it_at_every_stage_and_all_else_stays(stage: str) -> None:
    cue = STAGES[stage]()
    before, after = dict(leaves(cue)), dict(leaves(move_cue(cue, MOVED_S)))
    assert type(move_cue(cue, MOVED_S)) is type(cue)
    assert set(before) == set(after)
    times = {path for path in before if path.endswith("_s") and not path.endswith("duration_s")}
    assert {path.split(".")[1].split("[")[0] for path in times} >= {"cue", "curve"}
    for path, value in before.items():
        assert after[path] == (pytest.approx(value + MOVED_S) if path in times else value), path


def test_what_a_cue_feels_moves_with_it_when_an_earlier_cue_comes_to_another_length() -> None:
    plan = planned()
    fitted, asked = asked_of(plan, felt_cues(plan, read(plan)))
    assert fitted.cues[1].start_s != pytest.approx(plan.cues[1].start_s, abs=0.5), "it kept its length"
    for cue, one in zip(fitted.cues, asked, strict=True):
        assert one.cue == cue
        assert one.curve.samples[0].t_s == pytest.approx(cue.start_s)
        lines = [(line.start_s, line.end_s) for line in cue.lines]
        assert [(s.start_s, s.end_s) for s in one.sentences] == pytest.approx(lines)


def test_curves_and_sentences_of_a_composition_lie_on_the_clock_of_its_score() -> None:
    made = compose(planned(), Models("cpu", "debug"), takes=1)
    starts = [cue.start_s for cue in made.score.cues]
    assert [curve.samples[0].t_s for curve in made.curves] == pytest.approx(starts)


def test_a_take_changes_nothing_that_was_asked() -> None:
    asked = asked_by_every_means()
    music = asked.with_take(())
    assert isinstance(music, CueMusic)
    assert all(getattr(music, field.name) == getattr(asked, field.name) for field in fields(AskedCue))


def test_a_feeling_that_changes_over_a_cue_gets_there_when_the_fitted_tempo_shortens_it() -> None:
    text = "style: piano\n---\n# 1 A\n@bars 12\n@tempo 60..140\n@emotion joy 0.2 -> joy 0.9\nThey run.\n"
    plan = plan_source(text, Path("a.score")).plan
    assert plan is not None
    (felt,) = felt_cues(plan, read(plan))
    (asked,) = asked_of(plan, [felt])[1]
    assert asked.cue.end_s != pytest.approx(felt.cue.end_s, abs=0.5), "it kept its length"
    assert asked.curve.samples[-1].t_s == pytest.approx(asked.cue.end_s)
    assert asked.curve.at(asked.cue.end_s) == felt.curve.at(felt.cue.end_s)
