"""What a file from elsewhere is: a script that can be read, or something else that has a name of its own.

The ending of the name decides, where it is known, unless the text plainly is something else; a text whose
name says nothing is looked at. What is neither known nor plain words is refused: read as prose, its codes and
times would be spoken.
"""

import csv
import json
import re
from dataclasses import dataclass
from pathlib import PurePath

from dsl.importers.picture.edl import looks_like_edl
from dsl.importers.picture.marker_table import looks_like_marker_table
from dsl.importers.scene_headings import is_chinese_heading, is_english_heading, is_shouted
from dsl.importers.story import Kind
from dsl.importers.subtitle_file import has_times

SUFFIXES: dict[str, Kind] = {
    ".fountain": "fountain",
    ".spmd": "fountain",
    ".fdx": "fdx",
    ".edl": "edl",
    ".otio": "otio",
    ".fcpxml": "fcpxml",
    ".aaf": "aaf",
    ".csv": "markers",
    ".tsv": "markers",
    ".srt": "srt",
    ".vtt": "vtt",
    ".webvtt": "vtt",
    ".txt": "text",
    ".text": "text",
    ".md": "text",
    ".markdown": "text",
}
MARKDOWN = (".md", ".markdown")
UNDERSTOOD = (
    "Fountain (.fountain, .spmd), Final Draft (.fdx), SubRip (.srt), WebVTT (.vtt, .webvtt), "
    "edit decision lists (.edl), tables of markers (.csv, .tsv, .txt), timelines "
    "(.otio, .fcpxml, .xml, .aaf) and plain text (.txt, .md)"
)
_KINDS: dict[Kind, str] = {
    "fountain": "a Fountain screenplay",
    "fdx": "a Final Draft script",
    "edl": "an edit decision list",
    "markers": "a table of markers",
    "otio": "an OpenTimelineIO timeline",
    "fcpxml": "a Final Cut timeline",
    "xmeml": "a Final Cut 7 or Premiere timeline",
    "aaf": "an AAF timeline",
    "srt": "an SRT subtitle file",
    "vtt": "a WebVTT subtitle file",
}
_SCORE = "a score already"
_OTHERS: dict[str, str] = {
    ".score": _SCORE,
    ".ale": "an Avid log",
    ".xml": "an XML file",
    ".fdr": "an old Final Draft script (FDR)",
    ".celtx": "a Celtx project",
    ".ass": "an ASS subtitle file",
    ".ssa": "an SSA subtitle file",
    ".sub": "a subtitle file (MicroDVD, SubViewer)",
    ".idx": "an index of subtitle pictures (VobSub)",
    ".mpl": "a subtitle file (MPL2)",
    ".sbv": "a caption file (SBV)",
    ".smi": "a caption file (SAMI)",
    ".sami": "a caption file (SAMI)",
    ".scc": "a caption file (SCC)",
    ".stl": "a subtitle file (STL)",
    ".ttml": "a caption file (TTML)",
    ".dfxp": "a caption file (TTML)",
    ".lrc": "a file of timed lyrics (LRC)",
    ".rtf": "a rich-text document (RTF)",
    ".html": "a web page",
    ".htm": "a web page",
    ".json": "a JSON file",
    ".yaml": "a YAML file",
    ".yml": "a YAML file",
    ".toml": "a TOML file",
    ".ini": "a file of settings",
    ".tex": "a LaTeX file",
    ".musicxml": "a MusicXML file",
    ".mxl": "a compressed MusicXML file",
    ".abc": "a tune in ABC notation",
    ".ly": "a LilyPond file",
    ".docx": "a Word document",
    ".doc": "a Word document",
    ".odt": "an OpenDocument text",
    ".pages": "a Pages document",
    ".epub": "an e-book (EPUB)",
    ".pdf": "a PDF",
    ".fadein": "a Fade In screenplay",
    ".highland": "a Highland screenplay",
    ".xlsx": "an Excel workbook",
    ".xls": "an Excel workbook",
    ".zip": "a ZIP archive",
}
_SAMPLE = 20_000
_LEAST_TIMES = 2
_TAGS = re.compile(r"<([A-Za-z][\w:.-]*)(?:\s[^<>]*)?>")
_FRAMES = re.compile(r"\s*(?:\{\d+\}\{\d*\}|\[\d+\]\[\d*\]).")
_LYRIC = re.compile(r"\s*(?:\[\d{1,3}:\d{2}(?:[.:]\d{1,3})?\])+")
_CAPTION = re.compile(r"\d{1,2}:\d{2}:\d{2}\.\d{2,3}\s*,\s*\d{1,2}:\d{2}:\d{2}\.\d{2,3}\s*$")
_HEADING_LINES = 3
_ABOVE = re.compile(r"\s*(?:\[[A-Za-z#][^\]\n]{0,200}\][^\n]{0,200}|\$\w+\s*=.*|//.*)$")
"""`[ti:Rain]`, `[INFORMATION]`, `$FontName = Arial`."""
_CLOCKED = re.compile(r"\s*\d{1,2}:\d{2}:\d{2}\s?[:=,]\s*[^\s\d]")
_TIMED_LINES = (
    (_FRAMES, "a MicroDVD subtitle file"),
    (_LYRIC, "a file of timed lyrics (LRC)"),
    (re.compile(r"\s*(\d\d:){3}\d\d\s*,\s*(\d\d:){3}\d\d\s*,"), "a subtitle file (Spruce STL)"),
    (_CLOCKED, "a TMPlayer subtitle file"),
)
_LATEX = re.compile(r"^\s*\\(?:documentclass|begin\{document\})", re.M)
_SECTION = re.compile(r"\s*\[\[?[\w.\" -]{1,60}\]\]?\s*$")
_ASSIGNED = re.compile(r"\s*[\w.\"-]{1,60}\s*=\s*\S")
_PAIR = re.compile(r"\s*(?:-\s+)?[a-z_][\w-]{0,40}:(?:\s|$)")
_ENTRY = re.compile(r"\s*-\s+(?![a-z_][\w-]{0,40}:\s)\S|---\s*$")
_HEAD = re.compile(r"[a-z_][\w-]{0,40}:\s*$")
_FIGURE = re.compile(r"[-+]?[\d.,:;/%]*\d[\d.,:;/%]*\s?[A-Za-z]{0,5}")
_FORCED = re.compile(r"^(?:@[^\W\d_][^\n]{0,60}\n[^\n\s]|>|~|=|\[\[|/\*|\.[^\W_.])", re.M)
_FADE_IN = re.compile(r"^\s*FADE (?:IN|UP)\b[^\n]{0,4}$", re.M)
_TITLE_PAGE = re.compile(r"(?:title|credit|authors?|标题|作者|编剧)[:：]", re.I)


@dataclass(frozen=True, slots=True)
class Foreign:
    """Something that is no script: `what` it is, with its article."""

    what: str


def named(name: str) -> tuple[str, bool] | None:
    """What a file is by its name alone, with its article, and whether `import` understands it. None where the
    name does not say, or says plain text or score."""
    suffix = PurePath(name).suffix.lower()
    kind = SUFFIXES.get(suffix)
    if kind is not None and kind != "text":
        return _KINDS[kind], True
    return (_OTHERS[suffix], False) if suffix in _OTHERS and suffix != ".score" else None


def told_by_text(text: str) -> tuple[str, bool] | None:
    """As `named`, by how a text begins: what is written by programs for programs, and times of subtitles.
    None for words and for scores."""
    head = text.lstrip("\ufeff \t\r\n")[:_SAMPLE].replace("\r\n", "\n")
    kind = "vtt" if head.startswith("WEBVTT") else recognised(head)
    if kind is None and _begins_with_time(head):
        kind = "srt"
    if kind is not None:
        return _KINDS[kind], True
    other = structured(head)
    return None if other is None or other == _SCORE else (other, False)


def kind_of(name: str, text: str) -> Kind | Foreign:
    """The format of a text from a file called `name`."""
    suffix = PurePath(name).suffix.lower()
    named = SUFFIXES.get(suffix)
    head = text.lstrip("\ufeff \t\n")[:_SAMPLE]
    if head.startswith("WEBVTT") and named in (None, "text", "vtt", "srt"):
        return "vtt"
    known = recognised(head)
    if known is not None:
        return known
    other = structured(head)
    if other is not None:
        return Foreign(other)
    if named in ("srt", "vtt"):
        return named if has_times(text) or not head.strip() else Foreign("a text without a time line")
    if named in ("fountain", "fdx", "edl", "markers", "otio", "fcpxml"):
        return named
    if suffix in _OTHERS:
        return Foreign(_OTHERS[suffix])
    if _begins_with_time(head):
        return "srt"
    if _is_screenplay(head, sure=named == "text"):
        return "fountain"
    return "text" if named == "text" or not suffix else Foreign(f"a {suffix} file")


def recognised(head: str) -> Kind | None:
    """The format of a text written by programs for programs that its beginning gives away, whatever it is
    called."""
    text = head.lstrip("\ufeff \t\n")
    if text.startswith("<") and re.search(r"<FinalDraft[\s>]", text[:2000]):
        return "fdx"
    if text.startswith("<") and (found := re.search(r"<(fcpxml|xmeml)[\s>]", text[:2000])) is not None:
        return "fcpxml" if found.group(1) == "fcpxml" else "xmeml"
    if text.startswith("{") and re.search(r'"OTIO_SCHEMA"\s*:', text[:2000]) is not None:
        return "otio"
    if _captions(text) is not None:
        return None
    if looks_like_edl(text):
        return "edl"
    return "markers" if looks_like_marker_table(text) else None


def structured(head: str) -> str | None:
    """What the beginning of a text is that was written for programs, None for a person's words."""
    text = head.lstrip("\ufeff \t\n")
    if text.startswith("{\\rtf"):
        return "a rich-text document (RTF)"
    if (captions := _captions(text)) is not None:
        return captions
    if text.startswith("<") and (named := _markup(text)):
        return named
    if text[:1] in "{[" and _is_json(text, len(head) >= _SAMPLE):
        return "a JSON file"
    if re.match(r"melodrama[:：]", text):
        return _SCORE
    if _LATEX.search(text):
        return "a LaTeX file"
    lines = _lines_of(text)
    if _is_settings(lines):
        return "a file of settings"
    return "a table of values" if _is_table(lines) else None


def _captions(text: str) -> str | None:
    """Which format of subtitles it is, of those that are not read, None for none of them."""
    if text[:13].lower() == "[script info]" or re.search(r"^Dialogue:\s*[^,\n]*,\d+:\d\d:\d\d", text, re.M):
        return "an ASS or SSA subtitle file"
    if text.startswith("Scenarist_SCC"):
        return "a caption file (SCC)"
    if text.startswith("# VobSub"):
        return "an index of subtitle pictures (VobSub)"
    lines = _lines_of(text)
    # What stands above the first time: titles, fonts, makers.
    timed = [line for line in lines if not _ABOVE.match(line)]
    for pattern, what in _TIMED_LINES:
        if timed and sum(pattern.match(line) is not None for line in timed) > 0.5 * len(timed):
            return what
    if lines and text.startswith("[INFORMATION]"):
        return "a SubViewer subtitle file"
    return "a caption file (SBV)" if any(_CAPTION.match(line) for line in timed[:_HEADING_LINES]) else None


def _lines_of(text: str) -> list[str]:
    return [line for line in text.split("\n") if line.strip()][:200]


def _is_settings(lines: list[str]) -> bool:
    """TOML, INI or YAML: nearly every line is a key with its value, below a section's or a list's head."""
    if len(lines) < 3:
        return False
    keys = sum(_ASSIGNED.match(line) is not None for line in lines)
    if _SECTION.match(lines[0]) and keys >= 0.5 * len(lines):
        return True
    pairs = sum(_PAIR.match(line) is not None for line in lines)
    rest = sum(_ENTRY.match(line) is not None for line in lines)
    nested = sum(line[0] in " \t-" for line in lines)
    has_head = any(_HEAD.match(line) for line in lines)
    return pairs >= 0.5 * len(lines) and pairs + rest >= 0.9 * len(lines) and has_head and nested >= 2


def _markup(text: str) -> str | None:
    for root, what in (
        ("tt", "a caption file (TTML)"),
        ("SAMI", "a caption file (SAMI)"),
        ("html", "a web page"),
    ):
        if re.search(rf"<{root}[\s>]", text[:2000], re.I):
            return what
    if text.startswith(("<?xml", "<!DOCTYPE", "<!--")):
        return "an XML file"
    # Words in angle brackets may begin a story; tags that are closed again and again do not.
    opened = {found.group(1) for found in _TAGS.finditer(text)}
    return "an XML file" if sum(f"</{name}>" in text for name in opened) >= 2 else None


def _is_json(text: str, cut: bool) -> bool:
    if cut:
        return re.match(r"[{\[]\s*(?:\"[^\"\n]{0,200}\"\s*:|[{\[])", text) is not None
    try:
        return isinstance(json.loads(text), dict | list)
    except (ValueError, RecursionError):
        return re.match(r"\{\s*\"[^\"\n]{0,200}\"\s*:", text) is not None


def _is_table(lines: list[str]) -> bool:
    """Rows of as many fields each, most of them with figures: marker lists, cue sheets, labels."""
    if len(lines) < 2:
        return False
    for delimiter, least in (("\t", 1), (",", 2), (";", 2)):
        try:
            rows = list(csv.reader(lines, delimiter=delimiter))
        except csv.Error:
            continue
        widths = {len(row) for row in rows}
        if len(widths) != 1 or min(widths) <= least:
            continue
        figures = sum(any(_FIGURE.fullmatch(cell.strip()) for cell in row) for row in rows)
        if figures >= max(1, 0.5 * (len(rows) - 1)):
            return True
    return False


def _begins_with_time(head: str) -> bool:
    """Whether times of subtitles begin it, or stand in it again and again below somebody's words."""
    lines = _lines_of(head)
    return has_times("\n".join(lines[:2])) or sum(has_times(line) for line in lines) >= _LEAST_TIMES


def _is_screenplay(head: str, sure: bool) -> bool:
    """Whether a text has the marks of Fountain. `sure`: its name says plain text, so that it takes more.

    Chinese scenes alone are no sign: plain text has them, too, and its speech is `林：…`.
    """
    lines = [line.strip().strip("*_") for line in head.split("\n")]
    behind_blank = [line for above, line in zip(["", *lines], lines, strict=False) if line and not above]
    headings = [line for line in behind_blank if is_english_heading(line) and is_shouted(line)]
    chinese = sum(is_chinese_heading(line) for line in behind_blank)
    forced = len(_FORCED.findall(head))
    title_page = _TITLE_PAGE.match(head) is not None
    if sure:
        first = next((line for line in lines if line), "")
        begins = bool(headings) and (headings[0] == first or _FADE_IN.search(head) is not None)
        return len(headings) >= 2 or begins or (bool(headings or chinese) and (forced >= 1 or title_page))
    return bool(headings) or (chinese >= 1 and forced >= 1) or (forced >= 2 and title_page)
