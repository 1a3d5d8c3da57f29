"""What is spoken where: the recordings that `@voice` names, the lines of script that each holds, and when
they are spoken, as somebody who has heard the recording tells the planner.

The language hears nothing itself: the engine lays known text along a recording. Times here are seconds
of the recording; the planner puts them on the score's clock.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from dsl.diagnostics import Finding, Span
from dsl.syntax import Blank, Dialogue, DirectiveLine, Document, Text, VoiceDirective


@dataclass(frozen=True, slots=True)
class ScriptLine:
    """A line to be spoken: its number in the score, its words (a character's name is not spoken), and
    whether a paragraph begins with it."""

    line: int
    text: str
    speaker: str | None
    begins_paragraph: bool
    span: Span


@dataclass(frozen=True, slots=True)
class VoiceScript:
    """A recording and the lines that it holds. `span` is that of its `@voice`; `whole` says that it is the
    whole score's, not one cue's."""

    path: str
    span: Span
    whole: bool
    lines: tuple[ScriptLine, ...]


@dataclass(frozen=True, slots=True)
class SpokenLine:
    """When a line is spoken, in seconds of the recording, and how sure that is, 0…1. `words` are places
    within it: characters of its text from 0, and when the word there begins."""

    line: int
    start_s: float
    end_s: float
    confidence: float
    words: tuple[tuple[int, float], ...] = ()


@dataclass(frozen=True, slots=True)
class VoiceAlignment:
    """A recording laid along its script. `lines` has those that were found in it, in order; `speech_s` is
    from when to when somebody speaks."""

    path: str
    span: Span
    whole: bool
    length_s: float
    speech_s: tuple[float, float]
    lines: tuple[SpokenLine, ...]
    findings: tuple[Finding, ...] = ()


Listen = Callable[[VoiceScript, Path], VoiceAlignment | None]
"""Lays a recording in a score's folder along its lines; None where there is no such recording."""


def voice_scripts(document: Document) -> tuple[VoiceScript, ...]:
    """Every recording that a score's `@voice` directives name, with the lines that are its own: a cue's
    those of the cue, the whole score's those of all cues without one of their own."""
    if not any(
        isinstance(item, DirectiveLine) and isinstance(item.directive, VoiceDirective)
        for item in document.items
    ):
        return ()
    scripts: list[VoiceScript] = []
    left: list[ScriptLine] = []
    score_voice = _first_voice(document)
    for block in document.cues():
        lines = _lines(document, block.body)
        own = _voice_in(document, block.body) if block.heading is not None else None
        if own is None:
            left += lines
        else:
            number, directive = own
            scripts.append(
                VoiceScript(directive.path.value, directive.columns.on(number), False, tuple(lines))
            )
    if score_voice is not None:
        number, directive = score_voice
        scripts.insert(0, VoiceScript(directive.path.value, directive.columns.on(number), True, tuple(left)))
    return tuple(scripts)


def _first_voice(document: Document) -> tuple[int, VoiceDirective] | None:
    """The `@voice` before the first heading; the last one counts."""
    heads = [block.line for block in document.cues() if block.heading is not None]
    return _voice_in(document, range(1, (heads[0] if heads else len(document.items) + 1)))


def _voice_in(document: Document, body: range) -> tuple[int, VoiceDirective] | None:
    found: tuple[int, VoiceDirective] | None = None
    for number in body:
        item = document.items[number - 1]
        if isinstance(item, DirectiveLine) and isinstance(item.directive, VoiceDirective):
            found = number, item.directive
    return found


def _lines(document: Document, body: Sequence[int]) -> list[ScriptLine]:
    found: list[ScriptLine] = []
    begins = True
    for number in body:
        item = document.items[number - 1]
        if isinstance(item, Blank):
            begins = True
        elif isinstance(item, Text | Dialogue) and item.text:
            speaker = item.speaker.text if isinstance(item, Dialogue) else None
            found.append(ScriptLine(number, item.text, speaker, begins, item.columns.on(number)))
            begins = False
    return found


def speeches_of(document: Document, folder: Path | None, listen: Listen | None) -> tuple[VoiceAlignment, ...]:
    """What `listen` hears of a document's recordings; nothing where nobody listens or no file is there."""
    if listen is None or folder is None:
        return ()
    heard = (listen(script, folder) for script in voice_scripts(document) if script.lines)
    return tuple(speech for speech in heard if speech is not None)
