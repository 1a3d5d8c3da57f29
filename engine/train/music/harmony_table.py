"""`melodrama evaluate chords`: the harmony of takes beside the real music that each style leans on.

    melodrama evaluate chords --data RUN/data --out REPORT

`--data` holds `bars.npz`. For every style: held-out windows of its collections (weighted as the style weighs
them), takes' windows (own form, all four quadrants), and real chords in another order as a control. Writes
`chords.md` and `chords.json`.
"""

import argparse
import json
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Final

import numpy as np
import numpy.typing as npt

from engine.errors import MelodramaError
from engine.generate.cadence import STYLES
from engine.generate.harmony import HarmonyModel
from engine.generate.harmony_plan import request_brief
from engine.generate.lines.events import ROLE_SPECS, events_of, timeline
from engine.generate.lines.returns import find_returns
from engine.generate.lines.takes import brief_with_form, take_form
from engine.generate.lines.weights import LineModels, load_lines
from engine.generate.request import Request
from engine.train.music.data.prepare import prepared_bars
from engine.train.music.harmony_figures import (
    BARS,
    BigramModel,
    ChordWindows,
    chord_windows,
    figures,
    weighted,
)
from engine.train.music.realness import product
from engine.train.music.realness.lines import first_bars
from engine.train.music.tensors import Bars, load_bars
from engine.train.music.writer.data import phrases_of

SEEDS: Final = 4
"""Cues of each style and quadrant."""

OVER_ALL: Final = "all"

Table = dict[str, dict[str, float]]
"""Figures by row ("real", "ours", "shuffled")."""


def phrase_ends(bars: Bars) -> npt.NDArray[np.bool_]:
    """Which bars end a phrase of the melody, the last bars of runs left out: bool [B]."""
    row, step = timeline(np.array([16, 12, 12])[bars.meter])
    spec = ROLE_SPECS[0]
    playing = bars.arrays.present[:, 0]
    melody = events_of(bars.arrays.tokens[0][row, step], row, step, bars.run[row], spec.low, playing[row])
    returns = find_returns(bars.arrays.tokens[0], spec.low, bars.run, bars.meter, bars.minor)
    _, left, _ = phrases_of(bars, melody, returns, {})
    last = np.r_[bars.run[1:] != bars.run[:-1], True]
    return np.asarray((left == 0) & playing & ~last)


def real_chords(
    bars: Bars, ends: npt.NDArray[np.bool_], source: str, splits: Sequence[int], most: int = 400
) -> ChordWindows:
    """Windows of one collection in one key throughout, at most so many, drawn evenly over its length."""
    first = first_bars(bars, (source,), splits, BARS)
    if len(first) > most:
        first = first[np.linspace(0, len(first) - 1, most).astype(np.int64)]
    rows = first[:, None] + np.arange(BARS)
    return chord_windows(bars.chords[rows], bars.minor[first], ends[rows])


def asked_requests(style: str, seeds: int) -> list[Request]:
    """Requests for cues of sixteen bars of a style in all four quadrants, as the pipeline makes them."""
    return product.requests_of(product.cues((style,), seeds))


def take_chords(model: HarmonyModel, lines: LineModels, requests: Sequence[Request]) -> ChordWindows:
    """Windows of the harmony of the first take of each request (4/4), with its form."""
    forms = [take_form(lines, request, 1) for request in requests]
    briefs = [
        brief_with_form(request_brief(request, 1), request, form)
        for request, form in zip(requests, forms, strict=True)
    ]
    tables, minor, ends = [], [], []
    for brief, form, table in zip(briefs, forms, model.write(briefs), strict=True):
        over = form.plan.phrase_left == 0
        over[-1] = False
        for first in range(0, len(table) - BARS + 1, BARS):
            tables.append(table[first : first + BARS])
            ends.append(over[first : first + BARS])
            minor.append(brief.minor)
    return chord_windows(np.array(tables), np.array(minor, np.bool_), np.array(ends))


def style_tables(
    bars: Bars,
    model: HarmonyModel,
    lines: LineModels,
    styles: Sequence[str] = tuple(STYLES),
    seeds: int = SEEDS,
) -> dict[str, Table]:
    """Figures of real music, takes and shuffled real chords by style, and the mean of the styles."""
    ends = phrase_ends(bars)
    names = {name for style in styles for name in STYLES[style].sources}
    learnt = {name: real_chords(bars, ends, name, (0,), 2000) for name in names}
    held = {name: real_chords(bars, ends, name, (1, 2)) for name in names}
    result: dict[str, Table] = {}
    for style in styles:
        sources = STYLES[style].sources
        bigrams = BigramModel(learnt, sources)
        rng = np.random.default_rng(1)
        result[style] = {
            "real": weighted([(w, figures(held[name], bigrams)) for name, w in sources.items()]),
            "ours": figures(take_chords(model, lines, asked_requests(style, seeds)), bigrams),
            "shuffled": weighted(
                [(w, figures(held[name].shuffled(rng), bigrams)) for name, w in sources.items()]
            ),
        }
    result[OVER_ALL] = {
        row: weighted([(1.0, result[style][row]) for style in styles]) for row in ("real", "ours", "shuffled")
    }
    return result


def markdown(tables: dict[str, Table]) -> str:
    """All styles beside each other: "ours (real)", and over all styles the control."""
    over = tables[OVER_ALL]
    styles = [style for style in tables if style != OVER_ALL]
    head = ["real", "shuffled", "ours", *(f"{style}: ours (real)" for style in styles)]
    lines = ["| | " + " | ".join(head) + " |", "|---" * (len(head) + 1) + "|"]
    for name in over["real"]:
        cells = [f"{over[row][name]:.2f}" for row in ("real", "shuffled", "ours")]
        cells += [f"{tables[s]['ours'][name]:.2f} ({tables[s]['real'][name]:.2f})" for s in styles]
        lines.append(f"| {name} | " + " | ".join(cells) + " |")
    return "\n".join(lines) + "\n"


def main() -> None:
    parser = argparse.ArgumentParser(prog="melodrama evaluate chords", description=__doc__)
    parser.add_argument("--data", type=Path, required=True, help="a folder with bars.npz, or the archives")
    parser.add_argument("--out", type=Path, required=True, help="folder for chords.md and chords.json")
    parser.add_argument("--weights", type=Path, help="harmony weights (default: the shipped ones)")
    parser.add_argument("--seeds", type=int, default=SEEDS, help="cues of each style and quadrant")
    options = parser.parse_args()
    try:
        bars = load_bars(prepared_bars(options.data, options.out, lambda line: print(line, file=sys.stderr)))
        model, lines = HarmonyModel.load(options.weights), load_lines(None, "cpu")
    except (MelodramaError, OSError, ValueError) as error:
        raise SystemExit(f"melodrama evaluate chords: {error}") from error
    tables = style_tables(bars, model, lines, seeds=options.seeds)
    options.out.mkdir(parents=True, exist_ok=True)
    (options.out / "chords.md").write_text(markdown(tables), encoding="utf-8")
    (options.out / "chords.json").write_text(json.dumps(tables, indent=1) + "\n", encoding="utf-8")
    print(markdown(tables), end="")


if __name__ == "__main__":
    main()
