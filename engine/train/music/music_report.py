"""`melodrama evaluate music`: the generator's whole table by one command.

Held-out phrases (real, reconstructed, VAE prior, piano-roll GAN, GAN), then whole takes through the door that
the product uses (control by intent, styles, motifs, guofeng beside folk songs, speed), then how surely they
are told apart from real music (`melodrama evaluate told-apart`). Writes `table.md`, `figures.json`, piano
rolls and a folder of MIDI to listen to.
"""

import argparse
import json
import sys
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import torch

from engine.errors import MelodramaError
from engine.generate.config import WINDOW
from engine.generate.harmony import HarmonyModel
from engine.generate.sampling import Generator
from engine.models import Models
from engine.train.log import log
from engine.train.music.arranged import arranged_table
from engine.train.music.composed import NEUTRAL, control_by_intent, motif_recognition, requests, speed
from engine.train.music.data.prepare import prepared_bars
from engine.train.music.evaluate import evaluate, format_figure, table
from engine.train.music.listening import draw_takes, write_midi
from engine.train.music.realness.__main__ import REFERENCES, measure, our_takes
from engine.train.music.styles import folk_table, style_table
from engine.train.music.tensors import STYLES, load_bars

QUADRANTS = {
    "bright": (0.8, 0.75, 0.65, 0.3, 120.0),
    "fierce": (-0.8, 0.75, 0.45, 0.75, 132.0),
    "sad": (-0.8, 0.25, 0.4, 0.5, 66.0),
    "calm": (0.8, 0.25, 0.6, 0.25, 76.0),
}
"""Mode, density, register, tension, tempo of the takes to listen to."""


def listen(generator: Generator, folder: Path, bars: int = 2 * WINDOW, seed: int = 21) -> None:
    """A take of every style in every quadrant: MIDI files and one picture a style."""
    folder.mkdir(parents=True, exist_ok=True)
    for number, style in enumerate(STYLES):
        asked = []
        for mode, density, register, tension, _ in QUADRANTS.values():
            intent = replace(NEUTRAL, mode=mode, density=density, register=register, tension=tension)
            plain = requests(1, seed + number, (style,), bars)[0]
            key = replace(plain.key, mode="major" if mode > 0 else "minor")
            asked.append(replace(plain, key=key, intents=(intent,) * bars))
        takes = [own[0] for own in generator.compose(asked, [1])]
        for (name, (*_, tempo)), take in zip(QUADRANTS.items(), takes, strict=True):
            write_midi(take, tempo, folder / f"{style}-{name}.mid")
        draw_takes(asked, takes, [f"{style}, {name}" for name in QUADRANTS], folder / f"{style}.png")


def composed_figures(generator: Generator, count: int, folk: Path | None) -> dict[str, float]:
    """Figures of whole takes with their own harmony and form."""
    figures = {f"takes: {name}": value for name, value in control_by_intent(generator, count).items()}
    figures |= motif_recognition(generator, max(2, count // 10))
    figures |= style_table(generator, max(4, count // 10))
    if folk is not None:
        figures |= folk_table(generator, folk, max(2, count // 10))
    phrases = min(64, count)
    figures[f"bars a second, plan to notes, {phrases} phrases"] = speed(generator, phrases)
    return figures


def main(arguments: Sequence[str] | None = None) -> int:
    """Measures and writes. Returns the exit code: 0, or 2 for what cannot be read."""
    parser = argparse.ArgumentParser(prog="melodrama evaluate music", description=__doc__)
    parser.add_argument("--data", type=Path, required=True, help="the music archives, or a bars.npz")
    parser.add_argument(
        "--out", type=Path, required=True, help="folder for table, figures, pictures and MIDI"
    )
    parser.add_argument("--weights", type=Path, help="generator weights (the shipped ones)")
    parser.add_argument("--harmony", type=Path, help="harmony weights (the shipped ones)")
    parser.add_argument("--phrases", type=int, default=384, help="held-out phrases in the table")
    parser.add_argument("--takes", type=int, default=240, help="whole takes measured")
    parser.add_argument(
        "--baseline-seconds",
        type=float,
        default=0.0,
        metavar="S",
        help="also train a piano-roll GAN for so long, as a baseline",
    )
    parser.add_argument("--folk", type=Path, help="folder of Chinese folk songs as MIDI, to compare guofeng")
    parser.add_argument(
        "--arranged",
        type=int,
        default=0,
        metavar="N",
        help="also arrange N plans in every style, by the shipped weights",
    )
    parser.add_argument(
        "--told-apart",
        type=int,
        default=1,
        metavar="SEEDS",
        help="also how surely takes are told apart from real music: cues a style and quadrant (0: not)",
    )
    parser.add_argument("--split", choices=("dev", "test"), default="test")
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--json", action="store_true", help="print the figures as JSON")
    asked = parser.parse_args(arguments)
    torch.set_num_threads(asked.threads)
    try:
        generator = Generator.load(asked.weights)
        generator.harmony = HarmonyModel.load(asked.harmony)
        networks = generator.networks
        bars = load_bars(prepared_bars(asked.data, asked.out / "data", log))
    except (MelodramaError, OSError, ValueError) as error:
        print(f"melodrama evaluate music: {error}", file=sys.stderr)
        return 2
    asked.out.mkdir(parents=True, exist_ok=True)
    log(f"{len(bars)} bars; generator {networks.version}")
    columns = evaluate(
        networks,
        bars,
        asked.split,
        asked.phrases,
        folder=asked.out / "pictures",
        baseline_seconds=asked.baseline_seconds,
        log=log,
    )
    log("held-out phrases measured; whole takes now")
    takes = composed_figures(generator, asked.takes, asked.folk)
    if asked.arranged > 1:
        takes |= arranged_table(Models(device="cpu"), asked.arranged)
    listen(generator, asked.out / "listen")
    lines = "".join(f"| {name} | {format_figure(value)} |\n" for name, value in takes.items())
    text = f"{table(columns)}\n| whole takes | |\n|---|---|\n{lines}"
    if asked.told_apart > 0:
        models = Models("cpu", _generator=generator)
        ours = our_takes(models, asked.told_apart, 0)
        text += "\n" + measure(models, bars, ours, tuple(REFERENCES), asked.out, asked.told_apart, asked.folk)
    (asked.out / "table.md").write_text(text, encoding="utf-8")
    figures = json.dumps({"held-out": columns, "takes": takes}, indent=1, ensure_ascii=False)
    (asked.out / "figures.json").write_text(figures + "\n", encoding="utf-8")
    print(figures if asked.json else text)
    log(f"written to {asked.out}")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
