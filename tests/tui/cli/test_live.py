"""`melodrama live` as it is run: help at once, scripts to whole files, bad input told in a line each."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from dsl.score_file import load_plan
from tests.tui.cli.test_play import ROOT
from tui.cli.main import main

SCORE = """seed: 4
---
# L1 Explore
@loop
@bars 4
@tempo 140

# L2 Boss door
@style strings
@emotion rage
"""
PROGRAM = "from tui.cli.main import entry; entry()"


@pytest.fixture
def score(tmp_path: Path) -> Path:
    path = tmp_path / "game.score"
    path.write_text(SCORE, encoding="utf-8")
    return path


def live(*words: str) -> list[str]:
    return ["live", *words, "--no-sound", "--weights", "debug"]


def test_help_loads_nothing_heavy() -> None:
    code = (
        "import sys\nfrom tui.cli.main import main\nmain(['live', '--help'])\n"
        "heavy = {'torch', 'numpy', 'textual', 'sounddevice'} & set(sys.modules)\n"
        "sys.exit(f'loaded: {heavy}' if heavy else 0)"
    )
    found = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert found.returncode == 0, found.stderr
    assert "--script" in found.stdout


def test_a_script_is_recorded_as_music_and_a_score_and_its_bad_lines_are_told(
    score: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    script = tmp_path / "game.txt"
    script.write_text("0 @state Explore\n8 Something moves.\n10 @stlye noir\n12 @state Boss door\n20 @stop\n")
    for name in ("one", "two"):
        words = live(str(score), "--script", str(script), "--record", str(tmp_path / name / "take.mid"))
        assert main(words) == 0
    said = capsys.readouterr().err
    assert f"{script}:3: there is no @stlye here: did you mean @style?" in said
    assert "0 times the last phrase was varied" in said
    first = tmp_path / "one" / "take.mid"
    assert first.read_bytes() == (tmp_path / "two" / "take.mid").read_bytes()
    plan = load_plan(first.with_suffix(".score")).plan
    assert plan is not None
    assert {cue.title for cue in plan.cues} == {"Explore", "Boss door"}
    assert all(cue.freeze for cue in plan.cues)


@pytest.mark.parametrize(
    ("words", "said", "code"),
    [
        (["nowhere.score"], "nowhere.score", 1),
        (["--script", "nowhere.txt"], "nowhere.txt", 1),
        (["--record", "take.doc"], "a .wav, a .mid or a .score", 2),
    ],
)
def test_what_cannot_be_read_or_written_is_told_before_any_model_loads(
    words: list[str], said: str, code: int, capsys: pytest.CaptureFixture[str]
) -> None:
    before = set(sys.modules)
    assert main(live(*words)) == code
    assert said in capsys.readouterr().err
    assert "torch" not in set(sys.modules) - before


@pytest.mark.parametrize("ending", [".wav", ".mid", ".score"])
def test_a_recording_is_not_begun_over_a_file_that_is_read_only(
    ending: str, score: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    kept = tmp_path / f"take{ending}"
    kept.write_text("somebody's")
    kept.chmod(0o444)
    assert main(live(str(score), "--script", os.devnull, "--record", str(tmp_path / "take.wav"))) == 1
    assert f"cannot write {kept}: it is read-only" in capsys.readouterr().err
    assert kept.read_text() == "somebody's"


@pytest.mark.parametrize("played", [True, False])
def test_a_recording_is_not_begun_over_a_score_that_somebody_wrote(
    played: bool, score: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    written = score if played else tmp_path / "other.score"
    written.write_text(SCORE, encoding="utf-8")
    take = written.with_suffix(".wav")
    assert main(live(str(score), "--script", os.devnull, "--record", str(take))) == 1
    assert f"{written} " in capsys.readouterr().err
    assert written.read_text(encoding="utf-8") == SCORE


def test_a_recording_takes_the_place_of_an_earlier_one(score: Path, tmp_path: Path) -> None:
    events = tmp_path / "events.txt"
    events.write_text("0 @emotion joy\n4 @stop\n", encoding="utf-8")
    asked = live(str(score), "--script", str(events), "--record", str(tmp_path / "take.mid"))
    assert main(asked) == 0
    assert main(asked) == 0


def test_a_recording_that_could_not_be_written_is_no_success(
    score: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    from engine.errors import OutputError
    from engine.live.wav_recording import WavRecording

    def full(self: WavRecording) -> None:
        raise OutputError(f"cannot write {self.path}: no space is left on the device")

    monkeypatch.setattr(WavRecording, "_open", full)
    events = tmp_path / "events.txt"
    events.write_text("0 @emotion joy\n4 @stop\n", encoding="utf-8")
    take = tmp_path / "take.wav"
    assert main(live(str(score), "--script", str(events), "--record", str(take))) == 1
    assert "no space is left" in capsys.readouterr().err
    assert not take.exists()


@pytest.mark.slow
def test_sigterm_in_the_middle_of_rubbish_leaves_whole_files(score: Path, tmp_path: Path) -> None:
    take = tmp_path / "t" / "take.mid"
    process = subprocess.Popen(
        [sys.executable, "-c", PROGRAM, *live(str(score), "--record", str(take))],
        cwd=ROOT,
        stdin=subprocess.PIPE,
        stderr=subprocess.PIPE,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
    )
    assert process.stdin is not None
    assert process.stderr is not None
    process.stdin.write(b"@state Nowhere\n\xff\xfe\x00@@@\n@emotion v=nan a=1\n" + b"x" * 3_000_000 + b"\n")
    process.stdin.flush()
    said = [process.stderr.readline().decode() for _ in range(3)]
    assert all(line.startswith("melodrama live: ") and line.strip().isprintable() for line in said)
    time.sleep(20)
    process.send_signal(signal.SIGTERM)
    rest = process.stderr.read().decode()
    assert process.wait(60) == 143, rest
    assert "s of music" in rest
    assert take.is_file()
    assert load_plan(take.with_suffix(".score")).plan is not None


@pytest.mark.skipif(sys.platform != "linux", reason="looks for children in /proc")
@pytest.mark.parametrize(("number", "code"), [(signal.SIGTERM, 143), (signal.SIGINT, 130)])
def test_a_signal_before_the_first_bars_ends_the_process_that_makes_them_too(
    number: signal.Signals, code: int, score: Path
) -> None:
    process = subprocess.Popen(
        [sys.executable, "-c", PROGRAM, *live(str(score))],
        cwd=ROOT,
        stdin=subprocess.PIPE,
        stderr=subprocess.PIPE,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
    )
    children: list[str] = []
    until = time.monotonic() + 120
    while not children and process.poll() is None and time.monotonic() < until:
        for path in Path(f"/proc/{process.pid}/task").glob("*/children"):
            children += path.read_text().split()
        time.sleep(0.05)
    assert children
    process.send_signal(number)
    assert process.wait(60) == code
    assert process.stderr is not None
    assert "Traceback" not in process.stderr.read().decode()
    gone = time.monotonic() + 20
    while any(Path(f"/proc/{child}").exists() for child in children) and time.monotonic() < gone:
        time.sleep(0.05)
    assert not any(Path(f"/proc/{child}").exists() for child in children)
