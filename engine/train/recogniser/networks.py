"""The recogniser's networks in training: a bagged ensemble of one hidden layer beside a linear path, all
members at once.

Valence sees notes only (tonality, harmony, line, register), arousal everything but tonality: performance
alone moves only arousal and mode only valence (Livingstone et al. 2010; Eerola, Friberg & Bresin 2013). That
game music is quick when it is happy and minor when it fights does not hold elsewhere. What the rated pieces
cannot teach, loudness and drums, `engine.train.recogniser.fit` adds from the literature.
"""

from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt
import torch

from engine.match.features import FEATURES, GROUPS

Floats = npt.NDArray[np.float64]

VALENCE_GROUPS: Final = ("tonality", "harmony", "line", "register")
AROUSAL_GROUPS: Final = ("harmony", "line", "register", "rhythm", "touch")
CLIP: Final = 3.5


@dataclass(frozen=True, slots=True)
class Recipe:
    """How to train: `members` networks of `width` hidden units for each of valence and arousal."""

    members: int = 8
    width: int = 16
    steps: int = 300
    batch: int = 512
    rate: float = 3e-3
    noise: float = 0.3
    dropout: float = 0.3
    hidden_decay: float = 0.02
    linear_decay: float = 0.3
    without: tuple[str, ...] = ()
    """Groups of features that nobody may see (for measuring what the rest can do)."""


@dataclass(frozen=True, slots=True)
class Networks:
    """Trained tensors in the form of `engine.match.note_recogniser.Ensemble`, standard deviations out."""

    mean: Floats
    scale: Floats
    skip: Floats
    hidden: Floats
    hidden_bias: Floats
    out: Floats
    out_bias: Floats

    def predict(self, features: Floats) -> tuple[Floats, Floats, Floats]:
        """Mean over members [N, 2], spread between them [N, 2], unfamiliarity [N]."""
        x = (features - self.mean) / self.scale
        strange = np.sqrt((np.maximum(np.abs(x) - 2.0, 0.0) ** 2).mean(axis=1))
        x = np.clip(x, -CLIP, CLIP)
        inner = np.tanh(np.einsum("mhf,nf->mnh", self.hidden, x) + self.hidden_bias[:, None])
        raw = np.einsum("mof,nf->mno", self.skip, x) + np.einsum("moh,mnh->mno", self.out, inner)
        raw += self.out_bias[:, None]
        return raw.mean(axis=0), raw.std(axis=0), strange


def visible(groups: tuple[str, ...], without: tuple[str, ...] = ()) -> Floats:
    """1 where a feature may be seen, else 0: [F]."""
    seen = {name for group in groups if group not in without for name in GROUPS[group]}
    return np.array([float(name in seen) for name in FEATURES])


def train(
    features: Floats,
    targets: Floats,
    weights: Floats,
    piece: npt.NDArray[np.int64],
    recipe: Recipe,
    seed: int = 0,
    mean: Floats | None = None,
    scale: Floats | None = None,
) -> Networks:
    """Fits the ensemble: features [N, F], targets [N, 2] in standard deviations, weights [N]. Every member
    sees its own draw of pieces. Deterministic on one thread."""
    mean = features.mean(axis=0) if mean is None else mean
    scale = np.where(features.std(axis=0) < 1e-6, 1.0, features.std(axis=0)) if scale is None else scale
    x = torch.tensor(np.clip((features - mean) / scale, -CLIP, CLIP), dtype=torch.float32)
    y = torch.tensor(targets, dtype=torch.float32)
    seen = torch.tensor(
        np.stack([visible(VALENCE_GROUPS, recipe.without), visible(AROUSAL_GROUPS, recipe.without)]),
        dtype=torch.float32,
    )
    bags = torch.tensor(_bags(piece, recipe.members, seed) * weights, dtype=torch.float32)
    dice = torch.Generator().manual_seed(seed)
    count, width = x.shape
    m, h = recipe.members, recipe.width
    hidden = (torch.randn(m, 2, h, width, generator=dice) / width**0.5 * seen[:, None]).requires_grad_()
    hidden_bias = torch.zeros(m, 2, h, requires_grad=True)
    out = (0.1 * torch.randn(m, 2, h, generator=dice)).requires_grad_()
    skip = torch.zeros(m, 2, width, requires_grad=True)
    out_bias = torch.zeros(m, 2, requires_grad=True)
    optimiser = torch.optim.AdamW(
        [
            {"params": [hidden, out], "weight_decay": recipe.hidden_decay},
            {"params": [skip], "weight_decay": recipe.linear_decay},
            {"params": [hidden_bias, out_bias], "weight_decay": 0.0},
        ],
        lr=recipe.rate,
    )
    schedule = torch.optim.lr_scheduler.CosineAnnealingLR(optimiser, recipe.steps)
    for _ in range(recipe.steps):
        rows = torch.randint(count, (recipe.batch,), generator=dice)
        noisy = x[rows] + recipe.noise * torch.randn(recipe.batch, width, generator=dice)
        looked = noisy[:, None, :] * seen  # [B, 2, F]
        inner = torch.tanh(torch.einsum("mohf,bof->mboh", hidden, looked) + hidden_bias[:, None])
        alive = (torch.rand(inner.shape, generator=dice) > recipe.dropout) / (1 - recipe.dropout)
        said = torch.einsum("mof,bof->mbo", skip, looked) + out_bias[:, None]
        said = said + torch.einsum("moh,mboh->mbo", out, inner * alive)
        loss = (((said - y[rows]) ** 2).mean(dim=2) * bags[:, rows]).mean()
        optimiser.zero_grad()
        loss.backward()
        optimiser.step()
        schedule.step()
    return _stacked(mean, scale, seen, skip, hidden, hidden_bias, out, out_bias)


def _bags(piece: npt.NDArray[np.int64], members: int, seed: int) -> Floats:
    """How often each row counts for each member, by drawing whole pieces with replacement: [M, N]."""
    pieces, row = np.unique(piece, return_inverse=True)
    rng = np.random.default_rng(seed)
    drawn = [
        np.bincount(rng.integers(len(pieces), size=len(pieces)), minlength=len(pieces))
        for _ in range(members)
    ]
    return np.stack(drawn)[:, row].astype(float)


def _stacked(
    mean: Floats,
    scale: Floats,
    seen: torch.Tensor,
    skip: torch.Tensor,
    hidden: torch.Tensor,
    hidden_bias: torch.Tensor,
    out: torch.Tensor,
    out_bias: torch.Tensor,
) -> Networks:
    """The two networks of a member side by side in one hidden layer; what may not be seen has weight 0."""
    with torch.no_grad():
        m, _, h, width = hidden.shape
        block = torch.zeros(m, 2, 2 * h)
        block[:, 0, :h], block[:, 1, h:] = out[:, 0], out[:, 1]
        parts = (
            skip * seen,
            (hidden * seen[:, None]).reshape(m, 2 * h, width),
            hidden_bias.reshape(m, 2 * h),
            block,
            out_bias,
        )
        return Networks(mean, scale, *(part.double().numpy() for part in parts))
