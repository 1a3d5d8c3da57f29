"""A key on a line: how it is to be read, kept beside the score."""

from pathlib import Path

from tests.tui.conftest import SHORT, app_with, until
from tui.readings_file import INCLUDE, READINGS, keep, readings_in, written
from tui.screens.ask import AskText


def feelings(app) -> list[str]:  # type: ignore[no-untyped-def]
    checked = app.workstation.session.checked
    return [one.words for one in checked.plan.feelings] if checked and checked.plan else []


async def test_a_key_keeps_how_the_sentence_at_the_cursor_is_read(score: Path) -> None:
    app = app_with(score)
    async with app.run_test(size=(100, 30)) as pilot:
        await until(pilot, lambda: app.workstation.session.checked is not None)
        app.workstation.editor.goto(4, 32)
        await pilot.press("ctrl+e")
        await until(pilot, lambda: isinstance(app.screen, AskText))
        await pilot.press(*"hop", "space", *"0.6", "enter")
        assert isinstance(app.screen, AskText)  # “hop” is no emotion, and the question stays
        assert "did you mean hope?" in str(app.screen.query_one("#why").render())
        app.screen.query_one("Input").value = "hope 0.6"
        await pilot.press("enter")
        await until(pilot, lambda: feelings(app) == ["The wind came up."])
        assert app.workstation.editor.text == SHORT.replace("---\n", f"---\n{INCLUDE}\n")
        assert (score.parent / READINGS).read_text().endswith('@feel "The wind came up." hope 0.6\n')
        codes = [finding.code for finding in app.workstation.session.findings]
        assert "I340" in codes
        # What another workstation keeps is heard here, too.
        keep(score.parent, written("laughing", "despair"))
        await until(pilot, lambda: "laughing" in feelings(app))
        # Asked again, an empty answer gives the line back to the text model.
        app.workstation.editor.goto(5, 32)
        await pilot.press("ctrl+e")
        await until(pilot, lambda: isinstance(app.screen, AskText))
        assert app.screen.query_one("Input").value == "hope 0.6"
        app.screen.query_one("Input").value = ""
        await pilot.press("enter")
        await until(pilot, lambda: feelings(app) == ["laughing"])
        assert [one.words for one in readings_in(score.parent).feelings] == ["laughing"]


async def test_where_nothing_is_read_it_says_what_to_do(score: Path) -> None:
    app = app_with(score)
    async with app.run_test(size=(100, 30)) as pilot:
        await until(pilot, lambda: app.workstation.session.checked is not None)
        said: list[str] = []  # on a busy machine the line fades before anybody looks at it
        app.workstation.desk.say = lambda message, stays=False: said.append(message)  # type: ignore[method-assign]
        app.workstation.editor.goto(3, 2)
        await pilot.press("ctrl+e")
        await until(pilot, lambda: any("put the cursor on a line" in one for one in said))
        assert not (score.parent / READINGS).exists()
