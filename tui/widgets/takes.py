"""The takes of a cue: every candidate with its match, to step through by ear. What a step does is decided
elsewhere.

A `+` behind a match says that the take may still gain: it is moved towards what is asked when it is tried."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar

from rich.segment import Segment
from textual.binding import Binding, BindingType
from textual.message import Message

from tui.panes import TakeRow
from tui.widgets.cues import match_mark
from tui.widgets.lines import LineList
from tui.widgets.words import cut

_BAR = "▏▎▍▌▋▊▉█"
_WORDS = 6
"""Cells for what is said behind the bar, so that all bars have one scale."""


class TakeList(LineList):
    """Stepping tries a take at once; Enter keeps it."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "leave", show=False),
        Binding("f", "freeze", show=False),
        Binding("m", "more", show=False),
    ]

    @dataclass
    class Tried(Message):
        """A take was stepped to and is to be heard."""

        number: int

    class Kept(Message):
        """The take that is tried shall stay."""

    class Frozen(Message):
        """The take that is tried shall be written to a file that the script names."""

    class MoreWanted(Message):
        """More candidates shall be made."""

    class Left(Message):
        """The list was left; what was tried and not kept goes back."""

    def __init__(self, id: str | None = None) -> None:
        super().__init__(id=id)
        self.rows: tuple[TakeRow, ...] = ()
        self.trying: int | None = None
        self.border_title = "Takes"

    def show_rows(self, title: str, rows: Sequence[TakeRow], trying: int | None = None) -> None:
        """`trying` is the take that is being brought in."""
        self.rows, self.trying = tuple(rows), trying
        self._entitle(title)
        if not self.size.width:  # it is still folded away: how wide it is shows when it stands
            self.call_after_refresh(self._entitle, title)
        self.show_count(len(self.rows))

    def _entitle(self, title: str) -> None:
        self.border_title = cut(f"Takes of {title}", max(self.size.width - 4, 12)).replace("[", "\\[")

    def entry(self, index: int, width: int, chosen: bool) -> Sequence[Segment]:
        """A take's row in `width` cells: number, match, and whether it is the best, kept or being made."""
        row = self.rows[index]
        mark, colour = match_mark(row.match)
        words = "kept" if row.kept else "liked" if row.liked else "best" if row.best else ""
        if row.number == self.trying and not row.sounds:
            words = "…"
        # A turned take has a long number; all bars begin at one place.
        digits = max(max(len(str(one.number)) for one in self.rows) + 1, 4)
        room = min(width - 2 - 5 - digits - len(mark) - 1 - _WORDS, 24)
        return (
            Segment("▶ " if row.sounds else "  ", self.style("accent")),
            Segment(f"take {row.number:<{digits}}", self.style("foreground", bold=chosen)),
            Segment(f"{mark}{'+' if row.open else ' '}", self.style(colour)),
            Segment(_bar(row.match, max(room, 0)), self.style(colour)),
            Segment(f" {words}", self.style("foreground", dim=True)),
        )

    def action_move(self, step: int) -> None:
        before = self.chosen
        super().action_move(step)
        if self.rows and self.chosen != before:
            self.post_message(self.Tried(self.rows[self.chosen].number))

    def action_choose(self) -> None:
        if self.rows:
            self.post_message(self.Kept())

    def clicked(self, index: int) -> None:
        """A click tries the take."""
        self.post_message(self.Tried(self.rows[index].number))

    def action_freeze(self) -> None:
        self.post_message(self.Frozen())

    def action_more(self) -> None:
        self.post_message(self.MoreWanted())

    def action_leave(self) -> None:
        self.post_message(self.Left())


def _bar(share: float, cells: int) -> str:
    """A bar of `share` (0…1) of so many cells, to an eighth."""
    eighths = round(min(max(share, 0.0), 1.0) * cells * 8)
    whole, rest = divmod(eighths, 8)
    return "█" * whole + (_BAR[rest - 1] if rest else "") + " " * (cells - whole - bool(rest))
