"""Lays the lines of a script along a recording by sound: each line of a synthetic reading is warped along the
speech, one after another, where lines may be left out and speech may be in no line, at a price.

First the nearest of several voices counts; then the reading is mapped onto the recording's voice, and laid
again. How much better a line fits than other words would is how sure it is. (As aeneas aligns books with
espeak's reading, Pettarin 2015, but for text and speech that need not agree.)
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt

from engine.speech.activity import FRAME_S, RATE, Activity, activity_of
from engine.speech.likeness import Likeness, likeness_of, mapped
from engine.speech.synthetic_reading import VARIANTS, read_lines
from engine.speech.timbre import STEP_S, Timbre, timbre_of
from engine.speech.warp import NEVER, warp_along, warp_from

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]
Singles = npt.NDArray[np.float32]

LONGEST_COMPARED_S: Final = 40 * 60.0
"""Longer recordings are laid by pauses and lengths: comparing takes a fifth of their length."""
_PASSES: Final = 2
_SKIP_LINE, _SKIP_LINE_PER_FRAME = 12.0, 0.02
_SKIP_SPEECH, _SKIP_SPEECH_PER_FRAME = 12.0, 0.05
_NO_PAUSE, _SHORT_PAUSE = 7.0, 3.0
"""What it costs to begin or end a line within speech, or at a pause that may be a stop's closure."""
_SHORT_PAUSE_S, _PAUSE_S = 0.06, 0.15
_BEAMS: Final = (400.0, 200.0)
"""Places so much costlier than the best are not gone on from: in the first pass, in later ones."""
_OTHER_WORDS: Final = 12
_HARDLY, _CLEARLY = 2.5, 3.5
"""Margins over other words: what is less is not spoken; from which on a line is found in extra speech. Spoken
lines had 3.6 and more."""
_OUTLIER: Final = 2.5
_SILENCE_S: Final = 0.1
_SNAP_S: Final = 0.1


@dataclass(frozen=True, slots=True)
class FoundLine:
    """A line found by sound: from and to, in seconds of the recording. `margin` is how far it fits better
    there than other words of the script do, in their deviations."""

    line: int
    start_s: float
    end_s: float
    margin: float


@dataclass(frozen=True, slots=True)
class SoundAlignment:
    """The lines found, and speech that no line has (from, to, in seconds). `again` has the line that a piece
    of that speech says once more, by the piece's place in `extra_s`."""

    lines: tuple[FoundLine, ...]
    extra_s: tuple[tuple[float, float], ...]
    again: dict[int, int]


Way = list[tuple[int, int] | None]
"""For each line its frames of speech, from and to; None where it was left out."""


def lay_by_sound(
    texts: Sequence[str], samples: npt.NDArray[np.float32], heard: Activity
) -> SoundAlignment | None:
    """Lines of text along samples [n] at the aligner's rate, in which `heard` is heard. None where there is
    no reading to compare with, or nothing to lay."""
    timbre = timbre_of(samples, heard)
    if not texts or int(timbre.speaking.sum()) < 20:
        return None
    reading = _reading(texts, timbre, 1.0)
    if reading is None:
        return None
    pauses = _Pauses(timbre)
    nearest, mean = likeness_of(reading, timbre.features(np.zeros_like(timbre.noise)))
    way = _lay(nearest, pauses, _BEAMS[0])
    best = nearest
    for _ in range(_PASSES):
        pairs = _pairs(best, way)
        if not pairs:
            break
        best = mean = mapped(mean, pairs)
        way = _lay(best, pauses, _BEAMS[1])
    return _found(best, _with_more(best, way, pauses), pauses, heard)


def _reading(texts: Sequence[str], timbre: Timbre, speed: float) -> list[list[Floats]] | None:
    """[voices][lines] of features, under the recording's noise; None where a line could not be said."""
    voices = []
    for variant in VARIANTS:
        lines = []
        for samples in read_lines(texts, variant, speed):
            silence = np.zeros(round(_SILENCE_S * RATE), np.float32)
            padded = np.concatenate([silence, samples, silence])
            said = timbre_of(padded, activity_of(padded))
            if not said.speaking.any():
                return None
            lines.append(said.features(timbre.noise))
        voices.append(lines)
    return voices


class _Pauses:
    """The places between frames of speech: the pause at each, and the time of each frame."""

    def __init__(self, timbre: Timbre) -> None:
        self.frames = np.flatnonzero(timbre.speaking)
        gaps_s = np.concatenate([[9.0], (np.diff(self.frames) - 1) * STEP_S, [9.0]])
        short = np.where(gaps_s >= _SHORT_PAUSE_S, _SHORT_PAUSE, _NO_PAUSE)
        self.price = np.where(gaps_s >= _PAUSE_S, 0.0, short).astype(np.float32)

    def begin_s(self, place: int) -> float:
        """When the speech after a place begins."""
        return float(self.frames[min(place, len(self.frames) - 1)] * STEP_S)

    def end_s(self, place: int) -> float:
        """When the speech before a place ends."""
        return float((self.frames[place - 1] + 1) * STEP_S)


# ---------------------------------------------------------------------------------------------- the best way


def _lay(likeness: Likeness, pauses: _Pauses, beam: float) -> Way:
    """The way of least cost through all lines and all speech."""
    size = len(pauses.price)
    cost = np.full(size, NEVER)
    cost[0] = 0.0
    begun: list[tuple[int, Ints]] = []
    resumed: list[tuple[int, Ints]] = []
    for line in range(len(likeness.reading)):
        entry, low, came = _with_speech_left_out(cost, pauses, beam)
        resumed.append((low, came))
        length = len(likeness.reading[line][0])
        high = min(low + len(came) + 2 * length, size)
        cost, begins = _over_line(likeness, line, low, high, entry, pauses)
        begun.append((low, begins))
    entry, low, came = _with_speech_left_out(cost, pauses, float("inf"))
    resumed.append((low, came))
    return _traced(begun, resumed, size - 1)


def _with_speech_left_out(cost: Singles, pauses: _Pauses, beam: float) -> tuple[Singles, int, Ints]:
    """The least cost at each place where speech before it may be in no line; from which place on that is
    worth going on with; and the places, from there, at which speech began to be left out."""
    places = np.arange(len(cost))
    ahead = cost + pauses.price - _SKIP_SPEECH_PER_FRAME * places
    least = np.minimum.accumulate(ahead)
    fresh = np.flatnonzero(np.concatenate([[True], least[1:] < least[:-1]]))
    since = fresh[np.searchsorted(fresh, places, "right") - 1]
    left = _SKIP_SPEECH + least + _SKIP_SPEECH_PER_FRAME * places + pauses.price
    found = np.minimum(cost, left).astype(np.float32)
    came = np.where(left < cost, since, places)
    worth = np.flatnonzero(found <= found.min() + beam)
    low, high = int(worth[0]), int(worth[-1]) + 1
    return np.where(found <= found.min() + beam, found, NEVER), low, came[low:high]


def _over_line(
    likeness: Likeness, line: int, low: int, high: int, entry: Singles, pauses: _Pauses
) -> tuple[Singles, Ints]:
    """The least cost of having a line behind at each place, spoken or left out; and at which place from `low`
    it began, −1 where it was left out."""
    price = pauses.price[low:high]
    spoken, begun = warp_from(likeness.cost(line, low, high - 1), entry[low:high] + price)
    spoken = spoken + price
    silent = entry[low:high] + _SKIP_LINE + _SKIP_LINE_PER_FRAME * len(likeness.reading[line][0])
    cost = np.full(len(entry), NEVER)
    cost[low:high] = np.minimum(np.minimum(spoken, silent), NEVER)
    return cost, np.where(spoken < silent, begun + low, -1)


def _traced(begun: list[tuple[int, Ints]], resumed: list[tuple[int, Ints]], last: int) -> Way:
    way: Way = [None] * len(begun)
    place = last
    for line in range(len(begun), -1, -1):
        low, came = resumed[line]
        place = int(came[place - low])
        if line == 0:
            break
        low, begins = begun[line - 1]
        begin = int(begins[place - low])
        if begin >= 0:
            way[line - 1] = (begin, place)
            place = begin
    return way


# ------------------------------------------------------------------------------------------ what was found


def _pairs(likeness: Likeness, way: Way) -> list[tuple[int, Ints, Ints]]:
    """Frames of lines and of the recording that sound alike, without lines that fit much worse than most."""
    laid = []
    for line, part in enumerate(way):
        if part is not None:
            cost, own, heard = warp_along(likeness.cost(line, *part))
            if len(own):
                laid.append((cost / (part[1] - part[0]), line, own, heard + part[0]))
    if not laid:
        return []
    costs = np.array([one[0] for one in laid])
    usual = float(np.median(costs))
    most = usual + _OUTLIER * 1.48 * float(np.median(np.abs(costs - usual))) + 0.05
    return [(line, own, heard) for cost, line, own, heard in laid if cost <= most]


def _with_more(likeness: Likeness, way: Way, pauses: _Pauses) -> Way:
    """The way with lines that were left out beside speech that no line had, where they fit that speech much
    better than other words do: said with an accent, or in another pronunciation."""
    found = list(way)
    for line, part in enumerate(way):
        if part is not None:
            continue
        low = max((one[1] for one in found[:line] if one is not None), default=0)
        high = min((one[0] for one in found[line:] if one is not None), default=len(pauses.frames))
        if high - low < len(likeness.reading[line][0]) / 2:
            continue
        cost, begun = warp_from(likeness.cost(line, low, high), pauses.price[low : high + 1])
        lasts = np.maximum(np.arange(len(cost)) - begun, 1)
        end = int(((cost + pauses.price[low : high + 1]) / lasts + np.where(lasts > 1, 0.0, NEVER)).argmin())
        if cost[end] < NEVER / 2:
            place = (low + int(begun[end]), low + end)
            if _margin(likeness, line, place) >= _CLEARLY:
                found[line] = place
    return found


def _spoken(likeness: Likeness, way: Way) -> tuple[Way, dict[int, float]]:
    """The way without lines that fit hardly better than other words would; and the margins of those left."""
    margins = {n: _margin(likeness, n, part) for n, part in enumerate(way) if part is not None}
    kept = {n: margin for n, margin in margins.items() if margin >= _HARDLY}
    return [part if n in kept else None for n, part in enumerate(way)], kept


def _found(likeness: Likeness, way: Way, pauses: _Pauses, heard: Activity) -> SoundAlignment:
    lines = []
    extra: list[tuple[int, int]] = []
    reached = 0
    way, margins = _spoken(likeness, way)
    for line, part in enumerate(way):
        if part is None:
            continue
        begin, end = part
        if begin > reached:
            extra.append((reached, begin))
        reached = end
        start_s = _at_a_pause(pauses.begin_s(begin), heard.pauses[:, 1], heard.speech[0])
        end_s = _at_a_pause(pauses.end_s(end), heard.pauses[:, 0], heard.speech[1])
        lines.append(FoundLine(line, start_s, max(end_s, start_s), margins[line]))
    if reached < len(pauses.frames):
        extra.append((reached, len(pauses.frames)))
    spans = tuple((pauses.begin_s(begin), pauses.end_s(end)) for begin, end in extra)
    return SoundAlignment(tuple(lines), spans, _again(likeness, way, extra))


def _again(likeness: Likeness, way: Way, extra: Sequence[tuple[int, int]]) -> dict[int, int]:
    """The pieces of extra speech that sound like a line of the script as lines do where they were laid."""
    laid = [_cost(likeness, line, part) for line, part in enumerate(way) if part is not None]
    most = 0.5 * float(np.median(laid)) if laid else -np.inf
    found = {}
    for number, part in enumerate(extra):
        lengths = [len(voices[0]) for voices in likeness.reading]
        near = [n for n, length in enumerate(lengths) if length / 2 < part[1] - part[0] < length * 2]
        costs = {n: _cost(likeness, n, part) for n in near}
        best = min(costs, key=lambda n: costs[n], default=None)
        if best is not None and costs[best] < min(most, 0.0):
            found[number] = best
    return found


def _cost(likeness: Likeness, line: int, part: tuple[int, int]) -> float:
    """How unlike a line and a stretch of the recording are, by its frames."""
    return warp_along(likeness.cost(line, *part))[0] / max(part[1] - part[0], 1)


def _at_a_pause(t_s: float, edges: Ints, outer: int) -> float:
    """A time, or the edge of a pause (in frames of activity) where one is near."""
    edges_s = np.append(edges, outer) * FRAME_S
    nearest = float(edges_s[np.abs(edges_s - t_s).argmin()])
    return nearest if abs(nearest - t_s) <= _SNAP_S else t_s


def _margin(likeness: Likeness, line: int, part: tuple[int, int]) -> float:
    """How much better a line fits a stretch than as much of other lines would, in their deviations."""
    own = _cost(likeness, line, part)
    size = len(likeness.reading[line][0])
    others = np.concatenate(
        [voices[0] for n, voices in enumerate(likeness.reading) if n != line] or [np.zeros((0, 1))]
    )
    if len(others) <= size:
        return -10.0 * own
    chance = np.random.default_rng(line)
    costs = []
    for at in chance.integers(0, len(others) - size, _OTHER_WORDS):
        cost, _, _ = warp_along(likeness.cost_of([others[at : at + size]], *part))
        costs.append(cost / (part[1] - part[0]))
    return (float(np.mean(costs)) - own) / max(float(np.std(costs)), 0.05)
