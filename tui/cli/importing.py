"""`melodrama import`: a screenplay, subtitles or a plain text becomes a score; cuts and markers of a film
become one or go into one. Never overwrites unless told to.
"""

import argparse
import contextlib
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from tui.cli.console import finding_text, print_failure, print_json, say, wants_colour

if TYPE_CHECKING:
    from dsl.importers.convert import Imported
    from dsl.importers.picture.take_in import ListOptions
    from dsl.score_file import Loaded

# Repeated here because importing the language to build a help text would take a tenth of a second.
_KINDS = ("fountain", "fdx", "srt", "vtt", "edl", "markers", "otio", "fcpxml", "xmeml", "aaf", "text")
_CUTS = ("at", "hit", "cue", "none")
_KIND_NAMES = {
    "fountain": "Fountain",
    "fdx": "Final Draft",
    "srt": "SRT",
    "vtt": "WebVTT",
    "edl": "EDL",
    "markers": "markers",
    "otio": "OpenTimelineIO",
    "fcpxml": "FCPXML",
    "xmeml": "Final Cut 7 XML",
    "aaf": "AAF",
    "text": "plain text",
}
_MOST_LINES = 8
_MOST_GONE = 20


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "file",
        type=Path,
        metavar="FILE",
        help="a .fountain, .fdx, .srt, .vtt, .edl, .csv or text file; - reads stdin",
    )
    target = parser.add_mutually_exclusive_group(required=True)
    target.add_argument("-o", "--out", type=Path, metavar="X.score", help="the score to write; - for stdout")
    target.add_argument(
        "--into",
        type=Path,
        metavar="X.score",
        help="the score that cuts and markers go into: what is there moves, nothing is deleted",
    )
    parser.add_argument(
        "--as",
        "--from",
        dest="kind",
        choices=_KINDS,
        help="what FILE is (default: told from its name and its text; what is neither is refused)",
    )
    parser.add_argument(
        "--fps", metavar="RATE", help="FILE's frames a second, where it does not say: 25, 23.976"
    )
    parser.add_argument("--start", metavar="TIMECODE", help="the timecode of the film's first frame in FILE")
    parser.add_argument(
        "--cuts",
        choices=_CUTS,
        default="at",
        help="what cuts become: @at moments (default), hits, cues, nothing",
    )
    parser.add_argument("--force", action="store_true", help="overwrite the score where there is one")
    parser.add_argument("--json", action="store_true", help="print what was made, and what was not, as JSON")


def run(arguments: argparse.Namespace) -> int:
    from dsl.importers.convert import import_bytes, import_into
    from dsl.importers.picture.film_list import MOST_LIST_BYTES
    from dsl.score_file import plan_source, read_bytes

    source, out, into = arguments.file, arguments.out, arguments.into
    to_stdout = str(out) == "-"
    if to_stdout and arguments.json:
        say("melodrama import: -o - and --json would both write to stdout; name a file")
        return 2
    options = _options(arguments)
    if options is None:
        return 2
    if out is not None and not to_stdout:
        unfit = unfit_target(out, source)
        if unfit is not None:
            return _failed(unfit, arguments)
        if not arguments.force and out.exists():
            hint = "--force overwrites it, --into puts cuts and markers into it"
            return _failed(f"{out} exists; {hint}", arguments)
    from_stdin = str(source) == "-"
    data, problem = (
        (sys.stdin.buffer.read(), None) if from_stdin else read_bytes(source, MOST_LIST_BYTES, pipes=True)
    )
    if data is None:
        return _failed((problem or "").replace("not a score file", "not a text"), arguments)
    target = out if into is None else into
    name = target.stem if from_stdin else source.name
    before = None
    if into is None:
        imported = import_bytes(data, name, arguments.kind, options)
    else:
        before, problem = _score_before(into)
        if before is None:
            return _failed(problem, arguments)
        text = before.removeprefix(b"\xef\xbb\xbf").decode("utf-8")
        imported = import_into(text, str(into.parent), data, name, arguments.kind, options)
    if imported.problem is not None:
        _tell_remarks(source, imported)
        return _failed(f"{source}: {imported.problem}", arguments)
    loaded = plan_source(imported.text, Path("stdout.score") if to_stdout else target)
    if to_stdout:
        sys.stdout.write(imported.text)
    elif problem := _written(target, imported.text, before, arguments.force):
        return _failed(problem, arguments)
    if arguments.json:
        print_json(_report(source, target, imported, loaded))
    _tell(source, target, imported, loaded, before)
    return 1 if loaded.has_errors else 0


def unfit_target(out: Path, source: Path) -> str | None:
    """Why a new score cannot be written at `out`, --force or not: a folder, the very file that it is made of,
    or a name under which no command would take it for a score. None where it can."""
    from dsl.media_files import FILM_FILES, MIDI_FILES, SOUND_FILES
    from dsl.score_file import foreign

    if out.is_dir():
        return f"{out} is a folder; name the score, {out / 'X.score'}"
    with contextlib.suppress(OSError):
        if out.samefile(source):
            return f"{out} is what the score is to be made of; name another file"
    called = foreign(out)
    if called is None and out.suffix.lower() in (*FILM_FILES, *MIDI_FILES, *SOUND_FILES):
        called = f"{out} is called like a film, MIDI or sound file, not a score"
    if called is None:
        return None
    return f"{called.partition(';')[0]}; call what is written {out.with_suffix('.score')}"


def _options(arguments: argparse.Namespace) -> "ListOptions | None":
    """How a list is to be read; None, and a word why, where what was asked cannot be."""
    from dsl.front_matter import read_rate
    from dsl.importers.picture.film_list import read_label
    from dsl.importers.picture.take_in import ListOptions
    from dsl.values import Timecode

    fps = start = None
    if arguments.fps is not None and (fps := read_rate(arguments.fps)) is None:
        say(f"melodrama import: --fps {arguments.fps} is no frame rate; write 25, 23.976 or 24000/1001")
        return None
    if arguments.start is not None:
        label = read_label(arguments.start, 1)
        if not isinstance(label, Timecode):
            say(f"melodrama import: --start {arguments.start} is no timecode; write 01:00:00:00")
            return None
        start = label
    return ListOptions(fps, start, arguments.cuts)


def _score_before(path: Path) -> tuple[bytes | None, str]:
    """The bytes of a score that is to be changed, or None and why not."""
    from dsl.score_file import read_score

    data, problem = read_score(path)
    if data is None:
        return None, problem or ""
    try:
        data.decode("utf-8")
    except UnicodeDecodeError as error:
        return None, f"{path} is not UTF-8 (byte {error.start + 1}); it is left as it is"
    return data, ""


def _written(path: Path, text: str, before: bytes | None, force: bool) -> str | None:
    """Writes the score, whole or not at all; the reason where it could not. `before` is what a score that is
    changed held when it was read."""
    # Deferred with the rest: the engine's package is not needed for a usage error.
    from engine.errors import MelodramaError
    from engine.render.files import write_atomic

    data = text.encode()
    if before is not None:
        if before.startswith(b"\xef\xbb\xbf"):
            data = b"\xef\xbb\xbf" + data
        if data == before:
            return None
    try:
        if before is not None and path.read_bytes() != before:
            return f"{path} has changed meanwhile; it is left as it is"
        write_atomic(path, data, even_read_only=force)
    except (MelodramaError, OSError) as error:
        return str(error)
    return None


def _failed(problem: str, arguments: argparse.Namespace) -> int:
    say(f"melodrama import: {problem}")
    if arguments.json:
        print_failure(problem)
    return 1


def _report(source: Path, out: Path, imported: "Imported", loaded: "Loaded") -> dict[str, object]:
    from dsl.importers.score_text import counted
    from dsl.plan_json import finding_json

    report: dict[str, object] = {
        "format": 1,
        "source": str(source),
        "score": str(out),
        "kind": imported.kind,
        "encoding": {"name": imported.encoding, "guessed": imported.guessed_encoding},
        "cues": imported.cues,
        "characters": list(imported.characters),
        "duration_s": round(loaded.plan.duration_s, 4) if loaded.plan else None,
        "not_carried_over": [
            {
                "what": what,
                "became": became,
                "lines": list(dict.fromkeys(line for line, _ in places)),
                "places": places,
            }
            for what, became, places in counted(imported.remarks)
        ],
        "findings": [finding_json(finding) for finding in loaded.findings],
    }
    if imported.taken is not None:
        report["fps"] = imported.taken.fps
        report["start"] = imported.taken.start
        report["moments"] = [
            {"kind": one.role, "name": one.name, "t_s": round(one.t_s, 6), "change": one.how}
            for one in imported.taken.changes
        ]
    return report


def _tell_remarks(source: Path, imported: "Imported") -> None:
    from dsl.importers.score_text import counted

    for what, became, places in counted(imported.remarks):
        shown = ", ".join(
            f"{line}:{column}" if column else str(line) for line, column in places[:_MOST_LINES]
        )
        shown += " …" if len(places) > _MOST_LINES else ""
        place = f"line{'s' if len(places) > 1 else ''} {shown}: " if places else ""
        times = f" ({len(places):,} times)" if len(places) > _MOST_LINES else ""
        say(f"{source}: {place}{what} → {became}{times}")


def _tell(
    source: Path, out: Path, imported: "Imported", loaded: "Loaded", before: bytes | None = None
) -> None:
    """What came of it, on stderr: the encoding where it was guessed, what is otherwise, what the score
    lacks. `before` is what a score that was changed held."""
    from dsl.diagnostics import Severity

    if imported.guessed_encoding:
        say(f"{source} is not UTF-8; it was read as {imported.encoding}, which is a guess: look at the score")
    _tell_remarks(source, imported)
    for finding in loaded.findings:
        if finding.severity is not Severity.INFO:
            say(finding_text(str(out), finding, loaded.source, wants_colour(sys.stderr)))
    if not imported.cues and imported.taken is None:
        say(f"{source} holds nothing that could be scored")
    names = len(imported.characters)
    counts = f"{imported.cues} cue{'s' * (imported.cues != 1)}"
    counts += (
        f", {names} character{'s' * (names != 1)}" if imported.taken is None else _moments(out, imported)
    )
    kind = _KIND_NAMES[imported.kind or "text"]
    wrote = f"; wrote {out}" if before != imported.text.encode() else f"; {out} is as it was"
    say(f"{kind} → {counts}" + (wrote if str(out) != "-" else ""))


def _moments(out: Path, imported: "Imported") -> str:
    """`, 12 moments new, 2 moved`; those that have vanished from the list are told one by one."""
    changes = imported.taken.changes if imported.taken is not None else ()
    gone = [one for one in changes if one.how == "gone"]
    for one in gone[:_MOST_GONE]:
        say(f"{out}:{one.line}: {one.role} {one.name} is not in the list any more; it stays")
    if len(gone) > _MOST_GONE:
        say(f"{out}: {len(gone) - _MOST_GONE:,} more are not in the list any more; they stay")
    counts = {
        how: sum(one.how == how for one in changes) for how in ("new", "moved", "same", "gone", "left out")
    }
    return ", " + ", ".join(f"{count:,} {how}" for how, count in counts.items() if count)
