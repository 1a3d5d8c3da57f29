"""A cue's clock: its bars, and beats to seconds and back along its tempo map.

Beats are quarter notes from the cue's start, seconds count from the start of the score. Building and fitting tempo
maps is `dsl.timing`'s business; this only reads them, for one number or a whole array at once.
"""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from dsl.plan import Curve, Meter, PlannedCue, Setting, T

Floats = npt.NDArray[np.float64]

SNAP_S = 0.03
"""A setting that begins this little after a bar line (seconds) still begins with the bar."""


@dataclass(frozen=True, slots=True)
class Bar:
    """One bar: where it starts in the cue (beats) and in the score (seconds), and its metre."""

    index: int
    start_beat: float
    beats: float
    start_s: float
    end_s: float
    meter: Meter

    @property
    def middle_s(self) -> float:
        return (self.start_s + self.end_s) / 2


@dataclass(frozen=True, slots=True)
class CueClock:
    """`knot_beats` and `knot_times` are the tempo map's corners, the cue's end last, both ascending."""

    bars: tuple[Bar, ...]
    knot_beats: Floats
    knot_times: Floats

    @property
    def beats(self) -> float:
        """Length of the cue in quarter notes."""
        return self.bars[-1].start_beat + self.bars[-1].beats if self.bars else 0.0

    @property
    def start_s(self) -> float:
        return float(self.knot_times[0])

    @property
    def end_s(self) -> float:
        return float(self.knot_times[-1])

    def seconds(self, beats: npt.ArrayLike) -> Floats:
        """Time of each beat; beyond the ends the first and last tempo go on."""
        return _along(np.asarray(beats, dtype=np.float64), self.knot_beats, self.knot_times)

    def beat_at(self, seconds: npt.ArrayLike) -> Floats:
        """Beat at each time: the inverse of `seconds`."""
        return _along(np.asarray(seconds, dtype=np.float64), self.knot_times, self.knot_beats)

    def bar_at_beat(self, beat: float) -> Bar:
        """The bar that holds `beat` (the nearest one outside the cue)."""
        starts = [bar.start_beat for bar in self.bars]
        return self.bars[max(0, int(np.searchsorted(starts, beat + 1e-6, "right")) - 1)]

    def bar_near(self, t_s: float) -> Bar:
        """The bar whose start lies nearest to `t_s`."""
        return min(self.bars, key=lambda bar: abs(bar.start_s - t_s))


def _along(x: Floats, xs: Floats, ys: Floats) -> Floats:
    inside = np.interp(x, xs, ys)
    first = (ys[1] - ys[0]) / (xs[1] - xs[0])
    last = (ys[-1] - ys[-2]) / (xs[-1] - xs[-2])
    inside = np.where(x < xs[0], ys[0] + (x - xs[0]) * first, inside)
    return np.asarray(np.where(x > xs[-1], ys[-1] + (x - xs[-1]) * last, inside))


def clock_of(cue: PlannedCue) -> CueClock:
    """The clock of a planned cue. Its end is the cue's `end_s` to the bit, so that neighbours meet exactly."""
    points = sorted(cue.tempo_map, key=lambda point: point.beat)
    beats = [point.beat for point in points]
    times = [point.t_s for point in points]
    last_bpm = points[-1].bpm
    bars: list[Bar] = []
    beat = 0.0
    for index in range(max(cue.bars, 1)):
        start = _time(beat, beats, times, last_bpm)
        meter = at_time(cue.meters, start + SNAP_S) or Meter()
        end = _time(beat + meter.beats_per_bar, beats, times, last_bpm)
        bars.append(Bar(index, beat, meter.beats_per_bar, start, end, meter))
        beat += meter.beats_per_bar
    knots = [(b, t) for b, t in zip(beats, times, strict=True) if b < beat - 1e-9]
    end_s = bars[-1].end_s
    if abs(end_s - cue.end_s) < 0.06:
        end_s = cue.end_s
    knots.append((beat, max(end_s, knots[-1][1] + 1e-6)))
    return CueClock(tuple(bars), np.array([k[0] for k in knots]), np.array([k[1] for k in knots]))


def _time(beat: float, beats: list[float], times: list[float], last_bpm: float) -> float:
    if beat >= beats[-1]:
        return times[-1] + (beat - beats[-1]) * 60.0 / last_bpm
    return float(np.interp(beat, beats, times))


def at_time(settings: tuple[Setting[T], ...], t_s: float) -> T | None:
    """The stepwise setting in force at `t_s`; the first or last one outside them all, None where there is none."""
    value = settings[0].value if settings else None
    for setting in settings:
        if setting.start_s <= t_s:
            value = setting.value
    return value


def curve_at(curve: Curve, t_s: float) -> float | None:
    """Value of a control curve at `t_s`, None where the writer asked for nothing."""
    if not curve:
        return None
    return float(np.interp(t_s, [point.t_s for point in curve], [point.value for point in curve]))
