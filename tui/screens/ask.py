"""The small questions: a choice among a few answers, a line of text with suggestions, one of a list."""

from collections.abc import Callable, Sequence
from typing import ClassVar, TypeVar

from rich.cells import cell_len
from rich.segment import Segment
from textual import events, on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical
from textual.screen import ModalScreen
from textual.widgets import Button, Input, Label

from tui.widgets.lines import LineList
from tui.widgets.words import cut

Answer = TypeVar("Answer")


class Ask(ModalScreen[str]):
    """A question with a few answers; Escape gives "cancel"."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "answer('cancel')", show=False),
        Binding("left,up", "app.focus_previous", show=False),
        Binding("right,down", "app.focus_next", show=False),
    ]

    def __init__(self, question: str, answers: Sequence[tuple[str, str]]) -> None:
        """`answers` are (id, label), the safest first; it has the focus."""
        super().__init__()
        self.question, self.answers = question, answers

    def compose(self) -> ComposeResult:
        with Vertical(id="question"):
            yield Label(self.question, markup=False)
            with Horizontal(id="answers"):
                for name, label in self.answers:
                    yield Button(label, id=name, compact=True)

    def on_resize(self) -> None:
        """Answers that do not fit side by side stand one below the other."""
        width = sum(max(cell_len(label) + 4, 16) + 2 for _, label in self.answers)
        self.set_class(width > min(72, int(self.size.width * 0.9)) - 6, "tall")

    def on_button_pressed(self, event: Button.Pressed) -> None:
        self.dismiss(event.button.id or "cancel")

    def action_answer(self, name: str) -> None:
        self.dismiss(name)


class Listed(ModalScreen[Answer]):
    """A question with a list in it, which gives way where the terminal is low: nothing else may be cut
    off."""

    most_rows: ClassVar[int] = 12

    def on_resize(self) -> None:
        """How high the rest is, is known once it is laid out."""
        self.set_class(self.size.height < 24, "tall")
        self.call_after_refresh(self._fit)

    def _fit(self) -> None:
        for box in self.query("#question"):
            for entries in box.query_children(LineList):
                rest = [child for child in box.children if child is not entries and child.display]
                taken = sum(child.outer_size.height + child.styles.margin.height for child in rest)
                taken += box.gutter.height + entries.styles.margin.height
                entries.styles.max_height = max(min(self.most_rows, self.size.height - taken - 2), 1)


class Entries(LineList):
    """Plain entries: a text, and something dim behind it."""

    def __init__(self, entries: Sequence[tuple[str, str]], id: str | None = None) -> None:
        super().__init__(id=id)
        self.entries = list(entries)
        self.count = len(self.entries)

    def show_entries(self, entries: Sequence[tuple[str, str]]) -> None:
        self.entries = list(entries)
        self.chosen = 0
        self.show_count(len(self.entries))

    def entry(self, index: int, width: int, chosen: bool) -> Sequence[Segment]:
        text, more = self.entries[index]
        text = cut(text, width - 2)
        more = cut(more, width - cell_len(text) - 4)
        return (
            Segment(f" {text}", self.style("foreground", bold=chosen)),
            Segment(f"  {more}" if more else "", self.style(dim=True)),
        )


class AskText(Listed[str | None]):
    """A line of text; suggestions below it follow what is typed. Escape gives None."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "leave", show=False),
        Binding("down", "move(1)", show=False, priority=True),
        Binding("up", "move(-1)", show=False, priority=True),
        Binding("tab", "accept", show=False, priority=True),
    ]

    def __init__(
        self,
        question: str,
        value: str = "",
        suggest: Callable[[str], Sequence[tuple[str, str]]] | None = None,
        check: Callable[[str], str | None] | None = None,
    ) -> None:
        """`suggest` gives (text, remark) for what is typed; `check` the reason why a text will not do, or
        None."""
        super().__init__()
        self.question, self.value, self.suggest, self.check = question, value, suggest, check

    def compose(self) -> ComposeResult:
        with Vertical(id="question"):
            yield Label(self.question, markup=False)
            yield Input(self.value, id="text", compact=True)
            yield Label("", id="why", markup=False)
            if self.suggest is not None:
                yield Entries(self.suggest(self.value), id="suggestions")

    @on(Input.Changed)
    def follow(self, event: Input.Changed) -> None:
        self.query_one("#why", Label).update("")
        if self.suggest is not None:
            self.query_one(Entries).show_entries(self.suggest(event.value))

    @on(Input.Submitted)
    def submit(self, event: Input.Submitted) -> None:
        self._finish(event.value)

    @on(LineList.Chosen)
    def take(self, event: LineList.Chosen) -> None:
        self._finish(self.query_one(Entries).entries[event.index][0])

    def action_move(self, step: int) -> None:
        for entries in self.query(Entries):
            entries.choose(entries.chosen + step)

    def action_accept(self) -> None:
        for entries in self.query(Entries):
            if entries.entries:
                text = self.query_one(Input)
                text.value = entries.entries[entries.chosen][0]
                text.cursor_position = len(text.value)

    def action_leave(self) -> None:
        self.dismiss(None)

    def _finish(self, value: str) -> None:
        why = self.check(value) if self.check else None
        if why is not None:
            self.query_one("#why", Label).update(why)
        else:
            self.dismiss(value)


class Choose(Listed[int | None]):
    """One of a list; gives its index, or None. `on_move` hears of every step, so that takes can be tried."""

    BINDINGS: ClassVar[list[BindingType]] = [Binding("escape", "leave", show=False)]

    def __init__(self, question: str, entries: Sequence[tuple[str, str]], chosen: int = 0) -> None:
        super().__init__()
        self.question, self.entries, self.chosen = question, entries, chosen

    def compose(self) -> ComposeResult:
        with Vertical(id="question"):
            yield Label(self.question, markup=False)
            yield Entries(self.entries, id="suggestions")

    def on_mount(self) -> None:
        entries = self.query_one(Entries)
        entries.focus()
        entries.chosen = min(max(self.chosen, 0), len(self.entries) - 1)

    @on(LineList.Chosen)
    def take(self, event: LineList.Chosen) -> None:
        self.dismiss(event.index)

    def on_click(self, event: events.Click) -> None:
        if event.widget is self:
            self.dismiss(None)

    def action_leave(self) -> None:
        self.dismiss(None)
