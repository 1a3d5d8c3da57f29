"""Scores in git: textconv, difftool and the pre-commit hooks, each in a repository of its own."""

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[3]
pytestmark = pytest.mark.skipif(shutil.which("git") is None, reason="git is not installed")

OLD = '@include "cast.score"\n# 1m1 Home\n@emotion joy 0.5\n林: 我回来了。\n'
NEW = '@include "cast.score"\n# 1m1 Home\n@emotion grief 0.5\n林: 我回来了。\n'
PLAIN = "# 1m1 Home\n@emotion joy 0.5\nShe came home.\n"


@pytest.fixture
def repository(tmp_path: Path) -> Path:
    """A repository with a `melodrama` on the path, which is this tree's."""
    folder = tmp_path / "repo"
    folder.mkdir()
    command = tmp_path / "bin" / "melodrama"
    command.parent.mkdir()
    command.write_text(
        f'#!/bin/sh\nexport PYTHONPATH="{ROOT}"\n'
        f'exec "{sys.executable}" -c "from tui.cli.main import entry; entry()" "$@"\n'
    )
    command.chmod(0o755)
    git(folder, "init", "-q")
    (folder / ".gitattributes").write_text("*.score text eol=lf diff=score\n")
    (folder / "cast.score").write_text("@character 林\n", encoding="utf-8")
    (folder / "a.score").write_text(PLAIN, encoding="utf-8")
    (folder / "b.score").write_text(OLD, encoding="utf-8")
    git(folder, "add", "-A")
    git(folder, "commit", "-q", "-m", "old")
    return folder


def git(folder: Path, *words: str) -> str:
    environment = {
        **os.environ,
        "PATH": f"{folder.parent / 'bin'}{os.pathsep}{os.environ['PATH']}",
        "HOME": str(folder.parent),
        "GIT_CONFIG_NOSYSTEM": "1",
        "GIT_PAGER": "cat",
    }
    who = ("-c", "user.name=A", "-c", "user.email=a@b.c")
    done = subprocess.run(
        ["git", *who, *words],
        cwd=folder,
        env=environment,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_textconv_shows_the_plan_and_survives_what_has_none(repository: Path) -> None:
    git(repository, "config", "diff.score.textconv", "melodrama plan --textconv")
    (repository / "a.score").write_text(
        PLAIN.replace("joy 0.5", "grief 0.5") + "@pause 2s\n", encoding="utf-8"
    )
    (repository / "b.score").write_text(NEW.replace("@emotion grief", "@emotoin grief"), encoding="utf-8")
    shown = git(repository, "diff")
    assert re.search(r"^-.*\[emotion joy", shown, re.M)
    assert re.search(r"^\+.*\[emotion grief", shown, re.M)
    assert re.search(r"^\+.*\[pause\]", shown, re.M)
    assert "+@emotoin grief 0.5" in shown


def test_difftool_says_what_changed_in_the_music(repository: Path) -> None:
    command = 'melodrama diff --beside "$MERGED" "$LOCAL" "$REMOTE"'
    git(repository, "config", "difftool.melodrama.cmd", command)
    (repository / "b.score").write_text(NEW, encoding="utf-8")
    (repository / "c.score").write_text("# 1m2 New\nA new one.\n", encoding="utf-8")
    git(repository, "add", "c.score")
    shown = git(repository, "difftool", "-y", "-t", "melodrama", "HEAD")
    assert re.search(r"^~ 1m1: emotion joy .* → grief", shown, re.M)
    assert re.search(r"^\+ cue 1m2 New", shown, re.M)


@pytest.mark.parametrize("hook", ["melodrama-check", "melodrama-fmt"])
def test_the_hooks_do_what_pre_commit_expects(hook: str, repository: Path) -> None:
    yaml = pytest.importorskip("yaml")
    hooks = {one["id"]: one for one in yaml.safe_load((ROOT / ".pre-commit-hooks.yaml").read_text())}
    entry = hooks[hook]["entry"].split()
    files = [f for f in git(repository, "ls-files").split() if re.search(hooks[hook]["files"], f)]
    assert files == ["a.score", "b.score", "cast.score"]
    path = f"{repository.parent / 'bin'}{os.pathsep}{os.environ['PATH']}"

    def run() -> int:
        words = [str(repository.parent / "bin" / entry[0]), *entry[1:], *files]
        environment = {**os.environ, "PATH": path}
        return subprocess.run(
            words, cwd=repository, env=environment, capture_output=True, check=False
        ).returncode

    assert run() == 0
    assert git(repository, "status", "--short") == ""
    broken = (
        PLAIN.replace("@emotion joy", "@emotoin joy")
        if hook == "melodrama-check"
        else PLAIN + "@pause   2s\n"
    )
    (repository / "a.score").write_text(broken, encoding="utf-8")
    git(repository, "add", "a.score")
    failed = run() != 0
    changed = bool(git(repository, "diff", "--name-only"))
    # pre-commit fails a hook that exits non-zero or changes a file.
    assert (failed, changed) == ((True, False) if hook == "melodrama-check" else (False, True))
