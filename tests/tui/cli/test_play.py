"""`melodrama play`: the device gets the file, keys move through it, without sound it says so once."""

import ctypes.util
import fcntl
import os
import pty
import select
import signal
import subprocess
import sys
import termios
import time
from pathlib import Path
from typing import Any

import mido
import numpy as np
import pytest
import soundfile

from engine.playback.playable import Passage, Playable, playable_of_midi
from engine.playback.player import Player, Sound
from engine.render.synthesis import TAIL_S
from tests.engine.media import midi_bytes
from tui.cli.main import main
from tui.cli.transport import Transport, fitted, key_name

ROOT = Path(__file__).parents[3]
RATE = 8000
needs_portaudio = pytest.mark.skipif(
    ctypes.util.find_library("portaudio") is None or sys.platform != "linux",
    reason="PortAudio is not installed (Debian: libportaudio2)",
)


def noise(seconds: float, rate: int = RATE) -> Any:
    # Never silent, so that the stretch can be found in what the device got.
    return np.random.default_rng(3).uniform(0.1, 0.5, (round(seconds * rate), 2)).astype(np.float32)


def wav(path: Path, seconds: float, rate: int = RATE) -> Path:
    soundfile.write(path, noise(seconds, rate), rate, subtype="FLOAT")
    return path


def file_device(folder: Path) -> dict[str, str]:
    """The environment in which ALSA's default device is a file, as fast as it can be written."""
    folder.joinpath("asound.conf").write_text(
        'pcm.nothing { type null }\npcm.default { type file; slave.pcm "nothing"; format "raw"; '
        f'file "{folder}/played.raw" }}\n'
    )
    return {**os.environ, "ALSA_CONFIG_PATH": str(folder / "asound.conf")}


def no_device(folder: Path) -> dict[str, str]:
    """The environment in which ALSA knows one card, and that is not there."""
    folder.joinpath("none.conf").write_text("pcm.default { type hw card 77 }\n")
    return {**os.environ, "ALSA_CONFIG_PATH": str(folder / "none.conf")}


def play(words: list[str], environment: dict[str, str]) -> "subprocess.CompletedProcess[str]":
    program = "import sys; from tui.cli.main import main; sys.exit(main(sys.argv[1:]))"
    return subprocess.run(
        [sys.executable, "-c", program, "play", *words],
        cwd=ROOT,
        env=environment,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


@needs_portaudio
@pytest.mark.parametrize(("volume", "gain"), [("100", 1.0), ("50", 0.25)])
def test_the_device_gets_the_files_samples(tmp_path: Path, volume: str, gain: float) -> None:
    path = wav(tmp_path / "a.wav", 1.0)
    done = play([str(path), "--volume", volume], file_device(tmp_path))
    assert done.returncode == 0, done.stderr
    assert done.stdout == ""
    assert "no sound" not in done.stderr
    played = np.fromfile(tmp_path / "played.raw", np.float32).reshape(-1, 2)
    sounding = played[np.abs(played).max(axis=1) > 0]
    np.testing.assert_array_equal(sounding, noise(1.0) * np.float32(gain))


@needs_portaudio
def test_playing_from_a_moment_begins_at_its_sample(tmp_path: Path) -> None:
    done = play([str(wav(tmp_path / "a.wav", 1.0)), "--from", "0:00.5", "--quiet"], file_device(tmp_path))
    assert done.returncode == 0, done.stderr
    assert done.stderr == ""
    played = np.fromfile(tmp_path / "played.raw", np.float32).reshape(-1, 2)
    np.testing.assert_array_equal(played[np.abs(played).max(axis=1) > 0], noise(1.0)[RATE // 2 :])


def test_without_a_device_one_line_says_so_and_the_clock_runs(tmp_path: Path) -> None:
    began = time.monotonic()
    done = play([str(wav(tmp_path / "a.wav", 1.0))], no_device(tmp_path))
    assert done.returncode == 0, done.stderr
    assert time.monotonic() - began >= 1.0
    assert done.stderr.count("no sound") == 1
    assert "0:00.0" in done.stderr
    assert "Traceback" not in done.stderr


def test_without_portaudio_one_line_names_what_to_install(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "sounddevice", None)
    monkeypatch.setattr("sys.stdin", open(os.devnull))  # noqa: SIM115 - closed with the test's process
    assert main(["play", str(wav(tmp_path / "a.wav", 0.3))]) == 0
    assert capsys.readouterr().err.count("no sound") == 1


def test_a_midi_tells_its_cues_and_lyrics(tmp_path: Path) -> None:
    track = mido.MidiTrack(
        [
            mido.MetaMessage("marker", text="cue: 1m1 Home"),
            mido.MetaMessage("lyrics", text="走吧。", time=120),
            mido.Message("note_on", note=60, velocity=90),
            mido.Message("note_off", note=60, time=480),
        ]
    )
    mido.MidiFile(tracks=[track], charset="utf-8").save(tmp_path / "a.mid")
    done = play([str(tmp_path / "a.mid")], no_device(tmp_path))
    assert done.returncode == 0, done.stderr
    assert "0:00.0 1m1 Home\n" in done.stderr
    assert "1m1 Home · 走吧。" in done.stderr


def test_a_midi_without_lyrics_and_markers_plays_and_what_is_odd_in_it_is_told(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "sounddevice", None)
    monkeypatch.setattr("sys.stdin", open(os.devnull))  # noqa: SIM115 - closed with the test's process
    path = tmp_path / "a.mid"
    path.write_bytes(midi_bytes.midi(midi_bytes.note(60, 120) + midi_bytes.END))
    assert main(["play", str(path), "--quiet"]) == 0
    assert "a.mid" not in capsys.readouterr().err
    path.write_bytes(midi_bytes.midi(midi_bytes.note(60, 120) + b"\0\x90\x40\x40"))
    assert main(["play", str(path), "--quiet"]) == 0
    assert f"{path}: a note never ends and is left out" in capsys.readouterr().err


def test_a_midi_sounds_as_long_as_its_tempo_on_any_track_says(tmp_path: Path) -> None:
    body = midi_bytes.tempo(1_000_000) + midi_bytes.TUNE + midi_bytes.END
    (tmp_path / "a.mid").write_bytes(midi_bytes.midi(midi_bytes.END, body))
    sound = playable_of_midi(tmp_path / "a.mid", None).sound
    assert sound.duration_s == pytest.approx(8.0 + TAIL_S, abs=0.01)
    last = np.flatnonzero(np.abs(sound.samples[:, 0]) > 0.01)[-1] / sound.rate
    assert last > 7.5


def test_a_score_is_composed_and_its_lines_are_told(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    score = tmp_path / "a.score"
    score.write_text("@character 林\n# 1m1 Home\n林: 走吧。\n", encoding="utf-8")
    monkeypatch.setitem(sys.modules, "sounddevice", None)
    monkeypatch.setattr("sys.stdin", open(os.devnull))  # noqa: SIM115 - closed with the test's process
    assert main(["play", str(score), "--weights", "debug", "--takes", "1"]) == 0
    assert "1m1 Home · 林: 走吧。" in capsys.readouterr().err


def test_music_plays_whatever_its_name_ends_in(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "sounddevice", None)
    monkeypatch.setattr("sys.stdin", open(os.devnull))  # noqa: SIM115 - closed with the test's process
    sound = wav(tmp_path / "a.wav", 0.2).rename(tmp_path / "a.bin")
    notes = tmp_path / "tune"
    notes.write_bytes(midi_bytes.midi(midi_bytes.note(60, 60) + midi_bytes.END))
    for path in (sound, notes):
        assert main(["play", str(path), "--quiet"]) == 0, capsys.readouterr().err


@pytest.mark.parametrize(
    ("name", "data", "said"),
    [
        ("a.mid", b"not midi", "cannot be read as MIDI"),
        ("a.mid", midi_bytes.midi(b"\0\x90\x40\x40" + midi_bytes.END), "nothing to play (a note never ends"),
        ("a.mid", midi_bytes.midi(midi_bytes.note(60, 2**28 - 1), division=1), "claims to last"),
        ("a.wav", b"not sound", "cannot be read as sound"),
        (
            "a.m4a",
            b"\0\0\0\x1cftypM4A \0\0\2\0isom" + b"\0" * 90,
            "M4A file (AAC or ALAC), which is not read here",
        ),
        ("a.ape", b"MAC \0\0\0\0" * 9, "Monkey's Audio recording, which is not read here"),
        ("a.score", b"# 1 A\n@emotoin joy\nHi.\n", "has errors"),
    ],
)
def test_what_cannot_be_played_is_told(
    name: str, data: bytes, said: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / name).write_bytes(data)
    assert main(["play", str(tmp_path / name)]) == 1
    told = capsys.readouterr().err
    assert said in told
    assert name.endswith(".score") or len(told.splitlines()) == 1
    assert main(["play", str(tmp_path / "none.wav")]) == 1
    assert main(["play", str(tmp_path)]) == 1


# ------------------------------------------------------------------------------------------------ the keys


class Device:
    def start(self) -> None: ...
    def stop(self) -> None: ...
    def close(self) -> None: ...


def transport() -> Transport:
    playable = Playable(
        "A",
        Sound(noise(60.0), RATE),
        (Passage(2.0, 4.0, "林: 我不会回头。"), Passage(30.0, 31.0, "Later.")),
        (Passage(0.0, 20.0, "1m1 One"), Passage(20.0, 60.0, "1m2 Two")),
    )
    player = Player(lambda player, rate: Device())
    player.load(playable.sound)
    player.play()
    return Transport(playable, player=player)


def press(one: Transport, *keys: str) -> None:
    for key in keys:
        one.actions[key]()


def test_keys_seek_pause_and_stay_within_the_sound() -> None:
    one = transport()
    press(one, "right", "right", "left")
    assert one.player.position_s == pytest.approx(5.0)
    press(one, *["left"] * 5)
    assert one.player.position_s == 0.0
    press(one, *["right"] * 50)
    assert 59.0 < one.player.position_s < 60.0
    press(one, " ")
    assert not one.player.is_playing
    press(one, " ", "0")
    assert one.player.is_playing
    assert one.player.position_s == 0.0


def test_keys_move_by_cues_and_loop_them() -> None:
    one = transport()
    press(one, "down")
    assert one.player.position_s == pytest.approx(20.0)
    press(one, "up")
    assert one.player.position_s == 0.0
    press(one, "down", "l")
    one.player.seek(59.999)
    one.player.fill(np.zeros((RATE, 2), np.float32))
    assert 20.0 < one.player.position_s < 22.0
    press(one, "l", "l")
    one.player.seek(59.999)
    one.player.fill(np.zeros((RATE, 2), np.float32))
    assert not one.player.is_playing


def test_volume_stays_between_its_bounds() -> None:
    one = transport()
    press(one, *["-"] * 30)
    assert one.volume.percent == 0
    out = noise(0.1)
    one.volume.apply(out)
    assert not out.any()
    press(one, *["+"] * 30)
    assert one.volume.percent == 150


@pytest.mark.parametrize("columns", [10, 24, 40, 80, 200])
def test_the_picture_fits_any_terminal(columns: int) -> None:
    from tui.cli.console import cell_width

    one = transport()
    one.player.seek(3.0)
    lines = one.picture(columns)
    assert all(cell_width(line) < columns for line in lines)
    if columns >= 80:
        assert "0:03.0 / 1:00.0" in lines[0]
        assert "1m1 One" in lines[0]
        assert "我不会回头" in lines[1]


def test_keys_by_their_bytes() -> None:
    named = {
        "\x1b[C": "right",
        "\x1b[D": "left",
        "\x1bOA": "up",
        "\x1b": "escape",
        " ": " ",
        "q": "q",
        "\x1b[99~": "",
    }
    assert {data: key_name(data) for data in named} == named
    assert fitted("a\x1b[31mb", 20) == "a·[31mb"


def _on_a_terminal_of_its_own() -> None:
    """Run in the child: its terminal is stdin, and Ctrl-C reaches it even where this run came from a shell's
    background, which hands on that it is ignored."""
    os.setsid()
    fcntl.ioctl(0, termios.TIOCSCTTY, 0)
    signal.signal(signal.SIGINT, signal.SIG_DFL)


@pytest.mark.parametrize(("keys", "code"), [(b"\x1b[C l+q", 0), (b"\x03", 130)])
def test_a_terminal_gets_its_settings_back(tmp_path: Path, keys: bytes, code: int) -> None:
    path = wav(tmp_path / "a.wav", 30.0)
    ours, theirs = pty.openpty()
    before = termios.tcgetattr(theirs)
    process = subprocess.Popen(
        [sys.executable, "-c", "from tui.cli.main import entry; entry()", "play", str(path)],
        cwd=ROOT,
        env=no_device(tmp_path) | {"TERM": "xterm"},
        stdin=theirs,
        stdout=theirs,
        stderr=theirs,
        preexec_fn=_on_a_terminal_of_its_own,
    )
    seen = b""
    try:
        deadline = time.monotonic() + 30
        while b"0:00." not in seen and time.monotonic() < deadline:
            if select.select([ours], [], [], 0.2)[0]:
                seen += os.read(ours, 4096)
        for key in (b"\x1b[C", b" ", b"l", b"+", b"q") if code == 0 else (keys,):
            os.write(ours, key)
            time.sleep(0.15)
        while process.poll() is None and time.monotonic() < deadline:
            if select.select([ours], [], [], 0.1)[0]:
                seen += os.read(ours, 4096)
        assert process.returncode == code, seen.decode("utf-8", "replace")
        assert termios.tcgetattr(theirs)[3] == before[3]
        if code == 0:
            while select.select([ours], [], [], 0.2)[0]:
                seen += os.read(ours, 4096)
            text = seen.decode("utf-8", "replace")
            assert "0:05." in text
            assert "110%" in text
            assert "loop" in text
            assert "\x1b[?25h" in text
    finally:
        if process.poll() is None:
            process.kill()
            process.wait()
        os.close(ours)
        os.close(theirs)
