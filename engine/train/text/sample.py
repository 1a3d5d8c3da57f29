"""What a trained model says of dev texts: what calibration is fitted to."""

from collections.abc import Sequence

import numpy as np

from engine.text.arc import turns
from engine.text.model import EmotionModel
from engine.train.text.cache import Cache
from engine.train.text.calibrate import Sample
from engine.train.text.data import Example
from engine.train.text.fit import answer

SAMPLED = {"story": 1 / 3, "told": 1 / 3, "emobank": 1 / 3}
"""What each source counts in calibration, of texts read by themselves."""


def sample_of(
    model: EmotionModel, cache: Cache, examples: Sequence[Example], frozen: int, context: bool
) -> Sample:
    """Dev texts for calibration: by themselves, or the story lines in their scenes."""
    sources = ["story"] if context else list(SAMPLED)
    rows = np.flatnonzero((cache.split == "dev") & np.isin(cache.source, sources))
    names = cache.source[rows]
    weights = np.array([SAMPLED[name] / (names == name).sum() for name in names])
    raw = answer(model, cache, rows, frozen, context)
    scenes = np.unique(cache.scene[rows], return_inverse=True)[1].reshape(-1) if context else None
    turning = np.array([turns(examples[int(row)].text) for row in rows]) if context else None
    says_feeling = names == "told"
    return Sample(raw, cache.targets[rows], weights, cache.language[rows], says_feeling, scenes, turning)
