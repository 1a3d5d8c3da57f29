"""The transport: one line with what plays, when, how fast, in which key, which take, and which roles
sound."""

from collections.abc import Callable
from dataclasses import dataclass

from rich.cells import cell_len
from rich.segment import Segment
from rich.style import Style
from textual import events
from textual.message import Message
from textual.strip import Strip
from textual.widget import Widget

from dsl.plan import ROLES, RoleName
from tui.theme import role_colour
from tui.widgets.words import clock


@dataclass(frozen=True, slots=True)
class Playing:
    """What the line tells. `facts` are words such as `♩72` and `D minor`, the most important first."""

    t_s: float = 0.0
    duration_s: float = 0.0
    is_playing: bool = False
    loop: tuple[float, float] | None = None
    facts: tuple[str, ...] = ()
    roles: tuple[RoleName, ...] = ()
    silent: frozenset[RoleName] = frozenset()


class TransportLine(Widget):
    DEFAULT_CSS = "TransportLine { height: 1; background: $panel; }"

    @dataclass
    class PlayPressed(Message):
        pass

    @dataclass
    class RolePressed(Message):
        """`alone` with Shift or Ctrl, or by the second button: only this role is wanted."""

        role: RoleName
        alone: bool = False

    @dataclass
    class Seek(Message):
        t_s: float

    def __init__(self, id: str | None = None) -> None:
        super().__init__(id=id)
        self.playing = Playing()
        self._places: list[tuple[int, int, Callable[[int], Message]]] = []

    def show_playing(self, playing: Playing) -> None:
        if playing != self.playing:
            self.playing = playing
            self.refresh()

    def render_line(self, y: int) -> Strip:
        width = self.size.width
        base = self.rich_style
        variables = self.app.theme_variables
        now = self.playing
        self._places = []
        state = "❚❚" if now.is_playing else "▶ "
        loop = " ↻" if now.loop else ""
        head = f" {state} {clock(now.t_s, tenths=True)} / {clock(now.duration_s, tenths=True)}{loop} "
        segments = [Segment(head, base + Style(color=variables["accent"], bold=True))]
        at = cell_len(head)
        self._places.append((0, at, lambda x: self.PlayPressed()))
        roles = self._roles(base, variables)
        role_cells = sum(cell_len(text) for text, _, _ in roles)
        for fact in now.facts:
            text = f"· {fact} "
            if at + cell_len(text) + (role_cells if width >= 70 else 0) > width:
                break
            segments.append(Segment(text, base))
            at += cell_len(text)
        if at + role_cells <= width:
            for text, style, role in roles:
                segments.append(Segment(text, style))
                self._places.append((at, at + cell_len(text), lambda x, role=role: self.RolePressed(role)))  # type: ignore[misc]
                at += cell_len(text)
        room = width - at - 2
        if room >= 8 and now.duration_s > 0:
            segments += self._slider(at + 1, room, base, variables["accent"], variables["border"])
        return Strip(segments).adjust_cell_length(width, base)

    def on_click(self, event: events.Click) -> None:
        for start, end, message in self._places:
            if start <= event.x < end:
                said = message(event.x - start)
                if isinstance(said, self.RolePressed):
                    said.alone = event.shift or event.ctrl or event.button == 3
                self.post_message(said)
                return

    def _roles(self, base: Style, variables: dict[str, str]) -> list[tuple[str, Style, RoleName]]:
        dark = self.app.current_theme.dark
        found = []
        for role in (role for role in ROLES if role in self.playing.roles):
            is_silent = role in self.playing.silent
            colour = None if is_silent else role_colour(role, dark).hex
            style = base + Style(color=colour, dim=is_silent or None, strike=is_silent or None)
            found.append((f" {role} {'○' if is_silent else '●'}", style, role))
        return found

    def _slider(self, at: int, room: int, base: Style, on: str, off: str) -> list[Segment]:
        duration = self.playing.duration_s
        head = int(min(self.playing.t_s / duration, 0.999) * room)
        self._places.append((at, at + room, lambda x: self.Seek((x + 0.5) / room * duration)))
        return [
            Segment(" ", base),
            Segment("━" * head, base + Style(color=on)),
            Segment("●", base + Style(color=on, bold=True)),
            Segment("─" * (room - head - 1), base + Style(color=off)),
        ]
