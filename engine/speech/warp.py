"""Dynamic time warping, in numpy: a reading's frames against a recording's, either up to twice as fast as the
other. Costs are counted by the recording's frames, so that ways of any length compare.

(Sakoe & Chiba 1978, their slopes ½ to 2; starting anywhere, as in spotting words.)
"""

from typing import Final

import numpy as np
import numpy.typing as npt

Singles = npt.NDArray[np.float32]
Ints = npt.NDArray[np.int64]

NEVER: Final = np.float32(1e9)
_SLANT: Final = np.float32(0.15)
"""What a step costs that is not straight."""


def warp_from(cost: Singles, entry: Singles) -> tuple[Singles, Ints]:
    """Least costs [m + 1] of having all of a reading [n, m] behind at each place of a recording, having begun
    at any place at its `entry` cost [m + 1]; and where the best way began."""
    size = cost.shape[1]
    columns = np.arange(size)
    here, began = entry.astype(np.float32), np.arange(size + 1)
    before, began_before = here, began
    for row in range(len(cost)):
        steps = _steps(cost, row, before, here)
        kind = steps.argmin(axis=0)
        reached, begun = np.full(size + 1, NEVER), np.zeros(size + 1, np.int64)
        reached[1:] = np.minimum(steps[kind, columns], NEVER)
        begun[1:] = np.where(kind == 0, began[:-1], began_before[:-1])
        twice = np.flatnonzero(kind[1:] == 1) + 2
        begun[twice] = began[twice - 2]
        before, began_before, here, began = here, began, reached, begun
    return here, began


def warp_along(cost: Singles) -> tuple[float, Ints, Ints]:
    """The least cost of a whole reading [n, m] along the whole of a stretch, and the pairs of frames on that
    way; at no finite cost, and no pairs, where one is more than twice as long as the other."""
    rows, size = cost.shape
    table = np.full((rows + 1, size + 1), NEVER)
    table[0, 0] = 0.0
    kinds = np.zeros((rows + 1, size + 1), np.int8)
    for row in range(rows):
        steps = _steps(cost, row, table[max(row - 1, 0)], table[row])
        kinds[row + 1, 1:] = kind = steps.argmin(axis=0)
        table[row + 1, 1:] = np.minimum(steps[kind, np.arange(size)], NEVER)
    if table[rows, size] >= NEVER / 2:
        return float("inf"), np.zeros(0, np.int64), np.zeros(0, np.int64)
    pairs: list[tuple[int, int]] = []
    row, column = rows, size
    while row > 0:
        kind_here = int(kinds[row, column])
        pairs.append((row - 1, column - 1))
        if kind_here == 1:
            pairs.append((row - 1, column - 2))
        elif kind_here == 2:
            pairs.append((row - 2, column - 1))
        row, column = row - (2 if kind_here == 2 else 1), column - (2 if kind_here == 1 else 1)
    both = np.array(pairs[::-1], np.int64)
    return float(table[rows, size]), both[:, 0], both[:, 1]


def _steps(cost: Singles, row: int, before: Singles, here: Singles) -> Singles:
    """[3, m]: the costs of one frame each, of two of the recording, and of two of the reading."""
    own = cost[row]
    steps = np.full((3, len(own)), NEVER)
    steps[0] = here[:-1] + own
    steps[1, 1:] = here[:-2] + own[1:] + own[:-1] + _SLANT
    if row:
        steps[2] = before[:-1] + (own + cost[row - 1]) / 2 + _SLANT
    return steps
