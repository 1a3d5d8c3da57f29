"""`melodrama train lines`: form model and line writer from the archives, by a recipe, in steps.

    melodrama train lines --data ../shared/data/music --out RUN --recipe 2.1 --ship engine/weights/lines

Interrupted, it goes on from its checkpoint: networks, average, optimiser and random state. The recipe and the
checksum of what was learnt from stand in the weights' config.json. Needs the generator's weights, whose codec
gives the gist.
"""

import argparse
import sys
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path

import torch

from engine.errors import MelodramaError
from engine.generate.lines.conditions import MADE
from engine.generate.lines.weights import BLUR, LineModels, save_lines
from engine.generate.weights import load_networks
from engine.train.log import log
from engine.train.music.fits import chain, middle_of
from engine.train.music.writer.data import LineSet
from engine.train.music.writer.fit import Fit
from engine.train.music.writer.form_fit import fit_form
from engine.train.music.writer.prepare import checksum, prepared_lines, quantiles_of
from engine.train.music.writer.recipes import RECIPES


def trained(lines: LineSet, name: str, out: Path, device: str, until: int | None) -> Fit | None:
    """The finished run of a recipe and of those it begins with, each in OUT/writer-NAME; None where `until`
    stopped one."""
    fit: Fit | None = None
    for each in chain(RECIPES, name):
        recipe = RECIPES[each].writer
        start = None if fit is None else fit.average.cpu()
        log(f"recipe {each}")
        fit = Fit(lines, recipe, out / f"writer-{each}", device, start)
        fit.run(log, until)
        if fit.step < recipe.steps:
            log(f"stopped at step {fit.step} of {recipe.steps}")
            return None
    return fit


def main(words: Sequence[str] | None = None) -> int:
    """Trains and ships. Returns the exit code: 0, or 2 for what cannot be read."""
    parser = argparse.ArgumentParser(
        prog="melodrama train lines",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--data", type=Path, required=True, help="the archives, packed or not")
    parser.add_argument("--out", type=Path, required=True, help="folder for data, checkpoints and logs")
    parser.add_argument("--recipe", choices=RECIPES, default="3.1")
    parser.add_argument("--device", default="cpu", help="cpu or cuda")
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--until", type=int, help="stop at this step; the next call goes on")
    parser.add_argument("--generator", type=Path, help="the generator's weights (the shipped ones)")
    parser.add_argument("--ship", type=Path, help="weights folder to write (OUT/lines)")
    asked = parser.parse_args(words)
    torch.set_num_threads(asked.threads)
    recipe = RECIPES[asked.recipe]
    try:
        made = any(RECIPES[name].writer.last.made > 0 for name in chain(RECIPES, asked.recipe))
        lines = prepared_lines(asked.data, asked.out / "data", load_networks(asked.generator), log, made)
    except (MelodramaError, OSError, ValueError) as error:
        print(f"melodrama train lines: {error}", file=sys.stderr)
        return 2
    events = ", ".join(str(len(each)) for each in lines.lines)
    log(f"{len(lines)} bars, {events} events; recipe {asked.recipe}")
    fit = trained(lines, asked.recipe, asked.out, asked.device, asked.until)
    if fit is None:
        return 0
    form = fit_form(lines, recipe.form_steps, recipe.form_seed, log)
    last = recipe.writer.last
    models = LineModels(
        fit.average.cpu().eval(),
        form.eval(),
        recipe.sampling,
        quantiles_of(lines),
        asked.recipe,
        MADE if last.made > 0 else BLUR,
        middle_of(last.asked_over),
    )
    place = asked.ship or asked.out / "lines"
    recipes = {name: asdict(RECIPES[name]) for name in chain(RECIPES, asked.recipe)}
    save_lines(models, place, {"recipes": recipes, "data_sha256": checksum(lines)})
    log(f"line writer {asked.recipe} written to {place}; next: melodrama evaluate told-apart")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
