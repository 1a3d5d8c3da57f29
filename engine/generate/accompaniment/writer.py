"""The accompaniment's writer: a causal transformer over what is struck together.

At each event it hears what it has written and is told what `conditions` gives; it names the notes from the
lowest to the highest, each knowing those below it, how long each lasts, and how soon the next are struck.
"""

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from engine.generate.accompaniment.conditions import SIZE
from engine.generate.accompaniment.events import END, LONGEST, PITCHES, SPEC
from engine.generate.grid import STEPS
from engine.generate.lines.writer import KeyValueCache, WriterConfig, WriterLayer

SLOWEST = 4096.0
"""Sixteenths or events of the slowest rotation."""


class AccompanimentWriter(nn.Module):
    """Events in, logits out. `forward` teaches, `advance` writes one event further."""

    rates: Tensor

    def __init__(self, config: WriterConfig) -> None:
        super().__init__()
        self.config = config
        width = config.width
        self.told = nn.Linear(SIZE, width)
        self.told_deep = nn.Sequential(nn.GELU(), nn.Linear(width, width))
        self.stack = [WriterLayer(config) for _ in range(config.layers)]
        self.layers = nn.ModuleList(self.stack)
        self.norm = nn.LayerNorm(width)
        self.state = nn.Linear(width, 3 * width)
        self.below = nn.Linear(PITCHES, 3 * width, bias=False)
        self.lasting = nn.Embedding(LONGEST + 1, 3 * width)
        self.chosen = nn.Embedding(END + 1, width)
        self.pitch = nn.Linear(width, END + 1)
        self.relative = nn.Linear(width, 12)
        self.steps = nn.Linear(width, LONGEST)
        self.wait = nn.Linear(width, STEPS)
        self.dropout = nn.Dropout(config.dropout)
        for table in (self.lasting, self.chosen):
            nn.init.normal_(table.weight, std=0.1)
        half = width // config.heads // 2
        periods = 4.0 * (SLOWEST / 4.0) ** (torch.arange(half) / max(1, half - 1))
        self.register_buffer("rates", 2 * torch.pi / periods, persistent=False)

    def _turns(self, time: Tensor, first: int) -> tuple[Tensor, Tensor]:
        count = torch.arange(first, first + time.shape[1], device=time.device, dtype=torch.float32)
        by_time = time.unsqueeze(-1) * self.rates
        by_count = (count.unsqueeze(-1) * self.rates).expand_as(by_time)
        half = self.config.heads // 2
        angles = torch.stack([by_time] * half + [by_count] * (self.config.heads - half), 1)
        return angles.cos(), angles.sin()

    def forward(self, told: Tensor, time: Tensor) -> Tensor:
        """What the heads start from [W, T, 3 · width] of whole stretches: `told` [W, T, SIZE], `time` [W, T]
        sixteenths."""
        entered = self.told(told)
        state = self.dropout(entered + self.told_deep(entered))
        turns = self._turns(time, 0)
        for layer in self.stack:
            state = layer.teach(state, turns)
        result: Tensor = self.state(self.norm(state))
        return result

    def advance(self, told: Tensor, time: Tensor, cache: KeyValueCache) -> Tensor:
        """The same for one more event [W, 3 · width]; the cache grows by it."""
        entered = self.told(told.unsqueeze(1))
        state = entered + self.told_deep(entered)
        turns = self._turns(time.unsqueeze(1), cache.events)
        for index, layer in enumerate(self.stack):
            state = layer.advance(state, turns, cache, index, self.config.window)
        cache.events += 1
        result: Tensor = self.state(self.norm(state))[:, 0]
        return result

    def heads(self, state: Tensor, below: Tensor, steps: Tensor) -> tuple[Tensor, Tensor, Tensor]:
        """Hidden states of pitch, length and wait [E, width] from states [E, 3 · width], the notes below
        [E, 52] and how long the last of them lasts [E] (0 none)."""
        pitch, length, wait = (state + self.below(below) + self.lasting(steps)).chunk(3, -1)
        return F.gelu(pitch), length, F.gelu(wait)

    def pitch_logits(self, hidden: Tensor, root: Tensor) -> Tensor:
        """Logits [E, 53] of the next note up, or the end; `root` int [E]."""
        classes = torch.arange(SPEC.low, SPEC.low + PITCHES, device=hidden.device)
        above = (classes - root.unsqueeze(-1)) % 12
        seen = F.pad(self.relative(hidden).gather(-1, above), (0, 1))
        result: Tensor = self.pitch(hidden) + seen
        return result

    def steps_logits(self, hidden: Tensor, pitch: Tensor) -> Tensor:
        """Logits [E, 32] of lengths 1…32 of notes whose pitch index is known."""
        result: Tensor = self.steps(F.gelu(hidden + self.chosen(pitch)))
        return result

    def wait_logits(self, hidden: Tensor) -> Tensor:
        """Logits [E, 16] of how soon the next are struck, 1…16 sixteenths."""
        result: Tensor = self.wait(hidden)
        return result
