"""What is installed takes one name, and files or packages called like ours beside it change nothing.

The layout of a wheel is laid out by hand here; `.ci/run` does the same with a real one, and with `-e`.
"""

import os
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
OURS = ("dsl", "engine", "grammars", "tui")
LAUNCHER = "tui.launcher"


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
    for name in OURS:
        (folder / f"{name}.py").write_text("raise SystemExit('somebody else')\n")
    (folder / "a.score").write_text("# 1m1 Home\n@emotion joy 0.5\nShe came home.\n", encoding="utf-8")
    return folder


@pytest.mark.parametrize("on_path", [False, True])
@pytest.mark.parametrize("words", [["-m", "melodrama"], ["-c", "import melodrama; melodrama.entry()"]])
def test_a_writers_own_modules_are_never_taken_for_ours(
    site: Path, folder: Path, words: list[str], on_path: bool
) -> None:
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


def test_a_module_of_any_name_may_lie_in_the_folder(site: Path, folder: Path) -> None:
    (folder / "argparse.py").write_text("raise SystemExit('somebody else')\n")
    done = subprocess.run(
        [sys.executable, "-m", "melodrama", "check", "a.score"],
        cwd=folder,
        env={**os.environ, "PYTHONPATH": str(site)},
        capture_output=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr


def test_nor_are_they_in_the_process_that_makes_the_music(site: Path, folder: Path) -> None:
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
