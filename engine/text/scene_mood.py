"""A scene's mood: what each line feels, drawn a little towards what the lines around it feel.

The feeling of a line cannot always be read from the line alone, and lines of one scene mostly feel alike. So
a line's reading is averaged with its neighbours', weighted by nearness, and hardly across a turn (但是,
"then").
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

NEIGHBOURS = 6
"""How many lines before and after a line count for its mood."""
BARRIER = 0.5
"""Weight of a neighbour across a turn, of what it would count without one."""
HINTED, SAID = 0.3, 0.7
"""A line that is clear by itself keeps its own reading: from a strength (|value|, 0…1) of `HINTED` on it
counts more and more, from `SAID` on it alone."""
Share = tuple[float, float, float]


@dataclass(frozen=True, slots=True)
class SceneMood:
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
    for distance in range(1, min(NEIGHBOURS, count - 1) + 1):
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


def with_scene_mood(
    feelings: npt.NDArray[np.float32],
    alone: npt.NDArray[np.float32],
    scenes: Sequence[int],
    turning: Sequence[bool],
    mood: SceneMood,
) -> npt.NDArray[np.float32]:
    """Valence, arousal, dominance of lines in their scenes: float32 [n, 3], each −1…1.

    `feelings` [n, 3]: read with neighbours as context; `alone` [n, 3]: each by itself. `scenes`: a number a
    line; `turning`: whether a turn stands before it. A line without neighbours stays as it is."""
    near, accompanied = around(feelings, scenes, turning, mood.decay)
    own, others, constant = np.array(mood.shares).T
    drawn = own * feelings + others * near + constant
    outspoken = np.clip((np.abs(alone) - HINTED) / (SAID - HINTED), 0.0, 1.0)
    drawn = drawn + outspoken * (alone - drawn)
    return np.where(accompanied[:, None], drawn, feelings).astype(np.float32)
