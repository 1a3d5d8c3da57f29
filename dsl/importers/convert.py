"""From a foreign file's bytes to a score's text: which format it is, its encoding, its story, the score.

Nothing raises for what a file holds: what is no text at all is a `problem`.
"""

import re
from dataclasses import dataclass
from pathlib import PurePath

from dsl.importers.encoding import decode_foreign
from dsl.importers.fountain import read_fountain
from dsl.importers.plain_text import read_plain_text
from dsl.importers.score_text import write_score
from dsl.importers.story import Kind, Remark, Story
from dsl.importers.subtitles import read_subtitles

_SUFFIXES: dict[str, Kind] = {
    ".fountain": "fountain",
    ".spmd": "fountain",
    ".srt": "srt",
    ".vtt": "vtt",
    ".webvtt": "vtt",
    ".txt": "text",
    ".text": "text",
    ".md": "text",
}
_SRT = re.compile(r"(?:\d+\s*\n)?\s*\d{1,3}:\d{2}:\d{2}[,.]\d{1,3}\s*-->")
_FOUNTAIN_HEADING = re.compile(r"^(?:INT|EXT|INT\.?/EXT|I/E)[. ]", re.M)


@dataclass(frozen=True, slots=True)
class Imported:
    """A score's `text`, and what is to be said of where it comes from. `problem`: why there is no text."""

    text: str
    kind: Kind | None
    encoding: str
    guessed_encoding: bool
    characters: tuple[str, ...]
    cues: int
    remarks: tuple[Remark, ...]
    problem: str | None = None


def import_bytes(data: bytes, name: str, kind: Kind | None = None) -> Imported:
    """The score of a file called `name`; `kind` says what it is, where the name does not."""
    decoded = decode_foreign(data)
    if decoded.problem is not None:
        return Imported("", kind, decoded.encoding, False, (), 0, (), decoded.problem)
    text = decoded.text.replace("\r\n", "\n").replace("\r", "\n")
    kind = kind or kind_of(name, text)
    written = write_score(read_story(text, kind), _title_of(name))
    return Imported(
        written.text,
        kind,
        decoded.encoding,
        decoded.guessed,
        written.characters,
        written.cues,
        written.remarks,
        written.problem,
    )


def read_story(text: str, kind: Kind) -> Story:
    """The story of a text whose lines end in LF."""
    if kind == "fountain":
        return read_fountain(text)
    return read_plain_text(text) if kind == "text" else read_subtitles(text, kind)


def kind_of(name: str, text: str) -> Kind:
    """The format, by the name's ending, else by how the text begins. What is nothing else is plain text."""
    known = _SUFFIXES.get(PurePath(name).suffix.lower())
    if known is not None and known != "text":
        return known
    head = text.lstrip("\ufeff \t\n")[:4000]
    if head.startswith("WEBVTT"):
        return "vtt"
    if _SRT.match(head):
        return "srt"
    if known is None and len(_FOUNTAIN_HEADING.findall(head)) >= 1:
        return "fountain"
    return "text"


def _title_of(name: str) -> str:
    return " ".join(PurePath(name).stem.replace("-", " ").replace("_", " ").split())
