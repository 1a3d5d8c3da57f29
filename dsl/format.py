"""The formatter: spacing in headings, directives and front matter, and nothing else.

It touches no word of the script, no comment, no name's spelling and no line ending, leaves broken lines
alone, and running it twice is running it once. The gap before a trailing comment stays, since writers align
them.
"""

import re
from dataclasses import fields, is_dataclass

from dsl.diagnostics import Finding, Severity, Span, error
from dsl.directive_words import FRONT_MATTER_NAMES
from dsl.front_matter import front_matter_length
from dsl.grammar import Operand, Pair, parse_clause
from dsl.limits import MOST_LINE_LENGTH, MOST_LINES, MOST_SCORE_BYTES
from dsl.parse import parse, parse_front_line, parse_line
from dsl.source import odd_characters, read_lines
from dsl.syntax import (
    Columns,
    Comment,
    CueHeading,
    DirectiveLine,
    Document,
    FrontMatterEnd,
    FrontMatterEntry,
    MoodDirective,
    MotifDeclaration,
    Notes,
    PaletteDirective,
)
from dsl.vocabulary import canonical

_SPACES = re.compile(r"[ \t\u3000\xa0]+")
"""What is white space to the grammar; other blanks may be part of what is written."""
_NOTE_PIECES = re.compile(r"[\[\]()]|[,，、]|[:：][^\s()\[\]:：,，、]+|[^\s()\[\]:：,，、]+")


def format_text(text: str) -> str:
    """The text with its spacing made even. Idempotent; never raises."""
    if len(text) > MOST_SCORE_BYTES:
        return text
    source = read_lines(text)
    if len(source.lines) > MOST_LINES:
        return text
    front = front_matter_length(source.lines)
    return "".join(
        [
            _format_line(line, number <= front) + ending
            for number, (line, ending) in enumerate(zip(source.lines, source.endings, strict=True), 1)
        ]
    )


def format_document(text: str) -> tuple[str, tuple[Finding, ...]]:
    """The formatted text, or the text as it was and a finding where formatting would change its meaning."""
    formatted = format_text(text)
    if formatted == text:
        return text, ()
    before, after = parse(text), parse(formatted)
    if meaning(before) == meaning(after) and _unspaced(formatted) == _unspaced(text):
        return formatted, ()
    changed = zip(before.items, after.items, strict=False)
    line = next((n for n, (one, two) in enumerate(changed, 1) if meaning(one) != meaning(two)), 1)
    place = Span(line, 1, line, len(before.lines[line - 1]) + 1)
    return text, (error("E214", "Formatting would change what this line means; nothing was changed.", place),)


def _unspaced(text: str) -> str:
    """The text without its white space and byte order marks: what the formatter must leave to the letter."""
    return "".join(text.replace("\ufeff", "").split())


def meaning(value: object) -> object:
    """A document or any part of it as plain tuples, without places and without findings."""
    if isinstance(value, Columns):
        return None
    if isinstance(value, Document):
        return meaning((value.items, value.front_matter, sorted(_declared(value))))
    if isinstance(value, FrontMatterEntry):
        return (value.key.text, value.value.split(), value.comment and value.comment.text)
    if is_dataclass(value):
        return (type(value).__name__, *(meaning(getattr(value, field.name)) for field in fields(value)))
    if isinstance(value, tuple):
        return tuple([meaning(item) for item in value])
    return value


def _declared(document: Document) -> list[tuple[str, str]]:
    tables = document.declarations
    names = (tables.characters, tables.motifs, tables.moods, tables.palettes)
    return [(str(place), name) for place, table in enumerate(names) for name in table]


# -------------------------------------------------------------------------------------------- lines


def _format_line(line: str, in_front: bool) -> str:
    first = line.lstrip(" \t\u3000\xa0\ufeff")[:1]
    if len(line) > MOST_LINE_LENGTH or not (in_front or first in ("@", "#")) or not first:
        return line
    if any(finding.severity is Severity.ERROR for finding in odd_characters(line)):
        return line  # Python takes some control characters for white space: they would go unseen
    item = (parse_front_line(line) if in_front else parse_line(line)).item
    match item:
        case CueHeading():
            return _heading(line, item)
        case DirectiveLine():
            return _directive(line, item)
        case FrontMatterEntry():
            return _entry(line, item)
        case FrontMatterEnd():
            return "---"
        case _:
            return line


def _heading(line: str, item: CueHeading) -> str:
    rest = line[line.index("#") :]
    hashes = rest[: len(rest) - len(rest.lstrip("#"))]
    return " ".join(part for part in (hashes, item.number.text if item.number else "", item.title) if part)


def _entry(line: str, item: FrontMatterEntry) -> str:
    colon = ":" if ":" in line[item.key.columns.end - 1 : item.value_columns.start] else "："
    between = line[item.key.columns.end - 1 :].lstrip(" \t\u3000")[:1]
    colon = between if between in (":", "：") else colon
    # A space before // would make a comment of what was the value.
    gap = " " if colon == ":" and item.value and not item.value.startswith("//") else ""
    of_words = canonical(item.key.text, FRONT_MATTER_NAMES) in (None, "title", "author")
    value = item.value if of_words else _SPACES.sub(" ", item.value)
    written = f"{item.key.text}{colon}{gap}{value}"
    return _with_comment(line, written, item.value_columns.end, item.comment)


def _directive(line: str, item: DirectiveLine) -> str:
    clause, _ = parse_clause(line, "directive")
    if clause is None or clause.name is None:
        return line
    defines = isinstance(item.directive, (MotifDeclaration, MoodDirective, PaletteDirective))
    parts = ["@" + clause.name.text]
    for place, operand in enumerate(clause.operands):
        if defines and place == 0 and isinstance(operand, Pair):
            parts += [operand.key.text, _equals(line, operand), _operand(line, operand.value)]
        else:
            parts.append(_operand(line, operand))
    return _with_comment(line, " ".join(parts), clause.columns.end, clause.comment)


def _operand(line: str, operand: Operand) -> str:
    if isinstance(operand, Pair):
        return f"{operand.key.text}{_equals(line, operand)}{_operand(line, operand.value)}"
    written = operand.columns.slice(line)
    return _notes(written) if isinstance(operand, Notes) else written


def _equals(line: str, pair: Pair) -> str:
    """The sign between a pair's key and value as the writer typed it, full-width or not."""
    return line[pair.key.columns.end - 1 : pair.value.columns.start - 1].strip()[:1]


def _notes(written: str) -> str:
    text = ""
    for piece in _NOTE_PIECES.findall(written):
        closes = piece[0] in ")]:：,，、"
        text += piece if closes or not text or text[-1] in "[(" else " " + piece
    return text


def _with_comment(line: str, written: str, end: int, comment: Comment | None) -> str:
    if comment is None:
        return written
    gap = line[end - 1 : comment.columns.start - 1]
    blank = gap if gap and gap.isspace() else " "
    return written + blank + line[comment.columns.start - 1 : comment.columns.end - 1].rstrip()
