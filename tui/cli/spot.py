"""`melodrama spot`: a film's cuts, pace, light and loudness, and the cues and hits that they suggest, as a
score or as JSON."""

import argparse
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from dsl.source import BOM
from tui.cli.console import print_failure, print_json, say
from tui.cli.importing import unfit_target

if TYPE_CHECKING:
    from collections.abc import Sequence

    from engine.picture.proposal import ProposedCue


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("file", type=Path, metavar="FILM", help="a film: .mp4, .mov, .mkv … (needs ffmpeg)")
    parser.add_argument(
        "-o", "--out", type=Path, metavar="X.score", help="write the score there (default: print it)"
    )
    parser.add_argument(
        "--into",
        type=Path,
        metavar="X.score",
        help="the score that the proposed hits go into: what is called alike moves, nothing is deleted",
    )
    parser.add_argument("--force", action="store_true", help="overwrite the score where there is one")
    parser.add_argument("--json", action="store_true", help="print cuts, cues, hits and curves as JSON")
    parser.add_argument("--quiet", action="store_true", help="no progress")


def run(arguments: argparse.Namespace) -> int:
    film: Path = arguments.file
    out: Path | None = arguments.out
    if out is not None and arguments.into is not None:
        say("melodrama spot: -o makes a score and --into changes one; choose one of them")
        return 2
    if out is not None and (unfit := unfit_target(out, film)) is not None:
        return _failed(unfit, arguments)
    if out is not None and out.exists() and not arguments.force:
        return _failed(f"{out} exists; --force overwrites it", arguments)
    from engine.errors import MelodramaError
    from engine.picture.proposal import propose
    from engine.picture.spotted import spotted_film
    from engine.picture.spotted_text import spotted_json, spotted_score
    from tui.cli.progress import Progress

    try:
        with Progress(quiet=arguments.quiet) as progress:
            progress.start(film.name)
            seen = spotted_film(film, progress.show)
        cues = propose(seen)
        if arguments.into is not None:
            problem = _put_into(arguments.into, cues)
            if problem:
                return _failed(problem, arguments)
        text = spotted_score(seen, cues, film.stem, _named_from(film, out))
        if out is not None:
            from engine.render.files import write_atomic

            write_atomic(out, text.encode(), even_read_only=arguments.force)
    except MelodramaError as error:
        return _failed(str(error), arguments)
    if arguments.json:
        print_json(spotted_json(str(film), seen, cues))
    elif out is None and arguments.into is None:
        sys.stdout.write(text)
    for remark in seen.remarks:
        say(f"{film}: {remark}")
    hits = sum(len(cue.hits) for cue in cues)
    counts = f"{_count(len(seen.cuts), 'cut')} ({seen.detector}), {_count(len(cues), 'cue')} and "
    counts += f"{_count(hits, 'hit')} proposed"
    written = out or arguments.into
    say(f"{film}: {counts}" + (f"; wrote {written}" if written is not None else ""))
    return 0


def _put_into(score: Path, cues: "Sequence[ProposedCue]") -> str:
    """Puts the hits into a score that is there; why not, where they could not be."""
    from dsl.score_file import read_score
    from engine.picture.into_score import spotted_into
    from engine.render.files import write_atomic

    before, problem = read_score(score)
    if before is None:
        return problem or f"cannot read {score}"
    try:
        text = before.removeprefix(BOM).decode("utf-8")
    except UnicodeDecodeError as error:
        return f"{score} is not UTF-8 (byte {error.start + 1}); it is left as it is"
    taken = spotted_into(text, score.parent, cues)
    if taken.problem is not None:
        return f"{score}: {taken.problem}"
    for remark in taken.remarks:
        say(f"{score}: {remark.what} → {remark.became}")
    data = (BOM if before.startswith(BOM) else b"") + taken.text.encode()
    if score.read_bytes() != before:
        return f"{score} has changed meanwhile; it is left as it is"
    if data != before:
        write_atomic(score, data)
    return ""


def _named_from(film: Path, out: Path | None) -> str | None:
    """The film's path as the score may name it: beside it or below, else not at all."""
    folder = (out.parent if out is not None else Path()).resolve()
    try:
        return film.resolve().relative_to(folder).as_posix()
    except ValueError:
        return None


def _count(number: int, what: str) -> str:
    return f"{number} {what}{'s' * (number != 1)}"


def _failed(problem: str, arguments: argparse.Namespace) -> int:
    say(f"melodrama spot: {problem}")
    if arguments.json:
        print_failure(problem)
    return 1
