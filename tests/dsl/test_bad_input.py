"""Any bytes at all: each gives findings that say what and where, in bounded time."""

import time
from pathlib import Path

import pytest

from dsl.check import check_source
from dsl.format import format_text

STORY = "# 1m1 悬崖\n主人公站在悬崖边，望着远方的天空，心中充满了绝望。\n"


@pytest.mark.parametrize(
    ("data", "code", "said"),
    [
        (b"", "W112", "nothing"),
        (b"   \n\n", "W112", "nothing"),
        (STORY.encode("utf-16"), "E102", "UTF-16"),
        (STORY.encode("utf-16-le"), "E102", "UTF-16"),
        ("Once upon a time.".encode("utf-16-be"), "E102", "UTF-16"),
        (STORY.encode("utf-32"), "E102", "UTF-32"),
        (STORY.encode("gbk"), "E101", "GBK"),
        (STORY.replace("悬", "山").encode("big5", "ignore"), "E101", "UTF-8"),
        ("Café déjà vu".encode("latin-1"), "E101", "Latin-1"),
        (b"MThd\x00\x00\x00\x06", "E103", "MIDI"),
        (bytes(range(256)) * 8, "E103", "binary"),
        (b"\x00" * 500, "E103", "binary"),
        (b"Once\x00 upon", "E106", "U+0000"),
        (b"\xef\xbb\xbfOnce.", "I101", "byte order mark"),
        (b"x" * 17_000_000, "E104", "16,000,000"),
        (b"x" * 10_000_000, "E105", "100,000"),
        (b"# a\nx\n" * 100_000, "E107", "5,000"),
        (b"\n" * 300_000, "E109", "200,000"),
        ("He said \u202eno\u202c.".encode(), "W106", "U+202E"),
    ],
)
def test_bytes_that_are_no_score_are_recognised(data: bytes, code: str, said: str) -> None:
    found = {finding.code: finding for finding in check_source(data).findings}
    assert code in found
    finding = found[code]
    assert said in f"{finding.message} {finding.hint}"
    assert len(found) == 1


def test_right_to_left_text_is_script_like_any_other() -> None:
    assert check_source("אבג: שלום\nمرحبا {hit}\n").findings == ()


def test_lone_surrogates_are_found_and_do_no_harm() -> None:
    assert [finding.code for finding in check_source("Once \ud800 upon").findings] == ["E106"]


@pytest.mark.parametrize("ending", ["\n", "\r\n", "\r"])
def test_line_endings_of_every_kind_are_read_and_kept(ending: str) -> None:
    text = ending.join(["#  1m1   x", "Go.", "@emotion  hope->joy", "On.", ""])
    checked = check_source(text)
    assert checked.findings == ()
    assert len(checked.document.lines) == 4
    assert format_text(text) == ending.join(["# 1m1 x", "Go.", "@emotion hope -> joy", "On.", ""])


@pytest.mark.parametrize(
    "line",
    [
        "{" * 90_000,
        "{hit}" * 15_000,
        "\\{" * 40_000,
        '{temp "' + "“" * 80_000,
        "@motif a = [" + "E5 " * 3_000 + "]",
        "@motif a = [" + "(" * 9_000,
        "@palette a = " + "b=" * 4_000 + "c",
        "@temp " + '"\\' * 4_000,
        "@tempo " + "9" * 9_000,
        "@at " + "9" * 4_000 + ":00",
        "@meter " + "9" * 4_000 + "/4",
        "@seed " + "9" * 9_000,
        "a" * 90_000 + ":",
        "#" * 90_000,
        "@" + "->" * 4_000,
        "@emotion " + "v=0 " * 2_000,
    ],
    ids=lambda line: line[:12],
)
def test_a_hostile_line_is_answered_quickly(line: str) -> None:
    before = time.process_time()
    check_source(line + "\nGo.")
    format_text(line)
    assert time.process_time() - before < 3.0


@pytest.mark.parametrize(
    "path", ["/etc/passwd", "../../etc/passwd.score", "\0.score", "a" * 5000 + ".score", " .score"]
)
def test_an_include_of_anything_is_answered(path: str, tmp_path: Path) -> None:
    findings = check_source(f'@include "{path}"\nGo.', tmp_path).findings
    assert any(finding.code[0] == "E" for finding in findings)


@pytest.mark.parametrize("ending", [b"\n", b"\r\n", b"\r"])
def test_where_utf8_breaks_off_is_told_by_line_and_column(ending: bytes) -> None:
    data = ending.join([b"\xef\xbb\xbf# A", "林说：".encode() + b"\xff", b"Go."])
    finding = check_source(data).findings[-1]
    assert (finding.code, finding.span.line, finding.span.column) == ("E101", 2, 4)


@pytest.mark.parametrize(
    "value", ["1." * 45_000, "E5 " * 30_000, '"' * 90_000], ids=["numbers", "notes", "quotes"]
)
def test_a_front_matter_value_without_end_is_refused_and_costs_no_seconds(value: str) -> None:
    started = time.process_time()
    checked = check_source(f"title: {value}\ntempo: {value}\noutput: {value}\n---\nGo.")
    assert [finding.code for finding in checked.findings] == ["E105", "E105"]
    assert checked.document.front_matter.title == value.strip()
    assert time.process_time() - started < 0.5
