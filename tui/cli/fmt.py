"""`melodrama fmt`: formats score files in place, or tells what it would do. Writes only when the plan stays
the same."""

import argparse
import sys
from collections.abc import Iterator
from itertools import groupby
from pathlib import Path

from tui.cli.console import say

_BOM = b"\xef\xbb\xbf"
"""Kept where the writer's editor put one."""
_CONTEXT = 3
"""Unchanged lines shown around a change."""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("files", nargs="+", metavar="FILE.score", help="files, or - for stdin to stdout")
    parser.add_argument(
        "--check", action="store_true", help="write nothing; exit 1 where a file would change"
    )
    parser.add_argument("--diff", action="store_true", help="write nothing; print the changes")


def run(arguments: argparse.Namespace) -> int:
    return max(_format(name, arguments) for name in arguments.files)


def _format(name: str, arguments: argparse.Namespace) -> int:
    from dsl.score_file import read_score

    path = Path(name)
    data, problem = (sys.stdin.buffer.read(), None) if name == "-" else read_score(path)
    if data is None:
        say(f"melodrama fmt: {problem}")
        return 1
    new, problem = _formatted(data, Path("stdin.score") if name == "-" else path)
    if new is None:
        say(f"melodrama fmt: {name}: {problem}")
        return 1
    if name == "-" and not (arguments.check or arguments.diff):
        sys.stdout.buffer.write(new)
        return 0
    if new == data:
        return 0
    if arguments.diff:
        sys.stdout.writelines(_unified(_lines(data), _lines(new), name))
    if arguments.check or arguments.diff:
        say(f"would format {name}")
        return 1
    return _save(path, data, new)


def _lines(data: bytes) -> list[str]:
    """A score's lines as a diff shows them."""
    from dsl.source import read_lines

    source = read_lines(data.decode("utf-8"))
    shown = {"\r": "\n", "": "\n\\ No newline at end of file\n"}
    return [line + shown.get(end, end) for line, end in zip(source.lines, source.endings, strict=True)]


def _unified(old: list[str], new: list[str], name: str) -> Iterator[str]:
    """The changes as `diff -u` writes them. The formatter makes a line of every line, so that nothing has to
    be looked for, which takes `difflib` minutes where lines repeat."""
    changed = [number for number, (one, other) in enumerate(zip(old, new, strict=True)) if one != other]
    hunks: list[tuple[int, int]] = []
    for number in changed:
        start, end = max(number - _CONTEXT, 0), min(number + _CONTEXT + 1, len(old))
        if hunks and start <= hunks[-1][1]:
            start, _ = hunks.pop()
        hunks.append((start, end))
    yield from (f"--- {name}\n", f"+++ {name} (formatted)\n")
    for start, end in hunks:
        place = f"{start + 1},{end - start}" if end - start > 1 else f"{start + 1}"
        yield f"@@ -{place} +{place} @@\n"
        both = zip(old[start:end], new[start:end], strict=True)
        for same, pairs in groupby(both, lambda pair: pair[0] == pair[1]):
            run = list(pairs)
            if same:
                yield from (f" {line}" for line, _ in run)
            else:
                yield from (f"-{line}" for line, _ in run)
                yield from (f"+{line}" for _, line in run)


def _formatted(data: bytes, path: Path) -> tuple[bytes | None, str | None]:
    """The formatted bytes, or None and why not."""
    from dsl.diagnostics import Severity
    from dsl.format import format_document
    from dsl.score_file import plan_source
    from dsl.source import decode

    text, findings = decode(data)
    unreadable = next((f for f in findings if f.severity is Severity.ERROR), None)
    if unreadable is not None:
        return None, f"line {unreadable.span.line}: {unreadable.code} {unreadable.message}"
    formatted, changed = format_document(text)
    if changed:
        return None, f"line {changed[0].span.line}: {changed[0].code} {changed[0].message}"
    new = _BOM * data.startswith(_BOM) + formatted.encode()
    if new != data and not _same_music(plan_source(data, path).plan, plan_source(new, path).plan):
        return None, "formatting would change the plan; the file is left as it is (please report this)"
    return new, None


def _same_music(old: object, new: object) -> bool:
    """Whether two plans say the same. Places in the source may move, so they are left out."""
    from dsl.plan import Plan
    from dsl.plan_json import plan_meaning

    if not isinstance(old, Plan) or not isinstance(new, Plan):
        return type(old) is type(new)
    return plan_meaning(old) == plan_meaning(new)


def _save(path: Path, old: bytes, new: bytes) -> int:
    """Write atomically, unless the file is read-only or somebody else has changed it meanwhile."""
    # Deferred with the rest: the engine's package is not needed where nothing is to be written.
    from engine.errors import OutputError
    from engine.render.files import is_read_only, write_atomic

    if is_read_only(path):
        say(f"melodrama fmt: {path} is read-only; it is left as it is (fmt - < {path} prints it formatted)")
        return 1
    try:
        if path.read_bytes() != old:
            say(f"melodrama fmt: {path} changed while it was being formatted; it is left as it is")
            return 1
        write_atomic(path, new)
    except (OutputError, OSError) as error:
        say(f"melodrama fmt: {error}")
        return 1
    say(f"formatted {path}")
    return 0
