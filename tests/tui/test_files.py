"""Opening and saving: nothing is lost, whatever the file system does."""

import os
from pathlib import Path

import pytest

from engine.errors import OutputError
from tui import files
from tui.files import Problem, ScoreFile, open_score, save_score
from tui.recovery import drop_recovery, find_recovery, keep_recovery


def opened(path: Path) -> ScoreFile:
    found = open_score(path)
    assert isinstance(found, ScoreFile)
    return found


@pytest.mark.parametrize(
    "data", [b"", b"a\nb\n", b"a\r\nb\r\n", b"\xef\xbb\xbfa\n", "悬崖\x0c\u2028\n".encode()]
)
def test_saving_an_unchanged_text_gives_the_same_bytes(tmp_path: Path, data: bytes) -> None:
    path = tmp_path / "a.score"
    path.write_bytes(data)
    file = opened(path)
    assert isinstance(save_score(file, file.text), ScoreFile)
    assert path.read_bytes() == data


@pytest.mark.parametrize("data", [b"a\rb\rc", b"a\r\nb\rc\r\n", b"a\r\nb\nc\n"])
def test_line_ends_of_several_kinds_are_told_and_lines_are_those_that_are_seen(
    tmp_path: Path, data: bytes
) -> None:
    path = tmp_path / "a.score"
    path.write_bytes(data)
    file = opened(path)
    assert file.text.split() == ["a", "b", "c"]
    assert "\r" not in file.text
    assert file.remark is not None
    assert "line ends" in file.remark


@pytest.mark.parametrize(
    ("data", "said"), [(b"\xff\xfe", "not UTF-8"), ("悬崖".encode("gbk"), "not UTF-8"), (None, "folder")]
)
def test_a_file_that_cannot_be_read_is_told_in_one_line(
    tmp_path: Path, data: bytes | None, said: str
) -> None:
    path = tmp_path / "a.score"
    path.mkdir() if data is None else path.write_bytes(data)
    problem = open_score(path)
    assert isinstance(problem, Problem)
    assert said in problem.message
    assert "\n" not in problem.message


def test_a_file_changed_underneath_is_not_overwritten(tmp_path: Path) -> None:
    path = tmp_path / "a.score"
    path.write_text("mine\n")
    file = opened(path)
    path.write_text("somebody else's\n")
    problem = save_score(file, "mine, edited\n")
    assert isinstance(problem, Problem)
    assert problem.conflict
    assert path.read_text() == "somebody else's\n"
    assert isinstance(save_score(file, "mine, edited\n", overwrite=True), ScoreFile)
    assert path.read_text() == "mine, edited\n"


def test_touching_a_file_without_changing_it_is_no_conflict(tmp_path: Path) -> None:
    path = tmp_path / "a.score"
    path.write_text("mine\n")
    file = opened(path)
    os.utime(path, ns=(1, 1))
    assert isinstance(save_score(file, "mine, edited\n"), ScoreFile)


def test_a_deleted_file_is_a_conflict_and_a_new_one_is_not(tmp_path: Path) -> None:
    path = tmp_path / "a.score"
    path.write_text("mine\n")
    file = opened(path)
    path.unlink()
    problem = save_score(file, "mine\n")
    assert isinstance(problem, Problem)
    assert "deleted" in problem.message
    assert isinstance(save_score(ScoreFile(path, "", None), "new\n"), ScoreFile)


def test_a_full_disk_leaves_the_old_file_whole(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "a.score"
    path.write_text("old\n")
    file = opened(path)

    def full(*_: object, **__: object) -> None:
        raise OutputError("cannot write a.score: no space is left on the device")

    monkeypatch.setattr(files, "write_atomic", full)
    problem = save_score(file, "new\n")
    assert isinstance(problem, Problem)
    assert "no space" in problem.message
    assert path.read_text() == "old\n"


def test_saving_through_a_symbolic_link_keeps_the_link(tmp_path: Path) -> None:
    target, link = tmp_path / "real.score", tmp_path / "link.score"
    target.write_text("old\n")
    link.symlink_to(target)
    save_score(opened(link), "new\n")
    assert link.is_symlink()
    assert target.read_text() == "new\n"


def test_recovery_offers_only_text_that_differs(tmp_path: Path) -> None:
    path = tmp_path / "a.score"
    assert keep_recovery(path, "typed") is None
    found = find_recovery(path, "on disk")
    assert found is not None
    assert found.text == "typed"
    assert find_recovery(path, "typed") is None
    drop_recovery(path)
    assert find_recovery(path, "on disk") is None
