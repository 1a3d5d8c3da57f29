"""What there is to say of the place that the cursor is in, where its word says nothing: comments, headings,
speakers, empty lines. Plain text."""

from typing import TYPE_CHECKING

from tui.word_help import explain_player, explain_word

if TYPE_CHECKING:
    from dsl.syntax import Document

_COMMENT = ("A comment", "Nothing in it is read or heard; it is for whoever reads the script.")
_BLANK = (
    "An empty line",
    "It says nothing to the music. `# 2m1 The storm` would begin a cue here, `@` a directive; anything else "
    "is read.",
)
_END = (
    "The front matter ends here",
    "Above it stand title, style, tempo and the like for the whole score; below it the script begins.",
)


def explain_here(
    word: str, document: "Document | None", place: tuple[int, int] | None
) -> list[tuple[str, str]]:
    """(heading, text) for the word, or for what it stands in. `place` is (line, column) from 1, where
    `document` is of the text as it stands."""
    if document is None or place is None or not 1 <= place[0] <= len(document.items):
        return explain_word(word, document)
    at = _of_place(document, *place)
    if at is _COMMENT:
        return [at]
    around = _directive_around(document, *place)
    own = explain_word(word, document) or (explain_player(word) if around else [])
    return own or ([at] if at is not None else explain_word(around, document))


def _directive_around(document: "Document", line: int, column: int) -> str:
    """The directive, mark or front-matter key that a place belongs to, as it is written; "" where none is."""
    from dsl.syntax import Dialogue, DirectiveLine, FrontMatterEntry, Text

    source = document.lines[line - 1]
    match document.item(line):
        case DirectiveLine():
            return source.split()[0]
        case FrontMatterEntry(key=key):
            return key.text
        case Text(marks=marks) | Dialogue(marks=marks):
            for mark in marks:
                if mark.columns.start <= column < mark.columns.end:
                    written = source[mark.columns.start : mark.columns.end - 2].split()
                    return f"@{written[0]}" if written else ""
    return ""


def _of_place(document: "Document", line: int, column: int) -> tuple[str, str] | None:
    # Deferred with the parser's items, which the first paint can do without.
    from dsl.syntax import (
        Blank,
        Comment,
        CueHeading,
        Dialogue,
        DirectiveLine,
        FrontMatterEnd,
        FrontMatterEntry,
    )

    match document.item(line):
        case Comment():
            return _COMMENT
        case DirectiveLine(comment=comment) | FrontMatterEntry(comment=comment) if (
            comment is not None and column >= comment.columns.start
        ):
            return _COMMENT
        case Blank():
            return _BLANK
        case FrontMatterEnd():
            return _END
        case CueHeading(number=number, title=title):
            called = " ".join(part for part in (number.text if number else "", title) if part)
            return (
                f"A cue begins here{f': {called}' if called else ''}",
                "Its music goes to the next heading. A first word such as 1m1 or L3 is its number, the rest "
                "its title.",
            )
        case Dialogue(speaker=speaker) if column <= speaker.columns.end:
            return (
                f"{speaker.text} speaks here",
                f"`@character {speaker.text} motif=… register=…` says what is heard with it.",
            )
    return None
