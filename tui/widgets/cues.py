"""The cue list: every cue with its time, the take that sounds, and how well what is heard matches what was
asked."""

from collections.abc import Sequence

from rich.segment import Segment

from tui.match_figure import shown_match
from tui.panes import POOR_MATCH, CueRow
from tui.widgets.lines import LineList
from tui.widgets.words import clock, cue_name, fit


class CueList(LineList):
    """The cues in order: name, time, and how well the music matches what was asked."""

    nothing = "none yet: write a line"

    def __init__(self, id: str | None = None) -> None:
        super().__init__(id=id)
        self.rows: tuple[CueRow, ...] = ()
        self.playing: int | None = None
        self.border_title = "Cues"

    def show_rows(self, rows: Sequence[CueRow], playing: int | None) -> None:
        """Shows these cues; `playing` is the index of the one that is heard."""
        if (tuple(rows), playing) != (self.rows, self.playing):
            self.rows, self.playing = tuple(rows), playing
            self.show_count(len(self.rows))

    def show_playing(self, playing: int | None) -> None:
        """Marks the cue that is heard (an index; None: none)."""
        if playing != self.playing:
            self.playing = playing
            self.refresh()

    def entry(self, index: int, width: int, chosen: bool) -> Sequence[Segment]:
        """A cue's row in `width` cells; its time only where there is room."""
        row = self.rows[index]
        time = f"{clock(row.start_s)}–{clock(row.end_s)}"
        match, colour = _match(row)
        with_time = width >= 30
        right = f" {time}" if with_time else ""
        name = cue_name(row.id, row.title)
        room = width - 2 - len(right) - len(match) - 2
        return (
            Segment("▶ " if index == self.playing else "  ", self.style("accent")),
            Segment(fit(name, room), self.style("foreground", bold=chosen)),
            Segment(right, self.style("foreground", dim=True)),
            Segment(f" {match} ", self.style(colour)),
        )


def _match(row: CueRow) -> tuple[str, str]:
    """`●.86` for a good match, `◐` for a fair one, `○` for a poor one, dots while it is made."""
    if row.busy:
        return " …  ", "foreground"
    if row.match is None:
        return " –  ", "foreground"
    return match_mark(row.match)


def match_mark(match: float) -> tuple[str, str]:
    """The sign and number of a match 0…1, and the name of its colour."""
    match = shown_match(match)  # the sign goes by what is shown
    number = "1.0" if match >= 1.0 else f"{match:.2f}"[1:]
    if match >= 0.75:
        return f"●{number}", "success"
    if match >= POOR_MATCH:
        return f"◐{number}", "warning"
    return f"○{number}", "error"
