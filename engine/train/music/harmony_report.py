"""Measures the shipped harmony against held-out music and writes its model card.

python -m engine.train.music.harmony_report --data bars.npz --training harmony.json
Cadences and control are counted on generated cues; chord distributions are compared with held-out pieces of
the archives that a style leans on, beside the distance that training pieces themselves have.
"""

import argparse
import json
import time
from pathlib import Path
from typing import Any, Final

import numpy as np
import numpy.typing as npt
from scipy.stats import spearmanr

from engine.generate.cadence import STYLES
from engine.generate.chord_events import CHORD_COUNT, chord_number, chord_restlessness
from engine.generate.form import returning_bars
from engine.generate.harmony import SHIPPED, HarmonyModel
from engine.generate.harmony_events import Brief
from engine.music.descriptors import chord_changes
from engine.train.music.data import dataset
from engine.train.music.data.report import licence_lines

CUES: Final = 64
BARS: Final = 32
_Chords = npt.NDArray[np.int8]


def cues(
    model: HarmonyModel,
    style: str,
    minor: bool,
    tension: float | None = 0.5,
    rhythm: float | None = 0.5,
    closing: bool = True,
    loop: bool = False,
    count: int = CUES,
) -> list[_Chords]:
    """Chords of `count` cues in 4/4; tension and rhythm spread over 0…1 from cue to cue where not given."""
    spread = (np.arange(count) + 0.5) / count
    tensions = spread if tension is None else np.full(count, tension)
    rhythms = spread[(np.arange(count) * 7) % count] if rhythm is None else np.full(count, rhythm)
    briefs = [
        Brief(
            np.zeros(BARS, dtype=np.int64),
            minor,
            style,
            np.full(BARS, tensions[seed]),
            np.full(BARS, rhythms[seed]),
            returning_bars(BARS),
            closing,
            loop,
            np.random.default_rng([seed, int(minor), 7]),
        )
        for seed in range(count)
    ]
    return model.write(briefs)


def numbers(table: npt.NDArray[np.integer]) -> npt.NDArray[np.int64]:
    """Chord numbers of all slots in order."""
    return chord_number(table[..., 0].astype(np.int64), table[..., 1].astype(np.int64)).reshape(-1)


def distribution(chords: npt.NDArray[np.int64]) -> npt.NDArray[np.float64]:
    """Share of time of each chord."""
    counts = np.bincount(chords[chords >= 0], minlength=CHORD_COUNT).astype(np.float64)
    return np.asarray(counts / max(counts.sum(), 1.0))


def real_distribution(
    arrays: dataset.Arrays, split: str, weights: dict[str, float], minor: bool
) -> npt.NDArray[np.float64]:
    """The same of real pieces, archives weighted as a style does."""
    total = np.zeros(CHORD_COUNT)
    for source, weight in weights.items():
        piece = (arrays["piece_source"] == source) & (arrays["piece_split"] == split)
        rows = (
            piece[arrays["bar_piece"]]
            & (arrays["bar_meter"] == 0)
            & (arrays["bar_mode"] == (0 if minor else 1))
        )
        if rows.any():
            total += weight * distribution(numbers(arrays["bar_chords"][rows]))
    return np.asarray(total / max(total.sum(), 1e-9))


def returns_of(tables: list[npt.NDArray[np.integer]]) -> float:
    """Share of bars whose chords are those of the bar four or eight before."""
    hits = []
    for table in tables:
        same = table[:, :, :2].reshape(len(table), -1)
        for bar in range(8, len(table)):
            hits.append(np.array_equal(same[bar], same[bar - 4]) or np.array_equal(same[bar], same[bar - 8]))
    return float(np.mean(hits)) if hits else 0.0


def real_tables(arrays: dataset.Arrays, sources: set[str]) -> list[npt.NDArray[np.integer]]:
    """Test pieces in 4/4 as chord tables."""
    result = []
    for piece in np.flatnonzero(arrays["piece_split"] == "test"):
        rows = np.flatnonzero(arrays["bar_piece"] == piece)
        whole = len(rows) >= 16 and (arrays["bar_meter"][rows] == 0).all()
        if whole and str(arrays["piece_source"][piece]) in sources:
            result.append(arrays["bar_chords"][rows])
    return result


def measure(model: HarmonyModel, arrays: dataset.Arrays) -> dict[str, float]:
    """All figures of the card, by name."""
    out: dict[str, float] = {}
    for name in (
        "final chord is the tonic",
        "dominant or style's own before it",
        "inner phrases rest off the tonic",
    ):
        out[name] = 0.0
    shares: dict[str, list[float]] = {name: [] for name in out}
    for style in STYLES:
        for minor in (False, True):
            for table in cues(model, style, minor, count=16):
                chord = numbers(table)
                events = chord[np.flatnonzero(np.r_[True, np.diff(chord) != 0])]
                shares["final chord is the tonic"].append(float(events[-1] % 12 == 0))
                before = events[-2] in STYLES[style].dominant[minor] if len(events) > 1 else False
                shares["dominant or style's own before it"].append(float(before))
                shares["inner phrases rest off the tonic"].append(float(table[7, 3, 0] != 0))
    out |= {name: float(np.mean(values)) for name, values in shares.items()}
    loops = [t for minor in (False, True) for t in cues(model, "piano", minor, closing=False, loop=True)]
    out["loops end on the dominant"] = float(np.mean([table[-1, 3, 0] == 7 for table in loops]))
    for minor, mode in ((False, "major"), (True, "minor")):
        weights = STYLES["piano"].sources
        real = real_distribution(arrays, "test", weights, minor)
        train = real_distribution(arrays, "train", weights, minor)
        made = distribution(np.concatenate([numbers(t) for t in cues(model, "piano", minor, None, None)]))
        out[f"total variation from held-out, {mode}: generated"] = float(np.abs(made - real).sum() / 2)
        out[f"total variation from held-out, {mode}: training set"] = float(np.abs(train - real).sum() / 2)
    out["bars that return after 4 or 8, generated"] = returns_of(
        [t for minor in (False, True) for t in cues(model, "piano", minor, None, None)]  # type: ignore[misc]
    )
    out["bars that return after 4 or 8, held-out"] = returns_of(
        real_tables(arrays, set(STYLES["piano"].sources))
    )
    out |= control(model)
    begun = time.perf_counter()
    cues(model, "piano", False, count=256)
    out["bars a second"] = 256 * BARS / (time.perf_counter() - begun)
    return out


def control(model: HarmonyModel) -> dict[str, float]:
    """Rank correlation of asked tension and harmonic rhythm with what the chords have, cue by cue."""
    restless = chord_restlessness()
    asked_tension, tensions, asked_rhythm, rhythms = [], [], [], []
    for level in np.linspace(0.05, 0.95, 10).tolist():
        for style in ("piano", "strings", "epic"):
            for minor in (False, True):
                for table in cues(model, style, minor, tension=level, count=6):
                    asked_tension.append(level)
                    tensions.append(float(restless[numbers(table)].mean()))
                for table in cues(model, style, minor, rhythm=level, count=6):
                    asked_rhythm.append(level)
                    meters = np.zeros(len(table), dtype=np.int64)
                    follows = np.arange(len(table)) > 0
                    rhythms.append(float(chord_changes(table.astype(np.int64), meters, follows).mean()))
    return {
        "rank correlation, tension asked and chords": float(spearmanr(asked_tension, tensions).statistic),
        "rank correlation, harmonic rhythm asked and heard": float(
            spearmanr(asked_rhythm, rhythms).statistic
        ),
    }


def write_card(training: dict[str, Any], figures: dict[str, float], sources: list[str], path: Path) -> None:
    """The model card beside the weights."""
    events = training["events"][0]
    rows = figures.items()
    lines = [
        "# Harmony model",
        "",
        "Names the chords of a cue, event by event, under written rules of cadence, form and style",
        "(`engine/generate/harmony.py`, `cadence.py`). A gated recurrent network of one layer; counted",
        "beside it: where chords change in a bar and how often in eight bars, how often a phrase's",
        "second half begins like its first, which chord follows which, how tense each collection is.",
        "",
        f"- Trained on {events} chord events of the archives below (pieces: `engine/train/DATA.md`).",
        "  Chords are the source's own in pop909 and openewld, found by analysis elsewhere.",
        "- Command: `python -m engine.train.music.harmony --data bars.npz --log DIR`, then",
        "  `python -m engine.train.music.harmony_report --data bars.npz --training DIR/harmony.json`.",
        "- Not in it: notes or text of any piece; only chord statistics as weights.",
        "",
        *licence_lines(sources),
        "",
        "## Figures",
        "| held-out test pieces | perplexity of the next chord |",
        "|---|---|",
        f"| interpolated Markov model, order 1 or 2 | {training['markov_test_perplexity']:.2f} |",
        f"| this network, not told the tension | {training['network_test_perplexity_without_tension']:.2f} |",
        f"| this network | {training['network_test_perplexity']:.2f} |",
        "",
        f"Perplexity of which chord tone is in the bass: {training['bass_test_perplexity']:.2f} of 4.",
        "",
        "| generated | |",
        "|---|---|",
        *(
            f"| {name} | {value:.2f} |" if value < 100 else f"| {name} | {value:.0f} |"
            for name, value in rows
        ),
        "",
        "Weak: analysed chords carry errors (root .93, triad .87 right on POP909-CL, whose chords are known;",
        "less in dense classical textures), and these are learnt too. Modulation is not modelled.",
    ]
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--training", type=Path, required=True, help="harmony.json of the training run")
    parser.add_argument("--weights", type=Path, default=SHIPPED)
    options = parser.parse_args()
    model = HarmonyModel.load(options.weights)
    figures = measure(model, dataset.load(options.data))
    training = json.loads(options.training.read_text(encoding="utf-8"))
    write_card(training, figures, list(model.sources), options.weights / "MODEL_CARD.md")
    print(json.dumps(figures, indent=1, ensure_ascii=False))


if __name__ == "__main__":
    main()
