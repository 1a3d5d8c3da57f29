"""Places: the language counts lines and code points from 1, the protocol lines and code units from 0.

Which units is agreed on with the editor; without a word they are UTF-16's, where an emoji takes two. A place
outside the text is brought inside, since editors ask for the line behind the last one.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from lsprotocol.types import Position, Range

from dsl.diagnostics import Span

_ENCODINGS = {"utf-8": ("utf-8", 1), "utf-16": ("utf-16-le", 2), "utf-32": ("utf-32-le", 4)}
"""By the protocol's name: Python's, and the bytes of a unit."""


@dataclass(frozen=True, slots=True)
class Places:
    """The places of one text, which has these lines, in the units of `encoding`."""

    lines: Sequence[str]
    encoding: str = "utf-16"

    def line(self, number: int) -> str:
        """A line's text, its number from 1; "" behind the last."""
        return self.lines[number - 1] if 1 <= number <= len(self.lines) else ""

    def position(self, line: int, column: int) -> Position:
        """LSP's position (from 0, in the units agreed on) of a line and column from 1."""
        before = self.line(line)[: max(column - 1, 0)]
        codec, size = _ENCODINGS[self.encoding]
        units = len(before) if before.isascii() else len(before.encode(codec, "surrogatepass")) // size
        return Position(max(line - 1, 0), units)

    def range(self, span: Span) -> Range:
        """LSP's range of a span of the source."""
        return Range(self.position(span.line, span.column), self.position(span.end_line, span.end_column))

    def place(self, position: Position) -> tuple[int, int]:
        """(line, column), both from 1. A unit inside a character is that character's start."""
        text = self.line(position.line + 1)
        if text.isascii():
            return position.line + 1, min(position.character, len(text)) + 1
        codec, size = _ENCODINGS[self.encoding]
        before = text.encode(codec, "surrogatepass")[: position.character * size]
        return position.line + 1, len(before.decode(codec, "ignore")) + 1
