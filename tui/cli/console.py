"""What commands share with a person: findings as text, JSON or GitHub annotations, and where output goes.

Plain strings, no rich: `check` and `fmt` must start at once, and rich takes 100 ms to import.
"""

import json
import os
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from dsl.diagnostics import Finding, Severity

_COLOURS = {Severity.ERROR: "31", Severity.WARNING: "33", Severity.INFO: "36"}


def print_json(value: Any) -> None:
    """One JSON value on stdout, UTF-8. Numbers that JSON does not know (NaN, infinity) are refused, not
    written."""
    sys.stdout.write(json.dumps(value, ensure_ascii=False, indent=2, allow_nan=False) + "\n")


def print_failure(problem: str, findings: Sequence[Finding] = ()) -> None:
    """The JSON value of a command that has no result: what is wrong instead."""
    from dsl.plan_json import finding_json

    print_json({"format": 1, "error": problem, "findings": [finding_json(finding) for finding in findings]})


def say(message: str) -> None:
    """A line for the person, on stderr."""
    print(message, file=sys.stderr)


def finding_text(
    path: str, finding: Finding, source: Sequence[str] | None = None, colour: bool = False
) -> str:
    """A finding for people: place, code, sentence; then, where the source is at hand, the line with a marker
    under it."""
    span = finding.span
    head = f"{finding.severity.value} {finding.code}"
    if colour:
        head = f"\x1b[1;{_COLOURS[finding.severity]}m{head}\x1b[0m"
    text = f"{path}:{span.line}:{span.column}: {head}: {finding.message}"
    if finding.hint:
        text += f" ({finding.hint})"
    if source and 1 <= span.line <= len(source):
        text += "\n" + _excerpt(
            source[span.line - 1], span.column, span.end_column if span.end_line == span.line else 0
        )
    return text


def finding_github(path: str, finding: Finding) -> str:
    """A finding as a GitHub workflow command."""
    kind = {"error": "error", "warning": "warning", "info": "notice"}[finding.severity.value]
    span = finding.span
    message = finding.message + (f" ({finding.hint})" if finding.hint else "")
    place = (
        f"file={_escape(path, property_value=True)},line={span.line},col={span.column},"
        f"endLine={span.end_line},endColumn={span.end_column},title={finding.code}"
    )
    return f"::{kind} {place}::{_escape(message)}"


def problem_github(path: str, problem: str) -> str:
    """Why a whole file could not be read, as a GitHub workflow command."""
    return f"::error file={_escape(path, property_value=True)}::{_escape(problem)}"


def wants_colour(stream: Any) -> bool:
    """Whether to colour what goes to `stream`: a terminal, and nobody said NO_COLOR."""
    return bool(stream.isatty()) and not os.environ.get("NO_COLOR") and os.environ.get("TERM") != "dumb"


def cell_width(text: str) -> int:
    """Terminal columns that `text` takes: East Asian wide characters take two."""
    import unicodedata

    return sum(
        0 if unicodedata.combining(c) else 2 if unicodedata.east_asian_width(c) in "WF" else 1 for c in text
    )


def _excerpt(line: str, start: int, end: int) -> str:
    """The part of `line` around a finding and carets under it, at most 100 columns, wide characters
    counted."""
    first = max(0, start - 1 - 40)
    shown = "".join(c if c.isprintable() else "·" for c in line[first : first + 100])
    before = cell_width(shown[: start - 1 - first])
    marked = shown[start - 1 - first : max(end, start + 1) - 1 - first]
    return f"    {shown}\n    {' ' * before}{'^' * max(1, cell_width(marked))}"


def _escape(text: str, property_value: bool = False) -> str:
    text = text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")
    return text.replace(":", "%3A").replace(",", "%2C") if property_value else text


def about(path: Path, problem: str) -> str:
    """The problem with the file's name before it, unless it names it itself."""
    return problem if str(path) in problem else f"{path}: {problem}"
