"""What a latent will sound like, without decoding it: a summary that the critic and optimisation look at."""

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from engine.generate.grid import BEATS, STEPS
from engine.generate.harmony_features import HarmonyFeatures


class Sketch(nn.Module):
    """A fast, differentiable approximation of what a latent decodes to: a summary of the bar, without
    decoding it.

    Gives [B, 64 + pitches]: expected onsets a step 16, chance that each pitch class sounds in each quarter of
    the bar 48, then mean pitch and, where `pitches` is 3, first and last pitch ((p − 60) / 12; of
    simultaneous onsets the mean). The critic, descriptor control and optimisation see the music through it.
    """

    MEAN = STEPS + BEATS * 12
    FIRST, LAST = MEAN + 1, MEAN + 2
    """Where the pitches stand."""

    def __init__(self, latent: int, width: int, pitches: int = 3) -> None:
        super().__init__()
        self.pitches = pitches
        self.net = nn.Sequential(
            nn.Linear(latent + HarmonyFeatures.SIZE, width), nn.GELU(), nn.Linear(width, width), nn.GELU()
        )
        self.out = nn.Linear(width, self.MEAN + pitches)

    def logits(self, latent: Tensor, harmony: Tensor) -> Tensor:
        """Before the activations: [..., 16 onsets + 4 × 12 pitch classes + pitches]."""
        result: Tensor = self.out(self.net(torch.cat([latent, harmony], -1)))
        return result

    def forward(self, latent: Tensor, harmony: Tensor) -> Tensor:
        """Latents [..., L] and harmony [..., H] → expected onsets a step (≥ 0), probabilities of pitch
        classes a beat, and logits of pitches: [..., 16 + 48 + pitches]."""
        sizes = [STEPS, BEATS * 12, self.pitches]
        onsets, classes, pitches = torch.split(self.logits(latent, harmony), sizes, -1)
        return torch.cat([F.softplus(onsets), torch.sigmoid(classes), pitches], -1)
