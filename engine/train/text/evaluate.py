"""Measures a text model as the product runs it: EmoBank's test, the Chinese EmoBank folds, and scenes, alone
and in context: story lines' test scenes, works of fiction kept for the test, Shared-Character Stories.

Pearson r for valence, arousal, dominance; quadrant accuracy in scenes; sentences a second; bytes on
disk. Beside them what simpler means reach on the same lines: VADER (where installed), the mean over a word
lexicon, and a ridge on the untrained encoder; and how well a second labeller agrees, the ceiling. The
Chinese EmoBank is measured only: nothing is trained or tuned on it.
"""

import argparse
import csv
import json
import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from engine.errors import MelodramaError
from engine.text.analyze import SHIPPED, TextModel
from engine.text.lexicon import colour, shipped_lexicon
from engine.text.model import decode
from engine.text.scorer import EmotionScorer
from engine.train.text.data import FICTION, STORYLINES, StoryLine, read_storylines, split_of
from engine.train.text.fiction import read_fiction, read_shared, split_of_story, split_of_work
from engine.train.text.scene_sets import (
    LEAST_TWICE,
    Rows,
    known_axes,
    labels_of,
    scene_sets,
    second_labels,
    twice,
)

Judge = Callable[[Sequence[str]], Rows]
"""Texts → n × 2 or n × 3: valence, arousal (, dominance) on any scale."""
Figures = dict[str, dict[str, float]]
PLAIN = 0.1
"""A story line whose valence or arousal lies nearer to 0 than this is on no side; quadrants leave it out."""


def pearson(a: Rows, b: Rows) -> float:
    """Correlation of two columns [n], four decimals; 0 where there are fewer than three or one does not
    vary."""
    if len(a) < 3 or a.std() < 1e-9 or b.std() < 1e-9:
        return 0.0
    return round(float(np.corrcoef(a, b)[0, 1]), 4)


def correlations(given: Rows, wanted: Rows) -> dict[str, float]:
    """r for each axis both have."""
    axes = zip("VAD", range(min(given.shape[1], wanted.shape[1])), strict=False)
    return {name: pearson(given[:, axis], wanted[:, axis]) for name, axis in axes}


def emobank_test(data: Path) -> tuple[list[str], Rows]:
    """Texts and VAD (1…5) of EmoBank's test split."""
    with (data / "train" / "EmoBank" / "emobank.csv").open(encoding="utf-8", newline="") as file:
        rows = [row for row in csv.DictReader(file) if row["split"] == "test" and row["text"].strip()]
    return [row["text"] for row in rows], np.array([[float(row[axis]) for axis in "VAD"] for row in rows])


def chinese_fold(path: Path) -> tuple[list[str], Rows]:
    """Texts and VA (1…9) of one fold of CVAT or CVAS. Not quoted, and with a few broken bytes."""
    with path.open(encoding="utf-8", errors="replace", newline="") as file:
        rows = list(csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE))
    return [row["Text"] for row in rows], np.array(
        [[float(row["Valence_Mean"]), float(row["Arousal_Mean"])] for row in rows]
    )


def sentence_sets(data: Path) -> dict[str, tuple[list[str], Rows]]:
    """EmoBank's test split and, where they are, the Chinese folds."""
    folds = sorted((data / "eval" / "ChineseEmoBank").glob("CVA[ST]*.csv"))
    found = {path.stem.removesuffix("_SD").lower(): chinese_fold(path) for path in folds}
    return {"emobank-test": emobank_test(data)} | found


def quadrant_accuracy(given: Rows, wanted: Rows) -> float:
    """The share of lines put into the labelled quadrant of valence and arousal, of lines that are clearly
    in one."""
    clear = (np.abs(wanted[:, :2]) >= PLAIN).all(1)
    if not clear.any():
        return 0.0
    return round(float(((given[clear, :2] > 0) == (wanted[clear, :2] > 0)).all(1).mean()), 4)


def by_scene(model: TextModel, lines: Sequence[StoryLine]) -> Rows:
    """Each line read among its neighbours of the same scene, as the product reads a script."""
    numbers = {scene: number for number, scene in enumerate(dict.fromkeys(line.scene for line in lines))}
    readings = model.read(
        [line.text for line in lines],
        scenes=[numbers[line.scene] for line in lines],
        speakers=[line.speaker for line in lines],
    )
    return np.array([[reading.valence, reading.arousal, reading.dominance] for reading in readings])


def scene_figures(name: str, given: Rows, lines: Sequence[StoryLine]) -> dict[str, float]:
    """r on each axis that the set's labels know, and the quadrants."""
    wanted = labels_of(lines)[:, : known_axes(name)]
    return correlations(given, wanted) | {"quadrant": quadrant_accuracy(given, wanted)}


def judge_all(judge: Judge, data: Path, scenes: dict[str, list[StoryLine]], chinese: bool = True) -> Figures:
    """One judge on every set, each text by itself; not `chinese`: on English ones only."""
    figures: Figures = {}
    for name, (texts, wanted) in sentence_sets(data).items():
        if not chinese and name.startswith("cva"):
            continue
        figures[name] = correlations(judge(texts), wanted)
    for name, lines in scenes.items():
        if chinese or lines[0].language == "en":
            figures[name] = scene_figures(name, judge([line.text for line in lines]), lines)
    return figures


def second_labeller(
    data: Path, scenes: dict[str, list[StoryLine]], storylines: Path, fiction: Path
) -> Figures:
    """What a second labeller, who saw the lines in their scenes, agrees with the labels; `lines`: of so many.
    As in context, since that is how they were read."""
    second = second_labels(data, storylines, fiction)
    figures: Figures = {}
    for name, lines in scenes.items():
        given, wanted = twice(lines, second)
        if len(given) >= LEAST_TWICE:
            quadrant = {"quadrant": quadrant_accuracy(given, wanted)}
            figures[f"{name}-context"] = correlations(given, wanted) | quadrant | {"lines": float(len(given))}
    return figures


def vader() -> Judge | None:
    """VADER's compound as valence, its size as arousal, as usual in comparisons. None where it is not
    installed."""
    try:
        from vaderSentiment.vaderSentiment import SentimentIntensityAnalyzer
    except ImportError:
        return None
    analyser = SentimentIntensityAnalyzer()

    def judge(texts: Sequence[str]) -> Rows:
        compound = np.array([analyser.polarity_scores(text)["compound"] for text in texts])
        return np.stack([compound, np.abs(compound), compound], 1)

    return judge


def lexicon_mean(texts: Sequence[str]) -> Rows:
    """The mean valence and arousal of the words of the project's own lexicon."""
    known = shipped_lexicon()
    hues = [[(hue.valence, hue.arousal) for hue in colour(text, known)] or [(0.0, 0.0)] for text in texts]
    return np.array([np.mean(hue, axis=0) for hue in hues])


def speed(model: TextModel, seconds: float = 3.0) -> dict[str, float]:
    """Sentences a second in a batch and milliseconds for one alone, at about 22 tokens, warm, by the clock
    and by processor time: on a busy machine the first says little."""
    base = "The old man stood at the window and watched the rain fall on the empty street below"
    batch = [f"{base}, {number}." for number in range(256)]
    model.feel(batch[:32])
    began, worked, count = time.perf_counter(), time.process_time(), 0
    while time.perf_counter() - began < seconds:
        model.feel(batch)
        count += len(batch)
    many, core = count / (time.perf_counter() - began), count / (time.process_time() - worked)
    singles: list[tuple[float, float]] = []
    for text in batch[:20]:
        began, worked = time.perf_counter(), time.process_time()
        model.feel([text])
        singles.append((time.perf_counter() - began, time.process_time() - worked))
    clock, processor = (1000 * float(np.median(part)) for part in zip(*singles, strict=True))
    return {
        "sentences_per_s": round(many, 1),
        "sentences_per_core_s": round(core, 1),
        "one_sentence_ms": round(clock, 2),
        "one_sentence_processor_ms": round(processor, 2),
    }


def emobank_head(model: TextModel, scorer: EmotionScorer, texts: Sequence[str]) -> Rows:
    """The answers of the head that was trained on EmoBank's own scale."""
    raw = scorer.raw(model.vectors(texts), None)
    rows: Rows = decode(raw)["emobank"].numpy().astype(float)
    return rows


def ridge(features: Rows, wanted: Rows, penalty: float) -> Callable[[Rows], Rows]:
    """Least squares with a penalty on standardised features."""
    mean, spread = features.mean(0), features.std(0) + 1e-6
    x = (features - mean) / spread
    weights = np.linalg.solve(x.T @ x + penalty * np.eye(x.shape[1]), x.T @ (wanted - wanted.mean(0)))
    return lambda fresh: ((fresh - mean) / spread) @ weights + wanted.mean(0)


def frozen_encoder(
    start: Path, data: Path, scenes: dict[str, list[StoryLine]], storylines: Path, fiction: Path
) -> Figures:
    """A ridge on the untrained encoder's mean vectors: EmoBank's train split for EmoBank and the Chinese
    folds, the train scenes of the same corpus for lines of scenes."""
    from engine.train.text.frozen import vectors_of

    vectors = vectors_of(start)
    with (data / "train" / "EmoBank" / "emobank.csv").open(encoding="utf-8", newline="") as file:
        rows = [row for row in csv.DictReader(file) if row["split"] == "train" and row["text"].strip()]
    bank = ridge(
        vectors([row["text"] for row in rows]),
        np.array([[float(row[axis]) for axis in "VAD"] for row in rows]),
        300.0,
    )
    works = read_fiction(data / "train", fiction)
    training = {
        "story": [line for line in read_storylines(storylines) if split_of(line.scene) == "train"],
        "fiction": [line for work in works if split_of_work(work) == "train" for line in works[work]],
        "shared": [line for line in read_shared(data / "train") if split_of_story(line.scene) == "train"],
    }
    ridges: dict[str, Callable[[Rows], Rows]] = {}
    figures = judge_all(lambda texts: bank(vectors(texts)), data, {})
    for name, lines in scenes.items():
        kind = name.partition("-")[0]
        kind = kind if kind in training else "fiction"  # a single work
        if kind not in ridges:
            learnt = training[kind]
            ridges[kind] = ridge(vectors([line.text for line in learnt]), labels_of(learnt), 300.0)
        figures[name] = scene_figures(name, ridges[kind](vectors([line.text for line in lines])), lines)
    return figures


def evaluate(
    data: Path,
    folder: Path | None = None,
    start: Path | None = None,
    device: str = "cpu",
    storylines: Path = STORYLINES,
    fiction: Path = FICTION,
    seconds: float = 3.0,
) -> dict[str, Any]:
    """All figures of the model in `folder` (None: shipped): {"model": {set: {measure: value}}, "vader": …,
    …}.

    `start`, the untrained encoder's folder, adds the frozen baseline (it takes minutes).
    """
    model = TextModel.load(folder, device)
    scenes = scene_sets(data, storylines, fiction)

    def judge(texts: Sequence[str]) -> Rows:
        readings = model.read(texts, context=False)
        return np.array([[reading.valence, reading.arousal, reading.dominance] for reading in readings])

    figures = judge_all(judge, data, scenes)
    if isinstance(model.scorer, EmotionScorer):
        for name, (texts, wanted) in sentence_sets(data).items():
            figures[f"{name}-own-head"] = correlations(emobank_head(model, model.scorer, texts), wanted)
    for name, lines in scenes.items():
        figures[f"{name}-context"] = scene_figures(name, by_scene(model, lines), lines)
    figures["speed"] = speed(model, seconds)
    home = SHIPPED if folder is None else folder
    figures["size"] = {"bytes": float(sum(path.stat().st_size for path in home.iterdir() if path.is_file()))}
    answer: dict[str, Any] = {"model": figures, "lexicon": judge_all(lexicon_mean, data, scenes)}
    simple = vader()
    if simple is not None:
        answer["vader"] = judge_all(simple, data, scenes, chinese=False)
    if start is not None:
        answer["frozen encoder"] = frozen_encoder(start, data, scenes, storylines, fiction)
    answer["second labeller"] = second_labeller(data, scenes, storylines, fiction)
    return answer


def table(answer: dict[str, Any]) -> str:
    """All figures as aligned text: a line a set, a column a judge."""
    judges = list(answer)
    rows = [["set", *judges]]
    for name in answer["model"]:
        rows.append([name, *(" / ".join(shown(answer[judge].get(name, {}))) or "–" for judge in judges)])
    widths = [max(len(row[column]) for row in rows) for column in range(len(rows[0]))]
    return "\n".join(
        "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip() for row in rows
    )


def shown(figures: dict[str, float]) -> list[str]:
    """Each figure as a word for the terminal."""
    return [
        f"{name} {value:.3f}" if abs(value) <= 1 else f"{name} {value:,.1f}"
        for name, value in figures.items()
    ]


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser("melodrama evaluate text", description=__doc__)
    parser.add_argument(
        "--data",
        type=Path,
        required=True,
        help="folder with train/EmoBank and, for Chinese, eval/ChineseEmoBank",
    )
    parser.add_argument("--weights", type=Path, help="a folder of text weights (without: the shipped ones)")
    parser.add_argument(
        "--start", type=Path, help="multilingual-e5-small-zh-en: adds the frozen encoder's figures (minutes)"
    )
    parser.add_argument("--device", default="cpu")
    parser.add_argument("--threads", type=int, default=0, help="0 leaves it to torch")
    parser.add_argument("--json", action="store_true", help="print JSON instead of a table")
    given = parser.parse_args(arguments)
    if given.threads:
        import torch

        torch.set_num_threads(given.threads)
    try:
        answer = evaluate(given.data, given.weights, given.start, given.device)
    except (MelodramaError, FileNotFoundError) as error:
        print(f"error: {error}", file=sys.stderr)
        return 1
    print(json.dumps(answer, indent=1) if given.json else table(answer))
    return 0


if __name__ == "__main__":
    sys.exit(main())
