"""The codec: one bar of one role to a small latent and back, given the harmony.

Per role a variational autoencoder (Kingma & Welling 2014). Encoder and decoder see the bar's chords, metre
and mode, so that a latent says what is played *on* the harmony and the same latent follows other chords.
Decoders are autoregressive inside the bar (lines by step, sets by beat): a latent that the generator did not
hit exactly still decodes to whole notes. Pitch logits are the sum of a key-relative view and a chord-relative
view (pitch class above the chord's root).

Shapes: B bars, 16 steps, P pitches of the role, Z its latent size, H hidden size. `HarmonyFeatures` carries
the conditions.
"""

import torch
from torch import Tensor, nn

from engine.generate.config import CodecConfig
from engine.generate.grid import SPECS
from engine.generate.line_codec import LineCodec
from engine.generate.set_codec import SetCodec


def _sketch(role: nn.Module, latent: Tensor, harmony: Tensor) -> Tensor:
    assert isinstance(role, LineCodec | SetCodec)
    result: Tensor = role.sketch(latent, harmony)
    return result


class Codec(nn.Module):
    """The five role codecs. A bar's latent is theirs side by side in the order of `SPECS`: [B, sum of
    sizes]."""

    def __init__(self, config: CodecConfig) -> None:
        super().__init__()
        self.config = config
        self.roles = nn.ModuleList(
            (LineCodec if spec.line else SetCodec)(spec, config.latents[i], config.hidden[i], config)
            for i, spec in enumerate(SPECS)
        )

    def split(self, latent: Tensor) -> tuple[Tensor, ...]:
        """A latent [..., total] by role."""
        return torch.split(latent, list(self.config.latents), -1)

    def sketch(self, latent: Tensor, harmony: Tensor, present: Tensor) -> Tensor:
        """Sketches [..., 5, config.looks] of latents [..., total] over `HarmonyFeatures.bar` [..., F]; absent
        roles are zero."""
        looks = [
            _sketch(role, part, harmony) for role, part in zip(self.roles, self.split(latent), strict=True)
        ]
        return torch.stack(looks, -2) * present.unsqueeze(-1)
