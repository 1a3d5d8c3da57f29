"""How the recogniser is trained and measured, on a handful of made-up numbers."""

import numpy as np
import pytest

pytest.importorskip("sklearn")

from engine.match.features import FEATURES, GROUPS
from engine.match.note_recogniser import NoteRecogniser
from engine.train import outside_recogniser
from engine.train.recogniser.clips import Windows
from engine.train.recogniser.evaluate import quadrants
from engine.train.recogniser.fit import calibrate, folds_of
from engine.train.recogniser.networks import Recipe, train
from engine.train.roc import auc
from tests.engine.match.music import tune

QUICK = Recipe(members=2, width=4, steps=200, batch=64, rate=0.01)


def lessons() -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Valence is told by "third" and, misleadingly, by the onset rate; arousal by the onset rate."""
    rng = np.random.default_rng(1)
    features = rng.normal(size=(400, len(FEATURES)))
    rate = FEATURES.index("onsets a second")
    valence = features[:, FEATURES.index("third")] + features[:, rate]
    targets = np.stack([valence, features[:, rate]], axis=1)
    return features, targets, np.arange(400) // 8


def test_networks_learn_and_valence_never_sees_rhythm() -> None:
    features, targets, piece = lessons()
    networks = train(features, targets, np.ones(400), piece, QUICK)
    said, spread, _ = networks.predict(features)
    assert np.corrcoef(said[:, 1], targets[:, 1])[0, 1] > 0.8
    assert (spread >= 0).all()
    changed = features.copy()
    changed[:, [FEATURES.index(name) for name in (*GROUPS["rhythm"], *GROUPS["touch"])]] += 1.0
    other = networks.predict(changed)[0]
    assert np.allclose(other[:, 0], said[:, 0])
    assert not np.allclose(other[:, 1], said[:, 1])


def test_training_twice_gives_the_same_weights() -> None:
    features, targets, piece = lessons()
    one, two = (train(features, targets, np.ones(400), piece, QUICK, seed=3) for _ in range(2))
    assert np.array_equal(one.hidden, two.hidden)
    assert np.array_equal(one.skip, two.skip)


def test_shipped_valence_has_no_weight_on_rhythm_touch_or_loudness() -> None:
    skip = NoteRecogniser.load().ensemble.skip
    for group in ("rhythm", "touch", "loudness", "drums"):
        columns = [FEATURES.index(name) for name in GROUPS[group]]
        assert not skip[:, 0, columns].any()


def test_songs_stay_whole_in_the_folds() -> None:
    groups = ("a", "a", "b", "c", "d", "e", "f", "g")
    windows = Windows(np.zeros((80, 1)), np.zeros((80, 2)), np.arange(80) // 10, tuple("12345678"), groups)
    fold = folds_of(windows)
    assert len(set(fold[:20])) == 1
    assert len(set(fold)) >= 5


def test_calibration_says_how_often_the_side_is_right() -> None:
    rng = np.random.default_rng(2)
    truth = rng.uniform(-0.9, 0.9, size=(4000, 2))
    said = truth + rng.laplace(0, 0.3, size=truth.shape)
    spread, strange = rng.uniform(0.05, 0.2, size=truth.shape), np.zeros(4000)
    constant, on_spread, _ = calibrate(said, spread, strange, truth)[0]
    scale = np.exp(constant + on_spread * spread[:, 0])
    sure = 1 - 0.5 * np.exp(-np.abs(said[:, 0]) / scale)
    right = np.sign(said[:, 0]) == np.sign(truth[:, 0])
    assert sure.mean() == pytest.approx(right.mean(), abs=0.03)


def test_auc_and_quadrants_are_what_they_are_called() -> None:
    assert auc(np.array([0, 0, 1, 1]), np.array([0.1, 0.2, 0.3, 0.4])) == 1.0
    assert auc(np.array([0, 1, 0, 1]), np.array([0.5, 0.5, 0.5, 0.5])) == 0.5
    points = np.array([(0.5, 0.5), (-0.5, 0.5), (-0.5, -0.5), (0.5, -0.5)])
    assert quadrants(points, np.zeros(2)).tolist() == [1, 2, 3, 4]


def test_the_outside_recogniser_tells_what_it_was_taught_from_what_it_was_not() -> None:
    rows, quadrant = [], []
    for number in range(24):
        mode, beat = ("major", "minor")[number % 2], (0.35, 0.9)[number // 2 % 2]
        music = tune(mode, beat + 0.004 * number, up=number % 5)
        notes = np.stack([music.start_s, music.end_s, music.pitch, music.velocity], axis=1)
        rows.append(outside_recogniser.features_of(notes, 0.0))
        quadrant.append({("major", 0.35): 0, ("minor", 0.35): 1, ("minor", 0.9): 2}.get((mode, beat), 3))
    known = outside_recogniser.Examples(
        np.array(rows),
        np.array(quadrant),
        np.array([str(k) for k in range(24)]),
        np.arange(24),
        np.arange(24) % 2,
    )
    said = outside_recogniser.OutsideRecogniser().fit(known).probabilities(known.features)
    assert np.allclose(said.sum(axis=1), 1)
    assert (said.argmax(axis=1) == known.quadrant).mean() > 0.9
    found = outside_recogniser.report([0, 1, None, 2], np.eye(4)[[0, 1, 2, 3]])
    assert (found["files"], found["asked"], found["accuracy"]) == (4, 3, 0.667)
    assert found["valence right"] == 0.667
