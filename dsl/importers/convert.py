"""From a foreign file's bytes to a score's text: which format it is, its encoding, its story or its list of
cuts and markers, the score.

Nothing raises for what a file holds: what is no text at all is a `problem`.
"""

from dataclasses import dataclass
from pathlib import PurePath

from dsl.conflict import whole_conflict
from dsl.encodings import decode_foreign
from dsl.first_bytes import no_text
from dsl.importers.final_draft import read_final_draft
from dsl.importers.formats import MARKDOWN, UNDERSTOOD, Foreign, kind_of
from dsl.importers.fountain import read_fountain
from dsl.importers.invisible import without_unseen
from dsl.importers.markdown import without_markdown
from dsl.importers.picture.edl import read_edl
from dsl.importers.picture.film_list import MOST_LIST_BYTES, FilmList
from dsl.importers.picture.marker_table import read_marker_table
from dsl.importers.picture.take_in import ListOptions, TakenIn, into_score, new_score
from dsl.importers.picture.timeline import read_timeline
from dsl.importers.plain_text import read_plain_text
from dsl.importers.score_text import write_score
from dsl.importers.story import LISTS, TIMELINES, Kind, Remark, Story
from dsl.importers.subtitle_file import has_times
from dsl.importers.subtitles import read_subtitles
from dsl.limits import MOST_SCORE_BYTES

_AS_IT_SAYS = ListOptions()
_UNSEEN = "characters that are not seen (soft hyphens, zero-width spaces, marks of direction)"


@dataclass(frozen=True, slots=True)
class Imported:
    """A score's `text`, and what is to be said of where it comes from. `problem`: why there is no text.

    `sources[n]` is the line of the source that line n + 1 of the score says, 0 where it is the importer's
    own. `taken` is what became of a list's moments, None for scripts.
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
    taken: TakenIn | None = None


@dataclass(frozen=True, slots=True)
class _Opened:
    """A file's text, what it is, and what its encoding was; `problem`: why there is none."""

    text: str
    kind: Kind | None
    encoding: str = ""
    is_guess: bool = False
    broken: tuple[Remark, ...] = ()
    problem: str | None = None


def import_bytes(
    data: bytes, name: str, kind: Kind | None = None, options: ListOptions = _AS_IT_SAYS
) -> Imported:
    """The score of a file called `name`; `kind` says what it is, where the name does not, and `options` how a
    list of cuts or markers is to be read."""
    opened = _open(data, name, kind)
    if opened.problem is not None or opened.kind is None:
        return _refused(opened)
    if opened.kind in LISTS:
        listed = read_list(data, opened.text, opened.kind)
        if listed.problem is not None:
            return _refused(opened, listed.problem, listed.remarks)
        return _imported(opened, new_score(listed, _title_of(name), options))
    text, unseen = without_unseen(opened.text)
    story = read_story(text, opened.kind)
    if story.problem is not None:
        return _refused(opened, story.problem)
    written = write_score(story, _title_of(name))
    return Imported(
        written.text,
        opened.kind,
        opened.encoding,
        opened.is_guess,
        written.characters,
        written.cues,
        opened.broken + tuple(Remark(line, _UNSEEN, "left out") for line in unseen) + written.remarks,
        written.problem,
        written.sources,
    )


def import_into(
    score: str,
    folder: str,
    data: bytes,
    name: str,
    kind: Kind | None = None,
    options: ListOptions = _AS_IT_SAYS,
) -> Imported:
    """The text of a score that stands in `folder`, with the cuts and markers of a file called `name`."""
    opened = _open(data, name, kind)
    if opened.problem is not None or opened.kind is None:
        return _refused(opened)
    if opened.kind not in LISTS:
        return _refused(opened, "it has words, not times alone; -o makes a score of its own of it")
    listed = read_list(data, opened.text, opened.kind)
    if listed.problem is not None:
        return _refused(opened, listed.problem, listed.remarks)
    return _imported(opened, into_score(score, folder, listed, options))


def _open(data: bytes, name: str, kind: Kind | None) -> _Opened:
    if len(data) > MOST_LIST_BYTES:
        return _Opened("", kind, problem=f"{len(data) / 1e6:.0f} MB is more than a list has")
    if kind == "aaf" or (kind is None and PurePath(name).suffix.lower() == ".aaf"):
        return _Opened("", "aaf")
    closed = no_text(data, name)
    decoded = decode_foreign(data)
    if closed is not None:
        advice = f"; {closed.instead}" if closed.instead else ""
        return _Opened("", kind, decoded.encoding, problem=f"this is {closed.what}, not a text{advice}")
    if decoded.problem is not None:
        return _Opened("", kind, decoded.encoding, problem=decoded.problem)
    text = decoded.text.replace("\r\n", "\n").replace("\r", "\n")
    if (line := whole_conflict(text)) is not None:
        reason = f"line {line}: a merge left two versions here, between <<<<<<< and >>>>>>>; keep one of them"
        return _Opened("", kind, decoded.encoding, problem=reason)
    found = kind or kind_of(name, text)
    if isinstance(found, Foreign):
        understood = f"what is understood: {UNDERSTOOD}"
        reason = f"this is {found.what}; {understood}; --as text reads it as plain text all the same"
        return _Opened("", None, decoded.encoding, problem=reason)
    if found in ("srt", "vtt") and text.strip("\ufeff \t\n") and not has_times(text):
        return _Opened("", found, decoded.encoding, problem="there is no time of a subtitle in it")
    if found not in LISTS and len(data) > MOST_SCORE_BYTES:
        reason = f"{len(data) / 1e6:.0f} MB is more than a script has; divide it"
        return _Opened("", found, decoded.encoding, problem=reason)
    broken = tuple(Remark(line, "bytes that are no character", "\ufffd") for line in decoded.broken)
    if found == "text" and PurePath(name).suffix.lower() in MARKDOWN:
        text, left_out = without_markdown(text)
        broken += tuple(left_out)
    return _Opened(text, found, decoded.encoding, decoded.guessed, broken)


def _refused(opened: _Opened, problem: str | None = None, remarks: tuple[Remark, ...] = ()) -> Imported:
    reason = problem or opened.problem
    return Imported("", opened.kind, opened.encoding, opened.is_guess, (), 0, remarks, reason)


def _imported(opened: _Opened, taken: TakenIn) -> Imported:
    text = taken.text if taken.problem is None else ""
    cues = sum(line.startswith("#") for line in text.split("\n"))
    remarks = opened.broken + taken.remarks
    return Imported(
        text, opened.kind, opened.encoding, opened.is_guess, (), cues, remarks, taken.problem, taken=taken
    )


def read_list(data: bytes, text: str, kind: Kind) -> FilmList:
    """The cuts and markers of a file; `text` is what `data` says, its lines ending in LF ("" for AAF)."""
    if kind in TIMELINES:
        return read_timeline(data, text, kind)
    return read_marker_table(text) if kind == "markers" else read_edl(text)


def read_story(text: str, kind: Kind) -> Story:
    """The story of a text whose lines end in LF."""
    if kind == "fountain":
        return read_fountain(text)
    if kind == "fdx":
        return read_final_draft(text)
    return read_plain_text(text) if kind == "text" else read_subtitles(text, kind)


def _title_of(name: str) -> str:
    return " ".join(PurePath(name).stem.replace("-", " ").replace("_", " ").split())
