"""Source text → `Document`, a line at a time. Never raises, whatever the text.

Each line is parsed on its own and remembered by its text, so that what a line means cannot depend on its
neighbours and re-parsing after an edit costs the changed line. What belongs to the file as a whole (where
the front matter ends, who is a character, what is declared) is put together in a second step over the parsed
lines.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from typing import TypeVar

from dsl.conflict import conflict_finding, is_conflict_marker
from dsl.cue_names import cue_number
from dsl.diagnostics import Finding, Fix, Span, error, warning
from dsl.directives import read_directive
from dsl.feelings import compared
from dsl.front_matter import front_matter_length, not_closed, opened, read_entry, read_front_matter
from dsl.grammar import parse_clause
from dsl.limits import MOST_CUES, MOST_LINE_LENGTH
from dsl.script import read_text
from dsl.source import limit_lines, odd_characters, place
from dsl.syntax import (
    DECLARATIONS,
    Blank,
    CharacterDirective,
    Columns,
    Comment,
    CueHeading,
    Declarations,
    Declared,
    Directive,
    DirectiveLine,
    Document,
    FeelDirective,
    FrontMatterEnd,
    FrontMatterEntry,
    Invalid,
    Item,
    MoodDirective,
    MotifDeclaration,
    Name,
    PaletteDirective,
    ParsedLine,
)

MAX_DIRECTIVE_LENGTH = 10_000
MAX_DIRECTIVE_CHARACTERS = 600_000
"""Over all directive lines and lines with marks of a file: what bounds the time that a hostile file can
take.
"""
_NO_DECLARATIONS = Declarations()
_remembered: dict[tuple[str, bool], ParsedLine] = {}
_REMEMBERED_LINES = 50_000
_REMEMBERED_LENGTH = 2_000


def parse(text: str, previous: Document | None = None, included: Declarations = _NO_DECLARATIONS) -> Document:
    """The document of a text. `previous`, an earlier document of nearly this text, makes it cheaper and
    changes nothing.

    `included` are the declarations that its `@include` lines bring in (`dsl.include`); without them their
    names are unknown and their characters' lines are narration.
    """
    lines, findings = limit_lines(text)
    front = front_matter_length(lines)
    parsed = _parse_lines(lines, front, previous)
    declarations, duplicates = _declare(parsed, included)
    speakers = declarations.characters
    items = tuple(
        [line.item if line.speech is None or line.speaker not in speakers else line.speech for line in parsed]
    )
    matter, repeated = read_front_matter(
        (number, item) for number, item in enumerate(items[:front], 1) if isinstance(item, FrontMatterEntry)
    )
    everything = [
        *findings,
        *duplicates,
        *repeated,
        *_of_lines(parsed),
        *_too_many_cues(items),
    ]
    open_end = opened(lines, front) if front else not_closed(lines)
    if open_end is not None:
        everything.append(open_end)
    return Document(lines, items, matter, declarations, tuple(sorted(everything, key=place)), parsed)


# -------------------------------------------------------------------------------------------- lines


def _parse_lines(lines: Sequence[str], front: int, previous: Document | None) -> tuple[ParsedLine, ...]:
    """Every line parsed: from the previous document where the ends agree, from memory, or anew."""
    affordable = _affordable(lines)
    if affordable < len(lines):
        parsed = [_line(line, number <= front) for number, line in enumerate(lines[:affordable], 1)]
        return (*parsed, *_parse_without_grammar(lines[affordable:]))
    same, tail = 0, 0
    if previous is not None and _affordable(previous.lines) < len(previous.lines):
        previous = None  # it holds directives that were not read
    if previous is not None and previous.parsed and previous.front_matter_end() == front:
        same = _common(lines, previous.lines)
        tail = min(_common(lines[::-1], previous.lines[::-1]), len(lines) - same, len(previous.lines) - same)
        tail = tail if same >= front else 0
    head = previous.parsed[:same] if previous else ()
    middle = [
        _line(line, number <= front) for number, line in enumerate(lines[same : len(lines) - tail], same + 1)
    ]
    foot = previous.parsed[len(previous.parsed) - tail :] if previous and tail else ()
    return (*head, *middle, *foot)


def _affordable(lines: Sequence[str]) -> int:
    """How many lines may be parsed before their directives exceed what is allowed; nearly always all."""
    if sum(map(len, lines)) <= MAX_DIRECTIVE_CHARACTERS:
        return len(lines)
    spent = 0
    for number, line in enumerate(lines):
        if _needs_grammar(line):
            spent += min(len(line), MOST_LINE_LENGTH)
            if spent > MAX_DIRECTIVE_CHARACTERS:
                return number
    return len(lines)


def _parse_without_grammar(lines: Sequence[str]) -> Iterator[ParsedLine]:
    """What stands behind too many directives: text and headings, directives and marks not any more."""
    said = False
    for line in lines:
        if not _needs_grammar(line):
            yield _line(line, False)
            continue
        columns = Columns(1, len(line) + 1)
        message = (
            f"From here on directives are not read: they exceed {MAX_DIRECTIVE_CHARACTERS:,} characters."
        )
        finding = error("E108", message, columns.on(1), "Divide the file into several scores.")
        yield ParsedLine(Invalid(line, columns), () if said else (finding,))
        said = True


def _common(one: Sequence[str], other: Sequence[str]) -> int:
    """How many lines the two have in common from the start."""
    shorter = min(len(one), len(other))
    if one[:shorter] == other[:shorter]:
        return shorter
    low, high = 0, shorter
    while high - low > 1:
        middle = (low + high) // 2
        if one[low:middle] == other[low:middle]:
            low = middle
        else:
            high = middle
    return low


def _line(line: str, in_front: bool) -> ParsedLine:
    found = _remembered.get((line, in_front))
    if found is not None:
        return found
    if len(line) > MOST_LINE_LENGTH:
        return ParsedLine(Invalid(line, Columns(1, len(line) + 1)), ())
    parsed = parse_front_line(line) if in_front else parse_line(line)
    odd = odd_characters(line)
    if odd:
        parsed = replace(parsed, findings=(*odd, *parsed.findings))
    if len(line) <= _REMEMBERED_LENGTH:
        if len(_remembered) >= _REMEMBERED_LINES:
            _remembered.clear()
        _remembered[line, in_front] = parsed
    return parsed


def _needs_grammar(line: str) -> bool:
    return "{" in line or line.lstrip()[:1] == "@"


def parse_line(line: str) -> ParsedLine:
    """One line below the front matter. Its findings are on line 1."""
    columns = Columns(1, len(line) + 1)
    start = line.lstrip(" \t\u3000\xa0\ufeff")
    if not start or start.isspace():
        return ParsedLine(Blank(columns), ())
    if is_conflict_marker(line):
        return ParsedLine(Invalid(line, columns), (conflict_finding(line),))
    first = start[0]
    if first == "@":
        return _directive_line(line, columns)
    if first == "#":
        return _heading(line, columns)
    if first == "/" and start.startswith("//"):
        return ParsedLine(_comment(line, columns), ())
    item, findings = read_text(line)
    speaker = item.speech.speaker.text if item.speech else None
    marked = () if "{" not in line else tuple([mark.directive for mark in item.marks])
    return ParsedLine(item, findings, item.speech, speaker, directives=marked)


def parse_front_line(line: str) -> ParsedLine:
    """One line of front matter, its `---` included."""
    columns = Columns(1, len(line) + 1)
    text = line.strip()
    if not text:
        return ParsedLine(Blank(columns), ())
    if text == "---":
        return ParsedLine(FrontMatterEnd(columns), ())
    if text.startswith("//"):
        return ParsedLine(_comment(line, columns), ())
    if is_conflict_marker(line):
        return ParsedLine(Invalid(line, columns), (conflict_finding(line),))
    entry, findings = read_entry(line)
    return ParsedLine(entry or Invalid(line, columns), findings)


def _comment(line: str, columns: Columns) -> Comment:
    return Comment(line.strip()[2:].strip(), columns)


def _heading(line: str, columns: Columns) -> ParsedLine:
    start = line.index("#")
    rest = line[start:].lstrip("#")
    findings: tuple[Finding, ...] = ()
    hashes = len(line) - start - len(rest)
    if hashes > 1:
        place = Span(1, start + 1, 1, start + hashes + 1)
        findings = (warning("W213", "Cues have no levels.", place, "Write a single #.", Fix(place, "#")),)
    title = rest.strip()
    number: Name | None = None
    found = cue_number(title)
    if found:
        at = len(line) - len(rest.lstrip()) + 1
        number = Name(found, Columns(at, at + len(found)))
        title = title[len(found) :].strip()
    return ParsedLine(CueHeading(number, title, columns), findings)


def _directive_line(line: str, columns: Columns) -> ParsedLine:
    broken = Invalid(line, columns)
    if len(line) > MAX_DIRECTIVE_LENGTH:
        message = f"A directive of {len(line):,} characters; at most {MAX_DIRECTIVE_LENGTH:,} are read."
        return ParsedLine(broken, (error("E105", message, columns.on(1), "Keep it short."),))
    clause, findings = parse_clause(line, "directive")
    if clause is None:
        return ParsedLine(broken, findings)
    directive, mistakes = read_directive(clause, in_mark=False)
    if directive is None:
        return ParsedLine(broken, mistakes)
    item = DirectiveLine(directive, clause.comment, columns)
    return ParsedLine(item, mistakes, declares=isinstance(directive, DECLARATIONS), directives=(directive,))


# ------------------------------------------------------------------------------------- the whole file


def _of_lines(parsed: Iterable[ParsedLine]) -> list[Finding]:
    """The lines' own findings, moved to where the lines stand."""
    return [
        moved(finding, number)
        for number, line in enumerate(parsed, 1)
        if line.findings
        for finding in line.findings
    ]


def moved(finding: Finding, line: int) -> Finding:
    """A finding of line 1 as one of `line`."""
    span = replace(finding.span, line=line, end_line=line)
    fix = finding.fix and Fix(replace(finding.fix.span, line=line, end_line=line), finding.fix.text)
    return replace(finding, span=span, fix=fix)


def _declare(
    parsed: Sequence[ParsedLine], included: Declarations
) -> tuple[Declarations, tuple[Finding, ...]]:
    """What the lines declare, on top of the included; a name declared twice keeps its first meaning."""
    characters, motifs = dict(included.characters), dict(included.motifs)
    moods, palettes = dict(included.moods), dict(included.palettes)
    feelings = dict(included.feelings)
    findings: list[Finding] = []
    for number, line in enumerate(parsed, 1):
        if not line.declares:
            continue
        assert isinstance(line.item, DirectiveLine)
        directive = line.item.directive
        match directive:
            case CharacterDirective():
                _enter(characters, directive.character, directive, number, findings)
            case MotifDeclaration():
                _enter(motifs, directive.motif, directive, number, findings)
            case MoodDirective():
                _enter(moods, directive.mood, directive, number, findings)
            case PaletteDirective():
                _enter(palettes, directive.palette, directive, number, findings)
            case FeelDirective():
                words = directive.words
                key = Name(compared(words.value), words.columns)
                _enter(feelings, key, directive, number, findings, f"“{words.value[:40]}”")
            case _:
                pass
    return Declarations(characters, motifs, moods, palettes, feelings), tuple(findings)


D = TypeVar("D", bound=Directive)


def _enter(
    table: dict[str, Declared[D]],
    name: Name,
    directive: D,
    line: int,
    findings: list[Finding],
    called: str | None = None,
) -> None:
    earlier = table.get(name.text)
    if earlier is None:
        table[name.text] = Declared(directive, line)
        return
    where = f"in {earlier.file}" if earlier.file else f"in line {earlier.line}"
    message = f"{called or name.text} is declared {where} already; this one is not used."
    findings.append(error("E313", message, name.columns.on(line), "Give it another name, or delete it."))


def _too_many_cues(items: Sequence[Item]) -> tuple[Finding, ...]:
    count = 0
    if len(items) <= MOST_CUES:
        return ()
    for number, item in enumerate(items, 1):
        if type(item) is CueHeading:
            count += 1
            if count > MOST_CUES:
                message = f"The file has more than {MOST_CUES:,} cues."
                return (error("E107", message, item.columns.on(number), "Divide it into several scores."),)
    return ()
