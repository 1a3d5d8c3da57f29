"""`melodrama check`: every mistake in some score files, as text, JSON or GitHub annotations."""

import argparse
import sys
from pathlib import Path

from tui.cli.console import finding_github, finding_text, print_json, problem_github, say, wants_colour


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("files", nargs="+", type=Path, metavar="FILE.score")
    parser.add_argument("--format", choices=("text", "json", "github"), default="text")
    parser.add_argument("--strict", action="store_true", help="warnings count as errors for the exit code")


def run(arguments: argparse.Namespace) -> int:
    from dsl.diagnostics import Severity
    from dsl.plan_json import finding_json
    from dsl.score_file import Loaded, load_plan
    from engine.speech.listening import listen

    loaded: list[Loaded] = [load_plan(path, listen=listen, pipes=True) for path in arguments.files]
    findings = [finding for one in loaded for finding in one.findings]
    failing = {Severity.ERROR, Severity.WARNING} if arguments.strict else {Severity.ERROR}
    failed = any(one.problem for one in loaded) or any(f.severity in failing for f in findings)
    for one in loaded:
        if one.problem:
            say(f"melodrama check: {one.problem}")
    if arguments.format == "json":
        files = [
            {"path": str(one.path), "findings": [finding_json(f) for f in one.findings]} for one in loaded
        ]
        for entry, one in zip(files, loaded, strict=True):
            if one.problem:
                entry["error"] = one.problem
        print_json({"format": 1, "files": files})
        return 1 if failed else 0
    for one in loaded:
        if one.problem and arguments.format == "github":
            print(problem_github(str(one.path), one.problem))
        for finding in one.findings:
            if arguments.format == "github":
                print(finding_github(str(one.path), finding))
            else:
                print(finding_text(str(one.path), finding, one.source, wants_colour(sys.stdout)))
    if arguments.format == "text":
        counts = [(severity, sum(f.severity is severity for f in findings)) for severity in Severity]
        parts = [f"{n} {severity.value}{'s' if n > 1 else ''}" for severity, n in counts if n]
        unread = sum(one.problem is not None for one in loaded)
        said = ", ".join([*parts, *([f"{unread} unread"] if unread else [])])
        say(f"{len(loaded)} file{'s' if len(loaded) > 1 else ''}: {said or 'no findings'}")
    return 1 if failed else 0
