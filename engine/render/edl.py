"""Edit decision lists (CMX 3600): the cues of a score as edits on the music's track, its hits and lines as
locators under them, to the frame.

The form is that of CMX 3600 as Resolve, Premiere and Avid read it: a title, FCM (which says whether timecodes
drop frames), an event a cue with source and record times, `* FROM CLIP NAME`, and `* LOC` for what lies
within it, as Avid writes its markers. `markers_edl` is the other EDL in use, the one that Resolve exchanges
its timeline markers by: an event of one frame a marker, with colour, name and length after bars.
"""

import re
from bisect import bisect_right
from collections.abc import Iterator, Sequence
from itertools import groupby

from engine.render.spotting_list import FilmFrames, Spot, SpotKind

LOCATOR_COLOURS: dict[SpotKind, str] = {"cue": "GREEN", "hit": "RED", "line": "CYAN"}
RESOLVE_COLOURS: dict[SpotKind, str] = {"cue": "Green", "hit": "Red", "line": "Cyan"}
MOST_FPS = 100
"""From here on a frame's number would need three digits, which the format has no room for."""
_REEL = 8
_LONGEST_TITLE = 70


def edl_bytes(title: str, spots: Sequence[Spot], film: FilmFrames) -> bytes:
    """Cues as events on the audio track, hits and lines as locators: UTF-8, ends of lines as CMX has them."""
    cues = [spot for spot in spots if spot.kind == "cue"]
    starts = [cue.start_s for cue in cues]
    within: list[list[Spot]] = [[] for _ in cues]
    for spot in spots:
        if spot.kind != "cue" and cues:
            within[max(bisect_right(starts, spot.start_s + 1e-6) - 1, 0)].append(spot)
    lines = [*_head(title, film)]
    reels = _reels(cues)
    for number, (cue, reel, inside) in enumerate(zip(cues, reels, within, strict=True), 1):
        first, after = film.span(cue)
        times = " ".join(film.label(frame) for frame in (0, after - first, first, after))
        lines += [f"{number:03d}  {reel:<8} AA    C        {times}", f"* FROM CLIP NAME: {cue.name}"]
        lines += [
            f"* LOC: {film.label(film.frame(spot.start_s))} {LOCATOR_COLOURS[spot.kind]:<7} {spot.label}"
            for spot in inside
        ]
        lines.append("")
    return "\r\n".join(lines).encode()


def markers_edl(title: str, spots: Sequence[Spot], film: FilmFrames) -> bytes:
    """Every moment as a marker of Resolve's (Timelines › Import › Timeline Markers from EDL). Resolve holds
    one marker a frame: several at one become one, named after all of them."""
    lines = [*_head(title, film)]
    at_one = groupby(spots, key=lambda spot: film.frame(spot.start_s))
    for number, (frame, group) in enumerate(at_one, 1):
        here = list(group)
        times = " ".join(film.label(one) for one in (frame, frame + 1, frame, frame + 1))
        colour = next(RESOLVE_COLOURS[kind] for kind in ("hit", "cue", "line") if _any(here, kind))
        # The note comes first, and begins with a letter: Resolve takes a digit there for an event's number.
        note = _unbarred(" / ".join(spot.label for spot in here))
        named = [spot.name for spot in here if spot.name] or [here[0].kind]
        name = _unbarred(" / ".join(named))
        length = max(after - first for first, after in map(film.span, here))
        lines += [f"{number:03d}  001      V     C        {times}  "]
        lines += [f"{note} |C:ResolveColor{colour} |M:{name} |D:{length}", ""]
    return "\r\n".join(lines).encode()


def _any(spots: Sequence[Spot], kind: SpotKind) -> bool:
    return any(spot.kind == kind for spot in spots)


def _head(title: str, film: FilmFrames) -> Iterator[str]:
    yield f"TITLE: {' '.join(title.split())[:_LONGEST_TITLE] or 'Melodrama'}"
    yield f"FCM: {'DROP FRAME' if film.drop else 'NON-DROP FRAME'}"
    yield ""


def _reels(cues: Sequence[Spot]) -> list[str]:
    """A name of at most eight capitals and digits for each cue, none twice: what tape names were."""
    taken: set[str] = set()
    reels = []
    for number, cue in enumerate(cues, 1):
        own = re.sub(r"[^A-Z0-9]", "", cue.name.split(" ")[0].upper())[:_REEL] if cue.name else ""
        # AX and BL mean an auxiliary source and black.
        reel = own if own and own not in taken | {"AX", "BL"} else f"CUE{number:03d}"
        while reel in taken:
            reel = f"Q{reel}"[:_REEL]
        taken.add(reel)
        reels.append(reel)
    return reels


def _unbarred(text: str) -> str:
    """Bars part the fields of a marker."""
    return text.replace("|", "/")
