"""The items of a document: all that a line of a score can be, and the text and marks within it.

Places are `Columns` of the item's own line; an item knows no line number."""

from dataclasses import dataclass, field

from dsl.directive_syntax import (
    Directive,
)
from dsl.values import (
    Columns,
    Name,
)


@dataclass(frozen=True, slots=True)
class TextRun:
    """Script text as it reads (escapes resolved); `columns` is where it stands in the source, escapes
    included.
    """

    text: str
    columns: Columns


@dataclass(frozen=True, slots=True)
class Mark:
    """A directive pinned in the text before the character at `position` (from 0) of the line's readable text.

    `columns` covers the braces.
    """

    directive: Directive
    position: int
    columns: Columns


@dataclass(frozen=True, slots=True)
class Blank:
    """A line without anything to see; `columns` are its white space."""

    columns: Columns


@dataclass(frozen=True, slots=True)
class Comment:
    """`// …`; `text` without the slashes, stripped."""

    text: str
    columns: Columns


@dataclass(frozen=True, slots=True)
class CueHeading:
    """`# 1m1 The cliff`. `number` is None where the writer gave none, `title` may be empty."""

    number: Name | None
    title: str
    columns: Columns


@dataclass(frozen=True, slots=True)
class DirectiveLine:
    """A line that is one directive, and the comment behind it."""

    directive: Directive
    comment: Comment | None
    columns: Columns


@dataclass(frozen=True, slots=True)
class Text:
    """A line of narration. `text` is what is read: no marks, escapes resolved, ends stripped.

    `speech` is how the same line reads as dialogue, should its name turn out to be a character's; the
    document has put `Dialogue` in its place where it did, so that consumers need not look at it.
    """

    text: str
    runs: tuple[TextRun | Mark, ...]
    columns: Columns
    speech: "Dialogue | None" = field(default=None, repr=False)

    @property
    def marks(self) -> tuple[Mark, ...]:
        """The marks (`{hit}`) within the text, in order."""
        return tuple(run for run in self.runs if isinstance(run, Mark))


@dataclass(frozen=True, slots=True)
class Dialogue:
    """A line that a character speaks; `text` is what is spoken, without the name."""

    speaker: Name
    text: str
    runs: tuple[TextRun | Mark, ...]
    columns: Columns

    @property
    def marks(self) -> tuple[Mark, ...]:
        """The marks (`{hit}`) within the spoken text, in order."""
        return tuple(run for run in self.runs if isinstance(run, Mark))


@dataclass(frozen=True, slots=True)
class FrontMatterEntry:
    """`key: value` above the `---`. `key` as written; the typed value is in `document.front_matter`."""

    key: Name
    value: str
    value_columns: Columns
    comment: Comment | None
    columns: Columns


@dataclass(frozen=True, slots=True)
class FrontMatterEnd:
    """The `---` under the front matter."""

    columns: Columns


@dataclass(frozen=True, slots=True)
class Invalid:
    """A line that could not be understood; its findings say why. It has no effect on anything else."""

    text: str
    columns: Columns


Item = (
    Blank
    | Comment
    | CueHeading
    | DirectiveLine
    | Text
    | Dialogue
    | FrontMatterEntry
    | FrontMatterEnd
    | Invalid
)
