"""What training does where the product reads lines in their windows (`engine.text.window`): the same
arithmetic in float32, whole scenes at once, with gradients.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor
from torch.nn import functional

from engine.text.encoder import Layer
from engine.text.model import EmotionModel
from engine.train.text.cache import Cache

NEVER = -1e4
"""Added to the match of a token that is not heard."""


@dataclass(frozen=True, slots=True)
class SceneTokens:
    """One scene's tokens end to end. `line`: the line of each; `near`: tokens × tokens, where each is not
    heard as a neighbour; `other`: tokens × tokens, `NEVER` where it is of another line."""

    line: Tensor
    near: Tensor
    other: Tensor
    places: Tensor


def scene_tokens(sizes: Sequence[int], reach: int, unheard: float, rng: np.random.Generator) -> SceneTokens:
    """`sizes`: tokens of each line; `unheard`: the share of neighbours a line does not hear."""
    line = torch.repeat_interleave(torch.arange(len(sizes)), torch.tensor(sizes))
    away = line[None, :] - line[:, None]
    deaf = torch.from_numpy(rng.random((len(sizes), len(sizes))) < unheard)
    return SceneTokens(
        line,
        (away == 0) | (away.abs() > reach) | deaf[line][:, line],
        torch.zeros(away.shape).masked_fill(away != 0, NEVER),
        (away + reach - (away > 0).long()).clamp(0, 2 * reach - 1),
    )


def scene_vectors(
    model: EmotionModel,
    cache: Cache,
    scenes: Sequence[np.ndarray],
    frozen: int,
    unheard: float = 0.0,
    draw: int = 0,
) -> Tensor:
    """Pooled vectors of the lines of whole scenes (their rows in the cache), each in its window, lines ×
    2·width; it does not hear a share of `unheard` of its neighbours (which ones depends on `draw`).

    What the neighbours are by themselves is taken as it is, without gradients, which saves a third of a step:
    texts by themselves are learnt from elsewhere.
    """
    assert model.window is not None
    device, rng = model.query.device, np.random.default_rng(draw)
    rows = np.concatenate(scenes)
    parts = [cache.states(int(row)) for row in rows]
    lengths = [len(part) for part in parts]
    ends = np.cumsum([len(scene) for scene in scenes])
    groups = [lengths[end - len(scene) : end] for scene, end in zip(scenes, ends, strict=True)]
    tokens = [scene_tokens(group, model.window.config.reach, unheard, rng) for group in groups]
    sizes = [sum(group) for group in groups]
    alone = among = torch.from_numpy(np.concatenate(parts)).float().to(device)
    for index in range(frozen, len(model.encoder.layers)):
        layer = model.encoder.layers[index]
        assert isinstance(layer, Layer)
        level = index - model.window.config.first
        drop = layer.dropout if layer.training else 0.0
        if level < 0:
            among = alone = passed(layer, among, sizes, [one.other.to(device) for one in tokens], drop)
            continue
        with torch.no_grad():
            own = torch.split(layer.qkv(alone.detach()), sizes)
            if level + 1 < len(model.window.nearness):
                alone = passed(layer, alone.detach(), sizes, [one.other.to(device) for one in tokens], drop)
        mixed = []
        for part, other, one in zip(own, torch.split(layer.qkv(among), sizes), tokens, strict=True):
            nearness = model.window.nearness[level][:, one.places.to(device)]
            near = nearness.masked_fill(one.near.to(device), NEVER)
            bias = torch.cat([near, one.other.to(device).expand_as(near)], 2)
            mixed.append(heard(layer, other, torch.cat([part, other]), bias, drop))
        among = layer.after(among, torch.cat(mixed), drop)
    number = torch.repeat_interleave(torch.arange(len(rows)), torch.tensor(lengths)).to(device)
    return pooled(model, among, number, len(rows))


def passed(
    layer: Layer, states: Tensor, sizes: Sequence[int], other: Sequence[Tensor], drop: float
) -> Tensor:
    """Lines by themselves through a layer. `other`: of each scene, `NEVER` where a token is of another
    line."""
    parts = torch.split(layer.qkv(states), list(sizes))
    mixed = [heard(layer, part, part, mask, drop) for part, mask in zip(parts, other, strict=True)]
    return layer.after(states, torch.cat(mixed), drop)


def heard(layer: Layer, asking: Tensor, answering: Tensor, bias: Tensor, drop: float) -> Tensor:
    """Attention of some tokens to others, by their queries, keys and values: tokens × width. `bias`: (heads
    ×) asking × answering."""
    query, _, _ = asking.view(len(asking), 3, layer.heads, -1).permute(1, 2, 0, 3)
    _, key, value = answering.view(len(answering), 3, layer.heads, -1).permute(1, 2, 0, 3)
    mask = bias if bias.dim() == 2 else bias[None]
    found = functional.scaled_dot_product_attention(query[None], key[None], value[None], mask, drop)
    return found[0].transpose(0, 1).reshape(len(asking), -1)


def pooled(model: EmotionModel, states: Tensor, number: Tensor, count: int) -> Tensor:
    """`EmotionModel.pool` of lines whose tokens stand end to end, `number` of each token's line: count ×
    2·width."""
    width = states.shape[1]
    size = torch.bincount(number, minlength=count).to(states)[:, None]
    mean = states.new_zeros(count, width).index_add(0, number, states) / size
    match = states @ model.query
    most = match.detach().new_full((count,), NEVER).scatter_reduce(0, number, match.detach(), "amax")
    share = (match - most[number]).exp()
    total = share.new_zeros(count).index_add(0, number, share)
    weighed = states * (share / total[number])[:, None]
    return torch.cat([mean, states.new_zeros(count, width).index_add(0, number, weighed)], 1)
