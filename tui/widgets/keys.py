"""The last line: the keys of the day, each a click away, as many as there is room for."""

from collections.abc import Mapping
from dataclasses import dataclass

from rich.cells import cell_len
from rich.segment import Segment
from rich.style import Style
from textual import events
from textual.message import Message
from textual.strip import Strip
from textual.widget import Widget

from tui.commands import keys_of

_ORDER = ("help", "play", "render", "take-previous", "take-next", "take-keep", "save", "commands", "quit")
"""The rightmost go first where there is no room."""


class KeyLine(Widget):
    """The keys that matter now, at the bottom; a click on one is its key."""

    DEFAULT_CSS = "KeyLine { height: 1; background: $background; }"

    @dataclass
    class Pressed(Message):
        """A key's name was clicked; `action` is what it does."""

        action: str

    def __init__(self, keys: Mapping[str, str]) -> None:
        super().__init__()
        self._keys = {command.id: (shown, command) for shown, command in keys_of(keys)}
        self._places: list[tuple[int, int, str]] = []

    def render_line(self, y: int) -> Strip:
        base = self.rich_style
        accent = Style(color=self.app.theme_variables["accent"], bold=True)
        segments, at = [], 0
        self._places = []
        for name in _ORDER:
            shown, command = self._keys[name]
            key = f" {shown.split(',')[0]} "
            words = f"{command.footer} "
            width = cell_len(key + words)
            if at + width > self.size.width:
                break
            segments += [Segment(key, base + accent), Segment(words, base + Style(dim=True))]
            self._places.append((at, at + width, command.action))
            at += width
        return Strip(segments, at).adjust_cell_length(self.size.width, base)

    def on_click(self, event: events.Click) -> None:
        for start, end, action in self._places:
            if start <= event.x < end:
                self.post_message(self.Pressed(action))
