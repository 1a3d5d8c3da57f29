"""A score's clock and its film's: what a timecode means in seconds of the score, and how a moment is written.

Timecodes with frames count the film's frames, those without are a clock's; both count from `start:`.
"""

import math
from dataclasses import dataclass

from dsl.syntax import AtDirective, Document, OutDirective
from dsl.time_findings import clock
from dsl.timecode import frame_label, is_drop_rate
from dsl.values import Timecode

_ROUNDING_S = 1e-6


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
            return time.film_s(self.fps) - self.film_start_s
        return time.whole_s - self.start_s

    def earliest(self, t_s: float, like: Timecode) -> str:
        """The first timecode that is not before `t_s`, in the form of `like`."""
        if like.frames is not None and self.fps:
            frame = math.ceil((t_s + self.film_start_s - _ROUNDING_S) * self.fps)
            return frame_label(frame, self.fps, like.drop)
        return clock(math.ceil((t_s + self.start_s - _ROUNDING_S) * 1000) / 1000)

    def written(self, t_s: float) -> str:
        """The moment as this score writes its times: from its `start:`, in frames where that has frames."""
        if self.start is not None and self.start.frames is not None and self.fps:
            return frame_label(round((t_s + self.film_start_s) * self.fps), self.fps, self.start.drop)
        return clock(t_s + self.start_s)


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
