"""A film's pace as arousal over time: how often it cuts, how much it moves, how loud it is.

The three are what Hanjalic & Xu (2005, Affective video content representation and modeling, IEEE Trans.
Multimedia 7) build their arousal curve from, smoothed over seconds as they do. Where each has its middle and
how much it counts is our setting, fitted to nothing. Valence is not told: pace and brightness do not say it.
"""

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

USUAL_CUTS = 12.0
"""Cuts a minute in the middle of the scale: shots of five seconds (Cutting et al. 2011: Hollywood's of about
2000 are 4 to 6 s long on average)."""
USUAL_MOTION = 0.025
"""Mean change of a pixel from frame to frame, of full scale, at 24 frames a second."""
USUAL_LOUDNESS_DB, LOUDNESS_SPREAD_DB = -26.0, 18.0
WINDOW_S = 20.0
_SMOOTH_S = 7
_WEIGHTS = {"cuts": 0.4, "motion": 0.35, "sound": 0.25}

Curve = npt.NDArray[np.float64]


def cut_rate(cuts_s: Sequence[float], seconds: int) -> Curve:
    """Cuts a minute around the middle of each of `seconds` seconds, over 20 s; nearer the ends over what
    there is."""
    middles = np.arange(seconds) + 0.5
    times = np.asarray(cuts_s)
    low = np.maximum(middles - WINDOW_S / 2, 0.0)
    high = np.minimum(middles + WINDOW_S / 2, float(max(seconds, 1)))
    inside = np.searchsorted(times, high) - np.searchsorted(times, low)
    return np.asarray(inside / (high - low) * 60.0)


def arousal_of(rate: npt.ArrayLike, motion: npt.ArrayLike, loudness_db: Sequence[float]) -> Curve:
    """Arousal −1…1 of each second, from its cuts a minute, its motion (0…1 a frame at 24 a second) and, where
    there is sound, its loudness in dB."""
    cuts, moves = np.asarray(rate, np.float64), np.asarray(motion, np.float64)
    parts = {
        "cuts": np.tanh(np.log2(np.maximum(cuts, 0.75) / USUAL_CUTS) / 2),
        "motion": np.tanh(np.log2(np.maximum(moves, 5e-4) / USUAL_MOTION) / 2.5),
    }
    if len(loudness_db):
        level = (np.asarray(loudness_db, np.float64) - USUAL_LOUDNESS_DB) / LOUDNESS_SPREAD_DB
        parts["sound"] = np.tanh(level)
    total = sum(_WEIGHTS[name] for name in parts)
    mixed = sum((_WEIGHTS[name] * part for name, part in parts.items()), np.zeros(len(cuts))) / total
    return _smoothed(mixed)


def _smoothed(values: Curve) -> Curve:
    """Over seven seconds (Hann), the ends held."""
    if len(values) < 2:
        return values
    window = np.hanning(_SMOOTH_S + 2)[1:-1]
    padded = np.pad(values, _SMOOTH_S // 2, mode="edge")
    return np.asarray(np.convolve(padded, window / window.sum(), "valid"))
