"""`melodrama explain CODE`: what a diagnostic means, why it matters, and what would be right."""

import argparse

from tui.cli.console import say


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "code", nargs="?", metavar="CODE", help="such as E203; without it, all codes are listed"
    )


def run(arguments: argparse.Namespace) -> int:
    from dsl.explain import EXPLANATIONS

    if arguments.code is None:
        for code, explanation in sorted(EXPLANATIONS.items()):
            print(f"{code}  {explanation.strip().splitlines()[0]}")
        return 0
    code = arguments.code.strip().upper()
    if code in EXPLANATIONS:
        print(f"{code}: {EXPLANATIONS[code].strip()}")
        return 0
    import difflib

    near = difflib.get_close_matches(code, EXPLANATIONS, n=3, cutoff=0.4)
    say(f"melodrama explain: no code {code!r}" + (f"; near: {', '.join(near)}" if near else ""))
    return 1
