"""From latents to notes: decoding bars in even batches, and the rules that stand beside the learnt.

Rules, not learnt: pitches stay in each role's range; on strong beats tones outside the chord are
handicapped by `NUDGE` and leaps wider than a fourth by `LEAP_COST` (a model that is sure overrules both);
the pentatonic styles forbid tones outside their scale; a bar in which nothing at all came out gets its
chord held. Everything else the model decides.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TypeVar

import numpy as np
import numpy.typing as npt
import torch
from torch import Tensor

from engine.generate.cadence import PENTATONIC
from engine.generate.chord_features import chroma, step_chroma
from engine.generate.codec import Codec
from engine.generate.grid import LINES, SPECS, STEPS, RoleSpec, last_pitch
from engine.generate.harmony_features import HarmonyFeatures, harmony_features
from engine.generate.line_codec import LineCodec
from engine.generate.set_codec import SetCodec
from engine.threads import deal

Scalar = TypeVar("Scalar", bound=np.generic)

BATCH = 256
"""Bars decoded at once. Always this many (padded), so that a bar's notes do not depend on what else is in the
batch."""

NEAR = 3
"""Semitones by which a bar's last pitch may differ from what its latent told before the next bar is decoded
again: closer, the second decoding changes next to nothing."""

SMALL_BATCH = 128
"""Bars decoded again at once: they are few."""

ROLE_ORDER = (0, 2, 1, 3, 4)
"""Roles by how long they take, the longest first, so that two threads finish together."""

NUDGE = (5.0, 0.5)
"""Logits taken from non-chord tones on strong beats, in the calmest and in the tensest bars: brings the tune
on the beat to its chord about as often as in real music, and lets tension be heard."""

WEAK_BEAT = 0.6
"""Of that, what counts on beats that are not strong."""

LEAP_COST = 0.15
"""Logits taken from a pitch for each semitone beyond a fourth from the note before: brings the mean leap to
2.9 semitones, as in real music; without, 3.3."""

FORBIDDEN = 30.0
"""Logits taken from tones outside a pentatonic scale."""


@dataclass(frozen=True, slots=True)
class DecodedBars:
    """B bars: `tokens` uint8 [3, B, 16]; `onsets`, `sounds` int64 masks [2, B, 16]: as `grid.BarArrays`."""

    tokens: npt.NDArray[np.uint8]
    onsets: npt.NDArray[np.int64]
    sounds: npt.NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class BarsToDecode:
    """Latents (real scale) float [B, total] and what they are decoded under. `previous` int [B] is the row of
    the bar before, −1 where there is none. `pentatonic` bool [B]; `themes` bool [B]: the melody is a motif,
    which neither bends to rules nor joins the bar before; `tension` float [B]: asked, 0…1."""

    latent: Tensor
    chords: npt.NDArray[np.int8]
    meter: npt.NDArray[np.int64]
    minor: npt.NDArray[np.bool_]
    present: npt.NDArray[np.bool_]
    previous: npt.NDArray[np.int64]
    pentatonic: npt.NDArray[np.bool_]
    themes: npt.NDArray[np.bool_]
    tension: npt.NDArray[np.float32]


def decode_bars(
    codec: Codec, bars: BarsToDecode, rules: bool = True, roles: Sequence[int] = ROLE_ORDER
) -> DecodedBars:
    """Decodes every role of every bar, or only some `roles`; the others stay silent. Without `rules` only the
    scale of pentatonic bars is kept to."""
    count = len(bars.meter)
    padding = -count % BATCH
    harmony = harmony_features(
        _pad(bars.chords, padding), _pad(bars.meter, padding), _pad(bars.minor, padding)
    )
    latent = torch.nn.functional.pad(bars.latent.cpu(), (0, 0, 0, padding))
    before = torch.from_numpy(_pad(bars.previous, padding))
    entering = bars.themes & ~np.r_[False, bars.themes[:-1]]
    before_melody = torch.where(torch.from_numpy(_pad(entering, padding)), -1, before)
    parts = codec.split(latent)
    tokens = np.zeros((3, count, STEPS), np.uint8)
    onsets = np.zeros((2, count, STEPS), np.int64)
    sounds = np.zeros((2, count, STEPS), np.int64)

    def play(index: int) -> None:
        spec, role = SPECS[index], codec.roles[index]
        rows = torch.from_numpy(np.flatnonzero(_pad(bars.present[:, index], padding)))
        if len(rows) == 0:
            return
        handicap = _handicap(bars, spec, padding, rules)
        with torch.no_grad():
            if isinstance(role, LineCodec):
                tune = spec.name == "melody"
                bound = ~bars.themes if tune else np.ones(count, bool)
                leap_cost = torch.from_numpy(_pad(bound, padding)) * (LEAP_COST if rules else 0.0)
                last = before_melody if tune else before
                previous = _previous_pitch(role, parts[index], harmony, last, bars.present[:, index], padding)
                line = _Line(role, parts[index], harmony, handicap, leap_cost)
                played = line.decode(previous, rows, BATCH)
                line.join(previous, last, rows, played)
                tokens[LINES.index(index)] = played[:count]
            else:
                assert isinstance(role, SetCodec)
                plane = 0 if index == 2 else 1
                on, sound = _decode_set(role, parts[index], harmony, handicap, rows)
                onsets[plane], sounds[plane] = on[:count], sound[:count]

    deal(play, roles, next(codec.parameters()).device)
    return DecodedBars(tokens, onsets, sounds)


def _pad(values: npt.NDArray[Scalar], rows: int) -> npt.NDArray[Scalar]:
    """Rows of zeros after the last."""
    if rows == 0:
        return values
    return np.concatenate([values, np.zeros((rows, *values.shape[1:]), values.dtype)])


def _handicap(bars: BarsToDecode, spec: RoleSpec, padding: int, rules: bool) -> Tensor | None:
    """Added to the logits of each pitch class, float [B + padding, 16, 12]; None for drums."""
    if spec.name == "drums":
        return None
    inside = step_chroma(bars.chords, bars.meter) > 0
    unknown = ~inside.any(-1, keepdims=True)
    strong = np.zeros((len(bars.meter), STEPS, 1), np.float32)
    strong[bars.meter < 2, ::4] = WEAK_BEAT
    strong[:, 0] = 1.0
    strong[bars.meter == 0, 8] = 1.0
    strong[bars.meter == 2, 6] = 1.0
    if spec.name == "melody":
        strong[bars.themes] = 0.0
    calm, tense = NUDGE
    nudge = (calm + (tense - calm) * bars.tension)[:, None, None] if rules else 0.0
    classes = np.where(~inside & ~unknown, -nudge * strong, 0.0).astype(np.float32)
    for minor in (False, True):
        foreign = np.ones(12, bool)
        foreign[list(PENTATONIC[minor])] = False
        rows = bars.pentatonic & (bars.minor == minor)
        classes[rows] -= FORBIDDEN * foreign.astype(np.float32)
    return torch.from_numpy(_pad(classes, padding))


def _chunks(rows: Tensor, size: int = BATCH) -> list[tuple[Tensor, int]]:
    """Row numbers in batches of exactly `size` (the last one filled up with its first row) and how many
    count."""
    result = []
    for first in range(0, len(rows), size):
        part = rows[first : first + size]
        fill = part[:1].expand(size - len(part))
        result.append((torch.cat([part, fill]), len(part)))
    return result


def _previous_pitch(
    role: LineCodec,
    latent: Tensor,
    harmony: HarmonyFeatures,
    before: Tensor,
    present: npt.NDArray[np.bool_],
    padding: int,
) -> Tensor:
    """The pitch index + 1 [B] that each bar's line joins to, told by the latent of the bar before: all bars
    decode at once."""
    last = torch.zeros(len(latent), dtype=torch.long)
    for rows, count in _chunks(torch.arange(len(latent))):
        predicted = role.last_pitch(latent[rows].to(role.device), harmony.rows(rows).to(role.device))
        last[rows[:count]] = predicted.argmax(-1)[:count].cpu()
    last = last * torch.from_numpy(_pad(present, padding).astype(np.int64))
    return torch.where(before >= 0, last[before.clamp(min=0)], 0)


@dataclass(frozen=True, slots=True)
class _Line:
    """One line role over all bars: what it is decoded under."""

    role: LineCodec
    latent: Tensor
    harmony: HarmonyFeatures
    handicap: Tensor | None
    leap_cost: Tensor

    def decode(self, previous: Tensor, rows: Tensor, size: int) -> npt.NDArray[np.uint8]:
        """Tokens [B, 16], written in `rows` only, joined to the pitches `previous` [B]."""
        tokens = torch.zeros(len(self.latent), STEPS, dtype=torch.uint8)
        device = self.role.device
        for part, count in _chunks(rows, size):
            line = self.role.decode(
                self.latent[part].to(device),
                self.harmony.rows(part).to(device),
                previous[part].to(device),
                None if self.handicap is None else self.handicap[part].to(device),
                self.leap_cost[part].to(device),
            )
            tokens[part[:count]] = line[:count].cpu()
        return tokens.numpy()

    def join(self, predicted: Tensor, before: Tensor, rows: Tensor, played: npt.NDArray[np.uint8]) -> None:
        """Decodes again, in place, the bars whose predecessor did not end near the pitch `predicted` by its
        latent."""
        last = torch.from_numpy(last_pitch(played))
        actual = torch.where(before >= 0, last[before.clamp(min=0)], 0)
        off = ((actual - predicted).abs() > NEAR) | ((actual == 0) != (predicted == 0))
        wrong = rows[off[rows]]
        if len(wrong):
            again = self.decode(actual, wrong, SMALL_BATCH)
            played[wrong.numpy()] = again[wrong.numpy()]


def _decode_set(
    role: SetCodec, latent: Tensor, harmony: HarmonyFeatures, handicap: Tensor | None, rows: Tensor
) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.int64]]:
    onsets = torch.zeros(len(latent), STEPS, dtype=torch.long)
    sounds = torch.zeros(len(latent), STEPS, dtype=torch.long)
    # Sums of different powers of two below 2**53 are exact in double precision, and products of matrices
    # fast.
    bits = (torch.ones(role.spec.pitches, dtype=torch.long) << torch.arange(role.spec.pitches)).double()
    for part, count in _chunks(rows):
        allowed = None if handicap is None else handicap[part].to(role.device)
        on, sound = role.decode(latent[part].to(role.device), harmony.rows(part).to(role.device), allowed)
        onsets[part[:count]] = (on[:count].cpu().double() @ bits).long()
        sounds[part[:count]] = (sound[:count].cpu().double() @ bits).long()
    return onsets.numpy(), sounds.numpy()


def fill_silence(bars: BarsToDecode, decoded: DecodedBars) -> DecodedBars:
    """Bars in which pitched roles were to play and none does get their chord, close to middle C, held through
    the bar."""
    tokens, onsets, sounds = decoded.tokens, decoded.onsets.copy(), decoded.sounds.copy()
    asked = bars.present[:, :4].any(1)
    silent = asked & ~(tokens != 0).any((0, 2)) & ~(sounds[0] != 0).any(1)
    for row in np.flatnonzero(silent):
        classes = np.flatnonzero(chroma(bars.chords[row, 0]))
        pitches = classes + np.where(classes >= 7, 48, 60) - SPECS[2].low
        mask = int(np.sum(np.left_shift(np.int64(1), pitches))) if len(classes) else 0
        steps = 16 if bars.meter[row] == 0 else 12
        onsets[0, row, 0] = mask
        sounds[0, row, :steps] = mask
    return DecodedBars(tokens, onsets, sounds)
