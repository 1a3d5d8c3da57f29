"""Lines written under the conditions of real, held-out pieces: their harmony, metre, phrases, returns,
presence and asked percentiles, none of their notes."""

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from engine.generate.grid import METER_STEPS, STEPS
from engine.generate.lines.compose import Sampling, write_lines
from engine.generate.lines.conditions import BarTable, smoothed
from engine.generate.lines.open_line import LinePlan
from engine.generate.lines.returns import How
from engine.generate.lines.writer import LineWriter
from engine.train.music.writer.data import LineSet

Ints = npt.NDArray[np.int64]

LONGEST_BARS = 48


def real_plan(
    lines: LineSet, first: int, end: int, seed: tuple[int, ...], gist: bool = False, returns: bool = True,
    plain: bool = False, asked_over: int = 1,
) -> LinePlan:  # fmt: skip
    """The plan of bars `first` … `end` − 1 of a real run. `gist`: the real bars' latents are told, unblurred;
    `returns`: which bars come back is told; `plain`: nothing at all is. `asked_over`: bars over which what is
    asked is averaged, as the writer learnt it."""
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
        smoothed(t.asked[here], np.zeros(count, np.int64), asked_over),
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


def stretches_around(lines: LineSet, first: Ints) -> list[tuple[int, int]]:
    """Runs (first row, end row) that hold the windows beginning at `first`, cut after `LONGEST_BARS`, every
    window whole in one of them."""
    run = lines.table.run
    result: list[tuple[int, int]] = []
    for row in first.tolist():
        if result and result[-1][0] <= row and row + 8 <= result[-1][1]:
            continue
        begin = end = row
        while end < len(run) and run[end] == run[row] and end - begin < LONGEST_BARS:
            end += 1
        result.append((begin, end))
    return result


def rewritten(
    lines: LineSet,
    first: Ints,
    writer: LineWriter,
    sampling: Sampling,
    seed: int,
    roles: Sequence[int] = (0,),
    gist: bool = False,
    returns: bool = True,
    plain: bool = False,
    asked_over: int = 1,
) -> npt.NDArray[np.uint8]:
    """Tokens [3, W, 8, 16] of the windows that begin at the rows `first` [W], written anew."""
    spans = stretches_around(lines, first)
    plans = [
        real_plan(lines, begin, end, (seed, number), gist, returns, plain, asked_over)
        for number, (begin, end) in enumerate(spans)
    ]
    order = np.argsort([len(plan) for plan in plans], kind="stable")
    written: dict[int, npt.NDArray[np.uint8]] = {}
    done = write_lines(writer, [plans[i] for i in order], sampling, roles)
    for index, tokens in zip(order.tolist(), done, strict=True):
        written[index] = tokens
    result = np.zeros((3, len(first), 8, STEPS), np.uint8)
    for number, row in enumerate(first.tolist()):
        span = next(i for i, (begin, end) in enumerate(spans) if begin <= row and row + 8 <= end)
        begin = spans[span][0]
        result[:, number] = written[span][:, row - begin : row - begin + 8]
    return result
