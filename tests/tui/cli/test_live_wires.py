"""`melodrama live` from outside: where it listens, what it says of ports that cannot be had, and a game that
starts it, is told of the music, and ends it."""

import os
import re
import socket
import subprocess
import sys
import time
from pathlib import Path

import pytest
from pythonosc.udp_client import SimpleUDPClient

from tests.engine.live import pipe_midi
from tui.cli.main import main

ROOT = Path(__file__).parents[3]
SCORE = ROOT / "scores" / "keepers-lamp.score"


def said(words: list[str], capsys: pytest.CaptureFixture[str]) -> str:
    assert main(["live", str(SCORE), "--weights", "debug", *words]) == 1
    out, err = capsys.readouterr()
    assert out == ""
    (line,) = err.strip().splitlines()
    return line


def test_an_unknown_midi_port_is_answered_with_those_that_there_are(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("MIDO_BACKEND", "tests.engine.live.pipe_midi")
    monkeypatch.setattr(pipe_midi, "PORTS", {"Synth:Synth port 0 128:0": []})
    assert said(["--midi-out", "Sinth"], capsys) == (
        "melodrama live: there is no MIDI port Sinth: did you mean Synth? there are Synth:Synth port 0 128:0"
    )


def test_a_port_that_is_taken_is_named_and_what_was_opened_before_is_closed(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("MIDO_BACKEND", "tests.engine.live.pipe_midi")
    monkeypatch.setattr(pipe_midi, "PORTS", {"Synth": []})
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as taken:
        taken.bind(("127.0.0.1", 0))
        port = taken.getsockname()[1]
        line = said(["--osc", str(port), "--midi-out", "synth"], capsys)
    assert line.startswith(f"melodrama live: UDP port {port} of 127.0.0.1 cannot be listened at")


@pytest.mark.parametrize("words", [["--osc", "70000"], ["--osc", "0", "--osc-host", "no.such.host.invalid"]])
def test_a_place_that_is_none_is_told_in_a_line(words: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    assert said(words, capsys).startswith("melodrama live: ")


def test_a_game_starts_it_is_told_of_the_music_and_ends_it(tmp_path: Path) -> None:
    log = tmp_path / "said"
    program = "from tui.cli.main import entry; entry()"
    words = [
        sys.executable,
        "-c",
        program,
        "live",
        str(SCORE),
        "--weights",
        "debug",
        "--osc",
        "0",
        "--no-sound",
    ]
    environment = {**os.environ, "XDG_STATE_HOME": str(tmp_path), "PYTHONPATH": str(ROOT)}
    with log.open("wb") as file:
        process = subprocess.Popen(words, stdin=subprocess.DEVNULL, stderr=file, cwd=ROOT, env=environment)
    try:
        found = None
        end = time.monotonic() + 400
        while found is None and process.poll() is None and time.monotonic() < end:
            found = re.search(
                r"OSC is heard at 127\.0\.0\.1:(\d+) \(UDP\), from this machine alone", log.read_text()
            )
            time.sleep(0.1)
        assert found is not None, log.read_text()
        client = SimpleUDPClient("127.0.0.1", int(found[1]))
        client.send_message("/melodrama/state", "Cellar")
        client.send_message("/melodrama/emotion", [0.5, "x"])
        told: list[tuple[str, list[object]]] = []
        while not any(address == "/melodrama/beat" for address, _ in told) and time.monotonic() < end:
            told += [(message.address, message.params) for message in client.get_messages(0.2)]
        assert ("/melodrama/state", ["S3", "Cellar"]) in told
        assert any(address == "/melodrama/error" for address, _ in told)
        assert process.poll() is None  # stdin has ended long since, and the game has not
        client.send_message("/melodrama/stop", [])
        assert process.wait(60) == 0
        told += [(message.address, message.params) for message in client.get_messages(0.5)]
        assert told[-1][0] == "/melodrama/stopped"
        client.close()
    finally:
        process.kill()
    assert "Traceback" not in log.read_text()
