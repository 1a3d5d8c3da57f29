"""Where phrases begin: by listeners' labels where there are some (POP909), else by what a line tells itself.

Without labels: a phrase is likelier to begin after a long note or a rest, and where something that was heard
before comes back; lengths of four and eight bars are likelier than others. The best division is found by
dynamic programming (after Temperley 2001, Grouper's preference rules).
"""

from collections.abc import Iterable

import numpy as np
import numpy.typing as npt

from engine.train.music.data.pop909_structure import Phrase

Ints = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]

LENGTHS = {1: -2.0, 2: -0.7, 3: -0.9, 4: 0.3, 5: -0.7, 6: -0.4, 7: -0.9, 8: 0.2, 9: -1.2, 10: -1.2, 12: -1.0}
"""What a length in bars is worth, against the strength 0…1 of the boundary that begins it."""
PICKUP = 8
"""Sixteenths before a bar line in which a phrase's upbeat may lie."""


def strengths(onset: Ints, steps: int, bars: int, returns_begin: npt.NDArray[np.bool_]) -> Floats:
    """How surely a phrase begins at each bar line 0…bars−1: float [bars]. `onset` int [N] the steps at which
    notes begin, `steps` in a bar; `returns_begin` bool [bars]: a return begins there."""
    result = np.zeros(bars)
    if len(onset) < 2:
        return result
    gap = np.diff(np.append(onset, onset[-1] + steps))
    for bar in range(1, bars):
        line = bar * steps
        before = np.flatnonzero((onset < line) & (onset >= line - PICKUP - steps))
        # The longest wait that reaches to within an upbeat of the bar line.
        reach = [gap[i] for i in before if onset[i] + gap[i] >= line - PICKUP + 1]
        result[bar] = min(1.0, max(reach, default=0) / 12.0)
    return np.asarray(result + 0.5 * returns_begin)


def divide(strength: Floats) -> list[int]:
    """First bars of the phrases, the first always 0."""
    bars = len(strength)
    best = np.full(bars + 1, -np.inf)
    came = np.zeros(bars + 1, np.int64)
    best[0] = 0.0
    for end in range(1, bars + 1):
        for length, worth in LENGTHS.items():
            begin = end - length
            if begin < 0:
                continue
            value = best[begin] + worth + (strength[begin] if begin > 0 else 0.0)
            if value > best[end]:
                best[end], came[end] = value, begin
        if not np.isfinite(best[end]):
            best[end], came[end] = best[end - 1] - 2.0, end - 1
    firsts, at = [], bars
    while at > 0:
        at = int(came[at])
        firsts.append(at)
    return sorted(firsts)


def places(firsts: Iterable[int], bars: int) -> tuple[Ints, Ints]:
    """Bar in the phrase and bars left in it after this one, for every bar [bars]."""
    begins = np.array(sorted({0, *firsts}))
    ends = np.append(begins[1:], bars)
    which = np.searchsorted(begins, np.arange(bars), side="right") - 1
    return np.arange(bars) - begins[which], ends[which] - np.arange(bars) - 1


def labelled(phrases: Iterable[Phrase], index: Ints) -> tuple[Ints, Ints]:
    """The same for bars whose numbers in the song are `index` [B], by a listener's labels; −1 beyond them."""
    at, left = np.full(len(index), -1, np.int64), np.full(len(index), -1, np.int64)
    for phrase in phrases:
        inside = (index >= phrase.first) & (index < phrase.first + phrase.bars)
        at[inside] = index[inside] - phrase.first
        left[inside] = phrase.first + phrase.bars - 1 - index[inside]
    return at, left
