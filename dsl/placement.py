"""Placement: from a cue's sketch to its timeline. Segments get their real times, pins are met or found
wanting.

Times are seconds from the score's start. What the cue shall sound like over its time is put together in
`dsl.cue_plan`, the tempo in `dsl.tempo_fit`.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import NamedTuple

from dsl.cue_sketch import CueSketch, Moment, Place, SketchLine, rests_by_segment
from dsl.diagnostics import Finding, Span
from dsl.film_clock import FilmClock
from dsl.plan import PlannedLine
from dsl.rests import Rests
from dsl.syntax import AtDirective
from dsl.time_findings import finding, length
from dsl.values import Timecode

UNREADABLE = 2.5
"""Squeezed more than this, text is no longer read by anybody: that is an error, not a compromise."""
_SLACK_S = 5e-3
"""A squeeze smaller than this is rounding of timecodes, not worth a word."""


@lru_cache(maxsize=1 << 15)
def _span(line: int, column: int, end: int) -> Span:
    """A line's span, remembered: after an edit nearly all are the same."""
    return Span(line, column, line, end)


class Pin(NamedTuple):
    """A moment that the script fixes: seconds on the score's clock, and the timecode that says so. `is_out`:
    it is an `@out`, so that the cue ends there and nowhere else."""

    t_s: float
    span: Span
    time: Timecode
    is_out: bool = False


@dataclass(frozen=True, slots=True)
class Placed:
    """Start time and scale of each segment; `text_end_s` is where the last text or pause ends.

    `rests` are by segment the pauses and silences that keep their length where the text is squeezed.
    """

    starts_s: tuple[float, ...]
    scales: tuple[float, ...]
    rests: tuple[Rests, ...]
    text_end_s: float
    findings: tuple[Finding, ...]

    def at(self, place: Place) -> float:
        """Seconds from the score's start at which a place of the sketch is heard."""
        return self.time(place.segment, place.offset_s)

    def time(self, segment: int, offset_s: float) -> float:
        """Seconds from the score's start of a place `offset_s` into a segment, by its unhurried time:
        words are scaled, rests keep their length where the text is squeezed."""
        scale = self.scales[segment]
        rested = self.rests[segment].by(offset_s) if scale < 1.0 else 0.0
        return self.starts_s[segment] + offset_s * scale + rested * (1.0 - scale)

    def moment_s(self, moment: Moment) -> float:
        """Seconds from the score's start at which a directive happens."""
        return self.at(moment.place)

    def rest_s(self, place: Place, asked_s: float) -> float:
        """How long a pause or silence at a place lasts."""
        return asked_s * (1.0 if self.rests[place.segment].begins_s else self.scales[place.segment])

    def lines(self, sketched: Sequence[SketchLine]) -> tuple[PlannedLine, ...]:
        """The sketch's lines with their times."""
        return tuple(
            [
                PlannedLine(
                    text,
                    speaker,
                    self.time(a, from_s),
                    self.time(b, to_s),
                    _span(line, columns.start, columns.end),
                )
                for text, speaker, line, columns, a, from_s, b, to_s in sketched
            ]
        )


def place_cue(
    sketch: CueSketch,
    start_s: float,
    film: FilmClock,
    end: Pin | None,
) -> Placed:
    """Give each segment its time, the first one `start_s`.

    `end` is when the cue's own `@out` or the next cue's `@at` ends it. Between two pins text that is too long
    is squeezed.
    """
    starts, scales = [start_s], [1.0]
    rests = rests_by_segment(sketch)
    findings: list[Finding] = []

    def squeeze(index: int, room_s: float, span: Span) -> None:
        """Give the segment that much room; its rests yield only where the words alone cannot."""
        natural_s = sketch.segments[index].natural_s
        words_s, left_s = natural_s - rests[index].total_s, room_s - rests[index].total_s
        if natural_s > room_s and (words_s <= 0.0 or left_s * UNREADABLE < words_s):
            rests[index] = Rests()
        scales[index] = _squeeze(natural_s, rests[index].total_s, room_s, span, findings)

    for index, segment in enumerate(sketch.segments[1:], 1):
        before = sketch.segments[index - 1].natural_s
        assert segment.pin is not None
        assert isinstance(segment.pin.directive, AtDirective)
        time = segment.pin.directive.time
        pin = film.seconds(time)
        room = pin - starts[-1]
        if room < -1e-6 or (room < 1e-6 and before > 1e-6):
            findings.append(_past(segment.pin.span, starts[-1] + before * scales[-1], time, film))
            starts.append(starts[-1] + before * scales[-1])
        else:
            squeeze(index - 1, room, segment.pin.span)
            starts.append(pin)
        scales.append(1.0)
    natural = sketch.segments[-1].natural_s
    if end is not None and end.t_s <= starts[-1] and starts[-1] + natural > end.t_s:
        # Moments that have passed pushed all text beyond the cue's end: everything is squeezed alike.
        scale = _squeeze(starts[-1] + natural - start_s, 0.0, end.t_s - start_s, end.span, findings)
        starts = [start_s + (one - start_s) * scale for one in starts]
        scales = [one * scale for one in scales]
        rests = [Rests()] * len(rests)
    elif end is not None:
        squeeze(len(starts) - 1, end.t_s - starts[-1], end.span)
    placed = Placed(tuple(starts), tuple(scales), tuple(rests), 0.0, ())
    for fit in sketch.fits:
        asked = fit.end.offset_s - fit.start.offset_s
        less = asked - (placed.at(fit.end) - placed.at(fit.start))
        if scales[fit.start.segment] < 1.0 and less > 0.0:
            message = f"@at leaves the paragraph {length(asked - less)}, {length(less)} less than asked"
            findings.append(finding("W403", message, fit.moment.span))
    text_end_s = placed.time(len(starts) - 1, natural)
    return replace(placed, text_end_s=text_end_s, findings=tuple(findings))


def _squeeze(natural_s: float, rests_s: float, room_s: float, span: Span, findings: list[Finding]) -> float:
    """The scale that makes `natural_s` fit into `room_s` (rests keep their length), 1 where it fits
    anyway."""
    over = natural_s - room_s
    if over <= 1e-9 or natural_s <= 0.0:
        return 1.0
    scale = (room_s - rests_s) / (natural_s - rests_s)
    if over > _SLACK_S:
        message = (
            f"the text before this moment needs {length(natural_s)} and has {length(room_s)}: "
            f"{length(over)} too little, so it is read {1 / scale:.2f} times as fast"
        )
        code = "E402" if scale * UNREADABLE < 1.0 else "W402"
        hint = f"move the @at {length(over)} later, or cut text"
        findings.append(finding(code, message, span, hint))
    return scale


def _past(span: Span, reached_s: float, time: Timecode, film: FilmClock) -> Finding:
    late = length(reached_s - film.seconds(time))
    message = f"this moment has passed: it misses what stands before it by {late}"
    return finding("E401", message, span, f"ask for {film.earliest(reached_s, time)} or later")


def late_pin(span: Span, time: Timecode, earliest_s: float, why: str, film: FilmClock) -> Finding:
    """A pinned moment that comes before what stands before it has had any time."""
    asked = film.earliest(film.seconds(time), time)
    earliest = film.earliest(earliest_s, time)
    message = f"{asked} cannot be met: {why} {earliest}, {length(earliest_s - film.seconds(time))} later"
    return finding("E401", message, span, f"ask for {earliest} or later")
