"""What is known of a take while it is written, from its plan to its latents."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from torch import Tensor

from engine.generate.lines.takes import TakeForm
from engine.generate.request import Request
from engine.generate.score_plan import TakePlan


@dataclass(slots=True)
class Job:
    """One take of one request while it is written: plan, latents float32 [M, total] standardised, phrase
    scores, the bars whose melody is a motif."""

    request: Request
    number: int
    plan: TakePlan
    noise: npt.NDArray[np.float32]
    noise_global: npt.NDArray[np.float32]
    latent: Tensor
    scores: list[float]
    themes: npt.NDArray[np.bool_]
    form: TakeForm | None = None
    """With a line writer."""
