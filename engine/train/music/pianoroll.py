"""The baseline without a codec: a GAN that writes the cells of the piano roll themselves.

Same trunk, conditions, form, objective and data as the generator that ships; in place of latents it gives for
every role of every bar which pitches sound in each sixteenth and where something starts, hard zeros and ones
with straight-through gradients (after MuseGAN's binary neurons, Dong & Yang 2018).
"""

import time
from collections.abc import Callable

import numpy as np
import numpy.typing as npt
import torch
from torch import Tensor
from torch.nn import functional as F

from engine.generate.conditions import Phrases
from engine.generate.config import CONTEXT, WINDOW, CodecConfig, GanConfig, GeneratorConfig
from engine.generate.critic import PhraseCritic
from engine.generate.generator import PhraseGenerator
from engine.generate.grid import FIRST_PITCH, HOLD, LINES, REST, SPECS, STEPS
from engine.train.music.gan import GanTraining
from engine.train.music.measures import PhraseSet
from engine.train.music.phrase_data import PhraseData, hide, style_vectors
from engine.train.music.tensors import STYLES, Bars

CELLS = tuple((spec.pitches + 1) * STEPS for spec in SPECS)
"""Numbers a bar by role: sounding pitches in every step, then whether something starts there."""

Ints = npt.NDArray[np.int64]


def roll_of(bars: Bars, rows: Ints) -> Tensor:
    """Cells float [N, sum of CELLS] of bar rows [N]."""
    parts = []
    for index, spec in enumerate(SPECS):
        if spec.line:
            tokens = bars.arrays.tokens[LINES.index(index)][rows].astype(np.int64)
            sound = np.zeros((len(rows), STEPS, spec.pitches), np.float32)
            current = np.full(len(rows), -1)
            for step in range(STEPS):
                token = tokens[:, step]
                current = np.where(
                    token >= FIRST_PITCH, token - FIRST_PITCH, np.where(token == HOLD, current, -1)
                )
                held = np.flatnonzero(current >= 0)
                sound[held, step, current[held]] = 1
            start = (tokens >= FIRST_PITCH).astype(np.float32)
        else:
            plane = 0 if spec.name == "chords" else 1
            bits = np.arange(spec.pitches)
            masks = bars.arrays.sounds[plane][rows]
            sound = ((masks[..., None] >> bits) & 1).astype(np.float32)
            start = (bars.arrays.onsets[plane][rows] != 0).astype(np.float32)
        parts += [sound.reshape(len(rows), -1), start]
    return torch.from_numpy(np.concatenate(parts, 1))


def phrases_of(cells: npt.NDArray[np.bool_], like: PhraseSet) -> PhraseSet:
    """Phrases from cells [B, sum of CELLS] under the harmony and metre of `like`; lines keep their outer
    voice."""
    count = len(cells)
    tokens = np.zeros((len(LINES), count, STEPS), np.uint8)
    onsets = np.zeros((2, count, STEPS), np.int64)
    sounds = np.zeros((2, count, STEPS), np.int64)
    valid = np.arange(STEPS) < np.where(like.meter == 0, 16, 12)[:, None]
    at = 0
    for index, spec in enumerate(SPECS):
        sound = cells[:, at : at + spec.pitches * STEPS].reshape(count, STEPS, spec.pitches)
        start = cells[:, at + spec.pitches * STEPS : at + CELLS[index]] & valid
        sound = sound & valid[..., None]
        at += CELLS[index]
        fresh = sound & ~np.concatenate([np.zeros_like(sound[:, :1]), sound[:, :-1]], 1)
        on = sound & (fresh | start[..., None])
        if not spec.line:
            plane = 0 if spec.name == "chords" else 1
            bits = np.left_shift(np.int64(1), np.arange(spec.pitches))
            onsets[plane], sounds[plane] = on @ bits, sound @ bits
            continue
        outer = sound[..., ::-1].argmax(-1) if spec.name != "bass" else sound.argmax(-1)
        pitch = outer if spec.name == "bass" else spec.pitches - 1 - outer
        playing = np.asarray(sound.any(-1))
        same = np.concatenate(
            [np.full((count, 1), False), (pitch[:, 1:] == pitch[:, :-1]) & playing[:, :-1]], 1
        )
        line = np.where(same & ~start, HOLD, FIRST_PITCH + pitch)
        tokens[LINES.index(index)] = np.where(playing, line, REST)
    return PhraseSet(tokens, onsets, sounds, like.asked, like.chords, like.meter, like.minor)


class RollGan:
    """Generator and critic over cells, trained as long as asked."""

    def __init__(self, bars: Bars, data: PhraseData, how: GanTraining) -> None:
        self.bars, self.how = bars, how
        shape = GanConfig(sources=(*STYLES, *bars.sources), joins=False)
        codec = CodecConfig(latents=CELLS, sketch_pitches=1)
        self.config = GeneratorConfig(codec, shape)
        torch.manual_seed(how.seed)
        self.generator, self.critic = PhraseGenerator(self.config), PhraseCritic(self.config)
        with torch.no_grad():
            self.generator.out.bias.fill_(-2.0)
        self.chance = torch.Generator().manual_seed(how.seed)
        self.rng = np.random.default_rng(how.seed)
        self.data = data
        self.steps = 0

    def _real(self, index: Tensor, data: PhraseData) -> tuple[Tensor, Tensor]:
        """Cells of what was before [W, 2, C] and of the phrases [W, 8, C]."""
        rows = data.rows[index]
        cells = roll_of(self.bars, rows.clamp(min=0).reshape(-1).numpy()).view(*rows.shape, -1)
        cells = cells * (rows >= 0).unsqueeze(-1)
        return cells[:, :CONTEXT], cells[:, CONTEXT:]

    def _make(self, conditions: Phrases, context: Tensor) -> Tensor:
        gan = self.config.gan
        noise = torch.randn(len(context), WINDOW, gan.noise, generator=self.chance)
        overall = torch.randn(len(context), gan.noise_global, generator=self.chance)
        soft = torch.sigmoid(self.generator(conditions, context, noise, overall))
        mask = _roles(conditions)
        hard = (soft > 0.5).float()
        return (hard - soft).detach() * mask + soft * mask

    def _judge(self, conditions: Phrases, context: Tensor, cells: Tensor) -> Tensor:
        blank = cells.new_zeros(len(cells), CONTEXT + WINDOW, len(SPECS), self.config.codec.looks)
        score: Tensor = self.critic(conditions, context, cells, blank)
        return score

    def train(self, seconds: float, log: Callable[[str], None] = print) -> None:
        """Trains for so many processor seconds with the paired objective."""
        how, begun = self.how, time.process_time()
        for_generator = torch.optim.Adam(self.generator.parameters(), lr=how.rate, betas=(0.0, 0.99))
        for_critic = torch.optim.Adam(self.critic.parameters(), lr=how.critic_rate, betas=(0.0, 0.99))
        while time.process_time() - begun < seconds:
            index = torch.randint(len(self.data.rows), (how.batch,), generator=self.chance)
            first = self.data.rows[index, CONTEXT].numpy()
            style = torch.from_numpy(style_vectors(self.bars, first, self.rng, how.styleless))
            before, real = self._real(index, self.data)
            conditions, before = hide(self.data.phrases.rows(index), before, style, self.chance)
            with torch.no_grad():
                fake = self._make(conditions, before)
            gap = self._judge(conditions, before, real) - self._judge(conditions, before, fake)
            loss = F.softplus(-gap).mean()
            if self.steps % how.every == 0:
                for cells in (real, fake):
                    point = cells.detach().requires_grad_(True)
                    score = self._judge(conditions, before, point).sum()
                    (slope,) = torch.autograd.grad(score, point, create_graph=True)
                    loss = loss + 0.5 * how.penalty * how.every * slope.square().sum((1, 2)).mean()
            for_critic.zero_grad(set_to_none=True)
            loss.backward()
            for_critic.step()
            self.critic.requires_grad_(False)
            with torch.no_grad():
                on_real = self._judge(conditions, before, real)
            wish = F.softplus(
                on_real - self._judge(conditions, before, self._make(conditions, before))
            ).mean()
            for_generator.zero_grad(set_to_none=True)
            wish.backward()
            for_generator.step()
            self.critic.requires_grad_(True)
            self.steps += 1
            if self.steps % 100 == 0:
                log(f"piano-roll GAN: {time.process_time() - begun:.0f} s, step {self.steps}")

    def phrases(self, data: PhraseData, index: Tensor, like: PhraseSet) -> PhraseSet:
        """What it writes for the conditions of the real phrases `index`."""
        with torch.no_grad():
            context, _ = self._real(index, data)
            cells = self._make(data.phrases.rows(index), context)
        return phrases_of(cells.reshape(-1, cells.shape[-1]).numpy() > 0.5, like)


def _roles(conditions: Phrases) -> Tensor:
    """Which cells may sound [W, 8, sum of CELLS]: those of roles that play."""
    return conditions.present[:, CONTEXT:].repeat_interleave(torch.tensor(CELLS), -1)
