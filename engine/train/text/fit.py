"""Fine-tunes the upper layers and the heads on cached hidden states. Resumable, logged to CSV, one device.

Mixed batches of all sources, each example paying only for what is known of it; layer-wise learning rates,
the lower the smaller; an exponential moving average of the weights is what is measured and kept.
"""

import copy
import csv
import json
import math
import os
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np
import torch
from safetensors.torch import load_file, save_file
from torch import Tensor
from torch.nn import functional

from engine.text.model import TASKS, EmotionModel, decode
from engine.train.text.cache import Cache

SHARES: dict[str, float] = {
    "emobank": 0.33,
    "story": 0.15,
    "story-context": 0.20,
    "story-passage": 0.07,
    "told": 0.11,
    "goemotions": 0.08,
    "xed": 0.06,
}
"""How much of a batch each source has on average."""


MEASURED = ("emobank", "story", "story-context", "story-passage", "told")


@dataclass(frozen=True, slots=True)
class Fit:
    """Settings of a run. Rates are Adam's; `decay` multiplies the rate once a layer downwards from the
    top."""

    steps: int = 3000
    batch: int = 32
    frozen: int = 6
    rate: float = 1.5e-4
    head_rate: float = 1e-3
    decay: float = 0.85
    weight_decay: float = 0.01
    dropout: float = 0.1
    layer_dropout: float = 0.0
    average: float = 0.996
    seed: int = 1
    check_every: int = 250


def losses(raw: Tensor, targets: Tensor) -> Tensor:
    """Sum over tasks of each example's mean loss over what is known of it, averaged over the batch.
    Scalar."""
    total = raw.new_zeros(())
    for task in TASKS.values():
        part = slice(task.start, task.start + task.size)
        wanted = targets[:, part]
        known = ~wanted.isnan().any(1)
        if not known.any():
            continue
        if task.kind == "regression":
            mean, spread = (torch.tensor(part).to(raw) for part in (task.mean, task.spread))
            aim = (wanted[known] - mean) / spread
            each = functional.mse_loss(raw[known, part], aim, reduction="none")
        else:
            each = functional.binary_cross_entropy_with_logits(
                raw[known, part], wanted[known], reduction="none"
            )
        total = total + task.weight * each.mean(1).sum() / len(raw)
    return total


def draw(cache: Cache, settings: Fit, pool: int, size: int) -> list[list[int]]:
    """Pool number `pool`: `size` batches of similar length, drawn by `SHARES`. Depends on seed and number
    alone."""
    rng = np.random.default_rng([settings.seed, pool])
    train = cache.split == "train"
    rows: list[int] = []
    for source, share in SHARES.items():
        owned = np.flatnonzero(train & (cache.source == source))
        count = round(share * settings.batch * size)
        if len(owned):
            start = pool * count
            # A walk through a fixed shuffle: every example equally often, in another order each round.
            for step in range(count):
                lap, place = divmod(start + step, len(owned))
                rows.append(int(owned[shuffled(settings.seed + lap, len(owned))[place]]))
    rows.sort(key=lambda row: (int(cache.lengths[row]), row))
    batches = [rows[start : start + settings.batch] for start in range(0, len(rows), settings.batch)]
    rng.shuffle(batches)
    return batches


_SHUFFLES: dict[tuple[int, int], np.ndarray] = {}


def shuffled(seed: int, count: int) -> np.ndarray:
    """A remembered permutation of 0 … count − 1."""
    if (seed, count) not in _SHUFFLES:
        _SHUFFLES[seed, count] = np.random.default_rng([seed, count]).permutation(count)
    return _SHUFFLES[seed, count]


def groups(model: EmotionModel, settings: Fit, frozen: int) -> list[dict[str, object]]:
    """Optimiser groups: head and pooling fast, layers ever slower downwards."""
    top = len(model.encoder.layers)
    found: list[dict[str, object]] = [
        {"params": [model.query, *model.head.parameters()], "rate": settings.head_rate},
    ]
    for index in range(frozen, top):
        rate = settings.rate * settings.decay ** (top - 1 - index)
        found.append({"params": list(model.encoder.layers[index].parameters()), "rate": rate})
    return [group | {"lr": group["rate"]} for group in found]


@torch.inference_mode()
def answer(model: EmotionModel, cache: Cache, rows: np.ndarray, frozen: int) -> Tensor:
    """Raw outputs for cached texts, rows × targets, in the order given."""
    model.eval()
    device = model.query.device
    lengths = cache.lengths[rows]
    order = np.argsort(lengths, kind="stable")
    parts: list[Tensor] = []
    for start in range(0, len(order), 32):
        chosen = [int(row) for row in rows[order[start : start + 32]]]
        hidden, mask, read = (part.to(device) for part in cache.batch(chosen))
        parts.append(model(hidden, mask, read, frozen).float().cpu())
    raw = torch.cat(parts)
    return raw[torch.from_numpy(np.argsort(order, kind="stable"))]


def correlation(a: np.ndarray, b: np.ndarray) -> float:
    if len(a) < 3 or a.std() == 0 or b.std() == 0:
        return 0.0
    return float(np.corrcoef(a, b)[0, 1])


def check(model: EmotionModel, cache: Cache, frozen: int, split: str = "dev") -> dict[str, float]:
    """Pearson r on a split: EmoBank V, A, D; story lines V, A by language, alone, in context and as
    passages."""
    found: dict[str, float] = {}
    chosen = (cache.split == split) & np.isin(
        cache.source, ["emobank", "story", "story-context", "story-passage"]
    )
    rows = np.flatnonzero(chosen)
    answers = decode(answer(model, cache, rows, frozen))
    for source in MEASURED:
        for language in ("en", "zh"):
            here = np.flatnonzero((cache.source[rows] == source) & (cache.language[rows] == language))
            if not len(here):
                continue
            task = TASKS["emobank" if source == "emobank" else "story"]
            given = answers["emobank" if source == "emobank" else "story"].numpy()[here]
            wanted = cache.targets[rows[here], task.start : task.start + task.size]
            for axis, name in enumerate("VAD" if source == "emobank" else "VA"):
                found[f"{source}-{language}-{name}"] = round(correlation(given[:, axis], wanted[:, axis]), 4)
    return found


def save_state(path: Path, tensors: dict[str, Tensor], facts: dict[str, str]) -> None:
    """Writes a safetensors file in one move."""
    part = path.with_suffix(".part")
    save_file({name: value.detach().contiguous().clone() for name, value in tensors.items()}, part, facts)
    os.replace(part, path)


def fit(
    model: EmotionModel,
    cache: Cache,
    settings: Fit,
    folder: Path,
    progress: Callable[[int, int, str], None] | None = None,
    device: str = "cpu",
) -> EmotionModel:
    """Trains until `settings.steps`, from the last checkpoint in `folder` when there is one; returns the
    average.

    `folder` gets checkpoint.safetensors (weights, average, Adam's moments), log.csv and settings.json.
    """
    folder.mkdir(parents=True, exist_ok=True)
    model.to(device)
    frozen = min(settings.frozen, len(model.encoder.layers) - 1)
    model.encoder.requires_grad_(False)
    for layer in model.encoder.layers[frozen:]:
        layer.requires_grad_(True)
        layer.dropout = settings.layer_dropout
    average = copy.deepcopy(model)
    names = [name for name, value in model.named_parameters() if value.requires_grad]
    optimiser = torch.optim.AdamW(
        groups(model, settings, frozen), betas=(0.9, 0.98), weight_decay=settings.weight_decay
    )
    done = resume(folder / "checkpoint.safetensors", model, average, optimiser)
    (folder / "settings.json").write_text(json.dumps(asdict(settings), indent=1))
    live, kept = dict(model.named_parameters()), dict(average.named_parameters())
    pool_size, pool, batches = 16, -1, []
    torch.manual_seed(settings.seed + done)  # dropout only; a resumed run draws fresh masks
    began, seen, running = time.monotonic(), 0, 0.0
    for step in range(done, settings.steps):
        if step // pool_size != pool:
            pool = step // pool_size
            batches = draw(cache, settings, pool, pool_size)
        rows = batches[min(step % pool_size, len(batches) - 1)]
        warm = min(1.0, (step + 1) / max(1, min(200, settings.steps // 10)))
        fade = 0.5 * (1 + math.cos(math.pi * step / settings.steps))
        for group in optimiser.param_groups:
            group["lr"] = group["rate"] * warm * max(0.03, fade)
        model.train()
        hidden, mask, read = (part.to(device) for part in cache.batch(rows))
        loss = losses(model(hidden, mask, read, frozen), torch.from_numpy(cache.targets[rows]).to(device))
        optimiser.zero_grad(set_to_none=True)
        loss.backward()  # type: ignore[no-untyped-call]  # torch has no stub for it
        torch.nn.utils.clip_grad_norm_([live[name] for name in names], 1.0)
        optimiser.step()
        if step % 4 == 3:
            keep = min(settings.average**4, (step + 1) / (step + 40))
            with torch.no_grad():
                torch._foreach_lerp_([kept[name] for name in names], [live[name] for name in names], 1 - keep)
        running += float(loss.detach())
        seen += len(rows)
        if (step + 1) % settings.check_every == 0 or step + 1 == settings.steps:
            figures = check(average, cache, frozen)
            record(
                folder / "log.csv",
                step + 1,
                running / settings.check_every,
                seen / (time.monotonic() - began),
                figures,
            )
            running = 0.0
            state = {f"live.{name}": live[name] for name in names} | {
                f"mean.{name}": kept[name] for name in names
            }
            for index, value in enumerate(optimiser.state_dict()["state"].items()):
                state |= {
                    f"adam.{index}.{part}": value[1][part] for part in ("exp_avg", "exp_avg_sq", "step")
                }
            save_state(folder / "checkpoint.safetensors", state, {"step": str(step + 1)})
            if progress is not None:
                progress(step + 1, settings.steps, " ".join(f"{k}={v}" for k, v in figures.items()))
    return average.eval()


def resume(path: Path, model: EmotionModel, average: EmotionModel, optimiser: torch.optim.Optimizer) -> int:
    """Loads a checkpoint into model, average and optimiser; the number of steps it had done (0 without
    one)."""
    if not path.exists():
        return 0
    state = load_file(path)
    for prefix, target in (("live.", model), ("mean.", average)):
        named = {name.removeprefix(prefix): value for name, value in state.items() if name.startswith(prefix)}
        target.load_state_dict(named, strict=False)
    shape = optimiser.state_dict()
    count = sum(1 for name in state if name.startswith("adam.") and name.endswith(".exp_avg"))
    shape["state"] = {
        index: {part: state[f"adam.{index}.{part}"] for part in ("exp_avg", "exp_avg_sq", "step")}
        for index in range(count)
    }
    optimiser.load_state_dict(shape)
    from safetensors import safe_open

    with safe_open(path, "pt") as file:
        return int(file.metadata()["step"])


def record(path: Path, step: int, loss: float, speed: float, figures: dict[str, float]) -> None:
    """Adds a row to the log; a new file gets its header first."""
    new = not path.exists()
    with path.open("a", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        if new:
            writer.writerow(["step", "loss", "texts_per_s", *figures])
        writer.writerow([step, round(loss, 4), round(speed, 1), *figures.values()])
