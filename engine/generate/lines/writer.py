"""The line writer: a causal transformer that writes a line event by event, hearing all that it has written.

Melody, counter-melody and bass are written by the same network, told apart by their role. At each event it
hears the events so far and is told what `conditions` gives at this place; it gives the pitch (or rest), then,
the pitch being known, how long it lasts. Half of the attention heads measure distance in sixteenths, half in
events (rotary positions, Su et al. 2021): the same place four bars ago is as easily found as the last note.
"""

from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn import functional as F

from engine.generate.lines.conditions import MINOR_AT, SIZE
from engine.generate.lines.events import (
    DIATONIC,
    FARTHEST,
    FARTHEST_DEGREES,
    INTERVAL_OF_REST,
    LONGEST,
    LOWEST,
    NO_INTERVAL,
    NOTHING,
    PITCHES,
    RECENT,
)
from engine.generate.lines.returns import degree_of

PITCH_CLASSES = PITCHES + 1
"""Pitches and the rest."""
LONGEST_PERIOD = 4096.0
"""Sixteenths or events of the slowest rotation."""


@dataclass(frozen=True, slots=True)
class WriterConfig:
    """Sizes. `window` is the number of events that are heard at most."""

    width: int = 192
    layers: int = 6
    heads: int = 6
    window: int = 256
    dropout: float = 0.1
    relative: bool = False
    """Intervals are heard beside pitches, and the next pitch is judged by its interval as well: figures are
    known and taken up on any degree."""
    diatonic: bool = False
    """The same by scale degrees: sequences within the key."""


@dataclass(frozen=True, slots=True)
class Heard:
    """What comes in, for W lines of T events, all [W, T] but the first: `features` float [W, T, SIZE];
    `before_pitch` (0…69) and `before_steps` (0…32) of the event before; `led_pitch`, `led_next`, `other`
    pitch indices 0…69; `time` float: onset in sixteenths from anywhere; `intervals` and `durations` [W, T, 3]
    of the last three events, the latest first, as `events.interval_number` counts and in sixteenths (0 none);
    `anchor` the pitch index of the last note (NOTHING: none)."""

    features: Tensor
    before_pitch: Tensor
    before_steps: Tensor
    led_pitch: Tensor
    led_next: Tensor
    other: Tensor
    time: Tensor
    intervals: Tensor
    durations: Tensor
    anchor: Tensor


@dataclass(slots=True)
class KeyValueCache:
    """Keys and values of the events heard so far, by layer: [W, heads, n, size]."""

    keys: list[Tensor]
    values: list[Tensor]
    events: int = 0


class LineWriter(nn.Module):
    """Lines in, logits out. `forward` teaches whole lines, `advance` writes one event further."""

    rates: Tensor
    degree_table: Tensor
    altered: Tensor

    def __init__(self, config: WriterConfig) -> None:
        super().__init__()
        self.config = config
        width = config.width
        self.told = nn.Linear(SIZE, width)
        self.told_deep = nn.Sequential(nn.GELU(), nn.Linear(width, width))
        self.before_pitch = nn.Embedding(NOTHING + 1, width)
        self.before_steps = nn.Embedding(LONGEST + 1, width)
        self.led_pitch = nn.Embedding(NOTHING + 1, width)
        self.led_next = nn.Embedding(NOTHING + 1, width)
        self.other = nn.Embedding(NOTHING + 1, width)
        self.stack = [WriterLayer(config) for _ in range(config.layers)]
        self.layers = nn.ModuleList(self.stack)
        self.norm = nn.LayerNorm(width)
        self.pitch = nn.Linear(width, PITCH_CLASSES)
        self.chosen = nn.Embedding(PITCH_CLASSES, width)
        self.steps = nn.Sequential(nn.Linear(width, width), nn.GELU(), nn.Linear(width, LONGEST))
        self.dropout = nn.Dropout(config.dropout)
        for table in (
            self.before_pitch, self.before_steps, self.led_pitch, self.led_next, self.other, self.chosen
        ):  # fmt: skip
            nn.init.normal_(table.weight, std=0.1)
        if config.relative:
            self.intervals = nn.ModuleList(nn.Embedding(NO_INTERVAL + 1, width) for _ in range(RECENT))
            self.durations = nn.ModuleList(nn.Embedding(LONGEST + 1, width) for _ in range(RECENT - 1))
            self.interval = nn.Linear(width, 2 * FARTHEST + 1)
            for own in (
                *self.intervals.parameters(),
                *self.durations.parameters(),
                *self.interval.parameters(),
            ):
                nn.init.zeros_(own)  # added to a writer that knows none of it, they change nothing
        if config.diatonic:
            self.degrees = nn.ModuleList(nn.Embedding(2 * DIATONIC + 2, width) for _ in range(RECENT))
            self.degree = nn.Linear(width, 2 * DIATONIC)
            for own in (*self.degrees.parameters(), *self.degree.parameters()):
                nn.init.zeros_(own)
            pitch = np.tile(np.arange(PITCHES) + LOWEST, (2, 1))
            degree, alter = degree_of(pitch, np.array([[False], [True]]) & np.ones_like(pitch, np.bool_))
            self.register_buffer("degree_table", torch.from_numpy(degree), persistent=False)
            self.register_buffer("altered", torch.from_numpy((alter != 0).astype(np.int64)), persistent=False)
        size = width // config.heads
        half = size // 2
        periods = 4.0 * (LONGEST_PERIOD / 4.0) ** (torch.arange(half) / max(1, half - 1))
        self.register_buffer("rates", 2 * torch.pi / periods, persistent=False)

    def _enter(self, heard: Heard) -> Tensor:
        features = self.told(heard.features)
        total: Tensor = (
            features
            + self.told_deep(features)
            + self.before_pitch(heard.before_pitch)
            + self.before_steps(heard.before_steps)
            + self.led_pitch(heard.led_pitch)
            + self.led_next(heard.led_next)
            + self.other(heard.other)
        )
        if self.config.relative:
            for number, table in enumerate(self.intervals):
                total = total + table(heard.intervals[..., number])
            for number, table in enumerate(self.durations, 1):
                total = total + table(heard.durations[..., number])
        if self.config.diatonic:
            for table, interval in zip(self.degrees, self._recent_degrees(heard), strict=True):
                total = total + table(interval)
        return total

    def _recent_degrees(self, heard: Heard) -> list[Tensor]:
        """Diatonic interval numbers [W, T] of the last three events: 0…28, 29…57 to altered tones, then of a
        rest and of none."""
        minor = heard.features[..., MINOR_AT].long()
        pitch, found = heard.anchor, []
        for event in heard.intervals.unbind(-1):
            note = event < INTERVAL_OF_REST
            before = (pitch - (event - FARTHEST)).clamp(0, PITCHES - 1)
            here = pitch.clamp(0, PITCHES - 1)
            number = self._diatonic(here, before, minor)
            rest = torch.where(event == INTERVAL_OF_REST, 2 * DIATONIC, 2 * DIATONIC + 1)
            found.append(torch.where(note & (pitch < PITCHES), number, rest))
            pitch = torch.where(note, before, pitch)
        return found

    def _diatonic(self, pitch: Tensor, before: Tensor, minor: Tensor) -> Tensor:
        """Diatonic interval numbers of pitch indices from those before."""
        moved = self.degree_table[minor, pitch] - self.degree_table[minor, before]
        moved = moved.clamp(-FARTHEST_DEGREES, FARTHEST_DEGREES) + FARTHEST_DEGREES
        return moved + DIATONIC * self.altered[minor, pitch]

    def _turns(self, time: Tensor, first: int) -> tuple[Tensor, Tensor]:
        """Cosines and sines [W, heads, T, size / 2] of the rotations at these places."""
        count = torch.arange(first, first + time.shape[1], device=time.device, dtype=torch.float32)
        by_time = time.unsqueeze(-1) * self.rates
        by_count = (count.unsqueeze(-1) * self.rates).expand_as(by_time)
        half = self.config.heads // 2
        angles = torch.stack([by_time] * half + [by_count] * (self.config.heads - half), 1)
        return angles.cos(), angles.sin()

    def forward(self, heard: Heard) -> Tensor:
        """Hidden states [W, T, width] of whole lines, each event hearing those before it."""
        state = self.dropout(self._enter(heard))
        turns = self._turns(heard.time, 0)
        for layer in self.stack:
            state = layer.teach(state, turns)
        result: Tensor = self.norm(state)
        return result

    def start(self) -> KeyValueCache:
        """An empty cache."""
        return KeyValueCache([], [])

    def advance(self, heard: Heard, cache: KeyValueCache) -> Tensor:
        """The hidden state [W, width] of one more event (T = 1); the cache grows by it."""
        state = self._enter(heard)
        turns = self._turns(heard.time, cache.events)
        for index, layer in enumerate(self.stack):
            state = layer.advance(state, turns, cache, index, self.config.window)
        cache.events += 1
        result: Tensor = self.norm(state)[:, 0]
        return result

    def pitch_logits(self, state: Tensor, anchor: Tensor, minor: Tensor) -> Tensor:
        """Logits [..., 69] of states [..., width]; `anchor` and `minor` (bool) [...] as heard there."""
        result: Tensor = self.pitch(state)
        if self.config.relative:
            by = torch.arange(PITCHES, device=state.device) - anchor.unsqueeze(-1) + FARTHEST
            known = (by >= 0) & (by <= 2 * FARTHEST) & (anchor < PITCHES).unsqueeze(-1)
            own = self.interval(state).gather(-1, by.clamp(0, 2 * FARTHEST))
            result = result + F.pad(torch.where(known, own, 0.0), (0, 1))
        if self.config.diatonic:
            every = torch.arange(PITCHES, device=state.device).expand(*anchor.shape, PITCHES)
            before = anchor.clamp(max=PITCHES - 1).unsqueeze(-1)
            number = self._diatonic(every, before, minor.long().unsqueeze(-1))
            own = self.degree(state).gather(-1, number)
            result = result + F.pad(torch.where((anchor < PITCHES).unsqueeze(-1), own, 0.0), (0, 1))
        return result

    def steps_logits(self, state: Tensor, pitch: Tensor) -> Tensor:
        """Logits [..., 32] of durations 1…32 of events whose pitch is known."""
        result: Tensor = self.steps(state + self.chosen(pitch))
        return result


class WriterLayer(nn.Module):
    """A causal layer with rotary places: `teach` whole stretches, `advance` by one event."""

    def __init__(self, config: WriterConfig) -> None:
        super().__init__()
        width = config.width
        self.heads = config.heads
        self.before = nn.LayerNorm(width)
        self.project = nn.Linear(width, 3 * width)
        self.out = nn.Linear(width, width)
        self.between = nn.LayerNorm(width)
        self.think = nn.Sequential(nn.Linear(width, 4 * width), nn.GELU(), nn.Linear(4 * width, width))
        self.dropout = nn.Dropout(config.dropout)

    def _split(self, state: Tensor, turns: tuple[Tensor, Tensor]) -> tuple[Tensor, Tensor, Tensor]:
        lines, events, _ = state.shape
        query, key, value = (
            part.view(lines, events, self.heads, -1).transpose(1, 2)
            for part in self.project(self.before(state)).chunk(3, -1)
        )
        return _turned(query, turns), _turned(key, turns), value

    def teach(self, state: Tensor, turns: tuple[Tensor, Tensor]) -> Tensor:
        """States [W, T, width] of whole stretches; `turns` as `LineWriter` makes them."""
        query, key, value = self._split(state, turns)
        heard = F.scaled_dot_product_attention(query, key, value, is_causal=True)
        state = state + self.dropout(self.out(heard.transpose(1, 2).flatten(2)))
        result: Tensor = state + self.dropout(self.think(self.between(state)))
        return result

    def advance(
        self, state: Tensor, turns: tuple[Tensor, Tensor], cache: KeyValueCache, index: int, window: int
    ) -> Tensor:
        """The state [W, 1, width] of one more event; keys and values of layer `index` grow by it, the last
        `window` are kept."""
        query, key, value = self._split(state, turns)
        if index < len(cache.keys):
            key = torch.cat([cache.keys[index], key], 2)[:, :, -window:]
            value = torch.cat([cache.values[index], value], 2)[:, :, -window:]
            cache.keys[index], cache.values[index] = key, value
        else:
            cache.keys.append(key)
            cache.values.append(value)
        heard = F.scaled_dot_product_attention(query, key, value)
        state = state + self.out(heard.transpose(1, 2).flatten(2))
        result: Tensor = state + self.think(self.between(state))
        return result


def _turned(state: Tensor, turns: tuple[Tensor, Tensor]) -> Tensor:
    """Pairs of features [W, heads, T, size] rotated."""
    cosine, sine = turns
    left, right = state.chunk(2, -1)
    return torch.cat([left * cosine - right * sine, left * sine + right * cosine], -1)
