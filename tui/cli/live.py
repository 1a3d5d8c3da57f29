"""`melodrama live`: music that follows while it plays. Lines on stdin (or a script of them) are texts and
directives; the music turns with them at the next bar. Models, numpy and the sound card load after the
arguments are understood.
"""

import argparse
import signal
import sys
import threading
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO

from dsl.media_files import MIDI_FILES
from tui.cli.console import finding_text, say, wants_colour
from tui.cli.live_wires import add_wires, open_wires
from tui.cli.telling import Telling

if TYPE_CHECKING:
    from dsl.score_file import Planned
    from engine.live.event_lines import TimedEvent
    from engine.live.events import KnownNames
    from engine.live.outputs import LiveOutput
    from engine.live.performance import Performance
    from tui.studio.protocol import Studio

_LONGEST_LINE = 1 << 20
"""Bytes of a line on stdin; the rest of a longer one is passed over."""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "score",
        type=Path,
        nargs="?",
        metavar="SCORE",
        help="its cues are the states; without one: piano, neutral",
    )
    parser.add_argument(
        "--script",
        type=Path,
        metavar="FILE",
        help="play these events, each line BEAT EVENT, instead of stdin's",
    )
    parser.add_argument(
        "--record",
        type=Path,
        action="append",
        default=[],
        metavar="FILE",
        help="write what was heard: take.wav (the sound), take.mid; and a take.score that renders to it",
    )
    parser.add_argument(
        "--quantise",
        choices=("beat", "bar", "phrase"),
        default="bar",
        help="what is asked takes effect at the next one of these (default bar)",
    )
    add_wires(parser)
    parser.add_argument("--no-sound", action="store_true", help="do not open a sound device")
    parser.add_argument("--seed", type=int, help="use this seed instead of the score's")
    parser.add_argument("--device", choices=("auto", "cpu", "cuda"), default="auto", help="what composes")
    parser.add_argument("--soundfont", type=Path, metavar="FILE.sf2", help="a General MIDI sound font")
    parser.add_argument("--quiet", action="store_true", help="tell troubles only")
    parser.add_argument("--weights", help=argparse.SUPPRESS)
    parser.epilog = (
        "lines: text that is read in the scene so far · @emotion hope 0.6 · @emotion v=-.4 a=.7 over 8s · "
        "@state CUE · @intensity 0.7 · @hit · @motif NAME · @style NAME · @tempo 96 · @pause · @resume · "
        "@stop"
    )


def run(arguments: argparse.Namespace) -> int:
    from engine.errors import MelodramaError

    planned = _planned(arguments.score, arguments.seed)
    if planned is None:
        return 1
    bad = [path for path in arguments.record if path.suffix.lower() not in (".wav", ".score", *MIDI_FILES)]
    if bad:
        say(f"melodrama live: {bad[0]}: a recording is a .wav, a .mid or a .score")
        return 2
    spared = _spared(arguments.record, arguments.score)
    if spared is not None:
        say(f"melodrama live: {spared}")
        return 1
    from engine.live.stage import known_names

    known = known_names(planned)
    script = None
    if arguments.script is not None:
        script = _script(arguments.script, known)
        if script is None:
            return 1
    telling = Telling()
    with _ToldToEnd() as told:
        try:
            performance = _perform(arguments, planned, known, script, telling, told)
        except MelodramaError as error:
            telling(f"melodrama live: {error}")
            return 1
        finally:
            telling.close()
        if not arguments.quiet:
            _report(performance)
    return told.code


def _planned(path: Path | None, seed: int | None) -> "Planned | None":
    """The score as it is played; None where it cannot be, which has been told."""
    from dsl.diagnostics import Severity
    from dsl.score_file import plan_text, read_score
    from engine.live.stage import NOTHING, live_text

    if path is None:
        return plan_text(NOTHING, Path.cwd(), seed=seed)
    data, problem = read_score(path)
    if data is None:
        say(f"melodrama live: {problem}")
        return None
    from dsl.score_file import plan_source

    loaded = plan_source(data, path)
    errors = [one for one in loaded.findings if one.severity is Severity.ERROR]
    for finding in errors:
        say(finding_text(str(path), finding, loaded.source, wants_colour(sys.stderr)))
    if errors or loaded.document is None:
        say(f"melodrama live: {path} has errors; nothing is played")
        return None
    planned = plan_text(live_text("\n".join(loaded.document.lines) + "\n"), path.parent, seed=seed)
    if planned.draft.cues:
        return planned
    return plan_text("\n".join([*loaded.document.lines, NOTHING]), path.parent, seed=seed)


def _script(path: Path, known: "KnownNames") -> "tuple[TimedEvent, ...] | None":
    from dsl.score_file import read_bytes
    from engine.live.event_lines import read_script

    data, problem = read_bytes(path)
    if data is None:
        say(f"melodrama live: {problem}")
        return None
    events, problems = read_script(data.decode("utf-8", "replace"), known)
    for line, words in problems:
        say(f"{path}:{line}: {words}")
    return events


def _perform(
    arguments: argparse.Namespace,
    planned: "Planned",
    known: "KnownNames",
    script: "tuple[TimedEvent, ...] | None",
    telling: Telling,
    told: "_ToldToEnd",
) -> "Performance":
    # Deferred: numpy and what makes music.
    from engine.live.conductor import Conductor
    from engine.live.outputs import LiveOutputs
    from engine.live.performance import Performance
    from tui.studio.protocol import Asked

    def tell(words: str) -> None:
        telling(f"melodrama live: {words}")

    wires, listen = open_wires(arguments, known, tell)
    outputs = [*wires, *_outputs(arguments, planned, tell)]
    hears = [output for output in outputs if output.name not in ("recording",)]
    real_time = script is None or bool(hears)
    studio = _studio(arguments, real_time)
    text = "\n".join(planned.document.lines) + "\n"
    try:
        writer = studio.live_writer(Asked(planned.draft, text, Path(planned.draft.folder)))
        seed = arguments.seed if arguments.seed is not None else planned.draft.seed
        conductor = Conductor(planned.draft, seed, arguments.quantise)
        performance = Performance(
            conductor, writer, LiveOutputs(tuple(outputs), tell, waits=not real_time), tell
        )
        told.begins(performance)
        try:
            listen(performance.ask)
            if script is None:
                _listen(_own_stdin(), known, performance, ends=arguments.osc is None)
                performance.run()
            else:
                performance.run_script(script, real_time)
        finally:
            performance.outputs.close(60.0, now=told.code != 0)
    finally:
        studio.close()
    if any(getattr(output, "failed", False) for output in outputs):
        told.code = told.code or 1  # the take is not whole
    return performance


def _spared(recorded: list[Path], score: Path | None) -> str | None:
    """Why a recording cannot be begun: a file that it would be written over is read-only, the score that is
    played, or one that somebody wrote. None where it can."""
    from engine.render.files import is_read_only

    for path in recorded:
        stem = path.with_suffix("")
        own = stem.with_name(f"{stem.name}.score")
        for one in (path, stem.with_name(f"{stem.name}.mid"), own):
            if is_read_only(one):
                return f"cannot write {one}: it is read-only"
        if not own.exists():
            continue
        played = score is not None and own.samefile(score)
        if played or f'@freeze "{stem.name}-takes/' not in own.read_text("utf-8", "replace"):
            what = "is the score that is played" if played else "exists and is no recording"
            return f"{own} {what}, and {path.name} would be recorded over it; choose another name"
    return None


def _studio(arguments: argparse.Namespace, real_time: bool) -> "Studio":
    """Models in a process of their own, so that nothing they do is heard; here where nobody waits."""
    from tui.settings import Settings

    settings = Settings(device=arguments.device, soundfont=arguments.soundfont)
    if real_time:
        from tui.studio.distant import DistantStudio

        return DistantStudio(settings, arguments.weights)
    from tui.studio.near import NearStudio

    return NearStudio(settings, arguments.weights)


def _outputs(
    arguments: argparse.Namespace, planned: "Planned", tell: Callable[[str], None]
) -> "list[LiveOutput]":
    """Where the music goes. Raises MediaError for a sound font that cannot be used."""
    from engine.live.recording import TakeRecording
    from engine.live.stage import declarations
    from engine.live.wav_recording import WavRecording
    from engine.render.synthesiser import choose_synthesiser

    found: list[LiveOutput] = []
    for path in {path.with_suffix("") for path in arguments.record}:
        found.append(TakeRecording(path, declarations(planned.document)))
    for path in dict.fromkeys(arguments.record):
        if path.suffix.lower() == ".wav":
            found.append(WavRecording(path, choose_synthesiser(arguments.soundfont)))
    if not arguments.no_sound:
        found += _sound(arguments, tell)
    return found


def _sound(arguments: argparse.Namespace, tell: Callable[[str], None]) -> "list[LiveOutput]":
    """The sound card; for a script only where there is one, for then nobody waits."""
    from engine.live.sound import LiveSound, has_device, live_synth
    from engine.render.synthesiser import choose_synthesiser

    there = has_device()
    if not there:
        tell("no sound: there is no output device; the other outputs go on")
        if arguments.script is not None or arguments.record:
            return []
    # Plain tones are told of only where they are heard.
    synth = live_synth(choose_synthesiser(arguments.soundfont), tell if there else _silent)
    sound = LiveSound(synth, tell)
    sound.told = not there
    return [sound]


def _silent(words: str) -> None:
    return


def _own_stdin() -> BinaryIO:
    """Stdin by a reader of our own: the thread that waits in it when the music ends holds its lock, and
    Python aborts at its end where that is the lock of its own stdin."""
    try:
        return open(sys.stdin.fileno(), "rb", closefd=False)
    except (OSError, ValueError):  # no file of the system's behind it
        return sys.stdin.buffer


def _listen(stream: BinaryIO, known: "KnownNames", performance: "Performance", ends: bool) -> None:
    """Reads stdin in a thread; with `ends` its end is the music's, too."""
    from engine.live.event_lines import read_line
    from engine.live.events import Refused, StopEvent
    from engine.live.floods import Seldom

    refuse = Seldom(performance.remark)

    def listen() -> None:
        while line := stream.readline(_LONGEST_LINE):
            whole = line
            while not whole.endswith(b"\n") and len(whole) >= _LONGEST_LINE:
                whole = stream.readline(_LONGEST_LINE)
                if not whole:
                    break
            event = read_line(line.decode("utf-8", "replace"), known)
            if isinstance(event, Refused):
                refuse(event.words)
            elif event is not None:
                performance.ask(event)
        if ends:
            performance.ask(StopEvent())

    threading.Thread(target=listen, name="melodrama-live-stdin", daemon=True).start()


class _ToldToEnd:
    """While it is open, Ctrl-C and SIGTERM end the music and nothing else; before there is any, the command.
    A second Ctrl-C interrupts. `code` is the exit code."""

    def __init__(self) -> None:
        self.code = 0
        self._performance: Performance | None = None
        self._before: dict[int, object] = {}

    def __enter__(self) -> "_ToldToEnd":
        for number in (signal.SIGINT, signal.SIGTERM):
            self._before[number] = signal.signal(number, self._end)
        return self

    def __exit__(self, *_: object) -> None:
        for number, handler in self._before.items():
            signal.signal(number, handler)  # type: ignore[arg-type]

    def begins(self, performance: "Performance") -> None:
        """From now on there is music to be ended."""
        self._performance = performance

    def _end(self, number: int, frame: object) -> None:
        self.code = 128 + number
        signal.signal(signal.SIGINT, signal.default_int_handler)
        if self._performance is not None:
            self._performance.end()
        elif number == signal.SIGINT:
            raise KeyboardInterrupt
        else:
            raise SystemExit(self.code)


def _report(performance: "Performance") -> None:
    from engine.live.sound import LiveSound

    late = [one.late_blocks for one in performance.outputs.outputs if isinstance(one, LiveSound)]
    blocks = f"; {sum(late):,} blocks of sound were late" if late else ""
    counts = performance.conductor.counts
    seconds = performance.conductor.playing.now_s
    thinned = f" ({performance.superseded:,} more gave way to newer ones)" if performance.superseded else ""
    say(
        f"{seconds:.1f} s of music, {counts.events:,} events{thinned}: {counts.written} passages written, "
        f"{counts.rewritten} of them over others, {counts.late} too late for their line; "
        f"{counts.varied} times the last phrase was varied because nothing else was ready"
        f"{blocks}"
    )
