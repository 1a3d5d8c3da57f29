"""A score's clock and its film's: what a timecode means in seconds of the score, and how a moment is written.

Timecodes with frames count the film's frames, those without are a clock's; both count from `start:`, and
over midnight where the film runs into the next day.
"""

import math
from dataclasses import dataclass

from dsl.syntax import AtDirective, Document, OutDirective
from dsl.time_findings import clock
from dsl.timecode import DAY_S, frame_label, frame_number, is_drop_rate, millisecond_label
from dsl.values import Timecode

_ROUNDING_S = 1e-6
_LONGEST_PAST_MIDNIGHT_S = 6 * 3600.0
"""A timecode before `start:` is one after midnight where the film would be no longer than this; else it is
before the first frame, which nothing can be."""


@dataclass(frozen=True, slots=True)
class FilmClock:
    """`fps` frames a second and the label of the film's first frame, each None where the score has none."""

    fps: float | None = None
    start: Timecode | None = None

    @property
    def film_start_s(self) -> float:
        """The film's first frame in seconds of film since 00:00:00:00."""
        return self.start.film_s(self.fps) if self.start else 0.0

    @property
    def start_s(self) -> float:
        """The same by the clock."""
        return self.start.at(self.fps) if self.start else 0.0

    def seconds(self, time: Timecode) -> float:
        """Seconds on the score's clock; negative before the film's first frame."""
        if time.frames is not None:
            t_s, day_s = time.film_s(self.fps) - self.film_start_s, self._film_day_s(time.drop)
        else:
            t_s, day_s = time.whole_s - self.start_s, float(DAY_S)
        return t_s + day_s if t_s < 0.0 and t_s + day_s <= _LONGEST_PAST_MIDNIGHT_S else t_s

    def _film_day_s(self, is_drop: bool) -> float:
        """How long the timecode of a whole day takes: 86,486.4 s at 23.976, where no labels are dropped."""
        if not self.fps:
            return float(DAY_S)
        return frame_number(DAY_S, 0, self.fps, is_drop and is_drop_rate(self.fps)) / self.fps

    def earliest(self, t_s: float, like: Timecode) -> str:
        """The first timecode that is not before `t_s`, in the form of `like`."""
        if like.frames is not None and self.fps:
            frame = math.ceil((t_s + self.film_start_s - _ROUNDING_S) * self.fps)
            return frame_label(frame, self.fps, like.drop)
        return clock(math.ceil((t_s + self.start_s - _ROUNDING_S) * 1000) / 1000 % DAY_S)

    def written(self, t_s: float) -> str:
        """The moment as this score writes its times: from its `start:`, in frames where that has frames."""
        if self.start is not None and self.start.frames is not None and self.fps:
            return frame_label(round((t_s + self.film_start_s) * self.fps), self.fps, self.start.drop)
        return clock((t_s + self.start_s) % DAY_S)

    def label(self, t_s: float, is_drop: bool = False) -> str:
        """The moment as an `@at` of this score says it, to the frame where the score has a frame rate, else
        to the millisecond."""
        if self.fps:
            return frame_label(round((t_s + self.film_start_s) * self.fps), self.fps, is_drop)
        milliseconds = round((t_s + self.start_s) * 1000)
        return millisecond_label(milliseconds % (DAY_S * 1000))


def counts_drop_frame(document: Document) -> bool:
    """Whether the score's timecodes are drop-frame: its `start:`, else the first one with frames."""
    front = document.front_matter
    times = [front.start] if front.start else []
    times += [
        directive.time
        for line in document.parsed
        for directive in line.directives
        if isinstance(directive, AtDirective | OutDirective)
    ]
    counted = (time.drop for time in times if time.frames is not None)
    return front.fps is not None and is_drop_rate(front.fps) and next(counted, False)
