"""A list of one-line entries, one of them chosen: what the cue list, the problems, the takes and the
completions are.

Drawn a line at a time, so that ten thousand entries cost what is on the screen.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar

from rich.segment import Segment
from rich.style import Style
from textual import events
from textual.binding import Binding, BindingType
from textual.geometry import Size
from textual.message import Message
from textual.scroll_view import ScrollView
from textual.strip import Strip


class LineList(ScrollView, can_focus=True):
    """Subclasses say what an entry looks like (`entry`) and what is said when there is none (`nothing`)."""

    DEFAULT_CSS = """
    LineList { background: $surface; scrollbar-size-vertical: 1; overflow-x: hidden; }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("up", "move(-1)", show=False),
        Binding("down", "move(1)", show=False),
        Binding("pageup", "move(-8)", show=False),
        Binding("pagedown", "move(8)", show=False),
        Binding("home", "move(-1000000)", show=False),
        Binding("end", "move(1000000)", show=False),
        Binding("enter", "choose", show=False),
    ]
    nothing = ""

    @dataclass
    class Chosen(Message):
        """An entry was clicked, or taken with Enter. `index` counts from 0."""

        lines: "LineList"
        index: int

        @property
        def control(self) -> "LineList":
            """The list that posted it: lets `@on` select by its id."""
            return self.lines

    def __init__(self, id: str | None = None) -> None:
        super().__init__(id=id)
        self.chosen = 0
        self.count = 0

    def show_count(self, count: int) -> None:
        """There are `count` entries now."""
        self.count = count
        self.chosen = max(0, min(self.chosen, count - 1))
        self._measure()
        self.refresh()

    def choose(self, index: int) -> None:
        """Move the choice without posting a message."""
        index = max(0, min(index, self.count - 1))
        if index == self.chosen:
            return
        self.chosen = index
        top, height = self.scroll_offset.y, self.size.height
        if index < top:
            self.scroll_to(y=index, animate=False)
        elif index >= top + height:
            self.scroll_to(y=index - height + 1, animate=False)
        self.refresh()

    def entry(self, index: int, width: int, chosen: bool) -> Sequence[Segment]:
        """One entry's segments; they are cut or filled to `width` cells."""
        raise NotImplementedError

    def style(self, colour: str | None = None, *, bold: bool = False, dim: bool = False) -> Style:
        """A style of the theme: `colour` is one of its variables ("accent"), or a colour."""
        variables = self.app.theme_variables
        name = variables.get(colour, colour) if colour else None
        return Style(color=name and name.split()[0], bold=bold or None, dim=dim or None)

    def render_line(self, y: int) -> Strip:
        width = self.scrollable_content_region.width
        index = y + self.scroll_offset.y
        base = self.rich_style
        if index >= self.count:
            said = self.nothing if index == 0 and self.count == 0 else ""
            return (
                Strip([Segment(f" {said}", self.style(dim=True))]).adjust_cell_length(width).apply_style(base)
            )
        chosen = index == self.chosen
        strip = Strip(list(self.entry(index, width, chosen))).adjust_cell_length(width)
        if chosen:
            marked = Style(bgcolor=self.app.theme_variables["panel"], bold=self.has_focus or None)
            strip = Strip([Segment(s.text, (s.style or Style()) + marked) for s in strip], width)
        return strip.apply_style(base)

    def action_move(self, step: int) -> None:
        self.choose(self.chosen + step)

    def action_choose(self) -> None:
        if self.count:
            self.post_message(self.Chosen(self, self.chosen))

    def on_click(self, event: events.Click) -> None:
        index = event.y - self.gutter.top + self.scroll_offset.y
        if 0 <= index < self.count:
            self.choose(index)
            self.clicked(index)

    def clicked(self, index: int) -> None:
        """What a click on an entry does, for subclasses that want something else (a handler of their own
        would not take the place of this one: Textual calls both)."""
        self.post_message(self.Chosen(self, index))

    def on_resize(self) -> None:
        self._measure()

    def on_focus(self) -> None:
        self.refresh()

    def on_blur(self) -> None:
        self.refresh()

    def _measure(self) -> None:
        self.virtual_size = Size(self.size.width, self.count)
