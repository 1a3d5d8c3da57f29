"""What a recording is like, as a taste may judge it: those of the traits of takes that can be heard in
sound."""

from typing import Final

import numpy as np

from engine.hear.features import FEATURES, measure, windows_of
from engine.hear.frames import Frames
from engine.music.theory import scale_mask
from engine.taste.traits import MOST, TRAITS

_ROUGH: Final = np.array([1.0, 0.7, 0.15, 0.1, 0.05, 0.9])
"""Of interval classes 1–6, as in `engine.music.descriptors`."""

HEARD_IN_SOUND: Final = (
    "activity",
    "thickness",
    "chord_register",
    "major_colour",
    "dissonance",
    "harmonic_motion",
    "chromaticism",
)


def recorded_traits(frames: Frames) -> dict[str, float]:
    """The measures by name, `HEARD_IN_SOUND`, on scales of their own: comparable among recordings, not with
    notes. Empty where there is only silence."""
    features, known = measure([window for _, window in windows_of(frames)])
    if not known.any():
        return {}
    mean = dict(zip(FEATURES, features[known].mean(axis=0), strict=True))
    degrees = np.array([mean[f"degree {d}"] for d in range(12)])
    degrees = degrees / max(float(degrees.sum()), 1e-9)
    pairs = np.array([mean[f"interval class {k}"] for k in range(1, 7)])
    mode = "major" if mean["mode"] >= 0 else "minor"
    return {
        "activity": float(mean["onset peaks a second"]),
        "thickness": float(mean["polyphony"]),
        "chord_register": float(mean["mean pitch"]),
        "major_colour": float(degrees[[4, 9, 11]].sum() - degrees[[3, 8, 10]].sum()),
        "dissonance": float(pairs @ _ROUGH),
        "harmonic_motion": float(mean["harmonic change"]),
        "chromaticism": float(degrees[~scale_mask(mode)].sum()),
    }


def among_recordings(found: list[dict[str, float]]) -> list[tuple[float, ...]]:
    """Standardised traits of several recordings, in the order of `TRAITS`, each about their common mean: how
    much busier a recording is than another can be heard, not how its notes would be counted."""
    columns = []
    for trait in TRAITS:
        own = np.array([one.get(trait.name, np.nan) for one in found], dtype=np.float64)
        known = ~np.isnan(own)
        middle = float(own[known].mean()) if known.any() else 0.0
        columns.append(np.nan_to_num((own - middle) / trait.spread, nan=0.0).clip(-MOST, MOST))
    return [tuple(round(float(value), 3) for value in row) for row in np.array(columns).T]
