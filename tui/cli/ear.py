"""`melodrama ear`: ear training on a score of one's own. Pairs of a few bars that differ in one thing are
played, or written where they cannot be; the answer is explained, and how it went is kept."""

import argparse
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

from tui.cli.console import finding_text, print_failure, print_json, say, wants_colour

if TYPE_CHECKING:
    from engine.composition import Composition
    from engine.models import Models
    from engine.teach.exercises import EarKind, Exercise
    from tui.cli.ear_session import AskedPair

LEVELS = ("beginner", "intermediate", "advanced")
KINDS = (
    "mode", "tempo", "register", "density", "dynamics", "articulation", "dissonance", "timbre", "bass",
    "contour",
)  # fmt: skip
"""Repeated from `engine.teach.exercises`, so that help starts at once; a test holds them together."""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("file", type=Path, metavar="SCORE")
    parser.add_argument("--kind", choices=KINDS, help="this kind alone (default: what goes worst, by turns)")
    parser.add_argument("--level", choices=LEVELS, default="beginner", help="how small the differences are")
    parser.add_argument("--count", type=int, default=10, metavar="N", help="exercises (default 10)")
    parser.add_argument("--language", choices=("zh", "en"), help="default: the locale's, else English")
    parser.add_argument(
        "-o",
        "--out",
        type=Path,
        metavar="FOLDER",
        help="write the pairs there, as MIDI and WAV, not played (without a sound device: SCORE.ear)",
    )
    parser.add_argument("--answers", metavar="LIST", help="the answers, comma separated, in place of asking")
    parser.add_argument("--json", action="store_true", help="print what was asked and answered as JSON")
    parser.add_argument("--forget", action="store_true", help="begin again: earlier answers do not count")
    parser.add_argument(
        "--draw", type=int, default=None, metavar="N", help="draw the exercises by this number"
    )
    parser.add_argument("--takes", type=int, default=8, metavar="N", help="candidates per cue (default 8)")
    parser.add_argument("--device", choices=("auto", "cpu", "cuda"), default="auto")
    parser.add_argument("--soundfont", type=Path, metavar="FILE", help="a General MIDI sound font")
    parser.add_argument("--quiet", action="store_true", help="no progress")
    parser.add_argument("--weights", help=argparse.SUPPRESS)


def run(arguments: argparse.Namespace) -> int:
    from dsl.score_file import load_plan
    from engine.errors import MelodramaError
    from engine.models import Models

    if not 1 <= arguments.count <= 100 or not 1 <= arguments.takes <= 512:
        say("melodrama ear: --count is 1 to 100, --takes 1 to 512")
        return 2
    loaded = load_plan(arguments.file)
    if loaded.plan is None:
        for finding in loaded.findings:
            say(finding_text(str(arguments.file), finding, loaded.source, wants_colour(sys.stderr)))
        return _failed(loaded.problem or f"{arguments.file}: the score has errors", arguments)
    from engine.pipeline import compose
    from tui.cli.progress import Progress

    models = Models(arguments.device, arguments.weights)
    try:
        with Progress(quiet=arguments.quiet) as progress:
            progress.start(arguments.file.name)
            composition = compose(loaded.plan, models, arguments.takes, progress.show)
        return _train(composition, models, arguments)
    except MelodramaError as error:
        return _failed(str(error), arguments)


def _train(composition: "Composition", models: "Models", arguments: argparse.Namespace) -> int:
    from engine.teach.ear_progress import forget_answers, now_s, progress_file, read_progress
    from tui.cli.ear_session import EarSession, ear_text
    from tui.locale_language import language_of_locale

    language = arguments.language or language_of_locale()
    path = progress_file()
    if arguments.forget:
        forget_answers(path)
    progress = read_progress(path)
    if progress.passed_over:
        say(ear_text("passed over", language, count=progress.passed_over, path=path))
    draw = arguments.draw if arguments.draw is not None else int(now_s())
    given = iter(arguments.answers.split(",")) if arguments.answers is not None else None
    session = EarSession(
        models.recogniser,
        language,
        path,
        arguments.out,
        arguments.file.with_suffix(".ear"),
        arguments.soundfont,
        given,
        arguments.json,
    )
    asked: list[AskedPair] = []
    for number, exercise in enumerate(
        _exercises(composition, arguments, progress.weakest(arguments.level), draw)
    ):
        if number == arguments.count:
            break
        answered = session.ask(exercise, number + 1, arguments.count, draw + number)
        if answered is None:
            break
        asked.append(answered)
    else:
        if not asked:
            return _failed(ear_text("none", language), arguments)
    right = sum(one.right for one in asked)
    if arguments.json:
        print_json(
            {"format": 1, "exercises": [_json(one) for one in asked], "right": right, "count": len(asked)}
        )
    else:
        print(ear_text("result", language, right=right, count=len(asked)))
    return 0


def _exercises(
    composition: "Composition", arguments: argparse.Namespace, order: "list[EarKind]", draw: int
) -> "Iterator[Exercise]":
    """The kinds by turns, the weakest first, as long as the score has any to offer."""
    from engine.teach.exercises import exercise_of

    kinds = [kind for kind in order if arguments.kind in (None, kind)]
    turn = 0
    missed = 0
    while missed < len(kinds):
        kind = kinds[turn % len(kinds)]
        exercise = exercise_of(composition.score, kind, arguments.level, draw + turn)
        turn += 1
        missed = missed + 1 if exercise is None else 0
        if exercise is not None:
            yield exercise


def _json(one: "AskedPair") -> dict[str, Any]:
    exercise = one.exercise
    return {
        "kind": exercise.kind,
        "level": exercise.level,
        "cue": exercise.cue,
        "bar": exercise.bar,
        "question": one.question,
        "choices": list(one.choices),
        "answer": one.answer,
        "given": one.given,
        "right": one.right,
        "explanation": one.explanation,
        "files": [str(path) for path in one.files],
    }


def _failed(problem: str, arguments: argparse.Namespace) -> int:
    say(f"melodrama ear: {problem}")
    if arguments.json:
        print_failure(problem)
    return 1
