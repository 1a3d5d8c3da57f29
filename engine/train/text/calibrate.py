"""Calibration: what puts raw answers on one scale, fitted on dev story lines of both languages."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy.optimize import nnls
from torch import Tensor

from engine.text.calibration import Calibration, Mixture
from engine.text.model import TARGETS, TASKS, decode
from engine.text.scene_head import AXES
from engine.text.scene_mood import SceneMood, Share, around

Rows = npt.NDArray[np.float64]
NEUTRAL = 0.1
"""Signed intensity under which a line counts as neutral: the labels' own grain is 0.05 to 0.1."""
DECAYS = (0.4, 0.5, 0.6, 0.7, 0.8)
"""Tried for how much less a line's farther neighbours count."""
CERTAIN = 0.6
"""A valence expected to be wrong by so much is not to be trusted at all (doubt 1)."""


@dataclass(frozen=True, slots=True)
class Sample:
    """Dev texts with labels on the stories' scale. `raw`, `targets`: rows × targets; `weights`: how much
    each counts; `language`: "en" or "zh"; `says_feeling`: whether the text says what is felt; `scenes`,
    `turning`: of lines read in scenes, the scene's number and whether the line says that things turn."""

    raw: Tensor
    targets: npt.NDArray[np.float32]
    weights: npt.NDArray[np.float64]
    language: npt.NDArray[np.str_]
    says_feeling: npt.NDArray[np.bool_]
    scenes: npt.NDArray[np.int64] | None = None
    turning: npt.NDArray[np.bool_] | None = None

    @property
    def wanted(self) -> Rows:
        """Valence, arousal, dominance as labelled: float64 [n, 3], NaN where unknown."""
        start = TASKS["story"].start
        return self.targets[:, start : start + 3].astype(np.float64)

    def columns(self) -> tuple[list[Rows], Rows, Rows]:
        """For each axis the answers of the heads that know of it (story, EmoBank, balance of the scores, the
        scene head where there is one); the balance; the smaller of both scores."""
        answers = {name: value.numpy().astype(np.float64) for name, value in decode(self.raw).items()}
        positive, negative = answers["polarity"].T
        balance = positive - negative
        scene = self.raw[:, TARGETS:].numpy().astype(np.float64)
        axes = [
            np.column_stack(
                [answers["story"][:, axis], answers["emobank"][:, axis], balance, scene[:, axis::AXES]]
            )
            for axis in range(3)
        ]
        return axes, balance, np.minimum(positive, negative)


def calibrate(alone: Sample, together: Sample | None = None) -> Calibration:
    """`alone`: texts read by themselves; `together`: story lines read in their scenes (None: like alone).

    Axes are non-negative mixtures of the heads that know about them, one set for each way of reading.
    """
    axes, balance, _ = alone.columns()
    single = mixtures(axes, alone)
    joint, scene_mood = single, SceneMood()
    samples = [(alone, valence_of(axes, single))]
    if together is not None and together.scenes is not None and len(together.raw):
        joint = mixtures(together.columns()[0], together)
        scene_mood, feelings = scene_mood_of(together, joint)
        samples.append((together, feelings[:, 0]))
    return Calibration(
        threshold=round(spread_ratio(balance, alone), 4),
        gain=round(1 / max(spread_ratio(samples[0][1], alone), 1e-3), 4),
        neutral=NEUTRAL,
        alone=single,
        together=joint,
        doubt=doubt_of(samples),
        scene_mood=scene_mood,
    )


def spread_ratio(given: Rows, sample: Sample) -> float:
    """What `given` (n) has to be divided by to be as spread out as the labels' valence, both languages
    counting the same, on lines that say what is felt (all when there are none): there the text itself
    decides; where it does not the model rightly claims less."""
    clear = sample.says_feeling if sample.says_feeling.any() else np.ones(len(given), bool)
    squares = np.zeros(2)
    for language in np.unique(sample.language[clear]):
        here = clear & (sample.language == language)
        squares += np.mean(given[here] ** 2), np.mean(sample.wanted[here, 0] ** 2)
    return float(np.sqrt(squares[0] / max(squares[1], 1e-9)))


def mixtures(axes: list[Rows], sample: Sample) -> tuple[Mixture, Mixture, Mixture]:
    """For valence, arousal and dominance the weights of the heads' answers that fit the labels best."""
    share = sample.weights / sample.weights.mean()
    first, second, third = (mixture(axes[axis], sample.wanted[:, axis], share) for axis in range(3))
    return first, second, third


def valence_of(axes: list[Rows], weights: tuple[Mixture, Mixture, Mixture]) -> Rows:
    """Valence [n] as the heads' answers mixed by these weights."""
    valence: Rows = axes[0] @ np.array(weights[0][:-1]) + weights[0][-1]
    return valence


def scene_mood_of(sample: Sample, weights: tuple[Mixture, Mixture, Mixture]) -> tuple[SceneMood, Rows]:
    """How far lines are drawn to their neighbours: for each decay tried the non-negative shares that fit
    best, the best decay of all; and the feelings so settled."""
    assert sample.scenes is not None
    assert sample.turning is not None
    axes, _, _ = sample.columns()
    feelings = np.stack([axes[k] @ np.array(weights[k][:-1]) + weights[k][-1] for k in range(3)], 1)
    wanted = sample.wanted
    best: tuple[float, SceneMood, Rows] | None = None
    for decay in DECAYS:
        near, _ = around(feelings, sample.scenes.tolist(), sample.turning.tolist(), decay)
        shares: list[Share] = []
        drawn = np.empty_like(feelings)
        for k in range(3):
            columns = np.stack([feelings[:, k], near[:, k]], 1)
            means, target = columns.mean(0), float(wanted[:, k].mean())
            (own, others), _ = nnls(columns - means, wanted[:, k] - target)
            constant = target - float(np.array([own, others]) @ means)
            drawn[:, k] = columns @ np.array([own, others]) + constant
            # The best guess is a timid one. Its spread is brought half of the way (as a ratio) to that of the
            # labels, or music would hear of every scene that it is much like the others.
            gain = float(np.sqrt(wanted[:, k].std() / max(drawn[:, k].std(), 1e-6)))
            first, second, third = (round(gain * float(value), 4) for value in (own, others, constant))
            shares.append((first, second, third))
        error = float(np.mean((drawn[:, :2] - wanted[:, :2]) ** 2))
        if best is None or error < best[0]:
            best = (error, SceneMood(decay, (shares[0], shares[1], shares[2])), drawn)
    assert best is not None
    return best[1], best[2]


def doubt_of(samples: list[tuple[Sample, Rows]]) -> tuple[float, float, float]:
    """How far valence (beside each sample, as read) may be off, from signs that can be seen without the
    label."""
    reasons: list[Rows] = []
    errors: list[Rows] = []
    for sample, valence in samples:
        axes, balance, both = sample.columns()
        error = np.abs(valence - sample.wanted[:, 0])
        root = np.sqrt(sample.weights / sample.weights.sum())
        disagreement = np.abs(axes[0][:, 0] - balance)
        reasons.append(np.stack([np.ones_like(error), disagreement, both], 1) * root[:, None])
        errors.append(error / CERTAIN * root)
    found, _ = nnls(np.concatenate(reasons), np.concatenate(errors))
    return (round(float(found[0]), 4), round(float(found[1]), 4), round(float(found[2]), 4))


def spreads(sample: Sample, calibration: Calibration) -> dict[str, dict[str, float]]:
    """By language: mean and spread of the labels' valence and of the signed intensity read, on lines that
    say what is felt, and r of the two. The same in both languages is what calibration is for."""
    axes, _, _ = sample.columns()
    signed = np.clip(calibration.gain * valence_of(axes, calibration.alone), -1, 1)
    found: dict[str, dict[str, float]] = {}
    for language in np.unique(sample.language):
        here = (sample.language == language) & sample.says_feeling
        if here.sum() < 3:
            continue
        wanted, given = sample.wanted[here, 0], signed[here]
        found[str(language)] = {
            "texts": float(here.sum()),
            "label_mean": round(float(wanted.mean()), 3),
            "read_mean": round(float(given.mean()), 3),
            "label_spread": round(float(wanted.std()), 3),
            "read_spread": round(float(given.std()), 3),
            "r": round(float(np.corrcoef(wanted, given)[0, 1]), 3),
        }
    return found


def mixture(columns: Rows, wanted: Rows, share: Rows) -> Mixture:
    """Non-negative weights of story head, EmoBank's head, score balance and scene head (the columns; the last
    where there is one), and a constant."""
    means = (share[:, None] * columns).mean(0)
    target = float((share * wanted).mean())
    root = np.sqrt(share)[:, None]
    # A little ridge towards the heads of stories alone: a few hundred lines should not decide on much more.
    pull = np.sqrt(0.02 * len(wanted)) * np.diag(columns.std(0))
    stories = [0] if columns.shape[1] == 3 else [0, *range(3, columns.shape[1])]
    begun = np.zeros(columns.shape[1])
    begun[stories] = 1 / len(stories)
    aim = np.concatenate([(wanted - target) * root[:, 0], pull @ begun])
    weights, _ = nnls(np.concatenate([(columns - means) * root, pull]), aim)
    rounded = [round(float(weight), 4) for weight in weights]
    return (*rounded, round(target - float(weights @ means), 4))
