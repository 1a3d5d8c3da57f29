"""Checkpoints of a run: networks, optimisers and random states, so that an interrupted run goes on as if
nothing had happened."""

import json
import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import torch
from torch import Tensor, nn

CHECKPOINT = "writer.safetensors"
STATE = "writer.json"


def save_checkpoint(
    folder: Path,
    networks: Mapping[str, nn.Module],
    optimisers: Mapping[str, torch.optim.Optimizer],
    state: dict[str, Any],
) -> None:
    """Writes the tensors, then the small state that makes them valid, each atomically."""
    from safetensors.torch import save_file

    tensors: dict[str, Tensor] = {"random": torch.get_rng_state()}
    for name, network in networks.items():
        tensors |= {f"{name}.{k}": v for k, v in network.state_dict().items()}
    for name, optimiser in optimisers.items():
        for number, values in optimiser.state_dict()["state"].items():
            tensors |= {f"{name}.{number}.{k}": torch.as_tensor(v) for k, v in values.items()}
    partial = folder / f".{CHECKPOINT}"
    save_file({k: v.detach().cpu().clone().contiguous() for k, v in tensors.items()}, partial)
    partial.replace(folder / CHECKPOINT)
    partial = folder / f".{STATE}"
    partial.write_text(json.dumps(state, indent=1) + "\n", encoding="utf-8")
    os.replace(partial, folder / STATE)


def load_checkpoint(
    folder: Path, networks: Mapping[str, nn.Module], optimisers: Mapping[str, torch.optim.Optimizer]
) -> dict[str, Any]:
    """Fills networks, optimisers and torch's random state; returns the small state."""
    from safetensors.torch import load_file

    state: dict[str, Any] = json.loads((folder / STATE).read_text(encoding="utf-8"))
    tensors = load_file(folder / CHECKPOINT)

    def of(name: str) -> dict[str, Tensor]:
        return {k[len(name) + 1 :]: v for k, v in tensors.items() if k.startswith(f"{name}.")}

    for name, network in networks.items():
        network.load_state_dict(of(name))
    for name, optimiser in optimisers.items():
        saved: dict[int, dict[str, Tensor]] = {}
        for key, value in of(name).items():
            number, what = key.split(".", 1)
            saved.setdefault(int(number), {})[what] = value
        whole = optimiser.state_dict()
        whole["state"] = saved
        optimiser.load_state_dict(whole)
    torch.set_rng_state(tensors["random"])
    return state
