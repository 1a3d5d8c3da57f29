"""From a finished run to the weights folder: averaged generator, critic, codec, phrase shapes, styles,
tables.

Phrase shapes are counted in training phrases: who plays when, which bars nearly repeat which, how thick the
texture is. They hold no notes.
"""

from dataclasses import replace
from pathlib import Path

import numpy as np
import numpy.typing as npt
import torch
from torch import Tensor

from engine.generate.codec import Codec
from engine.generate.config import CONTEXT, WINDOW
from engine.generate.form import Shapes
from engine.generate.grid import FIRST_PITCH, LINES, SPECS
from engine.generate.weights import Networks, save_networks
from engine.train.music.gan import Trainer
from engine.train.music.phrase_data import style_vectors
from engine.train.music.tensors import STYLES, Bars, windows
from engine.weights import load_into, read_tensors

ALIKE = 0.75
"""Bars whose onsets agree this well (F1) count as repeats: players vary what they bring back."""

SHAPES_A_GROUP = 90
"""Shapes kept for each style and metre."""


def style_table(bars: Bars) -> dict[str, dict[str, float]]:
    """Weights of every style over style and source tags: half the style itself, half the sources of the
    phrases that teach it (by the square root of how many); a style that nothing teaches is its name alone."""
    first = windows(bars, "train", hop=4)[:, CONTEXT]
    table = {}
    for number, style in enumerate(STYLES):
        counts = np.bincount(bars.source[first[bars.taught[first, number]]], minlength=len(bars.sources))
        weight = np.sqrt(counts) / max(1.0, float(np.sqrt(counts).sum()))
        entry = {style: 0.5 if counts.any() else 1.0}
        sources = zip(bars.sources, weight.tolist(), strict=True)
        table[style] = entry | {source: round(0.5 * w, 4) for source, w in sources if w > 0}
    return table


def count_shapes(bars: Bars, seed: int = 5) -> Shapes:
    """Shapes of training phrases, evenly from every source that has all its roles and every metre."""
    rows = windows(bars, "train", hop=4)[:, CONTEXT:]
    accompanied = bars.arrays.present[rows][:, :, [2, 3]].any((1, 2))
    melodic = bars.arrays.present[rows][:, :, 0].sum(1) >= 3
    rows = rows[accompanied & melodic]
    rng = np.random.default_rng(seed)
    kept = []
    taught = bars.taught[rows[:, 0]]
    # Every style has shapes of its own in every metre; what teaches none stands for its source.
    groups = [*taught.T, ~taught.any(1)]
    meter = bars.meter[rows[:, 0]]
    for group in groups:
        for each in np.unique(meter):
            mine = np.flatnonzero(group & (meter == each))
            kept.append(rng.choice(mine, min(len(mine), SHAPES_A_GROUP), replace=False))
    rows = rows[np.unique(np.concatenate(kept))]
    asked = bars.conditions[rows]
    return Shapes(
        bars.arrays.present[rows],
        near_repeats(bars, rows),
        asked[:, :, 5:7].astype(np.float32),
        asked[:, :, 0].mean(1).astype(np.float32),
        style_vectors(bars, rows[:, 0], None),
        bars.meter[rows[:, 0]],
    )


def near_repeats(bars: Bars, rows: npt.NDArray[np.int64]) -> npt.NDArray[np.int64]:
    """For each role of each bar [W, 8, 5] the first bar of the phrase with nearly the same onsets, itself
    where there is none."""
    result = np.broadcast_to(np.arange(WINDOW)[None, :, None], (*rows.shape, len(SPECS))).copy()
    for role, spec in enumerate(SPECS):
        if spec.line:
            tokens = bars.arrays.tokens[LINES.index(role)][rows].astype(np.int64)
            struck = tokens >= FIRST_PITCH
            count = struck.sum(-1)
            both = ((tokens[:, :, None] == tokens[:, None]) & struck[:, :, None]).sum(-1)
        else:
            masks = bars.arrays.onsets[0 if spec.name == "chords" else 1][rows]
            count = np.bitwise_count(masks).sum(-1).astype(np.int64)
            both = np.bitwise_count(masks[:, :, None] & masks[:, None]).sum(-1).astype(np.int64)
        alike = 2 * both >= ALIKE * np.maximum(count[:, :, None] + count[:, None], 1)
        alike &= (count[:, :, None] > 0) | np.eye(WINDOW, dtype=bool)
        alike |= np.eye(WINDOW, dtype=bool)
        result[..., role] = np.argmax(alike, 2)
    # A repeat of a repeat points to the first.
    for _ in range(3):
        result = np.take_along_axis(result, result, 1)
    return result


def networks_of(trainer: Trainer, version: str) -> Networks:
    """The run's networks ready to ship: critic scores of real phrases tell what is usual."""
    scores = []
    trainer.critic.eval()
    with torch.no_grad():
        for _ in range(8):
            phrases, context, real = trainer.draw()
            known = trainer.known(phrases)
            scores.append(trainer.critic(phrases, context, real, known))
    real_scores = torch.cat(scores)
    config = replace(
        trainer.config,
        styles=style_table(trainer.bars),
        critic_center=float(real_scores.mean() - real_scores.std()),
        critic_scale=float(real_scores.std()),
        version=version,
    )
    shapes = count_shapes(trainer.bars)
    return Networks(
        config,
        trainer.codec,
        trainer.average.eval(),
        trainer.critic.eval(),
        shapes,
        trainer.mean,
        trainer.scale,
        melody_directions(trainer.bars, trainer.data.latent, trainer.config.codec.latents[0]),
    )


def melody_directions(bars: Bars, latent: Tensor, width: int) -> Tensor:
    """`Networks.directions` by ridge regression of percentiles on the melody's standardised latents."""
    rows = np.flatnonzero(bars.arrays.present[:, 0] & (bars.split == 0))
    z = latent[torch.from_numpy(rows)][:, :width].double()
    tokens = bars.arrays.tokens[0][rows].astype(np.int64)
    struck = tokens >= FIRST_PITCH
    density = struck.sum(1)
    pitch = (np.where(struck, tokens, 0).sum(1)) / np.maximum(density, 1)
    ways = []
    for values in (density, pitch):
        rank = np.argsort(np.argsort(values, kind="stable"), kind="stable") / len(values)
        target = torch.from_numpy(rank - rank.mean())
        centred = z - z.mean(0)
        weights = torch.linalg.solve(
            centred.T @ centred + 10.0 * torch.eye(width).double(), centred.T @ target
        )
        ways.append(weights / weights.square().sum())
    return torch.stack(ways).float()


def load_codec(codec: Codec, folder: Path) -> Codec:
    """Fills a codec from `codec_<role>.safetensors` files."""
    for role, spec in enumerate(SPECS):
        path = folder / f"codec_{spec.name}.safetensors"
        load_into(codec.roles[role], read_tensors(path), path)
    return codec.eval()


def ship(trainer: Trainer, version: str, folder: Path) -> Networks:
    """Writes the weights folder."""
    networks = networks_of(trainer, version)
    save_networks(networks, folder)
    return networks
