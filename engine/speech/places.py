"""Where a clause of speech may end: pauses, and the valleys between syllables, with what each kind of break
costs there.
"""

from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt

from engine.speech.activity import FRAME_S, Activity
from engine.speech.expected import Break

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]

# Pauses: how likely there is one at each break, its median in seconds, and the spread of its logarithm (read
# speech has short and long ones, Campione & Véronis 2002).
_PAUSES: Final = {
    Break.COMMA: (0.65, 0.2, 0.7),
    Break.SENTENCE: (0.92, 0.42, 0.8),
    Break.LINE: (0.8, 0.35, 0.9),
    Break.FULL_LINE: (0.94, 0.5, 0.85),
    Break.PARAGRAPH: (0.97, 0.8, 0.85),
}
_INNER_S: Final = 0.08
"""A pause where the text has no break is a stop's closure up to here, from here on it costs by its length."""
_INNER, _INNER_PER_LOG = 0.2, 3.0
_PAUSES_A_CLAUSE: Final = 2.0
"""Where there are more pauses than this, the shortest are no pauses: noise has filled what joined them."""
_LEAST_SKIP_PAUSE_S: Final = 0.15


@dataclass(frozen=True, slots=True)
class Places:
    """Where a clause may end, in order: frames from and to (equal in a valley), and what has gone by."""

    begin: Ints
    end: Ints
    spoken_s: Floats
    syllables: Floats
    hiss_s: Floats
    inner: Floats
    """Cost of all pauses up to and with this one, were none of them explained."""
    own: Floats
    ends: Floats
    """[break, place]: the cost of that break here."""
    long: npt.NDArray[np.bool_]


def places_of(heard: Activity, clauses: int) -> Places:
    """The places of what was heard, for a text of so many clauses, from the first sound to the last."""
    first, last = heard.speech
    pauses = [tuple(pause) for pause in heard.pauses]
    bounds = np.array([(first, first), *_valleys(heard), *pauses, (last, last)], np.int64)
    bounds = bounds[np.lexsort((bounds[:, 1], bounds[:, 0]))]
    spoken = np.r_[0.0, np.cumsum(heard.speaking) * FRAME_S]
    peaks = np.zeros(len(heard.speaking) + 1)
    np.add.at(peaks, heard.peaks + 1, 1.0)
    begin, end = bounds[:, 0], bounds[:, 1]
    lasts = np.asarray((end - begin) * FRAME_S, np.float64)
    real = lasts > 0.0
    usual_s = np.sort(lasts)[::-1][min(round(_PAUSES_A_CLAUSE * clauses), len(lasts) - 1)]
    over = np.log(np.maximum(lasts, 0.01) / max(_INNER_S, float(usual_s)))
    own = np.where(real, _INNER + _INNER_PER_LOG * np.maximum(over, 0.0), 0.0)
    own[[0, -1]] = 0.0
    ends = np.stack([np.where(real, _pause_cost(lasts, *_PAUSES[b]), _no_pause(b)) for b in Break])
    ends[:, [0, -1]] = 0.0
    return Places(
        begin,
        end,
        spoken[begin],
        np.cumsum(peaks)[begin],
        np.r_[0.0, np.cumsum(heard.hissing) * FRAME_S][begin],
        np.cumsum(own),
        own,
        ends,
        (lasts >= _LEAST_SKIP_PAUSE_S) | ~np.r_[False, np.ones(len(begin) - 2, bool), False],
    )


def _valleys(heard: Activity) -> list[tuple[int, int]]:
    """The lowest frame between two syllables with no pause between them: a clause may end there, unheard."""
    found = []
    paused = np.zeros(len(heard.speaking), np.bool_)
    for begin, end in heard.pauses:
        paused[begin:end] = True
    for one, other in zip(heard.peaks[:-1], heard.peaks[1:], strict=True):
        if not paused[one:other].any() and heard.speaking[one:other].all():
            at = int(one + np.argmin(heard.sonority[one:other]))
            found.append((at, at))
    return found


def _pause_cost(lasts_s: Floats, likely: float, median_s: float, spread: float) -> Floats:
    """−log of the likelihood of a pause of this length, its logarithm spread normally."""
    off = (np.log(np.maximum(lasts_s, 0.02)) - np.log(median_s)) / spread
    # Far out a normal curve is too sure: actors are silent for as long as they like.
    return np.asarray(-np.log(likely) + np.log(spread / 0.7) + np.where(off > 0, 2.0, 1.0) ** -1 * bent(off))


def bent(off: Floats) -> Floats:
    """Half the square up to two deviations off, from there on a line: one odd clause does not decide."""
    size = np.abs(off)
    return np.asarray(np.where(size < 2.0, 0.5 * off**2, 2.0 * size - 2.0))


def _no_pause(ends: Break) -> float:
    """A break that nobody hears; the valley it is at is one of some."""
    return float(-np.log(1.0 - _PAUSES[ends][0]) + 1.2)
