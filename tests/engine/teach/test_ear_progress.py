"""Answers are kept line by line; nothing that happens to the file costs more than a line."""

import json
from pathlib import Path

import pytest

from engine.errors import OutputError
from engine.teach.ear_progress import Answered, keep_answer, read_progress

RIGHT = Answered("mode", "beginner", True, 10.0)
WRONG = Answered("tempo", "beginner", False, 5.0)  # a clock that goes backwards


def test_what_is_kept_is_read_again_in_its_order(tmp_path: Path) -> None:
    path = tmp_path / "a" / "ear.jsonl"
    for one in (RIGHT, WRONG, RIGHT):
        keep_answer(path, one)
    assert read_progress(path).answers == (RIGHT, WRONG, RIGHT)
    assert path.stat().st_mode & 0o077 == 0


def test_no_file_is_no_answers(tmp_path: Path) -> None:
    assert read_progress(tmp_path / "none").answers == ()


@pytest.mark.parametrize(
    "damage",
    [
        b'{"format": 1, "kind": "mode", "lev',
        b"\xff\x00\xfe",
        b"[1]",
        b'{"format": 2, "kind": "mode", "level": "beginner", "right": true, "at_s": 1}',
        b'{"format": 1, "kind": "smell", "level": "beginner", "right": true, "at_s": 1}',
        b'{"format": 1, "kind": "mode", "level": "beginner", "right": 1, "at_s": 1}',
        b'{"format": 1, "kind": ["mode"], "level": "beginner", "right": true, "at_s": null}',
        b"[" * 100_000,
    ],
)
def test_a_damaged_foreign_or_newer_line_is_passed_over_and_stays(tmp_path: Path, damage: bytes) -> None:
    path = tmp_path / "ear.jsonl"
    keep_answer(path, RIGHT)
    with path.open("ab") as stream:
        stream.write(damage)
    keep_answer(path, WRONG)
    progress = read_progress(path)
    assert progress.answers == (RIGHT, WRONG)
    assert progress.passed_over == 1
    assert damage in path.read_bytes()


def test_a_folder_in_the_way_is_told(tmp_path: Path) -> None:
    with pytest.raises(OutputError, match=str(tmp_path)):
        keep_answer(tmp_path, RIGHT)
    with pytest.raises(OutputError, match="cannot be read"):
        read_progress(tmp_path)


def test_what_goes_worst_is_asked_first_and_what_was_never_asked_before_all(tmp_path: Path) -> None:
    path = tmp_path / "ear.jsonl"
    for one in (RIGHT, WRONG):
        keep_answer(path, one)
    order = read_progress(path).weakest("beginner", ("mode", "tempo", "bass"))
    assert order == ["bass", "tempo", "mode"]
    assert read_progress(path).share("mode", "beginner") == 1.0
    assert read_progress(path).share("mode", "advanced") is None


def test_a_line_is_plain_json(tmp_path: Path) -> None:
    path = tmp_path / "ear.jsonl"
    keep_answer(path, RIGHT)
    assert json.loads(path.read_text(encoding="utf-8"))["format"] == 1
