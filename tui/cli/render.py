"""`melodrama render`: score files → MIDI, audio, stems, sheets, with progress on stderr and a JSON report on
stdout."""

import argparse
import re
from pathlib import Path
from typing import TYPE_CHECKING, Any

from dsl.output_words import OUTPUTS, output_meant
from engine.render_options import FILMS, SUFFIXES, RenderOptions, unmade
from tui.cli.console import print_json, say
from tui.cli.render_one import render_one

if TYPE_CHECKING:
    from engine.models import Models


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("files", nargs="+", type=Path, metavar="FILE.score")
    parser.add_argument(
        "-o",
        "--out",
        type=_place,
        required=True,
        help="a folder, or a file where there is one score and one format",
    )
    parser.add_argument(
        "--format",
        type=_formats,
        action=_Formats,
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
        "--voice",
        choices=("duck", "mix", "none"),
        default="duck",
        help="how the recordings of @voice lie over the music: it goes down under them (duck, the default), "
        "keeps one level (mix), or is alone (none)",
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
        help="a Hugging Face checkpoint folder to read the text with (needs the extra text-models)",
    )
    parser.add_argument(
        "--taste",
        type=Path,
        metavar="FILE",
        help="choose takes by match and by the taste in FILE (melodrama taste --export), for everybody alike",
    )
    parser.add_argument("--watch", action="store_true", help="render again whenever a score changes")
    parser.add_argument("--no-cache", action="store_true", help="make everything anew, and keep nothing")
    parser.add_argument("--json", action="store_true", help="print the report on stdout")
    parser.add_argument("--quiet", action="store_true", help="no progress, errors only")
    # For tests: "debug" is a tiny random model that needs no weights.
    parser.add_argument("--weights", help=argparse.SUPPRESS)


def run(arguments: argparse.Namespace) -> int:
    options = options_of(arguments)
    files: list[Path] = arguments.files
    problem = _usage_problem(arguments, options)
    if problem:
        say(f"melodrama render: {problem}")
        return 2
    if arguments.watch:
        return _watch(files, options, arguments.quiet)
    if arguments.dask:
        from tui.cli.render_dask import render_on_dask

        results = render_on_dask(arguments.dask, files, options, arguments.quiet)
        if results is None:
            return 1
    elif arguments.jobs > 1 and len(files) > 1:
        from tui.cli.render_jobs import render_in_processes

        results = render_in_processes(files, options, arguments.jobs, arguments.quiet)
    else:
        from tui.cli.progress import Progress

        with Progress(quiet=arguments.quiet) as progress:
            models: list[Models] = []
            results = [render_one(path, options, models, progress, arguments.quiet) for path in files]
    if arguments.json:
        several = len(results) > 1
        print_json({"format": 1, "renders": results} if several else results[0])
    return 1 if any("error" in result for result in results) else 0


def options_of(arguments: argparse.Namespace) -> RenderOptions:
    """What the command line asks of the render itself."""
    return RenderOptions(
        out=arguments.out,
        formats=arguments.format,
        seed=arguments.seed,
        takes=arguments.takes,
        device=arguments.device,
        soundfont=arguments.soundfont,
        video=arguments.video,
        film_sound=arguments.film_sound,
        voice=arguments.voice,
        judge_audio=arguments.judge_audio,
        rate=arguments.rate,
        bits=arguments.bits,
        text_model=arguments.text_model,
        weights=arguments.weights,
        caches=not arguments.no_cache,
        taste=arguments.taste,
    )


def _watch(files: list[Path], options: RenderOptions, quiet: bool) -> int:
    """Render, and again after each change; ends by Ctrl-C alone, which `entry` turns into exit code 130."""
    from tui.cli.progress import Progress
    from tui.cli.render_watch import watch

    models: list[Models] = []
    with Progress(quiet=quiet) as progress:

        def render(path: Path) -> None:
            render_one(path, options, models, progress, quiet)

        for path in files:
            render(path)
        watch(files, render)
    return 0


def _usage_problem(arguments: argparse.Namespace, options: RenderOptions) -> str | None:
    out, kinds = arguments.out, arguments.format
    if arguments.video and len(arguments.files) > 1:
        return f"--video is one film, but there are {len(arguments.files)} scores"
    if arguments.dask and (arguments.watch or arguments.jobs > 1 or arguments.video):
        return "--dask has its own workers and no films; leave out --jobs, --watch and --video"
    if arguments.dask and arguments.taste:
        return "--dask has workers that may not see the file of --taste; leave one of them out"
    if arguments.dask and options.single:
        return f"--dask writes into a folder, but -o {out} names a file"
    if str(out) == "-":
        return "-o - : a render is files, not a stream; name a file, or a folder"
    if (meant := unmade(out)) is not None:
        return f"-o {out} names a {out.suffix} file, which is not made here; did you mean {meant}?"
    if out.suffix.lower() in FILMS and not arguments.video and not out.is_dir():
        return f"-o {out} names a film; say with --video which one the score goes under"
    if options.single:
        if arguments.video and out.suffix.lower() not in FILMS:
            return f"-o {out} names one file that is no film; name a folder, or a {'/'.join(FILMS)} file"
        if len(arguments.files) > 1:
            return f"-o {out} names one file, but there are {len(arguments.files)} scores; name a folder"
        if kinds is not None and kinds != (SUFFIXES.get(out.suffix.lower()),):
            return f"-o {out} names a {out.suffix} file, but --format asks for {','.join(kinds)}"
    # File systems may take A.mid and a.mid for one.
    stems = [path.stem.casefold() for path in arguments.files]
    twice = next((stem for stem in stems if stems.count(stem) > 1), None)
    if twice and len({path.resolve() for path in arguments.files}) > 1:
        return f"two scores are called {twice}; their files would overwrite each other in {arguments.out}"
    if arguments.watch and arguments.json:
        return "--watch goes on for ever and --json is one value; choose one of them"
    if arguments.out.is_file() and not options.single:
        return f"-o {arguments.out} is a file; name a folder"
    return None


def _place(text: str) -> Path:
    if not text.strip():
        raise argparse.ArgumentTypeError("an empty name; name a folder, or a file")
    return Path(text)


class _Formats(argparse.Action):
    """Formats that are asked for again are asked for as well."""

    def __call__(
        self,
        parser: argparse.ArgumentParser,
        namespace: argparse.Namespace,
        values: Any,
        option_string: str | None = None,
    ) -> None:
        before = getattr(namespace, self.dest) or ()
        setattr(namespace, self.dest, tuple(dict.fromkeys((*before, *values))))


def _formats(text: str) -> tuple[str, ...]:
    words = (part.strip().lower().removeprefix(".") for part in re.split(r"[,;\s，；、]+", text))
    kinds = tuple(dict.fromkeys(word for word in words if word))
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
