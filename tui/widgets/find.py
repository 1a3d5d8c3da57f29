"""Find and replace: a bar under the script. It searches nothing itself; it says what is wanted."""

from dataclasses import dataclass
from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical
from textual.message import Message
from textual.widgets import Input, Label


class FindBar(Vertical):
    """The find and replace rows under the script. It says what is wanted; the screen searches."""

    DEFAULT_CSS = """
    FindBar Horizontal { height: 1; }
    FindBar Label { width: 10; padding: 0 1; color: $foreground 60%; }
    FindBar #count { width: 14; }
    FindBar Input { width: 1fr; }
    FindBar.plain #replace-row { display: none; }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "close", show=False),
        Binding("up", "find(True)", show=False),
        Binding("down", "find(False)", show=False),
        Binding("ctrl+a", "replace_all", show=False, priority=True),
    ]

    @dataclass
    class Find(Message):
        """The next (or previous) place of `query` is wanted."""

        query: str
        backwards: bool = False

    @dataclass
    class Replace(Message):
        """The place found, or every one, shall become `replacement`."""

        query: str
        replacement: str
        all: bool

    @dataclass
    class Closed(Message):
        """The bar went away; the script has the keyboard again."""

    def compose(self) -> ComposeResult:
        with Horizontal():
            yield Label("find")
            yield Input(id="query", compact=True, placeholder="Enter next · ↑ previous · Esc closes")
            yield Label("", id="count")
        with Horizontal(id="replace-row"):
            yield Label("replace")
            yield Input(id="replacement", compact=True, placeholder="Enter replaces one · ^A all")

    @property
    def query_text(self) -> str:
        """What is being searched for."""
        return self.query_one("#query", Input).value

    def open(self, text: str, with_replace: bool) -> None:
        """Shows the bar with `text` (the selection) to be found, one line only."""
        self.set_class(not with_replace, "plain")
        self.add_class("open")
        field = self.query_one("#query", Input)
        if text and "\n" not in text:
            field.value = text
        field.focus()
        field.action_select_all()

    def next_field(self, step: int) -> None:
        """The keys to the other field, where both are to be seen."""
        fields = [field for field in self.query(Input) if field.is_on_screen and field.size.area]
        here = next((n for n, field in enumerate(fields) if field.has_focus), 0)
        fields[(here + step) % len(fields)].focus()

    def show_count(self, where: int, count: int) -> None:
        """The `where`-th of `count` places is shown (0: none of them)."""
        said = f"{where} of {count}" if where else f"{count} found"
        self.query_one("#count", Label).update(said)

    @on(Input.Submitted, "#query")
    def submitted(self, event: Input.Submitted) -> None:
        event.stop()
        self.action_find(False)

    @on(Input.Submitted, "#replacement")
    def replace_submitted(self, event: Input.Submitted) -> None:
        event.stop()
        self._replace(everything=False)

    @on(Input.Changed)
    def keep_to_oneself(self, event: Input.Changed) -> None:
        event.stop()
        if event.input.id == "query":
            self.query_one("#count", Label).update("")  # it counted something else

    def action_find(self, backwards: bool) -> None:
        if self.query_text:
            self.post_message(self.Find(self.query_text, backwards))

    def action_replace_all(self) -> None:
        if not self.has_class("plain"):
            self._replace(everything=True)

    def action_close(self) -> None:
        self.remove_class("open")
        self.post_message(self.Closed())

    def _replace(self, everything: bool) -> None:
        if self.query_text:
            replacement = self.query_one("#replacement", Input).value
            self.post_message(self.Replace(self.query_text, replacement, everything))
