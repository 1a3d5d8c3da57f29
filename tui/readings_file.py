"""`readings.score`: the writer's own readings beside a score, which includes it. A small file of `@feel`
lines, one reading each, in the order of their words so that branches merge; whatever else stands in it stays.

`melodrama feel` and the workstation write it through here, and nobody else's line is ever lost: each change
reads the file anew under a lock and puts another in its place.
"""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from dsl.check import check_source
from dsl.diagnostics import Finding, Severity
from dsl.feelings import compared
from dsl.include import include_lines
from dsl.own_readings import feelings_of
from dsl.parse import parse, parse_line
from dsl.plan import Feeling
from dsl.source import decode, read_lines
from dsl.syntax import Dialogue, DirectiveLine, Document, FeelDirective, Text
from dsl.vocabulary import EMOTION_NAMES, canonical
from engine.errors import MelodramaError
from engine.render.files import write_atomic
from tui.file_lock import rewriting

READINGS = "readings.score"
_HEAD = "// How these words are to be read, wherever they stand; written by `melodrama feel`, or by hand."
Lines = list[tuple[str, str]]
"""Each line of a file with the ending behind it."""
_MARK = "\ufeff"
INCLUDE = f'@include "{READINGS}"'


class ReadingsError(MelodramaError):
    """A reading that cannot be kept; nothing was written."""


@dataclass(frozen=True, slots=True)
class Readings:
    """What a folder's readings file holds, and what is wrong with it; empty where there is none."""

    path: Path
    feelings: tuple[Feeling, ...]
    findings: tuple[Finding, ...]


def readings_in(folder: Path) -> Readings:
    """The readings kept in `folder`. Raises ReadingsError where the file cannot be read as text."""
    path = folder / READINGS
    checked = check_source(_text(path), folder)
    wrong = tuple(found for found in checked.findings if found.severity is not Severity.INFO)
    return Readings(path, feelings_of(checked.document), wrong)


def written(words: str, feeling: str, own_moods: tuple[str, ...] = ()) -> str:
    """The `@feel` line for `words` and a feeling as typed: `hope 0.6`, `希望`, `v=-0.6 a=0.4`.

    Raises ReadingsError, with the name that was meant where one is near, for what is no feeling; `own_moods`
    are the score's own emotions.
    """
    from dsl.everyday_words import emotion_meant
    from dsl.operands import nearest_cached, see_list

    words = " ".join(words.split())
    if not compared(words):
        raise ReadingsError("there is no word in it that could be read")
    quoted = words.replace("\\", "\\\\").replace('"', '\\"')
    name = "feel" if feeling.isascii() else "读作"
    line = f'@{name} "{quoted}" {" ".join(feeling.split())}'
    parsed = parse_line(line)
    wrong = next((found for found in parsed.findings if found.severity is Severity.ERROR), None)
    if wrong is not None:
        raise ReadingsError(f"{wrong.message} {wrong.hint or ''}".strip())
    target = _reading(line)
    assert target is not None
    emotion = target.target.written
    if emotion and emotion not in own_moods and canonical(emotion, EMOTION_NAMES) is None:
        meant = emotion_meant(emotion) or nearest_cached(emotion[:64], (*EMOTION_NAMES, *own_moods))
        hint = f"did you mean {meant}?" if meant else see_list("emotions")
        raise ReadingsError(f"“{emotion[:40]}” is no emotion; {hint}")
    return line


def keep(folder: Path, line: str) -> Path:
    """Put a line that `written` gave into the folder's readings file, in the place of an older one for the
    same words. Raises ReadingsError, OutputError."""
    directive = _reading(line)
    assert directive is not None
    words = compared(directive.words.value)

    def change(lines: Lines) -> Lines:
        own = [(place, found) for place, (text, _) in enumerate(lines) if (found := _reading(text))]
        same = [place for place, found in own if compared(found.words.value) == words]
        if same:
            text, ending = lines[same[0]]
            old = parse_line(text).item
            assert isinstance(old, DirectiveLine)
            behind = text[old.directive.columns.end - 1 :]
            return [*lines[: same[0]], (line + behind, ending), *lines[same[0] + 1 :]]
        if not any(text.strip() for text, _ in lines):
            return [(_HEAD, "\n"), (line, "\n")]
        after = [place for place, found in own if compared(found.words.value) > words]
        return _with(lines, after[0] if after else own[-1][0] + 1 if own else len(lines), line)

    return _rewrite(folder, change)


def remove(folder: Path, words: str) -> bool:
    """Take the reading of `words` out of the folder's file; whether it was there. Raises ReadingsError,
    OutputError."""
    form, there = compared(words), False

    def change(lines: Lines) -> Lines:
        nonlocal there
        left = [
            one for one in lines if (found := _reading(one[0])) is None or compared(found.words.value) != form
        ]
        there = len(left) < len(lines)
        return left

    if (folder / READINGS).exists():
        _rewrite(folder, change)
    return there


def included_at(document: Document) -> int | None:
    """Below which line of a score `INCLUDE` belongs, 0 for above them all: below the front matter. None where
    it stands in the score already."""
    if any(directive.path.value == READINGS for _, directive in include_lines(document)):
        return None
    return document.front_matter_end()


def include_in(score: Path) -> bool:
    """Let a score on disk include its readings; whether it had to be written. Raises ReadingsError,
    OutputError."""
    with rewriting(score):
        text = _text(score)
        lines = _lines(text)
        at = included_at(parse("".join(line + ending for line, ending in lines)))
        if at is None:
            return False
        write_atomic(score, _bytes(text, _with(lines, at, INCLUDE)))
        return True


def declared_elsewhere(document: Document, words: str) -> Feeling | None:
    """The reading of the same words that the score, or another file that it includes, declares: it would
    clash."""
    form = compared(words)
    return next(
        (one for one in feelings_of(document) if compared(one.words) == form and one.file != READINGS), None
    )


def holds(document: Document, words: str) -> bool:
    """Whether a line of the score holds the words."""
    from dsl.diagnostics import Span
    from dsl.feelings import OwnReadings

    readings = OwnReadings([Feeling(words, 0.0, 0.0, None, 1.0, None, Span(1, 1, 1, 1))])
    return any(readings.named(item.text) for item in document.items if isinstance(item, Text | Dialogue))


def _reading(line: str) -> FeelDirective | None:
    """What a line declares, if it is a reading."""
    item = parse_line(line).item if line.lstrip()[:1] == "@" else None
    if isinstance(item, DirectiveLine) and isinstance(item.directive, FeelDirective):
        return item.directive
    return None


def _text(path: Path) -> str:
    """A file's text, empty where there is none."""
    try:
        data = path.read_bytes()
    except FileNotFoundError:
        return ""
    except OSError as error:
        raise ReadingsError(f"cannot read {path}: {error.strerror or error}") from None
    wrong = next((found for found in decode(data)[1] if found.severity is Severity.ERROR), None)
    if wrong is not None:
        reason = f"{path}: line {wrong.span.line}: {wrong.message.rstrip('.')}"
        raise ReadingsError(f"{reason}; nothing was written")
    return data.decode("utf-8")


def _rewrite(folder: Path, change: Callable[[Lines], Lines]) -> Path:
    path = folder / READINGS
    try:
        with rewriting(path):
            text = _text(path)
            lines = _lines(text)
            if parse(text.removeprefix(_MARK)).cues():
                raise ReadingsError(f"{path} holds a script, not readings; nothing was written")
            new = change(lines)
            if new != lines:
                write_atomic(path, _bytes(text, new))
    except TimeoutError as error:
        raise ReadingsError(str(error)) from None
    return path


def _lines(text: str) -> Lines:
    source = read_lines(text.removeprefix(_MARK))
    return list(zip(source.lines, source.endings, strict=True))


def _bytes(before: str, lines: Lines) -> bytes:
    """The file again, with the byte order mark that it had."""
    mark = _MARK if before.startswith(_MARK) else ""
    return (mark + "".join(line + ending for line, ending in lines)).encode("utf-8")


def _with(lines: Lines, at: int, line: str) -> Lines:
    """`line` put in as number `at` (from 0), with the line ending of the file; no other line is touched, but
    that a last one without an ending gets one when another follows."""
    ending = next((end for _, end in lines if end), "\n")
    above = [(text, end or ending) for text, end in lines[:at]]
    return [*above, (line, ending), *lines[at:]]
