"""What is listed can be written as it stands, and what opens a file is not read aloud by a slip."""

from collections.abc import Mapping

import pytest

from dsl.check import check_source
from dsl.instruments import KIT_NAMES, PITCHED_NAMES
from dsl.parse import parse
from dsl.vocabulary import (
    DYNAMICS,
    EMOTION_NAMES,
    MODES,
    REGISTERS,
    ROLE_NAMES,
    STYLE_NAMES,
    TRANSITIONS,
    UNITS,
)


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
