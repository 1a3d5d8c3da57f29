"""`melodrama feel`: how some words are to be read, kept beside the score in `readings.score`; listed and
removed."""

import argparse
from pathlib import Path
from typing import TYPE_CHECKING, Any

from tui.cli.console import cell_width, finding_text, print_failure, print_json, say

if TYPE_CHECKING:
    from dsl.syntax import Document
    from tui.readings_file import Readings


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("words", nargs="?", metavar="LINE", help="a line, a phrase or a word, in quotes")
    parser.add_argument(
        "feeling",
        nargs="*",
        metavar="EMOTION [INTENSITY]",
        help="what it feels: hope 0.6, 希望, v=-0.6 a=0.4",
    )
    parser.add_argument(
        "--score",
        type=Path,
        action="append",
        metavar="FILE.score",
        help="the score that is to be read so (without it: the scores of this folder that hold the words)",
    )
    parser.add_argument("--list", action="store_true", help="list the readings that are kept")
    parser.add_argument("--remove", action="store_true", help="forget the reading of LINE")
    parser.add_argument("--json", action="store_true", help="print the readings as JSON")


def run(arguments: argparse.Namespace) -> int:
    from engine.errors import MelodramaError
    from tui.readings_file import readings_in

    problem = _misused(arguments)
    if problem:
        say(f"melodrama feel: {problem}; see melodrama feel --help")
        return 2
    folders = list(dict.fromkeys(score.parent for score in arguments.score or [])) or [Path()]
    if len(folders) > 1:
        say("melodrama feel: the scores of one folder at a time, please: readings are kept beside them")
        return 2
    folder, changed = folders[0], []
    try:
        if arguments.remove:
            _forget(folder, arguments.words)
        elif not arguments.list:
            changed = _keep(folder, arguments)
        readings = readings_in(folder)
    except MelodramaError as error:
        say(f"melodrama feel: {error}")
        if arguments.json:
            print_failure(str(error))
        return 1
    if arguments.json:
        print_json(_json(readings, changed))
    elif arguments.list:
        _print(readings)
    for finding in readings.findings:
        say(finding_text(str(readings.path), finding))
    return 1 if readings.findings else 0


def _misused(arguments: argparse.Namespace) -> str | None:
    if arguments.list:
        return "--list takes no words" if arguments.words or arguments.remove else None
    if not arguments.words:
        return "which words?"
    if arguments.remove:
        return "--remove takes the words alone" if arguments.feeling else None
    return None if arguments.feeling else "what do they feel? An emotion and, perhaps, an intensity"


def _keep(folder: Path, arguments: argparse.Namespace) -> list[Path]:
    """Write the reading, and let the scores include it; those that had to be written."""
    from engine.errors import MelodramaError
    from tui.readings_file import declared_elsewhere, holds, include_in, keep, written

    words = arguments.words
    documents = _documents(arguments.score or sorted(folder.glob("*.score")), bool(arguments.score))
    moods = tuple(name for document in documents.values() for name in document.declarations.moods)
    line = written(words, " ".join(arguments.feeling), moods)
    scores = {path: one for path, one in documents.items() if arguments.score or holds(one, words)}
    if not scores:
        raise MelodramaError(
            f"no score in {folder.absolute()} holds these words; --score says which is meant"
        )
    for path, document in scores.items():
        clash = declared_elsewhere(document, words)
        if clash is not None:
            where = f"{clash.file or path}:{clash.span.line}"
            raise MelodramaError(f"{where} says already how these words are read; change it there")
    kept = keep(folder, line)
    say(f"{kept}: {line}")
    changed = [path for path in scores if include_in(path)]
    for path in changed:
        say(f"{path} includes it from now on")
    for path, document in scores.items():
        if not holds(document, words):
            say(f"{path} does not hold these words just now")
    return changed


def _documents(paths: list[Path], asked: bool) -> "dict[Path, Document]":
    """The scores as parsed, without the readings file itself. What cannot be read is passed over, unless it
    was `asked` for."""
    from dsl.score_file import load_plan
    from dsl.source import NO_TEXT
    from engine.errors import MelodramaError
    from tui.readings_file import READINGS

    found: dict[Path, Document] = {}
    for path in paths:
        if path.name == READINGS:
            continue
        loaded = load_plan(path)
        problem = loaded.problem
        # What is no text has an empty document, and nothing is to be written into it.
        unread = next((one for one in loaded.findings if one.code in NO_TEXT), None)
        if unread is not None:
            problem = f"{path}: line {unread.span.line}: {unread.message.rstrip('.')}; nothing was written"
        if problem is None and loaded.document is not None:
            found[path] = loaded.document
        elif asked:
            raise MelodramaError(problem or f"{path} cannot be read")
    return found


def _forget(folder: Path, words: str) -> None:
    from engine.errors import MelodramaError
    from tui.readings_file import READINGS, remove

    if not remove(folder, words):
        raise MelodramaError(
            f"{folder / READINGS} holds no reading of these words; --list tells those it holds"
        )
    say(f"{folder / READINGS}: “{words}” is read by the text model again")


def _json(readings: "Readings", changed: list[Path]) -> dict[str, Any]:
    from dsl.plan_json import finding_json

    return {
        "format": 1,
        "file": str(readings.path),
        "readings": [
            {
                "words": one.words,
                "emotion": one.name,
                "intensity": one.intensity,
                "valence": round(one.valence, 4),
                "arousal": round(one.arousal, 4),
                "line": one.span.line,
            }
            for one in readings.feelings
        ],
        "included": [str(path) for path in changed],
        "findings": [finding_json(finding) for finding in readings.findings],
    }


def _print(readings: "Readings") -> None:
    from dsl.own_readings import said

    if not readings.feelings:
        say(f"no readings of your own in {readings.path}")
        return
    rows = [(one.words, said(one), str(one.span.line)) for one in readings.feelings]
    width = max(cell_width(feeling) for _, feeling, _ in rows)
    for words, feeling, line in rows:
        print(f"{line:>4}  {feeling}{' ' * (width - cell_width(feeling))}  {words}")
