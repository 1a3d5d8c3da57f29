"""Which stretch of a source line is what, read off the parser's own items. Colours are `tui.theme`'s
business."""

from collections.abc import Iterator
from dataclasses import fields
from typing import Any

from dsl.syntax import (
    Assignment,
    Columns,
    Comment,
    CueHeading,
    Dialogue,
    Directive,
    DirectiveLine,
    Duration,
    EmotionTarget,
    Factor,
    Fraction,
    FrontMatterEnd,
    FrontMatterEntry,
    Invalid,
    Item,
    KeyValue,
    Mark,
    Name,
    Notes,
    Number,
    Range,
    String,
    StyleName,
    TempoValue,
    Text,
    Timecode,
)

Stretch = tuple[int, int, str]
"""Columns from 0, the end exclusive, and the name of a style in `tui.theme.syntax_styles`."""

_VALUES: dict[type, str] = {
    Number: "value",
    Duration: "value",
    Timecode: "value",
    Range: "value",
    Fraction: "value",
    Factor: "value",
    TempoValue: "value",
    String: "string",
    Name: "name",
    Notes: "notes",
    EmotionTarget: "emotion",
    StyleName: "emotion",
    Assignment: "name",
    KeyValue: "name",
}


def stretches(item: Item) -> tuple[Stretch, ...]:
    """The coloured stretches of one line, later ones over earlier ones."""
    match item:
        case Comment():
            return (_of(item.columns, "comment"),)
        case CueHeading():
            heading = (_of(item.columns, "cue"),)
            return (*heading, _of(item.number.columns, "cue number")) if item.number else heading
        case DirectiveLine():
            found = [*_directive(item.directive)]
            if item.comment:
                found.append(_of(item.comment.columns, "comment"))
            return tuple(found)
        case Text():
            return tuple(_marks(item.runs))
        case Dialogue():
            spoken = (_of(item.columns, "dialogue"), _of(item.speaker.columns, "speaker"))
            return (*spoken, *_marks(item.runs))
        case FrontMatterEntry():
            entry = (_of(item.key.columns, "front matter key"), _of(item.value_columns, "value"))
            return (*entry, _of(item.comment.columns, "comment")) if item.comment else entry
        case FrontMatterEnd():
            return (_of(item.columns, "rule"),)
        case Invalid():
            return (_of(item.columns, "invalid"),)
        case _:
            return ()


def _of(columns: Columns, style: str) -> Stretch:
    return columns.start - 1, columns.end - 1, style


def _marks(runs: tuple[Any, ...]) -> Iterator[Stretch]:
    for run in runs:
        if isinstance(run, Mark):
            yield _of(run.columns, "mark")
            yield from _directive(run.directive)


def _directive(directive: Directive) -> Iterator[Stretch]:
    """The name, with the `@` in front of it where the place of the whole begins there, then every value in
    it."""
    yield _of(directive.columns, "argument")
    yield (
        min(directive.columns.start, directive.name.columns.start) - 1,
        directive.name.columns.end - 1,
        "directive",
    )
    for part in fields(directive):
        if part.name not in ("name", "columns"):
            yield from _values(getattr(directive, part.name))


def _values(value: Any) -> Iterator[Stretch]:
    if isinstance(value, tuple):
        for one in value:
            yield from _values(one)
    elif type(value) in _VALUES:
        yield _of(value.columns, _VALUES[type(value)])
        if isinstance(value, KeyValue):
            yield _of(value.key.columns, "key")
    elif hasattr(value, "start") and hasattr(value, "over"):  # a ramp
        for one in (value.start, value.end, value.over):
            yield from _values(one)
