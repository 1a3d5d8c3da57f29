"""Fits the accompaniment's writer in steps; checkpoints hold networks, average, optimiser, random state."""

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
from engine.train.music.fits import (
    follow,
    has_checkpoint,
    load_checkpoint,
    optimiser_of,
    save_checkpoint,
    share_of_rate,
)

NAME = "accompaniment"
"""Of the files of a checkpoint."""


@dataclass(frozen=True, slots=True)
class Recipe:
    """All that decides what comes out, beside the data. The learning rate rises over `warmup` steps and falls
    along a cosine to a twentieth. `begins`: the recipe whose writer it goes on from."""

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
    begins: str | None = None


RECIPES: dict[str, Recipe] = {
    "1.0": Recipe(),
    "1.1": Recipe(
        hidden=Hidden(made=0.75, asked_over=(4, 8, 16)), steps=1200, rate=1e-3, seed=29, begins="1.0"
    ),
    "small": Recipe(WriterConfig(32, 1, 2, 64, 0.0), steps=4, batch=4, length=32, warmup=2),
    "small, made": Recipe(
        WriterConfig(32, 1, 2, 64, 0.0),
        Hidden(made=0.75, asked_over=(4,)),
        steps=3,
        batch=4,
        length=32,
        warmup=1,
        begins="small",
    ),
}
"""1.0 and 1.1 are for one core in half an hour, "small" for tests."""


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
    """A run in `folder`, which begins with the weights of `start` (none: random ones); goes on from its
    checkpoint where there is one."""

    def __init__(
        self, figures: FigureSet, recipe: Recipe, folder: Path, start: AccompanimentWriter | None = None
    ) -> None:
        self.recipe, self.folder = recipe, folder
        torch.manual_seed(recipe.seed)
        self.writer = AccompanimentWriter(recipe.writer)
        self.average = AccompanimentWriter(recipe.writer)
        if start is not None:
            self.writer.load_state_dict(start.state_dict())
        self.average.load_state_dict(self.writer.state_dict())
        self.optimiser = optimiser_of(self.writer, recipe.rate, recipe.decay)
        self.train = Stretches(figures, 0, recipe.length, recipe.seed, recipe.hidden)
        self.dev = Stretches(figures, 1, recipe.length, 3, recipe.hidden)
        self.held = self.dev.every(12)
        self.step = 0
        folder.mkdir(parents=True, exist_ok=True)
        if has_checkpoint(folder, NAME):
            self._load()

    def run(self, log: Callable[[str], None], until: int | None = None, every: int = 50) -> None:
        """Trains to the recipe's last step (or `until`), with a checkpoint every `every` steps."""
        recipe = self.recipe
        end = min(recipe.steps, until or recipe.steps)
        begun, seen = time.process_time(), 0
        recent: list[list[float]] = []
        while self.step < end:
            for group in self.optimiser.param_groups:
                group["lr"] = recipe.rate * share_of_rate(self.step, recipe.steps, recipe.warmup)
            self.writer.train()
            batch = self.train.draw(self.recipe.batch)
            found = losses(self.writer, batch)
            self.optimiser.zero_grad()
            torch.stack(found).sum().backward()  # type: ignore[no-untyped-call]
            torch.nn.utils.clip_grad_norm_(self.writer.parameters(), 1.0)
            self.optimiser.step()
            self.step += 1
            follow(self.average, self.writer, recipe.average, self.step)
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
        """Writes the checkpoint."""
        state = {
            "step": self.step,
            "recipe": asdict(self.recipe),
            "draws": self.train.rng.bit_generator.state,
        }
        save_checkpoint(self.folder, NAME, self._networks(), {"optimiser": self.optimiser}, state)

    def _load(self) -> None:
        state = load_checkpoint(self.folder, NAME, self._networks(), {"optimiser": self.optimiser})
        self.train.rng.bit_generator.state = state["draws"]
        self.step = int(state["step"])

    def _networks(self) -> dict[str, AccompanimentWriter]:
        return {"writer": self.writer, "average": self.average}
