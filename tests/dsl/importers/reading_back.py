"""An imported score as the language reads it: what is heard, by whom, in which cue."""

from dsl.check import check_source
from dsl.diagnostics import Severity
from dsl.importers.convert import Imported, import_bytes
from dsl.importers.story import Kind
from dsl.syntax import Comment, CueHeading, Dialogue, Document, Text


def imported(text: str, name: str, kind: Kind | None = None) -> tuple[Imported, Document]:
    """Import a text; fails where the score has errors."""
    result = import_bytes(text.encode(), name, kind)
    assert result.problem is None
    checked = check_source(result.text)
    assert [f for f in checked.findings if f.severity is Severity.ERROR] == []
    return result, checked.document


def heard(document: Document) -> list[tuple[str | None, str]]:
    """(speaker, words) of every line."""
    return [
        (item.speaker.text if isinstance(item, Dialogue) else None, item.text)
        for item in document.items
        if isinstance(item, Text | Dialogue)
    ]


def titles(document: Document) -> list[str]:
    """Headings as they stand: a first word that the language takes for a number is part of the title."""
    headings = [item for item in document.items if isinstance(item, CueHeading)]
    return [f"{item.number.text if item.number else ''} {item.title}".strip() for item in headings]


def comments(document: Document) -> list[str]:
    return [item.text for item in document.items if isinstance(item, Comment)]


def said(result: Imported, words: str) -> bool:
    """Whether a remark names `words`."""
    return any(words in remark.what for remark in result.remarks)
