"""Hears what emotion a recording has: from measured sound to valence and arousal, with a confidence.

A bag of linear models on `engine.hear.features`, plain tensors run with numpy alone. It knows what our
synthesiser plays best; the notes themselves, where there are any, are the better witness
(`engine.match.note_recogniser`). Its training lives in `engine.train.hear`.
"""

from dataclasses import dataclass
from pathlib import Path
from typing import Final

import numpy as np
import numpy.typing as npt

from engine.errors import WeightsError
from engine.hear.features import FEATURES, WINDOW_S, measure, windows_of
from engine.hear.frames import Frames, frames_of
from engine.hear.recording import Recording
from engine.weights import SHIPPED, check_constants, read_config

KIND: Final = "ear"
"""Name of the weights folder and kind in its config.json: kept from when it was called so."""
FORMAT: Final = 1
FARTHEST: Final = 3.0
"""Standardised features are clipped to this many standard deviations."""
MADE_WITH: Final = {"window_s": WINDOW_S, "farthest": FARTHEST}
"""Constants of training, kept beside the weights."""

Floats = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Opinion:
    """What a recording feels like: valence and arousal −1…1; confidence is the chance that the quadrant is
    right, ¼ a guess, 0 where there was nothing to hear. `over_time`: (seconds, valence, arousal)."""

    valence: float
    arousal: float
    confidence: float
    over_time: tuple[tuple[float, float, float], ...]


@dataclass(frozen=True, slots=True)
class Weights:
    """mean, scale: [F] · linear: [M, 2, F], constant: [M, 2] (members, valence and arousal) · error: [2], the
    expected error of each."""

    mean: Floats
    scale: Floats
    linear: Floats
    constant: Floats
    error: Floats

    def opinions(self, features: Floats) -> tuple[Floats, Floats]:
        """Features [N, F] → emotion [N, 2] and expected error [N, 2]."""
        x = np.clip((features - self.mean) / self.scale, -FARTHEST, FARTHEST)
        said = np.einsum("mof,nf->mno", self.linear, x) + self.constant[:, None, :]
        return np.tanh(said.mean(axis=0)), self.error + said.std(axis=0)


class AudioRecogniser:
    """Recording → emotion. Stateless once loaded; the same samples give the same numbers."""

    def __init__(self, weights: Weights, version: str) -> None:
        self.weights = weights
        self.version = version

    @classmethod
    def load(cls, folder: Path | None = None) -> "AudioRecogniser":
        """The shipped weights, or those in a folder. Raises WeightsError."""
        import safetensors
        from safetensors.numpy import load_file

        place = SHIPPED / KIND if folder is None else folder
        config = read_config(place, KIND)
        if config.get("format") != FORMAT or tuple(config.get("features", ())) != FEATURES:
            raise WeightsError(f"weights of another version: {place} was made for other features than these")
        check_constants(config, MADE_WITH, place)
        path = place / "model.safetensors"
        try:
            tensors = load_file(path)
            weights = Weights(**{name: tensors[name].astype(np.float64) for name in Weights.__slots__})
        except (OSError, safetensors.SafetensorError, ValueError, KeyError) as error:
            raise WeightsError(f"damaged or missing weights: {path} ({error})") from error
        return cls(weights, str(config.get("version", "unknown")))

    def hear(self, recording: Recording) -> Opinion:
        """What a recording feels like, over time and in all."""
        return self.hear_frames(frames_of(recording.samples))

    def hear_frames(self, frames: Frames) -> Opinion:
        """As `hear`, of frames that were made before; windows without enough sound say nothing."""
        windows = windows_of(frames)
        features, known = measure([window for _, window in windows])
        emotion, error = self.weights.opinions(features)
        emotion[~known] = 0.0
        over_time = tuple((t, float(v), float(a)) for (t, _), (v, a) in zip(windows, emotion, strict=True))
        if not known.any():
            return Opinion(0.0, 0.0, 0.0, over_time)
        mean, missed = emotion[known].mean(axis=0), error[known].mean(axis=0)
        sure = float(np.prod(1.0 - 0.5 * np.exp(-np.abs(mean) / np.maximum(missed, 1e-6))))
        return Opinion(float(mean[0]), float(mean[1]), sure * float(known.mean()), over_time)
