"""Plans as JSON: the promised names, nothing lost on the way and back, places left out of the meaning."""

import json

import pytest

from dsl.parse import parse
from dsl.plan import Plan
from dsl.plan_json import plan_from_dict, plan_json, plan_meaning, plan_to_dict
from dsl.planner import plan_document

SCORE = """melodrama: 1
title: 悬崖
style: strings
key: D minor
pace: 240
seed: 7
---
@character 林 motif=rope register=low
@motif rope = [E5 (G4 B4):2 R:0.5]
@palette mine = from=strings melody=cello bass=none

# 1m1 The cliff
主人公站在悬崖边，望着远方的天空，心中充满了绝望。
@pause 2s
林: 我不会回头。{hit 回头}

@emotion despair 0.8 -> hope 0.5
@tempo 60..84
@dynamics p -> ff
太阳升起来了。
# 1m2 Homecoming
@tempo 100
@transition crossfade 3s
@meter 3/4
She ran down the hill.
@tempo 80
@key auto
And on.
"""


@pytest.fixture
def plan() -> Plan:
    return plan_document(parse(SCORE), "somewhere")


def test_the_printed_plan_has_the_promised_names(plan: Plan) -> None:
    printed = plan_json(plan)
    assert set(printed) >= {"format", "title", "duration_s", "cues", "findings"}
    assert printed["format"] == 1
    cue = printed["cues"][0]
    names = (
        "id title start_s end_s style key meter bars tempo_map seed take loop transition lines emotion events"
    )
    assert set(cue) >= set(names.split())
    assert (cue["id"], cue["style"], cue["key"], cue["meter"]) == ("1m1", "strings", "D minor", "4/4")
    assert set(cue["lines"][1]) >= {"text", "speaker", "start_s", "end_s", "span"}
    assert cue["lines"][1]["speaker"] == "林"
    assert cue["lines"][1]["span"] == {"line": 15, "column": 1, "end_line": 15, "end_column": 18}
    assert [event["type"] for event in cue["events"]] == ["pause", "motif", "hit"]
    assert cue["events"][2]["name"] == "回头"
    assert printed["cues"][1]["transition"] == "crossfade"


def test_the_emotion_is_what_directives_say_until_a_model_fills_it_in(plan: Plan) -> None:
    first, second = plan_json(plan)["cues"]
    assert [point["source"] for point in first["emotion"]] == ["directive", "directive"]
    assert first["emotion"][0]["valence"] == pytest.approx(-0.64)
    assert second["emotion"] == []
    read = plan_json(plan, [[(0.0, -0.5, 0.1, "text")], []])
    assert read["cues"][0]["emotion"] == [{"t_s": 0.0, "valence": -0.5, "arousal": 0.1, "source": "text"}]


def test_the_printed_plan_is_json_and_times_carry_no_rounding_dust(plan: Plan) -> None:
    text = json.dumps(plan_json(plan), allow_nan=False)
    assert "00000000" not in text
    assert "99999999" not in text


def test_a_plan_survives_the_way_through_json_without_loss(plan: Plan) -> None:
    assert plan_from_dict(json.loads(json.dumps(plan_to_dict(plan)))) == plan


@pytest.mark.parametrize("broken", [{}, {"title": 3}, {"cues": 5}])
def test_what_is_no_plan_is_refused(broken: dict[str, object]) -> None:
    with pytest.raises(ValueError, match="not a plan"):
        plan_from_dict(broken)
    with pytest.raises(ValueError, match="not a plan"):
        plan_from_dict({**plan_to_dict(plan_document(parse("x"), ".")), **broken, "seed": "seven"})


def test_the_meaning_does_not_depend_on_where_things_stand(plan: Plan) -> None:
    moved = plan_document(parse(SCORE.replace("# 1m1", "// a remark\n\n#   1m1")), "somewhere")
    assert moved != plan
    assert plan_meaning(moved) == plan_meaning(plan)
    louder = plan_document(parse(SCORE.replace("p -> ff", "mp -> ff")), "somewhere")
    assert plan_meaning(louder) != plan_meaning(plan)
