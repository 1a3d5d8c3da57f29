"""The generator: noise and conditions to the latents of an eight-bar phrase, all bars and roles at once.

A small mixer (Tolstikhin et al. 2021): layers alternate between mixing bars and mixing features, which on a
CPU costs far less than attention at ten tokens. Repetition is form, not luck: where the form plan says that a
bar repeats another, it takes that bar's latent, in training as in composing, so the critic judges phrases
that return.
"""

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from engine.generate.conditions import BAR_SIZE, Phrases, repeat_latents, role_mask
from engine.generate.config import CONTEXT, WINDOW, GeneratorConfig
from engine.generate.harmony_features import HarmonyFeatures


class BarMixer(nn.Module):
    """One layer over [W, T, D]: bars, then features, each with a residual."""

    def __init__(self, width: int, tokens: int = CONTEXT + WINDOW) -> None:
        super().__init__()
        self.norm_bars = nn.LayerNorm(width)
        self.bars_in = nn.Linear(tokens, 2 * tokens)
        self.bars_out = nn.Linear(2 * tokens, tokens)
        self.norm_features = nn.LayerNorm(width)
        self.features_in = nn.Linear(width, 2 * width)
        self.features_out = nn.Linear(2 * width, width)

    def forward(self, x: Tensor) -> Tensor:
        """[W, T, D] → [W, T, D]."""
        mixed = self.bars_out(F.gelu(self.bars_in(self.norm_bars(x).transpose(1, 2))))
        x = x + mixed.transpose(1, 2)
        result: Tensor = x + self.features_out(F.gelu(self.features_in(self.norm_features(x))))
        return result


class PhraseGenerator(nn.Module):
    """Latents of phrases, standardised: roles that are absent are zero."""

    def __init__(self, config: GeneratorConfig) -> None:
        super().__init__()
        gan, total = config.gan, config.codec.total
        self.latents = config.codec.latents
        self.noise, self.noise_global = gan.noise, gan.noise_global
        self.chords = nn.Linear(HarmonyFeatures.SIZE, gan.chord_width)
        self.style = nn.Linear(len(gan.sources), gan.width, bias=False)
        self.enter = nn.Linear(total + gan.chord_width + BAR_SIZE + gan.noise, gan.width)
        self.enter_global = nn.Linear(gan.noise_global, gan.width)
        self.layers = nn.ModuleList(BarMixer(gan.width) for _ in range(gan.layers))
        self.norm = nn.LayerNorm(gan.width)
        self.out = nn.Linear(gan.width, total)

    def forward(self, phrases: Phrases, context: Tensor, noise: Tensor, noise_global: Tensor) -> Tensor:
        """Latents [W, 8, total] from `context` [W, 2, total] (standardised), `noise` [W, 8, n] and
        `noise_global` [W, g]."""
        padded = F.pad(context, (0, 0, 0, WINDOW))
        heard = F.pad(noise, (0, 0, CONTEXT, 0))
        x = self.enter(torch.cat([padded, F.gelu(self.chords(phrases.harmony)), phrases.bar, heard], -1))
        x = x + (self.enter_global(noise_global) + self.style(phrases.style)).unsqueeze(1)
        for layer in self.layers:
            x = layer(x)
        latent = self.out(self.norm(x[:, CONTEXT:]))
        latent = repeat_latents(latent, phrases.source, self.latents)
        return latent * role_mask(phrases.present[:, CONTEXT:], self.latents)
