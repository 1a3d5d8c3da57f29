"""`melodrama train WHAT …`: rebuild a model from the data. A door to the trainers; their own options follow
WHAT."""

import argparse
import runpy
import sys
from collections.abc import Mapping

from tui.cli.console import say

TRAINERS = {
    "text": (
        "engine.train.text",
        "the text-emotion model, from EmoBank, GoEmotions, XED and the story lines",
    ),
    "bars": ("engine.train.music.data.build", "no model yet: the music archives to clean training bars"),
    "harmony": ("engine.train.music.harmony", "chord sequences"),
    "music": ("engine.train.music", "the whole music generator by one recipe, one trainer after the other"),
    "codec": ("engine.train.music.run", "the role codecs: bars of music to latents and back"),
    "gan": ("engine.train.music.run", "generator and critic over the codec's latents"),
    "lines": ("engine.train.music.writer", "form and the line writer: melody, counter-melody, bass"),
    "accompaniment": ("engine.train.music.accompaniment", "the accompaniment's writer: what chords play"),
    "inversions": ("engine.train.music.inversions", "which chord tone lies in the bass"),
    "recogniser": ("engine.train.recogniser.fit", "music to valence and arousal"),
    "likeness": (
        "engine.train.recogniser.soft",
        "the recogniser's differentiable approximation, for optimising",
    ),
}


def add_arguments(parser: argparse.ArgumentParser) -> None:
    add_choices(parser, "train", TRAINERS)


def add_choices(parser: argparse.ArgumentParser, verb: str, choices: Mapping[str, tuple[str, str]]) -> None:
    """WHAT, out of `choices` (name → module, description), and whatever follows it."""
    listing = "; ".join(f"{name}: {what}" for name, (_, what) in choices.items())
    parser.add_argument("what", choices=choices, help=listing)
    parser.add_argument(
        "rest", nargs=argparse.REMAINDER, metavar="…", help=f"melodrama {verb} WHAT --help tells them"
    )


def run(arguments: argparse.Namespace) -> int:
    module, _ = TRAINERS[arguments.what]
    # Codec and GAN share a trainer, which is told which of them by its first word.
    shared = [each for each, _ in TRAINERS.values()].count(module) > 1
    words = [arguments.what, *arguments.rest] if shared else arguments.rest
    return run_module(module, f"melodrama train {arguments.what}", words)


def run_module(module: str, name: str, words: list[str]) -> int:
    """Run a module as a program under another name; gives its exit code."""
    sys.argv = [name, *words]
    try:
        runpy.run_module(module, run_name="__main__", alter_sys=False)
    except SystemExit as stop:
        return stop.code if isinstance(stop.code, int) else 0 if stop.code is None else 1
    except ModuleNotFoundError as error:
        say(f"{name}: {error.name} is not installed; training needs pip install 'melodrama[train]'")
        return 1
    return 0
