"""The workstation in a real terminal: open, type a line, save, render, quit."""

import os
import shutil
import subprocess
import sys
import time
from pathlib import Path

import pytest

from tests.tui.conftest import SHORT

ROOT = Path(__file__).parents[2]


def tmux(socket: str, *arguments: str) -> str:
    done = subprocess.run(["tmux", "-L", socket, *arguments], capture_output=True, text=True, timeout=20)
    return done.stdout


@pytest.mark.skipif(shutil.which("tmux") is None, reason="needs tmux")
def test_a_line_is_typed_saved_and_rendered_in_a_real_terminal(score: Path, tmp_path: Path) -> None:
    socket = f"melodrama-{os.getpid()}"
    command = f"{sys.executable} -c 'from tui.cli.main import entry; entry()' edit --weights debug {score}"
    places = {
        "PYTHONPATH": ROOT,
        "XDG_STATE_HOME": tmp_path / "state",
        "MELODRAMA_CONFIG": tmp_path / "none.toml",
    }
    environment = " ".join(f"{name}={value}" for name, value in places.items())
    tmux(
        socket,
        "-f",
        "/dev/null",
        "new-session",
        "-d",
        "-x",
        "100",
        "-y",
        "30",
        f"{environment} {command}; echo BYE; sleep 30",
    )
    try:
        _until(lambda: "Piano roll" in tmux(socket, "capture-pane", "-p"))
        tmux(socket, "send-keys", "-l", "雨 and rain. ")
        _until(lambda: "雨 and rain." in tmux(socket, "capture-pane", "-p"))
        tmux(socket, "send-keys", "C-s")
        _until(lambda: score.read_text(encoding="utf-8") == "雨 and rain. " + SHORT)
        tmux(socket, "send-keys", "F6")
        rendered = [score.with_suffix(".mid"), score.with_suffix(".wav")]
        _until(lambda: "rendered short.mid, short.wav" in tmux(socket, "capture-pane", "-p"), 300)
        assert rendered[0].read_bytes()[:4] == b"MThd"
        assert rendered[1].read_bytes()[:4] == b"RIFF"
        tmux(socket, "send-keys", "C-q")
        _until(lambda: "BYE" in tmux(socket, "capture-pane", "-p"))
    finally:
        tmux(socket, "kill-server")


def _until(met: "object", seconds: float = 60.0) -> None:
    end = time.monotonic() + seconds
    while not met():  # type: ignore[operator]
        assert time.monotonic() < end, "it never came about"
        time.sleep(0.1)
