"""The list of completions under the cursor. The editor keeps the focus; the workstation passes it the
keys."""

from collections.abc import Sequence
from dataclasses import dataclass

from rich.cells import cell_len
from rich.segment import Segment
from textual.message import Message

from tui.completion import Completion
from tui.widgets.lines import LineList
from tui.widgets.words import cut, fit


class CompletionList(LineList, can_focus=False):
    """What may stand at the cursor, under the line that is being written."""

    @dataclass
    class Taken(Message):
        """A completion was chosen, by Enter, Tab or a click."""

        completion: Completion

    def __init__(self, id: str | None = None) -> None:
        super().__init__(id=id)
        self.entries: tuple[Completion, ...] = ()

    @property
    def is_open(self) -> bool:
        """Whether it is on the screen and takes the arrow keys."""
        return self.has_class("open")

    def show_entries(self, entries: Sequence[Completion], at: tuple[int, int]) -> None:
        """Open below the screen cell `at`, or above it where there is no room below."""
        self.entries = tuple(entries)
        self.chosen = 0
        self.add_class("open")
        screen = self.screen.size
        height = min(len(self.entries), 9, max(screen.height - 2, 1))
        x, y = at
        top = y if y + height <= screen.height - 1 else max(y - height - 1, 0)
        self.styles.height = height
        self.styles.offset = (max(min(x, screen.width - 46), 0), top)
        self.scroll_to(y=0, animate=False)
        self.show_count(len(self.entries))

    def close(self) -> None:
        """Takes it off the screen."""
        self.remove_class("open")

    def take(self) -> None:
        """Posts `Taken` for the entry that is marked."""
        if self.entries:
            self.post_message(self.Taken(self.entries[self.chosen]))

    def entry(self, index: int, width: int, chosen: bool) -> Sequence[Segment]:
        """A completion and what it is about, cut to `width` cells."""
        one = self.entries[index]
        label = cut(one.label, 22)
        room = width - cell_len(label) - 3
        return (
            Segment(f" {label}  ", self.style("foreground", bold=chosen)),
            Segment(fit(one.about, room), self.style("foreground", dim=True)),
        )

    def on_line_list_chosen(self, event: LineList.Chosen) -> None:
        event.stop()
        if self.is_open:  # a click can still reach a list that has just been closed but is still drawn
            self.take()
