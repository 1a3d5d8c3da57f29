"""Calibration: what puts raw answers on one scale, fitted on dev story lines of both languages."""

import numpy as np
import numpy.typing as npt
from scipy.optimize import nnls
from torch import Tensor

from engine.text.model import TASKS, decode
from engine.text.scorer import Calibration

Rows = npt.NDArray[np.float64]
NEUTRAL = 0.1
"""Signed intensity under which a line counts as neutral: the labels' own grain is 0.05 to 0.1."""
CERTAIN = 0.6
"""A valence expected to be wrong by so much is not to be trusted at all (doubt 1)."""


def calibrate(
    raw: Tensor,
    targets: npt.NDArray[np.float32],
    weights: npt.NDArray[np.float64] | None = None,
    told: npt.NDArray[np.bool_] | None = None,
) -> Calibration:
    """`raw` and `targets`: dev texts with story labels, rows × targets; `weights`: how much each row counts.

    The threshold makes signed intensity as spread out as the labels' valence on the rows of `told` (all
    when None), lines that say what is felt: there the text itself decides, where it does not the model
    rightly claims less. Axes are non-negative mixtures of the heads that know about them.
    """
    story = TASKS["story"]
    share = np.ones(len(raw)) if weights is None else weights / weights.mean()
    wanted = targets[:, story.start : story.start + 3].astype(np.float64)
    answers = {name: value.numpy().astype(np.float64) for name, value in decode(raw).items()}
    positive, negative = answers["polarity"].T
    balance = positive - negative
    clear = told if told is not None and told.any() else np.ones(len(raw), bool)
    threshold = float(np.linalg.norm(balance[clear]) / np.linalg.norm(wanted[clear, 0]))
    columns = [
        np.stack([answers["story"][:, axis], answers["emobank"][:, axis], balance], 1) for axis in range(3)
    ]
    axes = [mixture(columns[axis], wanted[:, axis], share) for axis in range(3)]
    error = np.abs(columns[0] @ np.array(axes[0][:3]) + axes[0][3] - wanted[:, 0])
    disagreement = np.abs(answers["story"][:, 0] - balance)
    reasons = np.stack([np.ones_like(error), disagreement, np.minimum(positive, negative)], 1)
    root = np.sqrt(share)
    doubt, _ = nnls(reasons * root[:, None], error / CERTAIN * root)
    return Calibration(
        threshold=round(threshold, 4),
        neutral=NEUTRAL,
        valence=axes[0],
        arousal=axes[1],
        dominance=axes[2],
        doubt=(round(float(doubt[0]), 4), round(float(doubt[1]), 4), round(float(doubt[2]), 4)),
    )


def mixture(columns: Rows, wanted: Rows, share: Rows) -> tuple[float, float, float, float]:
    """Non-negative weights of story head, EmoBank's head and score balance (the columns), and a constant."""
    means = (share[:, None] * columns).mean(0)
    target = float((share * wanted).mean())
    root = np.sqrt(share)[:, None]
    # A little ridge towards the story head alone: a few hundred lines should not decide on much more.
    pull = np.sqrt(0.02 * len(wanted)) * np.diag(columns.std(0))
    aim = np.concatenate([(wanted - target) * root[:, 0], pull @ np.array([1.0, 0.0, 0.0])])
    weights, _ = nnls(np.concatenate([(columns - means) * root, pull]), aim)
    first, second, third = (round(float(weight), 4) for weight in weights)
    return (first, second, third, round(target - float(weights @ means), 4))
