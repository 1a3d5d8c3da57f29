"""A scene's mood: what each line feels, drawn a little towards what the lines around it feel.

A line by itself often cannot tell; its neighbours in the scene felt much the same. So their readings count
too, the nearer the more, but hardly across a turn (但是, "then"), where things change.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

REACH = 6
"""Lines to either side that count."""
BARRIER = 0.5
"""What of a neighbour still counts across a turn."""
HINTED, SAID = 0.3, 0.7
"""A line that says by itself what it feels is not talked out of it: from `HINTED` on its own reading
counts, from `SAID` on alone."""
Share = tuple[float, float, float]


@dataclass(frozen=True, slots=True)
class Settling:
    """For valence, arousal, dominance: weights of a line's own reading, of its neighbours' mean, a
    constant. A neighbour k lines away counts `decay` to the power of k. Fitted on dev scenes, stored with
    the weights."""

    decay: float = 0.6
    shares: tuple[Share, Share, Share] = ((1.0, 0.0, 0.0),) * 3


def around(
    feelings: npt.NDArray[np.floating], scenes: Sequence[int], turning: Sequence[bool], decay: float
) -> tuple[npt.NDArray[np.float64], npt.NDArray[np.bool_]]:
    """Each line's neighbours' weighted mean (n × axes; its own where it has none), and whether it has any.

    `scenes`: a number a line, lines of a scene stand together; `turning`: whether a turn stands before a
    line.
    """
    count = len(feelings)
    number, turned = np.asarray(scenes), np.cumsum(np.asarray(turning, int))
    total, weight = np.zeros(feelings.shape), np.zeros((count, 1))
    for distance in range(1, min(REACH, count - 1) + 1):
        joined = number[distance:] == number[:-distance]
        crossed = turned[distance:] - turned[:-distance]
        share = (joined * decay**distance)[:, None]
        # What a turn keeps out of a neighbour's share stays with the line itself.
        comes = BARRIER ** crossed[:, None]
        total[distance:] += share * (comes * feelings[:-distance] + (1 - comes) * feelings[distance:])
        total[:-distance] += share * (comes * feelings[distance:] + (1 - comes) * feelings[:-distance])
        weight[distance:] += share
        weight[:-distance] += share
    accompanied = weight[:, 0] > 0
    return np.where(weight > 0, total / np.maximum(weight, 1e-12), feelings), accompanied


def settled(
    feelings: npt.NDArray[np.float32],
    alone: npt.NDArray[np.float32],
    scenes: Sequence[int],
    turning: Sequence[bool],
    settling: Settling,
) -> npt.NDArray[np.float32]:
    """Valence, arousal, dominance (n × 3) of lines in their scenes. `feelings`: read among neighbours,
    `alone`: each by itself; a line without neighbours stays as it is."""
    near, accompanied = around(feelings, scenes, turning, settling.decay)
    own, others, constant = np.array(settling.shares).T
    drawn = own * feelings + others * near + constant
    outspoken = np.clip((np.abs(alone) - HINTED) / (SAID - HINTED), 0.0, 1.0)
    drawn = drawn + outspoken * (alone - drawn)
    return np.where(accompanied[:, None], drawn, feelings).astype(np.float32)
