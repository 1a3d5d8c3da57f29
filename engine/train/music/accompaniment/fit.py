"""Fits the accompaniment's writer in steps; checkpoints hold networks, average, optimiser, random state."""

import json
import os
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass, field
from pathlib import Path

import numpy as np
import torch
from torch import Tensor
from torch.nn import functional as F

from engine.generate.accompaniment.writer import AccompanimentWriter
from engine.generate.lines.writer import WriterConfig
from engine.train.music.accompaniment.data import IGNORED, Batch, FigureSet, Hidden, Stretches

CHECKPOINT = "accompaniment.safetensors"
STATE = "accompaniment.json"


@dataclass(frozen=True, slots=True)
class Recipe:
    """All that decides what comes out, beside the data. The learning rate rises over `warmup` steps and falls
    along a cosine to a twentieth."""

    writer: WriterConfig = field(default_factory=lambda: WriterConfig(128, 3, 4, 192, 0.1))
    hidden: Hidden = field(default_factory=Hidden)
    steps: int = 1500
    batch: int = 16
    length: int = 128
    rate: float = 2.5e-3
    warmup: int = 100
    decay: float = 0.05
    average: float = 0.995
    seed: int = 23


RECIPES: dict[str, Recipe] = {
    "1.0": Recipe(),
    "small": Recipe(WriterConfig(32, 1, 2, 64, 0.0), steps=4, batch=4, length=32, warmup=2),
}
"""1.0 is for one core in half an hour, "small" for tests."""


def losses(writer: AccompanimentWriter, batch: Batch) -> tuple[Tensor, Tensor, Tensor]:
    """Mean cross-entropy in nats of notes (and ends), of lengths and of waits."""
    state = writer(batch.told, batch.time).flatten(0, 1)[batch.event]
    pitch, length, wait = writer.heads(state, batch.below, batch.lasting)
    notes = batch.steps != IGNORED
    ends = batch.wait != IGNORED
    return (
        F.cross_entropy(writer.pitch_logits(pitch, batch.root), batch.pitch),
        F.cross_entropy(writer.steps_logits(length[notes], batch.pitch[notes]), batch.steps[notes]),
        F.cross_entropy(writer.wait_logits(wait[ends]), batch.wait[ends]),
    )


class Fit:
    """A run in `folder`; goes on from its checkpoint where there is one."""

    def __init__(self, figures: FigureSet, recipe: Recipe, folder: Path) -> None:
        self.recipe, self.folder = recipe, folder
        torch.manual_seed(recipe.seed)
        self.writer = AccompanimentWriter(recipe.writer)
        self.average = AccompanimentWriter(recipe.writer)
        self.average.load_state_dict(self.writer.state_dict())
        self.optimiser = torch.optim.AdamW(
            [
                {"params": [p for p in self.writer.parameters() if p.ndim > 1], "weight_decay": recipe.decay},
                {"params": [p for p in self.writer.parameters() if p.ndim <= 1], "weight_decay": 0.0},
            ],
            lr=recipe.rate,
            betas=(0.9, 0.98),
        )
        self.train = Stretches(figures, 0, recipe.length, recipe.seed, recipe.hidden)
        self.dev = Stretches(figures, 1, recipe.length, 3, recipe.hidden)
        self.held = self.dev.every(12)
        self.step = 0
        folder.mkdir(parents=True, exist_ok=True)
        if (folder / STATE).exists():
            self._load()

    def run(self, log: Callable[[str], None], until: int | None = None, every: int = 50) -> None:
        """Trains to the recipe's last step (or `until`), with a checkpoint every `every` steps."""
        end = min(self.recipe.steps, until or self.recipe.steps)
        begun, seen = time.process_time(), 0
        recent: list[list[float]] = []
        while self.step < end:
            for group in self.optimiser.param_groups:
                group["lr"] = self._rate()
            self.writer.train()
            batch = self.train.draw(self.recipe.batch)
            found = losses(self.writer, batch)
            self.optimiser.zero_grad()
            torch.stack(found).sum().backward()  # type: ignore[no-untyped-call]
            torch.nn.utils.clip_grad_norm_(self.writer.parameters(), 1.0)
            self.optimiser.step()
            self.step += 1
            self._follow()
            recent.append([float(value.detach()) for value in found])
            seen += len(batch.wait[batch.wait != IGNORED])
            if self.step % every == 0 or self.step == end:
                train, held = np.mean(recent[-every:], 0), self.held_out()
                pace = seen / (time.process_time() - begun)
                log(
                    f"step {self.step}: train {' + '.join(f'{v:.3f}' for v in train)}, held out "
                    f"{' + '.join(f'{v:.3f}' for v in held)}, {pace:.0f} events a processor second"
                )
                self.save()

    def held_out(self) -> list[float]:
        """Losses of the averaged weights on dev works, everything told but the gist."""
        self.average.eval()
        with torch.no_grad():
            found = [
                [float(v) for v in losses(self.average, self.dev.assemble(self.held[at : at + 12], False))]
                for at in range(0, len(self.held), 12)
            ]
        return [float(v) for v in np.mean(found, 0)]

    def save(self) -> None:
        """Writes the checkpoint: tensors, then the small state that makes it valid."""
        from safetensors.torch import save_file

        tensors = {f"writer.{k}": v for k, v in self.writer.state_dict().items()}
        tensors |= {f"average.{k}": v for k, v in self.average.state_dict().items()}
        for number, state in self.optimiser.state_dict()["state"].items():
            tensors |= {f"optimiser.{number}.{k}": torch.as_tensor(v) for k, v in state.items()}
        tensors["random"] = torch.get_rng_state()
        partial = self.folder / f".{CHECKPOINT}"
        save_file({k: v.detach().contiguous() for k, v in tensors.items()}, partial)
        partial.replace(self.folder / CHECKPOINT)
        state = {
            "step": self.step,
            "recipe": asdict(self.recipe),
            "draws": self.train.rng.bit_generator.state,
        }
        partial = self.folder / f".{STATE}"
        partial.write_text(json.dumps(state, indent=1) + "\n", encoding="utf-8")
        os.replace(partial, self.folder / STATE)

    def _load(self) -> None:
        from safetensors.torch import load_file

        state = json.loads((self.folder / STATE).read_text(encoding="utf-8"))
        tensors = load_file(self.folder / CHECKPOINT)

        def of(prefix: str) -> dict[str, Tensor]:
            return {k[len(prefix) :]: v for k, v in tensors.items() if k.startswith(prefix)}

        self.writer.load_state_dict(of("writer."))
        self.average.load_state_dict(of("average."))
        saved: dict[int, dict[str, Tensor]] = {}
        for key, value in of("optimiser.").items():
            number, name = key.split(".", 1)
            saved.setdefault(int(number), {})[name] = value
        whole = self.optimiser.state_dict()
        whole["state"] = saved
        self.optimiser.load_state_dict(whole)
        torch.set_rng_state(tensors["random"])
        self.train.rng.bit_generator.state = state["draws"]
        self.step = int(state["step"])

    def _rate(self) -> float:
        recipe = self.recipe
        if self.step < recipe.warmup:
            return recipe.rate * (self.step + 1) / recipe.warmup
        share = (self.step - recipe.warmup) / max(1, recipe.steps - recipe.warmup)
        return recipe.rate * (0.05 + 0.95 * 0.5 * (1 + float(np.cos(np.pi * min(1.0, share)))))

    def _follow(self) -> None:
        keep = min(self.recipe.average, (1 + self.step) / (10 + self.step))
        with torch.no_grad():
            for mean, now in zip(self.average.parameters(), self.writer.parameters(), strict=True):
                mean.lerp_(now, 1 - keep)
