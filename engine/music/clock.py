"""A cue's clock: its bars, and beats to seconds and back along its tempo map, for one number or a whole
array.

Beats are quarter notes from the cue's start, seconds count from the start of the score. `dsl.timing`
decides what a tempo map and a bar are; this holds them in the form that the engine asks in.
"""

from bisect import bisect_right
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from dsl.plan import Curve, PlannedCue, Setting, T
from dsl.timing import Bar, bars_of, time_at_beat

Floats = npt.NDArray[np.float64]

SNAP_S = 0.03
"""A setting that begins this little after a bar line (seconds) still begins with the bar."""


@dataclass(frozen=True, slots=True)
class CueClock:
    """`bar_beats` are the bars' first beats; `knot_beats` and `knot_times` are the tempo map's corners, the
    cue's end last, both ascending.
    """

    bars: tuple[Bar, ...]
    bar_beats: tuple[float, ...]
    knot_beats: Floats
    knot_times: Floats
    knot_list: tuple[tuple[float, float], ...]

    @property
    def beats(self) -> float:
        """Length of the cue in quarter notes."""
        return float(self.knot_beats[-1])

    @property
    def start_s(self) -> float:
        """Where the cue begins, seconds on the score's clock."""
        return float(self.knot_times[0])

    @property
    def end_s(self) -> float:
        """Where its last bar ends, seconds on the score's clock."""
        return float(self.knot_times[-1])

    def seconds(self, beats: npt.ArrayLike) -> Floats:
        """Time of each beat; beyond the ends the first and last tempo go on."""
        return _along(np.asarray(beats, dtype=np.float64), self.knot_beats, self.knot_times)

    def second(self, beat: float) -> float:
        """Time of one beat: `seconds` without the cost of an array."""
        segment = min(max(bisect_right(self.knot_list, beat, key=_beat_of) - 1, 0), len(self.knot_list) - 2)
        (b0, t0), (b1, t1) = self.knot_list[segment], self.knot_list[segment + 1]
        return t0 + (beat - b0) * (t1 - t0) / (b1 - b0)

    def beat_at(self, seconds: npt.ArrayLike) -> Floats:
        """Beat at each time: the inverse of `seconds`."""
        return _along(np.asarray(seconds, dtype=np.float64), self.knot_times, self.knot_beats)

    def bar_at(self, beat: float) -> Bar:
        """The bar that holds `beat` (the nearest one outside the cue)."""
        return self.bars[max(0, bisect_right(self.bar_beats, beat + 1e-6) - 1)]

    def bar_near(self, t_s: float) -> Bar:
        """The bar whose start lies nearest to `t_s`."""
        return min(self.bars, key=lambda bar: abs(bar.start_s - t_s))


def _beat_of(knot: tuple[float, float]) -> float:
    return knot[0]


def _along(x: Floats, xs: Floats, ys: Floats) -> Floats:
    first = (ys[1] - ys[0]) / (xs[1] - xs[0])
    last = (ys[-1] - ys[-2]) / (xs[-1] - xs[-2])
    inside = np.where(x < xs[0], ys[0] + (x - xs[0]) * first, np.interp(x, xs, ys))
    return np.asarray(np.where(x > xs[-1], ys[-1] + (x - xs[-1]) * last, inside))


def clock_of(cue: PlannedCue) -> CueClock:
    """The clock of a planned cue. Its end is the cue's `end_s` to the bit, so neighbours meet exactly."""
    bars = bars_of(cue)
    total = bars[-1].beat + bars[-1].beats
    knots = [(0.0, time_at_beat(cue.tempo_map, 0.0))]
    for point in cue.tempo_map:
        if knots[-1][0] + 1e-9 < point.beat < total - 1e-9 and point.t_s > knots[-1][1]:
            knots.append((point.beat, point.t_s))
    # The plan promises that the bars end at the cue's end; rounding must not leave a gap or an overlap there.
    end_s = cue.end_s if abs(bars[-1].end_s - cue.end_s) < 0.06 else bars[-1].end_s
    knots.append((total, max(end_s, knots[-1][1] + 1e-6)))
    starts = tuple(bar.beat for bar in bars)
    beats = np.array([beat for beat, _ in knots])
    times = np.array([t_s for _, t_s in knots])
    return CueClock(bars, starts, beats, times, tuple(knots))


def at_time(settings: tuple[Setting[T], ...], t_s: float) -> T | None:
    """The stepwise setting in force at `t_s` (outside them all the nearest), None where there is none."""
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
