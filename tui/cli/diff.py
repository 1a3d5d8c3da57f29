"""`melodrama diff A B`: what changed in the music between two versions of a score. Also works as a git
difftool."""

import argparse
import sys
from dataclasses import asdict
from pathlib import Path

from tui.cli.console import print_json, say, wants_colour


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("old", type=Path, metavar="A.score")
    parser.add_argument("new", type=Path, metavar="B.score")
    parser.add_argument("--json", action="store_true", help="print the changes as JSON")


def run(arguments: argparse.Namespace) -> int:
    from dsl.compare import compare
    from dsl.score_file import load_plan

    plans = []
    for path in (arguments.old, arguments.new):
        loaded = load_plan(path)
        if loaded.plan is None:
            say(
                f"melodrama diff: {loaded.problem or f'{path} has errors; melodrama check {path} tells them'}"
            )
            return 1
        plans.append(loaded.plan)
    changes = compare(*plans)
    if arguments.json:
        print_json({"format": 1, "changes": [asdict(change) for change in changes]})
        return 0
    colours = {"added": "32", "removed": "31", "changed": "33"}
    for change in changes:
        text = str(change)
        print(f"\x1b[{colours[change.kind]}m{text}\x1b[0m" if wants_colour(sys.stdout) else text)
    if not changes:
        say("the music is the same")
    return 0
