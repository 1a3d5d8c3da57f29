"""A line of script of which a row is drawn: cutting it costs what the row holds, however long the line.

Textual cuts a wrapped line into all its rows to draw one of them, and so for every row: a line that fills a
thousand rows then takes a second a key.
"""

from collections.abc import Iterable, Sequence
from typing import Any

from rich.containers import Lines
from rich.text import Span, Text

LONG = 2_000
"""Characters from which a line is cut here."""


class LongLine(Text):
    """A rich Text whose characters are taken as they are (printable, no control codes) and whose `divide`
    cuts only the first piece that is asked for."""

    __slots__ = ()

    def __init__(self, plain: str) -> None:
        super().__init__("", end="", no_wrap=True)
        self._text = [plain]
        self._length = len(plain)

    def set_length(self, new_length: int) -> None:
        plain = self._text[0]
        self._text = [plain[:new_length].ljust(new_length)]
        self._length = new_length

    def divide(self, offsets: Iterable[int]) -> Lines:
        return _Pieces(self, [0, *offsets, self._length])  # type: ignore[return-value]


class _Counted:
    """Stands for a piece of which only the tabs are counted."""

    def __init__(self, plain: str) -> None:
        self.plain = plain


class _Pieces:
    """The rows of a line. The first that is taken is a Text; of the others a caller wants the characters."""

    def __init__(self, line: LongLine, edges: Sequence[int]) -> None:
        self._line, self._edges = line, edges
        self._plain = line._text[0]
        self._has_tabs = "\t" in self._plain
        self._is_taken = False

    def __len__(self) -> int:
        return len(self._edges) - 1

    def __getitem__(self, index: int) -> Any:
        start, end = self._edges[index], self._edges[index + 1]
        if self._is_taken:
            return _Counted(self._plain[start:end] if self._has_tabs else "")
        self._is_taken = True
        piece = Text(self._plain[start:end], self._line.style, end="", no_wrap=True)
        piece.tab_size = self._line.tab_size
        for span in self._line.spans:
            if span.start < end and span.end > start:
                piece.spans.append(
                    Span(max(span.start, start) - start, min(span.end, end) - start, span.style)
                )
        return piece
