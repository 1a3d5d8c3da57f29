"""Moves takes in latent space towards what was asked: a few gradient steps through what will be heard.

latents → the codec's sketches of the music in them → the soft recogniser → distance to the
target, with a pull back to where the take was and the critic's opinion beside it. What is returned are
offers: whether the decoded and performed notes gained is for `engine.match.ranking` to say.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Final

import numpy as np
import numpy.typing as npt
import torch
from torch import Tensor

from dsl.plan import PlannedCue
from engine.emotion.curve import WantedCurve
from engine.generate.conditions import Phrases
from engine.generate.config import CONTEXT, WINDOW
from engine.generate.job import Job
from engine.generate.sampling import Generator
from engine.match.choice import Recipe
from engine.match.features import window_spans
from engine.match.note_recogniser import HOP_S, WINDOW_S, Heard
from engine.match.ranking import MATCH_DISTANCE, SHAPE_WEIGHT, asked_around
from engine.match.soft_recogniser import SoftRecogniser, bar_conditions_of, shares
from engine.music.clock import clock_of
from engine.music.intent import Intent
from engine.music.mapping import cue_emotion
from engine.threads import deal

Mask = npt.NDArray[np.bool_]

BATCH: Final = 4
"""Takes of a cue that move side by side. Always this many (filled up), so that none depends on the others."""


@dataclass(frozen=True, slots=True)
class Candidate:
    """A take of a cue: its sections' latents, each from a bar of the cue on, and what was heard in it."""

    sections: tuple[tuple[int, Job], ...]
    heard: Heard


def offers(
    cue: PlannedCue,
    curve: WantedCurve,
    intents: tuple[Intent, ...],
    candidates: Sequence[Candidate],
    generator: Generator,
    soft: SoftRecogniser,
    recipe: Recipe,
) -> list[list[tuple[Job, ...]]]:
    """For each candidate its moved copies, one for each of the recipe's strengths: latents and critic's
    scores are new, plan and number as they were."""
    batches = [list(candidates[first : first + BATCH]) for first in range(0, len(candidates), BATCH)]

    def moved(some: list[Candidate]) -> list[list[tuple[Job, ...]]]:
        filled = some + [some[0]] * (BATCH - len(some))
        return _Batch(cue, curve, intents, filled, generator, soft).moved(recipe)[: len(some)]

    # On one thread each: sums of many steps must not depend on how many cores there are.
    return [each for some in deal(moved, batches, generator.device) for each in some]


class _Batch:
    """K takes of one cue laid side by side: phrases [K, P], flat latents [K, 8 P, total]."""

    def __init__(
        self,
        cue: PlannedCue,
        curve: WantedCurve,
        intents: tuple[Intent, ...],
        candidates: Sequence[Candidate],
        generator: Generator,
        soft: SoftRecogniser,
    ) -> None:
        self.generator, self.soft = generator, soft
        networks = generator.networks
        self.candidates = candidates
        self.parts = [len(job.plan) for _, job in candidates[0].sections]
        self.phrases = [-(-bars // WINDOW) for bars in self.parts]
        conditions = [self._conditions(candidate) for candidate in candidates]
        self.conditions = Phrases(
            *(torch.cat([getattr(each, name) for each in conditions]) for name in Phrases.__slots__)
        ).to(generator.device)
        latents = networks.config.codec.latents
        self.origin = torch.stack([_latent(candidate) for candidate in candidates])
        self.index = torch.stack([sources(candidate, latents) for candidate in candidates])
        movable = (networks.scale > 0) & (self.origin != 0)
        themes = torch.stack([_themes(candidate) for candidate in candidates])
        movable[..., : latents[0]] &= ~themes.unsqueeze(-1)
        self.movable = movable.float()
        self._lay_windows(cue, curve, intents)

    def _conditions(self, candidate: Candidate) -> Phrases:
        """Conditions of all phrases of a candidate."""
        every = [
            self.generator.phrases([job], phrase * WINDOW)
            for (_, job), count in zip(candidate.sections, self.phrases, strict=True)
            for phrase in range(count)
        ]
        return Phrases(*(torch.cat([getattr(each, name) for each in every]) for name in Phrases.__slots__))

    def _lay_windows(self, cue: PlannedCue, curve: WantedCurve, intents: tuple[Intent, ...]) -> None:
        """Where bars and windows lie, what was asked of them and what was heard."""
        clock = clock_of(cue)
        edges, conditions, row = [], [], 0
        rows: list[int] = []
        for (first, job), phrases in zip(self.candidates[0].sections, self.phrases, strict=True):
            begin = clock.bar_beats[min(first, len(clock.bar_beats) - 1)]
            beats = begin + np.concatenate([[0.0], np.cumsum(job.plan.steps)]) / 4.0
            times = clock.seconds(beats)
            edges.append(np.stack([times[:-1], times[1:]], 1))
            own = [intents[min(clock.bar_at(float(beat)).index, len(intents) - 1)] for beat in beats[:-1]]
            minor, quarters = job.request.key.mode == "minor", job.request.meter.beats_per_bar
            conditions.append(
                bar_conditions_of(
                    (times[1:] - times[:-1]).tolist(),
                    [i.dynamics for i in own],
                    [i.articulation for i in own],
                    minor,
                    quarters,
                )
            )
            rows += range(row, row + len(job.plan))
            row += phrases * WINDOW
        spans = window_spans(cue.start_s, cue.end_s, WINDOW_S, HOP_S)
        self.bars = torch.tensor(rows)
        self.bar_conditions = torch.from_numpy(np.concatenate(conditions))
        self.windows = torch.from_numpy(shares(np.concatenate(edges), spans))
        self.target = torch.tensor(cue_emotion(cue, curve.at))
        middles = [(start + end) / 2 for start, end in spans]
        self.course = torch.tensor([asked_around(curve, t_s) for t_s in middles])
        self.heard = torch.tensor(
            [[(s.valence, s.arousal) for s in candidate.heard.segments] for candidate in self.candidates]
        )

    def _look(self, latent: Tensor) -> tuple[Tensor, Tensor]:
        """Soft valence and arousal [K, W, 2] and the critic's opinion of each phrase [K, P] of latents
        [K, 8 P, total]."""
        device = self.generator.device
        count, bars, total = latent.shape
        before = torch.cat([latent.new_zeros(count, CONTEXT, total), latent[:, :-CONTEXT]], 1).clone()
        start = 0
        for length in self.phrases:
            before[:, start * WINDOW : start * WINDOW + CONTEXT] = 0.0
            start += length
        context = before.reshape(-1, WINDOW, total)[:, :CONTEXT]
        phrases = latent.reshape(-1, WINDOW, total)
        sketch, scores = self.generator.look(self.conditions, context.to(device), phrases.to(device))
        opinion = scores.cpu().reshape(count, -1)
        bar_sketch = sketch[:, CONTEXT:].cpu().reshape(count, bars, *sketch.shape[2:])[:, self.bars]
        conditions = self.bar_conditions.expand(count, -1, -1)
        return self.soft(bar_sketch, conditions, self.windows), opinion

    def moved(self, recipe: Recipe) -> list[list[tuple[Job, ...]]]:
        config = self.generator.networks.config
        way = torch.zeros_like(self.origin)
        mean, spread = torch.zeros_like(way), torch.zeros_like(way)
        free = self.movable.sum((1, 2)).clamp(min=1.0)
        with torch.no_grad():
            start, first = self._look(self.origin)
        error = (self.heard - start).detach()
        for number in range(1, recipe.steps + 1):
            way.requires_grad_(True)
            soft, opinion = self._look(self._with(way))
            heard = soft + error
            centre = heard.mean(1)
            missed = ((centre - self.target) ** 2).sum(-1)
            if heard.shape[1] > 1:
                got = heard - heard.mean(1, keepdim=True)
                asked = self.course - self.course.mean(0)
                missed = missed + SHAPE_WEIGHT * ((got - asked) ** 2).sum(-1).mean(-1)
            # The critic only guards: it is easily flattered, and praise by it is no gain that anybody hears.
            doubt = torch.relu(first - opinion).mean(1) / config.critic_scale
            far = (way**2 * self.movable).sum((1, 2)) / free
            loss = missed / MATCH_DISTANCE**2 + recipe.critic * doubt + recipe.pull * far
            (gradient,) = torch.autograd.grad(loss.sum(), way)
            with torch.no_grad():
                # Adam (Kingma & Ba 2015), written out: each take moves by its own gradient alone.
                mean = 0.9 * mean + 0.1 * gradient
                spread = 0.99 * spread + 0.01 * gradient**2
                slope = mean / (1 - 0.9**number)
                size = (spread / (1 - 0.99**number)).sqrt()
                way = way.detach() - recipe.step * slope / (size + 1e-8) * self.movable
        with torch.no_grad():
            return self._offered(way, recipe)

    def _with(self, way: Tensor) -> Tensor:
        """The latents moved by `way`; bars that repeat another move with it."""
        flat = way.flatten(1).gather(1, self.index.flatten(1)).view_as(way)
        return self.origin + flat * self.movable

    def _offered(self, way: Tensor, recipe: Recipe) -> list[list[tuple[Job, ...]]]:
        offered: list[list[tuple[Job, ...]]] = [[] for _ in self.candidates]
        for strength in recipe.strengths:
            latent = self._with(way * strength)
            _, opinion = self._look(latent)
            for row, candidate in enumerate(self.candidates):
                jobs, phrase = [], 0
                for (_, job), count in zip(candidate.sections, self.phrases, strict=True):
                    own = latent[row, phrase * WINDOW : (phrase + count) * WINDOW].clone()
                    scores = opinion[row, phrase : phrase + count].tolist()
                    jobs.append(replace(job, latent=own, scores=scores))
                    phrase += count
                offered[row].append(tuple(jobs))
        return offered


def _latent(candidate: Candidate) -> Tensor:
    return torch.cat([job.latent for _, job in candidate.sections])


def _themes(candidate: Candidate) -> Tensor:
    return torch.from_numpy(np.concatenate([job.themes for _, job in candidate.sections]))


def sources(candidate: Candidate, latents: tuple[int, ...]) -> Tensor:
    """For each bar and latent dimension, the flat place of the one it moves with: int [8 P, total]."""
    total = sum(latents)
    role = np.repeat(np.arange(len(latents)), latents)
    laid, base = [], 0
    for _, job in candidate.sections:
        bars = len(job.latent)
        phrase = np.arange(bars) // WINDOW * WINDOW
        source = (phrase[:, None] + job.plan.source[:bars])[:, role]
        for bar, origin in enumerate(job.plan.origin):
            if origin >= 0:
                source[bar] = source[origin]
        laid.append((base + source) * total + np.arange(total))
        base += bars
    return torch.from_numpy(np.concatenate(laid).astype(np.int64))


def distance(candidate: Candidate, moved: Sequence[Job]) -> float:
    """How far latents went: root mean square over those that sound, standard deviations."""
    before = _latent(candidate)
    after = torch.cat([job.latent for job in moved])
    live = before != 0
    return float((after - before)[live].pow(2).mean().sqrt()) if bool(live.any()) else 0.0
