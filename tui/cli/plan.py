"""`melodrama plan`: when everything happens. Text and time alone; `--analyze` lets the model fill in what the
text feels."""

import argparse
import sys
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from dsl.timecode import minutes_and_tenths
from tui.cli.console import finding_text, print_failure, print_json, say, wants_colour

if TYPE_CHECKING:
    from dsl.plan import Plan, PlannedCue, PlannedLine
    from dsl.plan_json import Chosen
    from dsl.score_file import Loaded

_SURE = 0.5
"""A spoken line less sure than this is marked."""

Curve = list[tuple[float, float, float, str]]
Curves = list[Curve]


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("file", type=Path, metavar="FILE.score")
    parser.add_argument("--json", action="store_true", help="print the plan as JSON")
    parser.add_argument(
        "--analyze", action="store_true", help="run the text model and fit the tempo to what it finds"
    )
    parser.add_argument(
        "--tempos",
        action="store_true",
        help="instead of the timeline, the steady tempi that suit each cue: which hits each catches and "
        "misses, by how much",
    )
    parser.add_argument(
        "--textconv", action="store_true", help="for git diff: what has no plan is printed as it is written"
    )
    parser.add_argument("--seed", type=int, help="use this seed instead of the score's")
    parser.add_argument("--weights", help=argparse.SUPPRESS)


def run(arguments: argparse.Namespace) -> int:
    from dsl.score_file import load_plan
    from engine.speech.listening import listen

    loaded = load_plan(arguments.file, seed=arguments.seed, listen=listen, pipes=True)
    if arguments.textconv and loaded.plan is None and loaded.problem is None:
        # git gives up the whole diff when one conversion fails, and an include is not beside git's copy.
        print("\n".join(loaded.source))
        return 0
    for finding in () if arguments.textconv else loaded.findings:
        say(finding_text(str(arguments.file), finding, loaded.source, wants_colour(sys.stderr)))
    if loaded.plan is None:
        return _failed(
            loaded.problem or f"{arguments.file}: no plan, the score has errors", loaded, arguments
        )
    plan, curves, chosen = loaded.plan, None, None
    if arguments.analyze:
        from engine.errors import MelodramaError

        try:
            plan, curves, chosen = _analysed(plan, arguments.weights)
        except MelodramaError as error:
            return _failed(str(error), loaded, arguments)
        for finding in (one for one in plan.findings if one not in loaded.findings):
            say(finding_text(str(arguments.file), finding, loaded.source, wants_colour(sys.stderr)))
    if arguments.tempos:
        from tui.cli.plan_tempos import print_tempos, tempos_json

        if arguments.json:
            print_json(tempos_json(plan))
        else:
            print_tempos(plan, _clock_of(plan))
    elif arguments.json:
        from dsl.plan_json import plan_json

        print_json(plan_json(plan, curves, chosen))
    else:
        _print(plan, curves, chosen)
    return 0


def _failed(problem: str, loaded: "Loaded", arguments: argparse.Namespace) -> int:
    say(f"melodrama plan: {problem}")
    if arguments.json:
        print_failure(problem, loaded.findings)
    return 1


def _analysed(plan: "Plan", weights: str | None) -> "tuple[Plan, Curves, list[Chosen]]":
    """The plan as `render` will have it, with its curves and the keys chosen."""
    from engine.asking import asked_of
    from engine.models import Models
    from engine.pipeline import analyse, felt_cues, with_pictures, with_temp_tracks
    from tui.cli.progress import Progress

    with Progress() as progress:
        progress.start("plan")
        plan = with_pictures(with_temp_tracks(plan), progress.show)
        spoken = analyse(plan, Models(folder=weights), progress.show)
    plan, asked = asked_of(plan, felt_cues(plan, spoken))
    samples = [[(s.t_s, s.valence, s.arousal, str(s.source)) for s in one.curve.samples] for one in asked]
    return plan, samples, [(str(one.keys[0]), one.cue.take) for one in asked]


def _print(plan: "Plan", curves: "Curves | None", chosen: "list[Chosen] | None") -> None:
    from dsl.cue_names import cue_label
    from dsl.plan_json import tempo_is_provisional

    clock = _clock_of(plan)
    print(f"{plan.title}  {minutes_and_tenths(plan.duration_s)}  seed {plan.seed}")
    for index, cue in enumerate(plan.cues):
        tempos = sorted({round(point.bpm) for point in cue.tempo_map})
        tempo = f"♩{tempos[0]}" if len(tempos) == 1 else f"♩{tempos[0]}–{tempos[-1]}"
        bars = f"{cue.bars} bars · {tempo}"
        if curves is None and tempo_is_provisional(cue):
            bars += " (provisional: the reading decides)"
        style = " → ".join(dict.fromkeys(s.value for s in cue.styles))
        key = f"{chosen[index][0]} · " if chosen is not None else ""
        loop = " · loops" if cue.loop else ""
        loop += f" · {cue.layers} layers" if cue.layers else ""
        loop += "".join(f" · {one.kind} to {one.to}" for one in cue.leads_to)
        print(f"\n# {cue_label(cue.id, cue.title)}".rstrip())
        print(
            f"  {clock(cue.start_s)}–{clock(cue.end_s)} · {bars} · {key}{style} · {cue.transition.kind}{loop}"
        )
        for t_s, text in sorted(
            _rows(cue, None if curves is None else curves[index]), key=lambda row: row[0]
        ):
            print(f"  {clock(t_s)}  {text}")


def _rows(cue: "PlannedCue", curve: "Curve | None") -> list[tuple[float, str]]:
    """What happens in a cue, each with its time: lines, events, feelings."""
    rows = [(line.start_s, _line(line)) for line in cue.lines]
    rows += [(e.t_s, f"[{e.kind}{' ' + e.name if e.name else ''}]") for e in cue.events]
    for segment in cue.emotion:
        if segment.start is not None and segment.end is not None:
            ways = [f"{p.valence:+.2f}/{p.arousal:+.2f}" for p in (segment.start, segment.end)]
            rows.append(
                (segment.start_s, f"[emotion {segment.name or ''} {' → '.join(dict.fromkeys(ways))}]")
            )
    rows += [(t, f"(v {v:+.2f}  a {a:+.2f})") for t, v, a, source in curve or () if source != "directive"]
    return rows


def _line(line: "PlannedLine") -> str:
    """A line with its speaker, and with the confidence of its time where a recording leaves that in doubt."""
    said = f"{line.speaker}: {line.text}" if line.speaker else line.text
    unsure = line.confidence is not None and line.confidence < _SURE
    return f"{said} [confidence {line.confidence:.2f}]" if unsure else said


def _clock_of(plan: "Plan") -> Callable[[float], str]:
    """How this plan's times are written: as the film's timecode where it has one, else as minutes and
    seconds."""
    if plan.fps is None and plan.film_start_s == 0.0:
        return minutes_and_tenths
    from engine.render.cue_sheet import timecode

    return lambda t_s: timecode(t_s + plan.film_start_s, plan.fps, plan.drop_frame)
