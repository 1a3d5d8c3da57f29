"""Moving a cue moves every time in it and nothing else, whatever fields cues come to have."""

from collections.abc import Iterator
from dataclasses import fields, is_dataclass, replace
from typing import Any

import pytest

from dsl.cue_times import move_cue, with_times
from dsl.parse import parse
from dsl.plan import CurvePoint, PlannedCue, PlannedVoice, Transition
from dsl.planner import plan_document, refit

EVERYTHING = """seed: 1
motif m: C4 D4
---
# 1 A
@bars 8
@meter 3/4
@key D minor
@tempo 80
@dynamics p -> f
@density 0.2 -> 0.8
@tension 0.1 -> 0.9
@register 0.3 -> 0.7
@instrument melody oboe
@mute drums
@emotion joy 0.5 -> grief 0.5
She ran.{hit}
@pause 2s
@tempo 90
Nobody was there.
@motif m
"""
BRIGHT = (CurvePoint(0.0, 0.2), CurvePoint(9.0, 0.5), CurvePoint(17.0, 0.7))


def a_full_cue() -> PlannedCue:
    (cue,) = plan_document(parse(EVERYTHING), ".").cues
    brightness = tuple(replace(p, t_s=p.t_s + cue.start_s) for p in BRIGHT)
    voices = (PlannedVoice("narration.wav", cue.start_s, cue.start_s + 4.0, cue.span),)
    leads_to = (Transition("crossfade", 2.0, "2"),)
    film = tuple(replace(p, value=p.value - 1) for p in brightness)
    return replace(cue, brightness=brightness, voices=voices, leads_to=leads_to, picture_arousal=film)


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


def test_every_time_in_a_cue_moves_and_all_else_stays() -> None:
    cue = a_full_cue()
    empty = [field.name for field in fields(cue) if getattr(cue, field.name) == ()]
    assert empty == [], "a field that this cue leaves empty is not looked at"
    before, after = dict(leaves(cue)), dict(leaves(move_cue(cue, 30.0)))
    assert set(before) == set(after)
    for path, value in before.items():
        name = path.rsplit(".", 1)[1]
        is_time = name.endswith("_s") and name != "duration_s"
        assert after[path] == (pytest.approx(value + 30.0) if is_time else value), path


def test_times_are_put_through_the_function_given() -> None:
    halved = with_times(a_full_cue(), lambda t_s: t_s / 2)
    assert [point.t_s for point in halved.brightness] == [0.0, 4.5, 8.5]


@pytest.mark.parametrize("bpm", [60.0, 132.0])
def test_a_cue_brought_to_another_end_has_no_curve_beyond_it(bpm: float) -> None:
    plan = plan_document(parse("# 1 A\n@bars 8\n@dynamics p -> ff\n@emotion calm\n"), ".")
    cue = plan.cues[0]
    dark_to_bright = (CurvePoint(cue.start_s, 0.2), CurvePoint(cue.end_s, 0.8))
    (after,) = refit(replace(plan, cues=(replace(cue, brightness=dark_to_bright),)), {0: bpm}).cues
    assert after.end_s != cue.end_s
    assert [point.t_s for point in after.brightness] == [after.start_s, after.end_s]
    assert [point.t_s for point in after.dynamics] == [after.start_s, after.end_s]
