"""A second recogniser that has no part in making the music, to evaluate it: which quadrant of emotion
(valence × arousal) does a MIDI file sound like?

`python -m engine.train.outside_recogniser FOLDER_OF_MIDI [--data /work/data] [--cache FOLDER] [--json
FILE]`

Extremely randomised trees and a logistic regression, fitted here and now on the `eval` sets (EMOPIA,
YM2413) with features of their own. It shares neither code, nor features, nor data with the recogniser that
chooses takes; it is never stored, never shipped and never used for choosing. Files whose name starts with
the quadrant that was asked for (`Q1_…` to `Q4_…`) are also counted against it.
"""

import argparse
import csv
import hashlib
import json
import re
import sys
import warnings
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import numpy as np
import numpy.typing as npt
import pretty_midi
from sklearn.ensemble import ExtraTreesClassifier
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import GroupKFold
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

Floats = npt.NDArray[np.float64]

SETS: Final = ("emopia", "ym2413")
QUADRANTS: Final = ("Q1 happy", "Q2 angry", "Q3 sad", "Q4 calm")
CHUNK_S: Final = 30.0
"""Files are judged in pieces of about the length of the clips that the judge knows."""

_AARDEN: Final = np.array(
    [
        [17.77, 0.15, 14.93, 0.16, 19.80, 11.36, 0.29, 22.06, 0.15, 8.15, 0.23, 4.95],
        [18.26, 0.74, 14.05, 16.86, 0.70, 14.44, 0.70, 18.62, 4.57, 1.93, 7.38, 1.76],
    ]
)
"""Aarden 2003: how often each degree occurs in major and minor melodies, per cent."""


def notes_of(path: Path) -> tuple[Floats, float]:
    """Rows (start, end, pitch, velocity) of the pitched notes by start, and drum hits a second. Raises
    whatever pretty_midi raises for a damaged file."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        midi = pretty_midi.PrettyMIDI(str(path))
    rows = [(n.start, n.end, n.pitch, n.velocity) for i in midi.instruments if not i.is_drum for n in i.notes]
    hits = sum(len(i.notes) for i in midi.instruments if i.is_drum)
    table = np.array(sorted(rows), dtype=np.float64).reshape(-1, 4)
    return table, hits / max(float(midi.get_end_time()), 1.0)


def chunks(notes: Floats) -> list[Floats]:
    """The notes in pieces of about CHUNK_S seconds."""
    if not len(notes):
        return []
    first, last = notes[0, 0], notes[:, 1].max()
    count = max(1, round((last - first) / CHUNK_S))
    place = np.minimum(((notes[:, 0] - first) / max(last - first, 1e-6) * count).astype(int), count - 1)
    return [notes[place == k] for k in range(count) if (place == k).sum() >= 8]


def features_of(notes: Floats, drums: float) -> Floats:
    """Histograms of what is where: keys, transitions between degrees, registers, lengths, gaps, loudness."""
    start, end, velocity = notes[:, 0], notes[:, 1], notes[:, 3]
    pitch = notes[:, 2].astype(int)
    span = max(float(end.max() - start[0]), 1.0)
    counts = np.bincount(pitch % 12, minlength=12) / len(pitch)
    keys = np.array(
        [[np.corrcoef(np.roll(profile, k), counts)[0, 1] for k in range(12)] for profile in _AARDEN]
    )
    keys = np.nan_to_num(keys)
    mode, tonic = np.unravel_index(int(keys.argmax()), keys.shape)
    # Degrees are counted from the tonic of the key's signature, so that relative keys share their numbering.
    home = int(tonic) if mode == 0 else (int(tonic) + 3) % 12
    degree = (pitch - home) % 12
    onsets = np.unique(np.round(start / 0.04))
    lowest = np.array([degree[pitch.argmin()]])
    order = np.round(start / 0.04)
    edges = np.flatnonzero(np.r_[True, np.diff(order) > 0])
    lows = np.minimum.reduceat(pitch, edges)
    highs = np.maximum.reduceat(pitch, edges)
    bass = (lows[lows <= np.quantile(pitch, 0.4)] - home) % 12
    top = (highs[highs >= np.quantile(pitch, 0.6)] - home) % 12
    moves = np.bincount(np.abs(np.diff(highs)).clip(0, 15), minlength=16) / max(len(highs) - 1, 1)
    steps = np.zeros((7, 7))
    of_scale = np.array([0, 0, 1, 2, 2, 3, 3, 4, 5, 5, 6, 6])
    np.add.at(steps, (of_scale[top[:-1]], of_scale[top[1:]]), 1)
    lengths = np.histogram(np.log2((end - start).clip(0.03, 8)), bins=10, range=(-5, 3))[0] / len(pitch)
    gaps = np.histogram(np.log2(np.diff(onsets * 0.04).clip(0.04, 8)), bins=10, range=(-5, 3))[0] / len(
        onsets
    )
    octaves = np.bincount((pitch // 6).clip(5, 17) - 5, minlength=13) / len(pitch)
    loud = np.histogram(velocity, bins=8, range=(0, 128))[0] / len(pitch)
    together = np.histogram(np.diff(np.r_[edges, len(pitch)]), bins=[1, 2, 3, 4, 5, 7, 20])[0] / len(edges)
    return np.concatenate(
        [
            [keys[0].max(), keys[1].max(), keys[0].max() - keys[1].max(), float(mode)],
            np.bincount(degree, minlength=12) / len(pitch),
            np.bincount(bass, minlength=12) / max(len(bass), 1),
            np.bincount(top, minlength=12) / max(len(top), 1),
            (steps / max(steps.sum(), 1)).ravel(),
            np.bincount(lowest, minlength=12)[[0, 9]],
            moves,
            lengths,
            gaps,
            octaves,
            loud,
            together,
            [len(pitch) / span, len(onsets) / span, (end - start).sum() / span, velocity.mean()],
            [velocity.std(), pitch.mean(), pitch.std(), drums],
        ]
    )


@dataclass(frozen=True, slots=True)
class Examples:
    """Labelled chunks: features [N, F], quadrant 0…3 [N], song group [N], clip number [N], set number [N]."""

    features: Floats
    quadrant: npt.NDArray[np.int64]
    group: npt.NDArray[np.str_]
    clip: npt.NDArray[np.int64]
    source: npt.NDArray[np.int64]

    @property
    def weights(self) -> Floats:
        """Every clip counts once, and the quadrants of a set count alike: three in four clips of game music
        are lively, and a judge that had learnt that would call every band lively."""
        of_clip = 1.0 / np.bincount(self.clip)[self.clip]
        cell = self.source * 4 + self.quadrant
        return np.asarray(of_clip / np.bincount(cell, weights=of_clip)[cell] * len(cell) / 8)

    def part(self, rows: npt.NDArray[np.integer]) -> "Examples":
        """Some of the rows."""
        return Examples(
            self.features[rows], self.quadrant[rows], self.group[rows], self.clip[rows], self.source[rows]
        )


def examples(data: Path, cache: Path | None = None) -> Examples:
    """The `eval` sets as labelled chunks. Files that cannot be read are left out."""
    mark = hashlib.sha256(Path(__file__).read_bytes()).hexdigest()[:8]
    path = cache / f"outside-judge-{mark}.npz" if cache else None
    if path and path.is_file():
        with np.load(path, allow_pickle=False) as kept:
            return Examples(kept["features"], kept["quadrant"], kept["group"], kept["clip"], kept["source"])
    rows: list[Floats] = []
    labels: list[tuple[int, str, int, int]] = []
    for source, name in enumerate(SETS):
        with (data / name / "labels.csv").open(encoding="utf-8", newline="") as stream:
            table = list(csv.DictReader(stream))
        for row in table:
            try:
                notes, drums = notes_of(data / name / "midi" / row["file"])
            except Exception as error:  # pretty_midi and mido raise whatever a damaged byte leads to
                print(f"{row['file']}: {error}", file=sys.stderr)
                continue
            clip = labels[-1][2] + 1 if labels else 0
            for part in chunks(notes):
                rows.append(features_of(part, drums))
                labels.append((int(row["quadrant"]) - 1, row["song_group"], clip, source))
    quadrant, group, clips, sources = zip(*labels, strict=True)
    found = Examples(np.array(rows), np.array(quadrant), np.array(group), np.array(clips), np.array(sources))
    if path:
        path.parent.mkdir(parents=True, exist_ok=True)
        np.savez(path, **{name: getattr(found, name) for name in Examples.__slots__})
    return found


class OutsideRecogniser:
    """Quadrant probabilities of MIDI files. Fit it on `examples`, ask `quadrants`."""

    def __init__(self, seed: int = 0) -> None:
        self._trees = ExtraTreesClassifier(
            300, min_samples_leaf=3, max_features=0.2, random_state=seed, n_jobs=1
        )
        self._line = make_pipeline(StandardScaler(), LogisticRegression(C=0.02, max_iter=500))

    def fit(self, known: Examples) -> "OutsideRecogniser":
        """Fits both classifiers to labelled chunks, each clip weighing the same; gives itself back."""
        weights = known.weights
        self._trees.fit(known.features, known.quadrant, sample_weight=weights)
        self._line.fit(known.features, known.quadrant, logisticregression__sample_weight=weights)
        return self

    def probabilities(self, features: Floats) -> Floats:
        """[N, F] → [N, 4]."""
        both = self._trees.predict_proba(features) + self._line.predict_proba(features)
        return np.asarray(both / 2)

    def quadrants(self, path: Path) -> Floats:
        """Probability of each quadrant [4], the mean over the file's chunks; a quarter each where too little
        sounds."""
        notes, drums = notes_of(path)
        parts = chunks(notes)
        if not parts:
            return np.full(4, 0.25)
        return np.asarray(
            self.probabilities(np.array([features_of(part, drums) for part in parts])).mean(axis=0)
        )


def own_accuracy(known: Examples, folds: int = 5) -> dict[str, float]:
    """Cross-validated accuracy over the clips of each set, songs held together: how far the judge itself can
    be trusted."""
    said = np.zeros((len(known.quadrant), 4))
    for learn, out in GroupKFold(folds).split(known.features, groups=known.group):
        said[out] = OutsideRecogniser().fit(known.part(learn)).probabilities(known.features[out])
    clips = np.unique(known.clip)
    of_clip = np.array([said[known.clip == clip].mean(axis=0).argmax() for clip in clips])
    truth = np.array([known.quadrant[known.clip == clip][0] for clip in clips])
    source = np.array([known.source[known.clip == clip][0] for clip in clips])
    return {
        name: round(float((of_clip == truth)[source == number].mean()), 3) for number, name in enumerate(SETS)
    }


def report(asked: Sequence[int | None], said: Floats) -> dict[str, Any]:
    """Accuracy and confusion of the files whose quadrant (0…3) was asked for."""
    known = [(a, int(row.argmax())) for a, row in zip(asked, said, strict=True) if a is not None]
    confusion = np.zeros((4, 4), dtype=int)
    for a, q in known:
        confusion[a, q] += 1
    rows = np.maximum(confusion.sum(axis=1), 1)
    return {
        "files": len(said),
        "asked": len(known),
        "accuracy": round(float(np.trace(confusion)) / max(len(known), 1), 3),
        "accuracy by quadrant": [round(float(confusion[q, q] / rows[q]), 3) for q in range(4)],
        "valence right": round(
            float(np.mean([(a in (0, 3)) == (q in (0, 3)) for a, q in known] or [False])), 3
        ),
        "arousal right": round(
            float(np.mean([(a in (0, 1)) == (q in (0, 1)) for a, q in known] or [False])), 3
        ),
        "confusion (rows asked)": confusion.tolist(),
    }


def main(arguments: list[str] | None = None) -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("folder", type=Path, help="MIDI files, looked for in its folders too")
    parser.add_argument(
        "--data", type=Path, default=Path("/work/data"), help="folder of the unpacked archives"
    )
    parser.add_argument("--cache", type=Path, help="where measured examples are kept between runs")
    parser.add_argument("--json", type=Path)
    parser.add_argument("--check", action="store_true", help="cross-validate the judge itself first")
    options = parser.parse_args(arguments)
    known = examples(options.data, options.cache)
    found: dict[str, Any] = {}
    if options.check:
        own = own_accuracy(known)
        found["judge's own accuracy"] = own
        print(f"the judge itself, held-out songs: {own}")
    judge = OutsideRecogniser().fit(known)
    paths = sorted(path for path in options.folder.rglob("*") if path.suffix.lower() in (".mid", ".midi"))
    said = np.array([judge.quadrants(path) for path in paths]).reshape(-1, 4)
    asked = [int(m[1]) - 1 if (m := re.match(r"[Qq]([1-4])[_\- ]", p.name)) else None for p in paths]
    width = max((len(path.name) for path in paths), default=4)
    print(f"{'file':{width}}  " + "  ".join(f"{name:>8}" for name in QUADRANTS))
    for path, row in zip(paths, said, strict=True):
        print(f"{path.name:{width}}  " + "  ".join(f"{p:8.2f}" for p in row) + f"  {QUADRANTS[row.argmax()]}")
    found |= report(asked, said)
    if found["asked"]:
        print(json.dumps(found, indent=1))
    if options.json:
        found["each"] = {
            str(p): [round(float(x), 4) for x in row] for p, row in zip(paths, said, strict=True)
        }
        options.json.write_text(json.dumps(found, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
