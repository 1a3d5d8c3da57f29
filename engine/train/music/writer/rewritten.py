"""Lines written under the conditions of real, held-out pieces: their harmony, metre, phrases, returns,
presence and asked percentiles, none of their notes."""

import numpy as np
import numpy.typing as npt

from engine.generate.grid import METER_STEPS, STEPS
from engine.generate.lines.compose import LinePlan
from engine.generate.lines.conditions import BarTable
from engine.generate.lines.returns import How
from engine.train.music.writer.data import LineSet

Ints = npt.NDArray[np.int64]


def real_plan(
    lines: LineSet, first: int, end: int, seed: tuple[int, ...], gist: bool = False, returns: bool = True,
    plain: bool = False,
) -> LinePlan:  # fmt: skip
    """The plan of bars `first` … `end` − 1 of a real run. `gist`: the real bars' latents are told, unblurred;
    `returns`: which bars come back is told; `plain`: nothing at all is."""
    here, count = slice(first, end), end - first
    t = lines.table
    source = np.stack([each.source[here] for each in lines.returns]) - first
    how = t.how[:, here].copy()
    if not returns or plain:
        source[:] = -1
        how[:] = How.UNKNOWN
    lost = (source < 0) & (how != How.UNKNOWN)
    how[lost], source[lost] = How.NEW, -1
    table = BarTable(
        t.slots[here] * (not plain),
        t.meter[here],
        t.minor[here],
        np.zeros(count, np.int64),
        t.playing[:, here],
        t.asked[here],
        np.full(count, not plain),
        np.full(count, -1) if plain else t.phrase_bar[here],
        np.full(count, -1) if plain else t.phrase_left[here],
        t.left[here],
        how,
        t.gist[:, here].astype(np.float32),
        np.full(count, 0.3 if gist and not plain else -1.0, np.float32),
        t.collection[here] * (not plain),
    )
    return LinePlan(
        table,
        table,
        np.asarray(METER_STEPS)[t.meter[here]],
        source,
        np.stack([each.shift[here] for each in lines.returns]),
        False,
        np.zeros((3, count, STEPS), np.uint8),
        np.zeros((3, count), np.bool_),
        seed,
    )
