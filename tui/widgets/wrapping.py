"""Where long lines of a script break: after spaces, and between Chinese characters as Chinese sets them.

Textual's own wrapping takes a Chinese sentence for one long word and sends it whole to the next row. Widths
are terminal cells; nothing here changes a character.
"""

import unicodedata
from bisect import bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

from rich.cells import cell_len, get_character_cell_size
from textual.document._document import Location
from textual.document._wrapped_document import WrappedDocument
from textual.expand_tabs import get_tab_widths

_NOT_FIRST = frozenset("，。、；：！？）》」』】〕〉”’…—·～,.;:!?)]}%")
"""What must not begin a row."""
_NOT_LAST = frozenset("（《「『【〔〈“‘([{")
"""What must not end one."""


_MANY_ROWS = 8
"""A line of at least so many rows is broken anew only around an edit."""


def breaks(line: str, width: int, tab_width: int = 4) -> list[int]:
    """Columns (from 0) at which rows after the first begin, so that each row fits `width` cells."""
    if width <= 0 or (line.isascii() and len(line) <= width and "\t" not in line):
        return []
    if "\t" not in line and cell_len(line) <= width:
        return []
    return list(_breaks_from(line, 0, width, tab_width))


def _breaks_from(line: str, start: int, width: int, tab_width: int) -> Iterator[int]:
    """The columns after `start`, where a row begins, at which others do. What comes after a break depends on
    what stands after it alone."""
    row_start, at_cells, chance = start, 0, start
    for column in range(start, len(line)):
        character = line[column]
        cells = tab_width if character == "\t" else get_character_cell_size(character)
        if column > row_start and _may_break(line[column - 1], character):
            chance = column
        # Twice where what is left after the chance still fills a narrow row.
        while at_cells + cells > width and column > row_start and not character.isspace():
            row_start = chance if chance > row_start else column
            yield row_start
            at_cells = cell_len(line[row_start:column])
        at_cells += cells


def rebroken(
    line: str, before: Sequence[int], edit: tuple[int, int, int], width: int, tab_width: int = 4
) -> list[int]:
    """The breaks of a line that had the breaks `before` until columns `edit` = (start, old end) became
    (start, new end): the rows around the edit are broken anew, until one begins where one did."""
    start, old_end, new_end = edit
    # A row ends where it does because of what comes right behind it: so does the one before the edit's.
    kept = list(before[: max(bisect_right(before, start) - 2, 0)])
    known = {column + new_end - old_end: place for place, column in enumerate(before) if column >= old_end}
    found = kept.copy()
    for column in _breaks_from(line, kept[-1] if kept else 0, width, tab_width):
        place = known.get(column) if column >= new_end else None
        if place is not None:
            return found + [later + new_end - old_end for later in before[place:]]
        found.append(column)
    return found


def _may_break(before: str, after: str) -> bool:
    if before.isspace():
        return not after.isspace()
    if after.isspace() or after in _NOT_FIRST or before in _NOT_LAST:
        return False
    return _is_wide(before) or _is_wide(after)


def _is_wide(character: str) -> bool:
    return not character.isascii() and unicodedata.east_asian_width(character) in "WF"


@dataclass(frozen=True, slots=True)
class _Rows(Sequence[tuple[int, int]]):
    """Row n is the first and only section of line n."""

    lines: Sequence[object]

    def __len__(self) -> int:
        return len(self.lines)

    def __getitem__(self, row):  # type: ignore[no-untyped-def, override]
        if isinstance(row, slice):
            return [(n, 0) for n in range(len(self))[row]]
        return range(len(self))[row], 0


@dataclass(frozen=True, slots=True)
class _Lines(Sequence[list[int]]):
    """Line n has row n."""

    lines: Sequence[object]

    def __len__(self) -> int:
        return len(self.lines)

    def __getitem__(self, line):  # type: ignore[no-untyped-def, override]
        if isinstance(line, slice):
            return [[n] for n in range(len(self))[line]]
        return [range(len(self))[line]]


class WrappedLines(WrappedDocument):
    """Textual's index of rows over our own breaks. After an edit only the changed lines are broken anew."""

    @property
    def height(self) -> int:
        """Off the index: the inherited sum over all lines would be paid for every row that is drawn."""
        return len(self._offset_to_line_info)

    def wrap(self, width: int, tab_width: int | None = None) -> None:
        self._width = width
        if tab_width:
            self._tab_width = tab_width
        lines = self.document.lines
        if width <= 0:
            self._wrap_offsets = [[] for _ in lines]
            self._tab_width_cache = [self._tabs(line) for line in lines]
            self._index()
            return
        self._wrap_offsets = [breaks(line, width, self._tab_width) for line in lines]
        self._tab_width_cache = [self._tabs(line) for line in lines]
        self._index()

    def wrap_range(self, start: Location, old_end: Location, new_end: Location) -> None:
        row = start[0]
        if not row == old_end[0] == new_end[0] or len(self._wrap_offsets) != self.document.line_count:
            self.wrap_lines(min(row, old_end[0]), max(row, old_end[0]), max(row, new_end[0]))
            return
        before = self._wrap_offsets[row]
        if len(before) < _MANY_ROWS:
            self.wrap_lines(row, row, row)
            return
        line, edit = self.document.get_line(row), (start[1], old_end[1], new_end[1])
        after = self._wrap_offsets[row] = rebroken(line, before, edit, self._width, self._tab_width)
        self._tab_width_cache[row] = self._tabs(line)
        if len(before) != len(after):
            self._index()

    def wrap_lines(self, first: int, old_last: int, new_last: int) -> None:
        """Break lines `first`…`new_last` anew, which stand where `first`…`old_last` stood."""
        lines = self.document.lines
        last = len(self._wrap_offsets) - 1
        top = max(0, min(first, last, len(lines) - 1))
        old_bottom = min(old_last, last)
        new_bottom = min(new_last, len(lines) - 1)
        changed = lines[top : new_bottom + 1]
        before = self._wrap_offsets[top : old_bottom + 1]
        after = [breaks(line, self._width, self._tab_width) for line in changed]
        self._wrap_offsets[top : old_bottom + 1] = after
        self._tab_width_cache[top : old_bottom + 1] = [self._tabs(line) for line in changed]
        if [len(rows) for rows in before] != [len(rows) for rows in after]:
            self._index()

    def get_sections(self, line_index: int) -> list[str]:
        line, offsets = self.document.get_line(line_index), self._wrap_offsets[line_index]
        return [line[start:end] for start, end in pairwise([0, *offsets, len(line)])]

    def _tabs(self, line: str) -> list[int]:
        return [width for _, width in get_tab_widths(line, self._tab_width)] if "\t" in line else []

    def _index(self) -> None:
        """Rows to (line, section), and lines to their rows."""
        if self._width <= 0:  # nothing is wrapped, and a novel's lines need no list of where they are
            self._offset_to_line_info = _Rows(self._wrap_offsets)  # type: ignore[assignment]
            self._line_index_to_offsets = _Lines(self._wrap_offsets)  # type: ignore[assignment]
            return
        self._offset_to_line_info = [
            (line, section)
            for line, rows in enumerate(self._wrap_offsets)
            for section in range(len(rows) + 1)
        ]
        self._line_index_to_offsets = []
        row = 0
        for rows in self._wrap_offsets:
            self._line_index_to_offsets.append(list(range(row, row + len(rows) + 1)))
            row += len(rows) + 1
