"""Measures a recogniser on sets that it never saw, and prints the figures of its model card.

`python -m engine.train.recogniser.evaluate --data /work/data [--weights FOLDER] [--json FILE]`

For each `eval` set: area under the ROC curve of valence and of arousal against the labels, quadrant accuracy
with the borders at 0 and at the set's own medians, accuracy by confidence, and what `match` says of real
music when its own quadrant is asked for, a neighbouring one, or the opposite one.
"""

import argparse
import json
import sys
from pathlib import Path
from typing import Final

import numpy as np
import numpy.typing as npt

from engine.match.note_recogniser import Heard, NoteRecogniser
from engine.match.ranking import MATCH_DISTANCE
from engine.train.recogniser.clips import measured_clips
from engine.train.roc import auc

Floats = npt.NDArray[np.float64]

SETS: Final = ("emopia", "ym2413")
CENTRE: Final = 0.5
"""A quadrant is asked for as (±.5, ±.5)."""


def quadrants(points: Floats, borders: Floats) -> npt.NDArray[np.int64]:
    """1 happy, 2 angry, 3 sad, 4 calm: [N, 2] → [N]."""
    high = points > borders
    return np.select(
        [high[:, 0] & high[:, 1], ~high[:, 0] & high[:, 1], ~high[:, 0] & ~high[:, 1]], [1, 2, 3], 4
    )


def figures(heard: list[Heard], labels: npt.NDArray[np.int64]) -> dict[str, object]:
    """All figures of one set; labels [N, 3] as `measured_clips` gives them."""
    points = np.array([(h.valence, h.arousal) for h in heard])
    sure = np.array([h.confidence for h in heard])
    true = labels[:, 2]
    at_zero = quadrants(points, np.zeros(2))
    at_median = quadrants(points, np.median(points, axis=0))
    order = np.argsort(sure)
    thirds = np.array_split(order, 3)
    return {
        "clips": len(heard),
        "valence AUC": round(auc(labels[:, 0], points[:, 0]), 3),
        "arousal AUC": round(auc(labels[:, 1], points[:, 1]), 3),
        "quadrant accuracy, borders at 0": round(float((at_zero == true).mean()), 3),
        "quadrant accuracy, borders at medians": round(float((at_median == true).mean()), 3),
        "quadrant accuracy, borders at 0, by third of confidence": [
            round(float((at_zero == true)[part].mean()), 3) for part in thirds
        ],
        "mean confidence": round(float(sure.mean()), 3),
        "mean heard": points.mean(axis=0).round(3).tolist(),
        "spread heard": points.std(axis=0).round(3).tolist(),
        "heard by quadrant": {str(q): points[true == q].mean(axis=0).round(2).tolist() for q in (1, 2, 3, 4)},
        "confusion (rows true, borders at 0)": [
            [int(((true == q) & (at_zero == p)).sum()) for p in (1, 2, 3, 4)] for q in (1, 2, 3, 4)
        ],
        "match": _matches(points, labels),
    }


def _matches(points: Floats, labels: npt.NDArray[np.int64]) -> dict[str, float]:
    """Mean match of real music when its own quadrant's centre is asked for, and when others are."""
    centre = CENTRE * (2.0 * labels[:, :2] - 1)

    def mean(flip: tuple[int, int]) -> float:
        missed = ((points - centre * np.array(flip)) ** 2).sum(axis=1)
        return round(float(np.exp(-missed / MATCH_DISTANCE**2).mean()), 3)

    return {
        "own quadrant": mean((1, 1)),
        "other valence": mean((-1, 1)),
        "other arousal": mean((1, -1)),
        "opposite quadrant": mean((-1, -1)),
    }


def main(arguments: list[str] | None = None) -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, required=True, help="folder of the unpacked archives")
    parser.add_argument("--weights", type=Path, help="a recogniser's folder instead of the shipped one")
    parser.add_argument("--json", type=Path, help="write the figures there too")
    options = parser.parse_args(arguments)
    recogniser = NoteRecogniser.load(options.weights)
    found: dict[str, object] = {"version": recogniser.version}
    for name in SETS:
        clips, labels, _ = measured_clips(options.data / name)
        found[name] = figures(recogniser.hear(clips), labels)
    text = json.dumps(found, indent=1, ensure_ascii=False)
    sys.stdout.write(text + "\n")
    if options.json:
        options.json.write_text(text + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
