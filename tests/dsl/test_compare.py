"""What changed between two scores, said in musical terms."""

from pathlib import Path

from dsl.compare import compare
from dsl.plan import Plan
from dsl.score_file import plan_source

BASE = """title: A
---
@character Lin motif=rope
@motif rope = [E5 G5]
# 1m1 The cliff
@tempo 60..84
@emotion despair 0.8
He stands at the edge.
Lin: I will not turn back. {hit}
# 1m2 Home
@style folk
She laughs.
"""


def plan(text: str) -> Plan:
    loaded = plan_source(text, Path("a.score"))
    assert loaded.plan is not None, loaded.findings
    return loaded.plan


def changes(new: str) -> list[str]:
    return [str(change) for change in compare(plan(BASE), plan(new))]


def test_the_same_score_has_no_changes() -> None:
    assert changes(BASE) == []


def test_comments_and_spacing_are_not_changes() -> None:
    assert changes(BASE.replace("@tempo 60..84", "// slower?\n@tempo   60..84")) == []


def test_a_wider_tempo_range_is_told() -> None:
    assert "~ 1m1: tempo 60..84 → 50..90" in changes(BASE.replace("60..84", "50..90"))


def test_a_bent_emotion_is_told() -> None:
    found = changes(BASE.replace("despair 0.8", "despair 0.8 -> hope 0.5"))
    assert any("1m1: emotion despair" in change and "hope" in change for change in found)


def test_a_kept_take_is_told() -> None:
    assert "~ 1m2: take best match → 3" in changes(BASE.replace("@style folk", "@style folk\n@take 3"))


def test_an_added_and_a_removed_cue_are_told() -> None:
    found = changes(BASE.replace("# 1m2 Home", "# 1m1a Between\nSnow.\n# 1m2 Home"))
    assert any(change.startswith("+ cue 1m1a Between") for change in found)
    assert not any("1m2" in change and "line" in change for change in found)
    gone = changes(BASE[: BASE.index("# 1m2")])
    assert any(change.startswith("- cue 1m2 Home") for change in gone)


def test_a_changed_line_and_a_changed_theme_are_told() -> None:
    assert "~ 1m2: line: She laughs. → She weeps." in changes(BASE.replace("She laughs.", "She weeps."))
    assert any("motif rope" in change for change in changes(BASE.replace("[E5 G5]", "[E5 A5]")))


def test_a_removed_hit_is_told() -> None:
    assert any("1m1: event: hit" in change for change in changes(BASE.replace(" {hit}", "")))


def test_a_reading_of_the_writers_own_that_comes_changes_or_goes_is_told() -> None:
    feel = '@feel "She laughs" despair 0.5\n'
    with_one = BASE.replace("@motif", f"{feel}@motif", 1)
    other = with_one.replace("despair 0.5", "joy")
    assert changes(with_one) == ["+ reading of “She laughs” despair v -0.40 a -0.05"]
    assert [str(one) for one in compare(plan(with_one), plan(other))] == [
        "~ reading of “She laughs”: despair v -0.40 a -0.05 → joy v +0.85 a +0.50"
    ]
    assert [one.kind for one in compare(plan(with_one), plan(BASE))] == ["removed"]
