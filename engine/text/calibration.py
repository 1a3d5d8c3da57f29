"""What turns the raw answers of the text model's heads into readings on the product's own scale."""

from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt
import torch
from torch import Tensor

from engine.text.model import TARGETS, decode
from engine.text.scene_head import AXES
from engine.text.scene_mood import SceneMood
from engine.text.scores import Floats, Scores

Mixture = tuple[float, ...]


@dataclass(frozen=True, slots=True)
class Calibration:
    """What turns raw answers into readings, fitted on dev data and stored with the weights.

    `threshold`: positive − negative score that counts as intensity 1; `neutral`: signed intensity below
    which nothing is claimed; `gain`: signed intensity at valence 1. `alone` and `together` (texts by
    themselves, texts among neighbours): for valence, arousal and dominance the weights of the story head, of
    EmoBank's, of positive − negative, among neighbours also of the scene head, and a constant. `scene_mood`:
    how far a line's feeling is drawn to its neighbours'. `doubt`: constant, weight of the heads'
    disagreement, of both scores being high.
    """

    threshold: float = 1.0
    neutral: float = 0.1
    alone: tuple[Mixture, Mixture, Mixture] = ((1.0, 0.0, 0.0, 0.0),) * 3
    together: tuple[Mixture, Mixture, Mixture] = ((1.0, 0.0, 0.0, 0.0),) * 3
    doubt: tuple[float, float, float] = (0.2, 0.4, 0.5)
    scene_mood: SceneMood = field(default_factory=SceneMood)
    gain: float = 1.0

    def scores(self, raw: Tensor, strange: Floats, accompanied: npt.NDArray[np.bool_]) -> Scores:
        """`raw`: n × targets, then the scene head's answers where there is one; `strange`: the share of
        unknown tokens in each text; `accompanied`: whether each was read among neighbours."""
        answers = {name: value.numpy() for name, value in decode(raw, steady_sigmoid).items()}
        positive, negative = answers["polarity"].T
        vad = np.empty((len(raw), 3), np.float32)
        for axis in range(3):
            columns = [answers["story"][:, axis], answers["emobank"][:, axis], positive - negative]
            columns += [raw[:, place].numpy() for place in range(TARGETS + axis, raw.shape[1], AXES)]
            mixed = [
                sum(w * c for w, c in zip(weights[axis][:-1], columns, strict=False)) + weights[axis][-1]
                for weights in (self.alone, self.together)
            ]
            vad[:, axis] = np.where(accompanied, mixed[1], mixed[0])
        disagreement = np.abs(answers["story"][:, 0] - (positive - negative))
        reasons = (1.0, disagreement, np.minimum(positive, negative))
        doubt = sum(w * reason for w, reason in zip(self.doubt, reasons, strict=True)) + strange
        return Scores(
            positive.astype(np.float32),
            negative.astype(np.float32),
            vad,
            answers["emotions"].astype(np.float32),
            np.clip(doubt, 0.0, 1.0).astype(np.float32),
        )


def steady_sigmoid(x: Tensor) -> Tensor:
    """The logistic function, the same bits wherever in the tensor a value stands: torch's own takes another
    function for the last few, which fill no vector register."""
    return torch.from_numpy(1.0 / (1.0 + np.exp(-np.ascontiguousarray(x.numpy()))))
