"""What a newcomer is told is so: versions, pins, the map of the repository, the tasks, the weights' terms."""

import re
import subprocess
import tomllib
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from dsl.check import check_source
from tui.cli.main import main

ROOT = Path(__file__).parents[1]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
README = (ROOT / "README.md").read_text(encoding="utf-8")
MAP = (ROOT / ".github" / "CONTRIBUTING.md").read_text(encoding="utf-8")
CARDS = sorted((ROOT / "engine" / "weights").glob("*/MODEL_CARD.md"))


def test_the_changelog_begins_with_the_version_that_is_installed_and_dates_every_one() -> None:
    heads = re.findall(r"^## (.*)$", (ROOT / "CHANGELOG.md").read_text(encoding="utf-8"), re.MULTILINE)
    assert heads[0].split()[0] == PROJECT["version"]
    for head in heads:
        assert re.fullmatch(r"\d+\.\d+\.\d+ \(\d{4}-\d{2}-\d{2}\)", head), head


def test_the_score_that_the_readme_shows_has_no_findings() -> None:
    shown = README.split("## A score in a minute")[1].split("```\n")[1]
    assert "@character MARA" in shown
    assert check_source(shown.split("```")[0]).findings == ()


@pytest.mark.parametrize(
    ("command", "row"),
    [
        pytest.param(command, row, id=command)
        for row in re.findall(r"^\| `melodrama .*$", README, re.MULTILINE)
        for command in re.findall(r"`(?:melodrama )?\[?([a-z]+)", row.split(" | ")[0])
    ],
)
def test_every_option_that_the_readme_lists_is_one(
    command: str, row: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main([command, "--help"]) == 0
    told = capsys.readouterr().out
    for option in re.findall(r"`(?:[^`]* )?(--[a-z-]+)", row.split("pip install")[0].split("has its own")[0]):
        assert option in told


def test_every_dependency_has_an_exact_version_within_what_is_asked_for() -> None:
    lines = (ROOT / "constraints.txt").read_text(encoding="utf-8").splitlines()
    pins = dict(line.split("==") for line in lines if line and not line.startswith("#"))
    absent = {
        name.strip() for line in lines if "extras" in line for name in line.split("extras")[1].split(",")
    }
    wanted = [
        line
        for extra, some in (("", PROJECT["dependencies"]), *PROJECT["optional-dependencies"].items())
        if extra not in {name.rstrip(".") for name in absent}
        for line in some
    ]
    for line in wanted:
        asked = Requirement(line)
        assert pins[canonicalize_name(asked.name)] in asked.specifier, line


def test_whoever_imports_us_gets_our_types() -> None:
    for folder in ("dsl", "engine", "grammars", "tui", "tui/launcher"):
        assert (ROOT / folder / "py.typed").is_file(), folder


@pytest.mark.parametrize("card", CARDS, ids=lambda card: card.parent.name)
def test_every_card_says_on_what_terms_the_weights_are_offered_and_what_they_were_made_from(
    card: Path,
) -> None:
    text = card.read_text(encoding="utf-8")
    section = text.split("## Data and licences\n")[1].split("\n## ")[0]
    assert re.search(r"offered\s+under\s+\**(Apache-2\.0|CC BY-SA 4\.0)", section)
    assert re.search(r"\b(MIT|CC0|CC BY(-SA)? 4\.0|BSD-3|public domain)\b", section)


def test_the_cards_and_the_data_notes_agree_on_the_chorales_licence() -> None:
    said = [
        " ".join(card.read_text(encoding="utf-8").split())
        for card in (*CARDS, ROOT / "engine" / "train" / "DATA.md")
    ]
    told = [text for text in said if "chorales" in text]
    assert len(told) >= 3
    for text in told:
        assert "the transcription states no licence" in text


def mapped_paths() -> list[str]:
    """What the annotated tree names, as paths."""
    tree = MAP.split("```tree\n")[1].split("```")[0]
    paths: list[str] = []
    above: list[tuple[int, str]] = []
    for line in tree.splitlines():
        if not line.strip():
            continue
        entry = re.match(r"( *)(\S+)", line)
        assert entry is not None
        depth, names = len(entry[1]), entry[2]
        if depth >= NOTES_FROM:  # a note that goes on
            continue
        above = [(d, name) for d, name in above if d < depth]
        folder = "".join(name for _, name in above)
        paths += [folder + name for name in names.split(",")]
        if names.endswith("/"):
            above.append((depth, names))
    return paths


NOTES_FROM = 12
"""Columns of the tree from which a line only goes on with a note."""


def test_all_that_the_map_shows_is_there() -> None:
    paths = mapped_paths()
    assert len(paths) > 60
    assert [path for path in paths if not list(ROOT.glob(path.rstrip("/")))] == []


def test_every_room_is_on_the_map() -> None:
    shown = set(mapped_paths())
    tracked = subprocess.run(
        ["git", "ls-files", "*.py"], cwd=ROOT, capture_output=True, text=True, check=False
    ).stdout.split() or [
        path.relative_to(ROOT).as_posix()
        for top in ("dsl", "engine", "tui", "grammars")
        for path in (ROOT / top).rglob("*.py")
    ]
    rooms = {
        f"{Path(path).parent.as_posix()}/"
        for path in tracked
        if path.startswith(("dsl/", "engine/", "tui/", "grammars/"))
    }
    assert rooms - shown == set()


SHOWN_FILE_BY_FILE = ("dsl", *(f"engine/{room}" for room in (
    "arrange", "generate", "generate/lines", "hear", "match", "music", "render", "render/notation", "text",
)))  # fmt: skip


@pytest.mark.parametrize("room", SHOWN_FILE_BY_FILE)
def test_where_a_rule_is_can_be_guessed_from_the_map_file_by_file(room: str) -> None:
    """Asked where a rule is, a reader of the folders' names alone guessed wrong every second time."""
    shown = set(mapped_paths())
    files = [
        path.relative_to(ROOT).as_posix() for path in (ROOT / room).glob("*.py") if path.stem != "__init__"
    ]
    left_out = [path for path in files if path not in shown]
    assert len(left_out) <= len(files) / 8, left_out


def test_paths_named_in_the_map_exist() -> None:
    named = re.findall(r"`((?:dsl|engine|tui|tests|grammars|scores|\.ci|\.github)/[\w./-]*)`", MAP)
    assert len(named) > 40
    assert [path for path in named if not (ROOT / path).exists()] == []


def test_every_task_is_told_when_none_is_named_and_is_a_task() -> None:
    told = subprocess.run(["bash", ".ci/tasks"], cwd=ROOT, capture_output=True, text=True, check=False)
    names = re.findall(r"^ *\.ci/tasks (\w+)", told.stderr, re.MULTILINE)
    assert told.returncode == 2
    assert {"check", "lint", "types", "imports", "test", "light", "render", "bench"} <= set(names)
    script = (ROOT / ".ci" / "tasks").read_text(encoding="utf-8")
    for name in names:
        assert re.search(rf"^\s+(\w+ \| )*{name}( \| \w+)*\) ", script, re.MULTILINE), name


def test_what_ci_and_the_workflow_call_are_tasks() -> None:
    script = (ROOT / ".ci" / "tasks").read_text(encoding="utf-8")
    for caller in (".ci/run", ".github/workflows/ci.yml", ".github/CONTRIBUTING.md", "README.md"):
        text = (ROOT / caller).read_text(encoding="utf-8")
        for name in re.findall(r"\.ci/tasks (\w+)", text):
            assert re.search(rf"\b{name}\b( \| \w+)*\) ", script), f"{caller}: {name}"


def test_every_path_that_the_tasks_run_is_there() -> None:
    said = "\n".join((ROOT / ".ci" / name).read_text(encoding="utf-8") for name in ("run", "tasks"))
    paths = set(re.findall(r"\b(?:tests|scores|engine|dsl|tui)/[\w./-]*\w", said))
    assert len(paths) > 5
    assert not {path for path in paths if not (ROOT / path).exists()}
