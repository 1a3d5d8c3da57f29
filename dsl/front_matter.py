"""Front matter: which lines it is, its entries, and the typed values behind its keys."""

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Any

from dsl.conflict import is_conflict_marker
from dsl.declarations import SEED_RANGE, style_name
from dsl.diagnostics import Finding, Fix, Span, error, warning
from dsl.directive_words import FRONT_MATTER, FRONT_MATTER_NAMES
from dsl.everyday_words import front_matter_meant
from dsl.grammar import parse_clause
from dsl.operands import Operands, nearest_cached
from dsl.output_words import OUTPUTS, output_meant
from dsl.syntax import Columns, Comment, Fraction, FrontMatter, FrontMatterEntry, Name
from dsl.value_readers import PACE_RANGE, read_key, read_meter, read_tempo, read_timecode
from dsl.vocabulary import LANGUAGES, canonical, fold

FPS_RANGE = (1.0, 240.0)
FORMAT = 1
"""The format's number that this version reads."""
MAX_LINES = 200
MAX_VALUE_LENGTH = 1_000
"""Of a value that is no plain text: longer ones are slips, and cost seconds to take apart."""
_ENTRY = re.compile(r"[ \t\u3000]*(\w[\w-]{0,63})[ \t\u3000]*[:：]")
_COMMENT = re.compile(r"(?:^|(?<=[ \t\u3000]))//.*")


def front_matter_length(lines: Sequence[str]) -> int:
    """The number of the `---` that ends the front matter, 0 where there is none.

    Front matter is there when a `---` stands before any heading or directive and the first line that says
    anything is a `key: value` line. A `---` in a story's middle is no front matter's end, nor is one below
    dialogue and prose without a single key of the language.
    """
    begun = known = prose = False
    for number, line in enumerate(lines[:MAX_LINES], 1):
        text = line.strip()
        if text == "---":
            return 0 if prose and not known else number
        if text.startswith(("#", "@", "\\")):
            return 0
        if not text or text.startswith("//") or is_conflict_marker(line):
            continue
        found = _ENTRY.match(line)
        if not begun and not found:
            return 0
        begun = True
        prose = prose or not found
        known = known or (found is not None and _is_key(found.group(1)))
    return 0


def _is_key(word: str) -> bool:
    """Whether it is a key of the language, or nearly one."""
    return bool(canonical(word, FRONT_MATTER_NAMES) or nearest_cached(word[:64], tuple(FRONT_MATTER_NAMES)))


def opened(lines: Sequence[str], front: int) -> Finding | None:
    """A finding where a `---` stands above the keys, too: it ends the front matter before it began, and the
    keys would be read aloud."""
    if not front or any(_ENTRY.match(line) for line in lines[: front - 1]):
        return None
    first = next((line for line in lines[front:] if line.strip() and not line.strip().startswith("//")), "")
    found = _ENTRY.match(first)
    if found is None or canonical(found.group(1), FRONT_MATTER_NAMES) is None:
        return None
    place = Span(front, 1, front, len(lines[front - 1]) + 1)
    return error("E206", "Front matter begins with its first key.", place, "Delete this line.")


def not_closed(lines: Sequence[str]) -> Finding | None:
    """A finding where known keys open the file and no front matter comes of them, so that they would be read
    aloud: no `---` follows, or one does below a directive."""
    is_key, above = False, 0
    unclosed: Finding | None = None
    for number, line in enumerate(lines[:MAX_LINES], 1):
        text = line.strip()
        if not text or text.startswith("//") or is_conflict_marker(line):
            continue
        if text == "---" and above:
            message = "Front matter ends at its first directive, so that its keys are read aloud as script."
            place = Span(above, 1, above, len(lines[above - 1]) + 1)
            return error("E206", message, place, "Put this below the line ---.")
        if is_key and text.startswith("@"):
            above = above or number
            continue
        found = _ENTRY.match(line)
        if found is None:
            break
        if not is_key:
            is_key = canonical(found.group(1), FRONT_MATTER_NAMES) is not None
            if not is_key:
                break
            if found.group(1).lower() == "melodrama":
                place = Span(number, 1, number, len(line) + 1)
                hint = "Put a line --- behind its last key."
                unclosed = error("E207", "The front matter is not closed.", place, hint)
    return unclosed


def read_entry(line: str) -> tuple[FrontMatterEntry | None, tuple[Finding, ...]]:
    """One line above the `---`, or None with a finding. Values are judged in `read_front_matter`."""
    found = _ENTRY.match(line)
    columns = Columns(1, len(line) + 1)
    if found is None:
        return None, (
            error(
                "E206", "Front matter is made of key: value lines.", columns.on(1), "Write title: The cliff."
            ),
        )
    key = Name(found.group(1), Columns(found.start(1) + 1, found.end(1) + 1))
    comment: Comment | None = None
    end = len(line.rstrip())
    marked = _COMMENT.search(line, found.end(), end)
    if marked is not None:
        comment = Comment(marked.group()[2:].strip(), Columns(marked.start() + 1, end + 1))
        end = marked.start()
    written = line[found.end() : end]
    value = written.strip()
    start = found.end() + len(written) - len(written.lstrip()) if value else found.end()
    entry = FrontMatterEntry(key, value, Columns(start + 1, start + len(value) + 1), comment, columns)
    return entry, _judge(entry)[1]


def read_front_matter(
    entries: Iterable[tuple[int, FrontMatterEntry]],
) -> tuple[FrontMatter, tuple[Finding, ...]]:
    """The typed defaults of numbered entries; the first entry of a key counts. Findings on single values are
    `read_entry`'s.
    """
    result = FrontMatter()
    findings: list[Finding] = []
    seen: dict[str, int] = {}
    for number, entry in entries:
        known = canonical(entry.key.text, FRONT_MATTER_NAMES)
        if known is None:
            continue
        if known in seen:
            message = f"{entry.key.text} stands in line {seen[known]} already; this one is not read."
            findings.append(error("E326", message, entry.key.columns.on(number), "Keep one of them."))
            continue
        seen[known] = number
        change, _ = _judge(entry)
        if change is not None:
            result = replace(result, **change)
    return result, tuple(findings)


Change = dict[str, Any]


def _judge(entry: FrontMatterEntry) -> tuple["Change | None", tuple[Finding, ...]]:
    """The change that an entry makes to the defaults, and its findings (on line 1)."""
    known = canonical(entry.key.text, FRONT_MATTER_NAMES)
    place = entry.key.columns.on(1)
    if known is None:
        key = entry.key.text[:64]
        meant = front_matter_meant(key) or nearest_cached(key, tuple(FRONT_MATTER_NAMES))
        hint = f"Did you mean {meant}?" if meant else f"Known: {', '.join(FRONT_MATTER)}."
        fix = Fix(place, meant) if meant else None
        return None, (warning("W307", f"Nothing is known by the key “{entry.key.text}”.", place, hint, fix),)
    if known in ("title", "author"):
        return {known: entry.value}, ()
    if not entry.value:
        usage = FRONT_MATTER[known].usage
        return None, (
            error("E209", f"{entry.key.text} has no value.", place, f"Write {entry.key.text}: {usage}."),
        )
    if len(entry.value) > MAX_VALUE_LENGTH:
        message = f"A value of {len(entry.value):,} characters; at most {MAX_VALUE_LENGTH:,} are read."
        return None, (error("E105", message, entry.value_columns.on(1), "Keep it short."),)
    clause, findings = parse_clause(entry.value, "setting", entry.value_columns.start - 1)
    if clause is None:
        return None, findings
    named = replace(clause, comment=None, columns=entry.value_columns)
    operands = Operands(named, f"{entry.key.text}: {FRONT_MATTER[known].usage}")
    value = _READERS[known](operands, entry)
    operands.finish()
    failed = any(finding.code[0] == "E" for finding in operands.findings)
    return (None if failed else {"format" if known == "melodrama" else known: value}), tuple(
        operands.findings
    )


def _format(operands: Operands, entry: FrontMatterEntry) -> int:
    number = operands.whole(0, 10**6, "The format's number")
    if number != FORMAT and not operands.findings:
        hint = f"This version reads format {FORMAT}."
        operands.report("E327", f"Format {number} is not known.", entry.value_columns, hint, str(FORMAT))
    return number


def _language(operands: Operands, entry: FrontMatterEntry) -> object:
    return operands.choice(LANGUAGES, "E311", "a language")[0]


def _output(operands: Operands, entry: FrontMatterEntry) -> tuple[str, ...]:
    found: list[str] = []
    while operands.next is not None:
        name = operands.name("The name of an output format")
        if fold(name.text) in OUTPUTS:
            found.append(fold(name.text))
        elif name.text:
            operands.unknown(name, OUTPUTS, "E311", "an output format", output_meant(name.text))
    return tuple(dict.fromkeys(found))


def _fps(operands: Operands, entry: FrontMatterEntry) -> float:
    """Television's rates are a thousandth below whole ones, however they are rounded: 23.98 is 24000/1001,
    which may be written so."""
    written = operands.next
    if isinstance(written, Fraction):
        operands.take()
        fps = written.numerator / written.denominator if written.denominator else 0.0
        operands.within(fps, *FPS_RANGE, "A frame rate", written)
    else:
        fps = operands.number(*FPS_RANGE, "A frame rate").value
    return _exact(fps)


def _exact(fps: float) -> float:
    exact = round(fps) * 1000.0 / 1001.0
    return exact if abs(fps - exact) < 0.01 else fps


def read_rate(text: str) -> float | None:
    """The frame rate that `fps: TEXT` would set, `23.976`, `24000/1001`; None where it is none."""
    above, _, below = text.partition("/")
    try:
        fps = float(above) / float(below or "1")
    except (ValueError, ZeroDivisionError):
        return None
    return _exact(fps) if FPS_RANGE[0] <= fps <= FPS_RANGE[1] else None


_READERS: Mapping[str, Callable[[Operands, FrontMatterEntry], object]] = {
    "melodrama": _format,
    "language": _language,
    "style": lambda operands, entry: style_name(operands.name("A style")),
    "tempo": lambda operands, entry: read_tempo(operands),
    "key": lambda operands, entry: read_key(operands),
    "meter": lambda operands, entry: read_meter(operands),
    "pace": lambda operands, entry: operands.number(*PACE_RANGE, "A reading speed").value,
    "seed": lambda operands, entry: operands.whole(*SEED_RANGE, "A seed"),
    "fps": _fps,
    "start": lambda operands, entry: read_timecode(operands),
    "output": _output,
}
