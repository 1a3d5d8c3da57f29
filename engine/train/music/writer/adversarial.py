"""Goes on training a line writer on what it writes itself: it writes under the conditions of real pieces, a
note critic tells its lines from the real ones, and events by which the critic was persuaded become likelier
(REINFORCE, Williams 1992), while real lines go on being learnt. Taught on real lines alone a writer never
hears its own slips; this is what it learns here.

The critic is this trainer's own: it chooses no take and is no part of any measure.
"""

import csv
import time
from collections import deque
from collections.abc import Callable
from dataclasses import asdict, dataclass, field
from pathlib import Path

import numpy as np
import numpy.typing as npt
import torch
from torch import Tensor
from torch.nn import functional as F

from engine.generate.lines.compose import Sampling
from engine.generate.lines.writer import LineWriter
from engine.train.music.writer.batches import IGNORED, Shares, Stretches
from engine.train.music.writer.checkpoint import STATE, load_checkpoint, save_checkpoint
from engine.train.music.writer.data import LineSet
from engine.train.music.writer.fit import loss_of
from engine.train.music.writer.note_critic import CriticConfig, NoteCritic, critic_loss, gains, without_gist
from engine.train.music.writer.rollouts import (
    Rollout,
    Spans,
    real_rollout,
    real_tokens,
    told_plan,
    write_rollout,
)

Floats = npt.NDArray[np.float64]

AS_LEARNT = Sampling(1.0, 1.0, 0.985, 0.998, 0.0, (0.0, 0.0))
"""Nothing bent: what is written shows what has been learnt."""


@dataclass(frozen=True, slots=True)
class AdversarialRecipe:
    """All that decides what comes out, beside the data and the writer it begins from.

    In each of `steps` rounds `lines` lines of `bars` bars are written as `sampling` says, and `real` real
    stretches of `length` events are learnt beside them, which weigh `anchor`. The critic alone is taught in
    the first `patience` rounds. `discount`: what an event's followers count for it, by event.
    """

    critic: CriticConfig = field(default_factory=CriticConfig)
    shares: Shares = field(default_factory=Shares)
    sampling: Sampling = AS_LEARNT
    steps: int = 1000
    patience: int = 120
    lines: int = 32
    bars: int = 16
    real: int = 10
    length: int = 160
    anchor: float = 0.7
    discount: float = 0.8
    blur: float = 1.2
    rate: float = 2e-4
    critic_rate: float = 6e-4
    critic_steps: int = 2
    decay: float = 0.02
    average: float = 0.99
    seed: int = 29


class AdversarialFit:
    """A run in `folder` that begins with `writer`; goes on from its checkpoint where there is one."""

    def __init__(self, lines: LineSet, writer: LineWriter, recipe: AdversarialRecipe, folder: Path) -> None:
        self.lines, self.recipe, self.folder = lines, recipe, folder
        torch.manual_seed(recipe.seed)
        self.writer = LineWriter(writer.config)
        self.writer.load_state_dict(writer.state_dict())
        self.average = LineWriter(writer.config)
        self.average.load_state_dict(writer.state_dict())
        self.critic = NoteCritic(recipe.critic)
        self.optimiser = torch.optim.AdamW(
            self.writer.parameters(), recipe.rate, (0.9, 0.98), weight_decay=recipe.decay
        )
        self.critic_optimiser = torch.optim.AdamW(
            self.critic.parameters(), recipe.critic_rate, (0.5, 0.98), weight_decay=0.05
        )
        self.rng = np.random.default_rng(recipe.seed)
        self.generator = torch.Generator().manual_seed(recipe.seed)
        self.train = Stretches(lines, 0, recipe.shares, recipe.length, recipe.seed)
        self.spans = Spans(lines, 0, recipe.shares, recipe.bars)
        self.earlier: deque[tuple[Rollout, Rollout]] = deque(maxlen=12)
        self.step = 0
        folder.mkdir(parents=True, exist_ok=True)
        if (folder / STATE).exists():
            self._load()

    def run(self, log: Callable[[str], None], until: int | None = None, every: int = 50) -> None:
        """Trains to the recipe's last round (or `until`), with a checkpoint every `every` rounds."""
        end = min(self.recipe.steps, until or self.recipe.steps)
        begun = time.perf_counter()
        recent: list[dict[str, float]] = []
        while self.step < end:
            recent.append(self._round())
            self.step += 1
            if self.step % every == 0 or self.step == end:
                means = {k: float(np.mean([r[k] for r in recent[-every:] if k in r])) for k in recent[-1]}
                said = ", ".join(f"{name} {value:.3f}" for name, value in means.items())
                log(f"round {self.step}: {said}, {(time.perf_counter() - begun) / len(recent):.2f} s a round")
                self._log(means)
                self.save()

    def _round(self) -> dict[str, float]:
        recipe = self.recipe
        role = int(self.rng.choice(3, p=np.array(recipe.shares.roles)))
        spans = self.spans.draw(role, recipe.lines, self.rng)
        plans = [told_plan(self.lines, span, role, self.rng, recipe.blur) for span in spans]
        own, _ = write_rollout(self.writer.eval(), plans, role, recipe.sampling)
        real = real_rollout(plans, role, [real_tokens(self.lines, span) for span in spans])
        result = self._teach_critic(real, own)
        if self.step >= recipe.patience:
            result |= self._teach_writer(own)
            self._follow()
        result |= habits(own, "own") | habits(real, "real")
        return result

    def _teach_critic(self, real: Rollout, own: Rollout) -> dict[str, float]:
        self.critic.eval()
        with torch.no_grad():
            right = float(_told_apart(self.critic, real, own, self.generator))
        self.critic.train()
        self.earlier.append((real, own))
        losses = []
        for turn in range(self.recipe.critic_steps):
            pick = -1 if turn == 0 else int(self.rng.integers(len(self.earlier)))
            loss = critic_loss(self.critic, *self.earlier[pick], self.generator)
            self.critic_optimiser.zero_grad()
            loss.backward()  # type: ignore[no-untyped-call]
            torch.nn.utils.clip_grad_norm_(self.critic.parameters(), 1.0)
            self.critic_optimiser.step()
            losses.append(float(loss.detach()))
        return {"critic": float(np.mean(losses)), "told apart": right}

    def _teach_writer(self, own: Rollout) -> dict[str, float]:
        recipe = self.recipe
        gained = gains(self.critic, own, recipe.discount, self.generator)
        counts = gained != 0
        worth = gained[counts]
        worth = ((worth - worth.mean()) / worth.std().clamp(min=0.3)).clamp(-3, 3)
        state = self.writer(own.heard)[counts]
        pitch, steps = own.pitch[counts], own.steps[counts]
        surprise = F.cross_entropy(self.writer.pitch_logits(state), pitch, reduction="none")
        surprise = surprise + F.cross_entropy(self.writer.steps_logits(state, pitch), steps, reduction="none")
        persuasive = (worth * surprise).mean()
        self.writer.train()
        heard, pitch, steps = self.train.draw(recipe.real)
        of_pitch, of_steps = loss_of(self.writer, heard, pitch, steps)
        self.optimiser.zero_grad()
        (persuasive + recipe.anchor * (of_pitch + of_steps)).backward()  # type: ignore[no-untyped-call]
        torch.nn.utils.clip_grad_norm_(self.writer.parameters(), 1.0)
        self.optimiser.step()
        return {
            "gain": float(gained[counts].mean()),
            "surprise": float(surprise.detach().mean()),
            "pitch": float(of_pitch.detach()),
            "steps": float(of_steps.detach()),
        }

    def save(self) -> None:
        """Writes the checkpoint. Rounds kept for the critic are not in it: they fill up again."""
        state = {
            "step": self.step,
            "recipe": asdict(self.recipe),
            "draws": self.train.rng.bit_generator.state,
            "rounds": self.rng.bit_generator.state,
        }
        save_checkpoint(self.folder, self._networks(), self._optimisers(), state)

    def _load(self) -> None:
        state = load_checkpoint(self.folder, self._networks(), self._optimisers())
        self.train.rng.bit_generator.state = state["draws"]
        self.rng.bit_generator.state = state["rounds"]
        self.step = int(state["step"])
        self.generator.manual_seed(self.recipe.seed + self.step)

    def _networks(self) -> dict[str, torch.nn.Module]:
        return {"writer": self.writer, "average": self.average, "critic": self.critic}

    def _optimisers(self) -> dict[str, torch.optim.Optimizer]:
        return {"optimiser": self.optimiser, "critic_optimiser": self.critic_optimiser}

    def _follow(self) -> None:
        with torch.no_grad():
            for mean, now in zip(self.average.parameters(), self.writer.parameters(), strict=True):
                mean.lerp_(now, 1 - self.recipe.average)

    def _log(self, means: dict[str, float]) -> None:
        path = self.folder / "adversarial.csv"
        new = not path.exists()
        with path.open("a", newline="", encoding="utf-8") as stream:
            rows = csv.writer(stream)
            if new:
                rows.writerow(["round", *means])
            rows.writerow([self.step, *(f"{value:.4f}" for value in means.values())])


def habits(rollout: Rollout, whose: str) -> dict[str, float]:
    """Share of rests after notes, and of moves that turn, among the events of some lines."""
    rests = notes = turns = moves = 0
    for row in range(len(rollout)):
        pitch = rollout.pitch[row][rollout.pitch[row] != IGNORED].numpy()
        rest = pitch == 68
        notes += int((~rest[:-1]).sum())
        rests += int((rest[1:] & ~rest[:-1]).sum())
        way = np.sign(np.diff(pitch[~rest]))
        way = way[way != 0]
        moves += max(0, len(way) - 1)
        turns += int((way[1:] != way[:-1]).sum())
    return {f"{whose} rests": rests / max(1, notes), f"{whose} turns": turns / max(1, moves)}


def _told_apart(critic: NoteCritic, real: Rollout, own: Rollout, generator: torch.Generator) -> Tensor:
    """Share of prefixes of at least half a line that the critic has right, before it learns from them."""
    right = []
    for rollout, sign in ((real, 1), (own, -1)):
        said = critic(without_gist(rollout.heard, generator))
        kept = rollout.whole.clone()
        kept[:, : rollout.whole.shape[1] // 2] = False
        right.append((sign * said[kept] > 0).float().mean())
    return torch.stack(right).mean()
