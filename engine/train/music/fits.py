"""What the fits of the writers of events share: optimiser, learning rate, average, and checkpoints from which
an interrupted run goes on as if nothing had happened."""

import json
import os
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Protocol

import numpy as np
import torch
from torch import Tensor, nn


def optimiser_of(network: nn.Module, rate: float, decay: float) -> torch.optim.AdamW:
    """AdamW for a writer of events; biases and scales do not decay."""
    return torch.optim.AdamW(
        [
            {"params": [p for p in network.parameters() if p.ndim > 1], "weight_decay": decay},
            {"params": [p for p in network.parameters() if p.ndim <= 1], "weight_decay": 0.0},
        ],
        lr=rate,
        betas=(0.9, 0.98),
    )


def share_of_rate(step: int, steps: int, warmup: int) -> float:
    """Of the learning rate, what counts at a step: it rises over `warmup` steps and falls along a cosine to a
    twentieth."""
    if step < warmup:
        return (step + 1) / warmup
    share = (step - warmup) / max(1, steps - warmup)
    return 0.05 + 0.95 * 0.5 * (1 + float(np.cos(np.pi * min(1.0, share))))


def follow(average: nn.Module, network: nn.Module, keep: float, step: int) -> None:
    """Moves running averages of the weights on, faster in the first steps."""
    keep = min(keep, (1 + step) / (10 + step))
    with torch.no_grad():
        for mean, now in zip(average.parameters(), network.parameters(), strict=True):
            mean.lerp_(now, 1 - keep)


def has_checkpoint(folder: Path, name: str) -> bool:
    """Whether a run called `name` has left a checkpoint in the folder."""
    return (folder / f"{name}.json").exists()


def save_checkpoint(
    folder: Path,
    name: str,
    networks: Mapping[str, nn.Module],
    optimisers: Mapping[str, torch.optim.Optimizer],
    state: dict[str, Any],
) -> None:
    """Writes NAME.safetensors, then NAME.json, the small state that makes it valid, each atomically."""
    from safetensors.torch import save_file

    tensors: dict[str, Tensor] = {"random": torch.get_rng_state()}
    for part, network in networks.items():
        tensors |= {f"{part}.{k}": v for k, v in network.state_dict().items()}
    for part, optimiser in optimisers.items():
        for number, values in optimiser.state_dict()["state"].items():
            tensors |= {f"{part}.{number}.{k}": torch.as_tensor(v) for k, v in values.items()}
    partial = folder / f".{name}.safetensors"
    save_file({k: v.detach().cpu().clone().contiguous() for k, v in tensors.items()}, partial)
    partial.replace(folder / f"{name}.safetensors")
    partial = folder / f".{name}.json"
    partial.write_text(json.dumps(state, indent=1) + "\n", encoding="utf-8")
    os.replace(partial, folder / f"{name}.json")


def load_checkpoint(
    folder: Path,
    name: str,
    networks: Mapping[str, nn.Module],
    optimisers: Mapping[str, torch.optim.Optimizer],
) -> dict[str, Any]:
    """Fills networks, optimisers and torch's random state; returns the small state."""
    from safetensors.torch import load_file

    state: dict[str, Any] = json.loads((folder / f"{name}.json").read_text(encoding="utf-8"))
    tensors = load_file(folder / f"{name}.safetensors")

    def of(part: str) -> dict[str, Tensor]:
        return {k[len(part) + 1 :]: v for k, v in tensors.items() if k.startswith(f"{part}.")}

    for part, network in networks.items():
        network.load_state_dict(of(part))
    for part, optimiser in optimisers.items():
        saved: dict[int, dict[str, Tensor]] = {}
        for key, value in of(part).items():
            number, what = key.split(".", 1)
            saved.setdefault(int(number), {})[what] = value
        whole = optimiser.state_dict()
        whole["state"] = saved
        optimiser.load_state_dict(whole)
    torch.set_rng_state(tensors["random"])
    return state


def middle_of(lengths: Sequence[int]) -> int:
    """The middle one of some lengths, in their order: what stands for all of them where one is told; 1 for
    none."""
    return lengths[len(lengths) // 2] if lengths else 1


class Begun(Protocol):
    """A recipe that may begin with what another one made."""

    @property
    def begins(self) -> str | None:
        """That other recipe's name."""


def chain(recipes: Mapping[str, Begun], name: str) -> list[str]:
    """The recipes that are trained one after the other for `name`, which is the last."""
    begins = recipes[name].begins
    return [*([] if begins is None else chain(recipes, begins)), name]
