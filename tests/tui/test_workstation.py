"""The workstation as a person uses it: keys in, messages and screens out."""

from pathlib import Path

import pytest
from textual.command import CommandPalette
from textual.widgets import Input, Label, OptionList, Static

from dsl.diagnostics import Severity
from tests.tui.conftest import SHORT, app_with, until
from tests.tui.staged_studio import StagedStudio
from tui.app import Commands, Melodrama
from tui.command_words import CHINESE
from tui.commands import COMMANDS, keys_of
from tui.screens.help import HelpScreen
from tui.screens.workstation import Workstation
from tui.settings import DEFAULT_KEYS, KEYLESS, Settings
from tui.widgets.completion import CompletionList
from tui.widgets.cues import CueList
from tui.widgets.editor import ScoreEditor
from tui.widgets.find import FindBar
from tui.widgets.problems import ProblemList, StatusLine
from tui.widgets.roll import PianoRoll


def desk(app: Melodrama) -> Workstation:
    return app.workstation


async def test_opening_shows_the_cues_and_colours_of_the_score(score: Path) -> None:
    app = app_with(score)
    async with app.run_test(size=(120, 40)) as pilot:
        await until(pilot, lambda: desk(app).session.checked is not None)
        await pilot.pause()
        rows = app.screen.query_one(CueList).rows
        assert [row.id for row in rows] == ["1m1", "1m2"]
        line = desk(app).editor.get_line(2)
        assert any("#d9a05b" in str(span.style) or "bold" in str(span.style) for span in line.spans)


async def test_a_mistake_is_told_while_typing_and_gone_when_mended(score: Path) -> None:
    app = app_with(score)
    async with app.run_test(size=(120, 40)) as pilot:
        desk(app).editor.goto(4, 22)
        await pilot.press(*"{hitt}")
        await until(pilot, lambda: any(f.severity is Severity.ERROR for f in desk(app).session.findings))
        await pilot.pause()
        assert app.screen.query_one(StatusLine).counts[0] == 1
        assert app.screen.query_one(ProblemList).count >= 1
        before = desk(app).editor.text
        await pilot.press("f2")
        await until(pilot, lambda: not any(f.severity is Severity.ERROR for f in desk(app).session.findings))
        assert desk(app).editor.text == before.replace("{hitt}", "{hit}")
        await pilot.press("ctrl+z")
        assert desk(app).editor.text == before


async def test_tab_leads_to_the_roll_and_round_to_the_script(score: Path) -> None:
    app = app_with(score, live=True)
    async with app.run_test(size=(80, 24)) as pilot:
        await until(pilot, lambda: desk(app).session.is_current)
        desk(app).editor.goto(4, 8)
        await pilot.press("tab")
        assert app.screen.query_one(PianoRoll).has_focus
        await pilot.press("tab")
        assert app.screen.query_one(CueList).has_focus
        await pilot.press("tab")
        assert desk(app).editor.has_focus
        await pilot.press("shift+tab", "shift+tab")
        assert app.screen.query_one(PianoRoll).has_focus
        assert desk(app).editor.text == SHORT


async def test_tab_completes_a_name_that_has_been_begun(score: Path) -> None:
    app = app_with(score)
    async with app.run_test(size=(100, 30)) as pilot:
        await until(pilot, lambda: desk(app).session.checked is not None)
        desk(app).editor.goto(8, 99)
        desk(app).editor.insert("\n@emotion des")
        await pilot.pause()
        await pilot.press("tab")
        assert app.screen.query_one(CompletionList).is_open
        await pilot.press("tab")
        await pilot.pause()
        assert desk(app).editor.text.endswith("@emotion despair\n")
        assert desk(app).editor.has_focus


async def test_undo_and_redo_are_commands_with_keys_in_help_and_palette(score: Path) -> None:
    app = app_with(score)
    async with app.run_test(size=(100, 30)) as pilot:
        await pilot.press("x")
        await pilot.press("tab")  # from the roll as well
        assert not desk(app).editor.has_focus
        await pilot.press("ctrl+z")
        assert desk(app).editor.text == SHORT
        await pilot.press("ctrl+y")
        assert desk(app).editor.text == "x" + SHORT
        await app.screen.run_action("command('undo')")
        assert desk(app).editor.text == SHORT
        found = {command.id: keys for keys, command in keys_of({})}
        assert (found["undo"], found["redo"]) == ("^Z", "^Y")
        titles = [title for title, *_ in Commands(app.screen)._found]
        assert any(title.startswith("Undo") for title in titles)
        await pilot.press("f1")
        await pilot.pause()
        assert "^Z" in str(app.screen._text())  # type: ignore[attr-defined]


async def test_help_explains_the_word_under_the_cursor(score: Path) -> None:
    app = app_with(score)
    async with app.run_test(size=(100, 30)) as pilot:
        desk(app).editor.goto(3, 12)
        await pilot.press("f1")
        await pilot.pause()
        assert isinstance(app.screen, HelpScreen)
        assert "despair" in str(app.screen._text())
        await pilot.press("escape")
        assert isinstance(app.screen, Workstation)


async def test_completion_follows_the_at_sign_and_inserts(score: Path) -> None:
    app = app_with(score)
    async with app.run_test(size=(100, 30)) as pilot:
        await until(pilot, lambda: desk(app).session.checked is not None)
        await pilot.press("ctrl+end", "@", "e", "m")
        await pilot.pause()
        popup = app.screen.query_one(CompletionList)
        assert popup.is_open
        assert popup.entries[0].label == "emotion"
        await pilot.press("enter")
        await pilot.pause()
        assert desk(app).editor.text.endswith("@emotion ")
        await pilot.press("d", "e", "s")
        await pilot.press("ctrl+@")
        await pilot.press("tab")
        await pilot.pause()
        assert desk(app).editor.text.endswith("@emotion despair")


async def test_find_and_replace_all_is_one_undoable_edit(score: Path) -> None:
    app = app_with(score)
    async with app.run_test(size=(100, 30)) as pilot:
        await pilot.press("ctrl+r")
        await pilot.press(*"the")
        app.screen.query_one("#replacement", Input).value = "THE"
        await pilot.press("ctrl+a")
        await pilot.pause()
        assert desk(app).editor.text == SHORT.replace("the", "THE").replace("The", "THE")
        await pilot.press("escape", "ctrl+z")
        assert desk(app).editor.text == SHORT


@pytest.mark.parametrize("size", [(20, 5), (40, 12), (80, 24), (200, 60)])
async def test_every_size_of_terminal_can_be_typed_in(score: Path, size: tuple[int, int]) -> None:
    app = app_with(score)
    async with app.run_test(size=size) as pilot:
        await pilot.press("x")
        assert desk(app).editor.text == "x" + SHORT
        assert desk(app).editor.size.height >= 2


async def test_a_command_without_a_key_gets_one_from_the_settings(score: Path) -> None:
    settings = Settings(live=True, takes=2, keys={"freeze": "f11"})
    app = Melodrama([score], settings=settings, studio=StagedStudio(settings))
    async with app.run_test(size=(120, 40)) as pilot:
        await until(pilot, lambda: desk(app).session.is_current)
        desk(app).editor.goto(4)
        await pilot.pause()
        await pilot.press("f11")
        assert "@freeze" in desk(app).editor.text


def test_every_command_does_something(score: Path) -> None:
    app = app_with(score)
    try:
        assert set(desk(app)._acts) == {command.id for command in COMMANDS}
    finally:
        desk(app).close()


@pytest.mark.parametrize(("width", "locale"), [(80, "C"), (48, "C"), (80, "zh_CN.UTF-8")])
async def test_the_help_s_keys_stand_in_a_column_in_one_language(
    score: Path, width: int, locale: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LC_ALL", locale)
    app = app_with(score)
    async with app.run_test(size=(width, 300)) as pilot:
        await pilot.press("f1")
        await until(pilot, lambda: isinstance(app.screen, HelpScreen))
        await pilot.pause()
        text = app.screen.query_one("#help-text", Static)
        shown = ["".join(s.text for s in text.render_line(y)) for y in range(text.size.height)]
    heading = "按键" if locale.startswith("zh") else "Keys"
    rows = shown[next(n for n, row in enumerate(shown) if row.strip() == heading) + 1 :]
    keys = rows[: next(n for n, row in enumerate(rows) if not row.strip())]
    assert len(keys) >= len(DEFAULT_KEYS)
    for row in keys:
        assert row[0] != " " or row.startswith(" " * 13), f"under the keys: {row!r}"
    said = "".join(rows)
    assert ".60+" in said, "what stands in the list of takes is told nowhere"
    if locale == "C":
        assert not [c for c in said if "\u4e00" <= c <= "\u9fff"]
    else:
        assert "按你的感受" in said
        assert "Read as" not in said


async def test_the_palette_finds_a_command_by_its_name_in_either_language(score: Path) -> None:
    app = app_with(score)
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.press("ctrl+p")
        await until(pilot, lambda: isinstance(app.screen, CommandPalette))
        await pilot.press(*"读作")
        found = app.screen.query_one(OptionList)
        await until(pilot, lambda: found.option_count == 1 and "Read as" in str(found.options[0].prompt))


def test_every_command_is_told_in_both_languages() -> None:
    assert set(CHINESE) == {command.id for command in COMMANDS} == {*DEFAULT_KEYS, *KEYLESS}


async def test_the_find_bar_keeps_tab_to_itself_and_escape_closes_it_from_the_script(score: Path) -> None:
    app = app_with(score)
    async with app.run_test(size=(80, 24)) as pilot:
        bar = desk(app).query_one(FindBar)
        await pilot.press("ctrl+f", "tab")
        assert bar.has_focus_within
        await pilot.press("ctrl+r", "tab", "tab")
        assert app.screen.query_one("#query").has_focus
        await pilot.click(ScoreEditor, offset=(10, 5))
        assert desk(app).editor.has_focus
        assert bar.has_class("open")
        await pilot.press("escape")
        assert not bar.has_class("open")
        assert desk(app).editor.has_focus


async def test_a_count_goes_with_what_it_counted(score: Path) -> None:
    app = app_with(score)
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.press("ctrl+f", *"the", "enter")
        await pilot.pause()
        count = app.screen.query_one("#count", Label)
        assert "of" in str(count.render())
        await pilot.press("x")
        await pilot.pause()
        assert not str(count.render()).strip()


@pytest.mark.parametrize("text", [None, "title: x\n---\n@emotion\n{hit\n@take 99999\n"])
async def test_every_key_and_command_leaves_a_score_that_says_nothing_as_it_is(
    tmp_path: Path, text: str | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    path = tmp_path / "a.score"
    if text is not None:
        path.write_text(text)
    app = app_with(*([path] if text is not None else []))
    async with app.run_test(size=(80, 24)) as pilot:
        await until(pilot, lambda: desk(app).session.checked is not None)
        doing = [key for command, key in DEFAULT_KEYS.items() if command not in ("quit", "close", "fix")]
        for key in [key for keys in doing for key in keys.split(",")]:
            await pilot.press(key, "escape", "escape")
            assert isinstance(app.screen, Workstation), key
        for command in KEYLESS:
            await app.screen.run_action(f"command({command!r})")
            await pilot.press("escape", "escape")
            assert isinstance(app.screen, Workstation), command
        desk(app).desk.take_text()
        assert [one.text.strip() for one in desk(app).sessions] == [(text or "").strip()]
