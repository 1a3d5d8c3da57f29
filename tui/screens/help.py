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
from tui.settings import settings_path
from tui.word_help import explain_finding, explain_word

if TYPE_CHECKING:
    from dsl.syntax import Document
    from engine.teach.explanation import Explanation
    from tui.teaching.words import Level

_SCRIPT_KEYS = (
    ("^X ^C ^V", "cut, copy, paste; the terminal's own paste works as well"),
    ("Shift ← → ↑ ↓", "select · ^← ^→ word by word"),
    ("^W ^U ^K", "delete a word, to the line's start, to its end"),
    ("Tab", "completes a directive, emotion or name that has been begun; else: the piano roll"),
)
_ROLL_KEYS = (
    ("← →", "bar by bar"),
    ("Home End", "to the start, to the end"),
    ("+ − 0", "zoom in, out, show all"),
    ("F1", "why the music at the playhead sounds as it does: chord, bar, cue"),
    ("1 … 5", "mute melody, counter, chords, bass, drums"),
    ("Shift 1 … 5", "hear that role alone"),
    ("click", "a note or the ground: its line · the ruler: go there · drag the ruler: loop"),
    ("click a role", "below the roll: mute it; with Shift or Ctrl: hear it alone"),
)


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
    ) -> None:
        """`script_line` where the cursor is in words that are read, not in the language: how they are read is
        told by `show_line`, once it is known. `of_music`: a place in the music is meant, and no word."""
        super().__init__()
        self.word, self.finding, self.document, self.keys = word, finding, document, keys
        self.script_line = script_line
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
        self.query_one("#help-text", Static).update(self._text())

    def on_taught(self, event: Taught) -> None:
        """Why the cue sounds as it does is known."""
        self._taught = event
        if self._level is not None:
            self.query_one("#help-text", Static).update(self._text())

    def action_level(self) -> None:
        """Tell of the music here; then more of it, and from the start again."""
        from tui.teaching.words import LEVELS

        self._level = (
            "intermediate" if self._level is None else LEVELS[(LEVELS.index(self._level) + 1) % len(LEVELS)]
        )
        self.query_one("#help-text", Static).update(self._text())

    def _lesson(self) -> list[tuple[str, str]]:
        taught, level = self._taught, self._level
        if level is None:
            return []
        # Deferred: most helps are opened before there is music to explain.
        from tui.teaching.here import here_text
        from tui.teaching.lesson import language_of_locale, lesson, say
        from tui.teaching.words import LEVEL_NAMES

        language = language_of_locale()
        heading = say("here", language)
        if taught is None:
            return [(heading, say("none yet", language))]
        if taught.explanation is None:
            return [(heading, say("not now", language, problem=taught.problem))]
        here = here_text(taught.explanation, taught.bar, language, taught.beat)
        levels = say("level", language, level=LEVEL_NAMES[level][language])
        return [(heading, f"{here}\n{levels}".strip()), *lesson(taught.explanation, level, language)]

    def on_mount(self) -> None:
        self.query_one("#help").border_title = "Help · Esc closes"

    def action_scroll(self, step: int) -> None:
        self.query_one("#help").scroll_relative(y=step, animate=False)

    def action_leave(self) -> None:
        self.dismiss(None)

    def _text(self) -> Content:
        parts: list[tuple[str, str] | str] = []
        sections = self._line_said
        if not self.script_line and not self._of_music:
            sections = explain_word(self.word, self.document)
        if self.finding is not None:
            sections = [explain_finding(self.finding), *sections]
        for heading, said in [*sections, *self._lesson()]:
            parts += [(f"{heading}\n", "bold $accent"), f"{said}\n\n"]
        if not sections and not self._of_music:
            about = f"“{self.word}” is a word of your script.\n" if self.word else ""
            parts.append(
                about + "Put the cursor on a directive, an emotion, a style or a name to read about it.\n\n"
            )
        parts.append(("Keys\n", "bold $accent"))
        for keys, command in keys_of(self.keys):
            if keys:
                parts += _row(keys, f"{command.title}: {command.help}")
        parts.append(("\nIn the script\n", "bold $accent"))
        for keys, said in _SCRIPT_KEYS:
            parts += _row(keys, said)
        parts.append(("\nIn the piano roll (Tab goes there)\n", "bold $accent"))
        for keys, said in _ROLL_KEYS:
            parts += _row(keys, said)
        keyless = ", ".join(command.title for keys, command in keys_of(self.keys) if not keys)
        parts.append(("\nWithout a key, by name with ^P\n", "bold $accent"))
        parts.append(f"{keyless}\n")
        parts.append(("\nIn this help\n", "bold $accent"))
        parts += _row("l", "why the music here sounds as it does; again: at another level")
        parts.append((f"\nKeys are changed in {settings_path()}, under [keys].", "dim"))
        return Content.assemble(*parts)


def _row(keys: str, said: str) -> list[tuple[str, str] | str]:
    return [(f"{keys}{' ' * max(13 - cell_len(keys), 1)}", "$accent"), f"{said}\n"]
