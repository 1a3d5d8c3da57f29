"""Marks that a merge leaves in a file (`<<<<<<<`, `=======`, `>>>>>>>`): never read as script."""

import re

from dsl.diagnostics import Finding, Span, error

_MARKER = re.compile(
    r"[ \t]*(?:<{7}|\|{7}|>{7})(?:[ \t].*)?\Z|={7}[ \t]*\Z"
    r"|[ \t]*(?:<{8,40}|\|{8,40}|>{8,40})[ \t]+\S.*\Z"
)
"""As git writes them, `|||||||` in its diff3 style: seven signs, then a space and the branch, or nothing;
more signs where merges were nested, the branch always behind them. An editor may have moved them in;
`=======` alone stands at the very start, further in it is somebody's line."""
_BEGINS, _PARTS, _ENDS = "<<<<<<<", "=======", ">>>>>>>"


def is_conflict_marker(line: str) -> bool:
    """Whether a line is one of those that git writes around what it could not merge (`<<<<<<<`, `=======`,
    `>>>>>>>`, `|||||||`)."""
    return line.lstrip(" \t")[:1] in "<|=>" and _MARKER.match(line) is not None


def whole_conflict(text: str) -> int | None:
    """The line, from 1, where two versions begin that a merge left one above the other, with all three marks
    in their order; None where there are none. A single mark may be anything in a text that is no score."""
    expected, begun = _BEGINS, 0
    for number, line in enumerate(text.split("\n"), 1):
        sign = line.strip()[:7]
        if sign not in (_BEGINS, _PARTS, _ENDS) or not (sign == _PARTS or is_conflict_marker(line)):
            continue
        if sign == _BEGINS:
            expected, begun = _PARTS, number
        elif sign == expected == _PARTS:
            expected = _ENDS
        elif sign == expected == _ENDS:
            return begun
    return None


def conflict_finding(line: str) -> Finding:
    """The finding of a line that is a marker, on line 1."""
    sign = line.strip()[:7]
    message = f"A merge left {sign} here: two versions of the text stand one above the other."
    hint = f"Keep one of them and delete the marks; a line of script that begins so is written \\{sign}."
    return error("E215", message, Span(1, 1, 1, len(line) + 1), hint)
