"""`melodrama explain`: codes, the language's lists, and its words."""

import re
from pathlib import Path

import pytest

import dsl
from dsl.directive_words import DIRECTIVES, FRONT_MATTER
from dsl.lists import LISTS
from dsl.operands import _LISTS
from dsl.vocabulary import EMOTIONS, STYLES
from tui.cli.main import main


def explained(*words: str, capsys: pytest.CaptureFixture[str]) -> str:
    assert main(["explain", *words]) == 0
    return capsys.readouterr().out


def test_lists_hold_every_name_of_the_language_in_both_languages(capsys: pytest.CaptureFixture[str]) -> None:
    for name, table in (
        ("directives", DIRECTIVES),
        ("emotions", EMOTIONS),
        ("styles", STYLES),
        ("front-matter", FRONT_MATTER),
    ):
        text = explained(name, capsys=capsys)
        for word in table.values():
            assert re.search(rf"(^|[\s@]){re.escape(word.name)}\b", text), word
            assert all(chinese in text for chinese in word.chinese)


def test_marks_are_the_directives_that_may_stand_in_a_text(capsys: pytest.CaptureFixture[str]) -> None:
    text = explained("marks", capsys=capsys)
    assert "  hit [NAME]" in text
    assert "loop" not in text


@pytest.mark.parametrize("name", LISTS)
def test_every_list_is_printed_in_columns(name: str, capsys: pytest.CaptureFixture[str]) -> None:
    text = explained(name, capsys=capsys)
    assert len(text.splitlines()) > 1
    assert all(len(line) < 120 for line in text.splitlines())


def test_every_list_that_a_hint_points_to_exists() -> None:
    sources = "".join(file.read_text(encoding="utf-8") for file in Path(dsl.__file__).parent.rglob("*.py"))
    named = set(re.findall(r"melodrama explain ([a-z-]+)`", sources))
    named |= set(re.findall(r"""see_list\(["']([a-z-]+)""", sources)) | set(_LISTS.values())
    assert {"directives", "emotions"} <= named
    assert named <= set(LISTS)


def test_words_of_the_language_are_explained_too(capsys: pytest.CaptureFixture[str]) -> None:
    assert "@tempo BPM" in explained("@tempo", capsys=capsys)
    assert "valence -0.65" in explained("悲伤", capsys=capsys)


def test_without_a_word_codes_and_lists_are_named(capsys: pytest.CaptureFixture[str]) -> None:
    text = explained(capsys=capsys)
    assert "E215" in text
    assert "front-matter" in text


def test_what_is_nothing_is_answered_with_what_is_near(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["explain", "emotoins"]) == 1
    assert "emotions" in capsys.readouterr().err
