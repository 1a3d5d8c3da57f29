"""The codec: one bar of one role to a small latent and back, given the harmony.

Per role a variational autoencoder (Kingma & Welling 2014). Encoder and decoder see the bar's chords, metre
and mode, so that a latent says what is played *on* the harmony and the same latent follows other chords.
Decoders are autoregressive inside the bar (lines by step, sets by beat): a latent that the generator did not
hit exactly still decodes to whole notes. Pitch logits are the sum of a key-relative view and a chord-relative
view (pitch class above the chord's root).

Shapes: B bars, 16 steps, P pitches of the role, Z its latent size, H hidden size. `HarmonyFeatures` carries
the conditions.
"""

from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn import functional as F

from engine.generate.chord_features import SLOT_FEATURES, slot_features, step_roots
from engine.generate.config import CodecConfig
from engine.generate.grid import BEATS, FIRST_PITCH, METER_STEPS, REST, SPECS, STEPS, RoleSpec

FREE_LEAP = 5
"""Largest interval (semitones) of a line without a penalty."""


@dataclass(frozen=True, slots=True)
class HarmonyFeatures:
    """Conditions of B bars: `bar` float [B, 4·37 + 3 + 1] (chord slots, metre one-hot, minor), `root` int [B,
    16], `valid` bool [B, 16] (steps that the metre has)."""

    bar: Tensor
    root: Tensor
    valid: Tensor

    SIZE = BEATS * SLOT_FEATURES + 4

    def rows(self, index: Tensor) -> "HarmonyFeatures":
        """The bars of these indices."""
        return HarmonyFeatures(self.bar[index], self.root[index], self.valid[index])

    def to(self, device: torch.device) -> "HarmonyFeatures":
        """The same on another device."""
        return HarmonyFeatures(self.bar.to(device), self.root.to(device), self.valid.to(device))


def harmony_features(
    chords: "np.ndarray[tuple[int, ...], np.dtype[np.int8]]",
    meters: "np.ndarray[tuple[int, ...], np.dtype[np.int64]]",
    minor: "np.ndarray[tuple[int, ...], np.dtype[np.bool_]]",
) -> HarmonyFeatures:
    """Features of bars with chords int [B, 4, 3], metre index [B] and minor [B]."""
    slots = slot_features(chords).reshape(len(chords), -1)
    metre = np.eye(3, dtype=np.float32)[meters]
    bar = np.concatenate([slots, metre, minor.astype(np.float32)[:, None]], 1)
    valid = np.arange(STEPS) < np.asarray(METER_STEPS)[meters][:, None]
    return HarmonyFeatures(
        torch.from_numpy(bar), torch.from_numpy(step_roots(chords, meters)), torch.from_numpy(valid)
    )


def chord_relative(root: Tensor, spec: RoleSpec) -> Tensor:
    """Pitch class above the root of each of the role's pitches: int [..., P] for roots [...]."""
    pitches = torch.arange(spec.low, spec.low + spec.pitches, device=root.device)
    return (pitches - root.unsqueeze(-1)) % 12


def unpack(masks: Tensor, pitches: int) -> Tensor:
    """Bits of int64 masks [...] as float [..., P]."""
    return ((masks.unsqueeze(-1) >> torch.arange(pitches, device=masks.device)) & 1).float()


class Recurrence(nn.Module):
    """A gated recurrent unit whose input is already projected to gate space [B, 3H] (sums of embeddings,
    cheap on a CPU)."""

    def __init__(self, hidden: int) -> None:
        super().__init__()
        self.recur = nn.Linear(hidden, 3 * hidden)

    def forward(self, gates: Tensor, state: Tensor) -> Tensor:
        """One step of a GRU whose inputs were multiplied before: gates [B, 3 H] and state [B, H] → state
        [B, H]."""
        reset_in, update_in, new_in = gates.chunk(3, -1)
        reset_h, update_h, new_h = self.recur(state).chunk(3, -1)
        update = torch.sigmoid(update_in + update_h)
        new = torch.tanh(new_in + torch.sigmoid(reset_in + reset_h) * new_h)
        return new + update * (state - new)

    def advance(self, gates: Tensor, state: Tensor) -> Tensor:
        """The same step without a graph, in half as many passes over memory; overwrites `gates`."""
        size = state.shape[-1]
        inner = self.recur(state)
        both = gates[:, : 2 * size].add_(inner[:, : 2 * size]).sigmoid_()
        new = gates[:, 2 * size :].addcmul_(both[:, :size], inner[:, 2 * size :]).tanh_()
        return torch.lerp(new, state, both[:, size:])


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
