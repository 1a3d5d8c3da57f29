"""What a line and its neighbours say of its valence, arousal and dominance: linear maps of two kinds of
vectors, fitted in closed form (ridge regression) to lines of labelled scenes.

One hears the encoder's pooled vectors, the other the mean of its states some layers below the top, which were
moved less by training: of the lines it was trained on the top knows the labels by heart, and what is fitted
to it trusts it more than it may. The mixer, trained by gradient descent, learns less from the neighbours than
either; calibration weighs all of them.
"""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from torch import Tensor, nn

from engine.text.scene_mood import around

AXES = 3


@dataclass(frozen=True, slots=True)
class SceneHeadConfig:
    """`top`, `deep`: sizes of both kinds of vectors; `layer`: before which layer of the encoder the deep ones
    are taken. A neighbour k lines away (six at most) counts `decay` to the power of k."""

    top: int = 768
    deep: int = 384
    layer: int = 10
    decay: float = 0.7


class SceneHead(nn.Module):
    """Features of lines in scenes (`features_of`) → valence, arousal, dominance by each kind of vector."""

    def __init__(self, config: SceneHeadConfig) -> None:
        super().__init__()
        self.config = config
        self.top = nn.Linear(2 * config.top, AXES)
        self.deep = nn.Linear(2 * config.deep, AXES)

    def forward(self, features: Tensor) -> tuple[Tensor, Tensor]:
        """`features`: n × 2·(top + deep) → n × 3 by the top vectors, n × 3 by the deep ones."""
        middle = 2 * self.config.top
        return self.top(features[:, :middle]), self.deep(features[:, middle:])


def features_of(
    vectors: npt.NDArray[np.floating], scenes: npt.ArrayLike, config: SceneHeadConfig
) -> npt.NDArray[np.float64]:
    """n × (top + deep) → n × 2·(top + deep): of each kind each line's vector, then its neighbours' weighted
    mean (its own where it has none). `scenes`: a number a line, lines of a scene stand together. Sums row by
    row in one order, so that a line's features are the same bits whatever other scenes are read with it."""
    number = np.asarray(scenes).tolist()
    own = vectors.astype(np.float64)
    near, _ = around(own, number, [False] * len(number), config.decay)
    middle = config.top
    return np.concatenate([own[:, :middle], near[:, :middle], own[:, middle:], near[:, middle:]], 1)
