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

from dsl.diagnostics import Fix, Span
from tui.theme import THEMES
from tui.widgets.editor import ScoreEditor
from tui.widgets.wrapping import WrappedLines

LINES = st.sampled_from(
    [
        *("", "a", "He stood still. {hit}", "林: 我不会回头。", "\ttab\tbed", "   @pause 2s  ", "悬崖" * 60),
        *(
            "rain fell. " * 30,
            "👨‍👩‍👧‍👦🇨🇳",
            "e\u0301a\u0308 combined",
            "form\x0cfeed\x0b",
            "line\u2028sep\x85\x1c",
            "שלום",
        ),
    ]
)
ENDS = st.sampled_from(["\n", "\n", "\r\n", "\r"])
TEXTS = st.one_of(
    st.tuples(ENDS, st.lists(LINES, max_size=6)).map(lambda drawn: drawn[0].join(drawn[1])),
    st.tuples(ENDS, LINES, st.one_of(st.integers(10, 130), st.just(5_000))).map(
        lambda drawn: drawn[0].join([drawn[1][:40]] * drawn[2])
    ),
)
KEYS = st.sampled_from(
    [
        *("ctrl+x", "ctrl+v", "ctrl+w", "ctrl+u", "ctrl+k"),
        *("ctrl+shift+k", "ctrl+d", "alt+delete", "backspace", "enter"),
    ]
)
REPLACED = st.sampled_from([("a", "雨"), (".", ""), ("\t", "  "), ("林", "a\u0301")])
PLACES = st.tuples(st.floats(0, 1), st.floats(0, 1))
STEPS = st.lists(
    st.one_of(
        st.tuples(st.just("paste"), TEXTS),
        st.tuples(st.just("word"), st.text("ab 林\u0301👍", min_size=1, max_size=5)),
        st.tuples(st.just("key"), KEYS),
        st.tuples(st.just("replace"), REPLACED),
        st.tuples(st.just("fix"), st.floats(0, 1)),
        st.tuples(st.just("select"), st.tuples(PLACES, PLACES)),
        st.tuples(st.just("select all"), st.none()),
        st.tuples(st.just("delete"), st.none()),
        st.tuples(st.just("undo"), st.integers(1, 4)),
        st.tuples(st.just("redo"), st.integers(1, 4)),
        st.tuples(st.just("size"), st.sampled_from([(20, 5), (60, 20), (120, 40)])),
    ),
    min_size=3,
    max_size=16,
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


def as_kept(text: str) -> str:
    return text.replace("\r\n", "\n").replace("\r", "\n")


def is_one_change(before: str, after: str) -> bool:
    """Whether a key put in, or took out, one stretch alone."""
    longer, shorter = (before, after) if len(before) >= len(after) else (after, before)
    same = next((n for n, (a, b) in enumerate(zip(longer, shorter, strict=False)) if a != b), len(shorter))
    return longer.endswith(shorter[same:])


def place(text: str, at: tuple[float, float]) -> tuple[int, int]:
    lines = text.split("\n")
    row = round(at[0] * (len(lines) - 1))
    return row, round(at[1] * len(lines[row]))


async def step(pilot: Pilot[None], editor: ScoreEditor, model: Model, what: str, how: Any) -> None:
    """One thing a writer does, done to both."""
    match what:
        case "paste":
            model.becomes(put(model.text, editor.selection, as_kept(how)))
            pilot.app.post_message(events.Paste(how))
        case "word" if editor.selection.is_empty:
            # Letters typed one after the other come back together.
            editor.history.checkpoint()
            model.becomes(put(model.text, editor.selection, how))
            for letter in how:
                pilot.app.post_message(events.Key(letter if letter.isascii() else "unknown", letter))
        case "key":
            pilot.app.post_message(events.Key(how, "\r" if how == "enter" else None))
            await pilot.pause()
            # What a word is, Textual knows; that nothing else went with it, is known here.
            if how not in ("enter", "ctrl+v"):
                assert is_one_change(model.text, editor.text), how
            model.becomes(editor.text)
        case "replace":
            model.becomes(model.text.replace(*how))
            editor.replace_found(*how, everything=True)
        case "fix":
            row = round(how * (editor.document.line_count - 1))
            model.becomes(put(model.text, Selection((row, 0), (row, 0)), "@take 3\n"))
            editor.apply_fix(Fix(Span(row + 1, 1, row + 1, 1), "@take 3\n"))
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


def assert_as_if_new(editor: ScoreEditor) -> None:
    """Rows and drawing are those that the text would have in an editor of its own."""
    rows = WrappedLines(editor.document, tab_width=editor.indent_width)
    rows.wrap(editor.wrap_width, editor.indent_width)
    assert editor.wrapped_document._wrap_offsets == rows._wrap_offsets
    assert editor.wrapped_document._offset_to_line_info == rows._offset_to_line_info
    shown = [list(editor.render_line(y)) for y in range(editor.size.height)]
    editor._line_cache.clear()
    assert shown == [list(editor.render_line(y)) for y in range(editor.size.height)]


async def play(first: str, steps: list[tuple[str, Any]]) -> None:
    first = as_kept(first)
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
            if len(model.text) < 20_000:
                assert_as_if_new(editor)
            row, column = editor.cursor_location
            assert column <= len(editor.document.get_line(row))


@settings(max_examples=int(os.environ.get("MELODRAMA_UNDO", "40")), deadline=None, derandomize=True)
@given(TEXTS, STEPS)
@example("", [("paste", "\n".join(["He ran."] * 30)), ("undo", 1), ("redo", 1), ("undo", 1)])
@example(
    "\n".join(["a"] * 200), [("select all", None), ("delete", None), ("undo", 1), ("undo", 1), ("redo", 1)]
)
@example(
    "a\nb",
    [
        *(("paste", "\r\n".join(["x", "林"] * 2_500)), ("select all", None), ("key", "ctrl+x")),
        *(("undo", 4), ("redo", 3)),
    ],
)
def test_undo_and_redo_give_back_what_stood_there(first: str, steps: list[tuple[str, Any]]) -> None:
    asyncio.run(play(first, steps))
