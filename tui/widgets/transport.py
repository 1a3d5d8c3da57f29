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

SLIDER = 6
"""Cells that the slider takes at least."""

_Role = tuple[str, Style, RoleName]
"""What is written, how, and for whom."""


@dataclass(frozen=True, slots=True)
class Playing:
    """What the line shows. `facts` are words such as `♩72`, `D minor`, and last the take; where there is
    no room the take stays, and the others go from the last but one to the first."""

    t_s: float = 0.0
    duration_s: float = 0.0
    is_playing: bool = False
    loop: tuple[float, float] | None = None
    facts: tuple[str, ...] = ()
    roles: tuple[RoleName, ...] = ()
    silent: frozenset[RoleName] = frozenset()


class TransportLine(Widget):
    """Play, position, tempo, roles: one line that also takes clicks."""

    DEFAULT_CSS = "TransportLine { height: 1; background: $panel; }"

    @dataclass
    class PlayPressed(Message):
        """The play mark was clicked."""

    @dataclass
    class RolePressed(Message):
        """`alone` with Shift or Ctrl, or by the second button: only this role is wanted."""

        role: RoleName
        alone: bool = False

    @dataclass
    class Seek(Message):
        """A place of the line was clicked: play from this time, seconds."""

        t_s: float

    def __init__(self, id: str | None = None) -> None:
        super().__init__(id=id)
        self.playing = Playing()
        self._places: list[tuple[int, int, Callable[[int], Message]]] = []

    def show_playing(self, playing: Playing) -> None:
        """Shows where playing stands; drawn anew only where something changed."""
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
        facts, roles = self._fitting(width - at, base)
        for fact in facts:
            segments.append(Segment(f"· {fact} ", base))
            at += cell_len(f"· {fact} ")
        for text, style, role in roles:
            segments.append(Segment(text, style))
            self._places.append((at, at + cell_len(text), lambda x, role=role: self.RolePressed(role)))  # type: ignore[misc]
            at += cell_len(text)
        room = width - at - 2
        if room >= SLIDER and now.duration_s > 0:
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

    def _fitting(self, room: int, base: Style) -> tuple[list[str], list[_Role]]:
        """The facts and roles that fit `room` cells: roles get shorter before a fact goes, and the slider is
        the last thing to be given up before the take."""
        every = list(self.playing.facts)
        some = [every[: len(every) - 1 - gone] + every[-1:] for gone in range(len(every))] or [[]]
        choices = [(some[0], 99), (some[0], 3), *((facts, size) for size in (3, 0) for facts in some)]
        choices += [(facts, -1) for facts in some] + [([], -1)]
        for slider in (SLIDER + 2, 0):
            for facts, letters in choices:
                roles = self._roles(base, letters)
                cells = sum(cell_len(f"· {fact} ") for fact in facts) + sum(cell_len(r[0]) for r in roles)
                if cells + slider <= room:
                    return facts, roles
        return [], []

    def _roles(self, base: Style, letters: int) -> list[_Role]:
        """The roles by so many of their letters; −1 for none of them."""
        dark = self.app.current_theme.dark
        found: list[_Role] = []
        for role in (role for role in ROLES if role in self.playing.roles and letters >= 0):
            is_silent = role in self.playing.silent
            colour = None if is_silent else role_colour(role, dark).hex
            style = base + Style(color=colour, dim=is_silent or None, strike=is_silent or None)
            name = role[:letters]
            mark = "○" if is_silent else "●"
            found.append((f" {name} {mark}" if letters > 3 else f" {name}{mark}", style, role))
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
