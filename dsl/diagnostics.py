"""Findings: what is wrong or odd in a score, where, and what would be right.

Errors are values here: every stage of `dsl` and `engine` returns findings beside its result and never raises
on what a writer typed. Rendering them (text, JSON, GitHub) is the caller's business.
"""

from dataclasses import dataclass
from enum import StrEnum


class Severity(StrEnum):
    """How much a finding matters: an error makes a command exit 1, a warning and an info do not."""

    ERROR = "error"
    WARNING = "warning"
    INFO = "info"


@dataclass(frozen=True, slots=True, order=True)
class Span:
    """A stretch of source: lines and columns from 1, columns in code points, the end exclusive."""

    line: int
    column: int
    end_line: int
    end_column: int


@dataclass(frozen=True, slots=True)
class Fix:
    """A replacement that would mend a finding: put `text` in place of what `span` covers."""

    span: Span
    text: str


@dataclass(frozen=True, slots=True)
class Finding:
    """One diagnostic. `code` is stable (E… error, W… warning, I… info; `explain` tells the long form)."""

    code: str
    severity: Severity
    message: str
    span: Span
    hint: str | None = None
    fix: Fix | None = None


def error(code: str, message: str, span: Span, hint: str | None = None, fix: Fix | None = None) -> Finding:
    """What makes the score unusable as it is: `check` exits with 1, nothing is rendered."""
    return Finding(code, Severity.ERROR, _told(message), span, hint and _told(hint), fix)


def warning(code: str, message: str, span: Span, hint: str | None = None, fix: Fix | None = None) -> Finding:
    """What is probably not meant; the score is rendered."""
    return Finding(code, Severity.WARNING, _told(message), span, hint and _told(hint), fix)


def info(code: str, message: str, span: Span, hint: str | None = None, fix: Fix | None = None) -> Finding:
    """What is worth knowing and no fault."""
    return Finding(code, Severity.INFO, _told(message), span, hint and _told(hint), fix)


_LONGEST_TOLD = 600
"""Characters of a sentence: what is quoted in it may be a name of thousands, as only a slip makes them."""


def _told(sentence: str) -> str:
    if len(sentence) <= _LONGEST_TOLD:
        return sentence
    return f"{sentence[: _LONGEST_TOLD // 2]} … {sentence[-_LONGEST_TOLD // 4 :]}"
