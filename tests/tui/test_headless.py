"""The core of the workstation stands without a screen: no Textual, and no model before one is needed."""

import os
import subprocess
import sys
from io import BytesIO
from pathlib import Path

import pytest

from dsl.limits import MOST_SCORE_BYTES
from dsl.score_file import load_plan
from tests.tui.staged_studio import StagedStudio
from tui.checking import check
from tui.files import Problem, ScoreFile, open_score
from tui.language_server.open_score import OpenScore
from tui.session import Session
from tui.settings import Settings
from tui.studio.calls import Script
from tui.studio.service import Service

TEXT = "# 1m1 One\n@emotion hope 0.5\nThe sun came up.\n\n# 1m2 Two\nHe was called by his name.\n"


def test_the_core_imports_neither_textual_nor_torch() -> None:
    core = ("session", "studio.near", "studio.distant", "listening", "completion", "word_help", "settings")
    code = (
        f"import sys, {', '.join(f'tui.{name}' for name in core)};"
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
        '@include "no.score"\n@include "a.score"\n# a\nGo. {motif none}',
    ],
)
def test_command_workstation_language_server_and_the_process_for_music_understand_the_same(
    text: str, tmp_path: Path
) -> None:
    path = tmp_path / "a.score"
    path.write_text(text, encoding="utf-8")
    command = load_plan(path)
    assert command.findings
    workstation = check(text, 1, tmp_path)
    assert workstation.findings == command.findings
    server = OpenScore(path.as_uri(), path, "utf-16")
    server.edited(text, 1)
    assert server.findings() == command.findings
    music = Service(StagedStudio(Settings()), BytesIO(), BytesIO())._asked(Script(text, tmp_path, {}))
    assert music.planned.cues == (workstation.plan.cues if workstation.plan else ())
    if command.plan is not None:
        assert music.planned.cues == command.plan.cues


def test_workstation_and_commands_refuse_the_same_files(tmp_path: Path) -> None:
    (tmp_path / "film.srt").write_text("1\n00:00:01,000 --> 00:00:02,000\nGo.\n")
    (tmp_path / "folder.score").mkdir()
    os.mkfifo(tmp_path / "pipe.score")
    (tmp_path / "large.score").write_bytes(b"a" * (4 * MOST_SCORE_BYTES + 1))
    for path in tmp_path.iterdir():
        refused = open_score(path)
        assert isinstance(refused, Problem)
        assert refused.message == load_plan(path).problem
