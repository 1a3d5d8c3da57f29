"""Does choosing help, and does optimising? The first take, the best of N, the best of N moved; by two judges.

`melodrama evaluate ablation [--takes 1,4,16,64] [--styles …] [--seeds N] [--data FOLDER] [--json]`

The four quadrants are asked by directive. The recogniser, which chose, tells the match of the finished cue;
the outside judge, which never chooses, tells the quadrant it hears. Both cues of a row are arranged scores.
"""

import argparse
import json
import sys
from pathlib import Path
from typing import Any, Final

import numpy as np

from dsl.score_file import plan_source
from dsl.vocabulary import STYLES as LANGUAGE_STYLES
from engine.match.choice import DEFAULT_RECIPE, Recipe
from engine.models import Models
from engine.pipeline import compose
from engine.train.outside_opinions import (
    CORNERS,
    agreement,
    fitted_outside_recogniser,
    opinion_of,
    standard_error,
)
from engine.train.outside_recogniser import OutsideRecogniser

STYLES: Final = ("piano", "strings", "folk", "guofeng", "epic")
ALL_STYLES: Final = (*STYLES, *(style for style in LANGUAGE_STYLES if style not in STYLES))


def asked_score(style: str, seed: int, valence: float, arousal: float, bars: int) -> str:
    """A score of one cue whose emotion a directive asks for."""
    return (
        f"style: {style}\nseed: {seed}\n---\n# 1 A\n@bars {bars}\n"
        f"@emotion v={valence:g} a={arousal:g}\nOne line.\n"
    )


def directed(
    models: Models,
    judge: OutsideRecogniser,
    styles: tuple[str, ...],
    seeds: int,
    takes: int,
    recipe: Recipe | None,
    strength: float = 0.6,
    bars: int = 12,
) -> dict[str, Any]:
    """Figures over styles × seeds × quadrants: the outside judge's, and the recogniser's mean match."""
    asked, said, matches, styled = [], [], [], []
    for style in styles:
        for seed in range(1, seeds + 1):
            for quadrant, (valence, arousal) in enumerate(CORNERS):
                text = asked_score(style, seed, strength * valence, strength * arousal, bars)
                plan = plan_source(text, Path("a.score")).plan
                assert plan is not None  # the text is ours, and has no errors
                made = compose(plan, models, takes=takes, recipe=recipe)
                asked.append(quadrant)
                said.append(opinion_of(judge, made.score, 0))
                matches.append(made.cues[0].match)
                styled.append(style)
    rows = np.array(said)
    right = rows.argmax(axis=1) == np.array(asked)
    by_style = {s: round(float(right[[s == each for each in styled]].mean()), 3) for s in styles}
    match = round(float(np.mean(matches)), 4)
    return agreement(asked, rows) | {"recogniser's match": match, "by style": by_style}


def main(arguments: list[str] | None = None) -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--takes", default="1,4,16,64", help="candidates a cue (default 1,4,16,64)")
    parser.add_argument("--styles", default=",".join(STYLES), help='names, or "all"')
    parser.add_argument("--seeds", type=int, default=1)
    parser.add_argument("--bars", type=int, default=12)
    parser.add_argument("--strength", type=float, default=0.6, help="how far from neutral is asked, 0…1")
    parser.add_argument("--data", type=Path, default=Path("/work/data"), help="unpacked archives")
    parser.add_argument("--cache", type=Path, help="where measured examples are kept between runs")
    parser.add_argument("--weights", help="a folder of weights in place of the shipped ones")
    parser.add_argument("--json", action="store_true", help="the figures as JSON on stdout")
    options = parser.parse_args(arguments)
    styles = ALL_STYLES if options.styles == "all" else tuple(options.styles.split(","))
    models = Models("cpu", options.weights)
    judge = fitted_outside_recogniser(options.data, options.cache)
    rows: dict[str, dict[str, Any]] = {}
    for takes in sorted({int(n) for n in options.takes.split(",")}):
        for name, recipe in (("", None), (" + optimisation", DEFAULT_RECIPE)):
            label = ("first take" if takes == 1 else f"best of {takes}") + name
            print(f"{label} …", file=sys.stderr)
            rows[label] = directed(
                models, judge, styles, options.seeds, takes, recipe, options.strength, options.bars
            )
    if options.json:
        found = {"format": 1, "text": {}, "music": {"ablation": rows}, "end_to_end": {}}
        print(json.dumps(found, ensure_ascii=False, indent=1))
        return
    columns = ("recogniser's match", "quadrant", "worst quadrant", "probability of the asked")
    print(f"{'':28}" + "".join(f"{column:>26}" for column in columns))
    for label, row in rows.items():
        print(f"{label:28}" + "".join(f"{row[column]:26.3f}" for column in columns))
    count = next(iter(rows.values()))["cues"]
    print(f"{count} cues a row; an accuracy of .8 over them is ± {standard_error(0.8, count):.2f}")


if __name__ == "__main__":
    main()
