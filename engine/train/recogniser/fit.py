"""Trains the recogniser and writes its weights folder.

`python -m engine.train.recogniser.fit --data /work/data --out engine/weights/recogniser --cache FOLDER`

Learns from `vgmidi`'s continuous ratings, and a little from the titles of `nesmdb`; measured by leaving song
groups out. What is written is scaled so that two standard deviations of rated music are about the full
emotion scale, with the confidence calibrated on the held-out predictions. `engine.train.recogniser.evaluate`
measures the result on sets it never saw.
"""

import argparse
import json
import os
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import numpy as np
import numpy.typing as npt
import torch
from scipy.optimize import minimize

from engine.arrange.dynamics import ROLE_LEVEL, VELOCITY_FLOOR, VELOCITY_SPAN
from engine.match.features import FEATURES
from engine.match.note_recogniser import FORMAT, KIND, MADE_WITH, Ensemble, fingerprint
from engine.train.recogniser.clips import Windows, kept, rated_windows, titled_windows
from engine.train.recogniser.networks import Networks, Recipe, train

Floats = npt.NDArray[np.float64]

FOLDS: Final = 6
GAIN: Final = 0.6
"""An emotion of one standard deviation among rated pieces is heard as tanh(.6) = .54, of two as .83."""

TITLE_WEIGHT: Final = 0.5
"""What a window with a telling title counts beside a rated one (.1, .3 and 1 were tried: flat between)."""

STRANGENESS: Final = 0.5
"""How the log of the expected error grows with unfamiliarity (root mean square of what lies beyond two
standard deviations)."""

MEZZO: Final = VELOCITY_FLOOR + VELOCITY_SPAN / 2 + ROLE_LEVEL["chords"] / 2
"""Mean velocity that is neither loud nor soft where this program arranges. Velocity has no scale that sources
share: in the rated pieces it is an engraver's constant, in transcriptions a model's guess."""

LOUDNESS_STEP: Final = 20.0
"""About a dynamic degree and a half: mezzo forte to forte and a little more."""

LOUDNESS_ON_AROUSAL: Final = 0.25
"""Weight of mean velocity a LOUDNESS_STEP, in standard deviations: loudness counts about half as much for
arousal as tempo does (Gabrielsson & Lindström 2010; Eerola, Friberg & Bresin 2013), and the networks hear
music played a quarter quicker as .25 more aroused."""

DRUMS_ON_AROUSAL: Final = 0.12
"""Weight of log(1 + drum onsets a second), in standard deviations: the rated pieces have no drums to learn
from; the literature gives percussion about the weight of a third of the onset rate (Eerola et al. 2013)."""


def piece_weights(piece: npt.NDArray[np.int64]) -> Floats:
    """Long pieces count more than short ones, but by the root of their windows."""
    weights = 1.0 / np.sqrt(np.bincount(piece)[piece])
    return np.asarray(weights / weights.mean())


def folds_of(windows: Windows) -> npt.NDArray[np.int64]:
    """The fold of every window: song groups stay whole, folds have about equally many windows."""
    groups = sorted(set(windows.groups))
    own = np.array([groups.index(group) for group in windows.groups])[windows.piece]
    size = np.bincount(own, minlength=len(groups))
    fold = np.zeros(len(groups), dtype=np.int64)
    load = np.zeros(FOLDS)
    for group in np.argsort(-size, kind="stable"):
        fold[group] = int(load.argmin())
        load[fold[group]] += size[group]
    return np.asarray(fold[own])


@dataclass(frozen=True, slots=True)
class Lessons:
    """Rows to learn from: features [N, F] on the rated pieces' scale, targets [N, 2] in standard deviations,
    weights [N], piece [N]."""

    features: Floats
    targets: Floats
    weights: Floats
    piece: npt.NDArray[np.int64]


def titled_lessons(titled: Windows, like: Windows) -> Lessons:
    """Weak labels from titles. Chip music is denser and has other registers than piano, so its features are
    first brought to the rated pieces' means and spreads: only what differs within games teaches."""
    own, theirs = titled.features, like.features
    spread = np.where(own.std(axis=0) < 1e-6, 1.0, own.std(axis=0))
    features = (own - own.mean(axis=0)) / spread * theirs.std(axis=0) + theirs.mean(axis=0)
    targets = titled.targets - titled.targets.mean(axis=0)
    weights = 1.0 / np.bincount(titled.piece)[titled.piece]
    return Lessons(features, targets, TITLE_WEIGHT * weights / weights.mean(), titled.piece)


def lessons_of(rated: Windows, titled: Windows | None) -> Lessons:
    """The rated windows, and the titled ones with them where there are any."""
    z = (rated.targets - rated.targets.mean(axis=0)) / rated.targets.std(axis=0)
    first = Lessons(rated.features, z, piece_weights(rated.piece), rated.piece)
    if titled is None:
        return first
    second = titled_lessons(titled, rated)
    return Lessons(
        np.vstack([first.features, second.features]),
        np.vstack([first.targets, second.targets]),
        np.concatenate([first.weights, second.weights]),
        np.concatenate([first.piece, second.piece + len(rated.names)]),
    )


def fitted(
    lessons: Lessons, rows: npt.NDArray[np.bool_], rated: Windows, recipe: Recipe, seed: int
) -> Networks:
    """Networks trained on some of the lessons, standardised as the rated pieces are."""
    scale = rated.features.std(axis=0)
    return train(
        lessons.features[rows],
        lessons.targets[rows],
        lessons.weights[rows],
        lessons.piece[rows],
        recipe,
        seed,
        rated.features.mean(axis=0),
        np.where(scale < 1e-6, 1.0, scale),
    )


def held_out(
    rated: Windows, titled: Windows | None, recipe: Recipe, seed: int = 0
) -> tuple[Floats, Floats, Floats, Floats]:
    """Predictions for windows whose song was not learnt from, in standard deviations [W, 2], with spread
    [W, 2] and unfamiliarity [W], and the standardised targets [W, 2]."""
    lessons, fold = lessons_of(rated, titled), folds_of(rated)
    z = lessons.targets[: len(fold)]
    said, spread, strange = np.zeros_like(z), np.zeros_like(z), np.zeros(len(z))
    for number in range(FOLDS):
        out = fold == number
        learn = np.ones(len(lessons.targets), dtype=np.bool_)
        learn[: len(fold)] = ~out
        networks = fitted(lessons, learn, rated, recipe, seed + number)
        said[out], spread[out], strange[out] = networks.predict(rated.features[out])
    return said, spread, strange, z


def correlations(rated: Windows, said: Floats, z: Floats) -> list[float]:
    """Pearson's r of (valence, arousal) by piece, then by window."""
    by_piece = rated.of_pieces(said), rated.of_pieces(z)
    return [float(np.corrcoef(a[:, k], b[:, k])[0, 1]) for a, b in (by_piece, (said, z)) for k in (0, 1)]


def calibrate(said: Floats, spread: Floats, strange: Floats, truth: Floats) -> Floats:
    """[2, 3]: the log of the expected error as constant + spread + unfamiliarity, by the likelihood of which
    side of 0 the truth lies on. More spread or strangeness never means less error; held-out pieces of one
    kind cannot teach what strangeness costs, so it has a least price."""
    rows = []
    for k in (0, 1):
        right = np.sign(said[:, k]) == np.sign(truth[:, k])

        def cost(b: Floats, right: npt.NDArray[np.bool_] = right, k: int = k) -> float:
            scale = np.exp(b[0] + abs(b[1]) * spread[:, k] + STRANGENESS * strange)
            wrong = np.clip(0.5 * np.exp(-np.abs(said[:, k]) / scale), 1e-6, 1 - 1e-6)
            return float(-np.where(right, np.log1p(-wrong), np.log(wrong)).mean())

        best = minimize(cost, np.array([-1.0, 0.1]), method="Nelder-Mead").x
        rows.append([best[0], abs(best[1]), STRANGENESS])
    return np.array(rows)


def ensemble_of(networks: Networks, stretch: Floats, calibration: Floats) -> Ensemble:
    """The networks on the emotion scale: outputs times `stretch` [2], with the priors for loudness and drums,
    which the networks have not seen."""
    skip = networks.skip * stretch[None, :, None]
    scale = networks.scale.copy()
    drums = FEATURES.index("drum onsets a second")
    scale[drums] = 1.0
    skip[:, 0, drums], skip[:, 1, drums] = 0.0, DRUMS_ON_AROUSAL * stretch[1]
    mean = networks.mean.copy()
    level = FEATURES.index("mean velocity")
    mean[level], scale[level] = MEZZO, LOUDNESS_STEP
    skip[:, 1, level] = LOUDNESS_ON_AROUSAL * stretch[1]
    return Ensemble(
        mean,
        scale,
        skip,
        networks.hidden,
        networks.hidden_bias,
        networks.out * stretch[None, :, None],
        networks.out_bias * stretch[None, :],
        calibration,
    )


def write(folder: Path, ensemble: Ensemble, figures: Mapping[str, object]) -> str:
    """Writes model.safetensors and config.json, each whole or not at all. Returns the version."""
    from safetensors.numpy import save

    folder.mkdir(parents=True, exist_ok=True)
    version = f"1-{fingerprint(ensemble)}"
    tensors = {
        name: np.ascontiguousarray(getattr(ensemble, name), dtype=np.float32) for name in Ensemble.__slots__
    }
    config = {
        "kind": KIND,
        "format": FORMAT,
        "version": version,
        **MADE_WITH,
        "features": list(FEATURES),
        "figures": figures,
    }
    for name, content in (
        ("model.safetensors", save(tensors)),
        ("config.json", json.dumps(config, indent=1, ensure_ascii=False).encode()),
    ):
        temporary = folder / f".{name}.part"
        temporary.write_bytes(content)
        os.replace(temporary, folder / name)
    return version


def main(arguments: list[str] | None = None) -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, required=True, help="folder of the unpacked archives")
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--cache", type=Path, help="where measured windows are kept between runs")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument(
        "--without", nargs="*", default=[], help="groups of features to hide, to see what is left"
    )
    parser.add_argument("--ratings-only", action="store_true", help="leave the titled game music out")
    options = parser.parse_args(arguments)
    torch.set_num_threads(1)
    recipe = Recipe(without=tuple(options.without))
    rated = kept(lambda: rated_windows(options.data / "vgmidi"), "vgmidi", options.cache)
    titled = None
    if not options.ratings_only:
        titled = kept(lambda: titled_windows(options.data / "nesmdb"), "nesmdb", options.cache)
    for windows in (rated, titled):
        if windows is not None:
            print(f"{len(windows.features)} windows of {len(windows.names)} pieces", file=sys.stderr)
    said, spread, strange, z = held_out(rated, titled, recipe, options.seed)
    r = correlations(rated, said, z)
    print("held-out r: by piece V {:.3f} A {:.3f}, by window V {:.3f} A {:.3f}".format(*r), file=sys.stderr)
    # What a model says of music it has not learnt shrinks to the middle; the listener's scale does not.
    stretch = GAIN / said.std(axis=0)
    truth = np.tanh(GAIN * z)
    calibration = calibrate(np.tanh(said * stretch), spread * stretch, strange, truth)
    lessons = lessons_of(rated, titled)
    networks = fitted(lessons, np.ones(len(lessons.targets), dtype=np.bool_), rated, recipe, options.seed)
    ensemble = ensemble_of(networks, stretch, calibration)
    names = ("piece valence", "piece arousal", "window valence", "window arousal")
    figures = {"held-out r on vgmidi": {name: round(x, 3) for name, x in zip(names, r, strict=True)}}
    print(write(options.out, ensemble, figures), file=sys.stderr)


if __name__ == "__main__":
    main()
