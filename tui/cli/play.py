"""`melodrama play`: a score, a MIDI or an audio file, with a transport in the terminal.

The keys need a terminal on stdin; without one the file plays through and its position is told now and then.
"""

import argparse
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from tui.cli.console import finding_text, say, wants_colour

if TYPE_CHECKING:
    from engine.playback.playable import Playable


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("file", type=Path, metavar="FILE", help="a score, a MIDI or an audio file")
    parser.add_argument(
        "--from", dest="start_s", type=_clock, default=0.0, metavar="M:SS", help="begin there"
    )
    parser.add_argument("--loop", action="store_true", help="begin again at the end")
    parser.add_argument(
        "--volume", type=_volume, default=100, metavar="PERCENT", help="0 to 150 (default 100)"
    )
    parser.add_argument("--seed", type=int, help="use this seed instead of the score's")
    parser.add_argument("--takes", type=int, default=8, metavar="N", help="candidates per cue (default 8)")
    parser.add_argument("--device", choices=("auto", "cpu", "cuda"), default="auto", help="what composes")
    parser.add_argument("--soundfont", type=Path, metavar="FILE.sf2", help="a General MIDI sound font")
    parser.add_argument("--quiet", action="store_true", help="no progress and no position")
    parser.add_argument("--weights", help=argparse.SUPPRESS)
    parser.epilog = (
        "keys: space pause · ←/→ 5 s back, on · ↑/↓ cue before, after · l loop the cue, all, nothing · "
        "+/- volume · 0 from the start · q quit"
    )


def run(arguments: argparse.Namespace) -> int:
    from dsl.score_file import read_bytes
    from engine.errors import MelodramaError

    path = arguments.file
    if not path.is_file():
        _, problem = read_bytes(path)
        say(
            f"melodrama play: {problem or f'{path} cannot be read'}".replace("not a score file", "not a file")
        )
        return 1
    try:
        playable = _playable(path, arguments)
    except MelodramaError as error:
        say(f"melodrama play: {error}")
        return 1
    except MemoryError:
        say(f"melodrama play: {path}: not enough memory for its sound")
        return 1
    if playable is None:
        return 1
    for remark in playable.remarks:
        say(f"melodrama play: {path}: {remark}")
    from tui.cli.transport import Transport

    return Transport(playable, arguments.volume, quiet=arguments.quiet).run(arguments.start_s, arguments.loop)


def _playable(path: Path, arguments: argparse.Namespace) -> "Playable | None":
    """What the file sounds like; None where it is a score with errors, which have been told."""
    from engine.media.file_kinds import heard_as
    from engine.playback.playable import playable_of_midi, playable_of_recording

    kind = heard_as(path)
    if kind == "midi":
        return playable_of_midi(path, arguments.soundfont)
    if kind == "sound":
        return playable_of_recording(path)
    return _composed(path, arguments)


def _composed(path: Path, arguments: argparse.Namespace) -> "Playable | None":
    from dsl.diagnostics import Severity
    from dsl.score_file import load_plan
    from engine.speech.listening import listen

    loaded = load_plan(path, seed=arguments.seed, listen=listen)
    for finding in loaded.findings:
        if finding.severity is Severity.ERROR:
            say(finding_text(str(path), finding, loaded.source, wants_colour(sys.stderr)))
    if loaded.plan is None:
        say(f"melodrama play: {loaded.problem or f'{path} has errors; nothing is played'}")
        return None
    # Deferred: a broken score is told before torch takes its seconds.
    from engine.models import Models
    from engine.pipeline import compose
    from engine.playback.playable import playable_of_composition
    from tui.cli.progress import Progress

    with Progress(quiet=arguments.quiet) as progress:
        progress.start(path.name)
        progress.show("loading", 0, 1)
        models = Models(arguments.device, arguments.weights)
        composition = compose(loaded.plan, models, max(1, arguments.takes), progress.show)
        return playable_of_composition(composition, arguments.soundfont, progress.show)


def _clock(text: str) -> float:
    """Seconds of `75`, `1:15` or `1:15.5`."""
    seconds = 0.0
    try:
        for part in text.split(":"):
            seconds = seconds * 60 + float(part)
    except ValueError:
        seconds = -1.0
    if not 0.0 <= seconds < 1e6:
        raise argparse.ArgumentTypeError(f"a time is written 75, 1:15 or 1:15.5, not {text!r}")
    return seconds


def _volume(text: str) -> int:
    if not text.isdigit() or int(text) > 150:
        raise argparse.ArgumentTypeError(f"a volume is a whole number from 0 to 150, not {text!r}")
    return int(text)
