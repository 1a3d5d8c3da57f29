"""The text-emotion model: the encoder, a pooled vector a text, one linear head that answers every task,
and the window in which a line hears those around it.

Heads for the foreign label sets (EmoBank, GoEmotions, XED) teach the encoder and stay in the weights, so
that figures on those sets can be checked; readings are made from the story heads, whose scale is the
product's own.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import torch
from torch import Tensor, nn

from engine.text.encoder import Encoder
from engine.text.scene_head import SceneHead, SceneHeadConfig
from engine.text.window import Window, WindowConfig

EMOTIONS: tuple[str, ...] = (
    *("joy", "excitement", "triumph", "hope", "love", "tenderness", "calm", "wonder", "nostalgia", "longing"),
    *("melancholy", "sadness", "grief", "loneliness", "despair", "fear", "dread", "suspense", "tension"),
    *("anger", "rage", "disgust", "mystery", "playful", "neutral", "surprise"),
)
"""The language's emotion names and surprise, in the order of the head's outputs."""

GOEMOTIONS: tuple[str, ...] = (
    *(
        "admiration",
        "amusement",
        "anger",
        "annoyance",
        "approval",
        "caring",
        "confusion",
        "curiosity",
        "desire",
    ),
    *(
        "disappointment",
        "disapproval",
        "disgust",
        "embarrassment",
        "excitement",
        "fear",
        "gratitude",
        "grief",
    ),
    *("joy", "love", "nervousness", "optimism", "pride", "realization", "relief", "remorse", "sadness"),
    *("surprise", "neutral"),
)
XED: tuple[str, ...] = (
    *("anger", "anticipation", "disgust", "fear", "joy", "sadness", "surprise", "trust", "neutral"),
)


@dataclass(frozen=True, slots=True)
class Task:
    """A slice of the head's outputs. Regression targets are standardised by `mean` and `spread`; `weight`
    scales the loss."""

    start: int
    size: int
    kind: str
    weight: float
    mean: tuple[float, ...] = ()
    spread: tuple[float, ...] = ()


TASKS: Mapping[str, Task] = {
    "story": Task(0, 3, "regression", 1.0, (0.0, 0.0, 0.0), (0.42, 0.38, 0.36)),
    "polarity": Task(3, 2, "binary", 1.0),
    "emotions": Task(5, 26, "binary", 4.0),
    "emobank": Task(31, 3, "regression", 1.0, (-0.02, 0.04, 0.06), (0.35, 0.26, 0.21)),
    "goemotions": Task(34, 28, "binary", 3.0),
    "xed": Task(62, 9, "binary", 1.5),
    "categories": Task(71, 2, "binary", 0.7),
}
"""What the head answers: valence, arousal, dominance of story lines (−1…1); positive and negative score;
emotion intensities; EmoBank's VAD (minus 3); GoEmotions' and XED's labels; positive/negative by label
groups."""

TARGETS = 73


class EmotionModel(nn.Module):
    """Tokens → a vector a text → one row of `TARGETS` raw outputs (see `decode`), alone or in its window."""

    def __init__(
        self,
        encoder: Encoder,
        dropout: float = 0.1,
        scene_head: SceneHeadConfig | None = None,
        window: WindowConfig | None = None,
    ) -> None:
        super().__init__()
        self.encoder = encoder
        width = encoder.config.width
        self.query = nn.Parameter(torch.zeros(width))
        self.dropout = nn.Dropout(dropout)
        self.head = nn.Linear(2 * width, TARGETS)
        self.scene_head = None if scene_head is None else SceneHead(scene_head)
        shape = encoder.config
        self.window = None if window is None else Window(window, shape.layers, shape.heads)

    def pool(self, x: Tensor, mask: Tensor) -> Tensor:
        """batch × tokens × width → batch × 2·width: the mean, and a learned weighting, over the tokens in
        `mask`."""
        weights = mask.to(x.dtype)
        mean = (x * weights[:, :, None]).sum(1) / weights.sum(1, keepdim=True).clamp_min(1.0)
        attention = (x @ self.query.to(x.dtype)).masked_fill(~mask, -1e4).softmax(1)
        return torch.cat([mean, (x * attention[:, :, None]).sum(1)], 1)

    def vectors(self, x: Tensor, mask: Tensor, first: int = 0) -> Tensor:
        """`x`: hidden states before layer `first`; `mask`: real tokens. Pooled vectors, batch × 2·width."""
        return self.pool(self.encoder.run(x, None if bool(mask.all()) else mask, first), mask)

    def answers(self, vectors: Tensor) -> Tensor:
        """Each text by itself: pooled vectors → raw outputs."""
        raw: Tensor = self.head(self.dropout(vectors))
        return raw


def decode(raw: Tensor, sigmoid: Callable[[Tensor], Tensor] = torch.sigmoid) -> dict[str, Tensor]:
    """Raw outputs → per task: regressions on their own scale, probabilities elsewhere. batch × size each."""
    answers: dict[str, Tensor] = {}
    for name, task in TASKS.items():
        part = raw[:, task.start : task.start + task.size]
        if task.kind == "regression":
            answers[name] = part * torch.tensor(task.spread).to(raw) + torch.tensor(task.mean).to(raw)
        else:
            answers[name] = sigmoid(part)
    return answers
