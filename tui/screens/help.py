"""Help: what the word under the cursor is, what the finding there means, and every key."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

from rich.cells import cell_len
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import VerticalScroll
from textual.content import Content
from textual.message import Message
from textual.screen import ModalScreen
from textual.widgets import Static

from dsl.diagnostics import Finding
from tui.commands import keys_of
from tui.help_words import HEADINGS, HELP_KEYS, LIST_KEYS, ROLL_KEYS, SCRIPT_KEYS, WHERE_KEYS_ARE
from tui.locale_language import language_of_locale
from tui.place_help import explain_here
from tui.settings import settings_path
from tui.widgets.wrapping import breaks
from tui.word_help import explain_finding

if TYPE_CHECKING:
    from dsl.syntax import Document
    from engine.teach.explanation import Explanation
    from tui.teaching.words import Level

_KEY_CELLS = 13
"""How wide the column of keys is."""


@dataclass
class Taught(Message):
    """A cue explained, and the bar of it that is at hand (from 1), with the quarter note in it (from 1) where
    a place and no line is meant; or why not, in one line."""

    explanation: "Explanation | None"
    bar: int
    beat: float | None = None
    problem: str = ""


class HelpScreen(ModalScreen[None]):
    """Help over the desk: keys, the language, or how a line of script was read."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape,f1,q,enter", "leave", show=False),
        Binding("up", "scroll(-1)", show=False),
        Binding("down", "scroll(1)", show=False),
        Binding("l", "level", show=False),
    ]

    def __init__(
        self,
        word: str,
        finding: Finding | None,
        document: "Document | None",
        keys: Mapping[str, str],
        script_line: int | None = None,
        of_music: bool = False,
        place: tuple[int, int] | None = None,
    ) -> None:
        """`script_line` where the cursor is in words that are read, not in the language: how they are read is
        told by `show_line`, once it is known. `of_music`: a place in the music is meant, and no word. `place`
        (line, column from 1) where `document` is of the text as it stands."""
        super().__init__()
        self.word, self.finding, self.document, self.keys = word, finding, document, keys
        self._language = language_of_locale()
        self.script_line = script_line
        self.place = place
        self._line_said: list[tuple[str, str]] = (
            [("How this line was read", "it is being read …")] if script_line else []
        )

        self._taught: Taught | None = None
        self._of_music = of_music
        self._level: Level | None = "intermediate" if of_music else None
        """At which level the music here is explained; None until somebody asks for it."""

    def compose(self) -> ComposeResult:
        with VerticalScroll(id="help"):
            yield Static(self._text(), id="help-text")

    def show_line(self, sections: list[tuple[str, str]]) -> None:
        """How the line was read: (heading, text) each."""
        self._line_said = sections
        self._show()

    def on_taught(self, event: Taught) -> None:
        """Why the cue sounds as it does is known."""
        self._taught = event
        if self._level is not None:
            self._show()

    def action_level(self) -> None:
        """Tell of the music here; then more of it, and from the start again."""
        from tui.teaching.words import LEVELS

        self._level = (
            "intermediate" if self._level is None else LEVELS[(LEVELS.index(self._level) + 1) % len(LEVELS)]
        )
        self._show()

    def _lesson(self) -> list[tuple[str, str]]:
        taught, level = self._taught, self._level
        if level is None:
            return []
        # Deferred: most helps are opened before there is music to explain.
        from tui.teaching.here import here_text
        from tui.teaching.lesson import lesson, say
        from tui.teaching.words import LEVEL_NAMES

        language = self._language
        heading = say("here", language)
        if taught is None:
            return [(heading, say("none yet", language))]
        if taught.explanation is None:
            return [(heading, say("not now", language, problem=taught.problem))]
        here = here_text(taught.explanation, taught.bar, language, taught.beat)
        levels = say("level", language, level=LEVEL_NAMES[level][language])
        return [(heading, f"{here}\n{levels}".strip()), *lesson(taught.explanation, level, language)]

    def on_mount(self) -> None:
        self.query_one("#help").border_title = HEADINGS[self._language]["title"]

    def on_resize(self) -> None:
        """Rows of keys are wrapped here, beside their keys: they go by the width."""
        self.call_after_refresh(self._show)

    def _show(self) -> None:
        for text in self.query("#help-text").results(Static):
            text.update(self._text())

    def action_scroll(self, step: int) -> None:
        self.query_one("#help").scroll_relative(y=step, animate=False)

    def action_leave(self) -> None:
        self.dismiss(None)

    def _text(self) -> Content:
        parts: list[tuple[str, str] | str] = []
        sections = self._line_said
        if not self.script_line and not self._of_music:
            sections = explain_here(self.word, self.document, self.place)
        if self.finding is not None:
            sections = [explain_finding(self.finding), *sections]
        for heading, said in [*sections, *self._lesson()]:
            parts += [(f"{heading}\n", "bold $accent"), f"{said}\n\n"]
        if not sections and not self._of_music:
            about = f"“{self.word}” is a word of your script.\n" if self.word else ""
            parts.append(
                about + "Put the cursor on a directive, an emotion, a style or a name to read about it.\n\n"
            )
        return Content.assemble(*parts, *self._keys())

    def _keys(self) -> list[tuple[str, str] | str]:
        """Every key, pane by pane, and what has none."""
        headings, room = HEADINGS[self._language], self._room
        parts: list[tuple[str, str] | str] = [(f"{headings['keys']}\n", "bold $accent")]
        keyless = []
        for keys, command in keys_of(self.keys):
            title, about = command.said(self._language)
            if keys:
                colon = "：" if self._language == "zh" else ": "
                parts += _row(keys, f"{title}{colon}{about}", room)
            else:
                keyless.append(title)
        for heading, rows in (
            ("script", SCRIPT_KEYS),
            ("roll", ROLL_KEYS),
            ("lists", LIST_KEYS),
            ("help", HELP_KEYS),
        ):
            parts.append((f"\n{headings[heading]}\n", "bold $accent"))
            for keys, said in rows[self._language]:
                parts += _row(keys, said, room)
        parts.append((f"\n{headings['keyless']}\n", "bold $accent"))
        parts.append(f"{('、' if self._language == 'zh' else ', ').join(keyless)}\n")
        parts.append((f"\n{WHERE_KEYS_ARE[self._language].format(path=settings_path())}", "dim"))
        return parts

    @property
    def _room(self) -> int:
        """Cells beside the keys, as wide as the text is now."""
        width = next((text.size.width for text in self.query("#help-text")), 0)
        return max(width - _KEY_CELLS, 10) if width else 60


def _row(keys: str, said: str, room: int) -> list[tuple[str, str] | str]:
    """Keys, and beside them what they do, in as many rows of `room` cells as it takes."""
    starts = [0, *breaks(said, room)]
    lines = [said[start:end].rstrip() for start, end in zip(starts, [*starts[1:], len(said)], strict=True)]
    column = f"{keys}{' ' * max(_KEY_CELLS - cell_len(keys), 1)}"
    return [(column, "$accent"), f"\n{' ' * _KEY_CELLS}".join(lines) + "\n"]
