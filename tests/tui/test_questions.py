"""The small questions above the desk: every answer is to be seen, and no answer ends anything."""

from pathlib import Path

import pytest
from textual.widgets import Button, Input

from tests.tui.conftest import SHORT, app_with, until
from tui.app import Melodrama
from tui.screens.ask import Ask, AskText
from tui.screens.render_dialog import RenderDialog
from tui.screens.workstation import Workstation
from tui.widgets.lines import LineList


def desk(app: Melodrama) -> Workstation:
    return app.workstation


@pytest.mark.parametrize("size", [(60, 20), (80, 24)])
async def test_every_answer_is_to_be_seen_and_reached_by_the_arrows(
    score: Path, size: tuple[int, int]
) -> None:
    app = app_with(score)
    async with app.run_test(size=size) as pilot:
        await pilot.press("x")
        score.write_text("somebody else's\n")
        await pilot.press("ctrl+s")
        await until(pilot, lambda: isinstance(app.screen, Ask))
        buttons = list(app.screen.query(Button))
        assert [str(button.label) for button in buttons][-1] == "Reload from disk"
        inside = app.screen.query_one("#question").content_region
        assert all(inside.contains_region(button.region) for button in buttons)
        await pilot.press("down", "down", "down", "enter")
        await until(pilot, lambda: desk(app).editor.text == "somebody else's\n")
        await pilot.press("ctrl+z")
        assert desk(app).editor.text == "x" + SHORT


async def test_saving_under_a_name_that_is_taken_asks_and_keeps_the_name_where_it_is_not_wanted(
    score: Path, tmp_path: Path
) -> None:
    other = tmp_path / "other.score"
    other.write_text("somebody else's\n")
    app = app_with(score)
    async with app.run_test(size=(100, 30)) as pilot:
        for wanted in (False, True):
            await pilot.press("ctrl+underscore")
            await until(pilot, lambda: isinstance(app.screen, AskText))
            app.screen.query_one(Input).value = str(other)
            await pilot.press("enter")
            await until(pilot, lambda: isinstance(app.screen, Ask))
            assert [button.id for button in app.screen.query(Button)] == ["cancel", "overwrite"]
            await pilot.press(*(("right", "enter") if wanted else ("escape",)))
            await until(pilot, lambda: isinstance(app.screen, Workstation))
            assert desk(app).session.file.path == (other if wanted else score)
            assert other.read_text() == (SHORT if wanted else "somebody else's\n")


@pytest.mark.parametrize("typed", ["~nobody/a.score", "x" * 300, "/proc/nowhere/a.score", " "])
async def test_a_path_that_leads_nowhere_is_told_and_ends_nothing(
    score: Path, typed: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    app = app_with(score)
    async with app.run_test(size=(100, 30)) as pilot:
        for key in ("ctrl+o", "ctrl+underscore"):
            await pilot.press(key)
            await until(pilot, lambda: isinstance(app.screen, AskText))
            app.screen.query_one(Input).value = typed
            await pilot.press("enter", "escape", "escape")
            await until(pilot, lambda: isinstance(app.screen, Workstation))
        assert SHORT in [session.text for session in desk(app).sessions]
    assert sorted(path.name for path in tmp_path.glob("*") if path.name != "state") == ["short.score"]


@pytest.mark.parametrize("size", [(30, 10), (60, 20), (80, 24)])
async def test_a_list_gives_way_to_what_is_asked_with_it(
    tmp_path: Path, size: tuple[int, int], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    for number in range(30):
        (tmp_path / f"{number:02}.score").write_text(SHORT)
    app = app_with(tmp_path / "00.score")
    async with app.run_test(size=size) as pilot:
        for key, kind in (("f6", RenderDialog), ("ctrl+o", AskText)):
            await pilot.press(key)
            await until(pilot, lambda kind=kind: isinstance(app.screen, kind))
            if kind is AskText:
                await pilot.press("0", *["down"] * 8)
            await pilot.pause()
            await pilot.pause()
            whole = app.screen.region
            assert whole.contains_region(app.screen.query_one("#question").region)
            inside = app.screen.query_one("#question").content_region
            for part in ("#text", "#why"):
                assert inside.contains_region(app.screen.query_one(part).region), (kind, part)
            entries = app.screen.query(LineList).first()
            assert inside.contains_region(entries.region)
            assert 0 <= entries.chosen - entries.scroll_offset.y < entries.size.height
            await pilot.press("escape")


async def test_a_score_whose_file_is_gone_is_not_given_up_unasked(score: Path) -> None:
    app = app_with(score)
    async with app.run_test(size=(80, 24)) as pilot:
        score.unlink()
        await pilot.press("ctrl+q")
        await until(pilot, lambda: isinstance(app.screen, Ask))
        assert "no longer on disk" in app.screen.question  # type: ignore[attr-defined]
        await pilot.press("escape", "ctrl+l")
        await until(pilot, lambda: isinstance(app.screen, Ask))
        await pilot.press("enter")
        await until(pilot, score.exists)
        assert score.read_text() == SHORT
        await until(pilot, lambda: desk(app).session.is_blank)
