"""Tables of markers → `FilmList`: what Resolve, Premiere, Avid, Pro Tools, Reaper and Audacity export, and
any other with a column of times and one of names. Which it is, its own words tell.
"""

import csv
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from dsl.cue_names import cue_label
from dsl.importers.picture.film_list import BadTime, EventKind, FilmEvent, FilmList, read_label
from dsl.importers.story import Remark
from dsl.timecode import is_drop_rate
from dsl.values import Columns, Timecode

_HEAD_WITHIN = 20
"""A heading stands in one of the first lines that hold anything."""
_SAMPLE = 40
_TIMES = (
    *(
        "record in",
        "timecode in",
        "tc in",
        "in",
        "start tc",
        "start timecode",
        "start time",
        "start",
        "location",
    ),
    *(
        "timecode",
        "tc",
        "time",
        "position",
        "time code",
        "入点",
        "开始",
        "开始时间",
        "时间码",
        "时间",
        "位置",
        "起点",
    ),
)
"""Headings of the column of times, the surest first."""
_ENDS = (
    "record out",
    "timecode out",
    "tc out",
    "out",
    "end tc",
    "end time",
    "end",
    "出点",
    "结束",
    "结束时间",
    "终点",
)
_NAMES = ("marker name", "name", "label", "title", "marker", "标记名称", "名称", "标记", "标签", "标题")
_NOTES = ("description", "comments", "comment", "notes", "note", "描述", "注释", "备注", "说明")
_PRO_TOOLS = re.compile(r"^M A R K E R S  L I S T I N G", re.M)
_LABEL = re.compile(r"\d{1,2}([:;])\d{1,2}[:;]\d{1,2}[:;.]\d{1,3}(?:\.\d{1,2})?")
_CLOCK = re.compile(r"(?:(\d{1,3}):)?(\d{1,3}):(\d{1,2}(?:[.,]\d{1,9})?)")
_SECONDS = re.compile(r"\d{1,6}[.,]\d{1,9}|\d{1,6}(?= ?s(?:ec)?$)")
_BARS = re.compile(r"\d+\.\d+\.\d+|\d+\s*\|\s*\d+(?:\s*\|\s*\d+)?")
_FEET = re.compile(r"\d+\+\d+(?:\.\d+)?")
_TRACK = re.compile(r"(?:V|A|TC|D)\d{0,2}", re.I)
_RATE = re.compile(r"(\d{2,3}(?:\.\d{1,4})?)")
_NTSC = 1000 / 1001
_DELIMITERS = ("\t", ",", ";")


def looks_like_marker_table(head: str) -> bool:
    """Whether the beginning of a text is a table with times of markers."""
    if _PRO_TOOLS.search(head):
        return True
    table = _table(head)
    if table is None:
        return False
    rows = table.rows[:_SAMPLE]
    timed = sum(_is_time(row.cells[table.time]) for row in rows if len(row.cells) > table.time)
    return timed > 0 and 2 * timed >= len(rows)


def read_marker_table(text: str) -> FilmList:
    """The markers of a table whose lines end in LF. Never raises: what cannot be read is a remark with line
    and column."""
    if _PRO_TOOLS.search(text):
        return _ProTools(text.split("\n")).read()
    table = _table(text)
    if table is None:
        return FilmList("markers", problem="no column of it holds times of markers")
    reader = _Reader()
    for row in table.rows:
        reader.row(row, table)
    return reader.result()


# --------------------------------------------------------------------------------------------------- tables


@dataclass(frozen=True, slots=True)
class _Row:
    """A row's cells, the line where it begins, and the columns (from 1) of its cells in it."""

    cells: Sequence[str]
    line: int
    columns: Sequence[int]


@dataclass(frozen=True, slots=True)
class _Table:
    """Rows without headings, and which column holds what (None: none does); `frames` is how many the marker
    lasts. `is_edits`: rows are edits, not markers."""

    rows: Sequence[_Row]
    time: int
    end: int | None = None
    name: int | None = None
    note: int | None = None
    kind: int | None = None
    is_edits: bool = False
    frames: int | None = None
    hits: int | None = None
    """The column of hits in a score's own cue sheet, whose first two are a cue's number and title."""


def _rows(text: str, delimiter: str) -> Iterator[_Row]:
    lines = text.split("\n")
    reader = csv.reader((line.replace("\0", "") + "\n" for line in lines), delimiter=delimiter)
    while True:
        begun = reader.line_num + 1
        try:
            cells = next(reader)
        except StopIteration:
            return
        except csv.Error:  # a cell beyond all measure
            continue
        if not any(cell.strip() for cell in cells):
            continue
        begun = min(begun, len(lines))
        yield _Row([cell.strip().strip("\ufeff") for cell in cells], begun, _columns(cells, lines[begun - 1]))


def _columns(cells: Sequence[str], line: str) -> list[int]:
    columns, at = [], 0
    for cell in cells:
        found = line.find(cell.strip(), at) if cell.strip() else at
        columns.append(max(found, 0) + 1)
        at = max(found, at) + len(cell.strip())
    return columns


def _table(text: str) -> _Table | None:
    """The table in a text: by its headings, else by what stands in its columns."""
    best: _Table | None = None
    for delimiter in _DELIMITERS:
        if delimiter not in text[:100_000]:
            continue
        rows = list(_rows(text, delimiter))
        table = _headed(rows) or _headless(rows)
        if table is not None and (best is None or len(table.rows) > len(best.rows)):
            best = table
    return best


def _headed(rows: Sequence[_Row]) -> _Table | None:
    for index, row in enumerate(rows[:_HEAD_WITHIN]):
        words = [" ".join(cell.lower().split()) for cell in row.cells]
        time = _first_of(words, _TIMES)
        if time is None or len(words) < 2:
            continue
        name, note = _first_of(words, _NAMES), _first_of(words, _NOTES)
        if name is None:
            name, note = note, None
        if name is None and not any(
            _is_time(below.cells[time]) for below in rows[index + 1 : index + 3] if len(below.cells) > time
        ):
            continue
        is_edits = words[time] == "record in" and ("source in" in words or "reel" in words)
        kind = words.index("c") if is_edits and "c" in words else None
        hits = len(words) - 1 if words[:2] == ["cue", "title"] and words[-1] == "hits" else None
        ends = _first_of(words, _ENDS)
        return _Table(rows[index + 1 :], time, ends, name, note, kind, is_edits, hits=hits)
    return None


def _first_of(words: Sequence[str], known: Sequence[str]) -> int | None:
    return next((words.index(word) for word in known if word in words), None)


def _headless(rows: Sequence[_Row]) -> _Table | None:
    """Avid's (user, time, track, colour, words) and Audacity's (start, end, words), told by their cells."""
    sample = [row for row in rows[:_SAMPLE] if len(row.cells) >= 3]
    if not sample or 2 * len(sample) < len(rows[:_SAMPLE]):
        return None
    avid = sum(
        bool(_LABEL.fullmatch(row.cells[1])) and bool(_TRACK.fullmatch(row.cells[2])) for row in sample
    )
    if 2 * avid > len(sample):
        return _Table(rows, 1, name=4, frames=5)
    labels = sum(
        bool(_SECONDS.fullmatch(row.cells[0]) and _SECONDS.fullmatch(row.cells[1])) for row in sample
    )
    if 2 * labels > len(sample):
        return _Table(rows, 0, end=1, name=2)
    return None


def _is_time(cell: str) -> bool:
    return bool(_LABEL.fullmatch(cell) or _CLOCK.fullmatch(cell) or _SECONDS.fullmatch(cell))


def read_time(cell: str, column: int, is_drop: bool = False) -> Timecode | float | BadTime:
    """A time as tables write it: a timecode, hours, minutes and seconds, or seconds (from the film's first
    frame)."""
    if _LABEL.fullmatch(cell):
        return read_label(cell, column, is_drop)
    clock = _CLOCK.fullmatch(cell)
    if clock is not None:
        hours, minutes, seconds = clock.groups()
        whole = int(hours or 0) * 3600 + int(minutes) * 60 + float(seconds.replace(",", "."))
        if float(seconds.replace(",", ".")) >= 60 or (hours is not None and int(minutes) > 59):
            return BadTime("times with more than 59 minutes or seconds", column)
        if whole >= 86_400:
            return BadTime("times beyond 24 hours", column)
        return Timecode(whole, None, Columns(column, column + len(cell)))
    if _SECONDS.fullmatch(cell):
        return float(cell.replace(",", "."))
    if _SECONDS.match(cell) and cell.rstrip("sec ").replace(",", ".").replace(".", "", 1).isdecimal():
        return float(cell.rstrip("sec ").replace(",", "."))
    if _BARS.fullmatch(cell):
        return BadTime("times in bars and beats, which only their own tempo tells", column)
    if _FEET.fullmatch(cell):
        return BadTime("times in feet and frames", column)
    return BadTime("times that cannot be read", column)


@dataclass(slots=True)
class _Reader:
    events: list[FilmEvent] = field(default_factory=list)
    remarks: list[Remark] = field(default_factory=list)
    rows: int = 0

    def row(self, row: _Row, table: _Table) -> None:
        self.rows += 1
        cell = row.cells[table.time] if table.time < len(row.cells) else ""
        column = row.columns[table.time] if table.time < len(row.cells) else 1
        time = read_time(cell, column)
        if isinstance(time, BadTime):
            what = time.what if cell else "rows without a time"
            self.remarks.append(Remark(row.line, what, "left out", time.column))
            return
        end = self.end(row, table)
        if end is not None and _agree(end, time):
            end = None
        if table.hits is not None:
            number, title = (_cell(row, column).removeprefix("'") for column in (0, 1))
            self.events.append(FilmEvent("marker", f"cue {cue_label(number, title)}", time, row.line, end))
            self.sheet_hits(row, table.hits)
            return
        name, note = _cell(row, table.name), _cell(row, table.note)
        if not name and note:
            name, note = note, ""
        is_cut = table.is_edits and _cell(row, table.kind).lower() not in ("marker", "m")
        note = note if note != name else ""
        lasts = _cell(row, table.frames)
        length = int(lasts) if lasts.isdecimal() and int(lasts[:9]) > 1 else 0
        kind: EventKind = "cut" if is_cut else "marker"
        self.events.append(FilmEvent(kind, name, time, row.line, end, note, length))

    def sheet_hits(self, row: _Row, column: int) -> None:
        """The hits of a cue in a score's own cue sheet: `00:00:01:15 door; 00:00:06:18 hit`."""
        for told in filter(None, _cell(row, column).split("; ")):
            label, _, name = told.partition(" ")
            time = read_time(label, row.columns[column])
            if not isinstance(time, BadTime):
                words = "hit" if name == "hit" else f"hit {name}"
                self.events.append(FilmEvent("marker", words, time, row.line))

    def end(self, row: _Row, table: _Table) -> Timecode | float | None:
        """Where the row's marker ends, if it says so."""
        if table.end is None or table.end >= len(row.cells) or not row.cells[table.end]:
            return None
        end = read_time(row.cells[table.end], row.columns[table.end])
        if isinstance(end, BadTime):
            self.remarks.append(Remark(row.line, end.what, "a marker without length", end.column))
            return None
        return end

    def result(self) -> FilmList:
        problem = None if self.events else "no row of it has the time of a marker"
        if problem and self.remarks:
            problem += (
                f"; the first trouble is in line {self.remarks[0].line}, column {self.remarks[0].column}"
            )
        return FilmList("markers", None, tuple(self.events), remarks=tuple(self.remarks), problem=problem)


def _agree(one: Timecode | float, other: Timecode | float) -> bool:
    if isinstance(one, float) or isinstance(other, float):
        return one == other
    return (one.whole_s, one.frames) == (other.whole_s, other.frames)


def _cell(row: _Row, column: int | None) -> str:
    return " ".join(row.cells[column].split()) if column is not None and column < len(row.cells) else ""


# ------------------------------------------------------------------------------------------------- Pro Tools


@dataclass(slots=True)
class _ProTools:
    """Pro Tools' session info as text. Samples count from the session's start, whatever the ruler shows."""

    lines: Sequence[str]
    events: list[FilmEvent] = field(default_factory=list)
    remarks: list[Remark] = field(default_factory=list)
    sample_rate: float = 0.0
    fps: float | None = None
    is_drop: bool = False
    start: Timecode | None = None
    title: str | None = None

    def read(self) -> FilmList:
        headings: list[str] | None = None
        is_listing = False
        for number, line in enumerate(self.lines, 1):
            cells = line.split("\t")
            if _PRO_TOOLS.match(line):
                is_listing, headings = True, None
            elif not is_listing:
                self.setting(cells)
            elif headings is None and cells[0].strip() == "#":
                headings = [cell.strip().lower() for cell in cells]
            elif headings is not None and cells[0].strip().isdecimal():
                self.marker(number, line, dict(zip(headings, map(str.strip, cells), strict=False)))
        problem = None if self.events else "Pro Tools lists no marker in it whose time can be read"
        return FilmList(
            "markers",
            self.title,
            tuple(self.events),
            self.fps,
            self.is_drop,
            self.start,
            tuple(self.remarks),
            problem,
        )

    def setting(self, cells: Sequence[str]) -> None:
        key, value = cells[0].strip().upper(), cells[1].strip() if len(cells) > 1 else ""
        if key == "SESSION NAME:":
            self.title = value or None
        elif key == "SAMPLE RATE:" and re.fullmatch(r"\d{4,6}(?:\.\d{1,9})?", value):
            self.sample_rate = float(value)
        elif key == "SESSION START TIMECODE:":
            label = read_label(value, 1)
            self.start = label if isinstance(label, Timecode) else None
        elif key == "TIMECODE FORMAT:" and (found := _RATE.match(value)) is not None:
            written = float(found.group(1))
            exact = round(written) * _NTSC
            self.fps = exact if abs(written - exact) < 0.01 else written
            self.is_drop = "drop" in value.lower() and is_drop_rate(self.fps)

    def marker(self, number: int, line: str, cells: dict[str, str]) -> None:
        location = cells.get("location", "")
        column = line.find(location) + 1
        time = self.time(location, column, cells)
        if isinstance(time, BadTime):
            self.remarks.append(Remark(number, time.what, "left out", time.column))
            return
        name, note = cells.get("name", ""), cells.get("comments", "")
        self.events.append(FilmEvent("marker", name, time, number, note=note if note != name else ""))

    def time(self, location: str, column: int, cells: dict[str, str]) -> Timecode | float | BadTime:
        samples = cells.get("time reference", "")
        from_start: float | None = None
        if cells.get("units", "").lower() == "samples" and samples.isdecimal() and len(samples) < 16:
            from_start = int(samples) / self.sample_rate if self.sample_rate else None
        exact = re.fullmatch(r"(\d+[:;]\d+[:;]\d+[:;]\d+)(?:\.(\d\d))?", location)
        if exact is not None:
            # Hundredths of frames are lost in a label; the samples have them.
            if from_start is not None and exact.group(2) not in (None, "00"):
                return from_start
            return read_label(exact.group(1), column, self.is_drop)
        if from_start is not None:
            return from_start
        time = read_time(location, column)
        return time.whole_s if isinstance(time, Timecode) else time
