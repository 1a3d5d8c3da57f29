"""What Textual does behind one's back: it calls the handler of every class a widget comes from, not the last
one's alone."""

import importlib
import inspect
import pkgutil
from pathlib import Path

from textual import events
from textual.message_pump import MessagePump

import tui
from tests.tui.conftest import SHORT, app_with, until
from tui.screens.ask import Ask


def classes() -> list[type[MessagePump]]:
    """Every widget, screen and app of the workstation."""
    found = {}
    for module in pkgutil.walk_packages(tui.__path__, "tui."):
        if module.name.split(".")[1] in ("app", "screens", "widgets"):
            for one in vars(importlib.import_module(module.name)).values():
                if (
                    inspect.isclass(one)
                    and issubclass(one, MessagePump)
                    and one.__module__.startswith("tui.")
                ):
                    found[one.__qualname__] = one
    return list(found.values())


def handlers(one: type) -> set[str]:
    return {name.lstrip("_") for name in vars(one) if name.lstrip("_").startswith("on_")}


def test_no_handler_calls_the_one_that_follows_it_anyway() -> None:
    for one in classes():
        for name in handlers(one):
            method = vars(one).get(name) or vars(one)[f"_{name}"]
            assert f"super().{name}" not in inspect.getsource(method).replace("._on", ".on"), (one, name)


def test_no_widget_of_ours_handles_what_another_of_ours_below_it_handles() -> None:
    for one in classes():
        for base in one.__mro__[1:]:
            if base.__module__.startswith("tui."):
                both = handlers(one) & handlers(base)
                assert not both, f"{one.__name__} and {base.__name__} both do something at {both}"


async def test_a_paste_goes_in_once(score: Path) -> None:
    app = app_with(score)
    words = "\n".join(f"Line {number}." for number in range(17))
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.pause()
        app.post_message(events.Paste(words))
        await pilot.pause()
        assert app.workstation.editor.text == words + SHORT
        await pilot.press("ctrl+z")
        assert app.workstation.editor.text == SHORT


async def test_a_save_pressed_right_behind_a_letter_saves_the_letter(score: Path) -> None:
    app = app_with(score)
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.pause()
        for letter in "fast":
            app.post_message(events.Key(letter, letter))
        app.post_message(events.Key("ctrl+s", None))
        await pilot.pause()
        await pilot.pause()
        assert score.read_text() == "fast" + SHORT
        assert not app.workstation.session.is_modified


async def test_quitting_right_behind_a_letter_asks_for_it(score: Path) -> None:
    app = app_with(score)
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.pause()
        app.post_message(events.Key("x", "x"))
        app.post_message(events.Key("ctrl+q", None))
        await pilot.pause()
        await pilot.pause()
        assert isinstance(app.screen, Ask)


async def test_a_take_kept_right_behind_a_new_line_goes_under_its_heading(score: Path) -> None:
    app = app_with(score, live=True)
    async with app.run_test(size=(100, 30)) as pilot:
        desk = app.workstation
        await until(pilot, lambda: desk.session.is_current)
        desk.editor.goto(4)
        await pilot.pause()
        desk.editor.insert("// one\n// two\n", (0, 0))
        app.post_message(events.Key("f9", None))
        await until(pilot, lambda: "@take" in desk.editor.text)
        assert "# 1m1 The cliff\n@take" in desk.editor.text


async def test_a_mistake_is_mended_where_it_stands_now(score: Path) -> None:
    score.write_text(SHORT.replace("{hit}", "{hitt}"), encoding="utf-8")
    app = app_with(score)
    async with app.run_test(size=(100, 30)) as pilot:
        desk = app.workstation
        await until(pilot, lambda: bool(desk.session.findings))
        desk.editor.goto(4)
        await pilot.pause()
        for letter in "so ":
            app.post_message(events.Key(letter, letter))
        app.post_message(events.Key("f2", None))
        await until(pilot, lambda: "hitt" not in desk.editor.text, 10)
        assert desk.editor.text == SHORT.replace("He stood", "so He stood")
