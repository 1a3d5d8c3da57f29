"""One limit about one thing: whoever reads a score says the same."""

from pathlib import Path

import pytest

from dsl.check import check_source
from dsl.importers.convert import import_bytes
from dsl.limits import MOST_CUES, MOST_SCORE_BYTES
from dsl.score_file import load_plan, read_bytes
from dsl.syntax import CueHeading
from tui.files import Problem, open_score


def test_as_many_cues_as_are_planned_are_allowed_and_not_one_more() -> None:
    allowed, beyond = (check_source(b"# A\nx\n" * count, None) for count in (MOST_CUES, MOST_CUES + 1))
    assert not [one for one in allowed.findings if one.code in ("E107", "E408")]
    assert [one.message for one in beyond.findings if one.code == "E107"] == [
        "The file has more than 5,000 cues."
    ]


def test_an_import_writes_no_more_cues_than_a_score_may_have() -> None:
    story = "".join(f"Chapter {number}\n\nIt rained.\n\n" for number in range(1, MOST_CUES + 40))
    written = import_bytes(story.encode(), "story.md")
    cues = sum(isinstance(item, CueHeading) for item in check_source(written.text, None).document.items)
    assert MOST_CUES - 2 <= cues <= MOST_CUES


@pytest.mark.parametrize("size", [MOST_SCORE_BYTES + 1, 5 * MOST_SCORE_BYTES])
def test_editor_and_commands_refuse_a_file_at_the_same_size(tmp_path: Path, size: int) -> None:
    path = tmp_path / "large.score"
    with path.open("wb") as stream:
        stream.truncate(size)
    opened = open_score(path)
    assert isinstance(opened, Problem)
    assert "at most 16 MB" in opened.message
    loaded = load_plan(path)
    said = [loaded.problem or "", *(one.message for one in loaded.findings)]
    assert [one for one in said if "16 MB" in one or "16,000,000" in one]
    assert [one for one in said if "64" in one.replace(str(tmp_path), "")] == []


def test_a_file_just_within_is_read(tmp_path: Path) -> None:
    path = tmp_path / "long.score"
    path.write_bytes(
        (b"She walked on and on through the rain, and nobody came.\n" * 300_000)[:MOST_SCORE_BYTES]
    )
    assert not isinstance(open_score(path), Problem)
    assert read_bytes(path)[1] is None


def test_a_text_in_the_workstation_counts_as_the_bytes_it_is_saved_as() -> None:
    text = ("悬" * 99 + "\n") * (MOST_SCORE_BYTES // 298)
    assert "E104" not in [finding.code for finding in check_source(text).findings]
    assert [finding.code for finding in check_source(text + "悬崖" * 9_000).findings] == ["E104"]
