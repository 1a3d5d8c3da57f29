"""Trains the audio recogniser and writes its weights folder; measures it on an `eval` set it never saw.

`python -m engine.train.hear.fit --data /work/data --cache FOLDER --out engine/weights/ear`

Learns from `vgmidi` rendered by the packaged sound font, as piano and with other instruments, with the
raters' own curves; and from excerpts of other `train` archives, labelled by the recogniser of notes. Render
first: `python -m engine.train.hear.rendered`.
"""

import argparse
import json
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import numpy as np
import numpy.typing as npt

from engine.hear.audio_recogniser import FARTHEST, FORMAT, KIND, MADE_WITH, AudioRecogniser, Weights
from engine.hear.features import FEATURES, GROUPS, WINDOW_S, measure, windows_of
from engine.match.note_recogniser import NoteRecogniser
from engine.match.performed import performed_midi
from engine.render.files import write_atomic
from engine.train.hear.rendered import (
    LONGEST_S,
    Clip,
    curves,
    eval_clips,
    kept_frames,
    other_clips,
    rated_clips,
    sounding,
)

Floats = npt.NDArray[np.float64]

MEMBERS: Final = 12
RIDGE: Final = 0.1
"""Penalty a row; .02 to .4 were tried by leaving song groups out, flat between."""
OTHERS_WEIGHT: Final = 0.4
"""What a row labelled by the recogniser counts beside a rated one."""
REACTION_S: Final = 2.0
SETTLING_S: Final = 5.0
GAIN: Final = 0.6
"""As for notes: a standard deviation among rated pieces is heard as tanh .6."""
VALENCE: Final = ("tonality", "harmony", "register", "rhythm", "spectrum")
AROUSAL: Final = ("energy", "spectrum", "timbre", "rhythm", "harmony", "register")
FOLDS: Final = 6


@dataclass(frozen=True, slots=True)
class Rows:
    """Windows to learn from: features [N, F], targets [N, 2] in standard deviations of rated music, weights
    [N], group [N], `rated` [N]: whether people rated them."""

    features: Floats
    targets: Floats
    weights: Floats
    group: npt.NDArray[np.int64]
    rated: npt.NDArray[np.bool_]


def lessons(data: Path, cache: Path) -> Rows:
    """All rows whose frames are in `cache` (or can be made)."""
    rated, groups_of = curves(data), _groups(data)
    recogniser = NoteRecogniser.load(None)
    features: list[Floats] = []
    targets: list[tuple[float, float]] = []
    groups: list[str] = []
    own: list[bool] = []
    said = np.concatenate([mean for mean, _ in rated.values()])
    centre, spread = said.mean(axis=0), np.array([m.mean(axis=0) for m, _ in rated.values()]).std(axis=0)
    for clip in [*rated_clips(data, 1), *other_clips(data)]:
        frames = kept_frames(clip, cache)
        midi = sounding(clip)
        if frames is None or midi is None:
            continue
        windows = windows_of(frames)
        table, heard = measure([window for _, window in windows])
        by_notes = None if clip.source == "vgmidi" else recogniser.hear([performed_midi(midi)])[0]
        for (middle, _), row, known in zip(windows, table, heard, strict=True):
            if not known:
                continue
            if by_notes is None:
                target = (_rating(clip, middle, rated) - centre) / spread
            else:
                target = np.arctanh(np.clip(by_notes.at(middle), -0.95, 0.95)) / GAIN
            features.append(row)
            targets.append((float(target[0]), float(target[1])))
            groups.append(groups_of.get(clip.path.name, clip.name))
            own.append(by_notes is None)
    names = sorted(set(groups))
    group = np.array([names.index(name) for name in groups])
    weights = 1.0 / np.sqrt(np.bincount(group)[group])
    weights *= np.where(own, 1.0, OTHERS_WEIGHT)
    return Rows(np.array(features), np.array(targets), weights / weights.mean(), group, np.array(own))


def _rating(clip: Clip, middle: float, rated: dict[str, tuple[Floats, float]]) -> Floats:
    """The raters' mean over a window, later by their reaction."""
    curve, seconds = rated[clip.path.name]
    begin = min(clip.start_s, max(0.0, seconds - LONGEST_S))
    first = max(begin + middle - WINDOW_S / 2 + REACTION_S, SETTLING_S)
    times = np.linspace(first, max(begin + middle + WINDOW_S / 2 + REACTION_S, first + 1), 40)
    middles = (np.arange(len(curve)) + 0.5) * seconds / len(curve)
    return np.array([np.interp(times, middles, curve[:, k]).mean() for k in (0, 1)])


def _groups(data: Path) -> dict[str, str]:
    import csv

    with (data / "vgmidi" / "labels.csv").open(encoding="utf-8", newline="") as stream:
        return {row["file"]: row["song_group"] for row in csv.DictReader(stream)}


def fit(rows: Rows, chosen: npt.NDArray[np.bool_], seed: int = 0, ridge: float = RIDGE) -> Weights:
    """A bag of ridge regressions on draws of whole pieces."""
    x, y, w, group = (part[chosen] for part in (rows.features, rows.targets, rows.weights, rows.group))
    mean = np.average(x, axis=0, weights=w)
    scale = np.sqrt(np.average((x - mean) ** 2, axis=0, weights=w))
    scale = np.where(scale < 1e-6, 1.0, scale)
    z = np.clip((x - mean) / scale, -FARTHEST, FARTHEST)
    seen = [
        np.array([any(name in GROUPS[g] for g in groups) for name in FEATURES])
        for groups in (VALENCE, AROUSAL)
    ]
    rng = np.random.default_rng(seed)
    pieces = np.unique(group)
    linear, constant = np.zeros((MEMBERS, 2, len(FEATURES))), np.zeros((MEMBERS, 2))
    for member in range(MEMBERS):
        drawn = np.bincount(np.searchsorted(pieces, rng.choice(pieces, len(pieces))), minlength=len(pieces))
        weight = w * drawn[np.searchsorted(pieces, group)]
        for k, columns in enumerate(seen):
            own = z[:, columns]
            middle = np.average(y[:, k], weights=weight)
            gram = own.T @ (own * weight[:, None]) + ridge * weight.sum() * np.eye(int(columns.sum()))
            linear[member, k, columns] = np.linalg.solve(gram, own.T @ (weight * (y[:, k] - middle)))
            constant[member, k] = middle
    return Weights(mean, scale, linear, constant, np.zeros(2))


def held_out(rows: Rows, ridge: float = RIDGE) -> Floats:
    """What is said of rated windows whose song was not learnt from, in standard deviations [rated, 2]."""
    fold = np.random.default_rng(0).integers(FOLDS, size=int(rows.group.max()) + 1)[rows.group]
    said = np.zeros_like(rows.targets)
    for number in range(FOLDS):
        out = (fold == number) & rows.rated
        weights = fit(rows, ~out, number, ridge)
        said[out] = np.arctanh(np.clip(weights.opinions(rows.features[out])[0], -0.9999, 0.9999))
    return said[rows.rated]


def by_group(values: Floats, group: npt.NDArray[np.int64]) -> Floats:
    """Means over the rows of each group that has any: values [N, M], group [N] → [groups, M]."""
    count = np.bincount(group)
    kept = count > 0
    return np.stack([np.bincount(group, weights=v)[kept] / count[kept] for v in values.T], axis=1)


def shipped(rows: Rows, said: Floats) -> Weights:
    """The model on everything, on the emotion scale; its expected error is that of the held-out windows."""
    stretch = GAIN / said.std(axis=0)
    weights = fit(rows, np.ones(len(rows.group), dtype=np.bool_))
    truth = np.tanh(GAIN * rows.targets[rows.rated])
    error = np.abs(np.tanh(said * stretch) - truth).mean(axis=0)
    return Weights(
        weights.mean,
        weights.scale,
        weights.linear * stretch[None, :, None],
        weights.constant * stretch[None, :],
        error,
    )


def measured(recogniser: AudioRecogniser, data: Path, cache: Path, name: str) -> dict[str, object]:
    """Figures on an `eval` set, rendered."""
    from engine.train.recogniser.evaluate import quadrants
    from engine.train.roc import auc

    points, labels = [], []
    for clip, label in eval_clips(data, name):
        frames = kept_frames(clip, cache)
        if frames is not None:
            opinion = recogniser.hear_frames(frames)
            points.append((opinion.valence, opinion.arousal))
            labels.append(label)
    heard, true = np.array(points), np.array(labels)
    return {
        "clips": len(heard),
        "valence AUC": round(auc(true[:, 0], heard[:, 0]), 3),
        "arousal AUC": round(auc(true[:, 1], heard[:, 1]), 3),
        "quadrant accuracy, borders at 0": round(
            float((quadrants(heard, np.zeros(2)) == true[:, 2]).mean()), 3
        ),
        "quadrant accuracy, borders at medians": round(
            float((quadrants(heard, np.median(heard, axis=0)) == true[:, 2]).mean()), 3
        ),
    }


def write(folder: Path, weights: Weights, figures: dict[str, object]) -> str:
    """model.safetensors and config.json; returns the version."""
    import hashlib

    from safetensors.numpy import save

    tensors = {n: np.ascontiguousarray(getattr(weights, n), np.float32) for n in Weights.__slots__}
    data = save(tensors)
    version = f"1-{hashlib.sha256(data).hexdigest()[:8]}"
    config = {
        "kind": KIND,
        "format": FORMAT,
        "version": version,
        **MADE_WITH,
        "features": list(FEATURES),
        "figures": figures,
    }
    write_atomic(folder / "model.safetensors", data)
    write_atomic(folder / "config.json", json.dumps(config, indent=1, ensure_ascii=False).encode())
    return version


def main(arguments: list[str] | None = None) -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, required=True, help="folder of the unpacked archives")
    parser.add_argument("--cache", type=Path, required=True, help="where rendered frames are kept")
    parser.add_argument("--out", type=Path, help="where the weights go; without it nothing is written")
    parser.add_argument("--ridge", type=float, nargs="*", default=[RIDGE])
    options = parser.parse_args(arguments)
    rows = lessons(options.data, options.cache)
    group = rows.group[rows.rated]
    said = np.zeros((0, 2))
    figures: dict[str, object] = {}
    for ridge in options.ridge:
        said = held_out(rows, ridge)
        pieces = by_group(said, group), by_group(rows.targets[rows.rated], group)
        r = [
            float(np.corrcoef(a[:, k], b[:, k])[0, 1])
            for a, b in (pieces, (said, rows.targets[rows.rated]))
            for k in (0, 1)
        ]
        figures = {
            "windows": len(rows.group),
            "held-out r, vgmidi": dict(
                zip(("piece V", "piece A", "window V", "window A"), np.round(r, 3).tolist(), strict=True)
            ),
        }
        print(f"ridge {ridge}: {figures}", file=sys.stderr)
    weights = shipped(rows, said)
    figures["rendered emopia"] = measured(
        AudioRecogniser(weights, "new"), options.data, options.cache, "emopia"
    )
    print(json.dumps(figures, indent=1), file=sys.stderr)
    if options.out:
        print(write(options.out, weights, figures), file=sys.stderr)


if __name__ == "__main__":
    main()
