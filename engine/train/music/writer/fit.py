"""Fits the line writer in steps, not in seconds: checkpoints hold networks, average, optimiser and random
state, so that an interrupted run goes on as if nothing had happened.
"""

import csv
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path

import numpy as np
import torch
from torch import Tensor
from torch.nn import functional as F

from engine.generate.lines.conditions import MINOR_AT
from engine.generate.lines.writer import Heard, LineWriter, WriterConfig
from engine.train.music.fits import (
    follow,
    has_checkpoint,
    load_checkpoint,
    optimiser_of,
    save_checkpoint,
    share_of_rate,
)
from engine.train.music.writer.batches import IGNORED, Shares, Stretches
from engine.train.music.writer.data import LineSet

NAME = "writer"
"""Of the files of a checkpoint."""


@dataclass(frozen=True, slots=True)
class Recipe:
    """All that decides what comes out, beside the data. `steps` of `batch` stretches of `length` events; the
    learning rate rises over `warmup` steps and falls along a cosine to a twentieth."""

    writer: WriterConfig = field(default_factory=WriterConfig)
    shares: Shares = field(default_factory=Shares)
    steps: int = 4000
    batch: int = 24
    length: int = 192
    rate: float = 1.5e-3
    warmup: int = 150
    decay: float = 0.05
    average: float = 0.998
    seed: int = 17
    turn: int = 0
    then: Shares | None = None

    @property
    def last(self) -> Shares:
        """How stretches are drawn at the end."""
        return self.shares if self.then is None else self.then


def loss_of(writer: LineWriter, heard: Heard, pitch: Tensor, steps: Tensor) -> tuple[Tensor, Tensor]:
    """Mean cross-entropy in nats of pitches and of durations."""
    state = writer(heard)
    kept = pitch != IGNORED
    state, pitch, steps = state[kept], pitch[kept], steps[kept]
    return (
        F.cross_entropy(
            writer.pitch_logits(state, heard.anchor[kept], heard.features[kept][:, MINOR_AT] > 0), pitch
        ),
        F.cross_entropy(writer.steps_logits(state, pitch), steps),
    )


class Fit:
    """A run in `folder`, which begins with the weights of `start` (none: random ones); goes on from its
    checkpoint where there is one."""

    def __init__(
        self,
        lines: LineSet,
        recipe: Recipe,
        folder: Path,
        device: str = "cpu",
        start: LineWriter | None = None,
    ) -> None:
        self.recipe, self.folder, self.device = recipe, folder, torch.device(device)
        torch.manual_seed(recipe.seed)
        self.writer = LineWriter(recipe.writer).to(self.device)
        self.average = LineWriter(recipe.writer).to(self.device)
        if start is not None:
            # What `start` lacks begins at zero and changes nothing at first.
            foreign = self.writer.load_state_dict(start.state_dict(), strict=False).unexpected_keys
            if foreign:
                raise ValueError(f"a writer of another shape: {', '.join(foreign)}")
        self.average.load_state_dict(self.writer.state_dict())
        self.optimiser = optimiser_of(self.writer, recipe.rate, recipe.decay)
        self.train = Stretches(lines, 0, recipe.shares, recipe.length, recipe.seed)
        self.dev = Stretches(lines, 1, recipe.shares, recipe.length, 3)
        self.held = [
            pick
            for source in ("pop909", "openscore_lieder", "openewld")
            for pick in self.dev.all_of(0, source, 16)
        ]
        self.step = 0
        folder.mkdir(parents=True, exist_ok=True)
        if has_checkpoint(folder, NAME):
            self._load()

    def run(self, log: Callable[[str], None], until: int | None = None, every: int = 100) -> None:
        """Trains to the recipe's last step (or `until`), with a checkpoint every `every` steps."""
        recipe = self.recipe
        end = min(recipe.steps, until or recipe.steps)
        begun, seen = time.perf_counter(), 0
        recent: list[tuple[float, float]] = []
        while self.step < end:
            for group in self.optimiser.param_groups:
                group["lr"] = recipe.rate * share_of_rate(self.step, recipe.steps, recipe.warmup)
            if recipe.then is not None and self.step >= recipe.turn:
                self.train.shares = self.dev.shares = recipe.then
            heard, pitch, steps = self.train.draw(self.recipe.batch)
            self.writer.train()
            of_pitch, of_steps = loss_of(
                self.writer, on(heard, self.device), pitch.to(self.device), steps.to(self.device)
            )
            self.optimiser.zero_grad()
            (of_pitch + of_steps).backward()  # type: ignore[no-untyped-call]
            torch.nn.utils.clip_grad_norm_(self.writer.parameters(), 1.0)
            self.optimiser.step()
            self.step += 1
            follow(self.average, self.writer, recipe.average, self.step)
            recent.append((float(of_pitch.detach()), float(of_steps.detach())))
            seen += int((pitch != IGNORED).sum())
            if self.step % every == 0 or self.step == end:
                means = np.mean(recent[-every:], 0)
                held = self.held_out()
                pace = seen / (time.perf_counter() - begun)
                log(
                    f"step {self.step}: train {means[0]:.3f} + {means[1]:.3f}, "
                    f"held out {held[0]:.3f} + {held[1]:.3f}, {pace:.0f} events/s"
                )
                self._log(means.tolist(), held, pace)
                self.save()

    def held_out(self) -> tuple[float, float]:
        """Losses of the averaged weights on dev melodies, everything told but the gist."""
        self.average.eval()
        total = np.zeros(2)
        with torch.no_grad():
            for first in range(0, len(self.held), 16):
                heard, pitch, steps = self.dev.assemble(self.held[first : first + 16], hide=False)
                found = loss_of(
                    self.average, on(heard, self.device), pitch.to(self.device), steps.to(self.device)
                )
                total += np.array([float(value) for value in found]) * len(self.held[first : first + 16])
        share = total / max(1, len(self.held))
        return float(share[0]), float(share[1])

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

    def _networks(self) -> dict[str, LineWriter]:
        return {"writer": self.writer, "average": self.average}

    def _log(self, train: list[float], held: tuple[float, float], pace: float) -> None:
        path = self.folder / "writer.csv"
        new = not path.exists()
        with path.open("a", newline="", encoding="utf-8") as stream:
            rows = csv.writer(stream)
            if new:
                rows.writerow(["step", "train pitch", "train steps", "held pitch", "held steps", "events/s"])
            rows.writerow([self.step, *(f"{v:.4f}" for v in (*train, *held)), f"{pace:.0f}"])


def on(heard: Heard, device: torch.device) -> Heard:
    """The same on a device."""
    return replace(heard, **{name: getattr(heard, name).to(device) for name in Heard.__slots__})
