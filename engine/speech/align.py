"""Lays the clauses of a known text along speech: dynamic programming over clauses and over the places where
one may end, which are pauses and the valleys between syllables.

What a way costs is how far its clauses lie from what their text leads to expect (seconds, syllables, hiss at
the pace supposed), how unlikely each pause is for what the text has there, and what pauses nothing explains.
Several paces are tried; then each line's neighbourhood has its own. Lines that nobody speaks and speech that
no line has may be left out at a price. Two passes give the least cost through every place, and with it how
sure each is. (Forced alignment without acoustic models; cf. Moreno et al. 1998 for anchors in long audio.)
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt

from engine.speech.activity import FRAME_S, Activity
from engine.speech.expected import SpokenClause
from engine.speech.places import Places, bent, places_of

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]

USUAL_S: Final = {"fast": 0.10, "slow": 0.45}
"""Seconds of an average syllable, without pauses: nobody reads faster or slower."""
_USUAL_PACE_S: Final = 0.22
_PACES: Final = (0.6, 0.74, 0.86, 1.0, 1.16, 1.4, 1.8)
"""Paces tried, as shares of all speech over all text: some of either may be missing."""
_BEAM: Final = 45.0
_MOST_PLACES: Final = 96
_SKIP_LINE, _SKIP_LINE_PER_S = 6.0, 1.0
_SKIP_SPEECH, _SKIP_SPEECH_PER_S = 5.0, 0.7
_NEAR_S: Final = 0.15
_TEMPER: Final = 2.0
"""Costs are no probabilities: features of one clause are not independent."""
_NEVER: Final = 1e9


@dataclass(frozen=True, slots=True)
class LaidLine:
    """A line of the script found in the speech, in seconds of the recording. `clauses_s` are when its
    clauses begin. `pace_s` is seconds of an expected syllable."""

    line: int
    start_s: float
    end_s: float
    confidence: float
    pace_s: float
    clauses_s: tuple[float, ...]


@dataclass(frozen=True, slots=True)
class AlignedVoice:
    """The lines that were found, those that were not, and speech that no line has (from, to, in seconds).
    `pace_s` is seconds of an expected syllable, `strain` the mean cost of a clause."""

    lines: tuple[LaidLine, ...]
    missing: tuple[int, ...]
    extra_s: tuple[tuple[float, float], ...]
    pace_s: float
    strain: float


@dataclass(frozen=True, slots=True)
class _Scales:
    """Seconds, syllable peaks and seconds of hiss that an expected unit of each stands for, by clause."""

    length: Floats
    syllables: Floats
    hiss: Floats


@dataclass(slots=True)
class _Step:
    """One clause's transitions: from places `source` [k] to places `first` + column, at a cost [k, w]."""

    source: Ints
    first: Ints
    cost: Floats


def lay_along(clauses: Sequence[SpokenClause], heard: Activity) -> AlignedVoice | None:
    """The clauses of a script along what was heard; None where there is nothing to lay or to lay it along."""
    if not clauses or not heard.speaking.any():
        return None
    places = places_of(heard, len(clauses))
    whole_s = float(places.spoken_s[-1])
    usual = whole_s / sum(clause.length for clause in clauses)
    paces = sorted({min(max(usual * share, USUAL_S["fast"]), USUAL_S["slow"]) for share in _PACES})
    ways = [(_Way(clauses, places, _scales(clauses, places, np.full(len(clauses), p)))) for p in paces]
    best = min(ways, key=lambda way: way.cost + 2.0 * (np.log(way.usual / _USUAL_PACE_S) / 0.35) ** 2)
    for _ in range(2):
        own = _paces_of(clauses, best)
        again = _Way(clauses, places, _scales(clauses, places, own))
        if again.cost >= best.cost - 1e-9:
            break
        best = again
    return _laid(clauses, heard, places, best)


# ------------------------------------------------------------------------------------------ what there is


def _scales(clauses: Sequence[SpokenClause], places: Places, paces: Floats) -> _Scales:
    """Scales for paces [clauses] in seconds a syllable; what a second holds of peaks and hiss is as heard."""
    whole_s = max(float(places.spoken_s[-1]), 0.1)
    seconds = np.array([clause.length for clause in clauses]) * paces
    syllables = sum(c.syllables for c in clauses) / max(float(seconds.sum()), 1e-9)
    hiss = sum(c.hiss for c in clauses) / max(float(seconds.sum()), 1e-9)
    count = len(clauses)
    return _Scales(
        paces,
        np.full(count, float(places.syllables[-1]) / whole_s / max(syllables, 1e-9)),
        np.full(count, float(places.hiss_s[-1]) / whole_s / max(hiss, 1e-9)),
    )


def _paces_of(clauses: Sequence[SpokenClause], way: "_Way") -> Floats:
    """The pace around each clause, from where the clauses lie: its own line's and its neighbours'."""
    expected = np.array([clause.length for clause in clauses])
    seconds = way.seconds
    known = seconds > 0.0
    usual = float(seconds[known].sum() / max(expected[known].sum(), 1e-9)) if known.any() else way.usual
    middle = np.cumsum(expected) - expected / 2
    near = np.exp(-(((middle[:, None] - middle[None, :]) / 40.0) ** 2)) * known[None, :]
    # Sixty syllables at the usual pace weigh as much as what is heard around.
    return np.asarray((near @ seconds + 60.0 * usual) / (near @ expected + 60.0))


# -------------------------------------------------------------------------------------------- the best way


class _Way:
    """The best way of the clauses along the places, with the least costs through all others."""

    def __init__(self, clauses: Sequence[SpokenClause], places: Places, scales: _Scales) -> None:
        self.clauses, self.places, self.scales = clauses, places, scales
        self.usual = float(np.median(scales.length))
        count, size = len(clauses), len(places.begin)
        self.begins = [n for n in range(count) if n == 0 or clauses[n].line != clauses[n - 1].line]
        self.line_of = np.searchsorted(self.begins, np.arange(count), "right") - 1
        self.reached = np.full((count + 1, size), _NEVER)
        """Least cost to have clauses 0 … n − 1 behind at a place, before speech is left out there."""
        self.resumed = np.full((count + 1, size), _NEVER)
        self.came = np.zeros((count + 1, size), np.int64)
        self.steps: list[_Step] = []
        self.skipped: dict[int, npt.NDArray[np.bool_]] = {}
        self._forward()
        self.cost = float(self.resumed[count, -1])
        self.path = self._path()
        self.seconds = self._seconds()

    def _forward(self) -> None:
        self.reached[0, 0] = 0.0
        self.resumed[0] = self._leave_out_speech(self.reached[0])
        for n in range(len(self.clauses)):
            step = self._step(n)
            self.steps.append(step)
            self._spread(n, step)
            if n + 1 == len(self.clauses) or n + 1 in self.begins:
                self._leave_out_line(n + 1)
                self.resumed[n + 1] = self._leave_out_speech(self.reached[n + 1])
            else:
                self.resumed[n + 1] = self.reached[n + 1]

    def _step(self, n: int) -> _Step:
        clause, places, scales = self.clauses[n], self.places, self.scales
        cost = self.resumed[n]
        source = np.flatnonzero(cost < cost.min() + _BEAM)
        if len(source) > _MOST_PLACES:
            source = np.sort(source[np.argsort(cost[source], kind="stable")[:_MOST_PLACES]])
        length_s = clause.length * scales.length[n]
        spoken = places.spoken_s
        first = np.searchsorted(spoken, spoken[source] + 0.25 * length_s - 0.1, "left")
        first = np.maximum(first, source + 1)
        last = np.searchsorted(spoken, spoken[source] + 2.6 * length_s + 0.5, "right")
        width = int(max((last - first).max(), 1)) if len(source) else 1
        to = first[:, None] + np.arange(width)[None, :]
        valid = to < np.minimum(last, len(spoken))[:, None]
        to = np.minimum(to, len(spoken) - 1)
        lasts = spoken[to] - spoken[source][:, None]
        peaks = places.syllables[to] - places.syllables[source][:, None]
        hiss = places.hiss_s[to] - places.hiss_s[source][:, None]
        found = self._misfit(n, lasts, peaks, hiss)
        found += places.inner[to] - places.own[to] - places.inner[source][:, None]
        found += places.ends[int(clause.ends)][to]
        return _Step(source, first, np.where(valid, found, _NEVER))

    def _misfit(self, n: int, lasts: Floats, peaks: Floats, hiss: Floats) -> Floats:
        """How far a stretch of speech is from what the clause leads to expect."""
        clause, scales = self.clauses[n], self.scales
        length_s = clause.length * scales.length[n]
        spread = 0.05**2 + (0.32 * scales.length[n]) ** 2 * clause.length + (0.1 * length_s) ** 2
        found = bent((lasts - length_s) / np.sqrt(spread)) + 0.5 * np.log(spread)
        expected = clause.syllables * scales.syllables[n]
        found = found + 0.5 * bent((peaks - expected) / np.sqrt(0.6 + 0.35 * expected))
        expected = clause.hiss * scales.hiss[n]
        unit = max(scales.hiss[n], 0.01)
        return np.asarray(found + 0.5 * bent((hiss - expected) / np.sqrt(0.04**2 + 0.5 * unit * expected)))

    def _spread(self, n: int, step: _Step) -> None:
        """Carry least costs over a clause."""
        total = self.resumed[n, step.source][:, None] + step.cost
        low = int(step.first.min())
        to = step.first[:, None] - low + np.arange(step.cost.shape[1])[None, :]
        table = np.full((len(step.source), int(to.max()) + 1), _NEVER)
        table[np.arange(len(step.source))[:, None], to] = total
        stop = min(low + table.shape[1], self.reached.shape[1])
        row = table[:, : stop - low].argmin(axis=0)
        self.reached[n + 1, low:stop] = table[row, np.arange(stop - low)]
        self.came[n + 1, low:stop] = step.source[row]

    def _leave_out_line(self, n: int) -> None:
        """The line that ends before clause n may not be spoken at all."""
        begin = self.begins[int(self.line_of[n - 1])]
        silent = self.resumed[begin] + self._line_cost(begin, n)
        better = silent < self.reached[n]
        self.reached[n] = np.where(better, silent, self.reached[n])
        self.skipped[n] = better

    def _line_cost(self, begin: int, end: int) -> float:
        expected = sum(self.clauses[k].length * self.scales.length[k] for k in range(begin, end))
        return float(_SKIP_LINE + _SKIP_LINE_PER_S * expected)

    def _leave_out_speech(self, cost: Floats) -> Floats:
        """What is spoken between two long pauses may be in no line."""
        places = self.places
        ahead = np.where(places.long, cost - _SKIP_SPEECH_PER_S * places.spoken_s, _NEVER)
        least = np.minimum.accumulate(ahead)
        resumed = _SKIP_SPEECH + least + _SKIP_SPEECH_PER_S * places.spoken_s
        return np.asarray(np.where(places.long, np.minimum(cost, resumed), cost))

    def _resumed_from(self, n: int, place: int) -> int:
        """The place at which speech began to be left out, where it was."""
        cost = self.reached[n]
        if cost[place] <= self.resumed[n, place] + 1e-9:
            return place
        spoken = self.places.spoken_s
        ahead = np.where(self.places.long, cost - _SKIP_SPEECH_PER_S * spoken, _NEVER)[: place + 1]
        return int(np.argmin(ahead))

    def _path(self) -> list[tuple[int, int, int]]:
        """(clause, place it begins at, place it ends at), in order, without lines that nobody speaks."""
        found: list[tuple[int, int, int]] = []
        n = len(self.clauses)
        place = self._resumed_from(n, self.reached.shape[1] - 1)
        while n > 0:
            if n in self.skipped and self.skipped[n][place]:
                n = self.begins[int(self.line_of[n - 1])]
            else:
                source = int(self.came[n, place])
                found.append((n - 1, source, place))
                n, place = n - 1, source
            place = self._resumed_from(n, place)
        return found[::-1]

    def _seconds(self) -> Floats:
        """Seconds of speech of each clause, 0 where it was not found."""
        found = np.zeros(len(self.clauses))
        for clause, begin, end in self.path:
            found[clause] = self.places.spoken_s[end] - self.places.spoken_s[begin]
        return found

    def remaining(self) -> Floats:
        """[clauses + 1, places]: the least cost from having so many clauses behind at a place to the end."""
        count = len(self.clauses)
        ahead = np.full_like(self.resumed, _NEVER)
        ahead[count] = self._left_after(np.r_[np.full(self.resumed.shape[1] - 1, _NEVER), 0.0])
        behind: dict[int, Floats] = {count: ahead[count]}
        for n in range(count - 1, -1, -1):
            step = self.steps[n]
            to = step.first[:, None] + np.arange(step.cost.shape[1])[None, :]
            later = behind[n + 1][np.minimum(to, ahead.shape[1] - 1)]
            ahead[n, step.source] = (step.cost + later).min(axis=1)
            if n in self.begins:
                end = next((b for b in self.begins if b > n), count)
                ahead[n] = np.minimum(ahead[n], behind[end] + self._line_cost(n, end))
                behind[n] = self._left_after(ahead[n])
            else:
                behind[n] = ahead[n]
        return ahead

    def _left_after(self, cost: Floats) -> Floats:
        """The same at a place where speech may still be left out."""
        spoken, long = self.places.spoken_s, self.places.long
        later = np.where(long, cost + _SKIP_SPEECH_PER_S * spoken, _NEVER)
        least = np.minimum.accumulate(later[::-1])[::-1]
        return np.asarray(
            np.where(long, np.minimum(cost, _SKIP_SPEECH + least - _SKIP_SPEECH_PER_S * spoken), cost)
        )


# --------------------------------------------------------------------------------------------- what came out


def _laid(clauses: Sequence[SpokenClause], heard: Activity, places: Places, way: _Way) -> AlignedVoice:
    through = way.resumed + way.remaining()
    lines: list[LaidLine] = []
    extra: list[tuple[float, float]] = []
    reached = 0
    for begin in way.begins:
        own = [part for part in way.path if clauses[part[0]].line == clauses[begin].line]
        if not own:
            continue
        start, end = own[0][1], own[-1][2]
        if start > reached and places.spoken_s[start] - places.spoken_s[reached] > 0.05:
            extra.append((float(places.end[reached] * FRAME_S), float(places.begin[start] * FRAME_S)))
        reached = end
        spoken_s = float(places.spoken_s[end] - places.spoken_s[start])
        expected = sum(clauses[part[0]].length for part in own)
        lines.append(
            LaidLine(
                clauses[begin].line,
                float(places.end[start] * FRAME_S),
                float(places.begin[end] * FRAME_S),
                _sureness(through[begin], places, start),
                spoken_s / max(expected, 1e-9),
                tuple(float(places.end[part[1]] * FRAME_S) for part in own),
            )
        )
    last = len(places.begin) - 1
    if places.spoken_s[last] - places.spoken_s[reached] > 0.05:
        extra.append((float(places.end[reached] * FRAME_S), float(places.begin[last] * FRAME_S)))
    found = {line.line for line in lines}
    missing = tuple(clauses[n].line for n in way.begins if clauses[n].line not in found)
    known = way.seconds > 0.0
    expected_s = float(np.array([c.length for c in clauses])[known].sum())
    pace = float(way.seconds.sum()) / max(expected_s, 1e-9)
    return AlignedVoice(tuple(lines), missing, tuple(extra), pace, way.cost / len(clauses))


def _sureness(through: Floats, places: Places, start: int) -> float:
    """The share of all ways, by their costs, on which a line begins within 150 ms of where it was laid."""
    least = through.min()
    weight = np.exp(-np.minimum((through - least) / _TEMPER, 700.0))
    near = np.abs(places.end - places.end[start]) * FRAME_S <= _NEAR_S
    return float((weight * near).sum() / weight.sum())
