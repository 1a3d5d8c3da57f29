"""After any edit the document, its findings and the plan are those of the whole text, whatever was kept from
before.
"""

import random
from pathlib import Path

import pytest

from dsl import parse as parse_module
from dsl import planner
from dsl.check import check_source
from dsl.score_file import Planned, plan_text

SCORES = Path(__file__).parents[2] / "scores"
LINES = (
    """
# 1m1 A|#1m1 A|#1m1 #1m1  |  # 1m1 A|# 1m1  A|##1m1 A|@fit 999ms|@fit 3s|@at 00:10|@at 00:00:30
---||title: x|fps: 25|@bars 4|@loop|@pause 2s|{hit} go|@tempo 60|@hit|@hit |@at 00:10 | @fit 3s
@pace 90|@mood a = 0 0|@emotion a|@character JUNE|JUNE: hello|# B|#|# |@density 0.5 -> 0.1 over 3s
@silence 3s|@transition cut|@out 00:30|=======|@motif rope = [E5 G5]|@motif rope
@character LIN motif=rope|LIN was here.|@style noir|@key auto|@emotion auto|@feel "was here" joy
@transition cut to=B|@transition segue to=1m1|@meter 12/8|@palette p = from=noir|@style p|\\@hit
""".strip("\n")
    .replace("\n", "|")
    .split("|")
)


def _edited(lines: list[str], dice: random.Random) -> list[str]:
    """One edit somewhere, most often of one line, every third time at the very end."""
    lines = list(lines)
    place = len(lines) if dice.random() < 0.3 else dice.randrange(len(lines) + 1)
    kind = dice.random()
    if kind < 0.4 or not lines:
        lines.insert(place, dice.choice(LINES))
        return lines
    place = min(place, len(lines) - 1)
    if kind < 0.6:
        del lines[place]
    elif kind < 0.7:
        lines[place] = dice.choice(LINES)
    elif kind < 0.73:
        lines[place : place + 2] = ["".join(lines[place : place + 2])]
    elif kind < 0.76:
        at = dice.randrange(len(lines[place]) + 1)
        lines[place : place + 1] = [lines[place][:at], lines[place][at:]]
    elif kind < 0.79:
        moved = [lines.pop(place) for _ in range(min(3, len(lines) - place))]
        lines += moved
    else:
        line, at = lines[place], dice.randrange(len(lines[place]) + 1)
        typed = dice.choice(" #@:{}/\\-=1m　：＝") if dice.random() < 0.6 else ""
        lines[place] = line[:at] + typed + line[at + (not typed) :]
    return lines


def _anew(text: str, monkeypatch: pytest.MonkeyPatch) -> Planned:
    with monkeypatch.context() as forgetful:
        forgetful.setattr(parse_module, "_remembered", {})
        forgetful.setattr(planner, "_last_plan", planner._LastPlan((), {}))
        return plan_text(text, None)


@pytest.mark.parametrize("seed", range(4))
def test_after_any_edit_document_and_plan_are_those_of_the_whole_text(
    seed: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    dice = random.Random(seed)
    scores = [path.read_text(encoding="utf-8").splitlines() for path in sorted(SCORES.glob("*.score"))]
    for _ in range(12):
        score = dice.choice(scores)
        start = dice.randrange(len(score))
        lines = score[: dice.choice((0, 6))] + score[start : start + dice.randrange(25)]
        planned, before = None, [lines]
        for _ in range(12):
            text = dice.choice(("\n", "\n", "\r\n")).join(lines) + dice.choice(("", "\n"))
            planned = plan_text(text, None, planned.document if planned else None)
            assert planned == _anew(text, monkeypatch), text
            before.append(lines)
            lines = dice.choice(before) if dice.random() < 0.15 else _edited(lines, dice)


def test_a_heading_that_only_grew_by_a_space_has_its_new_place_in_the_plan() -> None:
    for heading in ("# 1m1 A", "#1m1 A", "# 1m1 A "):
        plan = planner.plan_document(check_source(f"{heading}\nGo.").document, ".")
        assert plan.cues[0].span.end_column == len(heading) + 1


def test_directives_that_were_too_many_to_read_are_read_once_they_are_fewer(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(parse_module, "MAX_DIRECTIVE_CHARACTERS", 150)
    many = ["@motif m = [" + "E5 " * 30 + "]"] * 3
    previous = check_source("\n".join([*many, "@tempo 60", "Go."])).document
    text = "\n".join([many[0], "@tempo 60", "Go."])
    assert check_source(text, None, previous).document == check_source(text).document


def test_cues_of_the_same_words_are_remembered_each_at_its_place(monkeypatch: pytest.MonkeyPatch) -> None:
    """Planning one must not throw another's plan away: a key in the last cue costs the last cue."""
    text = "\n".join(["# A\nLa la la."] * 30)
    before = check_source(text).document
    planner.plan_document(before, ".")
    sketched: list[int] = []
    sketch = planner.sketch_cue
    monkeypatch.setattr(planner, "sketch_cue", lambda *a: sketched.append(a[1]) or sketch(*a))
    planner.plan_document(check_source(text + " O.", None, before).document, ".")
    assert sketched == [60]
