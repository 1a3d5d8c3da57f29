"""The words of a subtitle: no tags, no drawings, entities as characters, and whose voice it is."""

import html
import re
from collections.abc import Iterator

from dsl.importers.invisible import without_unseen

_NAMES = (
    "i|b|u|s|c|em|strong|font|lang|ruby|rt|rp|br|span|p|div|big|small|sub|sup|tt|center|mark|del|ins|a"
    "|html|body"
)
_TAG = re.compile(
    rf"<\s?/?\s?(?:{_NAMES})\s?(?:[. \t][^<>]{{0,2000}})?/?>|<\d{{1,3}}:[\d:.]{{1,12}}>"
    r"|\[/?(?:i|b|u|s)\]|\[(?:color|font)=[^\[\]]{1,40}\]|\[/(?:color|font)\]",
    re.I,
)
"""Also as `< i >`, as machines that translate leave it, and as `[i]`, as other formats have it."""
_GLOSS = re.compile(r"<r(?:t|p)\b[^<>]{0,100}>[^<>]{0,200}</r(?:t|p)>", re.I)
"""How a word of ruby text is said: read aloud, the word would be heard twice."""
_OVERRIDE = re.compile(
    r"\{[^{}]{0,100}\\[^{}]{0,5000}\}|\{[a-zA-Z]:[^{}\s]{1,60}\}|\{/?[ibuIBU]\}|\{[/|]?an?\d{1,2}\}"
    r"|^\{\\an?\d(?![^{}]*\})"
)
"""`{\\an8\\fad(0,500)}` of ASS, `{y:i}` of MicroDVD, `{i}`."""
_DRAWING = re.compile(
    r"(?:^|(?<=\}))\s*m(?:\s+-?\d+(?:\.\d+)?){2}(?:\s+(?:[mnlbspc]|-?\d+(?:\.\d+)?))*\s*(?=\{|$)", re.I
)
"""What stands behind `{\\p1}`: a path of points, nothing to read."""
_BREAK = re.compile(r"<br\s*/?>|\\[Nn]", re.I)
_VOICE = re.compile(r"<v(?:\.[^\s<>]*)?(?:[ \t]+([^<>]{0,100}))?>", re.I)
_END_VOICE = re.compile(r"</v>", re.I)
_STAMP = re.compile(r"<\d{1,3}:[\d:.]{1,12}>")


def pieces(source: str) -> list[str]:
    """The lines that a source line shows."""
    return _BREAK.split(source)


def voices(text: str, voice: str | None) -> Iterator[tuple[str | None, str]]:
    """(speaker, words) of a line: WebVTT's `<v Name>` holds until the next one or `</v>`."""
    place = 0
    for found in _VOICE.finditer(text):
        if text[place : found.start()].strip():
            yield voice, text[place : found.start()]
        voice, place = html.unescape(found.group(1) or "").strip() or None, found.end()
    yield voice, text[place:]


def ends_voice(source: str) -> bool:
    """Whether a line of a caption closes a `<v NAME>` of WebVTT."""
    return _END_VOICE.search(source) is not None


def bare_words(text: str) -> str:
    """The words alone: no tags, no overrides, no drawings, entities as characters."""
    plain = _VOICE.sub("", _END_VOICE.sub("", text))
    if "\\p" in plain:
        plain = _DRAWING.sub("", plain)
    plain = _OVERRIDE.sub("", _TAG.sub("", _GLOSS.sub("", plain)))
    plain = without_unseen(html.unescape(plain.replace("\\h", " ")))[0]
    return " ".join(plain.split())


def is_styled(text: str) -> bool:
    """Whether `bare_words` leaves something of it out."""
    return bool(_OVERRIDE.search(text) or _TAG.search(text))


def is_drawn(text: str) -> bool:
    """Whether a caption of ASS holds a drawing (a path of points) in place of words."""
    return "\\p" in text and _DRAWING.search(text) is not None


def is_stamped(text: str) -> bool:
    """Whether words have times of their own, as captions that were made by a machine have."""
    return _STAMP.search(text) is not None
