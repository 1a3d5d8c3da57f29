"""Edit decision lists (CMX 3600) → `FilmList`: record times of picture edits, locators and Resolve's markers.

A reader of our own: pycmx, the well-kept one, cuts lines at fixed columns, so that lists with other spacing,
long reels or none fall through untold, and it knows neither locators nor Resolve's markers; a test holds this
one against it where both can read.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field, replace

from dsl.importers.picture.film_list import TIMECODE, BadTime, FilmEvent, FilmList, read_label
from dsl.importers.picture.own_lists import is_cue_edit
from dsl.importers.story import Remark
from dsl.values import Timecode

_LONGEST_LINE = 2_000
_TIMES = re.compile(rf"((?:\s+{TIMECODE}){{2,4}})\s*$")
_ONE = re.compile(TIMECODE)
_NUMBER = re.compile(r"\d{1,8}(?=\s)")
_CHANNEL = re.compile(r"(?:V\d{0,2}|A\d{0,2}|AA|B|VA\d{0,2}|NONE)(?:/(?:V\d{0,2}|A\d{0,2}|AA))*", re.I)
_EFFECT = re.compile(r"(?P<effect>C|D|W\d{1,4}|K\s?[BO]?)(?:\s+(?P<length>\d{1,5}))?", re.I)
"""A cut, a dissolve, a wipe of some pattern, a key (of a background, going out), and over how many frames."""
_LOCATOR = re.compile(rf"\*?\s*LOC\s*:\s*({TIMECODE})\s*(.*)$", re.I)
_COLOURS = frozenset(
    (
        *("red", "green", "blue", "cyan", "magenta", "yellow", "black", "white", "orange", "purple", "pink"),
        *(
            "grey",
            "gray",
            "brown",
            "violet",
            "gold",
            "rose",
            "lavender",
            "sky",
            "mint",
            "lemon",
            "sand",
            "cocoa",
        ),
        *("cream", "fuchsia", "denim", "forest"),
    )
)
_RESOLVE = re.compile(r"(.*?)\s*\|C:\w*\s*\|M:(.*?)\s*(?:\|D:(\d{1,9}))?\s*$")
_CLIP = re.compile(r"\*\s*(FROM|TO|KEY) CLIP NAME\s*:\s*(.*)$", re.I)
_COMMENT = re.compile(r"\*\s*([A-Z][A-Z /]{2,23}?)\s*:", re.I)
_MOST_COMMENTS = 6
"""So many kinds of comments are told by name."""
_BLACK = frozenset(("bl", "black", "blk"))


@dataclass(slots=True)
class _Edit:
    """An edit being read: what its own line says, and the comments under it."""

    line: int
    reel: str
    is_picture: bool
    effect: str
    """`C`, `D`, `W001`, `K`, `KB`, `KO`."""
    length: int
    """Frames that the effect takes, 0 where it says none."""
    time: Timecode
    end: Timecode
    number: str = ""
    clip: str = ""
    clip_to: str = ""
    is_marker: bool = False

    @property
    def is_black(self) -> bool:
        return self.reel.lower() in _BLACK

    @property
    def is_key(self) -> bool:
        return self.effect.startswith("K")

    @property
    def name(self) -> str:
        if self.effect == "C":
            named = self.clip or self.clip_to
        else:  # `clip` is what it comes from
            named = self.clip_to or ("" if self.is_black else self.clip)
        return named or ("black" if self.is_black else self.reel)

    def note(self, source: "_Edit | None") -> str:
        """What is more than a cut, in words; `source` is the picture that it comes from, as far as the list
        has that as an edit of its own."""
        if self.effect == "C":
            return ""
        if self.effect == "D":
            kind = "fade out" if self.is_black else "fade in" if source and source.is_black else "dissolve"
        elif self.is_key:
            kind = {"KB": "background of a key", "KO": "end of a key"}.get(self.effect, "key")
        else:
            kind = f"wipe {self.effect[1:]}"
        return f"{kind} over {self.length} frames" if self.length else kind


def looks_like_edl(text: str) -> bool:
    """Whether a text holds an edit: a number, a reel, a channel, and times at the line's end."""
    return any(
        (times := _TIMES.search(line)) is not None and _fields(line[: times.start()]) is not None
        for line in text.split("\n")
        if line[:1].isdigit() or line[:1] == " "
        if len(line) < _LONGEST_LINE
    )


def read_edl(text: str) -> FilmList:
    """The edits and markers of a list whose lines end in LF. Never raises: what cannot be read is a remark
    with line and column."""
    reader = _Reader()
    for number, line in enumerate(text.split("\n"), 1):
        reader.line(number, line)
    return reader.result()


@dataclass(frozen=True, slots=True)
class _Head:
    """An edit's line up to its times; the reel is "" where it is missing."""

    number: str
    reel: str
    channel: str
    effect: str
    length: int


def _fields(head: str) -> _Head | None:
    number = _NUMBER.match(head.strip())
    if number is None:
        return None
    words = head.strip()[number.end() :].split()
    for count in (3, 2, 1):  # `K O 012`, `D 024`, `C`
        effect = _EFFECT.fullmatch(" ".join(words[-count:]))
        if len(words) > count and effect is not None and _CHANNEL.fullmatch(words[-count - 1]):
            kind = "".join(effect["effect"].upper().split())
            reel = " ".join(words[: -count - 1])
            return _Head(number.group(), reel, words[-count - 1], kind, int(effect["length"] or 0))
    return None


@dataclass(slots=True)
class _Reader:
    title: str | None = None
    is_drop: bool | None = None
    edits: list[_Edit] = field(default_factory=list)
    markers: list[FilmEvent] = field(default_factory=list)
    remarks: list[Remark] = field(default_factory=list)
    kinds: set[str] = field(default_factory=set)
    """Kinds of comments that were told by name."""

    def remark(self, line: int, what: str, became: str, column: int = 0) -> None:
        self.remarks.append(Remark(line, what, became, column))

    def line(self, number: int, line: str) -> None:
        text = line.strip()
        if not text:
            return
        if len(line) > _LONGEST_LINE:
            self.remark(number, f"lines of more than {_LONGEST_LINE:,} characters", "left out", _LONGEST_LINE)
        elif text[0].isdigit() and not _RESOLVE.match(text):
            self.edit(number, line)
        elif text[:6].upper() == "TITLE:":
            self.title = self.title or text[6:].strip() or None
        elif text[:4].upper() == "FCM:":
            self.count_mode(number, text[4:].strip().upper())
        else:
            self.comment(number, line, text)

    def count_mode(self, number: int, mode: str) -> None:
        """The first one counts for the list; later ones speak of sources."""
        is_drop = mode.startswith("DROP")
        if self.is_drop is None:
            self.is_drop = is_drop
        elif is_drop != self.is_drop:
            self.remark(
                number, "changes between drop-frame and non-drop within the list", "the first one holds"
            )

    # ------------------------------------------------------------------------------------------- edits

    def edit(self, number: int, line: str) -> None:
        times = _TIMES.search(line)
        if times is None:
            column = len(line) - len(line.lstrip()) + 1
            self.remark(number, "lines that are no edit", "left out", _where(line, column))
            return
        found = _fields(line[: times.start()])
        if found is None:
            self.remark(number, "edits whose channel or effect cannot be read", "left out", 1)
            return
        places = list(_ONE.finditer(line, times.start()))
        if len(places) < 4:
            self.remark(number, "edits without record times", "left out", places[-1].start() + 1)
            return
        labels = [read_label(one.group(), one.start() + 1, bool(self.is_drop)) for one in places[2:]]
        for label in labels:
            if isinstance(label, BadTime):
                self.remark(number, label.what, "the edit is left out", label.column)
                return
        begins, ends = (label for label in labels if isinstance(label, Timecode))
        if not found.reel:
            self.remark(number, "edits without a reel", "named by their clip, if by anything", 1)
        is_picture = found.channel[:1].upper() in "VBN" or "/V" in found.channel.upper()
        effect, length = found.effect, found.length
        self.edits.append(
            _Edit(number, found.reel, is_picture, effect, length, begins, ends, found.number.lstrip("0"))
        )

    def comment(self, number: int, line: str, text: str) -> None:
        locator = _LOCATOR.match(text)
        resolve = None if locator else _RESOLVE.match(text)
        if locator is not None:
            label = read_label(locator.group(1), line.find(locator.group(1)) + 1, bool(self.is_drop))
            if isinstance(label, BadTime):
                self.remark(number, label.what, "the locator is left out", label.column)
                return
            words = locator.group(2).split()
            if words and words[0].lower() in _COLOURS:
                self.remark(number, "colours of markers", "left out")
                words = words[1:]
            self.markers.append(FilmEvent("marker", " ".join(words), label, number))
        elif resolve is not None and self.edits and not self.edits[-1].is_marker:
            self.resolve_marker(number, resolve.group(1), resolve.group(2), int(resolve.group(3) or 1))
        elif (clip := _CLIP.match(text)) is not None and self.edits:
            if clip.group(1).upper() == "FROM":
                self.edits[-1].clip = clip.group(2).strip()
            else:
                self.edits[-1].clip_to = clip.group(2).strip()
        else:
            self.other(number, text)

    def other(self, number: int, text: str) -> None:
        """What the list says beside edits and markers is told, and left out."""
        if text[:2].upper() == "M2":
            self.remark(number, "changes of speed (M2)", "left out; the film's times stay the same")
        elif text.startswith("*"):
            found = _COMMENT.match(text)
            kind = f"comments of the kind {found.group(1).upper()}" if found else "other comments"
            if kind not in self.kinds and len(self.kinds) >= _MOST_COMMENTS:
                kind = "other comments"
            self.kinds.add(kind)
            self.remark(number, kind, "left out")
        else:
            self.remark(number, "lines that are neither edits nor comments", "left out")

    def resolve_marker(self, number: int, note: str, name: str, frames: int) -> None:
        """What Resolve writes for a marker of its timeline: an edit of one frame, then its name."""
        self.remark(number, "colours of markers", "left out")
        edit = self.edits[-1]
        edit.is_marker = True
        words = note.strip().lstrip("* ")
        length = frames if frames > 1 else 0
        self.markers.append(FilmEvent("marker", name, edit.time, edit.line, None, words, length))

    # ------------------------------------------------------------------------------------------- result

    def result(self) -> FilmList:
        edits = [edit for edit in self.edits if not edit.is_marker]
        picture = [edit for edit in edits if edit.is_picture]
        if picture and len(picture) < len(edits):
            first = next(edit.line for edit in edits if not edit.is_picture)
            self.remark(first, f"edits of sound alone ({len(edits) - len(picture):,})", "left out")
        cuts = list(self.cuts(picture or edits))
        if not picture:
            lines = {edit.line for edit in edits if is_cue_edit(edit.reel, edit.name)}
            cuts = [
                replace(cut, kind="marker", name=f"cue {cut.name}") if cut.line in lines else cut
                for cut in cuts
            ]
        events = sorted((*cuts, *self.markers), key=lambda event: event.line)
        problem = None if events else "no edit and no marker in it can be read as CMX 3600"
        if problem and self.remarks:
            first_bad = self.remarks[0]
            problem += f"; the first trouble is in line {first_bad.line}, column {max(first_bad.column, 1)}"
        return FilmList(
            "edl",
            self.title,
            tuple(events),
            is_drop=self.is_drop,
            remarks=tuple(self.remarks),
            problem=problem,
        )

    def cuts(self, edits: list[_Edit]) -> Iterator[FilmEvent]:
        """Where a new picture comes. An edit of no length only says which picture a dissolve comes from."""
        before: _Edit | None = None
        source: _Edit | None = None
        for edit in edits:
            if _place(edit.time) == _place(edit.end):
                source = edit
                continue
            if _place(edit.end) < _place(edit.time) and not _crosses_midnight(edit):
                self.remark(edit.line, "edits that end before they begin", "their beginning counts")
            if before is not None and _place(edit.time) < _place(before.time):
                if not _crosses_midnight(edit, before):
                    self.remark(edit.line, "edits out of order", "put in the order of their times")
            elif before is not None and _place(before.end) > _place(edit.time) and not edit.is_key:
                self.remark(
                    edit.line, "edits that begin before the one above ends", "each begins where it says"
                )
            note = edit.note(source if source is not None and source.number == edit.number else None)
            before, source = edit, None
            yield FilmEvent("cut", edit.name, edit.time, edit.line, edit.end, note)


def _place(time: Timecode) -> tuple[float, int]:
    """Timecodes of one list in their order."""
    return time.whole_s, time.frames or 0


def _crosses_midnight(edit: _Edit, before: _Edit | None = None) -> bool:
    """Whether the edit ends, or begins where the one before it does not, behind midnight."""
    late, early = (before.time, edit.time) if before is not None else (edit.time, edit.end)
    return late.whole_s - early.whole_s > 43_200


def _where(line: str, otherwise: int) -> int:
    """The column of the first thing with colons that is no timecode, else of the last word."""
    for word in re.finditer(r"\S+", line):
        if ":" in word.group() and not _ONE.fullmatch(word.group()):
            return word.start() + 1
    return otherwise
