"""A line of script: its words, its marks, and how it would read as dialogue. Lark sees only what is in
braces.
"""

import re

from dsl.diagnostics import Finding, error
from dsl.directives import read_directive
from dsl.grammar import parse_clause
from dsl.syntax import Columns, Dialogue, Mark, Name, Text, TextRun

MAX_MARKS = 200
"""More marks than this in one line: no hand wrote it."""
MAX_MARK_LENGTH = 1_000
_SPACE = " \t\u3000\xa0"
_SPECIAL = re.compile(r"\\[{}]|\{")
_SPEAKER = re.compile(r"[ \t\u3000]*(\w[\w-]{0,63})[ \t\u3000]*[:：]")
_IN_MARK = re.compile(r'"(?:[^"\\]|\\.)*"|“[^”]*”|[{}]')


def read_text(line: str) -> tuple[Text, tuple[Finding, ...]]:
    """The item of a text line. A mark that cannot be read leaves a finding and nothing in the text."""
    columns = Columns(1, len(line) + 1)
    start = 0
    while start < len(line) and line[start] in _SPACE:
        start += 1
    escaped = line[start : start + 1] == "\\"
    if escaped and line[start + 1 : start + 2] not in ("{", "}"):
        start += 1
    runs, text, findings = _read_runs(line, start)
    speech: Dialogue | None = None
    named = None if escaped else _SPEAKER.match(line)
    if named is not None:
        speaker = Name(named.group(1), Columns(named.start(1) + 1, named.end(1) + 1))
        spoken_runs, spoken, _ = _read_runs(line, named.end())
        speech = Dialogue(speaker, spoken, spoken_runs, columns)
    return Text(text, runs, columns, speech), findings


def _read_runs(line: str, start: int) -> tuple[tuple[TextRun | Mark, ...], str, tuple[Finding, ...]]:
    """Runs and marks from `start` on, the readable text they make, and findings on marks."""
    end = len(line.rstrip())
    if "{" not in line and "\\" not in line:
        while start < end and line[start] in _SPACE:
            start += 1
        text = line[start:end]
        return ((TextRun(text, Columns(start + 1, end + 1)),) if text else ()), text, ()
    runs: list[TextRun | Mark] = []
    findings: list[Finding] = []
    readable = _Readable(line)
    marks = 0
    place = start
    while place < end:
        found = _SPECIAL.search(line, place, end)
        if found is None:
            readable.add(line[place:end], place)
            break
        readable.add(line[place : found.start()], place)
        place = found.end()
        if found.group() != "{":
            readable.add_escaped(found.group()[1], found.start())
            continue
        close = _closing(line, found.end(), min(end, found.end() + MAX_MARK_LENGTH))
        if close < 0:
            where = Columns(found.start() + 1, end + 1)
            findings.append(
                error(
                    "E202",
                    "This mark is not closed.",
                    where.on(1),
                    "Put a } behind it, or write \\{ for a brace.",
                )
            )
            break
        place = close + 1
        marks += 1
        where = Columns(found.start() + 1, place + 1)
        if marks > MAX_MARKS:
            message = f"Too many marks: at most {MAX_MARKS} a line."
            findings.append(error("E108", message, where.on(1), "Break the line."))
            break
        mark, mistakes = _read_mark(line[found.end() : close], found.end(), where)
        findings += mistakes
        readable.flush(runs)
        if mark is not None:
            runs.append(Mark(mark.directive, len(readable.text), where))
        readable.behind_mark()
    readable.flush(runs)
    return _stripped(runs), readable.text.rstrip(_SPACE), tuple(findings)


class _Readable:
    """The readable text as it grows, and the run that is being written."""

    def __init__(self, line: str) -> None:
        self.line = line
        self.text = ""
        self._run = ""
        self._start = 0
        self._end = 0
        self._swallow = True

    def add(self, text: str, place: int) -> None:
        if self._swallow:
            kept = text.lstrip(_SPACE)
            place += len(text) - len(kept)
            text = kept
        if text:
            self._append(text, place, place + len(text))

    def add_escaped(self, character: str, place: int) -> None:
        self._append(character, place, place + 2)

    def _append(self, text: str, start: int, end: int) -> None:
        if not self._run:
            self._start = start
        self._run += text
        self._end = end
        self._swallow = False

    def flush(self, runs: list[TextRun | Mark]) -> None:
        if self._run:
            runs.append(TextRun(self._run, Columns(self._start + 1, self._end + 1)))
            self.text += self._run
            self._run = ""

    def behind_mark(self) -> None:
        """One gap around a mark, not two: `laughing. {hit} Nobody` reads `laughing. Nobody`."""
        self._swallow = not self.text or self.text[-1] in _SPACE


def _closing(line: str, start: int, end: int) -> int:
    """Where the mark's `}` stands, quoted text passed over, or −1."""
    for found in _IN_MARK.finditer(line, start, end):
        if found.group() == "}":
            return found.start()
        if found.group() == "{":
            return -1
    return -1


def _read_mark(inner: str, offset: int, where: Columns) -> tuple[Mark | None, tuple[Finding, ...]]:
    if not inner.strip():
        return None, (error("E205", "An empty mark.", where.on(1), "Write {hit}, or \\{ for a brace."),)
    clause, findings = parse_clause(inner, "mark", offset)
    if clause is None:
        return None, findings
    directive, mistakes = read_directive(clause, in_mark=True)
    if directive is None:
        return None, mistakes
    return Mark(directive, 0, where), mistakes


def _stripped(runs: list[TextRun | Mark]) -> tuple[TextRun | Mark, ...]:
    """White space at the end of the readable text belongs to nobody, also where marks stand behind it."""
    kept = list(runs)
    for place in range(len(kept) - 1, -1, -1):
        run = kept[place]
        if isinstance(run, Mark):
            continue
        text = run.text.rstrip(_SPACE)
        lost = len(run.text) - len(text)
        if text:
            kept[place] = TextRun(text, Columns(run.columns.start, run.columns.end - lost))
            break
        del kept[place]
    length = sum(len(run.text) for run in kept if isinstance(run, TextRun))
    return tuple(
        Mark(run.directive, min(run.position, length), run.columns) if isinstance(run, Mark) else run
        for run in kept
    )
