"""Trains the phrase generator against the critic on the codec's latents.

Objectives: `paired` (the default), relativistic: the critic tells a real phrase from a generated one made for
the same conditions, with gradient penalties on both (Huang et al. 2024), applied every few steps;
`wasserstein` with gradient penalty (Gulrajani et al. 2017); `hinge` (Lim & Ye 2017) and `plain` (Goodfellow
et al. 2014) with the penalties of `paired`. Besides, the critic learns with a hinge that a real phrase fits
its own conditions, or its own style alone, better than another's, and the generator is held to the density
and register asked, as the codec's sketch hears them. An exponential moving average of the generator is what
ships.
"""

import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Literal

import numpy as np
import numpy.typing as npt
import torch
from torch import Tensor, nn
from torch.nn import functional as F

from engine.generate.codec import Codec
from engine.generate.conditions import Phrases
from engine.generate.config import CONTEXT, WINDOW, GanConfig, GeneratorConfig
from engine.generate.critic import PhraseCritic, joins
from engine.generate.generator import PhraseGenerator
from engine.generate.grid import STEPS
from engine.generate.harmony_features import harmony_features
from engine.generate.sketch import Sketch
from engine.train.music.codec import ALONE
from engine.train.music.curves import Log
from engine.train.music.distributed import World
from engine.train.music.fits import has_checkpoint, load_checkpoint, save_checkpoint
from engine.train.music.phrase_data import (
    encode_all,
    gather_latents,
    hide,
    phrase_data,
    standardisation,
    standardise,
    style_vectors,
)
from engine.train.music.style_labels import teach
from engine.train.music.tensors import STYLES, Bars

NAME = "gan"
"""Of the files of a checkpoint."""

Objective = Literal["paired", "wasserstein", "hinge", "plain"]


@dataclass(frozen=True, slots=True)
class GanTraining:
    """How to train: `steps` of `batch` phrases; `stop` ends a run at that step (0: not). `penalty` weighs the
    gradient penalties; `every` is how rarely they are taken; `styleless` is the share of phrases whose
    style is not told."""

    steps: int = 10700
    stop: int = 0
    batch: int = 64
    rate: float = 3e-4
    critic_rate: float = 3e-4
    objective: Objective = "paired"
    penalty: float = 1.0
    every: int = 8
    critic_steps: int = 1
    mismatch: float = 0.5
    styleless: float = 0.1
    control: float = 0.3
    guide: float = 0.3
    guide_until: float = 0.25
    average: float = 0.999
    seed: int = 3


class Trainer:
    """Holds networks, optimisers and the loop."""

    def __init__(
        self,
        bars: Bars,
        codec: Codec,
        shape: GanConfig,
        how: GanTraining,
        folder: Path,
        world: World = ALONE,
    ) -> None:
        self.world = world
        bars = teach(bars)
        self.how, self.folder, self.codec, self.bars = how, folder, codec.requires_grad_(False), bars
        shape = replace(shape, sources=(*STYLES, *bars.sources))
        present = torch.from_numpy(bars.arrays.present)
        raw = encode_all(codec, bars)
        train = torch.from_numpy(bars.split == 0)
        mean, scale = standardisation(raw[train], present[train], codec.config.latents)
        self.mean, self.scale = mean, scale
        self.config = GeneratorConfig(codec.config, shape, tuple(mean.tolist()), tuple(scale.tolist()))
        latent = standardise(raw, present, mean, scale, codec.config.latents)
        self.data = phrase_data(bars, latent, "train")
        self.real_sketch = self._sketch_all(raw, present)
        torch.manual_seed(how.seed)
        self.generator, self.critic = PhraseGenerator(self.config), PhraseCritic(self.config)
        self.average = PhraseGenerator(self.config).requires_grad_(False)
        self.average.load_state_dict(self.generator.state_dict())
        self.for_generator = torch.optim.Adam(self.generator.parameters(), lr=how.rate, betas=(0.0, 0.99))
        self.for_critic = torch.optim.Adam(self.critic.parameters(), lr=how.critic_rate, betas=(0.0, 0.99))
        self.chance = torch.Generator().manual_seed(how.seed + 1000 * world.rank)
        self.rng = np.random.default_rng([how.seed, world.rank])
        self.alive = (scale > 0).float()
        self.step = 0
        self.progress = 0.0
        self.last_rows = torch.zeros(0, dtype=torch.long)
        weight = self._window_weights()
        self.weight = torch.from_numpy(weight)

    def _window_weights(self) -> npt.NDArray[np.float64]:
        """Windows of a source count by the square root of its size, so that the largest does not drown the
        others."""
        source = self.bars.source[self.data.rows[:, CONTEXT].numpy()]
        count = np.bincount(source, minlength=len(self.bars.sources))
        weight: npt.NDArray[np.float64] = 1.0 / np.sqrt(np.maximum(count[source], 1))
        return np.asarray(weight / weight.sum())

    def _sketch_all(self, raw: Tensor, present: Tensor) -> Tensor:
        """Sketches of all real bars [B, 5, looks], float16: half the critic's work is done once."""
        features = harmony_features(self.bars.chords, self.bars.meter, self.bars.minor)
        parts = []
        for rows in torch.arange(len(raw)).split(8192):
            sketch = self.codec.sketch(raw[rows], features.bar[rows], present[rows].float())
            parts.append(sketch.half())
        return torch.cat(parts)

    def draw(self) -> tuple[Phrases, Tensor, Tensor]:
        """(conditions, context, real latents) of a batch; `last_rows` remembers which."""
        index = torch.multinomial(self.weight, self.how.batch, generator=self.chance)
        first = self.data.rows[index, CONTEXT].numpy()
        style = torch.from_numpy(style_vectors(self.bars, first, self.rng, self.how.styleless))
        context, real = gather_latents(self.data, index)
        self.last_rows = self.data.rows[index]
        conditions, context = hide(self.data.phrases.rows(index), context, style, self.chance)
        return conditions, context, real * self.alive

    def make(self, phrases: Phrases, context: Tensor) -> Tensor:
        """Fake phrases: standardised latents [W, 8, total] from noise."""
        shape = self.config.gan
        noise = torch.randn(len(context), WINDOW, shape.noise, generator=self.chance)
        overall = torch.randn(len(context), shape.noise_global, generator=self.chance)
        made: Tensor = self.generator(phrases, context, noise, overall)
        return made * self.alive

    def known(self, phrases: Phrases) -> Tensor:
        """The sketches [W, 10, 5, looks] of the real phrases drawn last and of what is told of the bars
        before."""
        return self.real_sketch[self.last_rows.clamp(min=0)].float() * phrases.present.unsqueeze(-1)

    def look(self, latent: Tensor, phrases: Phrases, before: Tensor) -> Tensor:
        """Sketches [W, 10, 5, looks] of a phrase after the sketches [W, 2, 5, looks] of what was before."""
        real = latent * self.scale + self.mean
        heard = self.codec.sketch(real, phrases.harmony[:, CONTEXT:], phrases.present[:, CONTEXT:])
        return torch.cat([before, heard], 1)

    def judge(self, phrases: Phrases, context: Tensor, latent: Tensor, before: Tensor) -> Tensor:
        """The critic's score [W] of latents, which it sees with their sketches beside those of the bars
        `before`."""
        score: Tensor = self.critic(phrases, context, latent, self.look(latent, phrases, before))
        return score

    def slope(self, phrases: Phrases, context: Tensor, latent: Tensor, before: Tensor) -> Tensor:
        """Squared norm [W] of the critic's gradient with respect to the latents."""
        latent = latent.detach().requires_grad_(True)
        score = self.judge(phrases, context, latent, before).sum()
        (gradient,) = torch.autograd.grad(score, latent, create_graph=True)
        return gradient.square().sum((1, 2))

    def critic_step(self) -> dict[str, float]:
        """One step of the critic on a new batch; what is to be logged, by name."""
        phrases, context, real = self.draw()
        with torch.no_grad():
            fake = self.make(phrases, context)
        known = self.known(phrases)
        before = known[:, :CONTEXT]
        on_real = self.critic(phrases, context, real, known)
        on_fake = self.judge(phrases, context, fake, before)
        gap = on_real - on_fake
        if self.how.objective == "paired":
            loss = F.softplus(-gap).mean()
        elif self.how.objective == "wasserstein":
            loss = -gap.mean() + 1e-3 * on_real.square().mean()
        elif self.how.objective == "hinge":
            loss = (F.relu(1 - on_real) + F.relu(1 + on_fake)).mean()
        else:
            loss = (F.softplus(-on_real) + F.softplus(on_fake)).mean()
        metrics = {"gap": gap.mean().item(), "right": (gap > 0).float().mean().item()}
        if self.how.mismatch > 0:
            other = phrases.rows(torch.arange(len(real)).roll(1))
            # Another's conditions in turn with another's style alone: told both, the critic never learns
            # style.
            bar = other.bar if self.step % 2 == 0 else phrases.bar
            miss = self.critic(replace(phrases, bar=bar, style=other.style), context, real, known)
            differ = ((phrases.style - other.style).abs().sum(-1) > 0.5).float()
            margin = 1.0 if self.step % 2 == 0 else 0.5 * differ
            loss = loss + self.how.mismatch * F.relu(margin - on_real + miss).mean()
        if self.how.objective == "wasserstein":
            share = torch.rand(len(real), 1, 1, generator=self.chance)
            between = share * real + (1 - share) * fake
            norm = (self.slope(phrases, context, between, before) + 1e-12).sqrt()
            loss = loss + 10.0 * ((norm - 1) ** 2).mean()
        elif self.step % self.how.every == 0:
            steep = self.slope(phrases, context, real, before)
            steep = steep + self.slope(phrases, context, fake, before)
            loss = loss + 0.5 * self.how.penalty * self.how.every * steep.mean()
            metrics["steep"] = steep.mean().item()
        self.for_critic.zero_grad(set_to_none=True)
        loss.backward()
        self.world.average(self.critic.parameters())
        self.for_critic.step()
        return metrics

    def generator_step(self) -> dict[str, float]:
        """One step of the generator on a new batch; what is to be logged, by name."""
        phrases, context, real = self.draw()
        self.critic.requires_grad_(False)
        fake = self.make(phrases, context)
        asked = self.known(phrases)
        heard = self.look(fake, phrases, asked[:, :CONTEXT])
        on_fake = self.critic(phrases, context, fake, heard)
        if self.how.objective == "paired":
            with torch.no_grad():
                on_real = self.critic(phrases, context, real, asked)
            loss = F.softplus(on_real - on_fake).mean()
        elif self.how.objective in ("wasserstein", "hinge"):
            loss = -on_fake.mean()
        else:
            loss = F.softplus(-on_fake).mean()
        control = control_error(heard, asked, phrases.present)
        # At first a pull to the real latents of these conditions, which fades out.
        pull = self.how.guide * max(0.0, 1 - self.progress / self.how.guide_until)
        if pull > 0:
            loss = loss + pull * (fake - real).square().mean() * 4.0
        (loss + self.how.control * control).backward()
        self.world.average(self.generator.parameters())
        self.critic.requires_grad_(True)
        self.for_generator.step()
        self.for_generator.zero_grad(set_to_none=True)
        keep = min(self.how.average, (1 + self.step) / (10 + self.step))
        with torch.no_grad():
            for old, new in zip(self.average.parameters(), self.generator.parameters(), strict=True):
                old.lerp_(new, 1 - keep)
        return {"generator": loss.item(), "control": control.item()}

    def train(self, log: Callable[[str], None] = print) -> None:
        """Trains to the last step, going on exactly from the checkpoint in `folder` if there is one; saves
        every minute."""
        begun = time.process_time()
        self.resume()
        last_saved = time.monotonic()
        end = min(self.how.steps, self.how.stop or self.how.steps)
        smooth: dict[str, float] = {}
        self.folder.mkdir(parents=True, exist_ok=True)
        columns = ("gap", "right", "steep", "generator", "control")
        curve = Log(self.folder / "gan.csv", columns, self.world.leads)
        while self.step < end:
            self.progress = self.step / self.how.steps
            # What a step draws depends on its number alone.
            self.chance.manual_seed((self.how.seed + 1000 * self.world.rank) * 1_000_003 + self.step)
            self.rng = np.random.default_rng([self.how.seed, self.world.rank, self.step])
            decay = min(1.0, 3.0 * (1.02 - self.progress))
            for optimiser, rate in (
                (self.for_generator, self.how.rate),
                (self.for_critic, self.how.critic_rate),
            ):
                optimiser.param_groups[0]["lr"] = rate * decay
            metrics: dict[str, float] = {}
            for _ in range(self.how.critic_steps):
                metrics |= self.critic_step()
            metrics |= self.generator_step()
            self.step += 1
            for key, value in metrics.items():
                smooth[key] = value if key not in smooth else 0.98 * smooth[key] + 0.02 * value
            if self.step % 50 == 0:
                curve.add(self.step, time.process_time() - begun, smooth)
            if self.world.leads and time.monotonic() - last_saved > 60:
                last_saved = time.monotonic()
                self.save()
                figures = ", ".join(f"{k} {v:.3f}" for k, v in smooth.items())
                log(f"step {self.step} of {self.how.steps}: {figures}")
        curve.add(self.step, time.process_time() - begun, smooth)
        if self.world.leads:
            self.save()

    def save(self) -> None:
        """Writes networks, optimisers and the step, atomically, and the networks' sizes."""
        save_checkpoint(self.folder, NAME, self._networks(), self._optimisers(), {"step": self.step})
        (self.folder / "config.json").write_text(self.config.to_json(), encoding="utf-8")

    def resume(self) -> None:
        """Loads a checkpoint if there is one."""
        if has_checkpoint(self.folder, NAME):
            state = load_checkpoint(self.folder, NAME, self._networks(), self._optimisers())
            self.step = int(state["step"])

    def _networks(self) -> dict[str, nn.Module]:
        return {"generator": self.generator, "average": self.average, "critic": self.critic}

    def _optimisers(self) -> dict[str, torch.optim.Optimizer]:
        return {"for_generator": self.for_generator, "for_critic": self.for_critic}


def control_error(heard: Tensor, asked: Tensor, present: Tensor) -> Tensor:
    """How far density and register of generated bars lie from those of the real bars with the same
    conditions, and how much wider lines leap over bar lines.

    Sketches [W, 10, 5, looks], presence [W, 10, 5]; density in onsets a bar by role (scale 4), register in
    octaves by role (scale 1/3), leaps in octaves beyond the real ones.
    """
    wide = F.relu(joins(heard, present).abs() - joins(asked, present).abs())[:, CONTEXT - 1 :]
    leaps = (wide * 3.0).square().mean()
    heard, asked, present = heard[:, CONTEXT:], asked[:, CONTEXT:], present[:, CONTEXT:]
    onsets, wanted = heard[..., :STEPS].sum(-1), asked[..., :STEPS].sum(-1)
    total = ((onsets - wanted).sum(-1) / 6.0).square().mean()
    melody = ((onsets - wanted)[..., 0] / 2.0).square().mean()
    octaves = (heard - asked)[..., Sketch.MEAN]
    register = ((octaves * 3.0).square() * present).sum() / present.sum().clamp(min=1)
    return total + 0.5 * melody + register + leaps
