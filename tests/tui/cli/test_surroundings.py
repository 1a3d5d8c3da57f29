"""Commands in any surroundings: closed streams, pipes, devices that are not there, screens of any width."""

import json
import shlex
import subprocess
import sys
from pathlib import Path

import pytest
import torch

from tests.tui.cli.test_commands import CLIFF, ROOT, run


@pytest.mark.parametrize(
    ("shell", "code"),
    [
        ("check CLIFF >&-", 0),
        ("plan CLIFF --json >&-", 0),
        ("check none.score 2>&-", 1),
        ("check CLIFF >&- 2>&- <&-", 0),
        ("fmt - <&-", 0),
        ("import - -o - <&-", 0),
        ("plan <(cat CLIFF) --json", 0),
        ("check <(cat CLIFF) /dev/stdin < CLIFF", 0),
        ("diff <(cat CLIFF) CLIFF", 0),
        ("import <(echo It rained.) -o -", 0),
    ],
)
def test_streams_that_are_closed_or_pipes_are_no_traceback(shell: str, code: int) -> None:
    command = f"{sys.executable} -c 'from tui.cli.main import entry; entry()'"
    line = f"{command} {shell.replace('CLIFF', str(CLIFF))}"
    done = subprocess.run(["bash", "-c", line], cwd=ROOT, capture_output=True, timeout=60, check=False)
    assert b"Traceback" not in done.stderr
    assert done.returncode == code, done.stderr.decode()


def test_a_file_that_cannot_be_read_is_an_annotation_too(capsys: pytest.CaptureFixture[str]) -> None:
    code, out, _ = run(["check", "none,such.score", "--format", "github"], capsys)
    assert code == 1
    assert out.startswith("::error file=none%2Csuch.score::none,such.score: no such file")


@pytest.mark.skipif(torch.cuda.is_available(), reason="there is a CUDA device here")
@pytest.mark.parametrize(
    "words", [["render", "-o", "out", "--no-cache"], ["why"], ["analyze"], ["ear", "--count", "1"]]
)
def test_a_device_that_is_not_there_is_one_line(
    words: list[str], tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    asked = [*words, str(CLIFF), "--device", "cuda", "--quiet", "--json", "--weights", "debug"]
    code, out, err = run(asked, capsys)
    assert code == 1
    assert "no CUDA device here" in err
    assert "no CUDA device here" in json.loads(out)["error"]


def test_help_with_a_command_is_that_commands_help(capsys: pytest.CaptureFixture[str]) -> None:
    code, out, _ = run(["help", "render"], capsys)
    assert code == 0
    assert out.startswith("usage: melodrama render")


def test_a_command_that_is_offered_can_be_pasted_whatever_the_file_is_called(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "my score's.score"
    code, _, err = run(["new", str(path)], capsys)
    assert code == 0
    words = shlex.split(err.strip().partition("next: ")[2])
    assert words[2] == str(path)


@pytest.mark.parametrize("columns", ["20", "40", "80", "200"])
def test_a_table_that_goes_into_a_file_has_every_word_in_it(
    columns: str, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", columns)
    story = tmp_path / "a.txt"
    story.write_text("他的心中充满了绝望，雨下了一夜也没有停。\nShe waited.\n", encoding="utf-8")
    code, out, _ = run(["analyze", str(story), "--quiet", "--weights", "debug", "--no-keywords"], capsys)
    assert code == 0
    assert "…" not in out
    assert "他的心中充满了绝望，雨下了一夜也没有停。" in "".join(out.split())
    assert "polarity" in out
