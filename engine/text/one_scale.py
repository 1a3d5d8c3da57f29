"""One scale for what a text says of pleasant and unpleasant: its polarity, its signed intensity and its
valence are three ways to say one number, so that they cannot contradict each other.

The number is valence, which more of the model knows about and the scene has its say in. The positive and the
negative score are moved so that their difference, over the calibrated threshold, is valence times a fixed
gain: polarity stays the larger of both scores, intensity their difference over the threshold. The gain makes
signed intensity as widely spread as the labels on texts that say what is felt; valence as a best guess is
more timid.
"""

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float32]


def scores_of_valence(
    positive: Floats, negative: Floats, valence: Floats, threshold: float, gain: float
) -> tuple[Floats, Floats]:
    """Positive and negative scores (n each, 0…1) whose difference is `gain` · valence · `threshold`, as far
    as scores of 0…1 allow. What both sides have in common, the smaller score, stays as far as it can: mixed
    feelings stay mixed."""
    balance = np.clip(gain * valence * threshold, -1.0, 1.0)
    both = np.minimum(np.minimum(positive, negative), 1.0 - np.abs(balance))
    return (
        (both + np.maximum(balance, 0.0)).astype(np.float32),
        (both + np.maximum(-balance, 0.0)).astype(np.float32),
    )
