"""The file of choices: nothing is lost and nothing is in the way, whoever writes and whatever is there."""

import errno
import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.engine.taste.choosing import choices_by
from tui.taste_file import (
    TasteFileError,
    export_choices,
    forget,
    import_choices,
    read_taste_file,
    remember,
)

CHOICES = choices_by({"legato": 1.0}, 8)


def test_choices_are_added_to_those_that_are_there(tmp_path: Path) -> None:
    path = tmp_path / "new" / "taste.jsonl"
    assert remember(path, CHOICES[:2]).is_new
    assert not remember(path, CHOICES[2:5]).is_new
    assert read_taste_file(path).choices == tuple(CHOICES[:5])
    if os.name != "nt":
        assert path.stat().st_mode & 0o077 == 0


def test_a_line_that_broke_off_takes_no_later_one_with_it(tmp_path: Path) -> None:
    path = tmp_path / "taste.jsonl"
    remember(path, CHOICES[:3])
    path.write_bytes(path.read_bytes()[:-30])
    remember(path, CHOICES[3:4])
    record = read_taste_file(path)
    assert record.choices == (*CHOICES[:2], CHOICES[3])
    assert record.damaged == 1


@pytest.mark.parametrize("content", [b"# my shopping list\n", b'{"melodrama": "taste", "format": 9}\n'])
def test_a_file_that_is_not_ours_to_write_stays_as_it_is(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "taste.jsonl"
    path.write_bytes(content)
    with pytest.raises(TasteFileError, match=r"taste\.jsonl .*left as it is"):
        remember(path, CHOICES[:1])
    assert path.read_bytes() == content


def test_a_full_disk_leaves_the_file_as_it_was(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "taste.jsonl"
    remember(path, CHOICES[:2])
    before = path.read_bytes()

    def full(descriptor: int) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(TasteFileError, match="No space left"):
        remember(path, CHOICES[2:])
    assert path.read_bytes() == before


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs /dev/full")
def test_a_device_that_takes_nothing_is_told(tmp_path: Path) -> None:
    with pytest.raises(TasteFileError, match="cannot write"):
        remember(Path("/dev/full"), CHOICES[:1])


def test_two_workstations_at_once_lose_no_choice(tmp_path: Path) -> None:
    path = tmp_path / "taste.jsonl"
    program = (
        "import sys; from pathlib import Path; from tests.engine.taste.choosing import choices_by;"
        "from tui.taste_file import remember\n"
        "for choice in choices_by({}, 15, int(sys.argv[2])): remember(Path(sys.argv[1]), [choice])"
    )
    running = [subprocess.Popen([sys.executable, "-c", program, str(path), str(n)]) for n in range(2)]
    assert [one.wait(timeout=120) for one in running] == [0, 0]
    record = read_taste_file(path)
    assert record.damaged == 0
    assert set(record.choices) == set(choices_by({}, 15, 0)) | set(choices_by({}, 15, 1))


def test_what_is_forgotten_is_gone_and_what_follows_begins_anew(tmp_path: Path) -> None:
    path = tmp_path / "taste.jsonl"
    assert not forget(path)
    remember(path, CHOICES[:4])
    assert forget(path)
    assert not path.exists()
    remember(path, CHOICES[4:5])
    assert read_taste_file(path).choices == tuple(CHOICES[4:5])


def test_imported_choices_count_once(tmp_path: Path) -> None:
    mine, theirs = tmp_path / "taste.jsonl", tmp_path / "theirs.jsonl"
    remember(mine, CHOICES[:3])
    remember(theirs, CHOICES[2:6])
    export_choices(tmp_path / "out.jsonl", read_taste_file(theirs))
    assert import_choices(mine, read_taste_file(tmp_path / "out.jsonl")) == 3
    assert import_choices(mine, read_taste_file(tmp_path / "out.jsonl")) == 0
    assert read_taste_file(mine).choices == tuple(CHOICES[:6])
