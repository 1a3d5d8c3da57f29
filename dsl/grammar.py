"""Lark's side of the parser: a directive line or the inside of a mark → its name and raw operands, with
columns.

Nothing here knows what a directive means (`dsl.directives` does). Lark loads on first use only: a score of
plain text never needs it.
"""

import math
import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Literal

import grammars
from dsl.diagnostics import Finding, Fix, error
from dsl.motif import MAX_NOTES, Element, read_notes
from dsl.said_times import carried
from dsl.syntax import (
    Columns,
    Comment,
    Duration,
    Factor,
    Fraction,
    Name,
    Notes,
    Number,
    Range,
    Scalar,
    String,
    Timecode,
)
from dsl.unexpected_character import instead
from dsl.vocabulary import UNITS

if TYPE_CHECKING:
    from lark import Lark, Token, Tree
    from lark.exceptions import UnexpectedInput

Start = Literal["directive", "mark", "setting"]


@dataclass(frozen=True, slots=True)
class Arrow:
    """`->` between the two ends of a ramp."""

    columns: Columns


@dataclass(frozen=True, slots=True)
class OddQuantity:
    """A number with letters behind it that are no unit: a name that starts with a digit, or a mistake."""

    text: str
    unit: str
    columns: Columns


@dataclass(frozen=True, slots=True)
class Pair:
    """`key=value`, where the value may be a pair again (`@palette night = melody=cello`)."""

    key: Name
    value: "Value | Pair"
    columns: Columns


Value = Scalar | OddQuantity
Operand = Value | Pair | Arrow


@dataclass(frozen=True, slots=True)
class Clause:
    """A directive as the grammar sees it; `name` is None in a front-matter value. `columns` leave the
    comment out. `text` is what was parsed, which stands `offset` code points into its line.
    """

    name: Name | None
    operands: tuple[Operand, ...]
    comment: Comment | None
    columns: Columns
    text: str = ""
    offset: int = 0

    def written(self, operand: Operand) -> str:
        """An operand as it was typed: `007` is a number, and may be meant as a name."""
        return self.text[operand.columns.start - 1 - self.offset : operand.columns.end - 1 - self.offset]


@cache
def _parser() -> "Lark":
    from lark import Lark  # ~50 ms, saved where a score is plain text

    folder = Path(grammars.__file__).parent  # importlib.resources would cost as much as the grammar itself
    grammar = (folder / "score.lark").read_text(encoding="utf-8")
    return Lark(grammar, parser="lalr", lexer="contextual", start=["directive", "mark", "setting"])


def parse_clause(text: str, start: Start, offset: int = 0) -> tuple[Clause | None, tuple[Finding, ...]]:
    """Parse `text`, which stands `offset` code points into its line.

    Findings are on line 1. There is no clause where the text could not be read.
    """
    from lark.exceptions import UnexpectedInput

    try:
        tree = _parser().parse(text, start=start)
    except UnexpectedInput as mistake:
        return None, (_syntax_finding(mistake, text, offset),)
    reader = _Reader(offset)
    clause = reader.clause(tree, text)
    return (None if reader.findings else clause), tuple(reader.findings)


class _Reader:
    """Turns one tree into a clause; collects findings about single values on the way."""

    def __init__(self, offset: int) -> None:
        self.offset = offset
        self.findings: list[Finding] = []

    def clause(self, tree: "Tree[Token]", text: str) -> Clause:
        children = list(tree.children)
        comment: Comment | None = None
        if children and getattr(children[-1], "type", None) == "COMMENT":
            token = children.pop()
            assert isinstance(token, str)
            written = token.rstrip()
            start = self._columns(token).start
            comment = Comment(written[2:].strip(), Columns(start, start + len(written)))
        name: Name | None = None
        if tree.data != "setting":
            name = self._name(children.pop(0))  # type: ignore[arg-type]
        operands = tuple(
            self._operand(child) for child in children if getattr(child, "type", None) != "COMMA"
        )
        first = len(text) - len(text.lstrip())
        end = comment.columns.start - 1 - self.offset if comment else len(text)
        end = max(len(text[:end].rstrip()), first)
        columns = Columns(self.offset + first + 1, self.offset + end + 1)
        return Clause(name, operands, comment, columns, text, self.offset)

    def _columns(self, token: "Token") -> Columns:
        start = self.offset + (token.start_pos or 0) + 1
        return Columns(start, start + len(token))

    def _name(self, token: "Token") -> Name:
        return Name(str(token), self._columns(token))

    def _operand(self, child: "Tree[Token] | Token") -> Operand:
        kind = getattr(child, "type", None)
        if kind is None:
            assert not isinstance(child, str)
            return self._pair(child) if child.data == "pair" else self._notes(child)
        assert isinstance(child, str)
        columns = self._columns(child)
        match kind:
            case "NAME" | "DIGITS_NAME":
                return Name(str(child), columns)
            case "QUANTITY":
                return self._quantity(str(child), columns)
            case "STRING":
                return String(_unquoted(str(child)), columns)
            case "ARROW":
                return Arrow(columns)
            case "RANGE":
                low, _, high = str(child).partition("..")
                return Range(_float(low), _float(high), columns)
            case "FRACTION":
                above, _, below = str(child).partition("/")
                return Fraction(_count(above), _count(below), columns)
            case "FACTOR":
                return Factor(float(child[1:]), columns)
            case _:
                return self._timecode(str(child).replace("：", ":").replace("；", ";"), columns)

    def _quantity(self, text: str, columns: Columns) -> Number | Duration | OddQuantity:
        found = _QUANTITY.match(text)
        assert found is not None
        digits, unit = found.groups()
        if unit in ("%", "％"):
            return Number(self._finite(digits, columns) / 100.0, columns, percent=True)
        if not unit:
            return Number(self._finite(digits, columns), columns)
        known = UNITS.get(unit.lower())
        if known is None:
            return OddQuantity(text, unit, columns)
        return Duration(self._finite(digits, columns), known, columns)

    def _finite(self, digits: str, columns: Columns) -> float:
        value = _float(digits)
        if not math.isfinite(value):
            self.findings.append(
                error(
                    "E310",
                    "This number is too large to mean anything.",
                    columns.on(1),
                    "Write a smaller number.",
                )
            )
            return 0.0
        return value

    def _timecode(self, text: str, columns: Columns) -> Timecode:
        whole, _, fraction = text.partition(".")
        drop = ";" in whole
        fields = [_float(part) for part in whole.replace(";", ":").split(":")]
        frames: int | None = None
        if len(fields) == 4:
            frames = int(min(fields.pop(), 1e6))
            if fraction:
                hint = "Write 00:01:12:08 or 00:01:12.5."
                self.findings.append(
                    error("E210", "A timecode with frames takes no fraction.", columns.on(1), hint)
                )
        if any(field > 59.0 for field in fields[1:]):
            message = f"{text} is no time: minutes and seconds end at 59."
            right = carried(whole, fraction)
            fix = Fix(columns.on(1), right) if right is not None else None
            hint = f"Write {right}." if right is not None else "Carry over into the field on the left."
            self.findings.append(error("E308", message, columns.on(1), hint, fix))
        seconds = float("0." + fraction) if fraction else 0.0
        for place, field in enumerate(reversed(fields)):
            seconds += field * 60.0**place
        return Timecode(seconds, frames, columns, drop)

    def _pair(self, tree: "Tree[Token]") -> Pair:
        token, child = tree.children
        assert isinstance(token, str)
        start = self._columns(token).start
        key = str(token)[:-1].rstrip()
        value = self._operand(child)
        assert not isinstance(value, Arrow)
        return Pair(Name(key, Columns(start, start + len(key))), value, Columns(start, value.columns.end))

    def _notes(self, tree: "Tree[Token]") -> Notes:
        opening, *inner, closing = tree.children
        assert isinstance(opening, str)
        assert isinstance(closing, str)
        columns = Columns(self._columns(opening).start, self._columns(closing).end)
        elements = [self._element(child) for child in inner if not isinstance(child, str)]
        if len(elements) > MAX_NOTES:
            message = f"A motif of {len(elements):,} notes; at most {MAX_NOTES:,} are taken."
            self.findings.append(
                error("E328", message, columns.on(1), "Keep the theme, and let it be varied.")
            )
            return Notes((), columns)
        notes, findings = read_notes(elements)
        self.findings.extend(findings)
        return Notes(notes, columns)

    def _element(self, tree: "Tree[Token]") -> Element:
        first, *rest = tree.children
        tokens = [first] if isinstance(first, str) else first.children
        names = tuple(self._name(token) for token in tokens if isinstance(token, str))
        beats = self._name(rest[0]) if rest and isinstance(rest[0], str) else None
        return Element(names, beats)


_QUANTITY = re.compile(r"([-+−]?(?:[0-9]+(?:\.[0-9]+)?|\.[0-9]+)(?:[eE][-+]?[0-9]+)?)(.*)", re.DOTALL)


def _float(digits: str) -> float:
    return float(digits.replace("−", "-"))


def _count(digits: str) -> int:
    return int(digits[-7:]) if len(digits) < 7 else 10**6


def _unquoted(text: str) -> str:
    return re.sub(r"\\(.)", r"\1", text[1:-1]) if text[0] == '"' else text[1:-1]


_NAMES_OF_TERMINALS: Mapping[str, str] = {
    "NAME": "a name",
    "QUANTITY": "a number",
    "STRING": 'a "quoted" file name',
    "LSQB": "[notes]",
    "RSQB": "]",
    "RPAR": ")",
    "NOTE": "a note",
}


def _syntax_finding(mistake: "UnexpectedInput", text: str, offset: int) -> Finding:
    """What is wrong at the place where Lark stopped, in the writer's words."""
    place = mistake.pos_in_stream if mistake.pos_in_stream is not None else -1
    rest = text[place:] if 0 <= place < len(text) else ""
    end = len(text.rstrip())
    wanted = (
        getattr(mistake, "accepts", None)
        or getattr(mistake, "expected", None)
        or getattr(mistake, "allowed", None)
        or ()
    )
    in_notes = bool({"NOTE", "BEATS"} & set(wanted))
    if getattr(getattr(mistake, "token", None), "type", "") == "$END" or not rest.strip():
        columns = Columns(offset + max(end, 1), offset + max(end, 1) + 1)
        if in_notes:
            return error("E204", "The notes are not closed.", columns.on(1), "Put a ] behind the last note.")
        expected = ", ".join(
            _NAMES_OF_TERMINALS[name] for name in sorted(wanted) if name in _NAMES_OF_TERMINALS
        )
        return error(
            "E209",
            "Something is missing at the end.",
            columns.on(1),
            f"Expected {expected}." if expected else None,
        )
    width = len(rest) - len(rest[1:].lstrip()) if rest[0] == " " else 1
    columns = Columns(offset + place + 1, offset + place + 1 + max(width, 1))
    if rest[0] in '"“':
        columns = Columns(offset + place + 1, offset + end + 1)
        return error(
            "E203", "The quoted text is not closed.", columns.on(1), "Put a quotation mark at its end."
        )
    if in_notes:
        message = f"{rest[0]!r} cannot stand in notes here."
        return error(
            "E201",
            message,
            columns.on(1),
            "Write pitches such as E5 G#4:2, R for a rest, (C4 E4) for a chord.",
        )
    meant = instead(text, place + len(rest) - len(rest.lstrip()))
    mend = None
    if meant.fix is not None:
        mend = Fix(Columns(offset + meant.start + 1, offset + meant.end + 1).on(1), meant.fix)
    return error("E201", f"{_shown(rest[0])} is not expected here.", columns.on(1), meant.hint, mend)


def _shown(character: str) -> str:
    return f"“{character}”" if character.isprintable() else f"The character U+{ord(character):04X}"
