"""F1 on a line of script: how it was read, why, what came of it, what to do about it."""

from pathlib import Path

import pytest

from dsl.check import check_source
from dsl.diagnostics import Span
from dsl.plan import Feeling
from dsl.planner import plan_document
from engine.models import Models
from tests.tui.conftest import SHORT, app_with, until
from tui.line_reading import LineReading, explain_line, read_line
from tui.readings_file import READINGS
from tui.screens.help import HelpScreen
from tui.word_help import is_script

STORY = """style: piano
---
@character 林
# 1 A
They laughed and danced all night, happy and free.
林: 我心中充满了绝望。风停了。
@emotion joy 0.8
She wept. {hit} Everything was lost.
@emotion joy 0.8 blend=0.5
She wept again.
"""


def plan_of(text: str, folder: Path):  # type: ignore[no-untyped-def]
    return plan_document(check_source(text, folder).document, folder)


@pytest.fixture(scope="module")
def models() -> Models:
    return Models("cpu")


def test_the_words_that_decided_are_named(models: Models, tmp_path: Path) -> None:
    sentences = read_line(plan_of(STORY, tmp_path), 6, models)
    assert [one.text for one in sentences] == ["我心中充满了绝望。", "风停了。"]
    first = sentences[0]
    assert first.polarity == "negative"
    assert first.read[0] < -0.2
    assert first.words[0][0] == "绝望"
    assert first.words[0][1] < 0
    said = dict(explain_line(sentences))
    assert "绝望 −" in said["The words that decided"]
    assert "negative" in said["How this line was read"]


def test_what_the_arc_makes_of_a_line_goes_by_the_directives_in_force(models: Models, tmp_path: Path) -> None:
    plan = plan_of(STORY, tmp_path)
    overruled = read_line(plan, 8, models)[-1]
    assert overruled.source == "directive"
    assert overruled.read[0] < 0 < overruled.felt[0]
    assert "an @emotion is in force" in dict(explain_line((overruled,)))["What the arc makes of it"]
    mixed = read_line(plan, 10, models)[0]
    assert mixed.source == "blend"
    assert mixed.arc[0] < mixed.felt[0]
    free = read_line(plan, 5, models)[0]
    assert free.source == "text"
    assert free.felt == pytest.approx(free.arc, abs=0.05)


def test_a_line_that_is_not_spoken_has_no_reading(models: Models, tmp_path: Path) -> None:
    assert read_line(plan_of(STORY, tmp_path), 4, models) == ()


def test_the_way_to_overrule_it_is_a_line_that_can_be_written(tmp_path: Path) -> None:
    reading = LineReading("He fell.", 1.0, "negative", 0.5, 0.9, (), (), *[(-0.6, 0.4)] * 4, "text")
    said = dict(explain_line((reading,)))["To overrule it"]
    written = said.splitlines()[0]
    text = f"# 1 A\n{written}\nHe fell.\n"
    assert not [f for f in check_source(text, tmp_path).findings if f.severity.value == "error"]


def test_an_own_reading_is_told_as_such_with_where_it_stands() -> None:
    own = Feeling("He fell", 0.36, 0.15, "hope", 0.6, READINGS, Span(3, 1, 3, 9))
    points = [(0.36, 0.15)] * 4
    reading = LineReading("He fell.", 1.0, "positive", 0.4, 1.0, (), (), *points, "text", (own,))
    said = dict(explain_line((reading,)))
    assert f"as you say: hope 0.6 for “He fell” ({READINGS}:3)" in said["How this line was read"]
    assert "your own reading" in said["The words that decided"]
    assert f"{READINGS}:3" in said["To overrule it"]


@pytest.mark.parametrize(
    ("line", "column", "script"),
    [(5, 3, True), (6, 1, False), (6, 8, True), (8, 12, False), (8, 30, True), (7, 10, False), (4, 4, False)],
)
def test_words_of_the_language_are_explained_as_such(line: int, column: int, script: bool) -> None:
    assert is_script(check_source(STORY).document, line, column) is script


@pytest.mark.parametrize(
    ("line", "column", "word", "said"),
    [
        (1, 12, "piano", "piano – a style"),
        (1, 20, "hope", "A comment"),
        (3, 3, "character", "@character"),
        (2, 1, "", "front matter ends"),
        (4, 6, "Low", "A cue begins here: 1 Low tide"),
        (5, 4, "tempo", "A comment"),
        (6, 1, "", "An empty line"),
        (7, 1, "林", "a character of this score"),
        (8, 1, "Anna", "a word of your script"),
        (9, 20, "joy", "A comment"),
        (9, 10, "hope", "hope – an emotion"),
        (99, 1, "", "Put the cursor"),
        (10, 24, "violin", "violin – an instrument"),
        (10, 16, "melody", "melody – a role"),
        (9, 17, "0", "@emotion NAME"),
        (11, 16, "0", "@emotion NAME"),
        (11, 24, "horn", "a word of your script"),
    ],
)
def test_every_kind_of_line_is_told_for_what_it_is(line: int, column: int, word: str, said: str) -> None:
    text = (
        "style: piano      // hope\n---\n@character 林\n# 1 Low tide\n// the tempo is free\n\n林: 风停了。\n"
        "Anna went.\n@emotion hope 0.5 // no joy here\n"
        "@instruments melody=violin\nA {emotion joy 0.8} horn.\n"
    )
    screen = HelpScreen(word, None, check_source(text).document, {}, place=(line, column))
    assert said in str(screen._text()).split("Keys\n")[0]


async def test_f1_on_a_script_line_tells_how_it_was_read(score: Path) -> None:
    app = app_with(score)
    async with app.run_test(size=(100, 30)) as pilot:
        await until(pilot, lambda: app.workstation.session.checked is not None)
        app.workstation.editor.goto(4, 30)
        await pilot.press("f1")
        await until(pilot, lambda: isinstance(app.screen, HelpScreen))
        await until(pilot, lambda: "The words that decided" in str(app.screen._text()))  # type: ignore[attr-defined]
        said = str(app.screen._text())  # type: ignore[attr-defined]
        assert "is a word of your script" not in said
        assert "{emotion" in said
        assert "The wind came up." in said
        await pilot.press("escape")
        assert app.workstation.editor.text == SHORT


async def test_without_models_it_says_why(score: Path, tmp_path: Path) -> None:
    app = app_with(score, models=True, weights=str(tmp_path / "nowhere"))
    async with app.run_test(size=(100, 30)) as pilot:
        await until(pilot, lambda: app.workstation.session.checked is not None)
        app.workstation.editor.goto(4, 30)
        await pilot.press("f1")
        await until(
            pilot,
            lambda: (
                isinstance(app.screen, HelpScreen) and "cannot be read just now" in str(app.screen._text())
            ),
        )
