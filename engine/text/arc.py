"""The emotion arc: readings at their times, smoothed over time, except across turns, where they change at
once."""

import re
from collections.abc import Sequence

import numpy as np

from engine.text.reading import Reading

BREADTH_S = 6.0
"""Neighbours so many seconds away count 1/e of the line itself."""
BARRIER = 0.12
"""What still comes through a turn."""
LEAP = 0.75
"""A jump in the valence–arousal plane, both sides sure of themselves, that is a turn even without a word
for it."""

_TURN_ZH = re.compile(
    r"(?:^|[，,。；;：:\s“「])(?:但是|但|可是|可|然而|不过|却|突然|忽然|猛然|蓦地|蓦然|霎时|顿时|直到|谁知|没想到|不料"
    r"|就在这时|这时|终于|于是|刹那|卻|終於|於是|剎那|不過|沒想到|就在這時|這時|誰知|直至)"
)
_TURN_EN = re.compile(
    r"(?:^|[.,;:—–-]\s*)(?:but|yet|then|suddenly|however|until|all at once|at last|finally|instead|and then"
    r"|except|without warning|nevertheless|just then|only then)\b",
    re.IGNORECASE,
)


def turns(text: str) -> bool:
    """Whether the sentence says itself that things change with it (但是, 突然, but, then, suddenly …)."""
    return bool(_TURN_ZH.search(text) or _TURN_EN.search(text.strip()))


def barriers(readings: Sequence[Reading]) -> list[bool]:
    """For each reading whether a turn stands right before it."""
    found = [False] * len(readings)
    for index in range(1, len(readings)):
        here, last = readings[index], readings[index - 1]
        leap = float(np.hypot(here.valence - last.valence, here.arousal - last.arousal))
        sure = min(here.confidence, last.confidence)
        found[index] = leap * sure > LEAP * 0.6 or (turns(here.text) and leap > 0.2)
    return found


def arc(readings: Sequence[Reading], times: Sequence[float]) -> list[tuple[float, float, float]]:
    """(time in s, valence, arousal) for each reading, in the order given; `times` are when they are said,
    ascending.

    Each point is a mean of itself and its neighbours, weighed by nearness in time and by confidence; a
    turn keeps most of the other side out. Raises ValueError when the lengths differ.
    """
    if len(readings) != len(times):
        raise ValueError(f"{len(readings)} readings, {len(times)} times")
    turn = np.cumsum(barriers(readings))
    feelings = np.array([(reading.valence, reading.arousal) for reading in readings], float).reshape(-1, 2)
    # A line without words takes what its neighbours feel; it counts only where nothing else does.
    trust = np.array([0.02 + reading.confidence if reading.confidence else 1e-9 for reading in readings])
    moments = np.array(times, float)
    points: list[tuple[float, float, float]] = []
    for index, moment in enumerate(moments):
        # Beyond five breadths nothing is heard, so that a novel costs no more than its lines.
        first, last = np.searchsorted(moments, (moment - 5 * BREADTH_S, moment + 5 * BREADTH_S + 1e-9))
        near = slice(int(min(first, index)), int(max(last, index + 1)))
        weight = 0.45 * np.exp(-np.abs(moments[near] - moment) / BREADTH_S) * trust[near]
        weight *= BARRIER ** np.abs(turn[near] - turn[index])
        weight[index - near.start] = trust[index]
        # A mean of equal readings may leave their range by a rounding.
        valence, arousal = np.clip(weight @ feelings[near] / weight.sum(), -1.0, 1.0)
        points.append((float(moment), float(valence), float(arousal)))
    return points
