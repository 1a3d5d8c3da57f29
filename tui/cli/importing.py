"""`melodrama import`: a screenplay, subtitles or a plain text becomes a score. Never overwrites
unless told to."""

import argparse
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from tui.cli.console import finding_text, print_failure, print_json, say, wants_colour

if TYPE_CHECKING:
    from dsl.importers.convert import Imported
    from dsl.score_file import Loaded

# Repeated here because importing the language to build a help text would take a tenth of a second.
_KINDS = ("fountain", "fdx", "srt", "vtt", "text")
_KIND_NAMES = {
    "fountain": "Fountain",
    "fdx": "Final Draft",
    "srt": "SRT",
    "vtt": "WebVTT",
    "text": "plain text",
}
_MOST_LINES = 8


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "file", type=Path, metavar="FILE", help="a .fountain, .fdx, .srt, .vtt or text file; - reads stdin"
    )
    parser.add_argument(
        "-o", "--out", type=Path, required=True, metavar="X.score", help="the score to write; - for stdout"
    )
    parser.add_argument(
        "--as",
        "--from",
        dest="kind",
        choices=_KINDS,
        help="what FILE is (default: told from its name and its text; what is neither is refused)",
    )
    parser.add_argument("--force", action="store_true", help="overwrite the score where there is one")
    parser.add_argument("--json", action="store_true", help="print what was made, and what was not, as JSON")


def run(arguments: argparse.Namespace) -> int:
    from dsl.importers.convert import import_bytes
    from dsl.score_file import plan_source, read_bytes

    source, out, to_stdout = arguments.file, arguments.out, str(arguments.out) == "-"
    if to_stdout and arguments.json:
        say("melodrama import: -o - and --json would both write to stdout; name a file")
        return 2
    if not to_stdout and not arguments.force and out.exists():
        return _failed(f"{out} exists; --force overwrites it", arguments)
    from_stdin = str(source) == "-"
    data, problem = (sys.stdin.buffer.read(), None) if from_stdin else read_bytes(source)
    if data is None:
        return _failed((problem or "").replace("not a score file", "not a text"), arguments)
    imported = import_bytes(data, out.stem if from_stdin else source.name, arguments.kind)
    if imported.problem is not None:
        return _failed(f"{source}: {imported.problem}", arguments)
    loaded = plan_source(imported.text, Path("stdout.score") if to_stdout else out)
    if to_stdout:
        sys.stdout.write(imported.text)
    else:
        # Deferred with the rest: the engine's package is not needed for a usage error.
        from engine.errors import MelodramaError
        from engine.render.files import write_atomic

        try:
            write_atomic(out, imported.text.encode(), even_read_only=arguments.force)
        except MelodramaError as error:
            return _failed(str(error), arguments)
    if arguments.json:
        print_json(_report(source, out, imported, loaded))
    _tell(source, out, imported, loaded)
    return 1 if loaded.has_errors else 0


def _failed(problem: str, arguments: argparse.Namespace) -> int:
    say(f"melodrama import: {problem}")
    if arguments.json:
        print_failure(problem)
    return 1


def _report(source: Path, out: Path, imported: "Imported", loaded: "Loaded") -> dict[str, object]:
    from dsl.importers.score_text import counted
    from dsl.plan_json import finding_json

    return {
        "format": 1,
        "source": str(source),
        "score": str(out),
        "kind": imported.kind,
        "encoding": {"name": imported.encoding, "guessed": imported.guessed_encoding},
        "cues": imported.cues,
        "characters": list(imported.characters),
        "duration_s": round(loaded.plan.duration_s, 4) if loaded.plan else None,
        "not_carried_over": [
            {"what": what, "became": became, "lines": lines}
            for what, became, lines in counted(imported.remarks)
        ],
        "findings": [finding_json(finding) for finding in loaded.findings],
    }


def _tell(source: Path, out: Path, imported: "Imported", loaded: "Loaded") -> None:
    """What came of it, on stderr: the encoding where it was guessed, what is otherwise, what the score
    lacks."""
    from dsl.diagnostics import Severity
    from dsl.importers.score_text import counted

    if imported.guessed_encoding:
        say(f"{source} is not UTF-8; it was read as {imported.encoding}, which is a guess: look at the score")
    for what, became, lines in counted(imported.remarks):
        shown = ", ".join(map(str, lines[:_MOST_LINES])) + (" …" if len(lines) > _MOST_LINES else "")
        place = f"line{'s' if len(lines) > 1 else ''} {shown}: " if lines else ""
        times = f" ({len(lines)} times)" if len(lines) > _MOST_LINES else ""
        say(f"{source}: {place}{what} → {became}{times}")
    for finding in loaded.findings:
        if finding.severity is not Severity.INFO:
            say(finding_text(str(out), finding, loaded.source, wants_colour(sys.stderr)))
    if not imported.cues:
        say(f"{source} holds nothing that could be scored")
    names = len(imported.characters)
    counts = f"{imported.cues} cue{'s' * (imported.cues != 1)}, {names} character{'s' * (names != 1)}"
    kind = _KIND_NAMES[imported.kind or "text"]
    say(f"{kind} → {counts}" + (f"; wrote {out}" if str(out) != "-" else ""))
