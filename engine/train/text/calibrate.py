"""Calibration: what puts raw answers on one scale, fitted on dev story lines of both languages."""

import numpy as np
import numpy.typing as npt
from scipy.optimize import nnls
from torch import Tensor

from engine.text.model import TASKS, decode
from engine.text.scorer import Calibration

Rows = npt.NDArray[np.float64]
CERTAIN = 0.6
"""A valence expected to be wrong by so much is not to be trusted at all (doubt 1)."""


def calibrate(raw: Tensor, targets: npt.NDArray[np.float32]) -> Calibration:
    """`raw` and `targets`: dev story lines (read as the product reads them), rows × targets.

    The threshold makes signed intensity as large, over all, as the labels' valence, so that 0.8 means what
    the labels mean by it. Axes are non-negative mixtures of the heads that know about them (least squares).
    """
    story = TASKS["story"]
    wanted = targets[:, story.start : story.start + 3].astype(np.float64)
    answers = {name: value.numpy().astype(np.float64) for name, value in decode(raw).items()}
    balance = answers["polarity"][:, 0] - answers["polarity"][:, 1]
    scores = np.linalg.norm(balance) / np.linalg.norm(wanted[:, 0])
    axes = [
        mixture(answers["story"][:, axis], answers["emobank"][:, axis], balance, wanted[:, axis])
        for axis in range(3)
    ]
    mixed = (
        axes[0][0] * answers["story"][:, 0]
        + axes[0][1] * answers["emobank"][:, 0]
        + axes[0][2] * balance
        + axes[0][3]
    )
    error = np.abs(mixed - wanted[:, 0])
    disagreement = np.abs(answers["story"][:, 0] - balance)
    overlap = np.minimum(answers["polarity"][:, 0], answers["polarity"][:, 1])
    doubt, _ = nnls(np.stack([np.ones_like(error), disagreement, overlap], 1), error / CERTAIN)
    return Calibration(
        threshold=round(float(scores), 4),
        neutral=0.1,
        valence=axes[0],
        arousal=axes[1],
        dominance=axes[2],
        doubt=(round(float(doubt[0]), 4), round(float(doubt[1]), 4), round(float(doubt[2]), 4)),
    )


def mixture(story: Rows, bank: Rows, balance: Rows, wanted: Rows) -> tuple[float, float, float, float]:
    """Non-negative weights of the story head, EmoBank's head and the score balance, and a constant."""
    means = [float(part.mean()) for part in (story, bank, balance)]
    columns = np.stack([story - means[0], bank - means[1], balance - means[2]], 1)
    # A little ridge towards the story head alone: a few hundred lines should not decide on much more.
    pull = np.sqrt(0.02 * len(wanted)) * np.diag(columns.std(0))
    aim = np.concatenate([wanted - wanted.mean(), pull @ np.array([1.0, 0.0, 0.0])])
    weights, _ = nnls(np.concatenate([columns, pull]), aim)
    constant = float(wanted.mean()) - sum(weight * mean for weight, mean in zip(weights, means, strict=True))
    first, second, third = (round(float(weight), 4) for weight in weights)
    return (first, second, third, round(constant, 4))
