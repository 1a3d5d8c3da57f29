"""What returns in eight bars of our takes beside real openings: how much of it, in what way, from how far.

Real: the first sixteen bars of held-out melodies, cut into two windows; ours: the forms that cues of sixteen
bars are given before any note. Only what returns from within a window counts.
"""

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from engine.generate.grid import SPECS
from engine.generate.lines.form_model import FormPlan
from engine.generate.lines.returns import How, find_returns
from engine.generate.lines.takes import take_form
from engine.generate.lines.weights import LineModels
from engine.generate.request import Request
from engine.train.music.realness.lines import BARS, counts
from engine.train.music.tensors import Bars

Ints = npt.NDArray[np.int64]

KINDS = {
    "new": How.NEW,
    "the same": How.SAME,
    "varied": How.VARIED,
    "in sequence": How.SEQUENCE,
    "in its rhythm": How.RHYTHM,
}
FAR = (1, 2, 4)
"""Distances in bars that are told apart."""


def return_shares(source: Ints, how: Ints) -> dict[str, float]:
    """Shares of bars by how they return, and by how far back, of windows [W, 8]: `source` is the bar of the
    window that comes back (below 0: none in it), `how` as in `How`."""
    inside = source >= 0
    kind = np.where(inside, how, How.NEW)
    back = np.where(inside, np.arange(source.shape[1]) - source, 0)
    shares = {f"bars {name}": float((kind == value).mean()) for name, value in KINDS.items()}
    return shares | {f"from {far} bars back": float((back == far).mean()) for far in FAR}


def of_real(bars: Bars, sources: Sequence[str], splits: Sequence[int]) -> dict[str, float]:
    """Shares of the openings of real melodies in 4/4."""
    wanted = [bars.sources.index(name) for name in sources if name in bars.sources]
    begins = np.flatnonzero(np.r_[True, bars.run[1:] != bars.run[:-1]])
    ends = np.append(begins[1:], len(bars))
    found = []
    for begin, end in zip(begins.tolist(), ends.tolist(), strict=True):
        here = slice(begin, begin + 2 * BARS)
        if end - begin < 2 * BARS or bars.source[begin] not in wanted or bars.split[begin] not in splits:
            continue
        tokens = bars.arrays.tokens[0, here]
        if (bars.meter[here] != 0).any() or not counts(tokens.reshape(2, BARS, -1)).all():
            continue
        returns = find_returns(
            tokens, SPECS[0].low, np.zeros(2 * BARS, np.int64), bars.meter[here], bars.minor[here]
        )
        found.append((returns.source, returns.how))
    return _of_windows(found)


def of_ours(lines: LineModels, requests: Sequence[Request]) -> dict[str, float]:
    """Shares of the forms that first takes of these requests (sixteen bars of 4/4) are given."""
    plans: list[FormPlan] = [take_form(lines, request, 1).plan for request in requests]
    return _of_windows([(plan.source, plan.how) for plan in plans])


def _of_windows(found: Sequence[tuple[Ints, Ints]]) -> dict[str, float]:
    source = np.concatenate([each.reshape(-1, BARS) for each, _ in found])
    how = np.concatenate([each.reshape(-1, BARS) for _, each in found])
    first = np.tile(np.arange(2) * BARS, len(found))[:, None]
    return return_shares(np.where(source >= first, source - first, -1), how)


def markdown(real: dict[str, float], ours: dict[str, float]) -> str:
    """The table: a row a figure."""
    rows = [f"| {name} | {real[name]:.3f} | {ours[name]:.3f} |" for name in real]
    return "\n".join(["| returns in eight bars | real openings | ours |", "|---|---|---|", *rows]) + "\n"
