"""Markers of lists that a score was written out as (`render --format edl,markers`): which cue, hit or line of
the score each of them is. Somebody may have moved them in between; their words are as they were written.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

_BEGINS = re.compile(r" / (?=(?:cue |hit\b|line[ :]))")
"""Where several moments at one frame were made one marker."""
_HIT = re.compile(r"hit(?: (\S+))?")
_CUE = re.compile(r"cue (\S.*)")
_LINE = re.compile(r"line(?: ([^:]{1,80}))?: .*", re.S)


@dataclass(frozen=True, slots=True)
class OwnMarker:
    """`name` is a cue's number and title, a hit's name, a line's speaker; "" where there is none."""

    kind: Literal["cue", "hit", "line"]
    name: str


def own_markers(name: str, note: str, lasts: bool) -> Sequence[OwnMarker]:
    """What a marker was in the score that it comes from; empty where it comes from nowhere. Lists that have
    one text for a marker have it in `name`: there, a cue is one only where it `lasts`."""
    if note:
        found = [_read(label) for label in _BEGINS.split(note.strip())]
        markers = [one for one in found if one is not None]
        names = " / ".join(one.name for one in markers if one.name) or (markers[0].kind if markers else "")
        return markers if len(markers) == len(found) and names == name.strip() else ()
    alone = _read(name.strip())
    return () if alone is None or (alone.kind == "cue" and not lasts) else (alone,)


def _read(label: str) -> OwnMarker | None:
    if (hit := _HIT.fullmatch(label)) is not None:
        return OwnMarker("hit", hit.group(1) or "")
    if (cue := _CUE.fullmatch(label)) is not None:
        return OwnMarker("cue", cue.group(1))
    line = _LINE.fullmatch(label)
    return OwnMarker("line", line.group(1) or "") if line is not None else None


def is_cue_edit(reel: str, clip: str) -> bool:
    """Whether an edit of sound is a cue of a score: its reel is made of the cue's name."""
    first = re.sub(r"[^A-Z0-9]", "", clip.split(" ")[0].upper())[:8]
    return bool(clip) and (re.fullmatch(r"Q*CUE\d{3,}", reel) is not None or (bool(first) and reel == first))
