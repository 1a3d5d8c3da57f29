"""`melodrama spot`: a film's cuts, pace, light and loudness, and the cues and hits that they suggest, as a
score or as JSON."""

import argparse
import sys
from pathlib import Path

from tui.cli.console import print_failure, print_json, say


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("file", type=Path, metavar="FILM", help="a film: .mp4, .mov, .mkv … (needs ffmpeg)")
    parser.add_argument(
        "-o", "--out", type=Path, metavar="X.score", help="write the score there (default: print it)"
    )
    parser.add_argument("--force", action="store_true", help="overwrite the score where there is one")
    parser.add_argument("--json", action="store_true", help="print cuts, cues, hits and curves as JSON")
    parser.add_argument("--quiet", action="store_true", help="no progress")


def run(arguments: argparse.Namespace) -> int:
    film: Path = arguments.file
    out: Path | None = arguments.out
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
        text = spotted_score(seen, cues, film.stem, _named_from(film, out))
        if out is not None:
            from engine.render.files import write_atomic

            write_atomic(out, text.encode(), even_read_only=arguments.force)
    except MelodramaError as error:
        return _failed(str(error), arguments)
    if arguments.json:
        print_json(spotted_json(str(film), seen, cues))
    elif out is None:
        sys.stdout.write(text)
    for remark in seen.remarks:
        say(f"{film}: {remark}")
    hits = sum(len(cue.hits) for cue in cues)
    counts = f"{_count(len(seen.cuts), 'cut')} ({seen.detector}), {_count(len(cues), 'cue')} and "
    counts += f"{_count(hits, 'hit')} proposed"
    say(f"{film}: {counts}" + (f"; wrote {out}" if out is not None else ""))
    return 0


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
