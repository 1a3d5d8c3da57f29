"""What a training step costs: each text pays only for what is known of it."""

import torch
from torch import Tensor
from torch.nn import functional

from engine.text.model import TASKS


def losses(raw: Tensor, targets: Tensor) -> Tensor:
    """Sum over tasks of each example's mean loss over what is known of it, averaged over the batch.
    Scalar."""
    total = raw.new_zeros(())
    for task in TASKS.values():
        part = slice(task.start, task.start + task.size)
        wanted = targets[:, part]
        known = ~wanted.isnan()
        if not known.any():
            continue
        filled = torch.where(known, wanted, 0.0)
        if task.kind == "regression":
            mean, spread = (torch.tensor(part).to(raw) for part in (task.mean, task.spread))
            each = functional.mse_loss(raw[:, part], (filled - mean) / spread, reduction="none")
        else:
            each = functional.binary_cross_entropy_with_logits(raw[:, part], filled, reduction="none")
        total = total + task.weight * (each * known).sum() / (task.size * len(raw))
    return total
