"""Trains the role codecs on single bars and measures how faithfully they give notes back.

Each role has its own share of the time budget, its own optimiser and its own file, so that an interrupted run
resumes with the next role. Loss: token or cell cross-entropy summed over the bar + β · KL divergence + the
sketch's loss.
"""

import math
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from torch import Tensor
from torch.nn import functional as F

from engine.generate.codec import Codec
from engine.generate.config import CodecConfig
from engine.generate.grid import BEATS, FIRST_PITCH, HOLD, LINES, SPECS, STEPS, last_pitch
from engine.generate.harmony_features import HarmonyFeatures, harmony_features
from engine.generate.line_codec import LineCodec
from engine.generate.set_codec import SetCodec, unpack
from engine.generate.sketch import Sketch
from engine.train.music.curves import Log
from engine.train.music.distributed import World
from engine.train.music.fits import has_checkpoint, load_checkpoint, save_checkpoint
from engine.train.music.tensors import SPLITS, Bars

ALONE = World()

SHARES = (0.27, 0.12, 0.40, 0.12, 0.09)
"""Parts of the steps by role."""


@dataclass(frozen=True, slots=True)
class CodecTraining:
    """How long and how to train. `steps` are of all roles together, dealt out by `SHARES`: the same steps on
    the same data make the same weights. `stop`: a role stops at this step (0: not), as if interrupted."""

    steps: int = 20000
    batch: int = 256
    rate: float = 2.5e-3
    beta: float = 0.03
    forget: float = 0.25
    sketch: float = 0.5
    seed: int = 1
    stop: int = 0


class Stopped(Exception):
    """A run ended where it was told to, before its last step."""


@dataclass(frozen=True, slots=True)
class RoleData:
    """Bars in which one role plays, as tensors: tokens or masks, harmony inputs, previous and last
    pitches."""

    rows: np.ndarray[tuple[int], np.dtype[np.int64]]
    tokens: Tensor
    onsets: Tensor
    sounds: Tensor
    previous: Tensor
    last: Tensor


def role_data(bars: Bars, role: int, split: str) -> RoleData:
    """The bars of a split in which role `role` sounds. Fields that the role lacks are empty."""
    rows = np.flatnonzero((bars.split == SPLITS.index(split)) & bars.arrays.present[:, role])
    empty = torch.zeros(0)
    if SPECS[role].line:
        line = LINES.index(role)
        tokens = bars.arrays.tokens[line][rows]
        previous = torch.from_numpy(bars.previous[line][rows])
        return RoleData(
            rows, torch.from_numpy(tokens), empty, empty, previous, torch.from_numpy(last_pitch(tokens))
        )
    plane = 0 if role == 2 else 1
    onsets = torch.from_numpy(bars.arrays.onsets[plane][rows])
    sounds = torch.from_numpy(bars.arrays.sounds[plane][rows])
    return RoleData(rows, empty, onsets, sounds, empty, empty)


def features_of(bars: Bars, rows: np.ndarray[tuple[int], np.dtype[np.int64]]) -> HarmonyFeatures:
    """Harmony features of these rows of bars."""
    return harmony_features(bars.chords[rows], bars.meter[rows], bars.minor[rows])


def sketch_targets(onset_roll: Tensor, sound_roll: Tensor, low: int) -> tuple[Tensor, Tensor, Tensor]:
    """(onset counts [B, 16], pitch classes per beat [B, 48], mean, first and last pitch [B, 3]) of rolls
    float [B, 16, P]. A pitch that is not there (nothing sounds, nothing starts) is NaN."""
    pitches = torch.arange(low, low + onset_roll.shape[-1])
    classes = F.one_hot(pitches % 12, 12).float()
    beat = (sound_roll.view(len(sound_roll), BEATS, 4, -1).amax(2) @ classes).clamp(max=1)
    height = (pitches.float() - 60) / 12
    count = onset_roll.sum(-1)
    struck = (onset_roll @ height) / count
    step = torch.arange(STEPS)
    row = torch.arange(len(count))
    first = torch.where(count > 0, step, STEPS).amin(-1).clamp(max=STEPS - 1)
    last = torch.where(count > 0, step, -1).amax(-1).clamp(min=0)
    mean = (sound_roll.sum(1) @ height) / sound_roll.sum((1, 2))
    return count, beat.flatten(1), torch.stack([mean, struck[row, first], struck[row, last]], -1)


def line_roll(tokens: Tensor, pitches: int) -> tuple[Tensor, Tensor]:
    """Onset and sounding rolls float [B, 16, P] of line tokens [B, 16]."""
    codes = F.one_hot(tokens.long(), FIRST_PITCH + pitches).float()[..., FIRST_PITCH:]
    sounds, current = [], torch.zeros_like(codes[:, 0])
    for step in range(STEPS):
        held = (tokens[:, step] == HOLD).float().unsqueeze(-1)
        current = codes[:, step] + held * current
        sounds.append(current)
    return codes, torch.stack(sounds, 1)


def sketch_loss(logits: Tensor, targets: tuple[Tensor, Tensor, Tensor], pitched: bool) -> Tensor:
    """Squared error of onset counts, cross-entropy of pitch classes, squared error of pitches: mean over the
    batch."""
    onsets, classes, pitches = logits.split([STEPS, BEATS * 12, logits.shape[-1] - Sketch.MEAN], -1)
    loss = F.mse_loss(F.softplus(onsets), targets[0], reduction="none").sum(-1)
    if pitched:
        loss = loss + F.binary_cross_entropy_with_logits(classes, targets[1], reduction="none").sum(-1)
        known = torch.isfinite(targets[2])
        miss = (pitches - torch.nan_to_num(targets[2])[:, : pitches.shape[-1]]) * known[
            :, : pitches.shape[-1]
        ]
        loss = loss + 4 * miss.square().sum(-1)
    return loss.mean()


def loss_line(
    codec: LineCodec,
    data: RoleData,
    harmony: HarmonyFeatures,
    index: Tensor,
    how: CodecTraining,
    stray: Tensor | None = None,
) -> Tensor:
    """Loss of a line (melody, counter, bass) on the bars `index` [B], a scalar: reconstruction by step,
    last pitch, sketch, and `how.beta` times the divergence from the prior. `stray` [B, Z]: latents are
    moved by noise of up to this deviation instead of the encoder's own."""
    tokens = data.tokens[index]
    mean, log_variance = codec.encode(tokens, harmony)
    spread = (0.5 * log_variance).exp() if stray is None else stray * torch.rand(len(mean), 1)
    latent = mean + torch.randn_like(mean) * spread
    forget = torch.rand(tokens.shape) < how.forget
    previous = data.previous[index] * (torch.rand(len(index)) > 0.1)
    logits = codec.teach(latent, harmony, previous, tokens, forget)
    per_step = F.cross_entropy(logits.transpose(1, 2), tokens.long(), reduction="none")
    loss = (per_step * harmony.valid).sum(-1).mean()
    loss = loss + F.cross_entropy(codec.last_pitch(latent, harmony), data.last[index])
    targets = sketch_targets(*line_roll(tokens, codec.spec.pitches), codec.spec.low)
    return (
        loss
        + how.beta * divergence(mean, log_variance)
        + how.sketch * sketch_loss(codec.sketch.logits(latent, harmony.bar), targets, True)
    )


def loss_set(
    codec: SetCodec,
    data: RoleData,
    harmony: HarmonyFeatures,
    index: Tensor,
    how: CodecTraining,
    stray: Tensor | None = None,
) -> Tensor:
    """The same for chords and drums, whose reconstruction is by cell of the piano roll."""
    onsets, sounds = data.onsets[index], data.sounds[index]
    roll = codec.roll(onsets, sounds)
    mean, log_variance = codec.encode(roll, harmony)
    spread = (0.5 * log_variance).exp() if stray is None else stray * torch.rand(len(mean), 1)
    latent = mean + torch.randn_like(mean) * spread
    logits = codec.teach(latent, harmony, roll, torch.rand(len(index), BEATS) < how.forget)
    loss = F.binary_cross_entropy_with_logits(logits, roll, reduction="none").sum((1, 2)).mean()
    pitches = codec.spec.pitches
    targets = sketch_targets(unpack(onsets, pitches), unpack(sounds, pitches), codec.spec.low)
    return (
        loss
        + how.beta * divergence(mean, log_variance)
        + how.sketch * sketch_loss(codec.sketch.logits(latent, harmony.bar), targets, codec.planes == 2)
    )


def divergence(mean: Tensor, log_variance: Tensor) -> Tensor:
    """KL divergence to N(0, I), nats a bar, mean over the batch."""
    return 0.5 * (mean**2 + log_variance.exp() - 1 - log_variance).sum(-1).mean()


def note_f1(played: Tensor, true: Tensor) -> float:
    """F1 of onsets (step and pitch both right) of bool rolls [B, 16, P]."""
    hit = (played & true).sum().item()
    return 2 * hit / max(1.0, played.sum().item() + true.sum().item())


def reconstruction(
    codec: Codec, bars: Bars, role: int, split: str = "dev", limit: int = 4000
) -> dict[str, float]:
    """Onset F1, exact bars and sounding F1 of the role's bars encoded to means and decoded freely."""
    data = role_data(bars, role, split)
    index = torch.from_numpy(np.linspace(0, len(data.rows) - 1, min(limit, len(data.rows))).astype(np.int64))
    harmony = features_of(bars, data.rows[index.numpy()])
    part = codec.roles[role]
    with torch.no_grad():
        if isinstance(part, LineCodec):
            true = data.tokens[index]
            mean, _ = part.encode(true, harmony)
            played = part.decode(mean, harmony, data.previous[index])
            (on_a, so_a), (on_b, so_b) = (
                line_roll(played, part.spec.pitches),
                line_roll(true, part.spec.pitches),
            )
        else:
            assert isinstance(part, SetCodec)
            mean, _ = part.encode(part.roll(data.onsets[index], data.sounds[index]), harmony)
            on_a, so_a = (x.float() for x in part.decode(mean, harmony))
            on_b = unpack(data.onsets[index], part.spec.pitches)
            so_b = unpack(data.sounds[index], part.spec.pitches)
    exact = (on_a == on_b).flatten(1).all(1).float().mean().item()
    return {
        "onset_f1": note_f1(on_a.bool(), on_b.bool()),
        "sound_f1": note_f1(so_a.bool(), so_b.bool()),
        "exact_bars": exact,
        "active_dims": float((mean.std(0) > 0.1).sum()),
    }


def mean_deviation(part: LineCodec | SetCodec, data: RoleData, harmony: HarmonyFeatures) -> Tensor:
    """Standard deviation [Z] of the latent means over some bars."""
    index = torch.linspace(0, len(data.rows) - 1, 4096).long()
    with torch.no_grad():
        if isinstance(part, LineCodec):
            mean, _ = part.encode(data.tokens[index], harmony.rows(index))
        else:
            roll = part.roll(data.onsets[index], data.sounds[index])
            mean, _ = part.encode(roll, harmony.rows(index))
    return mean.std(0)


def train_role(
    codec: Codec,
    bars: Bars,
    role: int,
    how: CodecTraining,
    folder: Path,
    log: Callable[[str], None],
    stray: float = 0.0,
    world: World = ALONE,
) -> None:
    """Trains one role for its share of the steps in place, going on exactly where an interrupted run stopped:
    networks, optimiser, and draws that depend on the step alone. With `stray` latents are means that stray
    by up to so many of their standard deviations."""
    data = role_data(bars, role, "train")
    if len(data.rows) < how.batch:
        log(f"{SPECS[role].name}: only {len(data.rows)} bars, skipped")
        return
    part = codec.roles[role]
    assert isinstance(part, LineCodec | SetCodec)
    harmony = features_of(bars, data.rows)
    optimiser = torch.optim.AdamW(part.parameters(), lr=how.rate, weight_decay=1e-3, betas=(0.9, 0.98))
    name = SPECS[role].name
    going = f"codec_{name}.going"
    networks, optimisers = {"part": part}, {"optimiser": optimiser}
    step = 0
    if has_checkpoint(folder, going):
        step = int(load_checkpoint(folder, going, networks, optimisers)["step"])
    generator = torch.Generator()
    steps, begun, smooth = max(1, round(how.steps * SHARES[role])), time.process_time(), math.nan
    spread = mean_deviation(part, data, harmony) * stray if stray > 0 else None
    logged = saved = time.monotonic()
    part.train()
    curve = Log(folder / f"codec_{name}.csv", ("loss",), world.leads)
    while step < steps:
        seed = (how.seed + role + 1000 * world.rank) * 1_000_003 + step
        generator.manual_seed(seed)
        torch.manual_seed(seed)
        for group in optimiser.param_groups:
            group["lr"] = (
                how.rate
                * min(1, (step + 1) / 100)
                * (0.02 + 0.98 * 0.5 * (1 + math.cos(math.pi * step / steps)))
            )
        index = torch.randint(len(data.rows), (how.batch,), generator=generator)
        mine = harmony.rows(index)
        loss = (
            loss_line(part, data, mine, index, how, spread)
            if isinstance(part, LineCodec)
            else loss_set(part, data, mine, index, how, spread)
        )
        optimiser.zero_grad()
        loss.backward()
        world.average(part.parameters())
        torch.nn.utils.clip_grad_norm_(part.parameters(), 5.0)
        optimiser.step()
        smooth = loss.item() if math.isnan(smooth) else 0.99 * smooth + 0.01 * loss.item()
        step += 1
        if step % 100 == 0:
            curve.add(step, time.process_time() - begun, {"loss": smooth})
        if world.leads and time.monotonic() - logged > 15:
            logged = time.monotonic()
            log(f"{name}: step {step} of {steps}, loss {smooth:.3f}")
        if world.leads and (time.monotonic() - saved > 60 or step == how.stop):
            saved = time.monotonic()
            save_checkpoint(folder, going, networks, optimisers, {"step": step})
        if step == how.stop:
            raise Stopped(f"{name} stopped at step {step} of {steps}")
    curve.add(step, time.process_time() - begun, {"loss": smooth})
    if world.leads:
        for path in folder.glob(f"{going}.*"):
            path.unlink()
    part.eval()
    figures = reconstruction(codec, bars, role)
    reached = " ".join(f"{k} {v:.3f}" for k, v in figures.items())
    if world.leads:
        log(f"{name}: {len(data.rows)} bars, {step} steps, loss {smooth:.3f}, dev {reached}")


def train_codec(
    bars: Bars,
    config: CodecConfig,
    how: CodecTraining,
    folder: Path,
    log: Callable[[str], None] = print,
    warm: Path | None = None,
    world: World = ALONE,
) -> Codec:
    """Trains all roles; finished roles are found in `folder` as `codec_<role>.safetensors` and not trained
    again.

    `warm` is another such folder to start from in place of random weights.
    """
    from safetensors.torch import load_file, save_file

    folder.mkdir(parents=True, exist_ok=True)
    torch.manual_seed(how.seed)
    codec = Codec(config)
    for role, spec in enumerate(SPECS):
        path = folder / f"codec_{spec.name}.safetensors"
        if path.exists():
            codec.roles[role].load_state_dict(load_file(path))
            if world.leads:
                log(f"{spec.name}: found {path.name}")
            continue
        if warm is not None and (warm / path.name).exists():
            codec.roles[role].load_state_dict(load_file(warm / path.name))
        train_role(codec, bars, role, how, folder, log, world=world)
        if world.leads:
            save_file({k: v.contiguous() for k, v in codec.roles[role].state_dict().items()}, path)
    return codec.eval()
