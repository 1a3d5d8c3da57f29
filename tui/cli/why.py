"""`melodrama why`: why a score sounds as it does, cue by cue: the words that decided, what each thing about
the music carries of what is heard, harmony, form."""

import argparse
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from tui.cli.console import finding_text, print_failure, print_json, say, wants_colour

if TYPE_CHECKING:
    from collections.abc import Sequence

    from dsl.score_file import Loaded
    from engine.composition import Composition
    from engine.teach.explanation import Explanation

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
    parser.add_argument(
        "--listen",
        action="store_true",
        help="also write each cue as it is and made happier, calmer, tenser, as MIDI and WAV",
    )
    parser.add_argument(
        "-o", "--out", type=Path, metavar="FOLDER", help="where --listen writes (default: SCORE.why)"
    )
    parser.add_argument("--soundfont", type=Path, metavar="FILE", help="a sound font for --listen")
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
        explanations, composition = _explanations(loaded, arguments)
        if composition is not None and arguments.listen:
            _write_versions(composition, explanations, chosen, arguments)
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


def _explanations(
    loaded: "Loaded", arguments: argparse.Namespace
) -> "tuple[tuple[Explanation, ...], Composition | None]":
    """Of all cues: out of the cache, or composed as `render` composes; with the composition where there is
    one, always where it is to be listened to. Raises MelodramaError."""
    from engine.teach.remembered import Asking, keep, recall

    asking = Asking(arguments.file, arguments.seed, arguments.takes, arguments.device, arguments.weights)
    kept = None if arguments.listen else recall(asking)
    if kept is not None:
        return kept, None
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
    return tuple(found), composition


def _write_versions(
    composition: "Composition",
    explanations: "Sequence[Explanation]",
    chosen: "Sequence[int]",
    arguments: argparse.Namespace,
) -> None:
    """Each chosen cue as it is, and with the smallest change for each goal. Raises MelodramaError."""
    from engine.render.synthesiser import choose_synthesiser
    from engine.teach.altering import altered
    from engine.teach.cue_score import cue_score
    from engine.teach.pairs import write_versions

    folder = arguments.out or arguments.file.with_suffix(".why")
    synthesiser = choose_synthesiser(arguments.soundfont)
    for place in chosen:
        one, own = explanations[place], cue_score(composition.score, place)
        if not own.tracks:
            continue
        name = file_stem(one.id, place)
        versions = {f"{name}.as-it-is": own}
        for change in one.changes:
            if change.reaches:
                versions.setdefault(f"{name}.{change.towards}", altered(own, change.name, change.changed))
        for path in write_versions(versions, folder, synthesiser):
            say(f"wrote {path}")


def file_stem(cue_id: str, place: int) -> str:
    """A cue's id as part of a file name; its place from 1 where that is not possible."""
    safe = "".join(c if c.isalnum() or c in "-_" else "-" for c in cue_id).strip("-")
    return safe or f"cue-{place + 1}"


def _text(one: "Explanation", arguments: argparse.Namespace) -> str:
    from tui.locale_language import language_of_locale
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
