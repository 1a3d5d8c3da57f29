"""What a cut or a marker is in a score: a hit, a cue's start or end, or a moment that pins what follows; and
what it is called there.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import Literal

from dsl.cue_names import cue_number
from dsl.importers.picture.file_clock import FilmMoment
from dsl.importers.picture.own_lists import OwnMarker, own_markers
from dsl.importers.story import Remark
from dsl.parse import parse_line
from dsl.syntax import DirectiveLine, HitDirective
from dsl.vocabulary import fold

Role = Literal["cue", "out", "hit", "at"]
Cuts = Literal["at", "hit", "cue", "none"]
CUTS: tuple[Cuts, ...] = ("at", "hit", "cue", "none")
"""What cuts may become: moments, hits, cues, nothing."""
_LONGEST_NAME = 40
_LONGEST_COMMENT = 120
_UNSAYABLE = re.compile(
    "[\x00-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069\ud800-\udfff\ufeff\ufffe\uffff]+"
)
_PLAIN_NAME = re.compile(r"(?![xX]\d)[A-Za-z][A-Za-z0-9_]*(?:-[A-Za-z0-9_]+)*")
"""What the language takes for a name without being asked, which takes long for a hundred thousand."""
_NUMBER = r"\d{1,4}[mM]\d{1,4}[A-Za-z]{0,4}(?![^\W\u3400-\u9fff]|-)"
_CUE = re.compile(rf"(?:(?:cue|乐段|音乐)\s*[:：#]?\s*|#\s*)?({_NUMBER})[\s:：,，.—–-]*(.*)$", re.I)
_NAMED_CUE = re.compile(r"(?:cue\s*[:：#]|乐段\s*[:：]|#\s)\s*(\S.*)$", re.I)
_OUT = re.compile(r"[(\[（]?(?:out|end|ends|stop|music out|止|出|结束|终)[)\]）]?[.!]?$", re.I)
_IN = re.compile(r"[(\[（]?(?:in|start|starts|begin|begins|music in|起|入|开始)[)\]）]?[.!]?$", re.I)


@dataclass(frozen=True, slots=True)
class Wanted:
    """A moment as the score is to have it. `name`: the hit's name, or the cue's number and title; `comment`:
    what its `@at` line says of where it comes from, and by what it is found again. `note` is a comment of its
    own. `is_own`: the list was written from a score, so that it need not be pinned where it is already;
    `called` is then the key of the score's cue that it is about."""

    role: Role
    name: str
    comment: str
    t_s: float
    line: int
    column: int
    note: str = ""
    is_own: bool = False
    called: str | None = None

    @property
    def key(self) -> tuple[str, str]:
        """What it is found again by, whatever its time: a cue by its number, a hit by its name, everything
        else by what its line says of where it comes from."""
        if self.role in ("cue", "out"):
            if self.called is not None:
                return self.role, self.called
            return self.role, fold(cue_number(self.name) or self.name or self.comment)
        return ("hit", fold(self.name)) if self.name and self.role == "hit" else ("at", fold(self.comment))


def wanted_moments(moments: Iterable[FilmMoment], cuts: Cuts, remarks: list[Remark]) -> list[Wanted]:
    """What each moment becomes, in the order of time; names that had to be changed go to `remarks`."""
    wanted: list[Wanted] = []
    for moment in moments:
        if moment.kind == "cut":
            if cuts != "none":
                wanted.append(_cut(moment, cuts))
            continue
        wanted += _marker(moment, remarks)
    wanted.sort(key=lambda one: one.t_s)
    return wanted


def _cut(moment: FilmMoment, cuts: Cuts) -> Wanted:
    name = plain(moment.name)
    comment = f"cut: {name}" if name else "cut"
    role: Role = "cue" if cuts == "cue" else "hit" if cuts == "hit" else "at"
    named = (name or "Cut") if role == "cue" else ""
    return Wanted(role, named, comment, moment.t_s, moment.line, moment.column, plain(moment.note))


def _own(moment: FilmMoment, markers: Iterable[OwnMarker], remarks: list[Remark]) -> Iterator[Wanted]:
    """What markers were that a score was written out as."""
    place = (moment.line, moment.column)
    for one in markers:
        name = plain(one.name)
        if one.kind == "line":
            remarks.append(
                Remark(*place[:1], "spoken lines", "left out; the score's text says them", place[1])
            )
        elif one.kind == "hit":
            comment = f"marker: {name or 'hit'}"
            yield Wanted("hit", hit_name(name), comment, moment.t_s, *place, is_own=True)
        else:
            comment = f"marker: {name}" if cue_of(name)[0] is not None else f"marker: cue: {name}"
            yield Wanted("cue", name, comment, moment.t_s, *place, is_own=True)
            if moment.end_s is not None:
                yield Wanted("out", name, f"{comment} (end)", moment.end_s, *place, is_own=True)


def _marker(moment: FilmMoment, remarks: list[Remark]) -> list[Wanted]:
    own = own_markers(moment.name, moment.note, moment.end_s is not None)
    if own:
        return list(_own(moment, own, remarks))
    name = plain(moment.name)
    place = (moment.line, moment.column)
    note = plain(moment.note)
    named, is_out = cue_of(name)
    comment = f"marker: {name}" if name else "marker"
    if named is not None and is_out:
        return [Wanted("out", named, comment, moment.t_s, *place, note)]
    if named is not None:
        found = [Wanted("cue", named, comment, moment.t_s, *place, note)]
        if moment.end_s is not None:
            found.append(Wanted("out", named, f"{comment} (end)", moment.end_s, *place))
        return found
    if moment.end_s is not None:
        remarks.append(Remark(moment.line, "lengths of markers that begin no cue", "left out", moment.column))
    hit = hit_name(name)
    if hit != name:
        became = hit or "a hit without a name"
        remarks.append(Remark(moment.line, f"the name “{name}”", became, moment.column))
    return [Wanted("hit", hit, comment, moment.t_s, *place, note)]


def cue_of(name: str) -> tuple[str | None, bool]:
    """The cue that a marker's name speaks of, as its heading says it (`1m1 The cliff`, `乐段：悬崖`), and
    whether it ends there (`1m1 OUT`); None where it speaks of none."""
    found = _CUE.match(name)
    if found is not None:
        number, title = found.groups()
        if _OUT.fullmatch(title):
            return number, True
        title = "" if _IN.fullmatch(title) else title
        return f"{number} {title}".strip(), False
    named = _NAMED_CUE.match(name)
    return (named.group(1), False) if named is not None else (None, False)


def plain(text: str) -> str:
    """A text as a comment in one line says it."""
    words = " ".join(_UNSAYABLE.sub(" ", text).split())
    return words if len(words) <= _LONGEST_COMMENT else words[: _LONGEST_COMMENT - 1].rstrip() + "…"


@lru_cache(maxsize=4096)
def hit_name(name: str) -> str:
    """The nearest that a hit may be called: `Door slam!` is Door-slam, `2` is _2; "" where nothing is
    left."""
    bare = re.sub(r"\W+", "-", name).strip("-")[:_LONGEST_NAME].rstrip("-")
    if _PLAIN_NAME.fullmatch(bare):
        return bare
    for one in (bare, f"_{bare}"):
        if bare and _is_hit(one):
            return one
    return ""


def _is_hit(name: str) -> bool:
    """Whether the language takes it: it is asked itself."""
    line = parse_line(f"@hit {name}")
    item = line.item
    if line.findings or not (isinstance(item, DirectiveLine) and isinstance(item.directive, HitDirective)):
        return False
    return item.directive.label is not None and item.directive.label.text == name
