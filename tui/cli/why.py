"""`melodrama why`: why a score sounds as it does, cue by cue: the words that decided, what each thing about
the music carries of what is heard, harmony, form."""

import argparse
import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from tui.cli.console import finding_text, print_failure, print_json, say, wants_colour

if TYPE_CHECKING:
    from collections.abc import Sequence

    from dsl.score_file import Loaded
    from engine.teach.explanation import Explanation
    from tui.teaching.words import Language

LEVELS = ("beginner", "intermediate", "advanced")
"""Repeated from `tui.teaching.words`, so that help starts at once."""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("file", type=Path, metavar="SCORE")
    parser.add_argument(
        "cue", nargs="?", metavar="CUE", help="a cue by its number, name or place (default: all)"
    )
    parser.add_argument(
        "--level", choices=LEVELS, default="intermediate", help="how much is told (default intermediate)"
    )
    parser.add_argument("--language", choices=("zh", "en"), help="default: the locale's, else English")
    parser.add_argument("--json", action="store_true", help="print it as JSON")
    parser.add_argument("--seed", type=int, help="use this seed instead of the score's")
    parser.add_argument("--takes", type=int, default=8, metavar="N", help="candidates per cue, as for render")
    parser.add_argument("--device", choices=("auto", "cpu", "cuda"), default="auto")
    parser.add_argument("--quiet", action="store_true", help="no progress")
    parser.add_argument("--weights", help=argparse.SUPPRESS)


def run(arguments: argparse.Namespace) -> int:
    from dsl.score_file import load_plan
    from engine.errors import MelodramaError
    from engine.speech.listening import listen

    if not 1 <= arguments.takes <= 512:
        say("melodrama why: --takes is 1 to 512")
        return 2
    loaded = load_plan(arguments.file, seed=arguments.seed, listen=listen)
    if loaded.plan is None:
        for finding in loaded.findings:
            say(finding_text(str(arguments.file), finding, loaded.source, wants_colour(sys.stderr)))
        problem = loaded.problem or f"{arguments.file}: the score has errors; nothing can be explained"
        return _failed(problem, arguments, loaded)
    wanted = [(cue.id, cue.title) for cue in loaded.plan.cues]
    chosen = cue_places(arguments.cue, wanted)
    if not chosen:
        known = ", ".join(name or title for name, title in wanted)
        return _failed(f"{arguments.file} has no cue {arguments.cue!r}; it has: {known}", arguments, loaded)
    try:
        explanations = _explanations(loaded, arguments)
    except MelodramaError as error:
        return _failed(str(error), arguments, loaded)
    told = [explanations[place] for place in chosen]
    if arguments.json:
        from engine.teach.explanation_json import explanation_json

        print_json({"format": 1, "cues": [explanation_json(one) for one in told]})
    else:
        print("\n\n".join(_text(one, arguments) for one in told))
    return 0


def cue_places(asked: str | None, cues: "Sequence[tuple[str, str]]") -> list[int]:
    """Which cues, of (id, title) each, are meant: by id or title in any case, else by place from 1; all where
    none is named, none where there is no such cue."""
    if asked is None:
        return list(range(len(cues)))
    name = asked.casefold().strip()
    found = [n for n, (own, title) in enumerate(cues) if name in (own.casefold(), title.casefold())]
    if not found and name.isdecimal() and 1 <= int(name) <= len(cues):
        return [int(name) - 1]
    return found


def language_of_locale() -> "Language":
    """Chinese where the locale says so, else English."""
    for name in ("LC_ALL", "LC_MESSAGES", "LANG"):
        value = os.environ.get(name)
        if value:
            return "zh" if value.lower().startswith("zh") else "en"
    return "en"


def _explanations(loaded: "Loaded", arguments: argparse.Namespace) -> "tuple[Explanation, ...]":
    """Of all cues: out of the cache, or composed as `render` composes. Raises MelodramaError."""
    from engine.teach.remembered import Asking, keep, recall

    asking = Asking(arguments.file, arguments.seed, arguments.takes, arguments.device, arguments.weights)
    kept = recall(asking)
    if kept is not None:
        return kept
    from engine.models import Models
    from engine.pipeline import analyse, compose
    from engine.teach.explanation import explained
    from tui.cli.progress import Progress

    assert loaded.plan is not None
    models = Models(arguments.device, arguments.weights)
    with Progress(quiet=arguments.quiet) as progress:
        progress.start(arguments.file.name)
        composition = compose(loaded.plan, models, arguments.takes, progress.show)
        sentences = analyse(composition.plan, models, progress.show, explain=True)
        found = []
        for index in range(len(composition.composed)):
            progress.show("listening", index, len(composition.composed))
            found.append(explained(composition, index, models.recogniser, sentences))
    keep(asking, found)
    return tuple(found)


def _text(one: "Explanation", arguments: argparse.Namespace) -> str:
    from tui.teaching.lesson import lesson

    language = arguments.language or language_of_locale()
    bold = ("\x1b[1m", "\x1b[0m") if wants_colour(sys.stdout) else ("", "")
    sections = lesson(one, arguments.level, language)
    head = f"# {one.id} {one.title}".rstrip()
    return "\n\n".join([head, *(f"{bold[0]}{heading}{bold[1]}\n{text}" for heading, text in sections)])


def _failed(problem: str, arguments: argparse.Namespace, loaded: "Loaded") -> int:
    say(f"melodrama why: {problem}")
    if arguments.json:
        print_failure(problem, loaded.findings)
    return 1
