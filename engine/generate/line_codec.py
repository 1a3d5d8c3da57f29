"""The codec of a role with one voice (melody, counterline, bass): its decoder goes step by step."""

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from engine.generate.config import CodecConfig
from engine.generate.grid import FIRST_PITCH, REST, STEPS, RoleSpec
from engine.generate.harmony_features import HarmonyFeatures, chord_relative
from engine.generate.recurrence import Recurrence
from engine.generate.sketch import Sketch

FREE_LEAP = 5
"""Largest interval (semitones) of a line without a penalty."""


class LineCodec(nn.Module):
    """Codec of a one-voice role. Tokens int [B, 16] as in `grid`; `previous` int [B] is 0 or 1 + the index of
    the last pitch before the bar, which the decoder joins its line to."""

    def __init__(self, spec: RoleSpec, latent: int, hidden: int, config: CodecConfig) -> None:
        super().__init__()
        self.spec, self.latent, self.hidden = spec, latent, hidden
        vocabulary = FIRST_PITCH + spec.pitches
        self.see = nn.Embedding(vocabulary, 20)
        self.see_relative = nn.Embedding(13, 12)
        self.encode_in = nn.Linear(STEPS * 32 + HarmonyFeatures.SIZE, config.encoder)
        self.encode_hidden = nn.Linear(config.encoder, config.encoder)
        self.encode_out = nn.Linear(config.encoder, 2 * latent)
        self.start = nn.Linear(latent, hidden)
        self.plan = nn.Linear(latent + HarmonyFeatures.SIZE, 3 * hidden)
        self.hear_token = nn.Embedding(vocabulary + 1, 32)
        self.hear_relative = nn.Embedding(13, 16)
        self.hear_root = nn.Embedding(12, 8)
        self.hear_step = nn.Embedding(STEPS, 8)
        self.hear_previous = nn.Embedding(1 + spec.pitches, 32)
        self.hear = nn.Linear(64, 3 * hidden, bias=False)
        self.cell = Recurrence(hidden)
        self.out = nn.Linear(hidden, vocabulary)
        self.out_relative = nn.Linear(hidden, 12)
        self.last = nn.Linear(latent + HarmonyFeatures.SIZE, 1 + spec.pitches)
        self.sketch = Sketch(latent, config.sketch, config.sketch_pitches)

    @property
    def device(self) -> torch.device:
        """Where its weights lie."""
        return self.start.weight.device

    def relative(self, tokens: Tensor, root: Tensor) -> Tensor:
        """Pitch class above the root of each token's pitch, 12 for rest and hold."""
        pitch = tokens.long() - FIRST_PITCH + self.spec.low
        return torch.where(tokens >= FIRST_PITCH, (pitch - root) % 12, 12)

    def encode(self, tokens: Tensor, harmony: HarmonyFeatures) -> tuple[Tensor, Tensor]:
        """Mean and log variance [B, Z]."""
        seen = torch.cat(
            [self.see(tokens.long()), self.see_relative(self.relative(tokens, harmony.root))], -1
        )
        hidden = F.gelu(self.encode_in(torch.cat([seen.flatten(1), harmony.bar], -1)))
        hidden = F.gelu(self.encode_hidden(hidden)) + hidden
        mean, log_variance = self.encode_out(hidden).chunk(2, -1)
        return mean, log_variance.clamp(-8, 3)

    def _plan(self, latent: Tensor, harmony: HarmonyFeatures) -> tuple[Tensor, Tensor]:
        """First state [B, H] and the gates that hold through the bar [B, 3H]."""
        return torch.tanh(self.start(latent)), self.plan(torch.cat([latent, harmony.bar], -1))

    def _place(self, root: Tensor) -> Tensor:
        """What is known of each step [B, 16, 16]: the chord's root and where in the bar it lies."""
        where = self.hear_step.weight.expand(len(root), -1, -1)
        return torch.cat([self.hear_root(root), where], -1)

    def _first(self, previous: Tensor) -> Tensor:
        """What the first step hears in place of a step before it [B, 48]: the last pitch of the bar
        before."""
        return torch.cat(
            [self.hear_previous(previous), self.hear_relative.weight[12].expand(len(previous), -1)], -1
        )

    def _logits(self, state: Tensor, relative: Tensor) -> Tensor:
        """Token logits [..., 2 + P] of states [..., H]; `relative` int [..., P]."""
        logits = self.out(state)
        return torch.cat(
            [
                logits[..., :FIRST_PITCH],
                logits[..., FIRST_PITCH:] + self.out_relative(state).gather(-1, relative),
            ],
            -1,
        )

    def teach(
        self, latent: Tensor, harmony: HarmonyFeatures, previous: Tensor, tokens: Tensor, forget: Tensor
    ) -> Tensor:
        """Logits [B, 16, 2 + P] when every step hears the true step before it; `forget` bool [B, 16] hides
        some."""
        state, fixed = self._plan(latent, harmony)
        unknown = len(self.hear_token.weight) - 1
        token = self.hear_token(torch.where(forget, unknown, tokens.long())[:, :-1])
        relative = torch.where(forget, 12, self.relative(tokens, harmony.root))[:, :-1]
        heard = torch.cat([token, self.hear_relative(relative)], -1)
        heard = torch.cat([self._first(previous).unsqueeze(1), heard], 1)
        gates = self.hear(torch.cat([heard, self._place(harmony.root)], -1)) + fixed.unsqueeze(1)
        states = []
        # Unbound in place of sliced: each slice's gradient would fill a whole tensor of zeros.
        for gate in gates.unbind(1):
            state = self.cell(gate, state)
            states.append(state)
        return self._logits(torch.stack(states, 1), chord_relative(harmony.root, self.spec))

    def _tables(self) -> tuple[Tensor, Tensor, Tensor]:
        """What `hear` makes of everything a step can hear, worked out beforehand: by token and root [2 + P,
        12, 3H], by the pitch before the bar [1 + P, 3H], by step and root [16, 12, 3H]."""
        token, relative, root, step = torch.split(self.hear.weight, [32, 16, 8, 8], 1)
        above = self.hear_relative.weight @ relative.T
        vocabulary = FIRST_PITCH + self.spec.pitches
        every = torch.arange(vocabulary, device=self.device).unsqueeze(1).expand(-1, 12)
        index = self.relative(every, torch.arange(12, device=self.device).expand(vocabulary, -1))
        heard = (self.hear_token.weight[:vocabulary] @ token.T).unsqueeze(1) + above[index]
        first = self.hear_previous.weight @ token.T + above[12]
        place = (self.hear_step.weight @ step.T).unsqueeze(1) + self.hear_root.weight @ root.T
        return heard, first, place

    def decode(
        self,
        latent: Tensor,
        harmony: HarmonyFeatures,
        previous: Tensor,
        allowed: Tensor | None = None,
        leap_cost: Tensor | None = None,
    ) -> Tensor:
        """Tokens uint8 [B, 16], each step the likeliest. `allowed` float [B, 16, 12] is added to the logits
        of each pitch class, `leap_cost` taken from them for each semitone beyond `FREE_LEAP` from the note
        before."""
        state, fixed = self._plan(latent, harmony)
        heard, first, place = self._tables()
        heard, place = heard.flatten(0, 1), place.flatten(0, 1)
        classes = torch.arange(self.spec.low, self.spec.low + self.spec.pitches, device=self.device) % 12
        turned = (torch.arange(12, device=self.device) - harmony.root.unsqueeze(-1)) % 12
        reach = None if leap_cost is None else self._reach()
        gates = first[previous]
        last = previous
        tokens = []
        for step in range(STEPS):
            root = harmony.root[:, step]
            gates += fixed
            gates += place.index_select(0, root + 12 * step)
            state = self.cell.advance(gates, state)
            logits = self.out(state)
            by_class = self.out_relative(state).gather(1, turned[:, step])
            if allowed is not None:
                by_class += allowed[:, step]
            pitched = logits[:, FIRST_PITCH:]
            pitched += by_class.index_select(1, classes)
            if reach is not None and leap_cost is not None:
                pitched.addcmul_(reach.index_select(0, last), leap_cost.unsqueeze(1), value=-1)
            token = logits.argmax(-1)
            last = torch.where(token >= FIRST_PITCH, token - (FIRST_PITCH - 1), last)
            gates = heard.index_select(0, token * 12 + root)
            tokens.append(token)
        return torch.where(harmony.valid, torch.stack(tokens, 1), REST).to(torch.uint8)

    def _reach(self) -> Tensor:
        """Semitones beyond `FREE_LEAP` by previous pitch (0 none, else index + 1) and pitch: [1 + P, P]."""
        pitches = torch.arange(self.spec.pitches, device=self.device)
        leap = (pitches.unsqueeze(0) - pitches.unsqueeze(1)).abs()
        return F.pad((leap - FREE_LEAP).clamp(min=0).float(), (0, 0, 1, 0))

    def last_pitch(self, latent: Tensor, harmony: HarmonyFeatures) -> Tensor:
        """The last pitch in the bar as the decoder of the next bar wants it, logits [B, 1 + P]."""
        result: Tensor = self.last(torch.cat([latent, harmony.bar], -1))
        return result
