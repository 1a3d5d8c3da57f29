"""The core of the workstation stands without a screen: no Textual, and no model before one is needed."""

import subprocess
import sys
from pathlib import Path

import pytest

from dsl.score_file import plan_source
from tui.files import ScoreFile
from tui.session import Session, check

TEXT = "# 1m1 One\n@emotion hope 0.5\nThe sun came up.\n\n# 1m2 Two\nHe was called by his name.\n"


def test_the_core_imports_neither_textual_nor_torch() -> None:
    code = (
        "import sys, tui.session, tui.studio, tui.listening, tui.completion, tui.word_help, tui.settings;"
        "sys.exit(', '.join({'textual', 'torch', 'numpy'} & set(sys.modules)) or 0)"
    )
    root = Path(__file__).parents[2]
    done = subprocess.run([sys.executable, "-c", code], cwd=root, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr


def checked(tmp_path: Path) -> Session:
    session = Session.of(ScoreFile(tmp_path / "a.score", TEXT, None))
    assert session.take_check(check(session.text, session.revision, tmp_path))
    return session


def test_a_stale_check_is_dropped(tmp_path: Path) -> None:
    session = checked(tmp_path)
    late = check(session.text, session.revision, tmp_path)
    session.edited(TEXT + "More.\n")
    assert not session.take_check(late)


def test_time_and_source_lead_to_each_other(tmp_path: Path) -> None:
    session = checked(tmp_path)
    t_s = session.time_of_line(6)
    assert t_s is not None
    place = session.place_at(t_s + 0.1)
    assert place is not None
    assert place.line == 6
    assert session.cue_of_line(6) == 1
    assert session.cue_at(t_s + 0.1) == 1


def test_keeping_a_take_replaces_or_adds_one_line(tmp_path: Path) -> None:
    session = checked(tmp_path)
    session.auditions["1m1"] = 3
    fix = session.keep_take(0)
    assert fix is not None
    assert fix.text == "\n@take 3"
    assert (fix.span.line, fix.span.column) == (1, 10)
    session.edited(TEXT.replace("# 1m1 One\n", "# 1m1 One\n@版本 2\n"))
    assert session.take_check(check(session.text, session.revision, tmp_path))
    session.auditions["1m1"] = 5
    fix = session.keep_take(0)
    assert fix is not None
    assert fix.text == "@版本 5"
    assert fix.span.line == 2


@pytest.mark.parametrize(
    "text",
    [
        "# a\n@at 00:00\n" + "Many words are spoken here. " * 20 + "\n@emotoin joy\n@at 00:20\nGo.",
        "fps: 25\nstart: 01:00:00:00\n---\n# a\n@at 01:00:30:00\nGo.\n# b\n@at 01:00:20:00\n@bpm 3\nGo.",
        "# a\n@hit\n@hit\n@tempo 60\n@tempo 70\nGo. {hit}\n@pause 2\n@emotion joy",
        "<<<<<<< HEAD\nGo.\n=======\n@fit 3s",
    ],
)
def test_the_workstation_and_the_command_find_the_same(text: str, tmp_path: Path) -> None:
    command = plan_source(text, tmp_path / "a.score").findings
    assert check(text, 1, tmp_path).findings == command
    assert command
