"""The head alone, fitted to a fixed encoder in closed surroundings: where fine-tuning begins, and what can
end it.

The pooled features are badly conditioned (a few directions hold most of the spread), so that a head learned
by Adam along with the layers lags far behind what the features already know. Whitened, a quasi-Newton
method gets there in seconds; linear probing before fine-tuning also keeps the features from being torn
about (Kumar et al. 2022).
"""

from collections.abc import Callable

import numpy as np
import torch
from torch import Tensor

from engine.text.model import TASKS, EmotionModel
from engine.train.text.cache import Cache

SHRINK = 1e-3
"""Added to the variances before whitening, as a share of the largest: directions of noise stay small."""


@torch.inference_mode()
def features_of(
    model: EmotionModel,
    cache: Cache,
    rows: np.ndarray,
    frozen: int,
    progress: Callable[[int, int], None] | None = None,
) -> Tensor:
    """Pooled vectors of cached texts, rows × 2·width, in the order given."""
    model.eval()
    device = model.query.device
    order = np.argsort(cache.lengths[rows], kind="stable")
    parts: list[Tensor] = []
    for start in range(0, len(order), 32):
        chosen = [int(row) for row in rows[order[start : start + 32]]]
        hidden, mask = (part.to(device) for part in cache.batch(chosen))
        parts.append(model.vectors(hidden, mask, frozen).cpu())
        if progress is not None:
            progress(start + len(chosen), len(order))
    return torch.cat(parts)[torch.from_numpy(np.argsort(order, kind="stable"))]


def known_loss(raw: Tensor, targets: Tensor) -> Tensor:
    """Each task's mean loss over the texts that know it, weighted and added up. Scalar."""
    total = raw.new_zeros(())
    for task in TASKS.values():
        part = slice(task.start, task.start + task.size)
        known = ~targets[:, part].isnan()
        if not known.any():
            continue
        wanted, given = torch.where(known, targets[:, part], 0.0), raw[:, part]
        if task.kind == "regression":
            aim = (wanted - torch.tensor(task.mean)) / torch.tensor(task.spread)
            each = torch.nn.functional.mse_loss(given, aim, reduction="none")
            total = total + (each * known).sum() / known.sum()
        else:
            each = torch.nn.functional.binary_cross_entropy_with_logits(given, wanted, reduction="none")
            total = total + task.size * (each * known).sum() / known.sum()
    return total


def probe(features: Tensor, targets: Tensor, penalty: float = 0.01, steps: int = 60) -> tuple[Tensor, Tensor]:
    """Head weight (targets × features) and bias that answer `targets` (NaN where unknown) best from
    `features`.

    `penalty` is on the squared weights of whitened features, per output.
    """
    mean = features.mean(0)
    centred = features - mean
    values, vectors = torch.linalg.eigh(centred.T @ centred / len(features))
    whiten = vectors / (values.clamp_min(0) + SHRINK * values[-1]).sqrt()
    white = centred @ whiten
    weight = torch.zeros(targets.shape[1], white.shape[1], requires_grad=True)
    bias = torch.zeros(targets.shape[1], requires_grad=True)
    solver = torch.optim.LBFGS([weight, bias], max_iter=steps, history_size=20, line_search_fn="strong_wolfe")

    def closure() -> Tensor:
        solver.zero_grad()
        loss = known_loss(white @ weight.T + bias, targets) + penalty * weight.square().sum()
        loss.backward()
        return loss

    solver.step(closure)  # type: ignore[arg-type]
    found = weight.detach() @ whiten.T
    return found, bias.detach() - found @ mean
