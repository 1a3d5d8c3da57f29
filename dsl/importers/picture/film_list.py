"""What a list of cuts or markers comes to before it is a score: events with the timecodes that the file
has, and what of it could not be read. No clock here, and no score.
"""

import re
from dataclasses import dataclass
from typing import Literal

from dsl.importers.story import Kind, Remark
from dsl.values import Columns, Timecode

EventKind = Literal["cut", "marker"]
MOST_LIST_BYTES = 64_000_000
"""A list beyond it is some other file: 100,000 events with all their comments are 30 MB."""
TIMECODE = r"\d{1,2}[:;]\d{1,2}[:;]\d{1,2}[:;.,]\d{1,3}"
_PARTS = re.compile(r"(\d{1,2})[:;](\d{1,2})[:;](\d{1,2})([:;.,])(\d{1,3})(?:\.\d{1,2})?")


@dataclass(frozen=True, slots=True)
class FilmEvent:
    """A cut or a marker of line `line`. `time` is a label of the file, or seconds from the film's first frame
    where the file counts so; `end` likewise, where it lasts, or `length`, in frames. `note`: what else is
    written about it."""

    kind: EventKind
    name: str
    time: Timecode | float
    line: int
    end: Timecode | float | None = None
    note: str = ""
    length: int = 0


@dataclass(frozen=True, slots=True)
class FilmList:
    """A whole file. `fps` and `start` (of the film's first frame) as the file says, None where it does not;
    `is_drop`: it says that it counts drop-frame. `problem`: why there are no events."""

    kind: Kind
    title: str | None = None
    events: tuple[FilmEvent, ...] = ()
    fps: float | None = None
    is_drop: bool | None = None
    start: Timecode | None = None
    remarks: tuple[Remark, ...] = ()
    problem: str | None = None


@dataclass(frozen=True, slots=True)
class BadTime:
    """A time that cannot be: `what` is wrong with it, from `column` of its line on."""

    what: str
    column: int


def read_label(text: str, column: int, is_drop: bool = False) -> Timecode | BadTime:
    """`01:00:10:12`, `01:00:10;12`, `01;00;10;12`: a timecode with frames that stands at `column` of its
    line. A semicolon anywhere makes it drop-frame."""
    found = _PARTS.fullmatch(text)
    if found is None:
        return BadTime("times that cannot be read", column)
    hours, minutes, seconds, mark, frames = found.groups()
    if int(hours) > 23:
        return BadTime("times beyond 24 hours", column)
    if int(minutes) > 59 or int(seconds) > 59:
        return BadTime("times with more than 59 minutes or seconds", column)
    whole = (int(hours) * 60 + int(minutes)) * 60 + int(seconds)
    place = Columns(column, column + len(text))
    if mark in ".," and ";" not in text:
        if len(frames) == 3:  # 01:00:10.500 is a clock's
            return Timecode(whole + int(frames) / 1000, None, place)
        if mark == ",":
            return Timecode(whole + int(frames) / 10 ** len(frames), None, place)
    return Timecode(float(whole), int(frames), place, is_drop or ";" in text or mark == ".")
