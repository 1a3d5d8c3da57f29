"""Undo and redo against a plain model, whatever was done before: texts of any size, in any order."""

import asyncio
import os
from dataclasses import dataclass, field
from typing import Any

from hypothesis import example, given, settings
from hypothesis import strategies as st
from textual import events
from textual.app import App, ComposeResult
from textual.pilot import Pilot
from textual.widgets.text_area import Selection

from tui.theme import THEMES
from tui.widgets.editor import ScoreEditor

LINES = st.sampled_from(
    ["", "a", "He stood still. {hit}", "林: 我不会回头。", "\ttabbed", "rain fell. " * 30]
)
TEXTS = st.one_of(
    st.lists(LINES, max_size=6).map("\n".join),
    st.tuples(LINES, st.integers(10, 130)).map(lambda drawn: "\n".join([drawn[0]] * drawn[1])),
)
PLACES = st.tuples(st.floats(0, 1), st.floats(0, 1))
STEPS = st.lists(
    st.one_of(
        st.tuples(st.just("paste"), TEXTS),
        st.tuples(st.just("word"), st.text("ab 林", min_size=1, max_size=5)),
        st.tuples(st.just("select"), st.tuples(PLACES, PLACES)),
        st.tuples(st.just("select all"), st.none()),
        st.tuples(st.just("delete"), st.none()),
        st.tuples(st.just("undo"), st.integers(1, 4)),
        st.tuples(st.just("redo"), st.integers(1, 4)),
        st.tuples(st.just("size"), st.sampled_from([(20, 5), (60, 20), (120, 40)])),
    ),
    min_size=3,
    max_size=14,
)


class Desk(App[None]):
    """An editor and nothing else."""

    def __init__(self, text: str = "") -> None:
        super().__init__()
        for theme in THEMES:
            self.register_theme(theme)
        self.theme = THEMES[0].name
        self.first = text

    def compose(self) -> ComposeResult:
        yield ScoreEditor(self.first)


@dataclass
class Model:
    """What undo has to give: every text that stood there, before and after the one that stands there now."""

    text: str
    before: list[str] = field(default_factory=list)
    after: list[str] = field(default_factory=list)

    def becomes(self, text: str) -> None:
        if text != self.text:
            self.before.append(self.text)
            self.text = text
            self.after.clear()

    def undo(self) -> None:
        if self.before:
            self.after.append(self.text)
            self.text = self.before.pop()

    def redo(self) -> None:
        if self.after:
            self.before.append(self.text)
            self.text = self.after.pop()


def offset(text: str, place: tuple[int, int]) -> int:
    lines = text.split("\n")
    return sum(len(line) + 1 for line in lines[: place[0]]) + place[1]


def put(text: str, selection: Selection, words: str) -> str:
    start, end = sorted((offset(text, selection.start), offset(text, selection.end)))
    return text[:start] + words + text[end:]


def place(text: str, at: tuple[float, float]) -> tuple[int, int]:
    lines = text.split("\n")
    row = round(at[0] * (len(lines) - 1))
    return row, round(at[1] * len(lines[row]))


async def step(pilot: Pilot[None], editor: ScoreEditor, model: Model, what: str, how: Any) -> None:
    """One thing a writer does, done to both."""
    match what:
        case "paste":
            model.becomes(put(model.text, editor.selection, how))
            pilot.app.post_message(events.Paste(how))
        case "word" if editor.selection.is_empty:
            # Letters typed one after the other come back together.
            editor.history.checkpoint()
            model.becomes(put(model.text, editor.selection, how))
            for letter in how:
                pilot.app.post_message(events.Key(letter, letter))
        case "select":
            editor.selection = Selection(place(model.text, how[0]), place(model.text, how[1]))
        case "select all":
            editor.select_all()
        case "delete" if not editor.selection.is_empty:
            model.becomes(put(model.text, editor.selection, ""))
            pilot.app.post_message(events.Key("delete", None))
        case "undo":
            for _ in range(how):
                pilot.app.post_message(events.Key("ctrl+z", None))
                model.undo()
        case "redo":
            for _ in range(how):
                pilot.app.post_message(events.Key("ctrl+y", None))
                model.redo()
        case "size":
            await pilot.resize_terminal(*how)
    await pilot.pause()
    editor.history.checkpoint()


async def play(first: str, steps: list[tuple[str, Any]]) -> None:
    app = Desk(first)
    async with app.run_test(size=(60, 20)) as pilot:
        editor = app.query_one(ScoreEditor)
        editor.focus()
        await pilot.pause()
        model = Model(first)
        for what, how in steps:
            await step(pilot, editor, model, what, how)
            assert editor.text == model.text, what
            rows = editor.wrapped_document
            assert len(rows._line_index_to_offsets) == editor.document.line_count
            row, column = editor.cursor_location
            assert column <= len(editor.document.get_line(row))


@settings(max_examples=int(os.environ.get("MELODRAMA_UNDO", "40")), deadline=None, derandomize=True)
@given(TEXTS, STEPS)
@example("", [("paste", "\n".join(["He ran."] * 30)), ("undo", 1), ("redo", 1), ("undo", 1)])
@example(
    "\n".join(["a"] * 200), [("select all", None), ("delete", None), ("undo", 1), ("undo", 1), ("redo", 1)]
)
def test_undo_and_redo_give_back_what_stood_there(first: str, steps: list[tuple[str, Any]]) -> None:
    asyncio.run(play(first, steps))
