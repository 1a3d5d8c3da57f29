"""`melodrama render`: score files → MIDI, audio, stems, sheets, with progress on stderr and a JSON report on
stdout."""

import argparse
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

from dsl.vocabulary import OUTPUTS, output_meant
from tui.cli.console import about, print_json, say

if TYPE_CHECKING:
    from engine.models import Models
    from tui.cli.progress import Progress

_SUFFIXES = {
    ".mid": "mid",
    ".midi": "mid",
    ".wav": "wav",
    ".flac": "flac",
    ".ogg": "ogg",
    ".mp3": "mp3",
    ".musicxml": "musicxml",
    ".xml": "musicxml",
    ".csv": "cues",
    ".png": "roll",
    ".svg": "roll",
    ".json": "json",
}
_FILMS = (".mp4", ".m4v", ".mov", ".mkv", ".webm")


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("files", nargs="+", type=Path, metavar="FILE.score")
    parser.add_argument(
        "-o",
        "--out",
        type=Path,
        required=True,
        help="a folder, or a file where there is one score and one format",
    )
    parser.add_argument(
        "--format",
        type=_formats,
        metavar="LIST",
        help=f"comma separated, of {','.join(OUTPUTS)} (default: the score's, else mid,wav)",
    )
    parser.add_argument("--seed", type=_seed, help="use this seed instead of the score's")
    parser.add_argument(
        "--takes", type=_takes, default=8, metavar="N", help="candidates per cue, 1 to 512 (default 8)"
    )
    parser.add_argument("--device", choices=("auto", "cpu", "cuda"), default="auto")
    parser.add_argument(
        "--jobs", type=_jobs, default=1, metavar="N", help="processes for several scores (default 1)"
    )
    parser.add_argument(
        "--dask", metavar="ADDRESS", help="send the scores to this dask scheduler (tcp://host:8786)"
    )
    parser.add_argument(
        "--soundfont", type=Path, metavar="FILE", help="a General MIDI sound font (.sf2, .sf3) to play with"
    )
    parser.add_argument(
        "--video",
        type=Path,
        metavar="FILM",
        help="lay the score under this film, too (needs ffmpeg); its picture is copied and sets the length",
    )
    parser.add_argument(
        "--film-sound",
        choices=("duck", "mix", "replace"),
        default="duck",
        help="the film's own sound: kept, the score softer while it is heard (duck, the default), kept as "
        "it is (mix), or left out (replace)",
    )
    parser.add_argument(
        "--judge-audio",
        action="store_true",
        help="listen to the finished sound as well: what each cue feels like goes into the report",
    )
    parser.add_argument(
        "--rate", type=int, choices=(44_100, 48_000), default=48_000, help="samples a second (default 48000)"
    )
    parser.add_argument(
        "--bits", type=int, choices=(16, 24), default=16, help="bits a sample in WAV and FLAC (default 16)"
    )
    parser.add_argument(
        "--text-model",
        type=Path,
        metavar="DIR",
        help="a Hugging Face checkpoint folder to read the text with",
    )
    parser.add_argument("--watch", action="store_true", help="render again whenever a score changes")
    parser.add_argument("--no-cache", action="store_true", help="make everything anew, and keep nothing")
    parser.add_argument("--json", action="store_true", help="print the report on stdout")
    parser.add_argument("--quiet", action="store_true", help="no progress, errors only")
    # For tests: "debug" is a tiny random model that needs no weights.
    parser.add_argument("--weights", help=argparse.SUPPRESS)


def run(arguments: argparse.Namespace) -> int:
    problem = _usage_problem(arguments)
    if problem:
        say(f"melodrama render: {problem}")
        return 2
    if arguments.watch:
        return _watch(arguments)
    if arguments.dask:
        from tui.cli.render_dask import render_on_dask

        results = render_on_dask(arguments)
        if results is None:
            return 1
    elif arguments.jobs > 1 and len(arguments.files) > 1:
        from tui.cli.render_jobs import render_in_processes

        results = render_in_processes(arguments)
    else:
        from tui.cli.progress import Progress

        with Progress(quiet=arguments.quiet) as progress:
            models: list[Any] = []
            results = [render_one(path, arguments, models, progress) for path in arguments.files]
    if arguments.json:
        several = len(results) > 1
        print_json({"format": 1, "renders": results} if several else results[0])
    return 1 if any("error" in result for result in results) else 0


def _watch(arguments: argparse.Namespace) -> int:
    """Render, and again after each change; ends by Ctrl-C alone, which `entry` turns into exit code 130."""
    from tui.cli.progress import Progress
    from tui.cli.render_watch import watch

    models: list[Any] = []
    with Progress(quiet=arguments.quiet) as progress:
        for path in arguments.files:
            render_one(path, arguments, models, progress)
        watch(arguments.files, lambda path: render_one(path, arguments, models, progress))
    return 0


def render_one(
    path: Path, arguments: argparse.Namespace, models: "list[Models]", progress: "Progress"
) -> dict[str, Any]:
    """Render one score and give its report as JSON; a failure becomes its "error". `models` is empty or holds
    the loaded ones."""
    began = time.perf_counter()
    from dsl.plan_json import finding_of
    from dsl.score_file import load_plan
    from engine.errors import MelodramaError
    from tui.cli.render_cache import cache_for, keep, key_of, write_kept

    single = _is_file(arguments)
    cache = cache_for(arguments)
    key = key_of(path, arguments, single) if cache else None
    loaded = load_plan(path, seed=arguments.seed)
    findings = loaded.findings
    if loaded.plan is None:
        return _failed(path, loaded.problem or "the score has errors", findings, arguments)
    _show_findings(path, loaded.source, findings, arguments)
    kept = cache.load(key) if cache and key else None
    if kept is not None:
        try:
            result = write_kept(kept, path, arguments.out, single, began)
        except MelodramaError as error:
            return _failed(path, str(error), findings, arguments)
        shown = {(one.code, one.span, one.message) for one in findings}
        # What composing found is found again, though nothing is composed.
        kept_too = [finding_of(one) for one in result["findings"]]
        more = [one for one in kept_too if (one.code, one.span, one.message) not in shown]
        _show_findings(path, loaded.source, more, arguments)
        if not arguments.quiet:
            _tell(result)
        return result
    try:
        progress.start(path.name)
        # Deferred: torch, transformers and the synthesiser take seconds to import; a wrong file is told
        # before that.
        from engine.render.export import Target, check_target, export_and_listen
    except ImportError as error:
        return _failed(path, f"the installation is incomplete: {error}", findings, arguments)
    try:
        target = _target(Target, path, arguments, loaded.plan.output)
        check_target(target)
        progress.show("loading", 0, 1)
        from engine.models import Models
        from engine.pipeline import compose

        if not models:
            models.append(Models(arguments.device, arguments.weights, arguments.text_model))
        loading_s = time.perf_counter() - began
        composition = compose(loaded.plan, models[0], arguments.takes, progress.show)
        writing = time.perf_counter()
        ear = _ear(composition) if arguments.judge_audio else None
        exported = export_and_listen(composition, target, progress.show, ear)
        timings = {"load": loading_s, **composition.timings_s, "deliver": time.perf_counter() - writing}
    except MelodramaError as error:
        return _failed(path, str(error), findings, arguments)
    except MemoryError:
        return _failed(path, "not enough memory for a score of this size", findings, arguments)
    finally:
        progress.finish()
    from engine.report import Report

    plan, played = composition.plan, exported.synthesiser
    # What only composing could tell (a temp track that has no pulse) has not been shown yet.
    found = [finding for finding in plan.findings if finding not in findings]
    _show_findings(path, loaded.source, found, arguments)
    report = Report(
        score=str(path),
        device=models[0].device_used,
        seed=plan.seed,
        weights=models[0].versions(),
        files=exported.files,
        duration_s=round(composition.score.duration_s, 6),
        timings_s={**timings, "total": time.perf_counter() - began},
        cues=ear.reports if ear else composition.cues,
        findings=(*findings, *found),
        sound=None if played is None else (f"{played.name} {played.version}".strip(), _named(played.font)),
    )
    from engine.report_json import report_json

    result = report_json(report, composition.sentences)
    if exported.remarks:
        result["remarks"] = list(exported.remarks)
    if not arguments.quiet:
        _tell(result)
    # The key once more: had the score changed since it was read, this would not be its music.
    if cache and key and key == key_of(path, arguments, single):
        keep(cache, key, result, arguments.out, single)
    return result


def _ear(composition: Any) -> Any:
    from engine.hear.audio_report import CueEar

    return CueEar(composition)


def _named(path: Path | None) -> str | None:
    return None if path is None else str(path)


def _target(kind: Any, path: Path, arguments: argparse.Namespace, asked: tuple[str, ...]) -> Any:
    single = arguments.out if _is_file(arguments) else None
    formats = arguments.format
    if formats is None and single is not None:
        kind_of_file = _SUFFIXES.get(single.suffix.lower())
        formats = (kind_of_file,) if kind_of_file else ()
    if formats is None:
        formats = tuple(f for f in asked if f in OUTPUTS) or ("mid", "wav")
    return kind(
        folder=arguments.out,
        stem=path.stem,
        formats=formats,
        single=single,
        soundfont=arguments.soundfont,
        rate=arguments.rate,
        bits=arguments.bits,
        video=arguments.video,
        film_sound=arguments.film_sound,
    )


def _is_file(arguments: argparse.Namespace) -> bool:
    """Whether -o names a file: it ends like one, and no folder of that name is there."""
    suffix = arguments.out.suffix.lower()
    return (suffix in _SUFFIXES or (suffix in _FILMS and arguments.video)) and not arguments.out.is_dir()


def _usage_problem(arguments: argparse.Namespace) -> str | None:
    out, kinds = arguments.out, arguments.format
    if arguments.video and len(arguments.files) > 1:
        return f"--video is one film, but there are {len(arguments.files)} scores"
    if arguments.dask and (arguments.watch or arguments.jobs > 1 or arguments.video):
        return "--dask has its own workers and no films; leave out --jobs, --watch and --video"
    if arguments.dask and _is_file(arguments):
        return f"--dask writes into a folder, but -o {out} names a file"
    if out.suffix.lower() in _FILMS and not arguments.video and not out.is_dir():
        return f"-o {out} names a film; say with --video which one the score goes under"
    if _is_file(arguments):
        if arguments.video and out.suffix.lower() not in _FILMS:
            return f"-o {out} names one file that is no film; name a folder, or a {'/'.join(_FILMS)} file"
        if len(arguments.files) > 1:
            return f"-o {out} names one file, but there are {len(arguments.files)} scores; name a folder"
        if kinds is not None and kinds != (_SUFFIXES.get(out.suffix.lower()),):
            return f"-o {out} names a {out.suffix} file, but --format asks for {','.join(kinds)}"
    stems = [path.stem for path in arguments.files]
    twice = next((stem for stem in stems if stems.count(stem) > 1), None)
    if twice and len({path.resolve() for path in arguments.files}) > 1:
        return f"two scores are called {twice}; their files would overwrite each other in {arguments.out}"
    if arguments.watch and arguments.json:
        return "--watch goes on for ever and --json is one value; choose one of them"
    if arguments.out.is_file() and not _is_file(arguments):
        return f"-o {arguments.out} is a file; name a folder"
    return None


def _show_findings(path: Path, source: list[str], findings: Any, arguments: argparse.Namespace) -> None:
    from dsl.diagnostics import Severity
    from tui.cli.console import finding_text, wants_colour

    for finding in findings:
        if finding.severity is Severity.ERROR or (
            finding.severity is Severity.WARNING and not arguments.quiet
        ):
            say(finding_text(str(path), finding, source, wants_colour(sys.stderr)))


def _failed(path: Path, problem: str, findings: Any, arguments: argparse.Namespace) -> dict[str, Any]:
    from dsl.plan_json import finding_json

    _show_findings(path, [], findings, arguments)
    say(f"melodrama render: {about(path, problem)}")
    return {
        "format": 1,
        "score": str(path),
        "error": problem,
        "findings": [finding_json(finding) for finding in findings],
    }


def _tell(result: dict[str, Any]) -> None:
    """A table of the cues and the files on stderr."""
    from rich.console import Console
    from rich.table import Table

    def feeling(point: dict[str, float | None]) -> str:
        return f"{point['valence'] or 0.0:+.2f} {point['arousal'] or 0.0:+.2f}"

    console = Console(stderr=True)
    table = Table(box=None, pad_edge=False)
    for heading in ("cue", "asked v/a", "heard v/a", "match", "take", "key", "♩", "bars", "form", "notes"):
        table.add_column(heading, justify="left" if heading in ("cue", "key", "form") else "right")
    for cue in result["cues"]:
        table.add_row(
            cue["id"],
            feeling(cue["target"]),
            feeling(cue["heard"]),
            f"{cue['match'] or 0.0:.2f}",
            f"{cue['take']}/{cue['takes']}",
            cue["key"],
            f"{cue['tempo_bpm'] or 0.0:.0f}",
            str(cue["bars"]),
            " ".join(_phrase(phrase) for phrase in cue["form"]),
            str(cue["notes"]),
        )
    console.print(table)
    for file in result["files"]:
        console.print(f"{file['path']}  {_size(file['bytes'])}", highlight=False, soft_wrap=True)
    for remark in result.get("remarks", ()):
        console.print(remark, highlight=False, soft_wrap=True)
    again = " (unchanged, from the cache)" if result.get("cached") else ""
    total = result["timings_s"]["total"]
    console.print(f"{result['duration_s'] or 0.0:.1f} s of music in {total:.1f} s{again}", highlight=False)


def _phrase(phrase: dict[str, Any]) -> str:
    return phrase["letter"] if phrase["how"] in ("new", "same") else f"{phrase['letter']}'"


def _size(count: int) -> str:
    return f"{count / 1e6:.1f} MB" if count >= 1e6 else f"{max(1, round(count / 1e3))} kB"


def _formats(text: str) -> tuple[str, ...]:
    kinds = tuple(dict.fromkeys(part.strip() for part in text.split(",") if part.strip()))
    unknown = [kind for kind in kinds if kind not in OUTPUTS]
    if unknown or not kinds:
        meant = list(dict.fromkeys(filter(None, map(output_meant, unknown))))
        hint = f"did you mean {', '.join(meant)}? " if meant else ""
        raise argparse.ArgumentTypeError(
            f"{', '.join(unknown) or 'nothing'} is not a format; {hint}known: {', '.join(OUTPUTS)}"
        )
    return kinds


def _between(text: str, low: int, high: int, what: str) -> int:
    try:
        value = int(text)
    except ValueError:
        value = low - 1
    if not low <= value <= high:
        raise argparse.ArgumentTypeError(f"{what} is a whole number from {low} to {high}, not {text!r}")
    return value


def _takes(text: str) -> int:
    return _between(text, 1, 512, "the number of takes")


def _jobs(text: str) -> int:
    return _between(text, 1, 64, "the number of jobs")


def _seed(text: str) -> int:
    return _between(text, 0, 2**63 - 1, "a seed")
