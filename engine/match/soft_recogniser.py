"""A quick, differentiable approximation of the note recogniser: what a bar's sketches will be heard as,
before any note is decoded.

It says which way a latent must move so that the recogniser hears something else; how far that got is
always told by the recogniser itself, on decoded and performed notes. It learns from generated music alone
(`engine.train.recogniser.soft`).
"""

from collections.abc import Sequence
from pathlib import Path
from typing import Final

import numpy as np
import numpy.typing as npt
import torch
from torch import Tensor, nn
from torch.nn import functional as F

from dsl.plan import ROLES
from engine.weights import SHIPPED, load_into, read_tensors

FILE: Final = "soft.safetensors"
"""File in the weights folder of the note recogniser that it approximates."""

SEEN: Final = 65
"""Of each role's sketch of a bar: expected onsets by step 16, pitch classes by quarter 48, mean pitch.
Further pitches, where a codec tells them, are left out."""

BAR_CONDITIONS: Final = 5
"""What is known of a bar beside its sketches: see `bar_conditions_of`."""

Floats = npt.NDArray[np.float64]


class SoftRecogniser(nn.Module):
    """Bars are read one by one, a window is the mean of its bars."""

    def __init__(self, bar: int = 96, window: int = 48) -> None:
        super().__init__()
        self.enter = nn.Linear(len(ROLES) * SEEN + BAR_CONDITIONS, bar)
        self.read = nn.Linear(bar, bar)
        self.window = nn.Linear(bar, window)
        self.skip = nn.Linear(bar, 2)
        self.out = nn.Linear(window, 2)

    def forward(self, sketch: Tensor, conditions: Tensor, windows: Tensor) -> Tensor:
        """Valence and arousal −1…1 [..., W, 2] of W windows, from the bars' sketches [..., B, 5, 65…],
        what else is known of them [..., B, BAR_CONDITIONS] and each window's share in each bar [W, B]
        (rows sum to 1)."""
        x = torch.cat([sketch[..., :SEEN].flatten(-2), conditions], -1)
        bars = F.gelu(self.enter(x))
        bars = bars + F.gelu(self.read(bars))
        heard = windows @ bars
        return torch.tanh(self.skip(heard) + self.out(torch.tanh(self.window(heard))))

    @classmethod
    def load(cls, folder: Path | None = None) -> "SoftRecogniser | None":
        """The one beside the shipped recogniser, or beside the one in `folder`; None where there is none.
        Raises WeightsError for a damaged file."""
        path = (SHIPPED / "recogniser" if folder is None else folder) / FILE
        if not path.is_file():
            return None
        state = {name: tensor.float() for name, tensor in read_tensors(path).items()}
        model = cls(
            *(state[name].shape[0] if name in state else 0 for name in ("enter.weight", "window.weight"))
        )
        load_into(model, state, path)
        return model.eval().requires_grad_(False)


def bar_conditions_of(
    seconds: Sequence[float],
    dynamics: Sequence[float],
    articulation: Sequence[float],
    minor: bool,
    beats: float,
) -> npt.NDArray[np.float32]:
    """What the sketches do not say of each bar, [B, BAR_CONDITIONS]: log of its seconds, dynamics and
    articulation 0…1, whether the key is minor, quarters in the bar less four."""
    count = len(seconds)
    return np.stack(
        [
            np.log(np.maximum(np.asarray(seconds), 1e-3)),
            np.asarray(dynamics),
            np.asarray(articulation),
            np.full(count, float(minor)),
            np.full(count, beats - 4.0),
        ],
        1,
    ).astype(np.float32)


def shares(bar_edges: Floats, windows: Sequence[tuple[float, float]]) -> npt.NDArray[np.float32]:
    """The share that each bar has in each window [W, B]: `bar_edges` [B, 2] and windows as (start, end) in
    seconds."""
    start = np.array([first for first, _ in windows])[:, None]
    end = np.array([last for _, last in windows])[:, None]
    inside = np.clip(np.minimum(bar_edges[:, 1], end) - np.maximum(bar_edges[:, 0], start), 0.0, None)
    return np.asarray(inside / np.maximum(inside.sum(axis=1, keepdims=True), 1e-9), dtype=np.float32)
