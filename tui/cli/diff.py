"""`melodrama diff A B`: what changed in the music between two versions of a score. Also works as a git
difftool."""

import argparse
import os
import sys
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING

from tui.cli.console import print_failure, print_json, say, wants_colour

if TYPE_CHECKING:
    from dsl.score_file import Loaded


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("old", type=Path, metavar="A.score")
    parser.add_argument("new", type=Path, metavar="B.score")
    parser.add_argument(
        "--beside",
        type=Path,
        metavar="FILE",
        help="look for included files beside FILE (git's copies lie elsewhere)",
    )
    parser.add_argument("--json", action="store_true", help="print the changes as JSON")


def run(arguments: argparse.Namespace) -> int:
    from dsl.compare import compare

    plans = []
    for path in (arguments.old, arguments.new):
        loaded = _loaded(path, arguments.beside or path)
        if loaded.plan is None:
            problem = loaded.problem or f"{path} has errors; melodrama check {path} tells them"
            say(f"melodrama diff: {problem}")
            if arguments.json:
                print_failure(problem, loaded.findings)
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


def _loaded(path: Path, place: Path) -> "Loaded":
    """The plan of the file at `path` as if it stood at `place`; the null device is the score that is not
    there."""
    from dsl.score_file import Loaded, plan_source, read_score
    from engine.speech.listening import listen

    data, problem = (b"", None) if str(path) == os.devnull else read_score(path, pipes=True)
    if data is None:
        return Loaded(path, None, (), [], problem)
    return plan_source(data, place, listen=listen)
