"""The critic: how much a phrase sounds like real music that was asked for in this way.

It sees latents and, through the codec's sketches, the music in them: onsets, pitch classes by beat and
register of every role side by side, so that disagreement between roles is visible at once, and from what
pitch to what pitch each role goes over every bar line. The score is a sum over bars of an unconditional part
and a projection on the conditions (Miyato & Koyama 2018).
"""

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from engine.generate.conditions import BAR_SIZE, Phrases
from engine.generate.config import CONTEXT, WINDOW, GeneratorConfig
from engine.generate.generator import BarMixer
from engine.generate.grid import SPECS
from engine.generate.harmony_features import HarmonyFeatures
from engine.generate.sketch import Sketch

JOINED = 4
"""Roles with pitches: all but the drums."""


def joins(sketch: Tensor, present: Tensor) -> Tensor:
    """From each bar's last pitch to the next bar's first, in octaves [W, T − 1, 4], of sketches [W, T, 5,
    looks]; 0 where a role is silent in either bar."""
    step = sketch[:, 1:, :JOINED, Sketch.FIRST] - sketch[:, :-1, :JOINED, Sketch.LAST]
    return step * present[:, 1:, :JOINED] * present[:, :-1, :JOINED]


class PhraseCritic(nn.Module):
    """Scores phrases: higher is more real."""

    def __init__(self, config: GeneratorConfig) -> None:
        super().__init__()
        gan, width = config.gan, config.gan.critic_width
        self.chords = nn.Linear(HarmonyFeatures.SIZE, gan.chord_width)
        self.style = nn.Linear(len(gan.sources), width, bias=False)
        self.joins = gan.joins
        sizes = (
            config.codec.total
            + 2 * JOINED * gan.joins
            + len(SPECS) * config.codec.looks
            + gan.chord_width
            + BAR_SIZE
        )
        self.enter = nn.Linear(sizes, width)
        self.layers = nn.ModuleList(BarMixer(width) for _ in range(gan.critic_layers))
        self.norm = nn.LayerNorm(width)
        self.score = nn.Linear(width, 1)
        self.conditions = nn.Linear(BAR_SIZE + gan.chord_width, width)

    def forward(self, phrases: Phrases, context: Tensor, latent: Tensor, sketch: Tensor) -> Tensor:
        """Scores [W] of `latent` [W, 8, total] after `context` [W, 2, total], with sketches [W, 10, 5, looks]
        of both, or [W, 8, 5, looks] of the phrase alone, as if the bars before had been silent."""
        if sketch.shape[1] == WINDOW:
            sketch = F.pad(sketch, (0, 0, 0, 0, CONTEXT, 0))
        if self.joins:
            step = F.pad(joins(sketch, phrases.present), (0, 0, 1, 0))
            music = torch.cat([torch.cat([context, latent], 1), sketch.flatten(2), step, step.abs()], -1)
        else:
            music = torch.cat([latent, sketch[:, CONTEXT:].flatten(2)], -1)
            music = torch.cat([F.pad(context, (0, music.shape[-1] - context.shape[-1])), music], 1)
        chords = F.gelu(self.chords(phrases.harmony))
        style = self.style(phrases.style).unsqueeze(1)
        x = F.leaky_relu(self.enter(torch.cat([music, chords, phrases.bar], -1)) + style, 0.2)
        for layer in self.layers:
            x = layer(x)
        x = self.norm(x[:, CONTEXT:])
        asked = self.conditions(torch.cat([phrases.bar, chords], -1))[:, CONTEXT:] + style
        projected = (x * asked).mean(-1)
        judged: Tensor = (self.score(x).squeeze(-1) + projected).mean(1)
        return judged
