"""`melodrama evaluate left-out`: what each part of the generator brings, by leaving it out.

    melodrama evaluate left-out --data RUN/data --out REPORT

The generator as it ships beside itself with one part left out or replaced: told apart from real melodies and
textures (the same windows and forest as `melodrama evaluate told-apart`), control by intent, motifs known
again. Writes `left-out.md` and `left-out.json`. None of it is used for choosing or training.
"""

import argparse
import json
import sys
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path

import torch
from torch import Tensor

from engine.errors import MelodramaError
from engine.generate.conditions import Phrases, repeat_latents, role_mask
from engine.generate.config import CONTEXT, WINDOW
from engine.generate.generator import PhraseGenerator
from engine.generate.sampling import Generator
from engine.generate.weights import Networks
from engine.models import Models
from engine.train.log import log
from engine.train.music.composed import control_by_intent, motif_recognition
from engine.train.music.data.prepare import prepared_bars
from engine.train.music.realness import product
from engine.train.music.realness.__main__ import references, usable
from engine.train.music.realness.judges import forest
from engine.train.music.realness.lines import Windows
from engine.train.music.tensors import STYLES, load_bars

FIGURES = {
    "control ρ, density": "density ρ",
    "control ρ, register": "register ρ",
    "control ρ, tension": "tension ρ",
    "control ρ, mode": "mode ρ",
    "melody on the beat in the chord": "melody on the beat in the chord",
}


class PriorLatents(PhraseGenerator):
    """In the generator's place: latents drawn from the codec's prior, whatever is asked; roles that are
    absent are zero, repeats repeat."""

    def __init__(self, networks: Networks) -> None:
        super().__init__(networks.config)

    def forward(self, phrases: Phrases, context: Tensor, noise: Tensor, noise_global: Tensor) -> Tensor:
        """Latents [W, 8, total]; W from `context`. The noise given decides: the same again for the same."""
        chance = torch.Generator().manual_seed(int(noise.abs().sum() * 1000) % 2**31)
        drawn = torch.randn(len(context), WINDOW, sum(self.latents), generator=chance)
        drawn = repeat_latents(drawn, phrases.source, self.latents)
        return drawn * role_mask(phrases.present[:, CONTEXT:], self.latents)


def variants(whole: Generator) -> Iterator[tuple[str, Generator]]:
    """The generator whole, then with each part left out."""
    n = whole.networks
    parts = (n, whole.harmony, whole.lines, whole.inversions, whole.accompaniment)
    yield "all parts", whole
    deaf = list(parts)
    deaf[2] = whole.lines and replace(whole.lines, gist_blur=-1.0)
    deaf[4] = whole.accompaniment and replace(whole.accompaniment, gist_blur=-1.0)
    yield "the writers are not told the GAN's gist", Generator(*deaf)  # type: ignore[arg-type]
    prior = replace(n, generator=PriorLatents(n))
    yield "latents from the codec's prior, not from the GAN", Generator(prior, *parts[1:])
    yield "no line writer (the codecs decode the lines)", Generator(n, whole.harmony, None, None, None)
    yield "no accompaniment writer", Generator(n, *parts[1:4], None)
    yield "no learnt harmony (I–IV–V–I)", Generator(n, None, *parts[2:])
    yield "no learnt inversions", Generator(n, *parts[1:3], None, parts[4])


def measured(generator: Generator, seeds: int, takes: int, real: dict[str, Windows]) -> dict[str, float]:
    """The figures of a generator; `real` holds the reference windows of each part."""
    requests = product.requests_of(product.cues(STYLES, seeds))
    first = [own[0] for own in generator.compose(requests, [1])]
    windows = product.windows_of_takes(requests, first)
    found: dict[str, float] = {}
    for part, held_out in real.items():
        verdict = forest(usable(windows, part), held_out, part)
        found[f"{part} told apart"], found[f"{part} error"] = verdict.auc, verdict.error
    control = control_by_intent(generator, takes)
    found |= {short: control[name] for name, short in FIGURES.items()}
    found["motifs known again"] = motif_recognition(generator, 12)["motif recognised (AUC)"]
    return found


def main(words: Sequence[str] | None = None) -> int:
    """Measures and writes. Returns the exit code: 0, or 2 for what cannot be read."""
    parser = argparse.ArgumentParser(
        prog="melodrama evaluate left-out",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--data", type=Path, required=True, help="the archives, or a folder with bars.npz")
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--weights", help="a folder of weights in place of the shipped ones")
    parser.add_argument("--seeds", type=int, default=1, help="cues a style and quadrant (default 1)")
    parser.add_argument("--takes", type=int, default=80, help="takes for control by intent (default 80)")
    asked = parser.parse_args(words)
    torch.set_num_threads(1)
    try:
        bars = load_bars(prepared_bars(asked.data, asked.out / "data", log))
        whole = Models("cpu", asked.weights).generator
        real = {part: references(bars, part) for part in ("melody", "whole")}
    except (MelodramaError, OSError, ValueError) as error:
        print(f"melodrama evaluate left-out: {error}", file=sys.stderr)
        return 2
    asked.out.mkdir(parents=True, exist_ok=True)
    found: dict[str, dict[str, float]] = {}
    for name, generator in variants(whole):
        log(name)
        found[name] = measured(generator, asked.seeds, asked.takes, real)
        (asked.out / "left-out.json").write_text(
            json.dumps(found, ensure_ascii=False, indent=1) + "\n", encoding="utf-8"
        )
        (asked.out / "left-out.md").write_text(markdown(found), encoding="utf-8")
    print(markdown(found), end="")
    return 0


def markdown(found: dict[str, dict[str, float]]) -> str:
    """The table: a row for each variant."""
    names = [name for name in next(iter(found.values())) if not name.endswith(" error")]
    text = ["| | " + " | ".join(names) + " |", "|---" * (len(names) + 1) + "|"]
    for variant, figures in found.items():
        cells = [_cell(figures, name) for name in names]
        text.append(f"| {variant} | " + " | ".join(cells) + " |")
    return "\n".join(text) + "\n"


def _cell(figures: dict[str, float], name: str) -> str:
    error = figures.get(name.replace("told apart", "error")) if name.endswith("told apart") else None
    value = figures.get(name)
    if value is None:
        return "–"
    return f"{value:.2f}" if error is None else f"{value:.2f} ± {error:.2f}"


if __name__ == "__main__":
    raise SystemExit(main())
