"""What a line means among its neighbours: a small transformer over the sentences of one scene.

The encoder reads each sentence once, by itself; the mixer lets the sentence vectors before and after it
change its answer. So a sentence is encoded once however often its neighbours change, and a scene costs
next to nothing.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn import functional


@dataclass(frozen=True, slots=True)
class MixerConfig:
    """The mixer's shape. `inputs`: a sentence vector's size; `reach`: sentences heard to either side, a
    layer; `outputs`: how many of the head's answers it may change, the first ones."""

    inputs: int = 768
    width: int = 256
    layers: int = 2
    heads: int = 4
    reach: int = 6
    outputs: int = 31


class MixerLayer(nn.Module):
    """Attention over the window, then a feed-forward part; both add to what is there (pre-norm)."""

    def __init__(self, config: MixerConfig) -> None:
        super().__init__()
        width = config.width
        self.heads = config.heads
        self.norm = nn.LayerNorm(width)
        self.qkv = nn.Linear(width, 3 * width)
        self.out = nn.Linear(width, width)
        self.distance = nn.Parameter(torch.zeros(config.heads, 2 * config.reach + 1))
        self.same = nn.Parameter(torch.zeros(config.heads))
        self.wide_norm = nn.LayerNorm(width)
        self.up = nn.Linear(width, 2 * width)
        self.down = nn.Linear(2 * width, width)

    def forward(self, x: Tensor, heard: Tensor, same: Tensor, dropout: float) -> Tensor:
        """x: n × width; `heard`: n × window, which sentences are listened to; `same`: n × window, 1 where the
        same person speaks."""
        count, width = x.shape
        window = heard.shape[1]
        query, key, value = self.qkv(self.norm(x)).split(width, 1)
        query = query.reshape(count, self.heads, -1)
        keys, values = (
            functional.pad(part, (0, 0, window // 2, window // 2)).view(-1, self.heads, query.shape[2])
            for part in (key, value)
        )
        # Neighbour by neighbour, each a row-wise sum: a sentence's sums are then added up in one order,
        # whatever is read with it.
        matches = [(query * keys[place : place + count]).sum(2) for place in range(window)]
        match = torch.stack(matches, 2) * (query.shape[2] ** -0.5)
        match = match + self.distance + same[:, None, :] * self.same[:, None]
        share = match.masked_fill(~heard[:, None, :], -1e4).softmax(2)
        attended = torch.zeros_like(query)
        for place in range(window):
            attended = attended + share[:, :, place, None] * values[place : place + count]
        x = x + functional.dropout(self.out(attended.flatten(1)), dropout, self.training)
        wide = functional.gelu(self.up(self.wide_norm(x)))
        answer: Tensor = x + functional.dropout(self.down(wide), dropout, self.training)
        return answer


class Mixer(nn.Module):
    """Sentence vectors and the head's answers of scenes → what the neighbours change in those answers.

    Of a sentence without neighbours nothing changes: it reads as it does by itself.
    """

    def __init__(self, config: MixerConfig, dropout: float = 0.2) -> None:
        super().__init__()
        self.config = config
        self.dropout = dropout
        self.project = nn.Linear(config.inputs, config.width)
        self.answers = nn.Linear(config.outputs, config.width)
        self.spoken = nn.Parameter(torch.zeros(2, config.width))
        self.layers = nn.ModuleList(MixerLayer(config) for _ in range(config.layers))
        self.norm = nn.LayerNorm(config.width)
        self.change = nn.Linear(config.width, config.outputs)
        nn.init.zeros_(self.change.weight)
        nn.init.zeros_(self.change.bias)

    def forward(self, vectors: Tensor, raw: Tensor, company: "Company") -> Tensor:
        """`vectors`: n × inputs; `raw`: n × targets. Answers n × outputs, to be added to the first answers
        of `raw`."""
        drop = self.dropout
        x = self.project(vectors) + self.answers(raw[:, : self.config.outputs]) + self.spoken[company.spoken]
        x = functional.dropout(x, drop, self.training)
        same = company.same.to(x.dtype)
        for layer in self.layers:
            x = layer(x, company.heard, same, drop)
        change: Tensor = self.change(functional.dropout(self.norm(x), drop, self.training))
        return change * (company.heard.sum(1) > 1).to(x.dtype)[:, None]


@dataclass(frozen=True, slots=True)
class Company:
    """Who hears whom, of n sentences: `heard` (n × window bool, itself in the middle), `same` (n × window
    bool: the same person speaks there), `spoken` (n: 1 for dialogue, else 0)."""

    heard: Tensor
    same: Tensor
    spoken: Tensor

    def to(self, device: torch.device | str) -> "Company":
        """The same on another device."""
        return Company(self.heard.to(device), self.same.to(device), self.spoken.to(device))

    def part(self, start: int, end: int) -> "Company":
        """Sentences `start` to `end` (exclusive), those beyond unheard."""
        reach = self.heard.shape[1] // 2
        place = torch.arange(start, end)[:, None] + torch.arange(-reach, reach + 1)[None, :]
        inside = (place >= start) & (place < end)
        return Company(self.heard[start:end] & inside, self.same[start:end] & inside, self.spoken[start:end])


def company_of(scenes: Sequence[int], speakers: Sequence[str], reach: int) -> Company:
    """`scenes`: a number a sentence, the same for all sentences of one scene, which stand together in order;
    `speakers`: who speaks each, "" for narration."""
    count = len(scenes)
    number = np.asarray(scenes, np.int64).reshape(-1)
    voice = np.unique(np.asarray(["", *speakers], np.str_), return_inverse=True)[1].reshape(-1)[1:]
    spoken = np.asarray([bool(speaker) for speaker in speakers], bool).reshape(-1)
    place = np.arange(count)[:, None] + np.arange(-reach, reach + 1)[None, :]
    inside = (place >= 0) & (place < count)
    place = np.where(inside, place, 0)
    heard = inside & (number[place] == number[:, None])
    same = heard & (voice[place] == voice[:, None]) & spoken[:, None]
    return Company(torch.from_numpy(heard), torch.from_numpy(same), torch.from_numpy(spoken.astype(np.int64)))
