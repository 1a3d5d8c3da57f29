"""Do the styles differ in what the user gets? The same plans composed and arranged in every style, told apart
without looking at instruments."""

from pathlib import Path

import numpy as np
import numpy.typing as npt

from dsl.score_file import plan_source
from engine.models import Models
from engine.music.score import Score
from engine.pipeline import compose
from engine.train.music.tensors import STYLES
from engine.train.outside_recogniser import features_of

MOODS = (
    ("joy", "C major", 112),
    ("grief", "D minor", 66),
    ("rage", "E minor", 132),
    ("calm", "F major", 76),
    ("suspense", "G minor", 92),
    ("hope", "G major", 96),
    ("longing", "A minor", 80),
    ("wonder", "D major", 104),
)
"""Emotion, key, tempo of each plan: fixed for all styles, so that neither tells a style."""


def plan_text(style: str, number: int) -> str:
    """A plan of one twelve-bar cue."""
    emotion, key, tempo = MOODS[number % len(MOODS)]
    return (
        f"melodrama: 1\ntitle: {emotion}\nstyle: {style}\nmeter: 4/4\nseed: {number + 1}\n---\n"
        f"# {emotion}\n@bars 12\n@tempo {tempo}\n@key {key}\n@emotion {emotion} 0.8\n"
    )


def score_features(score: Score) -> npt.NDArray[np.float64]:
    """Features of a score's notes (time, pitch, length, loudness) and how many drum strokes there are; no
    programs."""
    rows = sorted(
        (note.start_s, note.end_s, note.pitch, note.velocity)
        for track in score.tracks
        if not track.is_drum
        for note in track.notes
    )
    drums = sum(len(track.notes) for track in score.tracks if track.is_drum)
    notes = np.array(rows, np.float64).reshape(-1, 4)
    return features_of(notes, drums / max(float(notes[:, 1].max()), 1.0))


def arranged_table(models: Models, plans: int = 8, takes: int = 2) -> dict[str, float]:
    """How well the style of an arranged score is told from its notes: trees learn from all plans but one
    and are asked about that one (chance .1)."""
    from sklearn.ensemble import ExtraTreesClassifier
    from sklearn.model_selection import LeaveOneGroupOut, cross_val_predict

    rows, style, plan_of = [], [], []
    for number in range(plans):
        for row, name in enumerate(STYLES):
            loaded = plan_source(plan_text(name, number), Path("style.score"))
            assert loaded.plan is not None, loaded.findings
            rows.append(score_features(compose(loaded.plan, models, takes).score))
            style.append(row)
            plan_of.append(number)
    x, y, groups = np.stack(rows), np.array(style), np.array(plan_of)
    trees = ExtraTreesClassifier(300, random_state=0)
    predicted = cross_val_predict(trees, x, y, groups=groups, cv=LeaveOneGroupOut())
    figures = {"arranged styles told apart": float((predicted == y).mean())}
    for row, name in enumerate(STYLES):
        figures[f"arranged, told as {name}"] = float((predicted[y == row] == row).mean())
    return figures
