"""Fits which chord tone lies in the bass (`engine.generate.inversions`) to the beats of real music.

    melodrama train inversions --data ../shared/data/music --out RUN --ship engine/weights/inversions

One log-linear model a collection, by gradient descent over all beats of the training works at once; prints
how well it foretells the basses of held-out works beside their bare frequencies.
"""

import argparse
import json
import sys
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import torch

from engine.errors import MelodramaError
from engine.generate.inversions import HAS, KIND, SIZE, TONES, Floats, Ints, features_of, slots_of
from engine.generate.lines.conditions import SOURCES
from engine.music.theory import NO_CHORD
from engine.train.music.data.prepare import prepared_bars
from engine.train.music.tensors import Bars, load_bars
from engine.weights import write_files

STEPS = 250
DECAY = 1e-4
LEAST = 400
"""Beats that a collection must have."""


def beats(bars: Bars, rows: Ints) -> tuple[Ints, Ints, Ints]:
    """Features [N, 4, 4], which tone was in the bass [N] and the quality [N] of all beats of some bars (in
    order) whose bass is a chord tone."""
    chords = bars.chords[rows]
    slots, bar, slot = slots_of(chords, bars.meter[rows])
    bass = chords[bar, slot, 2].astype(np.int64)
    run = bars.run[rows][bar]
    before = np.r_[-1, np.where((run[1:] == run[:-1]) & (slots.quality[:-1] < NO_CHORD), bass[:-1], -1)]
    quality = np.minimum(slots.quality, NO_CHORD - 1)
    matches = ((slots.root[:, None] + TONES[quality]) % 12 == bass[:, None]) & HAS[quality]
    kept = np.flatnonzero((slots.quality < NO_CHORD) & matches.any(1))
    return features_of(slots, kept, before[kept]), matches[kept].argmax(1), quality[kept]


def fit(features: Ints, degree: Ints, quality: Ints) -> Floats:
    """Weights [SIZE] by maximum likelihood with a little decay."""
    weights = torch.zeros(SIZE + 1, requires_grad=True)
    index = torch.from_numpy(np.where(features < 0, SIZE, features))
    target, has = torch.from_numpy(degree), torch.from_numpy(HAS[quality])
    optimiser = torch.optim.Adam([weights], 0.1)
    for _ in range(STEPS):
        loss = _loss(weights, index, target, has) + DECAY * (weights**2).sum()
        optimiser.zero_grad()
        loss.backward()  # type: ignore[no-untyped-call]
        optimiser.step()
        with torch.no_grad():
            weights[SIZE] = 0
    return np.asarray(weights.detach().numpy()[:SIZE].astype(np.float64))


def _loss(
    weights: torch.Tensor, index: torch.Tensor, target: torch.Tensor, has: torch.Tensor
) -> torch.Tensor:
    score = weights[index].sum(-1).masked_fill(~has, -1e9)
    return torch.nn.functional.cross_entropy(score, target)


def loss(weights: Floats, features: Ints, degree: Ints, quality: Ints) -> float:
    """Mean negative log-likelihood in nats a beat."""
    index = torch.from_numpy(np.where(features < 0, SIZE, features))
    padded = torch.from_numpy(np.append(weights, 0.0))
    return float(_loss(padded, index, torch.from_numpy(degree), torch.from_numpy(HAS[quality])))


def log(message: str) -> None:
    """A line of progress on stderr."""
    print(message, file=sys.stderr, flush=True)


def main(words: Sequence[str] | None = None) -> int:
    """Fits and ships. Returns the exit code: 0, or 2 for what cannot be read."""
    parser = argparse.ArgumentParser(
        prog="melodrama train inversions",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--data", type=Path, required=True, help="the archives, or a folder with bars.npz")
    parser.add_argument("--out", type=Path, required=True, help="folder for data")
    parser.add_argument("--ship", type=Path, help="weights folder to write (OUT/inversions)")
    asked = parser.parse_args(words)
    torch.manual_seed(0)
    try:
        bars = load_bars(prepared_bars(asked.data, asked.out / "data", log))
    except (MelodramaError, OSError, ValueError) as error:
        print(f"{parser.prog}: {error}", file=sys.stderr)
        return 2
    found = {}
    for name in SOURCES:
        if name not in bars.sources:
            continue
        mine = bars.source == bars.sources.index(name)
        taught, held = (beats(bars, np.flatnonzero(mine & (bars.split == split))) for split in (0, 1))
        if len(taught[1]) < LEAST:
            continue
        weights = fit(*taught)
        if len(held[1]):
            bare = np.bincount(taught[1], minlength=4) / len(taught[1])
            plain = -float(np.log(bare[held[1]]).mean())
            print(
                f"{name}: {len(taught[1])} beats, held out {loss(weights, *held):.3f} nats (bare {plain:.3f})"
            )
        found[name] = [round(float(v), 4) for v in weights]
    config = {"kind": KIND, "version": "1.0", "steps": STEPS, "decay": DECAY, "weights": found}
    write_files(asked.ship or asked.out / "inversions", {"config.json": (json.dumps(config) + "\n").encode()})
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
