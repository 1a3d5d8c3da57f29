"""The subtitles of an SRT or WebVTT file: which lines are times, numbers, notes and words. No story here.

Written for what exporters do, not for what the formats say: extra decimals, full-width colons, arrows in
pieces, times before zero, no blank line before the next number. A line that can only be meant as a time is
never read aloud.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from dsl.importers.story import Aside, Kind, Remark

_TIME = (
    r"([-−]?)\s?(?:(\d{1,3})\s?[:：]\s?)?([-−]?\d{1,3})\s?[:：]\s?([-−]?\d{1,2})"
    r"(?:\s?[,.，．。;；:：]\s?([-−]?\d{1,30}))?(?:[,.]\d{1,30})?"
)
_ARROW = r"\s*(?:[-–—−]{1,4}\s?[-–—−]{0,3}\s*(?:[>＞]|&gt;)|={1,3}[>＞]|[→⟶⇒])\s*"
_TIMES = re.compile(rf"\s*(?:\d{{1,6}}[\s.)]\s*)?{_TIME}{_ARROW}(?:{_TIME}(?![\d:：])|(?!\s*[-−\d:：]))(.*)$")
_TIME_LIKE = re.compile(
    rf"(?:(?=\S*\d)[-−\d:：,.，．;；\s]{{3,40}}|\S{{0,20}}[:：]\S{{0,20}}\s*){_ARROW}[-−\d:：,.，．;；\s]*\S{{0,20}}$"
)
"""Digits or colons in front of an arrow, and no words behind it: meant as a time, whatever it says."""
_MAY_POINT = re.compile("[>＞→⟶⇒]|&gt;")
_SETTING = re.compile(r"(?:[A-Za-z]\w{0,15}:\S+\s*)+")
"""`align:start position:0%`, `X1:100 X2:200`."""
_NUMBER = re.compile(r"#?(\d{1,9})[.:)]?")
_BLOCK = re.compile(r"(NOTE(?=\s|$)|(?:STYLE|REGION)(?=\s*$|\s*:|\s.*[{=]))")
_SEGMENT = re.compile(r"WEBVTT$|X-TIMESTAMP-MAP=\S+$")
_MOST_SKIPPED = 5
"""So many numbers may be missing between two subtitles."""


@dataclass(slots=True)
class Subtitle:
    """Words on screen from `at_ms` to `end_ms`; `lines` are (line of the file, text with its tags)."""

    at_ms: int
    end_ms: int
    line: int
    lines: list[tuple[int, str]] = field(default_factory=list)


def has_times(text: str) -> bool:
    """Whether there is a time line in it."""
    return any(_TIMES.match(line.strip("\ufeff \t\r")) for line in text.split("\n"))


def _is_time(text: str) -> bool:
    return _TIMES.match(text) is not None or _TIME_LIKE.match(text) is not None


@dataclass(slots=True)
class SubtitleFile:
    """A file being read; `remarks` and `opening` fill as it goes."""

    lines: Sequence[str]
    kind: Kind
    remarks: list[Remark] = field(default_factory=list)
    opening: list[Aside] = field(default_factory=list)
    block: str | None = None
    last_number: int | None = None

    def subtitles(self) -> Iterator[Subtitle]:
        """Subtitles in the order of the file; NOTE, STYLE and REGION blocks become remarks and comments."""
        current: Subtitle | None = None
        after_blank = True
        self.lines = [line.strip().strip("\ufeff").strip() for line in self.lines]
        for index, text in enumerate(self.lines):
            number = index + 1
            begun = self._begun(text, number, current)
            if begun is not None:
                if current is not None:
                    yield current
                current, self.block = begun, None
            elif not text:
                self.block = None
            elif self._in_block(text, number, after_blank):
                pass
            elif self._is_number(text, index, after_blank, current):
                found = _NUMBER.fullmatch(text)
                self.last_number = int(found.group(1)) if found else self.last_number
                if found is None:
                    self.remark(number, "names of subtitles", "left out")
            elif current is not None:
                current.lines.append((number, text))
            else:
                self.opening.append(Aside(text, number))
                self.remark(number, "text before the first time", "comments")
            after_blank = not text
        if current is not None:
            yield current

    def remark(self, number: int, what: str, became: str) -> None:
        """Notes that something in line `number` was not carried over as it was, and what it became."""
        self.remarks.append(Remark(number, what, became))

    # ------------------------------------------------------------------------------------------- times

    def _begun(self, text: str, number: int, current: Subtitle | None) -> Subtitle | None:
        """The subtitle that a time line begins."""
        if not text or _MAY_POINT.search(text) is None:
            return None
        times = _TIMES.match(text)
        if times is None:
            if not _TIME_LIKE.match(text):
                return None
            self.remark(number, "time lines that cannot be read", "their words follow those before")
            moment = current.end_ms if current else 0
            return Subtitle(moment, moment, number)
        groups = times.groups()
        at_ms = _ms(groups[:5])
        end_ms = _ms(groups[5:10]) if groups[8] is not None else at_ms
        if at_ms < 0 or end_ms < 0:
            self.remark(number, "times before zero", "zero")
        begun = Subtitle(max(at_ms, 0), max(end_ms, 0), number)
        rest = (groups[10] or "").strip()
        if rest and _SETTING.fullmatch(rest):
            self.remark(number, "positions of subtitles", "left out")
        elif rest:
            begun.lines.append((number, rest))
        return begun

    def _is_number(self, text: str, index: int, after_blank: bool, current: Subtitle | None) -> bool:
        """Whether the line is the number, or the name, of the subtitle whose time line follows it."""
        following = self.lines[index + 1 : index + 5]
        at_once = bool(following) and _is_time(following[0])
        found = _NUMBER.fullmatch(text)
        if found is None:
            return after_blank and at_once
        if at_once:
            # Where subtitles are numbered, each time stands below a number, whichever it is.
            return after_blank or self.last_number is not None or current is None
        ahead = int(found.group(1)) - (self.last_number or 0)
        expected = self.last_number is None or 0 < ahead <= _MOST_SKIPPED
        later = next((line for line in following if line), "")
        return following[:1] == [""] and after_blank and expected and _is_time(later)

    # ------------------------------------------------------------------------------------------ blocks

    def _in_block(self, text: str, number: int, after_blank: bool) -> bool:
        """Whether the line belongs to WebVTT's header or to a NOTE, STYLE or REGION block."""
        opening = _BLOCK.match(text) if self.kind == "vtt" else None
        if number == 1 and self.kind == "vtt" and text.startswith("WEBVTT"):
            self.block = "header"
        elif after_blank and _SEGMENT.match(text):
            # Segments of a stream that were put together begin with a header each.
            self.block = "header"
            self.remark(number, "headers of segments", "left out")
        elif after_blank and opening is not None:
            self.block = opening.group(1)
            self._block_line(self.block, text[len(self.block) :].strip(), number)
        elif self.block is not None:
            self._block_line(self.block, text, number)
        return self.block is not None

    def _block_line(self, block: str, text: str, number: int) -> None:
        if block == "NOTE":
            self.remark(number, "NOTE blocks", "comments at the top")
            if text:
                self.opening.append(Aside(text, number))
        elif block == "header":
            self.opening.append(Aside(text, number))
            self.remark(number, "header lines", "comments")
        else:
            self.remark(number, f"{block} blocks", "left out")


def _ms(groups: Sequence[str | None]) -> int:
    """(sign, hours, minutes, seconds, fraction) as milliseconds; a minus anywhere counts for the whole."""
    negative = any(part and part[0] in "-−" for part in groups)
    hours, minutes, seconds, fraction = ((part or "").lstrip("-−") or "0" for part in groups[1:])
    whole = (int(hours) * 60 + int(minutes)) * 60 + int(seconds)
    milliseconds = whole * 1000 + int(fraction[:3].ljust(3, "0"))
    return -milliseconds if negative else milliseconds
