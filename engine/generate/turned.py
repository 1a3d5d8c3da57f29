"""Turned takes: a take once more, its latents turned a little towards one of 256 directions.

Take 1000·k + n is take n turned towards direction k (k from 1, n from 1 to 1000). The directions are those of
a space of eight dimensions, laid into the latents by one random rotation (as random rotational embeddings do:
Marcos, Mur-Labadia & Martinez-Cantin 2025); a turn leaves every bar as far from the middle as it was, where
Gaussian latents are at home. Harmony, form and every random stream are the take's own, and the number says
all: whoever names it hears the same.
"""

from functools import cache
from typing import Final

import numpy as np
import numpy.typing as npt
import torch
from torch import Tensor

from dsl.limits import MOST_TAKES, MOST_TURNS
from engine.taste.image import IMAGE_SIZE, turn

ANGLE: Final = 0.5
"""Radians that every bar is turned: a variation that is still the take, half a standard deviation away."""

_SEED: Final = 0x5455524E


def base_of(number: int) -> int:
    """The take that a number is a turn of: itself, where it is none."""
    return (number - 1) % MOST_TAKES + 1


def direction_of(number: int) -> int:
    """Which direction a take is turned to, from 1; 0 where it is not turned."""
    return (number - 1) // MOST_TAKES


def turned_number(base: int, direction: int) -> int:
    """The number of take `base` turned towards `direction` (from 1)."""
    return direction * MOST_TAKES + base


@cache
def directions() -> npt.NDArray[np.float64]:
    """The directions in eight dimensions, by number less one: [256, 8], of length 1."""
    rng = np.random.Generator(np.random.PCG64(_SEED))
    table = rng.standard_normal((MOST_TURNS, IMAGE_SIZE))
    return np.asarray(table / np.linalg.norm(table, axis=1, keepdims=True))


def turned(latent: Tensor, number: int) -> Tensor:
    """Latents [bars, total] as take `number` has them; roles that are silent stay so."""
    direction = direction_of(number)
    if not direction:
        return latent
    axes = turn(latent.shape[1])
    way = torch.from_numpy(axes @ directions()[direction - 1][: axes.shape[1]]).to(latent.dtype)
    live = (latent != 0).to(latent.dtype)
    own = way * live
    length = latent.norm(dim=1, keepdim=True)
    own = own / own.norm(dim=1, keepdim=True).clamp(min=1e-6) * length
    moved = latent * float(np.cos(ANGLE)) + own * float(np.sin(ANGLE))
    result: Tensor = moved * (length / moved.norm(dim=1, keepdim=True).clamp(min=1e-6))
    return result
