"""A list of cuts or markers becomes a score, or goes into one: the way from a `FilmList` to a score's text
and what is told of it. Every moment is read back from the finished score's plan.
"""

import zlib
from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass, replace

from dsl.film_clock import FilmClock
from dsl.importers.picture.file_clock import FileClock, file_clock, film_moments, half_frame_s, label_of
from dsl.importers.picture.film_list import FilmList
from dsl.importers.picture.film_score import SHORTEST_CUE_S, MomentChange
from dsl.importers.picture.own_cues import with_own_cues
from dsl.importers.picture.roles import Cuts, Wanted, plain, wanted_moments
from dsl.importers.picture.score_pins import ScoreView, view_score
from dsl.importers.picture.trying import put_in_what_can_be
from dsl.importers.story import Remark
from dsl.source import read_lines
from dsl.values import Timecode

_HOUR_S = 3600.0
_HOLD_LONGEST_S = 22 * 3600.0


@dataclass(frozen=True, slots=True)
class ListOptions:
    """How a list is to be read, where it does not say: its frame rate, the timecode of its film's first
    frame, and what its cuts become."""

    fps: float | None = None
    start: Timecode | None = None
    cuts: Cuts = "at"


@dataclass(frozen=True, slots=True)
class TakenIn:
    """The score's text, what became of each moment, and the clock that the list was read by: frames a second
    and the label of its film's first frame (None: the list has no frames, its film starts at 0). `problem`:
    why the text is as it was."""

    text: str
    changes: tuple[MomentChange, ...] = ()
    remarks: tuple[Remark, ...] = ()
    fps: float | None = None
    start: str | None = None
    problem: str | None = None


def new_score(listed: FilmList, otherwise_title: str, options: ListOptions) -> TakenIn:
    """A score made of a list; `otherwise_title` is used where the list has no title."""
    clock = file_clock(listed, options.fps, options.start)
    remarks = [*listed.remarks, *clock.remarks]
    wanted = _wanted(listed, clock, options, remarks)
    title = plain(listed.title or otherwise_title).replace("//", "/ /") or "Untitled"
    lines = ["melodrama: 1", f"title: {title}", *_clock_lines(clock.film, clock.is_drop)]
    lines += [f"seed: {zlib.crc32(title.encode('utf-8', 'replace')) % 10_000}", "---"]
    if not any(one.role == "cue" for one in wanted):
        lines += ["", f"# {title}"]
        wanted = _with_end(listed, clock, wanted)
    text = "\n".join(lines) + "\n"
    return _taken_in(text, "", listed, clock, wanted, remarks, is_new=True)


def into_score(text: str, folder: str, listed: FilmList, options: ListOptions) -> TakenIn:
    """The score's text with the list's moments in it; everything that the list does not speak of stays."""
    view = view_score(text, folder)
    own = view.film
    clock = file_clock(listed, options.fps, options.start, own)
    remarks = [*listed.remarks]
    if not view.has_times:
        # Its own list has what it counts by without saying so.
        is_own = own.start is None and clock.film.start is not None and not any(_parts(clock.film.start))
        if not (is_own and all(one.is_own for one in _wanted(listed, clock, options, []))):
            text = _with_clock(text, view, clock)
    elif (
        own.start is None and options.start is None and listed.start is None and clock.film.start is not None
    ):
        first_s = min((pin.t_s for pin in view.pins if pin.timecode is not None), default=0.0)
        if first_s >= _HOUR_S - 1.0:
            # Without `start:` its timecodes count from 00:00:00, as the list's do.
            clock = replace(clock, film=FilmClock(clock.film.fps, None), remarks=clock.remarks[:-1])
    remarks += clock.remarks
    wanted = _with_end(listed, clock, _wanted(listed, clock, options, remarks))
    return _taken_in(text, folder, listed, clock, wanted, remarks)


def _parts(start: Timecode) -> tuple[float, int]:
    return start.whole_s, start.frames or 0


def _wanted(listed: FilmList, clock: FileClock, options: ListOptions, remarks: list[Remark]) -> list[Wanted]:
    return wanted_moments(film_moments(listed, clock, remarks), options.cuts, remarks)


def _with_end(listed: FilmList, clock: FileClock, wanted: list[Wanted]) -> list[Wanted]:
    """Where the last cut ends the last cue ends with it, unless markers say where cues are."""
    if any(one.role in ("cue", "out") for one in wanted) or not any(one.role == "at" for one in wanted):
        return wanted
    ends = [
        (film_time(event.end, clock), event.line)
        for event in listed.events
        if event.kind == "cut" and event.end is not None
    ]
    end_s, line = max(ends, default=(0.0, 0))
    if not wanted[-1].t_s + SHORTEST_CUE_S <= end_s <= _HOLD_LONGEST_S:
        return wanted
    return [*wanted, Wanted("out", "", "cut: end", end_s, line, 0)]


def film_time(time: Timecode | float, clock: FileClock) -> float:
    """Seconds from the film's first frame."""
    if isinstance(time, float):
        return time
    return clock.film.seconds(replace(time, drop=clock.is_drop) if time.frames is not None else time)


def _taken_in(
    text: str,
    folder: str,
    listed: FilmList,
    clock: FileClock,
    wanted: Sequence[Wanted],
    remarks: list[Remark],
    is_new: bool = False,
) -> TakenIn:
    fps, start = clock.film.fps, clock.film.start
    start_label = label_of(start, fps) if start is not None else None
    if not wanted:
        problem = "none of its times is in the film" if listed.events else "no time in it"
        if listed.events and all(event.kind == "cut" for event in listed.events):
            problem += " (or --cuts none leaves nothing)"
        return TakenIn(text, remarks=tuple(remarks), fps=fps, start=start_label, problem=problem)
    view = view_score(text, folder)
    wanted = with_own_cues(wanted, view.blocks)
    if view.film.fps and fps and (abs(view.film.fps - fps) > 1e-6 or view.is_drop != clock.is_drop):
        what = f"times at {_rate(fps, clock.is_drop)} frames a second"
        became = (
            f"converted by real time to {_rate(view.film.fps, view.is_drop)}, each at most "
            f"{500 / view.film.fps:.1f} ms off"
        )
        if abs(view.film.fps - fps) > 1e-6 or not is_new:
            remarks.append(Remark(0, what, became))
    tolerance_s = half_frame_s(view.film.fps) + 1e-6
    tried = put_in_what_can_be(text, folder, wanted, tolerance_s, remarks, is_new)
    _read_back(tried.view, tried.placed, tried.remarks, tolerance_s)
    return TakenIn(tried.text, tuple(tried.changes.values()), tuple(tried.remarks), fps, start_label)


def _read_back(view: ScoreView, placed: Sequence[Wanted], remarks: list[Remark], tolerance_s: float) -> None:
    """Holds every moment against the finished score's plan: what is not there on time is told, with how far
    off it is."""
    times = sorted(
        {event.t_s for cue in view.plan.cues for event in cue.events if event.kind in ("hit", "at")}
        | {time for cue in view.plan.cues for time in (cue.start_s, cue.end_s)}
    )
    for one in placed:
        place = bisect_left(times, one.t_s)
        near = min(
            (abs(time - one.t_s) for time in times[max(place - 1, 0) : place + 1]), default=float("inf")
        )
        if near > tolerance_s:
            off = f"{near * 1000:.0f} ms off" if near < 3600 else "not there"
            remarks.append(
                Remark(one.line, "moments that the score cannot meet", f"written, but {off}", one.column)
            )


def _rate(fps: float, is_drop: bool) -> str:
    return f"{fps:.5g}" + (" drop-frame" if is_drop else "")


def _clock_lines(film: FilmClock, is_drop: bool) -> list[str]:
    """`fps:` and `start:` as front matter says them."""
    lines = []
    if film.fps is not None:
        lines.append(f"fps: {film.fps:.5g}" if film.fps < 1000 else "")
    if film.start is not None:
        lines.append(f"start: {label_of(film.start, film.fps)}")
    elif is_drop and film.fps is not None:
        lines.append("start: 00:00:00;00")
    return lines


def _with_clock(text: str, view: ScoreView, clock: FileClock) -> str:
    """A score that has no times yet takes over the list's clock."""
    lines = _clock_lines(clock.film, clock.is_drop)
    if view.document.front_matter.fps is not None:
        # Its own rate may count otherwise; the full second is the same in both.
        is_same = view.film.fps is not None and abs(view.film.fps - (clock.film.fps or 0.0)) < 1e-6
        lines = [line for line in lines if not line.startswith("fps") and is_same]
        start = clock.film.start
        if start is not None and start.frames is not None and not is_same:
            whole = replace(start, frames=0, drop=False)
            lines = [f"start: {label_of(whole, view.film.fps)}"]
    if not lines:
        return text
    source = read_lines(text)
    usual = next((ending for ending in source.endings if ending), "\n")
    added = "".join(line + usual for line in lines)
    end = view.document.front_matter_end()
    if not end:
        return f"{added}---{usual}{text}"
    before = "".join(a + b for a, b in zip(source.lines[: end - 1], source.endings[: end - 1], strict=True))
    rest = "".join(a + b for a, b in zip(source.lines[end - 1 :], source.endings[end - 1 :], strict=True))
    return before + added + rest
