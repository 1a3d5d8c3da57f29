"""Beats and seconds: where a beat of a cue lies in time, which beat sounds when, where the bar lines are.

Everybody who needs musical time (the engine, exports, the screens) asks here. How a tempo map comes to be is
`dsl.tempo_fit`; how long text takes is `dsl.reading_time`.
"""

from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol, TypeVar

from dsl.plan import Meter, PlannedCue, Setting

T = TypeVar("T")
SAME_TIME_S = 1e-4
"""Two times nearer than this are one: far below anything heard, far above rounding in a day-long score."""


class TempoMark(Protocol):
    """From quarter-note beat `beat`, at `t_s` seconds, quarter notes go at `bpm`: a cue's `TempoPoint`, a
    score's `TempoChange`."""

    @property
    def beat(self) -> float: ...
    @property
    def t_s(self) -> float: ...
    @property
    def bpm(self) -> float: ...


@dataclass(frozen=True, slots=True)
class Bar:
    """One bar of a cue: `index` from 0, first beat in quarter notes from the cue's start, length, times."""

    index: int
    beat: float
    beats: float
    start_s: float
    end_s: float
    meter: Meter


def time_at_beat(tempo_map: Sequence[TempoMark], beat: float) -> float:
    """Seconds (on the map's own clock) of quarter-note `beat`; before the first point its tempo holds too."""
    at = max(bisect_right(tempo_map, beat, key=lambda point: point.beat) - 1, 0)
    point = tempo_map[at]
    return point.t_s + (beat - point.beat) * 60.0 / point.bpm


def beat_at_time(tempo_map: Sequence[TempoMark], t_s: float) -> float:
    """The quarter-note beat that sounds at `t_s`; the inverse of `time_at_beat`."""
    at = max(bisect_right(tempo_map, t_s, key=lambda point: point.t_s) - 1, 0)
    point = tempo_map[at]
    return point.beat + (t_s - point.t_s) * point.bpm / 60.0


def meter_at(meters: Sequence[Setting[Meter]], t_s: float) -> Meter:
    """The metre in force at `t_s` (the first one before all of them)."""
    return setting_at(meters, t_s + SAME_TIME_S)


def setting_at(settings: Sequence[Setting[T]], t_s: float) -> T:
    """What stepwise settings, in order of time, say at `t_s` (the first one before all of them)."""
    at = max(bisect_right(settings, t_s, key=lambda setting: setting.start_s) - 1, 0)
    return settings[at].value


def bars_of(cue: PlannedCue) -> tuple[Bar, ...]:
    """Every bar of a cue in order; the last one ends at the cue's end (within rounding)."""
    return bar_lines(cue.tempo_map, cue.meters, cue.bars)


def bar_lines(tempo_map: Sequence[TempoMark], meters: Sequence[Setting[Meter]], bars: int) -> tuple[Bar, ...]:
    """`bars` bars from beat 0 under a tempo map and metres on the same clock."""
    laid: list[Bar] = []
    beat = 0.0
    start = time_at_beat(tempo_map, 0.0)
    for index in range(bars):
        meter = meter_at(meters, start)
        end = time_at_beat(tempo_map, beat + meter.beats_per_bar)
        laid.append(Bar(index, beat, meter.beats_per_bar, start, end, meter))
        beat, start = beat + meter.beats_per_bar, end
    return tuple(laid)
