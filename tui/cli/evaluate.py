"""`melodrama evaluate WHAT …`: judge the models. A door to the measurements; their own options follow
WHAT."""

import argparse

from tui.cli.train import add_choices, run_module

MEASUREMENTS = {
    "text": ("engine.train.text.evaluate", "r, quadrants, speed; beside VADER, a lexicon, the bare encoder"),
    "contrast": ("engine.train.contrast.evaluate", "irony, denial, names: pairs of scenes felt differently"),
    "music": ("engine.train.music.music_report", "the generator: held-out phrases, whole takes, baselines"),
    "told-apart": ("engine.train.music.realness", "how surely our music is told apart from real music"),
    "left-out": ("engine.train.music.realness.left_out", "what each part of the generator brings"),
    "recogniser": ("engine.train.recogniser.evaluate", "what the recogniser hears in sets it has never seen"),
    "harmony": ("engine.train.music.harmony_report", "cadences, perplexity, chord distribution"),
    "chords": ("engine.train.music.harmony_table", "harmony of takes beside its real sources, by style"),
    "ablation": ("engine.train.ablation", "first take, best of N, best of N moved, by two judges"),
    "end-to-end": ("engine.train.end_to_end", "story lines through the whole path, by the outside judge"),
    "shares": ("engine.train.shares", "how much of what is heard each parameter carries, over fifty cues"),
    "numerals": (
        "engine.train.numerals_beside",
        "numerals, keys and cadences beside music21's and people's, on sixty real pieces",
    ),
    "judge": (
        "engine.train.outside_recogniser",
        "quadrants of a folder of MIDI by a judge that never chooses",
    ),
}


def add_arguments(parser: argparse.ArgumentParser) -> None:
    add_choices(parser, "evaluate", MEASUREMENTS)


def run(arguments: argparse.Namespace) -> int:
    return run_module(MEASUREMENTS[arguments.what][0], f"melodrama evaluate {arguments.what}", arguments.rest)
