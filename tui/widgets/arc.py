"""The emotion arc: valence and arousal over the whole score in braille, asked as lines, heard as dots, the
playhead through it."""

from collections.abc import Sequence
from dataclasses import dataclass

from rich.cells import cell_len
from rich.segment import Segment
from rich.style import Style
from textual import events
from textual.geometry import Size
from textual.message import Message
from textual.strip import Strip
from textual.widget import Widget

from tui.panes import ArcCue
from tui.theme import AROUSAL, BOTH, PLAYHEAD, VALENCE, pick

_DOTS = ((0x01, 0x02, 0x04, 0x40), (0x08, 0x10, 0x20, 0x80))
"""Braille bits by column and row within a cell."""
_AXIS = 2
_BEGINS, _SPEAKING = "▖", "▁"
"""A line of a recorded voice begins, and goes on."""
_VALENCE, _AROUSAL = 1, 2
_Cells = list[list[tuple[int, int]]]


class EmotionArc(Widget):
    """Valence and arousal over the time of the score, each −1…1: asked as lines, heard (once there is
    music) as dots."""

    DEFAULT_CSS = "EmotionArc { background: $surface; min-height: 3; }"

    @dataclass
    class Chosen(Message):
        """A point was clicked."""

        t_s: float

    def __init__(self, id: str | None = None) -> None:
        super().__init__(id=id)
        self.cues: tuple[ArcCue, ...] = ()
        self.spoken: tuple[tuple[float, float], ...] = ()
        self.duration_s = 0.0
        self.t_s = 0.0
        self._drawn: tuple[tuple[int, int], _Cells] = ((0, 0), [])
        self._rows: dict[int, Strip] = {}
        self._drawn_size = Size(0, 0)
        self.border_title = "Emotion"

    def show_cues(
        self, cues: Sequence[ArcCue], duration_s: float, spoken: Sequence[tuple[float, float]] = ()
    ) -> None:
        """`duration_s` of the whole score; cues may leave gaps. `spoken` are the seconds from and to which a
        recorded voice says a line: marked along the foot."""
        same = duration_s == self.duration_s and tuple(spoken) == self.spoken
        before = (self._drawn, self._bounds(), bool(self.cues), same)
        self.spoken = tuple(spoken)
        self.cues, self.duration_s = tuple(cues), duration_s
        if self._drawn[0] != (0, 0):
            self._drawn = (self._drawn[0], self._picture(*self._drawn[0]))
        if before != (self._drawn, self._bounds(), bool(self.cues), True):
            self._redraw()

    def show_time(self, t_s: float) -> None:
        """Moves the playhead to `t_s`; drawn anew only where it comes to another column."""
        before = self._column(self.t_s)
        self.t_s = t_s
        if before != self._column(t_s):
            self.refresh()

    def render_line(self, y: int) -> Strip:
        width, height = self.size
        legend = height >= 5
        if self._drawn_size != self.size:  # the pane may be drawn before it hears of its new size
            self._drawn_size = self.size
            self._rows.clear()
        strip = self._rows.get(y)
        if strip is None:
            base = self.rich_style
            last = legend and y == height - 1
            strip = self._rows[y] = self._legend(width, base) if last else self._row(y, base)
        head = self._column(self.t_s)
        if head < 0 or (legend and y == height - 1):
            return strip
        colour = pick(PLAYHEAD, self.app.current_theme.dark)
        mark = Strip([Segment("┃", self.rich_style + Style(color=colour))], 1)
        return Strip.join([strip.crop(0, _AXIS + head), mark, strip.crop(_AXIS + head + 1)])

    def _row(self, y: int, base: Style) -> Strip:
        """One row of the plot, without the playhead."""
        width, height = self.size
        rows = height - (height >= 5)
        plot = self._plot(max(width - _AXIS, 1), rows)
        dark = self.app.current_theme.dark
        colours = {
            _VALENCE: base + Style(color=pick(VALENCE, dark)),
            _AROUSAL: base + Style(color=pick(AROUSAL, dark)),
            _VALENCE | _AROUSAL: base + Style(color=pick(BOTH, dark)),
        }
        faint = base + Style(color=self.app.theme_variables["border"])
        label = {0: "+", rows // 2: "0", rows - 1: "−"}.get(y, " ")
        segments = [Segment(label + " ", faint)]
        bounds = self._bounds()
        voice = self._voice() if y == rows - 1 else {}
        for x, (bits, kinds) in enumerate(plot[y] if y < len(plot) else []):
            if bits:
                segments.append(Segment(chr(0x2800 + bits), colours[kinds]))
            elif x in voice:
                segments.append(Segment(voice[x], base + Style(color=self.app.theme_variables["secondary"])))
            elif x in bounds:
                segments.append(Segment("┊", faint))
            else:
                segments.append(Segment("┈" if y == rows // 2 and x % 2 else " ", faint))
        return Strip(segments).adjust_cell_length(width, base).simplify()

    def on_resize(self) -> None:
        self._redraw()

    def notify_style_update(self) -> None:
        super().notify_style_update()
        self._rows.clear()

    def _redraw(self) -> None:
        self._rows.clear()
        self.refresh()

    def on_click(self, event: events.Click) -> None:
        t_s = self.time_at(event.x - self.gutter.left)
        if t_s is not None:
            self.post_message(self.Chosen(t_s))

    def time_at(self, x: int) -> float | None:
        """The time under a column of the widget's content; None beside the plot."""
        width = self.size.width - _AXIS
        if not self.duration_s or width < 1 or not 0 <= x - _AXIS < width:
            return None
        return (x - _AXIS + 0.5) / width * self.duration_s

    def _column(self, t_s: float) -> int:
        width = self.size.width - _AXIS
        return int(min(max(t_s / self.duration_s, 0.0), 0.9999) * width) if self.duration_s else -1

    def _bounds(self) -> frozenset[int]:
        """Columns of the plot at which a cue begins."""
        width = self.size.width - _AXIS
        if not self.duration_s:
            return frozenset()
        found = frozenset(int(min(c.start_s / self.duration_s, 0.9999) * width) for c in self.cues[1:])
        return found if len(found) * 4 <= width else frozenset()  # many cues: lines would hide the curves

    def _voice(self) -> dict[int, str]:
        """Columns of the plot in which a recorded voice speaks, and their signs."""
        found: dict[int, str] = {}
        for start_s, end_s in self.spoken:
            first = self._column(start_s)
            for x in range(first, max(self._column(end_s - 1e-6), first) + 1):
                found.setdefault(x, _SPEAKING)
            found[first] = _BEGINS
        return found if self.duration_s else {}

    def _legend(self, width: int, base: Style) -> Strip:
        """What is what, in the colours and signs of the plot, as long as there is room for."""
        dark = self.app.current_theme.dark
        valence, arousal = (base + Style(color=pick(pair, dark)) for pair in (VALENCE, AROUSAL))
        names: list[tuple[tuple[str, Style], ...]] = [(("━ valence", valence),), (("━ arousal", arousal),)]
        if any(cue.heard for cue in self.cues):
            names.append((("⠂", valence), ("⠂", arousal), (" heard", base)))
        if self.spoken:
            spoken = base + Style(color=self.app.theme_variables["secondary"])
            names.append(((f"{_SPEAKING} voice", spoken),))
        for gap, longest in (("  ", 99), (" ", 99), (" ", 5), ("", 3)):
            said = [
                Segment(f"{'' if k else gap}{text[:longest]}", style)
                for name in names
                for k, (text, style) in enumerate(name)
            ]
            if sum(cell_len(segment.text) for segment in said) <= width:
                break
        return Strip(said).adjust_cell_length(width, base)

    def _plot(self, width: int, rows: int) -> _Cells:
        """(braille bits, kinds) of every cell; drawn once for one size and one arc."""
        if self._drawn[0] != (width, rows):
            self._drawn = ((width, rows), self._picture(width, rows))
        return self._drawn[1]

    def _picture(self, width: int, rows: int) -> _Cells:
        canvas = _Canvas(width, rows)
        if self.duration_s > 0 and rows > 0:
            for cue in self.cues:
                self._draw(cue, canvas)
        return canvas.cells

    def _draw(self, cue: ArcCue, canvas: "_Canvas") -> None:
        scale = canvas.across / self.duration_s
        first, last = int(cue.start_s * scale), min(int(cue.end_s * scale), canvas.across - 1)
        previous: list[int | None] = [None, None]
        for x in range(max(first, 0), last + 1):
            asked = cue.asked(min(max((x + 0.5) / scale, cue.start_s), cue.end_s))
            for which, kind in ((1, _AROUSAL), (0, _VALENCE)):
                y = canvas.level(asked[which])
                canvas.line(x, previous[which], y, kind)
                previous[which] = y
                if cue.heard is not None and x % 4 == 0:
                    canvas.dot(x, canvas.level(cue.heard[which]), kind)


class _Canvas:
    """Braille dots: two across and four down in a cell."""

    def __init__(self, width: int, rows: int) -> None:
        self.across, self.down = width * 2, rows * 4
        self.cells = [[(0, 0)] * width for _ in range(rows)]

    def level(self, value: float) -> int:
        """Dot row of a value −1…1."""
        return round((1.0 - (min(max(value, -1.0), 1.0) + 1.0) / 2.0) * (self.down - 1))

    def line(self, x: int, previous: int | None, y: int, kind: int) -> None:
        """A dot, and the dots between it and the one before, so that a steep line stays one."""
        low, high = sorted((y, y if previous is None else previous))
        for at in range(low, high + 1):
            self.dot(x, at, kind)

    def dot(self, x: int, y: int, kind: int) -> None:
        bits, kinds = self.cells[y // 4][x // 2]
        self.cells[y // 4][x // 2] = (bits | _DOTS[x % 2][y % 4], kinds | kind)
