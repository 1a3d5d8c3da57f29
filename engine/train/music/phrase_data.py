"""Real phrases as the phrase generator learns them: bars encoded and standardised, with their conditions.

Texture and style are told in full; what training keeps from some phrases is hidden a batch at a time.
"""

from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt
import torch
from torch import Tensor

from engine.generate.codec import Codec
from engine.generate.conditions import Phrases, harmony_rows, phrase_conditions
from engine.generate.config import CONTEXT
from engine.generate.grid import LINES, SPECS
from engine.generate.harmony_features import harmony_features
from engine.generate.line_codec import LineCodec
from engine.generate.set_codec import SetCodec
from engine.train.music.tensors import Bars, repeats, windows

DEAD = 0.1
"""Latent dimensions whose standard deviation is below this carry nothing and are left out."""


@dataclass(frozen=True, slots=True)
class PhraseData:
    """Real phrases. `latent` [B, total] standardised, zero without the role; `rows` int [W, 10] of bars."""

    latent: Tensor
    rows: Tensor
    phrases: Phrases


def encode_all(
    codec: Codec, bars: Bars, of: npt.NDArray[np.bool_] | None = None, batch: int = 4096
) -> Tensor:
    """Latent means of all bars [B, total], zero where a role is absent; with `of` bool [B] only of those
    bars."""
    result = torch.zeros(len(bars), codec.config.total)
    starts = np.concatenate([[0], np.cumsum(codec.config.latents)])
    with torch.no_grad():
        for index, spec in enumerate(SPECS):
            role = codec.roles[index]
            wanted = bars.arrays.present[:, index]
            rows = np.flatnonzero(wanted if of is None else wanted & of)
            for first in range(0, len(rows), batch):
                some = rows[first : first + batch]
                harmony = harmony_features(bars.chords[some], bars.meter[some], bars.minor[some])
                if isinstance(role, LineCodec):
                    tokens = torch.from_numpy(bars.arrays.tokens[LINES.index(index)][some])
                    mean, _ = role.encode(tokens, harmony)
                else:
                    assert isinstance(role, SetCodec)
                    plane = 0 if spec.name == "chords" else 1
                    on, sound = (
                        torch.from_numpy(a[plane][some]) for a in (bars.arrays.onsets, bars.arrays.sounds)
                    )
                    mean, _ = role.encode(role.roll(on, sound), harmony)
                result[some, starts[index] : starts[index + 1]] = mean
    return result


def standardisation(latent: Tensor, present: Tensor, latents: tuple[int, ...]) -> tuple[Tensor, Tensor]:
    """Mean and scale [total] over the bars in which each role plays; scale 0 for dimensions that carry
    nothing."""
    mask = present.float().repeat_interleave(torch.tensor(latents), -1)
    count = mask.sum(0).clamp(min=1)
    mean = (latent * mask).sum(0) / count
    scale = (((latent - mean) * mask) ** 2).sum(0).div(count).sqrt()
    return mean, torch.where(scale > DEAD, scale, 0.0)


def standardise(
    latent: Tensor, present: Tensor, mean: Tensor, scale: Tensor, latents: tuple[int, ...]
) -> Tensor:
    """Latents with mean 0 and deviation 1 by dimension, 0 where a role is absent (`present` [..., roles])
    or a dimension never moves."""
    mask = present.float().repeat_interleave(torch.tensor(latents), -1)
    return torch.where(scale > 0, (latent - mean) / scale.clamp(min=1e-6), 0.0) * mask


def style_vectors(
    bars: Bars, rows: npt.NDArray[np.int64], rng: np.random.Generator | None, styleless: float = 0.0
) -> npt.NDArray[np.float32]:
    """Style vectors [W, 10 + sources] of phrases from their first bars: half the styles that the phrase
    teaches, half its source; with `rng` one of the two at times alone, so that either suffices, and in a
    share `styleless` neither."""
    taught = bars.taught[rows].astype(np.float32)
    taught /= np.maximum(taught.sum(1, keepdims=True), 1)
    source = np.eye(len(bars.sources), dtype=np.float32)[bars.source[rows]]
    share = np.full((len(rows), 1), 0.5, np.float32)
    if rng is not None:
        share = rng.choice(np.array([0.0, 0.5, 1.0], np.float32), (len(rows), 1), p=[0.25, 0.35, 0.4])
    share = np.where(taught.sum(1, keepdims=True) > 0, share, 0.0)
    shares = np.concatenate([taught * share, source * (1 - share)], 1)
    if rng is not None:
        shares *= rng.random((len(rows), 1)) >= styleless
    return shares.astype(np.float32)


def phrase_data(bars: Bars, latent: Tensor, split: str, hop: int = 2) -> PhraseData:
    """Phrases of a split with their conditions; texture and style are told in full (training hides them at
    random)."""
    rows = windows(bars, split, hop)
    seen = np.maximum(rows, 0)
    inside = torch.from_numpy(rows >= 0)
    features = harmony_features(bars.chords, bars.meter, bars.minor)
    present = torch.from_numpy(bars.arrays.present[seen].astype(np.float32)) * inside.unsqueeze(-1)
    source = torch.from_numpy(repeats(bars, rows[:, CONTEXT:]))
    bar = phrase_conditions(
        torch.from_numpy(bars.conditions[seen]),
        present,
        source,
        torch.from_numpy(bars.left[seen]),
        torch.ones(len(rows), dtype=torch.bool),
    )
    bar = bar * inside.unsqueeze(-1)
    style = torch.from_numpy(style_vectors(bars, rows[:, CONTEXT], None))
    harmony = harmony_rows(features, torch.from_numpy(rows))
    return PhraseData(latent, torch.from_numpy(rows), Phrases(bar, harmony, present, source, style))


def gather_latents(data: PhraseData, index: Tensor) -> tuple[Tensor, Tensor]:
    """(context [W, 2, total], phrase [W, 8, total]) of windows `index`."""
    rows = data.rows[index]
    latent = data.latent[rows.clamp(min=0)] * (rows >= 0).unsqueeze(-1)
    return latent[:, :CONTEXT], latent[:, CONTEXT:]


def hide(phrases: Phrases, context: Tensor, style: Tensor, chance: torch.Generator) -> tuple[Phrases, Tensor]:
    """Hides texture in some phrases, in some what went before, and puts in the given style vectors.

    Without hiding, nothing before would mean the beginning of a piece, and every cue would begin as slowly as
    pieces do.
    """
    bar = phrases.bar.clone()
    bar[torch.rand(len(bar), generator=chance) < 0.35, :, 5:8] = 0.0
    heard = torch.ones(bar.shape[:2])
    heard[torch.rand(len(bar), generator=chance) < 0.35, :CONTEXT] = 0.0
    heard = heard.unsqueeze(-1)
    conditions = replace(
        phrases,
        bar=bar * heard,
        harmony=phrases.harmony * heard,
        present=phrases.present * heard,
        style=style,
    )
    return conditions, context * heard[:, :CONTEXT]
