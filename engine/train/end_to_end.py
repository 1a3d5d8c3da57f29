"""The whole path judged from outside: story lines that no model learnt from go in, music comes out, and a
judge who had no part in making it says which quadrant of emotion it hears.

`melodrama evaluate end-to-end [--cues 8] [--unseen] [--data FOLDER] [--cache FOLDER] [--json]`

Each cue is a few lines of one quadrant from the corpus' test scenes (`--unseen`: from lines that nobody had
looked at before the weights were made), in one language; the style goes round
all ten. Beside it: shuffled text (each cue's music judged against another's label: chance), the first take
(nothing chosen, nothing moved), and the quadrant asked by directive. Where the error arises is told apart:
label → reading (the text model's), reading → heard (the music's), label → heard (both).
"""

import argparse
import json
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from dsl.score_file import plan_source
from engine.match.choice import DEFAULT_RECIPE, Recipe
from engine.models import Models
from engine.pipeline import DEFAULT_TAKES, compose
from engine.train.ablation import ALL_STYLES, directed
from engine.train.outside_opinions import (
    NAMES,
    agreement,
    fitted_outside_recogniser,
    opinion_of,
    quadrant_of,
    standard_error,
)
from engine.train.outside_recogniser import OutsideRecogniser
from engine.train.text.data import STORYLINES, StoryLine, read_storylines, split_of

Floats = npt.NDArray[np.float64]

CLEAR: Final = 0.15
"""Lines nearer to an axis than this belong to no quadrant."""
LINES: Final = (3, 5)
"""Fewest and most lines of a cue."""
SHUFFLES: Final = 200


@dataclass(frozen=True, slots=True)
class StoryCue:
    """Lines of one language and one quadrant (0 happy, 1 angry, 2 sad, 3 calm)."""

    language: str
    quadrant: int
    style: str
    texts: tuple[str, ...]

    def source(self, number: int) -> str:
        """The score: nothing is asked but the style. A backslash keeps every line text."""
        lines = "\n".join("\\" + text.replace("{", "\\{") for text in self.texts)
        return f"style: {self.style}\nlanguage: {self.language}\nseed: {number + 1}\n---\n# 1 A\n{lines}\n"


@dataclass(frozen=True, slots=True)
class Outcome:
    """One cue gone the whole way: the quadrant read, what the outside judge said [4], the match."""

    cue: StoryCue
    read: int
    said: Floats
    match: float


def story_cues(lines: Sequence[StoryLine], count: int) -> list[StoryCue]:
    """Up to `count` cues a language and quadrant from `lines`, of one scene where it has lines enough."""
    cues: list[StoryCue] = []
    clear = [line for line in lines if min(abs(line.valence), abs(line.arousal)) >= CLEAR]
    for language in ("en", "zh"):
        for quadrant in range(4):
            own = [
                line
                for line in clear
                if line.language == language and quadrant_of(line.valence, line.arousal) == quadrant
            ]
            for number, texts in enumerate(_grouped(own)):
                if number < count:
                    cues.append(StoryCue(language, quadrant, ALL_STYLES[len(cues) % len(ALL_STYLES)], texts))
    return cues


def _grouped(lines: Sequence[StoryLine]) -> Iterator[tuple[str, ...]]:
    """Lines of one scene together; what a scene has too little of waits for the next scenes' rest."""
    least, most = LINES
    rest: list[str] = []
    for scene in dict.fromkeys(line.scene for line in lines):
        own = [line.text for line in lines if line.scene == scene]
        while len(own) >= least:
            yield tuple(own[:most])
            own = own[most:]
        rest += own
    while len(rest) >= least:
        yield tuple(rest[:most])
        rest = rest[most:]


def through(
    cues: Sequence[StoryCue], models: Models, judge: OutsideRecogniser, takes: int, recipe: Recipe | None
) -> list[Outcome]:
    """Every cue the whole way, from text alone."""
    outcomes = []
    for number, cue in enumerate(cues):
        plan = plan_source(cue.source(number), Path("a.score")).plan
        assert plan is not None  # the text is ours, and has no errors
        made = compose(plan, models, takes=takes, recipe=recipe)
        target = made.cues[0].target
        read = quadrant_of(target.valence, target.arousal)
        outcomes.append(Outcome(cue, read, opinion_of(judge, made.score, 0), made.cues[0].match))
    return outcomes


def figures(outcomes: Sequence[Outcome]) -> dict[str, Any]:
    """All that is told of a run: label → heard with its parts, by language and by style, and the two
    halves."""
    label = [outcome.cue.quadrant for outcome in outcomes]
    read = [outcome.read for outcome in outcomes]
    said = np.array([outcome.said for outcome in outcomes])

    def some(keep: Sequence[bool]) -> dict[str, Any]:
        rows = np.flatnonzero(keep)
        return agreement([label[row] for row in rows], said[rows])

    languages = dict.fromkeys(outcome.cue.language for outcome in outcomes)
    styles = dict.fromkeys(outcome.cue.style for outcome in outcomes)
    certain = np.eye(4)[np.array(read)]
    return some([True] * len(label)) | {
        "by language": {name: some([o.cue.language == name for o in outcomes]) for name in languages},
        "by style": {name: some([o.cue.style == name for o in outcomes]) for name in styles},
        "label to reading": agreement(label, certain) | {"probability of the asked": None},
        "reading to heard": agreement(read, said),
        "recogniser's match": round(float(np.mean([outcome.match for outcome in outcomes])), 4),
        "shuffled text": _shuffled(label, said),
    }


def _shuffled(label: Sequence[int], said: Floats) -> float:
    """Accuracy where every cue's music is judged against another cue's label, over many shuffles."""
    rng = np.random.default_rng(0)
    heard = said.argmax(axis=1)
    shares = [float((heard == rng.permutation(label)).mean()) for _ in range(SHUFFLES)]
    return round(float(np.mean(shares)), 3)


def main(arguments: list[str] | None = None) -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--cues", type=int, default=8, help="at most, a language and quadrant (default 8)")
    parser.add_argument("--takes", type=int, default=DEFAULT_TAKES)
    parser.add_argument(
        "--directive-seeds", type=int, default=1, help="40 cues by directive each; 0 leaves out"
    )
    parser.add_argument(
        "--unseen", action="store_true", help="lines written after the weights (storylines/unseen)"
    )
    parser.add_argument("--data", type=Path, default=Path("/work/data"), help="unpacked archives")
    parser.add_argument("--cache", type=Path, help="where measured examples are kept between runs")
    parser.add_argument("--weights", help="a folder of weights in place of the shipped ones")
    parser.add_argument("--json", action="store_true", help="the figures as JSON on stdout")
    options = parser.parse_args(arguments)
    models = Models("cpu", options.weights)
    judge = fitted_outside_recogniser(options.data, options.cache)
    test = [line for line in read_storylines() if split_of(line.scene) == "test"]
    cues = story_cues(read_storylines(STORYLINES / "unseen") if options.unseen else test, options.cues)
    found: dict[str, dict[str, Any]] = {}
    for name, takes, recipe in (
        ("from text", options.takes, DEFAULT_RECIPE),
        ("from text, first take", 1, None),
    ):
        print(f"{name}: {len(cues)} cues …", file=sys.stderr)
        found[name] = figures(through(cues, models, judge, takes, recipe))
    if options.directive_seeds:
        print(f"by directive: {40 * options.directive_seeds} cues …", file=sys.stderr)
        seeds, takes = options.directive_seeds, options.takes
        found["by directive"] = directed(models, judge, ALL_STYLES, seeds, takes, DEFAULT_RECIPE)
    if options.json:
        results = {"format": 1, "text": {}, "music": {}, "end_to_end": found}
        print(json.dumps(results, ensure_ascii=False, indent=1))
    else:
        _print(found)


def _print(found: dict[str, dict[str, Any]]) -> None:
    columns = ("cues", "quadrant", "worst quadrant", "valence", "arousal", "valence AUC", "arousal AUC")
    print(f"{'':34}" + "".join(f"{column:>16}" for column in columns))
    rows = []
    for name, run in found.items():
        rows.append((name, run))
        if "by language" in run:
            rows += [(f"  {language}", part) for language, part in run["by language"].items()]
            rows += [(f"  {half}", run[half]) for half in ("label to reading", "reading to heard")]
    for name, row in rows:
        print(f"{name:34}" + "".join(f"{row[column]:>16}" for column in columns))
    text = found["from text"]
    print(f"shuffled text: {text['shuffled text']} (chance is about .25)")
    for name, run in found.items():
        parts = run["by style"].items()
        share = [f"{style} {part['quadrant'] if isinstance(part, dict) else part}" for style, part in parts]
        print(f"{name}, by style: " + ", ".join(share))
        print(f"{name}, confusion (rows asked, columns heard: {', '.join(NAMES)}): {run['confusion']}")
    error = standard_error(text["quadrant"], text["cues"])
    print(f"one standard error of the first row's accuracy: {error:.3f}")


if __name__ == "__main__":
    main()
