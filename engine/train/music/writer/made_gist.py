"""The gist as the generator makes it for the conditions of real bars: what the line writer hears in a cue.

Real latents with noise added err evenly; the generator's err as its own habits do. A writer that learns from
both, told which is which, takes from the generator what holds and mends the rest.
"""

import numpy as np
import numpy.typing as npt
import torch

from engine.generate.conditions import Phrases, harmony_rows, phrase_conditions
from engine.generate.config import CONTEXT, WINDOW
from engine.generate.grid import LINES
from engine.generate.harmony_features import harmony_features
from engine.generate.lines.conditions import GIST, smoothed
from engine.generate.weights import Networks
from engine.train.music.phrase_data import encode_all, standardise
from engine.train.music.style_labels import style_labels
from engine.train.music.tensors import STYLES, Bars, repeats

ASKED_OVER = 8
"""Bars over which what is asked of the generator is averaged, as a cue asks."""
NAMED = 0.7
"""Share of phrases whose style is told by name as well, where they teach one."""


def made_gist(networks: Networks, latents: npt.NDArray[np.float16]) -> npt.NDArray[np.float16]:
    """The lines' part of `made_latents` [B, total] as the writer is told it: [3, B, 28]."""
    sizes = networks.config.codec.latents
    starts = np.concatenate([[0], np.cumsum(sizes)])
    gist = np.zeros((len(LINES), len(latents), GIST), np.float16)
    for line, role in enumerate(LINES):
        gist[line, :, : sizes[role]] = latents[:, starts[role] : starts[role + 1]]
    return gist


def made_latents(
    networks: Networks, bars: Bars, seed: int = 1, batch: int = 256
) -> tuple[npt.NDArray[np.float16], npt.NDArray[np.bool_]]:
    """The generator's latents for real bars: (float16 [B, total] standardised, bool [B] which bars have
    them). Phrases of eight bars in one metre and key, one behind the other in each stretch; each hears the
    real bars before it."""
    codec = networks.config.codec
    chance = torch.Generator().manual_seed(seed)
    rng = np.random.default_rng(seed)
    rows = _phrases(bars)
    present = torch.from_numpy(bars.arrays.present)
    latent = standardise(
        encode_all(networks.codec, bars), present, networks.mean, networks.scale, codec.latents
    )
    features = harmony_features(bars.chords, bars.meter, bars.minor)
    asked = smoothed(bars.conditions, bars.run, ASKED_OVER)
    asked[:, 5:] = bars.conditions[:, 5:]
    latents = np.zeros((len(bars), codec.total), np.float16)
    covered = np.zeros(len(bars), np.bool_)
    taught = style_labels(bars)
    gan = networks.config.gan
    with torch.no_grad():
        for first in range(0, len(rows), batch):
            some = rows[first : first + batch]
            inside = torch.from_numpy(some >= 0)
            seen = np.maximum(some, 0)
            here = torch.from_numpy(bars.arrays.present[seen].astype(np.float32)) * inside.unsqueeze(-1)
            source = torch.from_numpy(repeats(bars, some[:, CONTEXT:]))
            told = phrase_conditions(
                torch.from_numpy(asked[seen].astype(np.float32)),
                here,
                source,
                torch.from_numpy(bars.left[seen]),
                torch.ones(len(some), dtype=torch.bool),
            ) * inside.unsqueeze(-1)
            style = torch.from_numpy(_styles(networks, bars, taught, some[:, CONTEXT], rng))
            phrases = Phrases(told, harmony_rows(features, torch.from_numpy(some)), here, source, style)
            context = latent[torch.from_numpy(seen[:, :CONTEXT])] * inside[:, :CONTEXT].unsqueeze(-1)
            noise = torch.randn(len(some), WINDOW, gan.noise, generator=chance)
            overall = torch.randn(len(some), gan.noise_global, generator=chance)
            made = networks.generator(phrases, context, noise, overall).numpy()
            flat = some[:, CONTEXT:].reshape(-1)
            covered[flat] = True
            latents[flat] = made.reshape(-1, codec.total)
    return latents, covered


def _phrases(bars: Bars) -> npt.NDArray[np.int64]:
    """Rows [W, CONTEXT + WINDOW] of phrases that follow each other in every stretch of one metre and key; −1
    before its start."""
    same = np.r_[False, np.ones(len(bars) - 1, np.bool_)]
    for values in (bars.run, bars.meter, bars.tonic, bars.minor):
        same[1:] &= values[1:] == values[:-1]
    stretch = np.cumsum(~same)
    begins = np.searchsorted(stretch, stretch, side="left")
    ends = np.searchsorted(stretch, stretch, side="right")
    index = np.arange(len(bars))
    first = index[((index - begins) % WINDOW == 0) & (index + WINDOW <= ends)]
    span = first[:, None] + np.arange(-CONTEXT, WINDOW)
    return np.where(span >= begins[first][:, None], span, -1)


def _styles(
    networks: Networks,
    bars: Bars,
    taught: npt.NDArray[np.bool_],
    rows: npt.NDArray[np.int64],
    rng: np.random.Generator,
) -> npt.NDArray[np.float32]:
    """Style vectors [W, sources]: half a style that the phrase teaches, half its collection, or the
    collection alone; what the generator has no name for is not told."""
    sources = networks.config.gan.sources
    place = {name: number for number, name in enumerate(sources)}
    collections = ["pop909" if name == "pop909_structure" else name for name in bars.sources]
    result = np.zeros((len(rows), len(sources)), np.float32)
    for number, row in enumerate(rows.tolist()):
        own = np.flatnonzero(taught[row])
        told = [collections[int(bars.source[row])]]
        if len(own) and rng.random() < NAMED:
            told.append(STYLES[int(rng.choice(own))])
        for name in told:
            if name in place:
                result[number, place[name]] += 1 / len(told)
    return result
