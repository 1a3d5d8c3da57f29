"""Scenes read together: drawing them, their loss, and the mixer's first weights."""

import math
from collections.abc import Sequence

import numpy as np
import torch
from torch import Tensor

from engine.text.mixer import Company, company_of
from engine.text.model import EmotionModel, together
from engine.train.text.cache import Cache
from engine.train.text.loss import losses
from engine.train.text.probe import SHRINK

IN_SCENES = ("story", "fiction", "shared")
"""Sources whose texts are lines of scenes."""
ALONE = 0.35
"""What a scene's lines read alone count, beside the same lines in company."""


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


def company_in(cache: Cache, rows: Sequence[int] | np.ndarray, reach: int) -> Company:
    """Who hears whom among story lines of the cache."""
    scenes = np.unique(cache.scene[rows], return_inverse=True)[1].reshape(-1)
    return company_of(scenes.tolist(), cache.speaker[rows].tolist(), reach)


def scenes_of(cache: Cache) -> list[np.ndarray]:
    """The rows of each training scene, in order."""
    rows = np.flatnonzero((cache.split == "train") & np.isin(cache.source, IN_SCENES))
    starts = np.flatnonzero(cache.scene[rows][1:] != cache.scene[rows][:-1]) + 1
    return [part for part in np.split(rows, starts) if len(part)]


def draw_scenes(owned: list[np.ndarray], count: int, seed: int, step: int) -> list[np.ndarray]:
    """The rows of `count` of the `owned` scenes, half of them cut to a stretch of one line or more.

    Depends on seed and step alone. A mixer that has seen only whole scenes would not know what to make of the
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
    model: EmotionModel, cache: Cache, rows: np.ndarray, vectors: Tensor, unheard: float, draw: int
) -> Tensor:
    """The loss of the scenes' lines in `rows` by their `vectors`, each read alone and in company, where it
    does not hear a share of `unheard` of its neighbours (which ones depends on `draw`). Scalar."""
    targets = torch.from_numpy(cache.targets[rows]).to(vectors.device)
    company = company_in(cache, rows, model.mixer.config.reach)
    generator = torch.Generator().manual_seed(draw)
    heard = company.heard & (torch.rand(company.heard.shape, generator=generator) >= unheard)
    heard[:, model.mixer.config.reach] = True
    raw = model.answers(vectors)
    partly = Company(heard, company.same, company.spoken).to(vectors.device)
    mixed = together(model.mixer, vectors, raw, partly)
    return ALONE * losses(raw, targets) + losses(mixed, targets)


def begin_mixer(
    model: EmotionModel, cache: Cache, frozen: int, seed: int, steps: int = 300, scenes: int = 16
) -> None:
    """The mixer's first weights: it sees the directions in which story lines differ, whitened, and is then
    fitted for `steps` on vectors that stay as they are, which costs seconds."""
    torch.manual_seed(seed)
    owned = scenes_of(cache)
    if not owned:
        return
    rows = np.concatenate(owned)
    model.eval()
    with torch.no_grad():
        vectors = vectors_of(model, cache, rows, frozen, 32)
        centred = vectors - vectors.mean(0)
        values, directions = torch.linalg.eigh((centred.T @ centred / len(rows)).cpu())
        mixer = model.mixer
        most = min(mixer.config.width, len(values))
        scale = (values[-most:].clamp_min(0) + SHRINK * values[-1]).sqrt()
        mixer.project.weight.zero_()
        mixer.project.weight[:most] = (0.5 * directions[:, -most:] / scale).T.to(vectors.device)
        mixer.project.bias.copy_(-(mixer.project.weight @ vectors.mean(0)))
    place = {int(row): index for index, row in enumerate(rows)}
    learning = [value for value in mixer.parameters() if value.requires_grad]
    optimiser = torch.optim.AdamW(learning, lr=1e-3, betas=(0.9, 0.98), weight_decay=0.1)
    mixer.train()
    for step in range(steps):
        for group in optimiser.param_groups:
            group["lr"] = 1e-3 * min(1.0, (step + 1) / 50) * 0.5 * (1 + math.cos(math.pi * step / steps))
        drawn = np.concatenate(draw_scenes(owned, scenes, seed + 1, step))
        here = vectors[[place[int(row)] for row in drawn]]
        loss = scene_loss(model, cache, drawn, here, 0.1, step)
        optimiser.zero_grad(set_to_none=True)
        loss.backward()
        torch.nn.utils.clip_grad_norm_(learning, 1.0)
        optimiser.step()
    model.zero_grad(set_to_none=True)


_SHUFFLES: dict[tuple[int, int], np.ndarray] = {}


def shuffled(seed: int, count: int) -> np.ndarray:
    """A remembered permutation of 0 … count − 1."""
    if (seed, count) not in _SHUFFLES:
        _SHUFFLES[seed, count] = np.random.default_rng([seed, count]).permutation(count)
    return _SHUFFLES[seed, count]
