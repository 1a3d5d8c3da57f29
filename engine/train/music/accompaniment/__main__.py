"""`melodrama train accompaniment`: the accompaniment's writer from the archives, by a recipe, in steps.

    melodrama train accompaniment --data ../shared/data/music --out RUN --ship engine/weights/accompaniment

Interrupted, it goes on from its checkpoint. The recipe and the checksum of what was learnt from stand in the
weights' config.json. Needs the generator's weights, whose codec gives the gist.
"""

import argparse
import sys
import time
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path

import torch

from engine.errors import MelodramaError
from engine.generate.accompaniment.compose import FigureSampling
from engine.generate.accompaniment.weights import BLUR, AccompanimentModel, save_accompaniment
from engine.generate.lines.conditions import MADE
from engine.generate.weights import load_networks
from engine.train.music.accompaniment.data import FigureSet, checksum, figure_set
from engine.train.music.accompaniment.fit import RECIPES, Fit
from engine.train.music.data.prepare import prepared_bars
from engine.train.music.fits import chain, middle_of
from engine.train.music.tensors import load_bars


def log(message: str) -> None:
    """A line of progress, with the time, on stderr."""
    print(f"{time.strftime('%H:%M:%S')} {message}", file=sys.stderr, flush=True)


LEAN = (1.2, 0.8)
"""How far what is drawn leans to the register and density asked: set so that takes follow them at ρ .9."""


def trained(figures: FigureSet, name: str, out: Path, until: int | None) -> Fit | None:
    """The finished run of a recipe and of those it begins with, each in OUT/writer-NAME; None where `until`
    stopped one."""
    fit: Fit | None = None
    for each in chain(RECIPES, name):
        recipe = RECIPES[each]
        log(f"recipe {each}")
        fit = Fit(figures, recipe, out / f"writer-{each}", None if fit is None else fit.average)
        fit.run(log, until)
        if fit.step < recipe.steps:
            log(f"stopped at step {fit.step} of {recipe.steps}")
            return None
    return fit


def main(words: Sequence[str] | None = None) -> int:
    """Trains and ships. Returns the exit code: 0, or 2 for what cannot be read."""
    parser = argparse.ArgumentParser(
        prog="melodrama train accompaniment",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--data", type=Path, required=True, help="the archives, packed or not, or bars.npz")
    parser.add_argument("--out", type=Path, required=True, help="folder for data, checkpoints and logs")
    parser.add_argument("--recipe", choices=RECIPES, default="1.1")
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--until", type=int, help="stop at this step; the next call goes on")
    parser.add_argument("--generator", type=Path, help="the generator's weights (the shipped ones)")
    parser.add_argument("--ship", type=Path, help="weights folder to write (OUT/accompaniment)")
    asked = parser.parse_args(words)
    torch.set_num_threads(asked.threads)
    recipe = RECIPES[asked.recipe]
    try:
        bars = load_bars(prepared_bars(asked.data, asked.out / "data", log))
        figures = figure_set(bars, load_networks(asked.generator), recipe.hidden.made > 0)
    except (MelodramaError, OSError, ValueError) as error:
        print(f"melodrama train accompaniment: {error}", file=sys.stderr)
        return 2
    log(f"{len(bars)} bars, {len(figures.struck)} events; recipe {asked.recipe}")
    fit = trained(figures, asked.recipe, asked.out, asked.until)
    if fit is None:
        return 0
    hears_made = recipe.hidden.made > 0
    model = AccompanimentModel(
        fit.average.eval(),
        FigureSampling(lean=LEAN),
        asked.recipe,
        MADE if hears_made else BLUR,
        middle_of(recipe.hidden.asked_over),
    )
    place = asked.ship or asked.out / "accompaniment"
    recipes = {name: asdict(RECIPES[name]) for name in chain(RECIPES, asked.recipe)}
    save_accompaniment(model, place, {"recipes": recipes, "data_sha256": checksum(figures)})
    log(f"accompaniment writer {asked.recipe} written to {place}; next: melodrama evaluate told-apart")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
