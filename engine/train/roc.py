"""The area under the ROC curve: how well a score orders two kinds of examples, wherever a border is drawn."""

import numpy as np
import numpy.typing as npt
from scipy.stats import rankdata

Floats = npt.NDArray[np.float64]


def auc(label: npt.NDArray[np.int64], score: Floats) -> float:
    """Probability that a high example scores above a low one, ties half (Mann & Whitney)."""
    high = label == 1
    ranks = rankdata(score)
    wins = ranks[high].sum() - high.sum() * (high.sum() + 1) / 2
    return float(wins / max(high.sum() * (~high).sum(), 1))
