"""The workstation in a real terminal: open, type a line, save, render, quit."""

import os
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from tests.tui.conftest import SHORT
from tui.presence import others
from tui.recovery import find_recovery

ROOT = Path(__file__).parents[2]


def tmux(socket: str, *arguments: str) -> str:
    done = subprocess.run(["tmux", "-L", socket, *arguments], capture_output=True, text=True, timeout=20)
    return done.stdout


needs_tmux = pytest.mark.skipif(shutil.which("tmux") is None, reason="needs tmux")


class Terminal:
    """The workstation in tmux: what is typed, and what stands on the screen."""

    def __init__(self, name: str, folder: Path, size: tuple[int, int], *files: Path) -> None:
        self.socket = f"melodrama-{os.getpid()}-{name}"
        places = {
            "PYTHONPATH": ROOT,
            "XDG_STATE_HOME": folder / "state",
            "MELODRAMA_CONFIG": folder / "none.toml",
        }
        environment = " ".join(f"{name}={value}" for name, value in places.items())
        command = f"{sys.executable} -c 'from tui.cli.main import entry; entry()' edit --weights debug"
        run = f"cd {folder}; {environment} {command} {' '.join(map(str, files))}; echo BYE; sleep 30"
        self.tmux("-f", "/dev/null", "new-session", "-d", "-x", str(size[0]), "-y", str(size[1]), run)

    def tmux(self, *arguments: str) -> str:
        done = subprocess.run(
            ["tmux", "-L", self.socket, *arguments], capture_output=True, text=True, timeout=20
        )
        return done.stdout

    def keys(self, *keys: str) -> None:
        self.tmux("send-keys", *keys)

    def paste(self, text: str) -> None:
        """As a terminal pastes: in brackets, where the program has asked for them."""
        self.tmux("set-buffer", text)
        self.tmux("paste-buffer", "-p")

    def until(self, words: str, seconds: float = 60.0) -> None:
        _until(lambda: words in self.tmux("capture-pane", "-p"), seconds)

    def close(self) -> None:
        self.tmux("kill-server")


@needs_tmux
def test_a_line_is_typed_saved_and_rendered_in_a_real_terminal(score: Path, tmp_path: Path) -> None:
    terminal = Terminal("typed", tmp_path, (100, 30), score)
    try:
        terminal.until("Piano roll")
        terminal.keys("-l", "雨 and rain. ")
        terminal.until("雨 and rain.")
        terminal.keys("C-s")
        _until(lambda: score.read_text(encoding="utf-8") == "雨 and rain. " + SHORT)
        terminal.keys("F6")
        terminal.until("Render what?")
        terminal.keys("Enter")
        rendered = [score.with_suffix(".mid"), score.with_suffix(".wav")]
        terminal.until("rendered short.mid, short.wav", 300)
        assert rendered[0].read_bytes()[:4] == b"MThd"
        assert rendered[1].read_bytes()[:4] == b"RIFF"
        terminal.keys("C-q")
        terminal.until("BYE")
    finally:
        terminal.close()


@needs_tmux
def test_a_paste_in_a_real_terminal_goes_in_once_and_comes_out_again(score: Path, tmp_path: Path) -> None:
    terminal = Terminal("paste", tmp_path, (80, 24), score)
    words = "".join(f"Line {number}.\n" for number in range(30))
    try:
        terminal.until("The cliff")
        terminal.paste(words)
        terminal.until("Line 29.")
        terminal.keys("C-s")
        _until(lambda: score.read_text(encoding="utf-8") == words + SHORT)
        terminal.keys("C-z", "C-s")
        _until(lambda: score.read_text(encoding="utf-8") == SHORT)
        terminal.keys("C-y", "C-s")
        _until(lambda: score.read_text(encoding="utf-8") == words + SHORT)
        terminal.keys("C-q")
        terminal.until("BYE")
    finally:
        terminal.close()


@needs_tmux
@pytest.mark.parametrize("end", ["SIGTERM", "SIGHUP", "the terminal is closed"])
def test_an_end_from_outside_takes_no_letter_with_it(
    score: Path, tmp_path: Path, end: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))
    terminal = Terminal("ended", tmp_path, (80, 24), score)
    try:
        terminal.until("The cliff")
        terminal.keys("-l", "typed and not saved ")
        terminal.until("not saved")
        if end.startswith("SIG"):
            for other in others():
                os.kill(other.process, getattr(signal, end))
            terminal.until("BYE")
            assert "Piano roll" not in terminal.tmux("capture-pane", "-p"), "the screen was not given back"
        else:
            terminal.close()
        _until(lambda: not list(others()))
        kept = find_recovery(score, SHORT)
        assert kept is not None
        assert kept.text == "typed and not saved " + SHORT
    finally:
        terminal.close()


def _until(met: "object", seconds: float = 60.0) -> None:
    end = time.monotonic() + seconds
    while not met():  # type: ignore[operator]
        assert time.monotonic() < end, "it never came about"
        time.sleep(0.1)
