"""What is listed can be written as it stands, and what opens a file is not read aloud by a slip."""

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from dsl.check import check_source
from dsl.directive_words import DIRECTIVES
from dsl.instruments import KIT_NAMES, PITCHED_NAMES
from dsl.parse import parse
from dsl.plan_json import plan_meaning
from dsl.score_file import plan_text
from dsl.vocabulary import (
    DYNAMICS,
    EMOTION_NAMES,
    EMOTIONS,
    MODES,
    REGISTERS,
    ROLE_NAMES,
    STYLE_NAMES,
    STYLES,
    TRANSITIONS,
    UNITS,
)

SCORES = Path(__file__).parents[2] / "scores"


def codes(text: str) -> list[str]:
    return [finding.code for finding in check_source(text).findings]


@pytest.mark.parametrize(
    ("written", "names"),
    [
        ("@instruments melody={}", PITCHED_NAMES),
        ("@instruments drums={}", KIT_NAMES),
        ("@emotion {} 0.5", EMOTION_NAMES),
        ("@style {}", STYLE_NAMES),
        ("@mute {}", ROLE_NAMES),
        ("@dynamics {}", DYNAMICS),
        ("@register {}", REGISTERS),
        ("@transition {}", TRANSITIONS),
        ("@pause 3{}", UNITS),
        ("@key D {}", MODES),
    ],
)
def test_every_name_that_is_listed_can_be_written(written: str, names: Mapping[str, object]) -> None:
    broken = [name for name in names if parse(written.format(name)).findings]
    assert broken == []


def test_a_range_with_a_dash_is_still_told() -> None:
    assert [code[0] for code in codes("@tempo 60-84\nGo.")] == ["E"]


def test_keys_that_a_directive_above_their_end_would_have_read_aloud_are_told() -> None:
    text = "title: The cliff\n\n// mine\n@mood rope = 0 0\n@emotion rope\n---\n# A\nGo."
    (finding,) = check_source(text).findings
    assert (finding.code, finding.span.line) == ("E206", 4)
    for fine in ("Title: x\nHe goes.\n@hit\n---\nGo.", "MARA: x\n@hit\n---\nGo.", "title: x\n@hit\nGo."):
        assert codes(fine) == []


@pytest.mark.parametrize("path", sorted(SCORES.glob("*.score")), ids=lambda path: path.stem)
def test_a_score_with_chinese_names_of_directives_is_the_same_plan(path: Path) -> None:
    """Their emotions and styles too."""
    english = path.read_text(encoding="utf-8")
    names = {word.name: word.chinese[-1] for word in DIRECTIVES.values()}
    words = {one.name: one.chinese[0] for one in (*EMOTIONS.values(), *STYLES.values())}

    def translated(line: str) -> str:
        found = re.match(r"@([\w]+)(.*)", line)
        if found is None or found[1] not in names or "=" in found[2] or '"' in found[2]:
            return line
        return f"@{names[found[1]]}" + re.sub(r"[a-z]+", lambda one: words.get(one[0], one[0]), found[2])

    chinese = "\n".join(map(translated, english.split("\n")))
    one, other = plan_text(english, path.parent), plan_text(chinese, path.parent)
    assert [found.code for found in other.findings] == [found.code for found in one.findings]
    assert _unnamed(plan_meaning(other.draft)) == _unnamed(plan_meaning(one.draft))


def _unnamed(plan: dict[str, Any]) -> dict[str, Any]:
    """Without the names of feelings, which reports tell as the writer has them."""
    return {
        **plan,
        "cues": [{**cue, "emotion": [{**e, "name": None} for e in cue["emotion"]]} for cue in plan["cues"]],
    }
