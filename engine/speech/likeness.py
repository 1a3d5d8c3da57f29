"""How unlike frames of a recording and of a synthetic reading are, in what makes words and not in what makes
voices: a projection learned from several voices that read the same, and a mapping of the reading onto the
recording's own voice, learned from where the two were laid together.

(Linear discriminant analysis; the mapping is a ridge regression, as in Leggetter & Woodland 1995.)
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt

from engine.speech.timbre import normalised

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]
Singles = npt.NDArray[np.float32]

_DIMENSIONS: Final = 30
_RIDGE: Final = 0.05
_LEVEL: Final = 1.1
"""Deviations under the mean unlikeness at which a frame speaks neither for nor against its place: what the
best way through a wrong text reaches."""
_TIE: Final = 60.0
"""The mapping is tied to the reading as it is, as if by so many frames."""
_SOME: Final = 4000
"""Frames of a recording from which mean and deviation are taken."""


@dataclass(frozen=True, slots=True)
class Likeness:
    """`reading` [lines][voices] of [frames, d], `frames` [m, d] of the recording; `middle` and `spread` are
    of the unlikeness of any two."""

    reading: tuple[tuple[Floats, ...], ...]
    frames: Floats
    middle: float
    spread: float

    def cost(self, line: int, begin: int, end: int) -> Singles:
        """[frames of the line's reading, end − begin]: under 0 where the recording sounds like the line."""
        return self.cost_of(self.reading[line], begin, end)

    def cost_of(self, voices: Sequence[Floats], begin: int, end: int) -> Singles:
        """The same for any reading."""
        found = _unlikeness(voices, self.frames[begin:end])
        return np.asarray((found - self.middle) / self.spread + _LEVEL, np.float32)


def likeness_of(reading: Sequence[Sequence[Floats]], frames: Floats) -> tuple[Likeness, Likeness]:
    """The likeness of `frames` [m, f] to a reading, [voices][lines] of features [frames, f]: the nearest of
    the voices counts. And that of their mean, which can be mapped."""
    alike = [_alike(voice, reading[0]) for voice in reading]
    projection = _projection([np.concatenate(voice) for voice in alike])
    shown = normalised(frames) @ projection
    lines = list(zip(*([line @ projection for line in voice] for voice in alike), strict=True))
    means = [(np.mean(line, axis=0),) for line in lines]
    return _likeness(lines, shown), _likeness(means, shown)


def mapped(
    mean: Likeness, pairs: Sequence[tuple[int, npt.NDArray[np.int64], npt.NDArray[np.int64]]]
) -> Likeness:
    """The mean reading mapped onto the recording's voice. `pairs`: a line, frames of it, and the recording's
    frames at the same sounds."""
    own = _with_one(np.concatenate([mean.reading[line][0][of_line] for line, of_line, _ in pairs]))
    heard = np.concatenate([mean.frames[of_recording] for _, _, of_recording in pairs])
    tie = _TIE * np.eye(own.shape[1])
    tie[-1, -1] = 0.0
    mapping = np.linalg.solve(own.T @ own + tie, own.T @ heard)
    error = ((heard - own @ mapping) ** 2).mean(axis=0)
    scale = 1.0 / np.sqrt(error + 0.1 * error.mean())
    lines = [(_with_one(line[0]) @ mapping * scale,) for line in mean.reading]
    return _likeness(lines, mean.frames * scale)


def _alike(voice: Sequence[Floats], first: Sequence[Floats]) -> list[Floats]:
    """A voice's lines without its own sound, each as long as the first voice's."""
    whole = np.concatenate(voice)
    mean, deviation = whole.mean(axis=0), np.maximum(whole.std(axis=0), 1e-6)
    found = []
    for line, model in zip(voice, first, strict=True):
        at = ((np.arange(len(model)) + 0.5) * len(line) / max(len(model), 1)).astype(np.int64)
        found.append((line[np.minimum(at, len(line) - 1)] - mean) / deviation)
    return found


def _projection(voices: Sequence[Floats]) -> Floats:
    """[f, d]: the directions in which sounds differ most beside what voices differ in."""
    from scipy.linalg import eigh

    mean = np.mean(voices, axis=0)
    within = np.mean([np.cov((voice - mean).T, bias=True) for voice in voices], axis=0)
    within += _RIDGE * np.trace(within) / len(within) * np.eye(len(within)) + 1e-9 * np.eye(len(within))
    _, directions = eigh(np.cov(mean.T), within)
    return np.asarray(directions[:, ::-1][:, :_DIMENSIONS])


def _likeness(lines: Sequence[tuple[Floats, ...]], frames: Floats) -> Likeness:
    some = frames[:: max(len(frames) // _SOME, 1)]
    found = [_unlikeness(voices, some) for voices in lines[:: max(len(lines) // 40, 1)]]
    values = np.concatenate([one.ravel() for one in found])
    return Likeness(tuple(lines), frames, float(values.mean()), max(float(values.std()), 1e-6))


def _unlikeness(voices: Sequence[Floats], frames: Floats) -> Floats:
    """[frames of the reading, frames]: root mean square, of the nearest voice."""
    size = (frames**2).sum(axis=1)[None, :]
    least: Floats | None = None
    for voice in voices:
        square = (voice**2).sum(axis=1)[:, None] + size - 2.0 * voice @ frames.T
        least = square if least is None else np.minimum(least, square)
    assert least is not None
    return np.asarray(np.sqrt(np.maximum(least, 0.0) / frames.shape[1]))


def _with_one(rows: Floats) -> Floats:
    return np.concatenate([rows, np.ones((len(rows), 1))], axis=1)
