"""What a merge leaves behind is an error at each of its marks, and is never read as narration."""

import pytest

from dsl.check import check_source
from dsl.format import format_text
from dsl.importers.convert import import_bytes
from dsl.planner import plan_document

CONFLICT = """melodrama: 1
title: t
---
# 1m1 A
<<<<<<< HEAD
@emotion hope 0.9
||||||| base
=======
@emotion dread 0.9
>>>>>>> theirs
The rain fell hard.
"""


def test_each_mark_is_an_error_where_it_stands_and_nothing_of_it_is_timed() -> None:
    checked = check_source(CONFLICT)
    marks = [finding for finding in checked.findings if finding.code == "E215"]
    assert [finding.span.line for finding in marks] == [5, 7, 8, 10]
    assert checked.has_errors
    plan = plan_document(checked.document, ".")
    assert [line.text for line in plan.cues[0].lines] == ["The rain fell hard."]


def test_a_conflict_in_the_front_matter_is_told_and_leaves_it_front_matter() -> None:
    for text in (
        "<<<<<<< HEAD\ntitle: a\n=======\ntitle: b\n>>>>>>> theirs\n---\nGo.",
        "title: x\n<<<<<<< HEAD\ntempo: 90\n=======\n>>>>>>> theirs\n---\nGo.",
    ):
        checked = check_source(text)
        assert [f.code for f in checked.findings if f.code != "E326"] == ["E215"] * 3
        assert [line.text for line in plan_document(checked.document, ".").cues[0].lines] == ["Go."]


@pytest.mark.parametrize(
    "line", ["\\=======", "========", "======= =", " =======", "<<<<<< six", "a ======= b", ">>>>>>>>"]
)
def test_what_no_merge_writes_is_script(line: str) -> None:
    assert check_source(f"Go.\n{line}\nRun.").findings == ()


@pytest.mark.parametrize(
    "line",
    [
        "  <<<<<<< HEAD",
        "\t>>>>>>> theirs",
        "    ||||||| merged common ancestors",
        "<<<<<<<<< Temporary merge branch 1",
        "||||||||| 1a2b3c4",
        ">>>>>>>>>>> Temporary merge branch 2",
    ],
)
def test_marks_that_an_editor_moved_in_and_those_of_nested_merges_are_marks(line: str) -> None:
    (finding,) = check_source(f"# A\nGo.\n{line}\nRun.").findings
    assert (finding.code, finding.span.line) == ("E215", 3)


@pytest.mark.parametrize("name", ["a.txt", "film.fountain", "film.srt", "a.md", "film"])
@pytest.mark.parametrize(
    "conflict",
    [
        "<<<<<<< HEAD\nOne.\n=======\nTwo.\n>>>>>>> theirs\n",
        "<<<<<<< HEAD\nOne.\n||||||| base\nZero.\n=======\nTwo.\n>>>>>>> theirs\n",
        "  <<<<<<< HEAD\r\n  One.\r\n  =======\r\n  Two.\r\n  >>>>>>> theirs\r\n",
    ],
)
def test_a_text_with_a_conflict_in_it_is_not_imported(conflict: str, name: str) -> None:
    result = import_bytes(f"It rained.\n\n{conflict}".encode(), name)
    assert result.text == ""
    assert "line 3: a merge left two versions" in (result.problem or "")


def test_headings_with_lines_under_them_are_no_conflict() -> None:
    text = "Chapter One\n=======\n\nIt rained.\n\n>>>>>>> she wrote\n\nChapter Two\n=======\n\nIt snowed.\n"
    assert import_bytes(text.encode(), "a.txt").problem is None


def test_an_escaped_mark_reads_as_it_stands_and_the_formatter_leaves_marks_alone() -> None:
    assert getattr(check_source("\\=======").document.items[0], "text") == "======="  # noqa: B009
    assert format_text(CONFLICT) == CONFLICT


def test_an_imported_line_that_looks_like_a_mark_stays_text() -> None:
    text = import_bytes(b"He wrote:\n>>>>>>> quoted by seven\nThe rain fell.\n", "a.txt").text
    assert check_source(text).findings == ()
    assert "\\>>>>>>> quoted by seven" in text
