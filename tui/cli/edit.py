"""`melodrama edit [FILE…]`: the workstation."""

import argparse
import sys
from pathlib import Path

from tui.cli.console import say


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("files", nargs="*", type=Path, metavar="FILE.score", help="scores to open")
    # For tests: "debug" is a tiny random model that needs no weights.
    parser.add_argument("--weights", help=argparse.SUPPRESS)


def run(arguments: argparse.Namespace) -> int:
    if not (sys.stdin.isatty() and sys.stdout.isatty()):
        say("melodrama edit: this needs a terminal; for scripts there is melodrama render")
        return 2
    from tui.app import run_app

    return run_app(arguments.files, arguments.weights)
