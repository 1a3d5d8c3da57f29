"""A story written in Markdown: its words, headings and scenes, and none of its marks."""

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dsl.check import check_source
from dsl.importers.convert import import_bytes
from dsl.importers.markdown import without_markdown


def body(text: str, name: str = "story.md") -> list[str]:
    result = import_bytes(text.encode(), name)
    assert result.problem is None
    assert [one for one in check_source(result.text).findings if one.severity == "error"] == []
    return [line for line in result.text.partition("---\n")[2].split("\n") if line]


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ("She *waits*, **alone**, ***here***.", "She waits, alone, here."),
        ("She _waits_, __alone__, ~~here~~.", "She waits, alone, here."),
        ("She **waits _here_ alone**.", "She waits here alone."),
        ("See [the house](https://a.org/b?c) now.", "See the house now."),
        ("See [the house][1] now.[^2]", "See the house now."),
        ("![a map](map.png) She waits.", "She waits."),
        ("> She waits.", "She waits."),
        ("- She waits.", "She waits."),
        ("* [ ] She waits.", "She waits."),
        ("Type `go` now.", "Type go now."),
        ("A \\*star\\* and 2 * 3 * 4.", "A *star* and 2 * 3 * 4."),
        ("snake_case_name stays, so does 2*3*4.", "snake_case_name stays, so does 2*3*4."),
        ("She waits.<!-- or runs? -->", "She waits."),
        ("她**等着**，_一个人_。", "她等着，一个人。"),
        ("It is 5 > 3 and - so on.", "It is 5 > 3 and - so on."),
    ],
)
def test_marks_go_and_words_stay(line: str, words: str) -> None:
    assert body(f"It rained.\n\n{line}\n")[-1] == words


def test_metadata_is_no_narration_and_its_title_is_the_title() -> None:
    text = '---\ntitle: "The Rain"\nauthor: me\ntags:\n  - wet\n---\n\n# One\n\nIt rained.\n'
    result = import_bytes(text.encode(), "story.md")
    assert "title: The Rain\n" in result.text
    assert body(text) == ["# One", "It rained."]
    assert any(remark.what == "metadata" for remark in result.remarks)


def test_a_rule_at_the_head_is_a_rule() -> None:
    assert body("---\nIt rained. Then: nothing.\n---\nIt snowed.\n")[-1] == "It snowed."


def test_headings_with_a_line_under_them_begin_cues() -> None:
    text = "Chapter One\n===========\n\nIt rained.\n\nThe night\n---\n\nIt snowed.\n\n***\n\nIt thawed.\n"
    cues = [line for line in body(text) if line.startswith("#")]
    assert cues[:2] == ["# Chapter One", "# The night"]
    assert len(cues) == 3


def test_code_comments_and_footnotes_are_left_out_and_told() -> None:
    text = (
        "It rained.\n\n```python\nprint('hi')\n```\n\n<!-- think\nagain -->\n\n"
        "It snowed.\n\n[^1]: See p. 5.\n[house]: https://a.org\n"
    )
    assert body(text) == ["It rained.", "It snowed."]
    told = {remark.what for remark in import_bytes(text.encode(), "a.md").remarks}
    assert {"blocks of code", "comments", "footnotes and addresses of links"} <= told


def test_only_markdown_is_read_so() -> None:
    assert body("It rained.\n\nShe *waits* [here](x).\n", "story.txt")[-1] == "She *waits* [here](x)."


@pytest.mark.parametrize(
    "sign", ["*", "_", "`", "[", "![", "<!--", "> ", "- ", "*a", "_a ", "[a](", "~~", "---\\n"]
)
def test_a_line_of_signs_takes_no_longer_than_its_length(sign: str) -> None:
    begun = time.process_time()
    without_markdown(sign * 20_000)
    assert time.process_time() - begun < 2.0


@given(st.text(alphabet="ab *_~`[]()<>!-#=:.\n\\", max_size=200))
def test_any_text_keeps_its_lines(text: str) -> None:
    assert len(without_markdown(text)[0].split("\n")) == len(text.split("\n"))
