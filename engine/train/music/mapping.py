"""Fits the emotion map's coefficients (`engine/music/mapping.json`) on the per-bar ratings of `vgmidi`.

Not for use at run time. `python -m engine.train.music.mapping /path/to/vgmidi > engine/music/mapping.json`
measures every rated bar of the 125 piano pieces (tempo, mode, density, register, articulation, harmonic
rhythm, dissonance, velocity where a piece has any), takes the raters' mean as its emotion, and solves, for
each measure y,

    min over b of |y − (b0 + bv·v + ba·a + bva·v·a)|² / n + penalty · |b − prior|²

The prior is the literature's additive, nearly linear model (Eerola, Friberg & Bresin 2013; Gabrielsson &
Lindström 2010; Livingstone et al. 2010). The penalty is chosen by leaving song groups out. Mean ratings hug
the centre (their spread over bars is about .25), so an emotion of full scale is put at two standard
deviations of them.

What ships is not the prediction itself: predicting a noisy bar shrinks towards the middle, but a listener
must hear the emotion. Where held-out bars are predicted with r ≥ .25, the slopes are stretched by 1/r
(geometric mean regression) and averaged with the prior; elsewhere the raw slopes count a third. Constants
are the prior's: ratings of game music say little about where drama rests. Brightness is not measurable on
piano and has the prior alone.
"""

import csv
import json
import sys
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pretty_midi

from engine.music.key_profiles import KRUMHANSL_KESSLER

Array = npt.NDArray[np.float64]

MEASURES = (
    "log_tempo",
    "mode",
    "density",
    "register",
    "articulation",
    "harmonic_rhythm",
    "tension",
    "dynamics",
)

LITERATURE: dict[str, tuple[float, float, float, float]] = {
    "log_tempo": (4.43, 0.30, 0.95, 0.0),
    "mode": (0.05, 1.60, 0.05, 0.0),
    "density": (0.48, 0.05, 0.42, -0.08),
    "register": (0.50, 0.28, 0.06, 0.0),
    "articulation": (0.40, 0.15, 0.32, 0.0),
    "harmonic_rhythm": (0.50, 0.08, 0.10, 0.0),
    "tension": (0.36, -0.38, 0.16, -0.05),
    "dynamics": (0.50, 0.12, 0.42, -0.25),
}
"""(constant, slope on valence, on arousal, on their product) as the published weights suggest on the scales
of `Intent`.

The product makes grief soft and rage loud: valence alone does not say how loud (Gabrielsson & Lindström
2010, table).
"""

BRIGHTNESS = (0.48, 0.22, 0.26, 0.0)
HEARD_R = 0.25

PENALTIES = (0.003, 0.01, 0.03, 0.1, 0.3, 1.0)
MAJOR, MINOR = np.array(KRUMHANSL_KESSLER)


def _profiles(profile: Array) -> Array:
    rows = np.array([np.roll(profile, k) for k in range(12)])
    normed: Array = (rows - rows.mean(1, keepdims=True)) / (rows.std(1, keepdims=True) * 12)
    return normed


def mode_clarity(weights: Array) -> float:
    """−1 clearly minor … 1 clearly major: the best major correlation less the best minor one, of 12
    pitch-class weights.
    """
    spread = weights.std()
    if spread < 1e-9:
        return 0.0
    centred = (weights - weights.mean()) / spread
    difference = (_profiles(MAJOR) @ centred).max() - (_profiles(MINOR) @ centred).max()
    return float(np.clip(difference / 0.25, -1, 1))


def bar_measures(midi: pretty_midi.PrettyMIDI, bars: int) -> dict[str, Array]:
    """Each measure of `bars` equal (or, where the count fits, notated) bars, shape (bars,); NaN where a bar
    has no notes.
    """
    notes = np.array(
        [(n.start, n.end, n.pitch, n.velocity) for i in midi.instruments if not i.is_drum for n in i.notes],
        dtype=float,
    )
    notes = notes[np.argsort(notes[:, 0], kind="stable")]
    downbeats = midi.get_downbeats()
    edges = np.append(downbeats, midi.get_end_time()) if len(downbeats) == bars else None
    if edges is None:
        edges = np.linspace(0.0, midi.get_end_time(), bars + 1)
    change_times, tempi = midi.get_tempo_changes()
    has_dynamics = notes[:, 3].std() > 3
    result = {name: np.full(bars, np.nan) for name in MEASURES}
    chroma = np.zeros((bars, 12))
    for bar in range(bars):
        left, right = edges[bar], edges[bar + 1]
        inside = notes[(notes[:, 0] >= left - 0.02) & (notes[:, 0] < right - 0.02)]
        if not len(inside):
            continue
        lengths = np.minimum(inside[:, 1], right) - inside[:, 0]
        np.add.at(chroma[bar], inside[:, 2].astype(int) % 12, np.maximum(lengths, 0.02))
        bpm = tempi[max(0, int(np.searchsorted(change_times, (left + right) / 2)) - 1)]
        beats = max((right - left) * bpm / 60, 0.5)
        result["log_tempo"][bar] = np.log(bpm)
        result["density"][bar] = len(inside) / beats
        result["register"][bar] = inside[:, 2].mean()
        onsets = np.unique(np.round(inside[:, 0], 2))
        gaps = np.diff(np.append(onsets, right))
        to_next = gaps[np.clip(np.searchsorted(onsets, np.round(inside[:, 0], 2)), 0, len(gaps) - 1)]
        result["articulation"][bar] = np.clip(1 - (lengths / np.maximum(to_next, 0.02)).mean(), -1, 1)
        result["dynamics"][bar] = inside[:, 3].mean() if has_dynamics else np.nan
        half = inside[:, 0] < (left + right) / 2
        first, second = (
            np.bincount(p.astype(int) % 12, minlength=12) for p in (inside[half, 2], inside[~half, 2])
        )
        norm = np.linalg.norm(first) * np.linalg.norm(second)
        result["harmonic_rhythm"][bar] = 1 - first @ second / norm if norm else np.nan
        result["tension"][bar] = _dissonance(inside)
    for bar in range(bars):
        if chroma[bar].sum() > 0:
            result["mode"][bar] = mode_clarity(chroma[max(0, bar - 2) : bar + 3].sum(0))
    return result


def _dissonance(notes: Array) -> float:
    """Share of seconds, sevenths and tritones among the intervals that sound together."""
    overlap = (notes[:, None, 0] < notes[None, :, 1] - 0.03) & (notes[None, :, 0] < notes[:, None, 1] - 0.03)
    pairs = np.triu(overlap, 1)
    if not pairs.any():
        return float("nan")
    interval = np.abs(notes[:, None, 2] - notes[None, :, 2])[pairs] % 12
    return float(np.isin(interval, (1, 2, 6, 10, 11)).mean())


def _rank(values: Array) -> Array:
    """Percentile of each value among its kind, NaN kept."""
    good = ~np.isnan(values)
    ranks = np.full(len(values), np.nan)
    ordered = np.sort(values[good])
    low, high = np.searchsorted(ordered, values[good]), np.searchsorted(ordered, values[good], "right")
    ranks[good] = (low + high) / 2 / max(len(ordered), 1)
    return ranks


def fit(folder: Path) -> dict[str, dict[str, float | list[float]]]:
    """Coefficients and honest scores (correlation of held-out song groups) of every measure."""
    curves = json.loads((folder / "curves.json").read_text(encoding="utf-8"))
    with (folder / "labels.csv").open(encoding="utf-8", newline="") as table:
        groups_of = {row["file"]: row["song_group"] for row in csv.DictReader(table)}
    columns: dict[str, list[Array]] = {name: [] for name in MEASURES}
    emotions: list[Array] = []
    groups: list[str] = []
    for file, curve in curves.items():
        bars = int(curve["measures"])
        measured = bar_measures(pretty_midi.PrettyMIDI(str(folder / "midi" / file)), bars)
        ratings = np.array(
            [(r["valence"], r["arousal"]) for r in curve["raters"] if len(r["valence"]) == bars]
        )
        emotions.append(ratings.mean(0).T)
        groups += [groups_of[file]] * bars
        for name in MEASURES:
            columns[name].append(measured[name])
    emotion = np.concatenate(emotions)
    emotion = (emotion - emotion.mean(0)) / (2 * emotion.std(0))
    fold = np.array([sorted(set(groups)).index(group) % 10 for group in groups])
    fitted: dict[str, dict[str, float | list[float]]] = {}
    for name in MEASURES:
        values = np.concatenate(columns[name])
        # Ranks speak the scale of `Intent`; tempo and mode have scales of their own.
        values = values if name in ("log_tempo", "mode") else _rank(values)
        good = ~np.isnan(values)
        design = np.column_stack([np.ones(good.sum()), emotion[good], emotion[good].prod(1)])
        fitted[name] = _fit_one(design, values[good], fold[good], np.array(LITERATURE[name]))
    return fitted


def _ridge(design: Array, values: Array, prior: Array, penalty: float) -> Array:
    count = len(values)
    system = design.T @ design / count + penalty * np.eye(design.shape[1])
    return np.asarray(prior + np.linalg.solve(system, design.T @ (values - design @ prior) / count))


def _fit_one(design: Array, values: Array, fold: Array, prior: Array) -> dict[str, float | list[float]]:
    scores = []
    for penalty in PENALTIES:
        predicted = np.zeros(len(values))
        for held in range(10):
            out = fold == held
            predicted[out] = design[out] @ _ridge(design[~out], values[~out], prior, penalty)
        scores.append(
            (float(np.corrcoef(predicted, values)[0, 1]), penalty, float(((predicted - values) ** 2).mean()))
        )
    best = min(scores, key=lambda score: score[2])
    correlations = [float(np.corrcoef(design[:, k], values)[0, 1]) for k in (1, 2)]
    fitted = _ridge(design, values, prior, best[1])
    heard = best[0] >= HEARD_R
    shipped = prior + (fitted / best[0] - prior) * 0.5 if heard else prior + (fitted - prior) / 3
    shipped[0] = prior[0]
    return {
        "coefficients": [round(float(x), 4) for x in shipped],
        "fitted": [round(float(x), 4) for x in fitted],
        "prior": [float(x) for x in prior],
        "penalty": best[1],
        "held_out_r": round(best[0], 3),
        "r_valence": round(correlations[0], 3),
        "r_arousal": round(correlations[1], 3),
        "bars": len(values),
    }


if __name__ == "__main__":
    coefficients = fit(Path(sys.argv[1]))
    coefficients["brightness"] = {"coefficients": list(BRIGHTNESS), "prior": list(BRIGHTNESS)}
    json.dump(coefficients, sys.stdout, indent=1)
    sys.stdout.write("\n")
