"""What people say for a word of the language is understood as a hint, in both languages."""

from collections.abc import Mapping

import pytest

from dsl import everyday_words
from dsl.check import check_source
from dsl.diagnostics import Finding
from dsl.directive_words import DIRECTIVE_NAMES, FRONT_MATTER_NAMES
from dsl.everyday_words import emotion_meant
from dsl.vocabulary import EMOTION_NAMES, ROLE_NAMES, STYLE_NAMES, fold

TABLES = [
    (everyday_words._FEELINGS, EMOTION_NAMES),
    (everyday_words._STYLES, STYLE_NAMES),
    (everyday_words._DIRECTIVES, DIRECTIVE_NAMES),
    (everyday_words._ROLES, ROLE_NAMES),
    (everyday_words._FRONT_MATTER, FRONT_MATTER_NAMES),
]


def only(text: str) -> Finding:
    findings = check_source(text).findings
    assert len(findings) == 1
    return findings[0]


@pytest.mark.parametrize(
    ("line", "code", "meant"),
    [
        ("@bpm 90", "E301", "tempo"),
        ("@transpose 2", "E301", "key"),
        ("@Volume 3", "E301", "dynamics"),
        ("@time_signature 3/4", "E301", "meter"),
        ("@移调 2", "E301", "调"),
        ("@音量 3", "E301", "力度"),
        ("@emotion happy", "E302", "joy"),
        ("@emotion Terrified", "E302", "fear"),
        ("@emotion 难过", "E302", "悲伤"),
        ("@情感 开心 0.5", "E302", "喜悦"),
        ("@emotion dispair", "E302", "despair"),
        ("@style jazz", "E303", "noir"),
        ("@风格 中国风", "E303", "国风"),
        ("@mute percussion", "E305", "drums"),
        ("@静音 伴奏", "E305", "和声"),
    ],
)
def test_an_everyday_word_is_answered_with_the_languages_own_and_the_fix_is_right(
    line: str, code: str, meant: str
) -> None:
    finding = only(f"{line}\nGo.")
    assert (finding.code, finding.hint) == (code, f"Did you mean {meant}?")
    assert finding.fix is not None
    span = finding.fix.span
    mended = line[: span.column - 1] + finding.fix.text + line[span.end_column - 1 :]
    assert code not in [found.code for found in check_source(f"{mended}\nGo.").findings]


def test_front_matter_keys_are_known_by_what_other_programs_call_them() -> None:
    assert only("title: x\nbpm: 90\n---\nGo.").hint == "Did you mean tempo?"
    assert only("title: x\nframe-rate: 25\n---\nGo.").hint == "Did you mean fps?"


def test_an_emotion_said_with_the_directive_that_declares_moods_is_answered_with_the_right_one() -> None:
    assert only("@情绪 悲伤\n走。").hint == "To feel it here: @情感 悲伤."
    assert only("@mood grief\nGo.").hint == "To feel it here: @emotion grief."


@pytest.mark.parametrize("line", ["@情感 自动", "@emotion auto", "@调 自动", "@key auto"])
def test_auto_is_understood_in_both_languages(line: str) -> None:
    assert check_source(f"{line}\nGo.").findings == ()


def test_some_hundreds_of_words_of_feeling_are_known_in_each_language() -> None:
    words = everyday_words.EMOTIONS_MEANT
    assert sum(word.isascii() for word in words) > 300
    assert sum(not word.isascii() for word in words) > 300


@pytest.mark.parametrize(("rows", "names"), TABLES)
def test_a_word_stands_once_in_its_table_and_is_no_name_of_the_language(
    rows: Mapping[str, str], names: Mapping[str, str]
) -> None:
    words = [word for row in rows.values() for word in row.split()]
    assert len(words) == len(set(words))
    assert [word for word in words if word in names or fold(word) != word] == []
    assert set(rows) <= set(names.values())


def test_moods_of_the_writers_own_are_not_taken_for_everyday_words() -> None:
    assert check_source("@mood happy = 0.5 0.5\n@emotion happy\nGo.").findings == ()
    assert emotion_meant("xyzzy") is None
