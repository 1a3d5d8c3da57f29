"""A line read among the tokens of the lines around it in its scene.

In the encoder's upper layers each token of a line hears, besides its own line, the lines up to `reach` before
and after it. They are heard as they read by themselves. So the lower layers see a line once, a line depends
on nothing outside its window, and an edit changes only the lines that have it in theirs.

The words of the neighbours decide more than vectors of them do (`engine/train/NOTES-text.md`).
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import torch
from torch import Tensor, nn
from torch.nn import functional

from engine.text.encoder import Encoder, Layer, steady_gelu

States = tuple[Tensor, ...]
"""Of one line read by itself: its states before each layer that hears neighbours, tokens × width each."""
Answers = tuple[Tensor, ...]
"""What lines near it hear of a line: its keys and values in each of those layers, tokens × 2·width each."""


@dataclass(frozen=True, slots=True)
class WindowConfig:
    """`first`: the first layer of the encoder that hears neighbours; `reach`: how many lines before and
    after."""

    first: int = 6
    reach: int = 4


class Window(nn.Module):
    """What hearing a token of another line is worth by how many lines away it stands: added to the matches of
    attention, a layer, a head and a distance (−reach … −1, 1 … reach; to a line's own tokens nothing is
    added)."""

    def __init__(self, config: WindowConfig, layers: int, heads: int, begin: float = -2.0) -> None:
        super().__init__()
        self.config = config
        away = torch.tensor([*range(config.reach, 0, -1), *range(1, config.reach + 1)])
        nearness = begin - 0.3 * (away - 1)
        self.nearness = nn.Parameter(nearness.repeat(layers - config.first, heads, 1))


@dataclass(frozen=True, slots=True)
class Heard:
    """A line in its window: its number among the lines given, and (number, how many lines away) of each
    neighbour, in order."""

    line: int
    near: tuple[tuple[int, int], ...]


def answers_of(encoder: Encoder, window: Window, lines: Sequence[States]) -> list[Answers]:
    """Row by row, so that a line's answers are the same bits whatever is asked with it."""
    sizes = [len(own[0]) for own in lines]
    found: list[Sequence[Tensor]] = []
    for number, layer in enumerate(encoder.layers[window.config.first :]):
        assert isinstance(layer, Layer)
        flat = torch.cat([own[number] for own in lines])
        found.append(torch.split(layer.qkv(flat)[:, flat.shape[1] :].contiguous(), sizes))
    return list(zip(*found, strict=True))


def read_in_windows(
    encoder: Encoder,
    window: Window,
    lines: Sequence[States],
    answers: Mapping[int, Answers],
    asked: Sequence[Heard],
    before: int,
) -> tuple[list[Tensor], list[Tensor]]:
    """The states of each line asked about, tokens × width: before layer `before`, and after all.

    `lines`: what each line is by itself; `answers`: by number, what is heard of those that are near others.
    All but attention goes row by row, attention line by line and in float64, so that with int8 rows and on
    one thread a line's states are the same bits whatever is read with it. A line without neighbours is what
    it is by itself: nothing but its last layer is left to do.
    """
    among = [one for one in asked if one.near]
    deep, top = _among_neighbours(encoder, window, lines, answers, among, before)
    lone = [lines[one.line] for one in asked if not one.near]
    if not lone:
        return deep, top
    first, last = window.config.first, len(encoder.layers)
    deeper = iter([own[before - first if first <= before < last else 0] for own in lone])
    final = iter(encoder.go_on([own[-1] for own in lone], last - 1))
    others = iter(zip(deep, top, strict=True))
    found = [next(others) if one.near else (next(deeper), next(final)) for one in asked]
    return [states for states, _ in found], [states for _, states in found]


def _among_neighbours(
    encoder: Encoder,
    window: Window,
    lines: Sequence[States],
    answers: Mapping[int, Answers],
    asked: Sequence[Heard],
    before: int,
) -> tuple[list[Tensor], list[Tensor]]:
    """As `read_in_windows`, of lines that have neighbours."""
    if not asked:
        return [], []
    size = [len(own[0]) for own in lines]
    own = [lines[one.line][0] for one in asked]
    nearness = functional.pad(window.nearness.double(), (0, 1))  # the last column: a line's own tokens
    bias = [nearness[:, :, places_of(one, size, window.config.reach)] for one in asked]
    deep = own
    for number, layer in enumerate(encoder.layers[window.config.first :]):
        assert isinstance(layer, Layer)
        if window.config.first + number == before:
            deep = own
        heard = {line: answers[line][number].double() for one in asked for line, _ in one.near}
        flat = torch.cat(own)
        parts = torch.split(layer.qkv(flat).double(), [len(states) for states in own])
        mixed = [
            attention(layer.heads, part, [heard[line] for line, _ in one.near], worth[number])
            for one, part, worth in zip(asked, parts, bias, strict=True)
        ]
        after = layer.after(flat, torch.cat(mixed).to(flat), 0.0, steady_gelu)
        own = list(torch.split(after, [len(states) for states in own]))
    return deep, own


def places_of(one: Heard, size: Sequence[int], reach: int) -> list[int]:
    """For each token that a line hears, its own first, the column of the nearness (2 · reach: its own)."""
    columns = [(line, reach + distance - (distance > 0)) for line, distance in one.near]
    return [2 * reach] * size[one.line] + [column for line, column in columns for _ in range(size[line])]


def attention(heads: int, own: Tensor, near: Sequence[Tensor], worth: Tensor) -> Tensor:
    """What the tokens of one line hear in its window, tokens × width. `own`: their queries, keys and values,
    tokens × 3·width; `near`: the neighbours' keys and values; `worth`: heads × tokens heard, added to
    their matches."""
    count, width = own.shape[0], own.shape[1] // 3
    every = torch.cat([own[:, width:], *near]).view(-1, 2, heads, width // heads).permute(1, 2, 0, 3)[:, None]
    bias = worth[None, :, None].expand(1, heads, count, -1)
    query = own[:, :width].view(-1, heads, width // heads).permute(1, 0, 2)[None]
    mixed = functional.scaled_dot_product_attention(query, every[0], every[1], attn_mask=bias)
    return mixed[0].transpose(0, 1).reshape(count, width)
