"""A BERT encoder as one short forward pass: token ids in, one vector a token out.

It computes what `transformers.BertModel` computes (a test proves it) without importing transformers, which
costs seconds at start, and it can run its linear layers on 8-bit integers: weights by row, activations by
token, summed exactly (`products`). Training uses the same class in float32.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby

import torch
from torch import Tensor, nn
from torch.nn import functional

from engine.text.products import Path, exact_product


@dataclass(frozen=True, slots=True)
class EncoderConfig:
    """The encoder's shape. `positions` is the longest sequence in tokens, `hidden` the feed-forward width."""

    vocabulary: int = 45001
    width: int = 384
    layers: int = 12
    heads: int = 12
    hidden: int = 1536
    positions: int = 512
    eps: float = 1e-12


TINY = EncoderConfig(vocabulary=512, width=32, layers=2, heads=4, hidden=64, positions=128)
"""The debug model's shape: random weights, for tests that must be fast and need no files."""


CACHED_ROWS = 192
"""Tokens that go through the wide feed-forward layer at once at inference: what stays in a core's own
cache."""


def quantise_rows(weight: Tensor) -> tuple[Tensor, Tensor]:
    """Rounds each row of `weight` (rows × columns) to int8 with its own scale: (int8 matrix, float32 scale
    a row)."""
    scale = weight.detach().abs().amax(1).clamp_min(1e-12) / 127.0
    return (weight.detach() / scale[:, None]).round().to(torch.int8), scale.float()


class Linear(nn.Linear):
    """A linear layer that begins unset: its weights always come from a file or from `Encoder.initialise`.

    Initialising by default would cost a second and a half of every start, on the meta device too.
    """

    def reset_parameters(self) -> None:
        """Draws nothing: weights are always loaded, and drawing them takes seconds."""


class RowLinear(nn.Module):
    """A linear layer with int8 weights, one scale an output row. Inference on the CPU only.

    Rounding the activations goes row by row and the product is exact, so a row's outputs depend on nothing
    but the row: not on its neighbours, their number, the threads or the processor.
    """

    scale: Tensor
    bias: Tensor

    def __init__(self, weight: Tensor, scale: Tensor, bias: Tensor, path: Path | None = None) -> None:
        super().__init__()
        self.product = exact_product(weight, path)
        self.register_buffer("scale", scale.float(), persistent=False)
        self.register_buffer("bias", bias.float(), persistent=False)

    def forward(self, x: Tensor) -> Tensor:
        """x: tokens × inputs, float32 → tokens × outputs, float32."""
        step = x.abs().amax(1, keepdim=True).clamp_min(1e-12).mul_(1.0 / 127.0)
        total = self.product((x / step).round_())
        return total.mul_(step).mul_(self.scale).add_(self.bias)


class RowEmbedding(nn.Module):
    """An embedding table kept in int8 rows and widened on the way out: a quarter of the memory, no work at
    load."""

    weight: Tensor
    scale: Tensor

    def __init__(self, weight: Tensor, scale: Tensor) -> None:
        super().__init__()
        self.register_buffer("weight", weight, persistent=False)
        self.register_buffer("scale", scale.float(), persistent=False)

    def forward(self, ids: Tensor) -> Tensor:
        """Token ids [B, T] → float32 [B, T, width], from int8 rows and a scale a row."""
        wide: Tensor = self.weight[ids].float() * self.scale[ids].unsqueeze(-1)
        return wide


def steady_gelu(x: Tensor) -> Tensor:
    """The Gaussian error linear unit. `functional.gelu` differs in the last digit between processors with and
    without AVX512, and at the ends of what each thread gets; these steps do not."""
    return torch.erf(x * 0.5**0.5).add_(1.0).mul_(x).mul_(0.5)


class Layer(nn.Module):
    """One transformer block, post-norm: attention, add and norm, feed-forward, add and norm."""

    def __init__(self, config: EncoderConfig) -> None:
        super().__init__()
        self.heads = config.heads
        self.qkv: nn.Module = Linear(config.width, 3 * config.width)
        self.out: nn.Module = Linear(config.width, config.width)
        self.out_norm = nn.LayerNorm(config.width, eps=config.eps)
        self.up: nn.Module = Linear(config.width, config.hidden)
        self.down: nn.Module = Linear(config.hidden, config.width)
        self.down_norm = nn.LayerNorm(config.width, eps=config.eps)
        self.dropout = 0.0

    def forward(self, x: Tensor, bias: Tensor | None) -> Tensor:
        """x: batch × tokens × width. `bias` (batch × 1 × 1 × tokens) is 0 at tokens, very negative at
        padding."""
        batch, tokens, width = x.shape
        flat = x.reshape(batch * tokens, width)
        drop = self.dropout if self.training else 0.0
        mixed = self._attention(self.qkv(flat), batch, bias, drop)
        answer: Tensor = self.after(flat, mixed, drop).view(batch, tokens, width)
        return answer

    def read(self, flat: Tensor, spans: Sequence["Span"]) -> Tensor:
        """Texts of any lengths end to end, without padding: tokens × width → tokens × width.

        Everything but attention goes row by row; attention goes text by text, in float64, since rounding to
        int8 makes per cents of float32's last digit. So a text reads the same in any company.
        """
        return self.hear(flat, self.qkv(flat), spans)

    def hear(self, flat: Tensor, qkv: Tensor, spans: Sequence["Span"]) -> Tensor:
        """`read`, given what the tokens ask and answer: tokens × 3·width."""
        mixed = torch.empty_like(flat)
        for span in spans:
            part = slice(span.start, span.start + span.texts * span.length)
            mixed[part] = self._attention(qkv[part].double(), span.texts, None, 0.0)
        return self.after(flat, mixed, 0.0, steady_gelu)

    def _attention(self, qkv: Tensor, batch: int, bias: Tensor | None, drop: float) -> Tensor:
        """Queries, keys and values, (batch · tokens) × 3·width → (batch · tokens) × width."""
        heads = qkv.view(batch, -1, 3, self.heads, qkv.shape[1] // (3 * self.heads)).permute(2, 0, 3, 1, 4)
        mixed = functional.scaled_dot_product_attention(
            heads[0], heads[1], heads[2], attn_mask=bias, dropout_p=drop
        )
        return mixed.transpose(1, 2).reshape(len(qkv), -1)

    def after(
        self, flat: Tensor, mixed: Tensor, drop: float, gelu: Callable[[Tensor], Tensor] = functional.gelu
    ) -> Tensor:
        """What follows attention, row by row."""
        flat = self.out_norm(flat + functional.dropout(self.out(mixed), drop, self.training))
        parts = (flat,) if self.training else torch.split(flat, CACHED_ROWS)
        grown = torch.cat([self.down(gelu(self.up(part))) for part in parts])
        answer: Tensor = self.down_norm(flat + functional.dropout(grown, drop, self.training))
        return answer


@dataclass(frozen=True, slots=True)
class Span:
    """Texts of one length that stand behind each other in a run of tokens: the first token, how many texts,
    tokens of each."""

    start: int
    texts: int
    length: int


def spans_of(lengths: Sequence[int]) -> list[Span]:
    """Equal neighbours joined."""
    spans: list[Span] = []
    start = 0
    for length, same in groupby(lengths):
        spans.append(Span(start, len(list(same)), length))
        start += length * spans[-1].texts
    return spans


class Encoder(nn.Module):
    """The whole encoder. `forward` runs it all; `embed` and `run` let training start from a middle layer."""

    def __init__(self, config: EncoderConfig) -> None:
        super().__init__()
        self.config = config
        unset = torch.empty(config.vocabulary, config.width)
        self.words: nn.Module = nn.Embedding(config.vocabulary, config.width, _weight=unset)
        self.positions = nn.Parameter(torch.zeros(config.positions, config.width))
        self.words_norm = nn.LayerNorm(config.width, eps=config.eps)
        self.layers = nn.ModuleList(Layer(config) for _ in range(config.layers))

    @torch.no_grad()
    def initialise(self, generator: torch.Generator, spread: float = 0.05) -> "Encoder":
        """Random weights for tests and debugging; norms begin as the identity."""
        for name, value in self.named_parameters():
            if "norm" not in name:
                value.copy_(
                    torch.randn(value.shape, generator=generator) * (spread if value.dim() > 1 else 0.0)
                )
        return self

    def embed(self, ids: Tensor) -> Tensor:
        """ids: batch × tokens → batch × tokens × width."""
        embedded: Tensor = self.words_norm(self.words(ids) + self.positions[: ids.shape[1]])
        return embedded

    def run(self, x: Tensor, mask: Tensor | None, first: int = 0, last: int | None = None) -> Tensor:
        """Layers `first` to `last` (exclusive). `mask`: batch × tokens, True at real tokens; None when none
        is padding."""
        bias = (
            None
            if mask is None
            else torch.zeros(mask.shape).to(x).masked_fill_(~mask, -1e4)[:, None, None, :]
        )
        for layer in self.layers[first:last]:
            x = layer(x, bias)
        states: Tensor = x
        return states

    def forward(self, ids: Tensor, mask: Tensor | None) -> Tensor:
        """Token ids [B, T] and mask [B, T] (1: a token; None: no padding) → hidden states [B, T, width]."""
        return self.run(self.embed(ids), mask)

    def read(self, texts: Sequence[Sequence[int]], last: int | None = None) -> list[Tensor]:
        """Token ids of each text → its states, tokens × width, before layer `last` (None: after all). Texts
        of one length should stand together.

        With int8 rows (`build_quantised`) and on one thread (`engine.threads.deal`), a text's states are the
        same bits whatever is read with it.
        """
        if not texts:
            return []
        ids = torch.tensor([number for text in texts for number in text])
        places = torch.cat([torch.arange(len(text)) for text in texts])
        embedded: Tensor = self.words_norm(self.words(ids) + self.positions[places])
        return self.go_on(torch.split(embedded, [len(text) for text in texts]), 0, last)

    def go_on(self, states: Sequence[Tensor], first: int, last: int | None = None) -> list[Tensor]:
        """States of texts before layer `first`, tokens × width each → before layer `last` (None: after all),
        as in `read`."""
        lengths = [len(own) for own in states]
        spans = spans_of(lengths)
        flat = torch.cat(list(states))
        for layer in self.layers[first:last]:
            assert isinstance(layer, Layer)
            flat = layer.read(flat, spans)
        return list(torch.split(flat, lengths))

    def read_layers(self, texts: Sequence[Sequence[int]], before: Sequence[int]) -> list[list[Tensor]]:
        """As `read`, the states before each of the layers named (ascending; the number of layers: after all),
        a list of texts each."""
        found: list[list[Tensor]] = []
        states, done = self.read(texts, 0), 0
        for stop in before:
            states, done = self.go_on(states, done, stop), stop
            found.append(states)
        return found


def from_bert(weights: Mapping[str, Tensor], prefix: str = "") -> dict[str, Tensor]:
    """Renames a BertModel's weights to this encoder's; the one token type used is folded into the
    positions."""
    base = prefix + "embeddings."
    types = weights[base + "token_type_embeddings.weight"][0].float()
    named = {
        "words.weight": weights[base + "word_embeddings.weight"],
        "positions": weights[base + "position_embeddings.weight"].float() + types,
        "words_norm.weight": weights[base + "LayerNorm.weight"],
        "words_norm.bias": weights[base + "LayerNorm.bias"],
    }
    count = 1 + max(
        int(name.split("layer.")[1].split(".")[0]) for name in weights if "encoder.layer." in name
    )
    places = {
        "out": "attention.output.dense",
        "out_norm": "attention.output.LayerNorm",
        "up": "intermediate.dense",
        "down": "output.dense",
        "down_norm": "output.LayerNorm",
    }
    for index in range(count):
        source, target = f"{prefix}encoder.layer.{index}.", f"layers.{index}."
        for kind in ("weight", "bias"):
            parts = [weights[f"{source}attention.self.{part}.{kind}"] for part in ("query", "key", "value")]
            named[f"{target}qkv.{kind}"] = torch.cat(parts)
            for ours, theirs in places.items():
                named[f"{target}{ours}.{kind}"] = weights[f"{source}{theirs}.{kind}"]
    return {name: value.float() for name, value in named.items()}


def quantise(weights: Mapping[str, Tensor]) -> dict[str, Tensor]:
    """For the file: matrices of linear layers and the word table as int8 rows (+ `.scale`), the rest
    float16.

    `weights` is an `Encoder.state_dict()`. Layer norms and biases stay float32: they are small and
    sensitive.
    """
    packed: dict[str, Tensor] = {}
    for name, value in weights.items():
        if value.dim() == 2 and name.endswith(".weight"):
            packed[name], packed[name.removesuffix("weight") + "scale"] = quantise_rows(value.float())
        elif name == "positions":
            packed[name] = value.half()
        else:
            packed[name] = value.float()
    return {name: value.contiguous() for name, value in packed.items()}


def widen(packed: Mapping[str, Tensor]) -> dict[str, Tensor]:
    """The inverse of `quantise`, but for what rounding lost: a float32 state dict for `Encoder`."""
    return {
        name: value.float() * packed[name.removesuffix("weight") + "scale"][:, None]
        if value.dtype is torch.int8
        else value.float()
        for name, value in packed.items()
        if not name.endswith(".scale")
    }


def build_quantised(config: EncoderConfig, packed: Mapping[str, Tensor], path: Path | None = None) -> Encoder:
    """An encoder that computes on the int8 rows of `packed` directly (CPU inference), by `path` or by what is
    fastest here. KeyError on a missing name."""
    encoder = Encoder(config)
    encoder.words = RowEmbedding(packed["words.weight"], packed["words.scale"])
    for index, layer in enumerate(encoder.layers):
        for part in ("qkv", "out", "up", "down"):
            place = f"layers.{index}.{part}."
            weight, scale, bias = (packed[place + kind] for kind in ("weight", "scale", "bias"))
            setattr(layer, part, RowLinear(weight, scale, bias, path))
    rest = {name: value.float() for name, value in packed.items() if name in encoder.state_dict()}
    encoder.load_state_dict(rest, strict=True, assign=True)
    return encoder.eval().requires_grad_(False)


def build_float(config: EncoderConfig, weights: Mapping[str, Tensor]) -> Encoder:
    """An encoder in float32 (training, GPUs) from `from_bert` or `widen`. RuntimeError on missing or
    foreign names."""
    encoder = Encoder(config)
    encoder.load_state_dict(dict(weights), strict=True, assign=True)
    return encoder.eval()
