"""What the outside judge makes of finished scores, cue by cue, and the figures that are told of it.

The judge is fitted here and now and only measures (`engine.train.outside_recogniser`): nothing is chosen
by it.
"""

from collections.abc import Sequence
from pathlib import Path
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from engine.music.score import Score
from engine.train.outside_recogniser import OutsideRecogniser, chunks, examples, features_of
from engine.train.roc import auc

Floats = npt.NDArray[np.float64]

NAMES: Final = ("happy", "angry", "sad", "calm")
CORNERS: Final = ((1.0, 1.0), (-1.0, 1.0), (-1.0, -1.0), (1.0, -1.0))
"""Signs of valence and arousal by quadrant."""


def fitted_outside_recogniser(data: Path, cache: Path | None) -> OutsideRecogniser:
    """The judge, fitted on the `eval` sets below `data`; `cache` keeps what was measured of them."""
    return OutsideRecogniser().fit(examples(data, cache))


def quadrant_of(valence: float, arousal: float) -> int:
    """0 happy, 1 angry, 2 sad, 3 calm; the axes belong to the brighter and livelier side."""
    return {(True, True): 0, (False, True): 1, (False, False): 2, (True, False): 3}[
        valence >= 0, arousal >= 0
    ]


def opinion_of(judge: OutsideRecogniser, score: Score, index: int) -> Floats:
    """Probability of each quadrant [4] for cue `index`; a quarter each where too little sounds."""
    cue = score.cues[index]
    own = [
        (note, track.is_drum)
        for track in score.tracks
        for note in track.notes
        if cue.start_s - 0.05 <= note.start_s < cue.end_s - 1e-6
    ]
    rows = sorted((n.start_s, n.end_s, n.pitch, n.velocity) for n, is_drum in own if not is_drum)
    notes = np.array(rows, dtype=np.float64).reshape(-1, 4)
    hits = sum(is_drum for _, is_drum in own) / max(cue.end_s - cue.start_s, 1.0)
    parts = chunks(notes)
    if not parts:
        return np.full(4, 0.25)
    said = judge.probabilities(np.array([features_of(part, hits) for part in parts]))
    return np.asarray(said.mean(axis=0))


def agreement(asked: Sequence[int], said: Floats) -> dict[str, Any]:
    """Figures of N cues: `asked` quadrants, `said` probabilities [N, 4]. Rows of the confusion are asked.

    The areas under the ROC curve say whether the order is heard wherever the judge's own border between
    the sides lies: where music is asked for mildly, judges differ about that border."""
    wanted = np.array(asked, dtype=np.int64)
    heard = said.argmax(axis=1) if len(said) else np.zeros(0, dtype=np.int64)
    confusion = np.zeros((4, 4), dtype=np.int64)
    np.add.at(confusion, (wanted, heard), 1)
    rows = confusion.sum(axis=1)
    by_quadrant = [float(confusion[q, q] / rows[q]) if rows[q] else None for q in range(4)]
    known = [share for share in by_quadrant if share is not None]
    count = max(len(wanted), 1)
    bright, lively = np.isin(wanted, (0, 3)), wanted < 2
    return {
        "cues": len(wanted),
        "quadrant": round(float(np.trace(confusion)) / count, 3),
        "worst quadrant": round(min(known, default=0.0), 3),
        "valence": round(float((bright == np.isin(heard, (0, 3))).sum()) / count, 3),
        "arousal": round(float((lively == (heard < 2)).sum()) / count, 3),
        "valence AUC": round(auc(bright.astype(np.int64), said[:, 0] + said[:, 3]), 3),
        "arousal AUC": round(auc(lively.astype(np.int64), said[:, 0] + said[:, 1]), 3),
        "probability of the asked": round(float(said[np.arange(len(wanted)), wanted].mean()), 3)
        if len(wanted)
        else 0.0,
        "by quadrant": {
            name: None if share is None else round(share, 3)
            for name, share in zip(NAMES, by_quadrant, strict=True)
        },
        "confusion": confusion.tolist(),
    }


def standard_error(share: float, count: int) -> float:
    """Of an accuracy over so many cues."""
    return float(np.sqrt(max(share * (1 - share), 1e-9) / max(count, 1)))
