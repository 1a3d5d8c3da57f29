"""Rendering twice, rendering without a network, and being killed while rendering. On the debug model.

One process renders a score under two seeds with every way to the network shut; the rest works on what it
left.
"""

import argparse
import hashlib
import json
import os
import random
import subprocess
import sys
import time
from pathlib import Path

import pytest

from engine.render_cache import key_of
from tests.engine.media.midi_bytes import END, midi
from tui.cli.main import main
from tui.cli.render import add_arguments, options_of
from tui.cli.render_watch import watch

ROOT = Path(__file__).parents[3]
SCORE = "# 1m1 Home\n@emotion joy 0.5\nShe came home at last. {hit}\n"
FORMATS = "mid,wav,stems,cues,json"
OFFLINE = """
import socket, sys
def refuse(*_, **__):
    raise OSError("the network was asked for")
for name in ("connect", "connect_ex", "sendto", "bind"):
    setattr(socket.socket, name, refuse)
socket.getaddrinfo = socket.create_connection = socket.gethostbyname = refuse
from tui.cli.main import main
code = max(main([*sys.argv[2:], "-o", sys.argv[1] + seed, "--seed", seed]) for seed in ("1", "2"))
sys.exit(code)
"""
AGAIN = """
import sys
from tui.cli.main import main
code = main(sys.argv[1:])
heavy = {"torch", "transformers", "textual", "librosa"} & set(sys.modules)
sys.exit(f"imported {heavy}" if heavy else code)
"""


def words(score: Path) -> list[str]:
    return ["render", str(score), "--weights", "debug", "--takes", "1", "--format", FORMATS]


def environment(cache: Path) -> dict[str, str]:
    return {**os.environ, "MELODRAMA_CACHE": str(cache)}


def contents(folder: Path) -> dict[str, str]:
    return {
        p.relative_to(folder).as_posix(): hashlib.sha256(p.read_bytes()).hexdigest()
        for p in folder.rglob("*")
        if p.is_file() and p.suffix != ".part"
    }


@pytest.fixture(scope="module")
def rendered(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a.score, out1 and out2 (two seeds) and the cache that came of them, made without a
    network."""
    folder = tmp_path_factory.mktemp("rendered")
    (folder / "a.score").write_text(SCORE, encoding="utf-8")
    done = subprocess.run(
        [sys.executable, "-c", OFFLINE, str(folder / "out"), *words(folder / "a.score"), "--quiet"],
        cwd=ROOT,
        env=environment(folder / "cache"),
        capture_output=True,
        text=True,
        timeout=400,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert "network" not in done.stderr
    return folder


def test_a_render_asks_no_network(rendered: Path) -> None:
    made = contents(rendered / "out1")
    assert {"a.mid", "a.wav", "a.csv", "a.json"} <= set(made)
    assert any(name.startswith("a.stems/") for name in made)
    assert made != contents(rendered / "out2")


def test_a_second_render_is_the_same_bytes_without_torch(rendered: Path, tmp_path: Path) -> None:
    out = tmp_path / "again"
    done = subprocess.run(
        [sys.executable, "-c", AGAIN, *words(rendered / "a.score"), "-o", str(out), "--seed", "1", "--json"],
        cwd=ROOT,
        env=environment(rendered / "cache"),
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert contents(out) == contents(rendered / "out1")
    report = json.loads(done.stdout)
    assert report["cached"] is True
    assert {"device", "seed", "weights", "duration_s", "cues", "findings"} <= set(report)
    for file in report["files"]:
        assert hashlib.sha256(Path(file["path"]).read_bytes()).hexdigest() == file["sha256"]


def test_another_score_or_option_is_rendered_anew(
    rendered: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("MELODRAMA_CACHE", str(rendered / "cache"))
    score = tmp_path / "a.score"
    score.write_text(SCORE, encoding="utf-8")

    def was_cached(*options: str) -> bool:
        line = [*words(score), "-o", str(tmp_path / "out"), "--quiet", "--json", *options]
        assert main(line) == 0
        return bool(json.loads(capsys.readouterr().out).get("cached"))

    assert was_cached("--seed", "1")
    score.write_text(SCORE.replace("joy", "grief"), encoding="utf-8")
    assert not was_cached("--seed", "1")
    assert was_cached("--seed", "1")
    parser = argparse.ArgumentParser()
    add_arguments(parser)
    keys = [
        key_of(score, options_of(parser.parse_args([str(score), "-o", str(tmp_path), *options])))
        for options in (
            [],
            ["--takes", "2"],
            ["--rate", "44100"],
            ["--bits", "24"],
            ["--format", "mid"],
            ["--seed", "3"],
        )
    ]
    assert None not in keys
    assert len(set(keys)) == len(keys)


def test_what_composing_found_is_told_again_by_a_render_out_of_the_cache(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("MELODRAMA_CACHE", str(tmp_path / "cache"))
    (tmp_path / "take.mid").write_bytes(midi(b"\0\x90\x40\x40" + END))
    score = tmp_path / "a.score"
    score.write_text('# 1m1 Home\n@freeze "take.mid"\nShe came home.\n', encoding="utf-8")
    line = ["render", str(score), "-o", str(tmp_path / "out"), "--format", "mid", "--weights", "debug"]
    said = []
    for _ in range(2):
        assert main(line) == 0
        out, err = capsys.readouterr()
        said.append(err.count("W530"))
    assert "from the cache" in out + err
    assert said == [1, 1]


def test_a_corrupt_entry_is_rendered_anew(
    rendered: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    cache = tmp_path / "cache"
    cache.mkdir()
    for entry in (rendered / "cache").glob("*.render"):
        data = bytearray(entry.read_bytes())
        data[len(data) // 2] ^= 1
        (cache / entry.name).write_bytes(data)
    monkeypatch.setenv("MELODRAMA_CACHE", str(cache))
    line = [*words(rendered / "a.score"), "-o", str(tmp_path / "out"), "--seed", "1", "--quiet", "--json"]
    assert main(line) == 0
    assert "cached" not in json.loads(capsys.readouterr().out)
    assert contents(tmp_path / "out")["a.mid"] == contents(rendered / "out1")["a.mid"]


def test_killed_at_any_moment_files_are_old_or_new(rendered: Path, tmp_path: Path) -> None:
    old, new = contents(rendered / "out1"), contents(rendered / "out2")
    out = tmp_path / "out"
    chance = random.Random(5)
    seeds = [str(1 + n % 2) for n in range(5)]
    for seed in seeds:
        process = subprocess.Popen(
            [
                sys.executable,
                "-c",
                AGAIN,
                *words(rendered / "a.score"),
                "-o",
                str(out),
                "--seed",
                seed,
                "--quiet",
            ],
            cwd=ROOT,
            env=environment(rendered / "cache"),
            stderr=subprocess.DEVNULL,
        )
        end = time.monotonic() + 30
        # From the first sign of writing on, any moment will do.
        before = {p: p.stat().st_mtime_ns for p in out.rglob("*")} if out.exists() else {}
        while process.poll() is None and time.monotonic() < end:
            now = {p: s for p in out.rglob("*") if (s := _changed(p))} if out.exists() else {}
            if now != before:
                break
            time.sleep(0.002)
        time.sleep(chance.uniform(0.0, 0.03))
        process.kill()
        process.wait()
        for name, digest in contents(out).items() if out.exists() else ():
            assert digest in (old[name], new[name]), name


def _changed(path: Path) -> int:
    try:
        return path.stat().st_mtime_ns
    except OSError:  # a temporary file that has just gone
        return 0


WRITER = """
import sys
from pathlib import Path
from engine.render.files import write_atomic
sys.stdout.write("ready")
sys.stdout.flush()
while True:
    for letter in (b"a", b"b"):
        write_atomic(Path(sys.argv[1]), letter * 3_000_000)
"""


def test_a_file_is_never_half_written(tmp_path: Path) -> None:
    path = tmp_path / "big.wav"
    path.write_bytes(b"b" * 3_000_000)
    chance = random.Random(1)
    for _ in range(10):
        process = subprocess.Popen(
            [sys.executable, "-c", WRITER, str(path)],
            cwd=ROOT,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
        )
        assert process.stdout is not None
        assert process.stdout.read(5) == b"ready"
        time.sleep(chance.uniform(0.0, 0.05))
        process.kill()
        process.wait()
        process.stdout.close()
        data = path.read_bytes()
        assert len(data) == 3_000_000
        assert len(set(data)) == 1


def test_watch_renders_what_changed_once_it_rests(tmp_path: Path) -> None:
    one, other, cast = tmp_path / "a.score", tmp_path / "b.score", tmp_path / "cast.score"
    cast.write_text("@character Mara\n", encoding="utf-8")
    one.write_text('@include "cast.score"\n# A\nHello.\n', encoding="utf-8")
    other.write_text("# B\nHello.\n", encoding="utf-8")
    made: list[str] = []
    steps = iter(
        [
            lambda: None,
            lambda: other.write_text("# B\nHello, you.\n", encoding="utf-8"),
            lambda: None,
            lambda: cast.write_text("@character Mara register=low\n", encoding="utf-8"),
            lambda: None,
            lambda: other.unlink(),
            lambda: None,
            lambda: other.write_text("# B\nBack.\n", encoding="utf-8"),
            lambda: None,
            lambda: None,
        ]
    )

    def wait(_: float) -> None:
        step = next(steps, None)
        if step is None:
            raise KeyboardInterrupt
        step()

    with pytest.raises(KeyboardInterrupt):
        watch([one, other], lambda path: made.append(path.name), wait)
    assert made == ["b.score", "a.score", "b.score"]


def test_watch_and_json_exclude_each_other(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["render", "a.score", "-o", str(tmp_path), "--watch", "--json"]) == 2
    assert "--watch" in capsys.readouterr().err
