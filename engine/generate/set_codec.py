"""The codec of a role with several voices (chords, drums): its decoder goes beat by beat."""

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from engine.generate.config import CodecConfig
from engine.generate.grid import BEATS, STEPS, RoleSpec
from engine.generate.harmony_features import HarmonyFeatures, chord_relative
from engine.generate.recurrence import Recurrence
from engine.generate.sketch import Sketch


def unpack(masks: Tensor, pitches: int) -> Tensor:
    """Bits of int64 masks [...] as float [..., P]."""
    return ((masks.unsqueeze(-1) >> torch.arange(pitches, device=masks.device)) & 1).float()


class SetCodec(nn.Module):
    """Codec of a role with several voices (chords, drums): masks int64 [B, 16] of onsets and of sounding
    pitches."""

    def __init__(self, spec: RoleSpec, latent: int, hidden: int, config: CodecConfig) -> None:
        super().__init__()
        self.spec, self.latent, self.hidden = spec, latent, hidden
        self.planes = 1 if spec.name == "drums" else 2
        self.cells = self.planes * 4 * spec.pitches
        self.see = nn.Linear(self.cells + (0 if self.planes == 1 else 48), 96)
        self.encode_in = nn.Linear(BEATS * 96 + HarmonyFeatures.SIZE, config.encoder)
        self.encode_hidden = nn.Linear(config.encoder, config.encoder)
        self.encode_out = nn.Linear(config.encoder, 2 * latent)
        self.start = nn.Linear(latent, hidden)
        self.plan = nn.Linear(latent + HarmonyFeatures.SIZE, 3 * hidden)
        self.root_gates = nn.Embedding(12, 3 * hidden)
        self.beat_gates = nn.Embedding(BEATS, 3 * hidden)
        self.heard_gates = nn.Linear(self.cells, 3 * hidden)
        self.cell = Recurrence(hidden)
        self.widen = nn.Linear(hidden, hidden)
        self.out = nn.Linear(hidden, self.cells)
        self.out_relative = nn.Linear(hidden, self.planes * 4 * 12)
        self.sketch = Sketch(latent, config.sketch, config.sketch_pitches)
        for table in (self.root_gates, self.beat_gates):
            nn.init.normal_(table.weight, std=0.1)

    @property
    def device(self) -> torch.device:
        """Where its weights lie."""
        return self.start.weight.device

    def roll(self, onsets: Tensor, sounds: Tensor) -> Tensor:
        """Masks [B, 16] as float [B, 4 beats, planes · 4 steps · P]."""
        planes = [unpack(onsets, self.spec.pitches)]
        if self.planes == 2:
            planes.append(unpack(sounds, self.spec.pitches))
        stacked = torch.stack([p.view(len(onsets), BEATS, 4, -1) for p in planes], 2)
        return stacked.flatten(2)

    def encode(self, roll: Tensor, harmony: HarmonyFeatures) -> tuple[Tensor, Tensor]:
        """Mean and log variance [B, Z] of a roll as `roll` makes it."""
        seen = roll
        if self.planes == 2:
            index = chord_relative(harmony.root, self.spec)
            relative = roll.new_zeros(len(roll), STEPS, 12).scatter_add(-1, index, self._onsets(roll))
            seen = torch.cat([roll, relative.view(len(roll), BEATS, 48)], -1)
        hidden = F.gelu(self.see(seen)).flatten(1)
        hidden = F.gelu(self.encode_in(torch.cat([hidden, harmony.bar], -1)))
        hidden = F.gelu(self.encode_hidden(hidden)) + hidden
        mean, log_variance = self.encode_out(hidden).chunk(2, -1)
        return mean, log_variance.clamp(-8, 3)

    def _onsets(self, roll: Tensor) -> Tensor:
        """The onset plane of a roll as [B, 16, P]."""
        return roll.view(len(roll), BEATS, self.planes, 4, -1)[:, :, 0].reshape(len(roll), STEPS, -1)

    def _logits(self, state: Tensor, relative: Tensor) -> Tensor:
        """Logits [..., planes · 4 · P] of states [..., H]; `relative` int [..., 4, P]."""
        state = state + F.gelu(self.widen(state))
        logits: Tensor = self.out(state)
        if self.planes == 1:
            return logits
        view = self.out_relative(state).unflatten(-1, (self.planes, 4, 12))
        index = relative.unsqueeze(-3).expand(*relative.shape[:-2], self.planes, *relative.shape[-2:])
        both: Tensor = logits + view.gather(-1, index).flatten(-3)
        return both

    def _plan(self, latent: Tensor, harmony: HarmonyFeatures) -> tuple[Tensor, Tensor]:
        fixed = self.plan(torch.cat([latent, harmony.bar], -1))
        gates = fixed.unsqueeze(1) + self.root_gates(harmony.root[:, ::4]) + self.beat_gates.weight
        return torch.tanh(self.start(latent)), gates

    def teach(self, latent: Tensor, harmony: HarmonyFeatures, roll: Tensor, forget: Tensor) -> Tensor:
        """Logits [B, 4, cells] when every beat hears the true beat before it; `forget` bool [B, 4] hides
        some."""
        state, gates = self._plan(latent, harmony)
        heard = self.heard_gates(roll * (~forget).unsqueeze(-1))
        total = gates + F.pad(heard[:, :-1], (0, 0, 1, 0))
        states = []
        for gate in total.unbind(1):
            state = self.cell(gate, state)
            states.append(state)
        relative = chord_relative(harmony.root, self.spec).view(len(roll), BEATS, 4, -1)
        return self._logits(torch.stack(states, 1), relative)

    def decode(
        self, latent: Tensor, harmony: HarmonyFeatures, allowed: Tensor | None = None
    ) -> tuple[Tensor, Tensor]:
        """Onsets and sounding pitches, bool [B, 16, P]: as many cells as are expected, the likeliest.
        `allowed` float [B, 16, 12] is added to the logits of each pitch class."""
        state, gates = self._plan(latent, harmony)
        classes = torch.arange(self.spec.low, self.spec.low + self.spec.pitches, device=self.device) % 12
        turned = (torch.arange(12, device=self.device) - harmony.root.unsqueeze(-1)) % 12
        beats: list[Tensor] = []
        for beat in range(BEATS):
            here = slice(4 * beat, 4 * beat + 4)
            gate = gates[:, beat] if beat == 0 else gates[:, beat] + self.heard_gates(beats[-1])
            state = self.cell.advance(gate.contiguous(), state)
            wide = state + F.gelu(self.widen(state))
            logits = self.out(wide).unflatten(-1, (self.planes, 4, -1))
            if self.planes == 2:
                view = self.out_relative(wide).unflatten(-1, (self.planes, 4, 12))
                by_class = view.gather(-1, turned[:, None, here].expand(-1, self.planes, -1, -1))
                if allowed is not None:
                    by_class += allowed[:, None, here]
                logits += by_class[..., classes]
            played = _likeliest(logits.flatten(2)).flatten(1)
            beats.append(played)
        roll = torch.stack(beats, 1).view(len(latent), BEATS, self.planes, 4, -1)
        onsets = roll[:, :, 0].reshape(len(latent), STEPS, -1).bool() & harmony.valid.unsqueeze(-1)
        if self.planes == 1:
            return onsets, onsets
        sounds = roll[:, :, 1].reshape(len(latent), STEPS, -1).bool() & harmony.valid.unsqueeze(-1)
        return onsets, sounds | onsets


def _likeliest(logits: Tensor) -> Tensor:
    """As many of the likeliest cells as are expected in all, 1.0 or 0.0 [..., cells].

    Taking only cells above .5 would thin chords out wherever the model is undecided between voicings.
    """
    expected = torch.sigmoid(logits).sum(-1, keepdim=True).round().long()
    ordered = logits.topk(min(32, logits.shape[-1])).values
    least = ordered.gather(-1, (expected - 1).clamp(0, ordered.shape[-1] - 1))
    return ((logits >= least) & (expected > 0)).float()
