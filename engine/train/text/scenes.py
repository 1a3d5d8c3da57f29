"""Scenes read together: drawing them, and their loss."""

from collections.abc import Sequence

import numpy as np
import torch
from torch import Tensor

from engine.text.model import EmotionModel
from engine.train.text.cache import Cache
from engine.train.text.loss import losses
from engine.train.text.windows import scene_vectors

IN_SCENES = ("story", "fiction", "shared")
"""Sources whose texts are lines of scenes."""


def vectors_of(
    model: EmotionModel, cache: Cache, rows: Sequence[int] | np.ndarray, frozen: int, most: int = 16
) -> Tensor:
    """Pooled vectors of cached texts in the order given, rows × 2·width; at most `most` texts of like
    length at a time, so that little is padding."""
    device = model.query.device
    order = np.argsort(cache.lengths[rows], kind="stable")
    parts: list[Tensor] = []
    for start in range(0, len(order), most):
        hidden, mask = cache.batch([int(rows[place]) for place in order[start : start + most]])
        parts.append(model.vectors(hidden.to(device), mask.to(device), frozen))
    return torch.cat(parts)[torch.from_numpy(np.argsort(order, kind="stable")).to(device)]


def scenes_of(cache: Cache) -> list[np.ndarray]:
    """The rows of each training scene, in order."""
    return parted(cache, np.flatnonzero((cache.split == "train") & np.isin(cache.source, IN_SCENES)))


def parted(cache: Cache, rows: np.ndarray) -> list[np.ndarray]:
    """The rows by their scenes, whose lines stand together."""
    starts = np.flatnonzero(cache.scene[rows][1:] != cache.scene[rows][:-1]) + 1
    return [part for part in np.split(rows, starts) if len(part)]


def draw_scenes(owned: list[np.ndarray], count: int, seed: int, step: int) -> list[np.ndarray]:
    """The rows of `count` of the `owned` scenes, half of them cut to a stretch of one line or more.

    Depends on seed and step alone. Who has seen only whole scenes would not know what to make of the
    beginning of one that is still being written.
    """
    rng = np.random.default_rng([seed, step, 7])
    found: list[np.ndarray] = []
    for number in range(count if owned else 0):
        lap, place = divmod(step * count + number, len(owned))
        rows = owned[shuffled(seed + lap, len(owned))[place]]
        if rng.random() < 0.5:
            size = 1 + int(rng.integers(len(rows)))
            first = int(rng.integers(len(rows) - size + 1))
            rows = rows[first : first + size]
        found.append(rows)
    return found


def scene_loss(
    model: EmotionModel, cache: Cache, scenes: list[np.ndarray], frozen: int, unheard: float, draw: int
) -> Tensor:
    """The loss of the scenes' lines, each read in its window, where it does not hear a share of `unheard` of
    its neighbours (which ones depends on `draw`). Scalar."""
    vectors = scene_vectors(model, cache, scenes, frozen, unheard, draw)
    targets = torch.from_numpy(cache.targets[np.concatenate(scenes)]).to(vectors.device)
    return losses(model.answers(vectors), targets)


_SHUFFLES: dict[tuple[int, int], np.ndarray] = {}


def shuffled(seed: int, count: int) -> np.ndarray:
    """A remembered permutation of 0 … count − 1."""
    if (seed, count) not in _SHUFFLES:
        _SHUFFLES[seed, count] = np.random.default_rng([seed, count]).permutation(count)
    return _SHUFFLES[seed, count]
