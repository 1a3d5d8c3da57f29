"""What is installed takes one name, and files or packages called like ours beside it change nothing.

The layout of a wheel is laid out by hand here; `.ci/run` does the same with a real one, and with `-e`.
"""

import os
import subprocess
import sys
import tomllib
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
OURS = ("dsl", "engine", "grammars", "tui")
LAUNCHER = "tui.launcher"
OTHERS = (
    *("torch", "lark", "numpy", "textual", "rich", "msgspec", "tokenizers"),
    *("random", "typing", "json", "logging", "pathlib", "re", "enum", "subprocess", "tempfile", "pickle"),
)
"""Modules that the program means, of its environment and of Python itself."""


def test_every_package_is_installed_and_only_under_our_name() -> None:
    settings = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["tool"]["setuptools"]
    folders = {path.parent.relative_to(ROOT) for name in OURS for path in (ROOT / name).rglob("*.py")}
    packages = {".".join(folder.parts) for folder in folders} - {LAUNCHER}
    assert settings["packages"] == ["melodrama", *(f"melodrama._house.{name}" for name in sorted(packages))]
    places = {
        name.removeprefix("melodrama._house."): place for name, place in settings["package-dir"].items()
    }
    assert places == {"melodrama": LAUNCHER.replace(".", "/"), **{name: name for name in OURS}}


@pytest.fixture
def site(tmp_path: Path) -> Path:
    """A folder of installed packages: ours, and a stranger's `engine` before it."""
    package = tmp_path / "site" / "melodrama"
    (package / "_house").mkdir(parents=True)
    for name in OURS:
        (package / "_house" / name).symlink_to(ROOT / name)
    for name in ("__init__.py", "__main__.py"):
        (package / name).write_bytes((ROOT / "tui" / "launcher" / name).read_bytes())
    (tmp_path / "site" / "engine").mkdir()
    (tmp_path / "site" / "engine" / "__init__.py").write_text("raise SystemExit('a stranger')\n")
    return package.parent


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """The writer's folder: a score, and files of their own called like our packages."""
    folder = tmp_path / "mine"
    folder.mkdir()
    for name in (*OURS, *OTHERS):
        (folder / f"{name}.py").write_text("raise SystemExit('somebody else')\n")
    (folder / "a.score").write_text("# 1m1 Home\n@emotion joy 0.5\nShe came home.\n", encoding="utf-8")
    return folder


def spare_what_every_start_loads(folder: Path) -> None:
    """Nobody can have these on PYTHONPATH: Python itself and whatever lies in this environment's start want
    them before any program runs."""
    code = "import sys; print(*sys.modules)"
    loaded = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout
    for name in {*loaded.split(), "re", "enum"} & set(OTHERS):
        (folder / f"{name}.py").unlink()


@pytest.mark.parametrize("on_path", [False, True])
@pytest.mark.parametrize("words", [["-m", "melodrama"], ["-c", "import melodrama; melodrama.entry()"]])
def test_a_writers_own_modules_are_never_taken_for_ours(
    site: Path, folder: Path, words: list[str], on_path: bool
) -> None:
    if on_path:
        spare_what_every_start_loads(folder)
    paths = [str(folder)] * on_path + [str(site)]
    done = subprocess.run(
        [sys.executable, *words, "check", "a.score"],
        cwd=folder,
        env={**os.environ, "PYTHONPATH": os.pathsep.join(paths)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.returncode, done.stderr + done.stdout) == (0, "1 file: no findings\n")


@pytest.mark.parametrize("name", ["argparse", "pathlib", "re", "contextlib", "functools"])
def test_a_module_of_any_name_may_lie_in_the_folder(site: Path, folder: Path, name: str) -> None:
    (folder / f"{name}.py").write_text("raise SystemExit('somebody else')\n")
    done = subprocess.run(
        [sys.executable, "-m", "melodrama", "check", "a.score"],
        cwd=folder,
        env={**os.environ, "PYTHONPATH": str(site)},
        capture_output=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr


def test_nor_beside_the_command(site: Path, folder: Path) -> None:
    """Python looks first where a script lies: a command in ~/bin lies beside the user's own scripts."""
    command = folder / "melodrama"
    command.write_text("import melodrama\nmelodrama.entry()\n")
    spare_what_every_start_loads(folder)
    done = subprocess.run(
        [sys.executable, str(command), "check", "a.score"],
        cwd=folder,
        env={**os.environ, "PYTHONPATH": str(site)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.returncode, done.stderr + done.stdout) == (0, "1 file: no findings\n")


def test_an_archive_is_told_to_be_none_that_it_runs_from(site: Path, folder: Path) -> None:
    with zipfile.ZipFile(folder / "melodrama.pyz", "w") as archive:
        for name in ("__init__.py", "__main__.py"):
            archive.write(site / "melodrama" / name, f"melodrama/{name}")
    done = subprocess.run(
        [sys.executable, "-P", "-m", "melodrama", "check", "a.score"],
        cwd=folder,
        env={**os.environ, "PYTHONPATH": "melodrama.pyz"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 1
    assert done.stderr.count("\n") == 1
    assert "melodrama.pyz" in done.stderr
    assert "pip install" in done.stderr


def test_what_is_only_on_pythonpath_is_found_here_and_in_processes_started_from_here(
    site: Path, folder: Path, tmp_path: Path
) -> None:
    spare_what_every_start_loads(folder)
    (tmp_path / "more").mkdir()
    (tmp_path / "more" / "only_there.py").write_text("WHERE = 'more'\n")
    program = (
        "import melodrama; melodrama.settle()\n"
        "import multiprocessing, random, subprocess, only_there\n"
        "from engine.child_python import child_environment, child_python\n"
        "code = 'import random, json, numpy, engine, only_there; print(only_there.WHERE, flush=True)'\n"
        "subprocess.run(child_python('-c', code), env=child_environment(), check=True)\n"
        "process = multiprocessing.get_context('spawn').Process(target=exec, args=(code,))\n"
        "process.start(); process.join(); raise SystemExit(process.exitcode)\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", program],
        cwd=folder,
        env={**os.environ, "PYTHONPATH": os.pathsep.join([str(folder), str(tmp_path / "more"), str(site)])},
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.returncode, done.stdout) == (0, "more\nmore\n"), done.stderr


def test_nor_are_they_in_the_process_that_makes_the_music(site: Path, folder: Path) -> None:
    spare_what_every_start_loads(folder)
    program = (
        "import melodrama; melodrama.settle()\n"
        "from tui.studio.distant import DistantStudio\n"
        "from tui.settings import Settings\n"
        "studio = DistantStudio(Settings(), 'debug')\n"
        "print(studio.load())\n"
        "studio.close()\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", program],
        cwd=folder,
        env={**os.environ, "PYTHONPATH": os.pathsep.join([str(folder), str(site)])},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.stdout == "None\n", done.stderr
