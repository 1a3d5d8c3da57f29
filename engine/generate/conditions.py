"""The conditions of generator and critic for a phrase, in one layout for training and for composing.

W phrases of T = CONTEXT + WINDOW bars; the first CONTEXT bars are what was heard before.
"""

from dataclasses import dataclass

import torch
from torch import Tensor

from engine.generate.config import CONTEXT, WINDOW
from engine.generate.grid import SPECS
from engine.generate.harmony_features import HarmonyFeatures
from engine.music.descriptors import CONDITIONS

ASKED = len(CONDITIONS)
"""Percentiles: density, register, tension, harmonic rhythm, mode, melody density, polyphony."""

ALWAYS = 5
"""The first percentiles are always told; the texture (melody density, polyphony) may be left open."""

LAST = 5
"""One-hot of bars left in the piece: 0 … 3, more."""

BAR_SIZE = ASKED + 1 + len(SPECS) * 2 + (CONTEXT + WINDOW) + LAST
"""Percentiles, texture known, roles present, roles repeating, position, bars
left."""


@dataclass(frozen=True, slots=True)
class Phrases:
    """Conditions of W phrases over T bars. `bar` float [W, T, BAR_SIZE]; `harmony` float [W, T, 152];
    `present` float [W, T, 5]; `source` int [W, 8, 5]: the phrase bar whose latent each role takes; `style`
    float [W, sources] weights summing to 1."""

    bar: Tensor
    harmony: Tensor
    present: Tensor
    source: Tensor
    style: Tensor

    def rows(self, index: Tensor) -> "Phrases":
        """The phrases of these indices."""
        return Phrases(
            self.bar[index], self.harmony[index], self.present[index], self.source[index], self.style[index]
        )

    def to(self, device: torch.device) -> "Phrases":
        """The same on another device."""
        moved = (self.bar, self.harmony, self.present, self.source, self.style)
        return Phrases(*(each.to(device) for each in moved))


def phrase_conditions(
    asked: Tensor, present: Tensor, source: Tensor, left: Tensor, texture_known: Tensor
) -> Tensor:
    """`Phrases.bar` from percentiles [W, T, 7], presence [W, T, 5],
    repeats [W, 8, 5], bars left [W, T] and whether texture is told [W]. Percentiles enter as −1…1; unknown
    ones as 0."""
    phrases, bars = asked.shape[:2]
    known = texture_known.view(-1, 1, 1).expand(phrases, bars, 1).float()
    scaled = 2 * asked - 1
    scaled = torch.cat([scaled[..., :ALWAYS], scaled[..., ALWAYS:] * known], -1)
    repeating = torch.zeros_like(present)
    repeating[:, CONTEXT:] = (source != torch.arange(WINDOW).view(1, -1, 1)).float()
    position = torch.eye(bars).expand(phrases, bars, bars)
    last = torch.nn.functional.one_hot(left.clamp(0, LAST - 1), LAST).float()
    return torch.cat([scaled, known, present, repeating, position, last], -1)


def role_mask(present: Tensor, latents: tuple[int, ...]) -> Tensor:
    """Presence [..., 5] spread over the latent's dimensions [..., total]."""
    return present.repeat_interleave(torch.tensor(latents, device=present.device), -1)


def repeat_latents(latent: Tensor, source: Tensor, latents: tuple[int, ...]) -> Tensor:
    """Every role of every phrase bar takes the latent of the bar it repeats: latent [W, 8, total], source int
    [W, 8, 5]."""
    index = source.repeat_interleave(torch.tensor(latents, device=source.device), -1)
    return latent.gather(1, index)


def harmony_rows(features: HarmonyFeatures, rows: Tensor) -> Tensor:
    """`HarmonyFeatures.bar` of bar rows [W, T] (−1: none, zero)."""
    return features.bar[rows.clamp(min=0)] * (rows >= 0).unsqueeze(-1)
