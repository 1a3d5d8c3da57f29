"""`melodrama train music`: the whole music generator from the archives, by a recipe.

    melodrama train music --data ../shared/data/music --out RUN --recipe 3.1

One trainer after the other, each from its own recipe, into RUN/weights: codec and GAN, the line writer with
the form model, the accompaniment's writer, the inversions. Interrupted, it goes on where it was: what is
finished is not made again. A recipe that begins with weights at hand says which, by their checksum.
"""

import argparse
import hashlib
import shutil
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from engine.errors import MelodramaError, WeightsError
from engine.generate.weights import FOLDER as SHIPPED_GENERATOR
from engine.train.log import log
from engine.train.music import inversions, run
from engine.train.music.accompaniment import __main__ as accompaniment
from engine.train.music.data.prepare import prepared_bars
from engine.train.music.writer import __main__ as writer


@dataclass(frozen=True, slots=True)
class MusicRecipe:
    """Recipes of the trainers by name. `generator_sha256`: codec and GAN are the weights with this checksum
    (""; they are trained: `codec_steps`, `gan_steps`, `small`)."""

    lines: str
    accompaniment: str
    generator_sha256: str = ""
    codec_steps: int = 20000
    gan_steps: int = 10700
    small: bool = False


RECIPES: dict[str, MusicRecipe] = {
    "3.1": MusicRecipe("3.1", "1.1", "85f396f2666e5c854bdda339fe633acd680af1330ea80630b5609b3a9a0c9153"),
    "whole": MusicRecipe("3.1", "1.1"),
    "large": MusicRecipe("large", "1.1", codec_steps=60000, gan_steps=40000),
    "small": MusicRecipe("small, made", "small, made", codec_steps=30, gan_steps=4, small=True),
}
"""3.1 makes what ships: it keeps codec and GAN, which are older than their recipe, and trains the rest (two
hours of one core). "whole" trains everything (five hours), "large" is for a GPU, "small" for tests."""


def generator_checksum(folder: Path) -> str:
    """SHA-256 of the generator's tensors in a weights folder."""
    return hashlib.sha256((folder / "model.safetensors").read_bytes()).hexdigest()


def main(words: Sequence[str] | None = None) -> int:
    """Trains all. Returns the exit code of the first trainer that fails, or 0."""
    parser = argparse.ArgumentParser(
        prog="melodrama train music",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--data", type=Path, required=True, help="the archives, packed or not")
    parser.add_argument("--out", type=Path, required=True, help="folder for data, checkpoints and weights")
    parser.add_argument("--recipe", choices=RECIPES, default="3.1")
    parser.add_argument("--device", default="cpu", help="cpu or cuda, for the line writer")
    parser.add_argument(
        "--begin", type=Path, help="the generator's weights that a recipe begins with (shipped)"
    )
    asked = parser.parse_args(words)
    recipe, weights = RECIPES[asked.recipe], asked.out / "weights"
    try:
        prepared_bars(asked.data, asked.out / "data", log)
        if recipe.generator_sha256:
            keep_generator(asked.begin or SHIPPED_GENERATOR, recipe.generator_sha256, weights / "generator")
    except (MelodramaError, OSError) as error:
        print(f"melodrama train music: {error}", file=sys.stderr)
        return 2
    for name, trainer in steps(recipe, asked.data, asked.out, asked.device):
        log(f"{name}, recipe {asked.recipe}")
        code = trainer()
        if code != 0:
            return code
    log(f"all weights are in {weights}; next: melodrama evaluate music")
    return 0


def keep_generator(begin: Path, wanted: str, place: Path) -> None:
    """Copies the generator's weights, if they are the wanted ones. Raises WeightsError."""
    found = generator_checksum(begin)
    if found != wanted:
        raise WeightsError(f"{begin}: the recipe begins with the weights {wanted[:12]}, not {found[:12]}")
    if not place.exists():
        shutil.copytree(begin, place)


def steps(recipe: MusicRecipe, data: Path, out: Path, device: str) -> list[tuple[str, Callable[[], int]]]:
    """The trainers in order, each with the words of its own command."""
    weights = out / "weights"
    generator = str(weights / "generator")
    common = ["--data", str(data), "--out", str(out)]
    size = ["--small", "--batch", "8"] if recipe.small else []
    result: list[tuple[str, Callable[[], int]]] = []
    if not recipe.generator_sha256:
        codec = ["codec", *common, *size, "--steps", str(recipe.codec_steps)]
        gan = ["gan", *common, *size, "--steps", str(recipe.gan_steps), "--ship", generator]
        result += [("codec", lambda: run.main(codec)), ("GAN", lambda: run.main(gan))]
    lines = [*common, "--recipe", recipe.lines, "--generator", generator, "--device", device]
    lines += ["--ship", str(weights / "lines")]
    figures = [*common, "--recipe", recipe.accompaniment, "--generator", generator]
    figures += ["--ship", str(weights / "accompaniment")]
    basses = [*common, "--ship", str(weights / "inversions")]
    return [
        *result,
        ("line writer", lambda: writer.main(lines)),
        ("accompaniment's writer", lambda: accompaniment.main(figures)),
        ("inversions", lambda: inversions.main(basses)),
    ]


if __name__ == "__main__":
    raise SystemExit(main())
