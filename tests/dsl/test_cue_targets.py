"""Transitions that name the cue they lead to, and layers: what a score says of a game's music."""

from time import process_time

import pytest

from dsl.check import check_source
from dsl.compare import compare
from dsl.cue_targets import quoted_name
from dsl.diagnostics import Finding
from dsl.format import format_document
from dsl.plan import Plan, Transition
from dsl.plan_json import plan_from_dict, plan_json, plan_to_dict
from dsl.planner import plan_document

GAME = """# L1 Explore
@loop
@bars 8
@layers 3
@transition crossfade 1s to=L2
@transition button to="Game over"

# L2 Fight!
@loop
@bars 4
@transition segue to="explore"

# Game over
@bars 4
"""


def plan(text: str) -> Plan:
    checked = check_source(text)
    assert not checked.has_errors, checked.findings
    return plan_document(checked.document, "")


def said(text: str) -> list[Finding]:
    return [one for one in check_source(text).findings if one.code != "I320"]


def test_transitions_lead_to_cues_by_number_and_by_title_however_they_are_cased() -> None:
    first, second, third = plan(GAME).cues
    assert first.leads_to == (Transition("crossfade", 1.0, "L2"), Transition("button", 0.0, "Game-over"))
    assert second.leads_to == (Transition("segue", 0.0, "L1"),)
    assert third.leads_to == ()
    assert said(GAME) == []


def test_layers_are_the_number_asked_for_and_none_where_nobody_asked() -> None:
    assert [cue.layers for cue in plan(GAME).cues] == [3, None, None]


def test_chinese_names_say_the_same() -> None:
    chinese = GAME.replace("@layers", "@分层").replace(
        "@transition crossfade 1s to=", "@过渡 交叉淡化 1s 到="
    )
    assert [cue.leads_to for cue in plan(chinese).cues] == [cue.leads_to for cue in plan(GAME).cues]
    assert plan(chinese).cues[0].layers == 3


def test_a_transition_to_the_next_cue_is_how_the_score_goes_on() -> None:
    text = "# A1\nGo.\n@transition button to=A3\n@transition crossfade 2s to=A2\n# A2\nGo.\n# A3\nGo."
    assert plan(text).cues[0].transition == Transition("crossfade", 2.0)


def test_a_transition_without_a_target_comes_before_one_to_the_next_cue() -> None:
    text = "# A1\nGo.\n@transition cut\n@transition crossfade 2s to=A2\n# A2\nGo."
    assert plan(text).cues[0].transition == Transition("cut")


def test_how_a_loop_is_left_for_another_cue_changes_nothing_in_the_loop() -> None:
    assert plan(GAME).cues[0].transition == Transition("segue")


@pytest.mark.parametrize(
    ("target", "code", "meant"),
    [
        ("L3", "E342", "L1"),
        ("l9", "E342", "L1"),
        ('"Gaem over"', "E342", '"Game over"'),
        ("L1", "W344", None),
        ('" "', "E210", None),
    ],
)
def test_a_target_that_cannot_be_is_told_with_the_nearest(target: str, code: str, meant: str | None) -> None:
    text = GAME.replace("to=L2", f"to={target}")
    (finding,) = said(text)
    assert (finding.code, finding.fix.text if finding.fix else None) == (code, meant)
    assert finding.span.line == 5
    line = text.splitlines()[4]
    assert line[finding.span.column - 1 : finding.span.end_column - 1] == target


def test_the_nearest_name_put_in_its_place_mends_the_score() -> None:
    text = GAME.replace('Game over"', 'Gmae over"')
    (finding,) = said(text)
    assert finding.fix is not None
    lines = text.splitlines()
    line = lines[finding.span.line - 1]
    lines[finding.span.line - 1] = (
        line[: finding.span.column - 1] + finding.fix.text + line[finding.span.end_column - 1 :]
    )
    assert said("\n".join(lines)) == []


def test_a_title_that_two_cues_have_is_told_and_leads_to_the_first() -> None:
    text = "# Cave\nGo.\n# Cave\nStay.\n# End\nGo.\n@transition cut to=Cave"
    assert [one.code for one in said(text)] == ["W343"]
    assert plan(text).cues[2].leads_to[0].to == "Cave"


def test_two_transitions_to_one_cue_are_told_and_the_last_counts() -> None:
    text = '# A1 One\nGo.\n@transition cut to=A2\n@transition button to="Two"\n# A2 Two\nGo.'
    assert [one.code for one in said(text)] == ["W323"]
    assert plan(text).cues[0].leads_to == (Transition("button", 0.0, "A2"),)


@pytest.mark.parametrize("layers", ["0", "9", "-1", "1e30"])
def test_layers_out_of_range_are_told(layers: str) -> None:
    (finding,) = said(f"# A1\n@loop\n@bars 4\n@layers {layers}")
    assert finding.code in ("E308", "E310")
    assert "1" in (finding.hint or "1")


@pytest.mark.parametrize(
    "name", ["x2", "1m2", "L3", "boss_door", "Game over", "1e5", "A-B", "冲锋", "2024年 夏", "🎮"]
)
def test_a_cues_name_as_it_is_offered_is_understood(name: str) -> None:
    text = f"# {name}\nGo.\n# End\nGo.\n@transition cut to={quoted_name(name)}"
    assert said(text) == []
    first, second = plan(text).cues
    assert second.leads_to[0].to == first.id


def test_json_names_layers_and_where_transitions_lead_and_reads_them_back() -> None:
    made = plan(GAME)
    cue = plan_json(made)["cues"][0]
    assert cue["layers"] == 3
    assert cue["transitions"] == [{"to": "L2", "kind": "crossfade"}, {"to": "Game-over", "kind": "button"}]
    assert plan_from_dict(plan_to_dict(made)) == made


def test_diff_tells_of_layers_and_of_where_transitions_lead() -> None:
    other = GAME.replace("@layers 3", "@layers 4").replace("crossfade 1s to=L2", "cut to=L2")
    changes = [str(one) for one in compare(plan(GAME), plan(other))]
    assert "~ L1: layers 3 → 4" in changes
    assert any("L2 by crossfade 1s" in one and "L2 by cut" in one for one in changes)


def test_the_formatter_leaves_targets_as_they_are_named() -> None:
    text = '# A1 One\nGo.\n@transition   cut   to = "The  end"\n@layers   2\n# The  end\nGo.\n'
    formatted, problems = format_document(text)
    assert problems == ()
    assert '@transition cut to="The  end"\n@layers 2\n' in formatted


def test_a_change_of_a_title_far_away_changes_where_a_transition_leads() -> None:
    """Plans of unchanged cues are remembered; where they lead hangs on other lines."""
    text = "# A1 One\nGo.\n@transition cut to=Two\n# A2 Two\nGo.\n# A3 Three\nGo."
    first = check_source(text)
    plan_document(first.document, "")
    moved = text.replace("A2 Two", "A2 Tow").replace("A3 Three", "A3 Two")
    again = check_source(moved, previous=first.document)
    assert plan_document(again.document, "").cues[0].leads_to[0].to == "A3"


def test_a_name_that_begins_with_noughts_is_found_as_it_is_written() -> None:
    text = "# 01 Gate\nGo.\n# 007 Hall\nGo.\n@transition cut to=01"
    assert said(text) == []
    assert plan(text).cues[1].leads_to[0].to == "01"


def test_thousands_of_cues_that_lead_to_each_other_take_little_time() -> None:
    text = "\n".join(f'# Hall {n}\nGo.\n@transition cut to="Hall {n * 7 % 1500}"' for n in range(1500))
    started = process_time()
    assert len(plan(text).cues[1].leads_to) == 1
    assert process_time() - started < 3.0
