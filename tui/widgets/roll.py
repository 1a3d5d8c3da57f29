"""The piano roll: notes over time in half blocks, one colour a role and velocity as shade, with the bar
ruler, hits, cue bounds, the script line below, and the playhead."""

from collections.abc import Collection
from dataclasses import dataclass
from typing import ClassVar

from rich.segment import Segment
from rich.style import Style
from textual import events
from textual.binding import Binding, BindingType
from textual.color import Color
from textual.geometry import Size
from textual.message import Message
from textual.strip import Strip
from textual.widget import Widget

from dsl.plan import ROLES, RoleName
from engine.music.score import Note, Score, Track
from tui.theme import PLAYHEAD, pick, role_colour
from tui.widgets.roll_picture import LOUDNESS_STEPS, Ink, View, note_at, picture
from tui.widgets.roll_ruler import bar_times, lyric_row, ruler_row

_ZOOMS = (0.02, 0.03, 0.05, 0.08, 0.12, 0.2, 0.3, 0.5, 0.8, 1.2, 2.0, 3.5, 6.0, 12.0)
"""Seconds a column."""
_FOLLOW_AT = 0.75
"""While playing the view turns when the playhead has gone through this much of it."""


class PianoRoll(Widget, can_focus=True):
    """The notes over time: roles by colour, cues and lines above, the playhead in it. Clicks and drags
    seek, loop, mute and choose."""

    DEFAULT_CSS = "PianoRoll { background: $surface; min-height: 3; }"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("left", "seek_bar(-1)", show=False),
        Binding("right", "seek_bar(1)", show=False),
        Binding("home", "seek_edge(0)", show=False),
        Binding("end", "seek_edge(1)", show=False),
        Binding("plus,equals_sign", "zoom(-1)", show=False),
        Binding("minus", "zoom(1)", show=False),
        Binding("0", "fit", show=False),
        *[Binding(str(n), f"mute('{role}')", show=False) for n, role in enumerate(ROLES, 1)],
        Binding("exclamation_mark", "solo('melody')", show=False),
        Binding("at", "solo('counter')", show=False),
        Binding("number_sign", "solo('chords')", show=False),
        Binding("dollar_sign", "solo('bass')", show=False),
        Binding("percent_sign", "solo('drums')", show=False),
    ]

    @dataclass
    class NoteChosen(Message):
        """A note was clicked."""

        track: Track
        note: Note

    @dataclass
    class PlaceChosen(Message):
        """The ground between the notes, or the script below them, was clicked."""

        t_s: float

    @dataclass
    class Seek(Message):
        """Play from this time, seconds from the score's start."""

        t_s: float

    @dataclass
    class LoopChosen(Message):
        """A stretch of the ruler was dragged over."""

        start_s: float
        end_s: float

    @dataclass
    class MuteToggled(Message):
        """A role's name was clicked: silent, or no longer."""

        role: RoleName

    @dataclass
    class SoloToggled(Message):
        """A role's name was clicked with Shift: it alone, or no longer."""

        role: RoleName

    def __init__(self, id: str | None = None) -> None:
        super().__init__(id=id)
        self.score: Score | None = None
        self.silent: frozenset[RoleName] = frozenset()
        self.spoken: frozenset[float] = frozenset()
        self.t_s = 0.0
        self.start_s = 0.0
        self.s_per_column = 0.2
        self.loop: tuple[float, float] | None = None
        self.busy = ""
        self._cells: list[list[Ink | None]] = []
        self._lines: dict[int, Strip] = {}
        self._drawn_size = Size(0, 0)
        self._drag: int | None = None
        self._fitted = False
        self.border_title = "Piano roll"

    # ------------------------------------------------------------------------------ what others tell it

    def show_score(self, score: Score | None) -> None:
        """Shows this music; the first one is fitted to the width."""
        if score is self.score:
            return
        self.score = score
        if score is not None and not self._fitted and self.size.width > 2:
            self._fitted = True
            self.action_fit()
        self._redraw()

    def show_spoken(self, spoken: Collection[tuple[float, float]]) -> None:
        """Marks the lines that a recorded voice begins to say at these seconds."""
        if frozenset(start_s for start_s, _ in spoken) != self.spoken:
            self.spoken = frozenset(start_s for start_s, _ in spoken)
            self._redraw()

    def show_silent(self, roles: Collection[RoleName]) -> None:
        """Draws these roles dimmed: muted, or outside a solo."""
        if frozenset(roles) != self.silent:
            self.silent = frozenset(roles)
            self._redraw()

    def show_loop(self, loop: tuple[float, float] | None) -> None:
        """Marks the seconds that are repeated (None: none)."""
        if loop != self.loop:
            self.loop = loop
            self._redraw()

    def show_busy(self, said: str) -> None:
        """What is said while there is nothing to show yet."""
        if said != self.busy:
            self.busy = said
            if self.score is None:
                self._redraw()

    def show_time(self, t_s: float, follow: bool) -> None:
        """Move the playhead; `follow` turns the page when it nears the edge."""
        before = self.view.column(self.t_s)
        self.t_s = t_s
        view = self.view
        if (
            follow
            and not view.start_s <= t_s < view.start_s + view.columns * view.s_per_column * _FOLLOW_AT + 1e-9
        ):
            self._turn_to(t_s - 0.1 * view.columns * view.s_per_column)
        elif before != view.column(t_s):
            self.refresh()

    # ------------------------------------------------------------------------------------------ drawing

    @property
    def view(self) -> View:
        """The stretch of time on the screen."""
        return View(self.start_s, self.s_per_column, max(self.size.width, 1))

    def render_line(self, y: int) -> Strip:
        if self._drawn_size != self.size:  # the pane may be drawn before it hears of its new size
            self._drawn_size = self.size
            self._cells = []
            self._lines.clear()
        strip = self._lines.get(y)
        if strip is None:
            strip = self._lines[y] = self._draw(y)
        head = self.view.column(self.t_s)
        if self.score is None or not 0 <= head < strip.cell_length or y == self.size.height - 1 >= 5:
            return strip
        colour = pick(PLAYHEAD, self.app.current_theme.dark)
        return Strip.join(
            [
                strip.crop(0, head),
                Strip([Segment("▼" if y == 0 else "┃", self.rich_style + Style(color=colour, bold=True))], 1),
                strip.crop(head + 1),
            ]
        )

    def _draw(self, y: int) -> Strip:
        width, height = self.size
        base = self.rich_style
        if self.score is None:
            said = f"  {self.busy}" if y == height // 2 else ""
            return Strip([Segment(said, base + Style(dim=True))]).adjust_cell_length(width, base)
        dark = self.app.current_theme.dark
        if y == 0:
            return ruler_row(self.score, self.view, self.loop, base, self.app.theme_variables)
        if y == height - 1 >= 5:
            return lyric_row(self.score, self.view, base, self.app.theme_variables, self.spoken)
        rows = height - 1 - (height - 1 >= 5)
        if not self._cells:
            self._cells = picture(self.score, self.view, rows * 2, self.silent)
        upper, lower = self._cells[(y - 1) * 2], self._cells[(y - 1) * 2 + 1]
        background = self.background_colors[1]
        bars = {self.view.column(t) for t in bar_times(self.score, self.view)}
        cues = {self.view.column(cue.start_s) for cue in self.score.cues if cue.start_s > 0}
        hits = {self.view.column(m.t_s) for m in self.score.markers if m.kind == "hit"}
        lines = Style(color=self.app.theme_variables["border"])
        hit = Style(color=self.app.theme_variables["accent"])
        segments = []
        for x, (top, bottom) in enumerate(zip(upper, lower, strict=True)):
            if top is None and bottom is None:
                if x in hits:
                    segments.append(Segment("┆", base + hit))
                elif x in cues:
                    segments.append(
                        Segment("│", base + Style(color=self.app.theme_variables["foreground"], dim=True))
                    )
                else:
                    segments.append(Segment("┊" if x in bars else " ", base + lines))
                continue
            above, below = self._shade(top, background, dark), self._shade(bottom, background, dark)
            if above == below:
                segments.append(Segment("█", base + Style(color=above)))
            elif bottom is None:
                segments.append(Segment("▀", base + Style(color=above)))
            elif top is None:
                segments.append(Segment("▄", base + Style(color=below)))
            else:
                segments.append(Segment("▀", base + Style(color=above, bgcolor=below)))
        return Strip(segments, width).simplify()

    def _shade(self, ink: Ink | None, background: Color, dark: bool) -> str | None:
        """Louder is nearer to the role's own colour; a note's first cell is a little stronger, so that
        repeats show."""
        if ink is None:
            return None
        if ink.role in self.silent:
            return background.blend(Color.parse(self.app.theme_variables["foreground"]), 0.13).hex
        strength = 0.4 + 0.5 * ink.loudness / LOUDNESS_STEPS + (0.1 if ink.onset else 0.0)
        colour = background.blend(role_colour(ink.role, dark), strength)
        return (colour.lighten(0.06) if ink.onset and dark else colour).hex

    # ---------------------------------------------------------------------------------------- the mouse

    def on_mouse_down(self, event: events.MouseDown) -> None:
        if self.score is not None and event.y - self.gutter.top == 0:
            self._drag = event.x - self.gutter.left
            self.capture_mouse()

    def on_mouse_up(self, event: events.MouseUp) -> None:
        if self._drag is None:
            return
        self.release_mouse()
        start, end = sorted((self._drag, event.x - self.gutter.left))
        self._drag = None
        duration = self.score.duration_s if self.score else 0.0
        view = self.view
        if end - start >= 2:
            first, last = (
                view.start_s + start * view.s_per_column,
                view.start_s + (end + 1) * view.s_per_column,
            )
            self.post_message(self.LoopChosen(max(first, 0.0), min(last, duration)))
        else:
            self.post_message(self.Seek(min(max(view.start_s + start * view.s_per_column, 0.0), duration)))

    def on_click(self, event: events.Click) -> None:
        x, y = event.x - self.gutter.left, event.y - self.gutter.top
        height = self.size.height
        rows = height - 1 - (height - 1 >= 5)
        if self.score is None or y < 1:
            return
        found = note_at(self.score, self.view, rows * 2, x, (y - 1) * 2) if y <= rows else None
        if found is not None:
            track = self.score.tracks[found[0]]
            self.post_message(self.NoteChosen(track, track.notes[found[1]]))
        elif 0.0 <= self.view.time(x) < self.score.duration_s:
            self.post_message(self.PlaceChosen(self.view.time(x)))

    def on_mouse_scroll_down(self, event: events.MouseScrollDown) -> None:
        event.stop()
        if event.ctrl:
            self.action_zoom(1)
        else:
            self._turn_to(self.start_s + 6 * self.s_per_column)

    def on_mouse_scroll_up(self, event: events.MouseScrollUp) -> None:
        event.stop()
        if event.ctrl:
            self.action_zoom(-1)
        else:
            self._turn_to(self.start_s - 6 * self.s_per_column)

    # ------------------------------------------------------------------------------------------ actions

    def action_seek_bar(self, step: int) -> None:
        if self.score is None:
            return
        bars = bar_times(self.score, View(0.0, self.score.duration_s + 1.0, 1))
        if step > 0:
            target = next((t for t in bars if t > self.t_s + 0.01), self.score.duration_s)
        else:
            target = next((t for t in reversed(bars) if t < self.t_s - 0.25), 0.0)
        self.post_message(self.Seek(target))

    def action_seek_edge(self, end: int) -> None:
        if self.score is not None:
            self.post_message(self.Seek(self.score.duration_s if end else 0.0))

    def action_zoom(self, step: int) -> None:
        nearest = min(range(len(_ZOOMS)), key=lambda n: abs(_ZOOMS[n] - self.s_per_column))
        anchor = self.t_s if self.view.start_s <= self.t_s < self.view.end_s else self.start_s
        share = (anchor - self.start_s) / self.s_per_column
        self.s_per_column = _ZOOMS[min(max(nearest + step, 0), len(_ZOOMS) - 1)]
        self._turn_to(anchor - share * self.s_per_column)

    def action_fit(self) -> None:
        """The whole score in the width, down to a note still being seen."""
        if self.score is not None:
            self.s_per_column = min(
                max(self.score.duration_s / max(self.size.width - 1, 1), _ZOOMS[0]), _ZOOMS[-1]
            )
            self._turn_to(0.0)

    def action_mute(self, role: RoleName) -> None:
        self.post_message(self.MuteToggled(role))

    def action_solo(self, role: RoleName) -> None:
        self.post_message(self.SoloToggled(role))

    def on_resize(self) -> None:
        if self.score is not None and not self._fitted:
            self._fitted = True
            self.action_fit()
        self._redraw()

    def notify_style_update(self) -> None:
        super().notify_style_update()
        self._lines.clear()

    def _turn_to(self, start_s: float) -> None:
        duration = self.score.duration_s if self.score else 0.0
        self.start_s = max(0.0, min(start_s, duration - 0.25 * self.view.columns * self.s_per_column))
        self._redraw()

    def _redraw(self) -> None:
        self._cells = []
        self._lines.clear()
        self.refresh()
