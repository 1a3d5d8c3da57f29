"""Trains the soft recogniser, a differentiable approximation of the note recogniser
(`engine.match.soft_recogniser`) on generated music alone.

`python -m engine.train.recogniser.soft --out engine/weights/recogniser [--seconds 600] [--epochs 30]`

Takes of random cues, as the generator makes them and moved by noise in latent space, are decoded,
performed and heard by the recogniser; the soft recogniser learns to say the same from the codec's
sketches. No data set is read.
"""

import argparse
import time
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final

import numpy as np
import torch
from torch import Tensor

from dsl.score_file import plan_source
from engine.asking import asked_of
from engine.generate.config import CONTEXT, WINDOW
from engine.generate.job import Job
from engine.generate.request import SectionTake
from engine.generate.sampling import Generator
from engine.match.features import measure, window_spans, windows_of
from engine.match.note_recogniser import HOP_S, WINDOW_S, Heard, NoteRecogniser
from engine.match.optimise import Candidate, sources
from engine.match.performed import performed_take
from engine.match.soft_recogniser import FILE, SEEN, SoftRecogniser, bar_conditions_of, shares
from engine.models import Models
from engine.music.clock import clock_of
from engine.pipeline import felt_cues
from engine.train.ablation import ALL_STYLES, asked_score

TAKES: Final = (1, 2, 3)
NOISE: Final = (0.25, 0.5, 0.9)
"""Standard deviations by which a take's latents are moved; the last mostly in one direction for all bars."""
BATCH_CUES: Final = 4
WITHIN: Final = 0.5
"""Weight of the differences between the versions of one cue: they are what steers."""


@dataclass(frozen=True, slots=True)
class Example:
    """One take: sketches [B, 5, 65], what else is told [B, 5], windows' shares [W, B], heard [W, 2]."""

    sketch: Tensor
    conditions: Tensor
    windows: Tensor
    heard: Tensor


def cues(models: Models, seconds: float, seed: int) -> Iterator[list[Example]]:
    """Examples of one random cue after another, until the time is up."""
    rng = np.random.default_rng(seed)
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        valence, arousal = rng.uniform(-0.85, 0.85, 2).round(2)
        bars = int(rng.choice([8, 12, 16, 20, 24]))
        style = ALL_STYLES[rng.integers(len(ALL_STYLES))]
        text = asked_score(style, int(rng.integers(1, 10**6)), float(valence), float(arousal), bars)
        examples = _of_score(text, models.generator, models.recogniser, rng)
        if examples:
            yield examples


def _of_score(
    text: str, generator: Generator, recogniser: NoteRecogniser, rng: np.random.Generator
) -> list[Example]:
    plan = plan_source(text, Path("a.score")).plan
    assert plan is not None  # the text is ours, and has no errors
    (asked,) = asked_of(plan, felt_cues(plan, ()))[1]
    if len(asked.requests) != 1:
        return []
    cue, intents, (first, request) = asked.cue, asked.intents, asked.requests[0]
    jobs = generator.draft([request], TAKES)[0]
    jobs = [version for job in jobs for version in (job, *(_moved(job, s, generator, rng) for s in NOISE))]
    clock = clock_of(cue)
    if any(len(job.plan) != len(clock.bars) for job in jobs):
        return []
    edges = np.array([(bar.start_s, bar.end_s) for bar in clock.bars])
    seconds = (edges[:, 1] - edges[:, 0]).tolist()
    conditions = bar_conditions_of(
        seconds,
        [intent.dynamics for intent in intents],
        [intent.articulation for intent in intents],
        request.key.mode == "minor",
        request.meter.beats_per_bar,
    )
    windows = torch.from_numpy(shares(edges, window_spans(cue.start_s, cue.end_s, WINDOW_S, HOP_S)))
    found = []
    for job, take in zip(jobs, generator.notes(jobs), strict=True):
        performed = performed_take(cue, intents, (SectionTake(first, request, take),))
        features, known = measure(windows_of(performed, WINDOW_S, HOP_S))
        if known.all():
            heard = torch.from_numpy(recogniser.ensemble.opinions(features)[0]).float()
            found.append(Example(_sketch(job, generator), torch.from_numpy(conditions), windows, heard))
    return found


def _moved(job: Job, size: float, generator: Generator, rng: np.random.Generator) -> Job:
    noise = torch.from_numpy(rng.standard_normal(job.latent.shape).astype(np.float32))
    if size == NOISE[-1]:
        noise = 0.7 * noise[:1] + 0.3 * noise
    heard = Heard(0.0, 0.0, 0.0, ())
    index = sources(Candidate(((0, job),), heard), generator.networks.config.codec.latents)
    noise = noise.flatten().gather(0, index.flatten()).view_as(noise)
    return replace(job, latent=job.latent + size * noise * (job.latent != 0), scores=[0.0])


def _sketch(job: Job, generator: Generator) -> Tensor:
    found = []
    for first in range(0, len(job.plan), WINDOW):
        conditions = generator.phrases([job], first)
        before = job.latent[first - CONTEXT : first] if first else torch.zeros(CONTEXT, job.latent.shape[1])
        with torch.no_grad():
            sketch, _ = generator.look(conditions, before[None], job.latent[first : first + WINDOW][None])
        found.append(sketch[0, CONTEXT:, :, :SEEN])
    return torch.cat(found)[: len(job.plan)]


def fit(examples: list[list[Example]], epochs: int, seed: int = 0) -> SoftRecogniser:
    """The soft recogniser trained on cues of examples."""
    rng = np.random.default_rng(seed)
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(seed)
        model = SoftRecogniser()
    steps = max(epochs * len(examples) // BATCH_CUES, 1)
    optimiser = torch.optim.AdamW(model.parameters(), lr=2e-3, weight_decay=1e-2)
    schedule = torch.optim.lr_scheduler.OneCycleLR(optimiser, 4e-3, total_steps=steps + 1)
    for _ in range(steps):
        loss = torch.zeros(())
        for row in rng.choice(len(examples), min(BATCH_CUES, len(examples)), replace=False):
            said = [(model(e.sketch, e.conditions, e.windows), e.heard) for e in examples[row]]
            loss = loss + torch.stack([((s - h) ** 2).sum(-1).mean() for s, h in said]).mean()
            ours, theirs = (torch.stack([pair[k].mean(0) for pair in said]) for k in (0, 1))
            within = (ours - ours.mean(0)) - (theirs - theirs.mean(0))
            loss = loss + WITHIN * (within**2).mean()
        optimiser.zero_grad()
        loss.backward()
        optimiser.step()
        schedule.step()
    return model.eval()


def main(arguments: list[str] | None = None) -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--out", type=Path, required=True, help="the recogniser's weights folder")
    parser.add_argument("--seconds", type=float, default=600.0, help="how long music is made to learn from")
    parser.add_argument("--epochs", type=int, default=30)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--weights", help='a folder of weights, or "debug"')
    options = parser.parse_args(arguments)
    from safetensors.torch import save

    from engine.render.files import write_atomic

    examples = list(cues(Models("cpu", options.weights), options.seconds, options.seed))
    print(f"{len(examples)} cues, {sum(map(len, examples))} takes")
    model = fit(examples, options.epochs)
    options.out.mkdir(parents=True, exist_ok=True)
    state = {name: value.half().contiguous() for name, value in model.state_dict().items()}
    write_atomic(options.out / FILE, save(state))


if __name__ == "__main__":
    main()
