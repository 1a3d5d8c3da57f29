"""Marks that a merge leaves in a file (`<<<<<<<`, `=======`, `>>>>>>>`): never read as script."""

import re

from dsl.diagnostics import Finding, Span, error

_MARKER = re.compile(r"(?:<{7}|\|{7}|>{7})(?:[ \t].*)?\Z|={7}[ \t]*\Z")
"""As git writes them, `|||||||` in its diff3 style: seven signs at the line's very start, then a space and
the branch, or nothing."""


def is_conflict_marker(line: str) -> bool:
    """Whether a line is one of those that git writes around what it could not merge (`<<<<<<<`, `=======`,
    `>>>>>>>`, `|||||||`)."""
    return line[:1] in "<|=>" and _MARKER.match(line) is not None


def conflict_finding(line: str) -> Finding:
    """The finding of a line that is a marker, on line 1."""
    message = f"A merge left {line[:7]} here: two versions of the text stand one above the other."
    hint = f"Keep one of them and delete the marks; a line of script that begins so is written \\{line[:7]}."
    return error("E215", message, Span(1, 1, 1, len(line) + 1), hint)
