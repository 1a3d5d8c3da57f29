"""Hears what emotion music has: from measured features to valence and arousal, with a confidence, and over
time.

A clip is heard in overlapping windows; each gives an opinion, their mean is the clip's. The model is a small
ensemble of networks on `engine.match.features`, stored as plain tensors and run with numpy alone. Its
training lives in `engine.train.recogniser`; comparing what is heard with what was asked is
`engine.match.ranking`.
"""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from engine.errors import WeightsError
from engine.match.features import FEATURES, measure, windows_of
from engine.match.performed import Performed
from engine.weights import SHIPPED, check_constants, read_config

Floats = npt.NDArray[np.float64]

KIND: Final = "recogniser"
FORMAT: Final = 1

WINDOW_S: Final = 16.0
HOP_S: Final = 8.0

FARTHEST: Final = 3.5
"""Standardised features are clipped to this many standard deviations, so that music unlike the training
data gives bounded outputs."""

MADE_WITH: Final = {"window_s": WINDOW_S, "farthest": FARTHEST}
"""Constants of training, kept beside the weights."""


@dataclass(frozen=True, slots=True)
class HeardSegment:
    """What a window of music says; `t_s` is its middle. Valence and arousal −1…1, confidence 0…1."""

    t_s: float
    valence: float
    arousal: float
    confidence: float


@dataclass(frozen=True, slots=True)
class Heard:
    """The emotion of a clip, and over time in `segments` (at least one). Confidence is the chance that the
    quadrant heard is the right one: ¼ is a guess, 0 means that there was nothing to hear."""

    valence: float
    arousal: float
    confidence: float
    segments: tuple[HeardSegment, ...]

    def at(self, t_s: float) -> tuple[float, float]:
        """Valence and arousal at a time, linear between the windows' middles."""
        times = [segment.t_s for segment in self.segments]
        return (
            float(np.interp(t_s, times, [segment.valence for segment in self.segments])),
            float(np.interp(t_s, times, [segment.arousal for segment in self.segments])),
        )


@dataclass(frozen=True, slots=True)
class Ensemble:
    """The networks' tensors: M members, F features, H hidden units, 2 = valence, arousal.

    mean, scale: [F] · skip: [M, 2, F] · hidden: [M, H, F], hidden_bias: [M, H] · out: [M, 2, H], out_bias:
    [M, 2] · calibration: [2, 3]: (constant, on member spread, on unfamiliarity) of the log of the expected
    error of each.
    """

    mean: Floats
    scale: Floats
    skip: Floats
    hidden: Floats
    hidden_bias: Floats
    out: Floats
    out_bias: Floats
    calibration: Floats

    def opinions(self, features: Floats) -> tuple[Floats, Floats]:
        """Features [N, F] → emotion [N, 2] −1…1 and expected error [N, 2] on the same scale."""
        x = (features - self.mean) / self.scale
        strange = np.sqrt((np.maximum(np.abs(x) - 2.0, 0.0) ** 2).mean(axis=1))
        x = np.clip(x, -FARTHEST, FARTHEST)
        inner = np.tanh(np.einsum("mhf,nf->mnh", self.hidden, x) + self.hidden_bias[:, None, :])
        raw = (
            np.einsum("mof,nf->mno", self.skip, x)
            + np.einsum("moh,mnh->mno", self.out, inner)
            + self.out_bias[:, None, :]
        )
        emotion = np.tanh(raw.mean(axis=0))
        spread = raw.std(axis=0)
        constant, on_spread, on_strange = self.calibration.T
        log_error = constant + on_spread * spread + on_strange * strange[:, None]
        return emotion, np.exp(np.clip(log_error, -5.0, 1.0))


class NoteRecogniser:
    """Music → emotion. Stateless once loaded; the same notes give the same numbers."""

    def __init__(self, ensemble: Ensemble, version: str) -> None:
        self.ensemble = ensemble
        self.version = version

    @classmethod
    def load(cls, folder: str | Path | None = None) -> "NoteRecogniser":
        """The shipped recogniser (None), the one in a folder, or "debug": a hand-written one without files.
        Raises WeightsError where the folder holds no such model."""
        if folder is not None and str(folder) == "debug":
            return cls(_by_the_book(), "debug")
        place = SHIPPED / KIND if folder is None else Path(folder)
        config = read_config(place, KIND)
        return cls(_read(place, config), str(config.get("version", "unknown")))

    def hear(self, clips: Sequence[Performed]) -> list[Heard]:
        """The emotion of each clip; all windows of all clips in one pass."""
        windows = [windows_of(clip, WINDOW_S, HOP_S) for clip in clips]
        features, known = measure([window for own in windows for window in own])
        emotion, error = self.ensemble.opinions(features)
        emotion[~known] = 0.0
        heard = []
        first = 0
        for own in windows:
            part = slice(first, first + len(own))
            heard.append(_over_time(own, emotion[part], error[part], known[part]))
            first += len(own)
        return heard


def _confidence(emotion: Floats, error: Floats) -> Floats:
    """Probability that both valence and arousal lie on the side of 0 where they were heard, errors taken as
    Laplace distributed: [N, 2], [N, 2] → [N], from ¼ (a guess) to 1."""
    return np.asarray(np.prod(1.0 - 0.5 * np.exp(-np.abs(emotion) / np.maximum(error, 1e-6)), axis=1))


def _over_time(
    windows: list[Performed], emotion: Floats, error: Floats, known: npt.NDArray[np.bool_]
) -> Heard:
    """The clip's emotion is the mean over the windows that could be heard; neighbouring windows share their
    errors, so the clip is heard no surer than they are."""
    sure = np.where(known, _confidence(emotion, error), 0.0)
    segments = tuple(
        HeardSegment((w.begin_s + w.finish_s) / 2, float(v), float(a), float(c))
        for w, (v, a), c in zip(windows, emotion, sure, strict=True)
    )
    if not known.any():
        return Heard(0.0, 0.0, 0.0, segments)
    mean = emotion[known].mean(axis=0)
    confidence = float(_confidence(mean[None], error[known].mean(axis=0)[None])[0])
    return Heard(float(mean[0]), float(mean[1]), confidence * float(known.mean()), segments)


def _read(folder: Path, config: dict[str, Any]) -> Ensemble:
    import safetensors
    from safetensors.numpy import load_file

    if config.get("format") != FORMAT or tuple(config.get("features", ())) != FEATURES:
        raise WeightsError(f"weights of another version: {folder} was made for other features than these")
    check_constants(config, MADE_WITH, folder)
    path = folder / "model.safetensors"
    try:
        tensors = load_file(path)
        return Ensemble(**{name: tensors[name].astype(np.float64) for name in Ensemble.__slots__})
    except (OSError, safetensors.SafetensorError, ValueError, KeyError) as error:
        raise WeightsError(f"damaged or missing weights: {path} ({error})") from error


_BOOK: Final[dict[str, tuple[float, float, float, float]]] = {
    "temperley mode": (0.0, 0.19, 0.16, 0.0),
    "mode of bass and top": (0.0, 0.18, 0.16, 0.0),
    "major less minor chords": (0.15, 0.32, 0.14, 0.0),
    "third": (0.05, 0.75, 0.10, 0.0),
    "roughness": (0.70, 0.52, -0.10, 0.06),
    "mean pitch": (62.5, 5.7, 0.10, 0.02),
    "onsets a second": (1.45, 0.42, 0.08, 0.28),
    "notes a second": (1.94, 0.50, 0.04, 0.22),
    "median interval": (-1.94, 0.78, -0.04, -0.16),
    "mean length": (-1.41, 0.86, -0.02, -0.12),
    "mean velocity": (70.0, 20.0, 0.0, 0.22),
    "drum onsets a second": (0.0, 1.5, 0.0, 0.15),
}
"""Feature: (usual value, usual spread, weight on valence, on arousal), after Eerola, Friberg & Bresin
2013."""


def _by_the_book() -> Ensemble:
    """A linear model with coefficients from the literature, untrained: for tests."""
    width = len(FEATURES)
    mean, scale, skip = np.zeros(width), np.ones(width), np.zeros((1, 2, width))
    for name, (usual, spread, on_valence, on_arousal) in _BOOK.items():
        column = FEATURES.index(name)
        mean[column], scale[column] = usual, spread
        skip[0, :, column] = on_valence, on_arousal
    used = np.array([name in _BOOK for name in FEATURES])
    mean[~used], scale[~used] = 0.0, 1e6
    return Ensemble(
        mean,
        scale,
        skip,
        np.zeros((1, 1, width)),
        np.zeros((1, 1)),
        np.zeros((1, 2, 1)),
        np.zeros((1, 2)),
        np.array([[-1.1, 0.0, 0.5], [-1.1, 0.0, 0.5]]),
    )


def fingerprint(ensemble: Ensemble) -> str:
    """Eight hexadecimal digits of the tensors' contents."""
    digest = hashlib.sha256()
    for name in Ensemble.__slots__:
        digest.update(np.ascontiguousarray(getattr(ensemble, name), dtype=np.float32).tobytes())
    return digest.hexdigest()[:8]
