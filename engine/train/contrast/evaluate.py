"""Measures a text model on the contrast set: irony, denial, names that are words of feeling, and so on.

By kind and language: Pearson r and mean absolute error of valence and arousal, quadrants, and pairs. A pair
is right when the difference of its two readings goes the labelled way by at least half of the labelled
difference. Beside the model stand controls: the line alone, its scene without it, the line in somebody
else's scene, a lexicon, VADER (where installed), and a second reading.
"""

import argparse
import json
import sys
from collections.abc import Callable, Mapping, Sequence
from itertools import groupby
from pathlib import Path
from typing import Final

import numpy as np
import numpy.typing as npt

from engine.errors import MelodramaError
from engine.text.analyze import TextModel
from engine.train.contrast.lines import (
    KINDS,
    SECOND_PASS,
    TEST,
    ContrastLine,
    read_contrast,
    read_second_pass,
)
from engine.train.text.evaluate import lexicon_mean, pearson, quadrant_accuracy, vader

Rows = npt.NDArray[np.float64]
Scenes = Sequence[Sequence[ContrastLine]]
Judge = Callable[[Scenes], Rows]
"""Scenes → scenes × 2: valence and arousal of each scene's measured line, NaN where it says nothing."""
HALF: Final = 0.5
ALIKE: Final = 0.1
"""Two lines of a pair that are labelled alike are read alike when neither axis differs by more."""
MODEL: Final = "in its scene"


def scenes_of(lines: Sequence[ContrastLine]) -> list[list[ContrastLine]]:
    """Lines grouped by scene, in order. ValueError when a scene does not measure exactly one line."""
    scenes = [list(members) for _, members in groupby(lines, key=lambda line: line.scene)]
    for scene in scenes:
        if sum(bool(line.pair) for line in scene) != 1:
            raise ValueError(f"{scene[0].scene}: one line of a scene is measured, no more and no less")
    return scenes


def measured(scene: Sequence[ContrastLine]) -> ContrastLine:
    """The one line of a scene that belongs to a pair."""
    return next(line for line in scene if line.pair)


def readings(model: TextModel, scenes: Scenes) -> list[Rows]:
    """Valence and arousal of all lines of each scene, read together: an array lines × 2 a scene."""
    lines = [line for scene in scenes for line in scene]
    found = model.read(
        [line.text for line in lines],
        scenes=[number for number, scene in enumerate(scenes) for _ in scene],
        speakers=[line.speaker for line in lines],
    )
    rows = np.array([[reading.valence, reading.arousal] for reading in found])
    return np.split(rows, np.cumsum([len(scene) for scene in scenes])[:-1])


def in_scene(model: TextModel, scenes: Scenes) -> Rows:
    """As the product reads a script."""
    found = readings(model, scenes)
    return np.array(
        [rows[[bool(line.pair) for line in scene]][0] for rows, scene in zip(found, scenes, strict=True)]
    )


def alone(model: TextModel, scenes: Scenes) -> Rows:
    """Each measured line by itself."""
    found = model.read([measured(scene).text for scene in scenes], context=False)
    return np.array([[reading.valence, reading.arousal] for reading in found])


def without_it(model: TextModel, scenes: Scenes) -> Rows:
    """The mean of the other lines, read without the measured one: what the scene's mood alone would say."""
    rest = [[line for line in scene if not line.pair] for scene in scenes]
    return np.array([rows.mean(0) for rows in readings(model, rest)])


def elsewhere(model: TextModel, scenes: Scenes) -> Rows:
    """The line among the lines of another scene of its language: what any scene at all would do."""
    moved: list[list[ContrastLine]] = []
    for language in ("en", "zh"):
        own = [scene for scene in scenes if scene[0].language == language]
        # Half-way round: far enough that neither the pair's other scene nor its kind comes in.
        hosts = own[len(own) // 2 :] + own[: len(own) // 2]
        moved += [
            [measured(guest) if line.pair else line for line in host]
            for guest, host in zip(own, hosts, strict=True)
        ]
    place = {measured(scene).id: row for scene, row in zip(moved, in_scene(model, moved), strict=True)}
    return np.array([place[measured(scene).id] for scene in scenes])


def by_text(judge: Callable[[Sequence[str]], Rows]) -> Judge:
    """A judge of single texts as one of scenes' measured lines."""
    return lambda scenes: judge([measured(scene).text for scene in scenes])[:, :2]


def english_only(judge: Judge) -> Judge:
    """Of Chinese lines nothing is said: VADER knows no Chinese, and its silence is no reading."""

    def judged(scenes: Scenes) -> Rows:
        english = np.array([scene[0].language == "en" for scene in scenes])
        return np.where(english[:, None], judge(scenes), np.nan)

    return judged


def from_table(table: Mapping[str, tuple[float, float]]) -> Judge:
    """A judge that looks up line ids; NaN where the table has none."""
    missing = (np.nan, np.nan)
    return lambda scenes: np.array([table.get(measured(scene).id, missing) for scene in scenes])


def pair_is_right(given: Rows, wanted: Rows) -> bool:
    """`given`, `wanted`: 2 × 2, a row a side. The given difference, seen along the wanted one, is at least
    half as long; of sides labelled alike neither axis differs by more than `ALIKE`."""
    asked, got = wanted[0] - wanted[1], given[0] - given[1]
    length = float(asked @ asked)
    if length < 1e-9:
        return bool((np.abs(got) <= ALIKE + 1e-9).all())
    return bool(got @ asked >= HALF * length - 1e-9)


def figures(scenes: Scenes, given: Rows) -> dict[str, float]:
    """One judge on some scenes; lines without an answer are left out, and pairs of which one has none.

    `lines`, `pairs`: how many counted. `V`, `A`: r. `V_mae`, `A_mae`. `quadrant`: share of lines at least
    0.1 from both axes. `half`: share of pairs right by half. `way`: the labelled way at all (of the pairs
    that differ).
    """
    wanted = np.array([[measured(scene).valence, measured(scene).arousal] for scene in scenes])
    known = ~np.isnan(given).any(1)
    places: dict[str, list[int]] = {}
    for place in np.flatnonzero(known).tolist():
        places.setdefault(measured(scenes[place]).pair, []).append(place)
    both = [sides for sides in places.values() if len(sides) == 2]
    differing = [sides for sides in both if not np.allclose(wanted[sides[0]], wanted[sides[1]])]
    right = [pair_is_right(given[sides], wanted[sides]) for sides in both]
    way = [
        float((given[a] - given[b]) @ (wanted[a] - wanted[b])) > 0 for a, b in (sides for sides in differing)
    ]
    own, labels = given[known], wanted[known]
    error = np.abs(own - labels).mean(0) if len(own) else np.zeros(2)
    return {
        "lines": float(len(own)),
        "pairs": float(len(both)),
        "V": pearson(own[:, 0], labels[:, 0]),
        "A": pearson(own[:, 1], labels[:, 1]),
        "V_mae": round(float(error[0]), 4),
        "A_mae": round(float(error[1]), 4),
        "quadrant": quadrant_accuracy(own, labels),
        "half": round(float(np.mean(right)), 4) if right else 0.0,
        "way": round(float(np.mean(way)), 4) if way else 0.0,
    }


def evaluate(
    weights: Path | None = None,
    device: str = "cpu",
    folder: Path = TEST,
    second_pass: Path = SECOND_PASS,
) -> dict[str, dict[str, dict[str, float]]]:
    """All figures of the model in `weights` (None: shipped): {judge: {"all", "en", "zh", "en irony", …:
    figures}}."""
    model = TextModel.load(weights, device)
    scenes = scenes_of(read_contrast(folder))
    judges: dict[str, Judge] = {
        MODEL: lambda given: in_scene(model, given),
        "alone": lambda given: alone(model, given),
        "scene without it": lambda given: without_it(model, given),
        "in another scene": lambda given: elsewhere(model, given),
        "lexicon": by_text(lexicon_mean),
    }
    simple = vader()
    if simple is not None:
        judges["VADER"] = english_only(by_text(simple))
    table = read_second_pass(second_pass)
    if table:
        judges["second reading"] = from_table(table)
        # What the model does on the same lines: the ceiling is told for these alone.
        judges["model, those lines"] = lambda given: np.where(
            np.isnan(from_table(table)(given)), np.nan, in_scene(model, given)
        )
    return {name: in_parts(scenes, judge(scenes)) for name, judge in judges.items()}


def in_parts(scenes: Scenes, given: Rows) -> dict[str, dict[str, float]]:
    """One judge's figures over all, each language, each kind, and each kind in each language."""
    first = [scene[0] for scene in scenes]
    parts = {"all": [True] * len(scenes)}
    parts |= {language: [line.language == language for line in first] for language in ("en", "zh")}
    parts |= {kind: [line.kind == kind for line in first] for kind in KINDS}
    parts |= {
        f"{language} {kind}": [line.language == language and line.kind == kind for line in first]
        for language in ("en", "zh")
        for kind in KINDS
    }
    return {
        name: figures([scene for scene, yes in zip(scenes, chosen, strict=True) if yes], given[chosen])
        for name, chosen in parts.items()
        if any(chosen)
    }


def table(answer: Mapping[str, Mapping[str, Mapping[str, float]]]) -> str:
    """Aligned text: the judges over all and by language, then the model by kind, then its pairs beside the
    controls'."""
    heads = ["lines", "pairs", "V", "A", "V_mae", "A_mae", "quadrant", "half", "way"]
    rows = [["", *heads]]
    for judge, parts in answer.items():
        known = [part for part in ("all", "en", "zh") if parts.get(part, {}).get("lines")]
        rows += [[f"{judge}, {part}", *cells(parts[part], heads)] for part in known]
    rows += [[], [MODEL, *heads]]
    rows += [[part, *cells(found, heads)] for part, found in answer[MODEL].items() if part != "all"]
    widths = [max(len(row[column]) for row in rows if row) for column in range(len(heads) + 1)]
    return "\n".join(
        "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=False)).rstrip()
        for row in rows
    )


def cells(found: Mapping[str, float], heads: Sequence[str]) -> list[str]:
    """The figures named by `heads`, written for `table`."""
    return [f"{found[head]:.0f}" if head in ("lines", "pairs") else f"{found[head]:.2f}" for head in heads]


def main(arguments: Sequence[str] | None = None) -> int:
    """`melodrama evaluate contrast`; gives the exit code."""
    parser = argparse.ArgumentParser("melodrama evaluate contrast", description=__doc__)
    parser.add_argument("--weights", type=Path, help="a folder of text weights (without: the shipped ones)")
    parser.add_argument("--device", default="cpu")
    parser.add_argument("--threads", type=int, default=0, help="0 leaves it to torch")
    parser.add_argument("--json", action="store_true", help="print JSON instead of a table")
    given = parser.parse_args(arguments)
    if given.threads:
        import torch

        torch.set_num_threads(given.threads)
    try:
        answer = evaluate(given.weights, given.device)
    except MelodramaError as error:
        print(f"error: {error}", file=sys.stderr)
        return 1
    print(json.dumps(answer, indent=1) if given.json else table(answer))
    return 0


if __name__ == "__main__":
    sys.exit(main())
