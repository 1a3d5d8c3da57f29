"""Latents in few numbers: small enough to be kept with a choice, and telling no more than how far two takes
lie apart.

The mean over the bars that sound, turned at random and cut to the first few axes: by Johnson & Lindenstrauss
distances survive. The turn is fixed; a listener's remembered choices would mean nothing under another.
"""

from collections.abc import Sequence
from functools import cache
from typing import Final

import numpy as np
import numpy.typing as npt

IMAGE_SIZE: Final = 8
_SEED: Final = 1


@cache
def turn(width: int) -> npt.NDArray[np.float64]:
    """A random rotation of latents of `width` dimensions, its first `IMAGE_SIZE` axes: [width, 8], columns
    orthonormal (fewer where there are fewer dimensions)."""
    rng = np.random.Generator(np.random.PCG64(_SEED))
    square, upper = np.linalg.qr(rng.standard_normal((width, width)))
    return np.asarray((square * np.sign(np.diag(upper)))[:, :IMAGE_SIZE])


def image_of(latents: Sequence[bytes], width: int) -> tuple[float, ...]:
    """The image of a take's sections, each float32 bytes of [bars, width] in standard deviations; empty where
    there are none. About −3…3 each: scaled so that an average take's has a spread of one."""
    bars = [np.frombuffer(own, dtype=np.float32).reshape(-1, width) for own in latents if own]
    table = np.concatenate(bars).astype(np.float64) if bars else np.zeros((0, width))
    sounding = table[np.abs(table).sum(axis=1) > 0]
    if not len(sounding):
        return ()
    flat = (sounding.mean(axis=0) * np.sqrt(len(sounding))) @ turn(width)
    return tuple(round(float(value), 3) for value in flat.clip(-9, 9))
