"""A list's own clock: its frame rate and where its film starts, as it says, as it is asked, or as its labels
let one guess; and with it every event's time in seconds of the film. What was guessed or cannot be is told.
"""

from dataclasses import dataclass, replace

from dsl.film_clock import FilmClock
from dsl.importers.picture.film_list import EventKind, FilmEvent, FilmList
from dsl.importers.story import Remark
from dsl.timecode import (
    frame_label,
    frame_number,
    is_drop_rate,
    is_dropped,
    labels_dropped,
    millisecond_label,
)
from dsl.values import Columns, Timecode

_NTSC = 1000 / 1001
_HOUR_S = 3600
_HALF_DAY_S = 43_200
_NO_PLACE = Columns(1, 1)


@dataclass(frozen=True, slots=True)
class FilmMoment:
    """A cut or a marker `t_s` seconds from the film's first frame, with the file's line and column. `end_s`:
    where it ends, None where it has no length."""

    kind: EventKind
    name: str
    t_s: float
    line: int
    column: int
    end_s: float | None = None
    note: str = ""


@dataclass(frozen=True, slots=True)
class FileClock:
    """The clock of a list, and what was guessed of it."""

    film: FilmClock
    is_drop: bool
    remarks: tuple[Remark, ...] = ()


def file_clock(
    listed: FilmList, fps: float | None = None, start: Timecode | None = None, score: FilmClock | None = None
) -> FileClock:
    """The clock of a list. `fps` and `start` win where they are asked for; `score` is the clock of the score
    that the list goes into."""
    remarks: list[Remark] = []
    labels = [event.time for event in listed.events if isinstance(event.time, Timecode)]
    framed = [label for label in labels if label.frames is not None]
    drops = sum(label.drop for label in framed)
    is_drop = 2 * drops > len(framed)
    rate = fps or listed.fps
    if rate is None and framed:
        rate = _guessed_rate(framed, is_drop, score, remarks)
    if framed and is_drop and rate is not None and not is_drop_rate(rate):
        remarks.append(Remark(0, f"drop-frame times, which {rate:g} frames a second do not have", "non-drop"))
        is_drop = False
    if start is None and score is not None and score.start is not None:
        start = score.start
        if framed and start.frames is None:
            start = replace(start, frames=0)
        start = replace(start, drop=is_drop)
        if labels and not framed and min(label.whole_s for label in labels) < start.whole_s:
            # A clock of its own, as Reaper's, and not the film's.
            start = Timecode(0.0, None, _NO_PLACE)
            remarks.append(Remark(0, "times before the film's start", "counted from its first frame"))
    if start is None:
        start = listed.start
    if start is None and labels:
        start = _guessed_start(listed, framed, is_drop, rate, remarks)
    return FileClock(FilmClock(rate if framed or listed.fps else None, start), is_drop, tuple(remarks))


def _guessed_rate(
    framed: list[Timecode], is_drop: bool, score: FilmClock | None, remarks: list[Remark]
) -> float:
    most = max(label.frames or 0 for label in framed)
    own = score.fps if score is not None else None
    if own is not None and most < round(own) and (not is_drop or is_drop_rate(own)):
        return own
    if is_drop:
        rate = 60 * _NTSC if most >= 30 else 30 * _NTSC
    else:
        table = ((24, 24.0), (25, 25.0), (30, 30 * _NTSC), (50, 50.0), (60, 60 * _NTSC), (120, 120.0))
        rate = next((rate for count, rate in table if most < count), 240.0)
    became = f"taken as {rate:.5g} (frames up to {most:02d}); --fps 25 would say otherwise"
    remarks.append(Remark(0, "a frame rate that the file does not say", became))
    return rate


def _guessed_start(
    listed: FilmList, framed: list[Timecode], is_drop: bool, rate: float | None, remarks: list[Remark]
) -> Timecode | None:
    """A list of cuts starts with its first cut; among markers alone the film starts at the full hour."""
    labels = [event.time for event in listed.events if isinstance(event.time, Timecode)]
    first = _earliest(labels)
    if any(event.kind == "cut" for event in listed.events):
        start = first
    else:
        start = Timecode(float(first.whole_s // _HOUR_S * _HOUR_S), 0 if framed else None, _NO_PLACE)
    if start.whole_s == 0 and not start.frames:
        return None
    start = Timecode(start.whole_s, start.frames, _NO_PLACE, is_drop and start.frames is not None)
    became = f"taken as {label_of(start, rate)}; --start would say otherwise"
    remarks.append(Remark(0, "where the film starts, which the file does not say", became))
    return start


def label_of(time: Timecode, fps: float | None) -> str:
    """A timecode as it is written: `01:00:00;00`, `01:00:00.500`."""
    if time.frames is None or not fps:
        return millisecond_label(round(time.whole_s * 1000))
    is_drop = time.drop and is_drop_rate(fps)
    return frame_label(frame_number(int(time.whole_s), time.frames, fps, is_drop), fps, is_drop)


def _earliest(labels: list[Timecode]) -> Timecode:
    """The first of them; where the list begins more than half a day behind the least, it crosses midnight."""
    least = min(labels, key=_place)
    if labels[0].whole_s - least.whole_s > _HALF_DAY_S:
        return min((label for label in labels if label.whole_s >= _HALF_DAY_S), key=_place)
    return least


def _place(label: Timecode) -> tuple[float, int]:
    return label.whole_s, label.frames or 0


def film_moments(listed: FilmList, clock: FileClock, remarks: list[Remark]) -> list[FilmMoment]:
    """Every event with its time, in the order of their times; what has no time in the film is left out and
    goes to `remarks`."""
    found: list[FilmMoment] = []
    for event in listed.events:
        time = _mended(event, clock, remarks)
        if time is None:
            continue
        column = event.time.columns.start if isinstance(event.time, Timecode) else 0
        t_s = time if isinstance(time, float) else clock.film.seconds(time)
        if t_s < -1e-6:
            what = "times before the film's first frame"
            remarks.append(Remark(event.line, what, "left out; --start says where the film starts", column))
            continue
        end_s = None
        if event.end is not None:
            end = (
                event.end if isinstance(event.end, float) else clock.film.seconds(_counted(event.end, clock))
            )
            end_s = end if end > t_s else None
        elif event.length and clock.film.fps:
            end_s = t_s + event.length / clock.film.fps
        found.append(FilmMoment(event.kind, event.name, max(t_s, 0.0), event.line, column, end_s, event.note))
    found.sort(key=lambda moment: (moment.t_s, moment.line))
    return found


def _mended(event: FilmEvent, clock: FileClock, remarks: list[Remark]) -> Timecode | float | None:
    """The event's time as the clock counts it; None where the clock has no such label."""
    time, fps = event.time, clock.film.fps
    if isinstance(time, float) or time.frames is None or not fps:
        return time
    column = time.columns.start
    if time.frames >= round(fps):
        what = f"frame numbers that {fps:.5g} frames a second do not have"
        remarks.append(Remark(event.line, what, "left out; --fps says the file's frame rate", column))
        return None
    if time.drop != clock.is_drop:
        kind = "drop-frame" if clock.is_drop else "non-drop"
        remarks.append(Remark(event.line, "drop-frame and non-drop times in one file", f"all {kind}", column))
    time = _counted(time, clock)
    if time.drop and is_dropped(int(time.whole_s), time.frames or 0, fps):
        became = "the first frame of their minute"
        remarks.append(Remark(event.line, "labels that drop-frame counting leaves out", became, column))
        return replace(time, frames=labels_dropped(fps))
    return time


def _counted(time: Timecode, clock: FileClock) -> Timecode:
    return replace(time, drop=clock.is_drop) if time.frames is not None else time


def half_frame_s(*rates: float | None) -> float:
    """Half a frame of the fastest of the rates, half a millisecond where there is none: nearer than this, two
    times are the same."""
    known = [rate for rate in rates if rate]
    return 0.5 / max(known) if known else 5e-4
