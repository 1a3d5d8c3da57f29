"""Two workstations at a time: each knows that the other runs, and leaves its unsaved text alone."""

import json
import subprocess
import sys
import textwrap
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.tui.conftest import SHORT, app_with, until
from tui.presence import Presence, others
from tui.recovery import drop_recovery, find_recovery, keep_recovery
from tui.screens.ask import Ask
from tui.screens.workstation import Workstation
from tui.widgets.problems import StatusLine

FIRST = """
    import sys
    from pathlib import Path
    from tui.presence import Presence
    from tui.recovery import keep_recovery
    here, path = Presence(), Path(sys.argv[1])
    here.tell([path])
    keep_recovery(path, "typed there", here.token)
    print("ready", flush=True)
    sys.stdin.read()
"""


@pytest.fixture
def first(score: Path) -> Iterator["subprocess.Popen[str]"]:
    """A workstation in a process of its own that has the score open and typed something."""
    process = subprocess.Popen(
        [sys.executable, "-c", textwrap.dedent(FIRST), str(score)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        cwd=Path(__file__).parents[2],
    )
    assert process.stdout is not None
    assert process.stdout.readline() == "ready\n"
    yield process
    process.kill()
    process.communicate()


async def test_what_a_running_workstation_has_not_saved_is_not_offered(
    score: Path, first: "subprocess.Popen[str]"
) -> None:
    app = app_with(score)
    async with app.run_test(size=(100, 30)) as pilot:
        await pilot.pause(0.2)
        assert isinstance(app.screen, Workstation)
        said = app.screen.query_one(StatusLine).message
        assert f"open in another workstation (process {first.pid})" in said
        await pilot.press("x", "ctrl+s", "ctrl+q")
    assert score.read_text() == "x" + SHORT
    kept = find_recovery(score, SHORT)
    assert kept is not None, "the second one's save threw the first one's text away"
    assert kept.text == "typed there"


async def test_it_is_offered_as_soon_as_that_workstation_is_gone(
    score: Path, first: "subprocess.Popen[str]"
) -> None:
    first.kill()
    first.wait()
    app = app_with(score)
    async with app.run_test(size=(100, 30)) as pilot:
        await until(pilot, lambda: isinstance(app.screen, Ask))
        await pilot.press("enter")
        await until(pilot, lambda: app.workstation.editor.text == "typed there")
        await pilot.press("ctrl+s", "ctrl+q")
    assert find_recovery(score, "") is None


def test_a_new_score_takes_no_name_that_another_workstation_uses(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    one, two = app_with(), app_with()
    names = [app.workstation.session.name for app in (one, two)]
    for app in (one, two):
        app.workstation.recovering.presence.close()
    assert names == ["untitled.score", "untitled-2.score"]


def test_each_workstation_drops_only_what_it_kept(tmp_path: Path) -> None:
    path = tmp_path / "a.score"
    keep_recovery(path, "here", "one")
    keep_recovery(path, "there", "two")
    drop_recovery(path, "one")
    found = find_recovery(path, "on disk")
    assert found is not None
    assert found.text == "there"
    assert find_recovery(path, "on disk", {"two"}) is None


def test_what_an_ended_workstation_left_is_cleared_away(tmp_path: Path) -> None:
    here = Presence()
    folder = tmp_path / "state" / "melodrama" / "running"
    (folder / "123-abc.json").write_text(json.dumps({"process": 123, "files": []}))
    assert list(others(here.token)) == []
    assert [file.stem for file in folder.iterdir()] == [here.token]
    here.close()
    assert list(folder.iterdir()) == []


def test_a_state_folder_that_cannot_be_written_is_no_hindrance(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "file").write_text("in the way")
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "file"))
    here = Presence()
    here.tell([tmp_path / "a.score"])
    assert list(others(here.token)) == []
    here.close()
