"""From a foreign file's bytes to a score's text: which format it is, its encoding, its story, the score.

Nothing raises for what a file holds: what is no text at all is a `problem`.
"""

from dataclasses import dataclass
from pathlib import PurePath

from dsl.encodings import decode_foreign
from dsl.importers.final_draft import read_final_draft
from dsl.importers.formats import UNDERSTOOD, Foreign, kind_of
from dsl.importers.fountain import read_fountain
from dsl.importers.plain_text import read_plain_text
from dsl.importers.score_text import write_score
from dsl.importers.story import Kind, Remark, Story
from dsl.importers.subtitles import read_subtitles
from dsl.limits import MOST_SCORE_BYTES


@dataclass(frozen=True, slots=True)
class Imported:
    """A score's `text`, and what is to be said of where it comes from. `problem`: why there is no text.

    `sources[n]` is the line of the source that line n + 1 of the score says, 0 where it is the importer's
    own.
    """

    text: str
    kind: Kind | None
    encoding: str
    guessed_encoding: bool
    characters: tuple[str, ...]
    cues: int
    remarks: tuple[Remark, ...]
    problem: str | None = None
    sources: tuple[int, ...] = ()


def import_bytes(data: bytes, name: str, kind: Kind | None = None) -> Imported:
    """The score of a file called `name`; `kind` says what it is, where the name does not."""
    if len(data) > MOST_SCORE_BYTES:
        return _refused(f"{len(data) / 1e6:.0f} MB is more than a script has; divide it", kind)
    decoded = decode_foreign(data)
    if decoded.problem is not None:
        return _refused(decoded.problem, kind, decoded.encoding)
    text = decoded.text.replace("\r\n", "\n").replace("\r", "\n")
    kind_found = kind or kind_of(name, text)
    if isinstance(kind_found, Foreign):
        understood = f"what is understood: {UNDERSTOOD}"
        reason = f"this is {kind_found.what}; {understood}; --as text reads it as plain text all the same"
        return _refused(reason, None, decoded.encoding)
    broken = tuple(Remark(line, "bytes that are no character", "\ufffd") for line in decoded.broken)
    story = read_story(text, kind_found)
    if story.problem is not None:
        return _refused(story.problem, kind_found, decoded.encoding)
    written = write_score(story, _title_of(name))
    return Imported(
        written.text,
        kind_found,
        decoded.encoding,
        decoded.guessed,
        written.characters,
        written.cues,
        broken + written.remarks,
        written.problem,
        written.sources,
    )


def _refused(problem: str, kind: Kind | None, encoding: str = "") -> Imported:
    return Imported("", kind, encoding, False, (), 0, (), problem)


def read_story(text: str, kind: Kind) -> Story:
    """The story of a text whose lines end in LF."""
    if kind == "fountain":
        return read_fountain(text)
    if kind == "fdx":
        return read_final_draft(text)
    return read_plain_text(text) if kind == "text" else read_subtitles(text, kind)


def _title_of(name: str) -> str:
    return " ".join(PurePath(name).stem.replace("-", " ").replace("_", " ").split())
