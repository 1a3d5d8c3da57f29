"""How much of what is heard each parameter carries, over many cues: what `melodrama why` tells of one.

`melodrama evaluate shares` composes five feelings in each style, changes one thing of each finished cue at a
time to what a neutral cue of the style has (the mode to its parallel) and lets the recogniser listen again.
Printed are mean and standard deviation over the cues of each parameter's share of all effects and of the size
of its effect, and what major has more than its parallel minor (`engine.teach.smallest.MODE_EFFECT`).
"""

import argparse
import statistics
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from dsl.score_file import plan_source
from dsl.vocabulary import STYLES
from engine.models import Models
from engine.pipeline import compose
from engine.teach.cue_score import cue_score
from engine.teach.parameters import PARAMETERS, ParameterName
from engine.teach.shares import HeardShares, ParameterShare, heard_shares

FEELINGS = ((0.7, 0.6), (-0.7, 0.6), (-0.7, -0.5), (0.6, -0.5), (0.3, 0.1))
"""Valence and arousal asked: the four quadrants, and a mild one."""


@dataclass(frozen=True, slots=True)
class Figure:
    """Mean and standard deviation over `cues` cues."""

    mean: float
    spread: float
    cues: int


def feelings_score(style: str, seed: int) -> str:
    """A score of one cue for each of `FEELINGS`."""
    cues = [
        f"# F{n} Feeling\n@emotion v={v} a={a}\n@fit 24s\nHe walked along the road.\nThe road went on.\n"
        for n, (v, a) in enumerate(FEELINGS)
    ]
    return f"melodrama: 1\ntitle: Feelings\nstyle: {style}\nseed: {seed}\n---\n" + "\n".join(cues)


def shares_of(styles: list[str], models: Models, takes: int, seed: int) -> Iterator[HeardShares]:
    """The shares of each cue of each style, those that can be heard."""
    for style in styles:
        plan = plan_source(feelings_score(style, seed).encode(), Path(f"{style}.score")).plan
        assert plan is not None
        score = compose(plan, models, takes, recipe=None).score
        for index in range(len(score.cues)):
            found = heard_shares(cue_score(score, index), models.recogniser)
            if found is not None:
                yield found
        print(f"{style} heard", file=sys.stderr, flush=True)


def figure(values: list[float]) -> Figure:
    """Of no cues: 0."""
    if not values:
        return Figure(0.0, 0.0, 0)
    return Figure(statistics.mean(values), statistics.pstdev(values), len(values))


def table(all_shares: list[HeardShares]) -> list[str]:
    """Rows of Markdown, the parameter that carries most of valence first."""
    rows = []
    for name in PARAMETERS:
        own = [one for shares in all_shares for one in shares.parameters if one.name == name]
        rows.append((_figures(own, name), name))
    rows.sort(key=lambda row: -row[0][0].mean)
    lines = [
        "| parameter | share of valence | of arousal | effect on valence | on arousal | cues |",
        "|---|---|---|---|---|---|",
    ]
    for figures, name in rows:
        cells = " | ".join(f"{f.mean:.2f} ± {f.spread:.2f}" for f in figures)
        lines.append(f"| {name} | {cells} | {figures[0].cues} |")
    return lines


def _figures(own: list[ParameterShare], name: ParameterName) -> tuple[Figure, Figure, Figure, Figure]:
    """Shares and sizes of effects, each of valence and arousal, where the change could be made."""
    known = [(one.share, one.effect) for one in own if one.share is not None and one.effect is not None]
    return (
        figure([share.valence for share, _ in known]),
        figure([share.arousal for share, _ in known]),
        figure([abs(effect.valence) for _, effect in known]),
        figure([abs(effect.arousal) for _, effect in known]),
    )


def mode_effect(all_shares: list[HeardShares]) -> tuple[float, float]:
    """Median of what major has more than its parallel minor: valence, arousal."""
    modes = [
        (one.value, one.effect)
        for shares in all_shares
        for one in shares.parameters
        if one.name == "mode" and one.effect is not None
    ]
    return (
        statistics.median(value * effect.valence for value, effect in modes),
        statistics.median(value * effect.arousal for value, effect in modes),
    )


def main(argv: list[str] | None = None) -> int:
    """Compose, measure, print."""
    parser = argparse.ArgumentParser(prog="melodrama evaluate shares", description=__doc__)
    parser.add_argument("--takes", type=int, default=2, help="candidates a cue (default 2)")
    parser.add_argument("--seed", type=int, default=7)
    parser.add_argument("--styles", default=",".join(STYLES), help="comma separated (default: all)")
    parser.add_argument("--weights", help="weights to compose with; debug: tiny random ones")
    arguments = parser.parse_args(argv)
    models = Models(folder=arguments.weights)
    found = list(shares_of(arguments.styles.split(","), models, arguments.takes, arguments.seed))
    print("\n".join(table(found)))
    valence, arousal = mode_effect(found)
    effect = f"valence {valence:+.2f}, arousal {arousal:+.2f}"
    print(f"\nmajor less parallel minor, median of {len(found)} cues: {effect}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
