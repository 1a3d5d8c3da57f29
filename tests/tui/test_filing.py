"""Scores in the workstation: opened, saved, rendered, and never lost."""

import shutil
from pathlib import Path

import pytest
from textual.widgets import Button, Input

from dsl.output_words import OUTPUTS
from engine.errors import OutputError
from tests.tui.conftest import SHORT, app_with, until
from tui.app import Melodrama
from tui.recovery import find_recovery, keep_recovery
from tui.screens.ask import Ask, AskText
from tui.screens.recovering import RECOVERY_AFTER_S
from tui.screens.render_dialog import Formats, RenderDialog
from tui.screens.workstation import Workstation
from tui.widgets.problems import StatusLine


def desk(app: Melodrama) -> Workstation:
    return app.workstation


async def test_typing_and_saving_writes_exactly_the_text(score: Path) -> None:
    app = app_with(score)
    async with app.run_test(size=(120, 40)) as pilot:
        await pilot.press("ctrl+end")
        await pilot.press(*"The end.")
        assert desk(app).session.is_modified
        await pilot.press("ctrl+s")
        await pilot.pause()
        assert score.read_text() == desk(app).editor.text
        assert "The end." in score.read_text()
        assert not desk(app).session.is_modified


async def test_a_file_changed_underneath_asks_before_it_is_overwritten(score: Path) -> None:
    app = app_with(score)
    async with app.run_test(size=(120, 40)) as pilot:
        await pilot.press("x")
        score.write_text("somebody else's\n")
        await pilot.press("ctrl+s")
        await pilot.pause()
        assert isinstance(app.screen, Ask)
        await pilot.press("escape")
        assert score.read_text() == "somebody else's\n"
        assert desk(app).editor.text == "x" + SHORT


async def test_quitting_with_unsaved_text_asks_and_saves(score: Path) -> None:
    app = app_with(score)
    async with app.run_test(size=(120, 40)) as pilot:
        await pilot.press("x", "ctrl+q")
        await pilot.pause()
        assert isinstance(app.screen, Ask)
        await pilot.press("enter")
        await pilot.pause()
    assert score.read_text() == "x" + SHORT


async def test_unsaved_text_is_offered_after_a_crash(score: Path) -> None:
    app = app_with(score)
    async with app.run_test(size=(120, 40)) as pilot:
        await pilot.press(*"lost?")
        await until(pilot, lambda: any((score.parent / "state").rglob("recovery/*.json")))
    again = app_with(score)
    async with again.run_test(size=(120, 40)) as pilot:
        await until(pilot, lambda: isinstance(again.screen, Ask))
        await pilot.press("enter")
        await pilot.pause()
        assert desk(again).editor.text == "lost?" + SHORT
        await pilot.press("ctrl+z")
        assert desk(again).editor.text == SHORT


async def test_every_score_that_was_open_is_offered_after_a_crash_once(score: Path, tmp_path: Path) -> None:
    other = tmp_path / "other.score"
    other.write_text("Before.\n")
    for path, text in ((score, "typed here"), (other, "typed there")):
        keep_recovery(path, text, "ended")
    app = app_with(score, other)
    async with app.run_test(size=(80, 24)) as pilot:
        await until(pilot, lambda: isinstance(app.screen, Ask))
        await pilot.press("enter")
        await until(pilot, lambda: desk(app).editor.text == "typed here")
        await pilot.press("ctrl+t")
        await until(pilot, lambda: isinstance(app.screen, Ask))
        await pilot.press("escape", "ctrl+t", "ctrl+t")
        await pilot.pause()
        assert isinstance(app.screen, Workstation)
        assert desk(app).editor.text == "Before.\n"
    found = find_recovery(other, "Before.\n")
    assert found is not None, "what was to be decided later is gone"
    assert found.text == "typed there"


async def test_several_files_keep_their_own_text_and_undo(score: Path, tmp_path: Path) -> None:
    other = tmp_path / "other.score"
    other.write_text("Another story.\n")
    app = app_with(score, other)
    async with app.run_test(size=(100, 30)) as pilot:
        await pilot.press("a")
        await pilot.press("ctrl+t")
        await pilot.pause()
        await pilot.press("b")
        assert desk(app).editor.text == "bAnother story.\n"
        await pilot.press("ctrl+t")
        await pilot.pause()
        assert desk(app).editor.text == "a" + SHORT
        await pilot.press("ctrl+z")
        assert desk(app).editor.text == SHORT


async def test_a_folder_and_a_missing_name_do_not_keep_it_from_opening(tmp_path: Path) -> None:
    app = app_with(tmp_path, tmp_path / "new.score")
    async with app.run_test(size=(100, 30)) as pilot:
        await pilot.pause(0.1)
        assert "is a folder" in app.screen.query_one(StatusLine).message
        assert [session.name for session in desk(app).sessions] == ["new.score"]


async def test_open_asks_and_says_why_not(score: Path, tmp_path: Path) -> None:
    app = app_with(score)
    async with app.run_test(size=(100, 30)) as pilot:
        await pilot.press("ctrl+o")
        await pilot.pause()
        assert isinstance(app.screen, AskText)
        app.screen.query_one(Input).value = str(tmp_path)
        await pilot.press("enter")
        await pilot.pause()
        assert isinstance(app.screen, AskText)
        await pilot.press("escape")
        assert isinstance(app.screen, Workstation)


async def test_a_file_changed_or_deleted_underneath_is_said_at_once(
    score: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    app = app_with(score)
    async with app.run_test(size=(100, 30)) as pilot:
        await pilot.pause(0.1)
        score.unlink()
        desk(app).recovering.look_at_disk()
        assert "deleted" in app.screen.query_one(StatusLine).message
        await pilot.press("x", "ctrl+s")
        await pilot.pause()
        assert isinstance(app.screen, Ask)
        await pilot.press("right", "right", "enter")
        await pilot.pause()
        assert score.read_text() == "x" + SHORT


async def test_a_disk_that_is_full_keeps_the_text_and_says_so(
    score: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object, **__: object) -> None:
        raise OutputError("cannot write short.score: no space is left on the device")

    app = app_with(score)
    async with app.run_test(size=(100, 30)) as pilot:
        await pilot.press("x")
        monkeypatch.setattr("tui.files.write_atomic", full)
        await pilot.press("ctrl+s")
        await pilot.pause()
        assert "no space" in app.screen.query_one(StatusLine).message
        assert desk(app).session.is_modified
        assert desk(app).editor.text == "x" + SHORT
    assert score.read_text() == SHORT


async def test_rendering_writes_the_files_beside_the_score(score: Path) -> None:
    score.write_text("output: mid\n" + SHORT)
    app = app_with(score)
    async with app.run_test(size=(100, 30)) as pilot:
        await until(pilot, lambda: desk(app).session.checked is not None)
        await pilot.press("f6")
        await until(pilot, lambda: isinstance(app.screen, RenderDialog))
        await pilot.press("enter")
        await until(pilot, lambda: score.with_suffix(".mid").exists())
        assert score.with_suffix(".mid").read_bytes()[:4] == b"MThd"


async def test_the_formats_to_render_are_ticked_and_remembered(score: Path, tmp_path: Path) -> None:
    app = app_with(score)
    async with app.run_test(size=(100, 30)) as pilot:
        await until(pilot, lambda: desk(app).session.checked is not None)
        await pilot.press("f6")
        await until(pilot, lambda: isinstance(app.screen, RenderDialog))
        assert app.screen.query_one(Formats).ticked == ("mid", "wav")
        await pilot.press("down", "space")  # no wav
        for _ in range(OUTPUTS.index("cues") - 1):
            await pilot.press("down")
        await pilot.press("space", "tab")
        app.screen.query_one(Input).value = str(tmp_path / "out")
        await pilot.press("enter")
        await until(
            pilot,
            lambda: any((tmp_path / "out").glob("*.csv")) and not desk(app).live.jobs.is_running("render"),
        )
        assert (tmp_path / "out" / "short.mid").exists()
        assert not any((tmp_path / "out").glob("*.wav"))
        await pilot.press("f6")
        await until(pilot, lambda: isinstance(app.screen, RenderDialog))
        assert app.screen.query_one(Formats).ticked == ("mid", "cues")
        assert app.screen.query_one(Input).value == str(tmp_path / "out")


async def test_a_score_from_a_template_takes_the_empty_one_s_place_and_asks_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    app = app_with()
    async with app.run_test(size=(100, 30)) as pilot:
        await pilot.press("ctrl+n")
        await pilot.pause()
        await pilot.press("enter")
        await until(pilot, lambda: bool(desk(app).editor.text))
        await pilot.pause()
        assert len(desk(app).sessions) == 1
        assert "●" not in desk(app).editor.border_title
        assert not desk(app).session.is_modified
        await pilot.press("x")
        assert desk(app).session.is_modified
        await pilot.press("ctrl+z", "ctrl+q")
        await pilot.pause()
    assert app.return_code == 0


async def test_a_file_opened_from_the_empty_screen_leaves_no_empty_tab(
    score: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    app = app_with()
    async with app.run_test(size=(100, 30)) as pilot:
        await pilot.pause()
        await desk(app).filing.open_path(score)
        await pilot.pause()
        assert [session.name for session in desk(app).sessions] == ["short.score"]
        assert desk(app).editor.text == SHORT
        await pilot.press("x")
        assert desk(app).session.text == "x" + SHORT


async def test_a_read_only_score_is_written_only_when_that_is_wanted(score: Path) -> None:
    score.chmod(0o444)
    app = app_with(score)
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.pause(0.1)
        assert "read-only" in app.screen.query_one(StatusLine).message
        await pilot.press("x", "ctrl+s")
        await until(pilot, lambda: isinstance(app.screen, Ask))
        await pilot.press("escape")
        assert score.read_text() == SHORT
        assert desk(app).session.is_modified
        await pilot.press("ctrl+s")
        await until(pilot, lambda: isinstance(app.screen, Ask))
        await pilot.press("right", "right", "enter")
        await until(pilot, lambda: score.read_text() == "x" + SHORT)
        assert score.stat().st_mode & 0o777 == 0o444


async def test_a_file_that_is_gone_is_not_offered_to_be_reloaded(score: Path) -> None:
    app = app_with(score)
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.press("x")
        score.unlink()
        await pilot.press("ctrl+s")
        await until(pilot, lambda: isinstance(app.screen, Ask))
        assert [button.id for button in app.screen.query(Button)] == ["cancel", "other", "overwrite"]
        await pilot.press("right", "right", "enter")
        await until(pilot, lambda: score.exists())
        assert score.read_text() == "x" + SHORT


async def test_a_folder_that_is_gone_takes_nothing_with_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path / "gone"
    folder.mkdir()
    monkeypatch.chdir(folder)
    Path("a.score").write_text(SHORT)
    app = app_with(Path("a.score"))
    async with app.run_test(size=(100, 30)) as pilot:
        shutil.rmtree(folder)
        await pilot.press("x")
        await pilot.pause(RECOVERY_AFTER_S + 0.3)
        kept = find_recovery(folder / "a.score", SHORT)
        assert kept is not None
        assert kept.text == "x" + SHORT
        desk(app).recovering.look_at_disk()
        assert "with its folder" in app.screen.query_one(StatusLine).message
        await pilot.press("ctrl+n")
        await until(pilot, lambda: not isinstance(app.screen, Workstation))
        await pilot.press("enter")
        await until(pilot, lambda: len(desk(app).sessions) == 2)
        await pilot.press("ctrl+t", "ctrl+s")
        await until(pilot, lambda: isinstance(app.screen, Ask))
        await pilot.press("right", "right", "enter")
        await until(pilot, lambda: folder.exists())
        assert (folder / "a.score").read_text() == "x" + SHORT
        monkeypatch.chdir(tmp_path)


async def test_a_score_named_twice_is_open_once(score: Path, tmp_path: Path) -> None:
    link = tmp_path / "link.score"
    link.symlink_to(score)
    app = app_with(score, score, tmp_path / "sub" / ".." / "short.score", link)
    async with app.run_test(size=(80, 24)):
        assert [session.name for session in desk(app).sessions] == ["short.score"]


async def test_who_types_without_a_pause_is_kept_as_well(
    score: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tui.screens.recovering.RECOVERY_AFTER_S", 60.0)
    monkeypatch.setattr("tui.screens.recovering.RECOVERY_AT_LEAST_EVERY_S", 0.3)
    app = app_with(score)
    async with app.run_test(size=(80, 24)) as pilot:
        for _ in range(6):
            await pilot.press("x")
            await pilot.pause(0.1)
        await until(pilot, lambda: find_recovery(score, SHORT) is not None, 5)
