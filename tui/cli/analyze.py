"""`melodrama analyze`: what the text alone feels, sentence by sentence, with the words that decided, and the
arc over time, in which the film (`@picture`) has its say."""

import argparse
import sys
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from tui.cli.console import cell_width, finding_text, print_failure, print_json, say, wants_colour

if TYPE_CHECKING:
    from collections.abc import Sequence

    from dsl.diagnostics import Finding
    from dsl.plan import Plan
    from engine.emotion.felt import ArcPoint
    from engine.text.reading import Keyword, Reading
    from engine.text.script import ScriptSentence

_ARC_HEIGHT, _ARC_WIDTH = 9, 72
_NARROW = 70
"""Screens of fewer columns show fewer figures."""
_LEAST_PIPED = 100
_FIGURES = ("line", "polarity", "int.", "val.", "aro.", "sure", "emotions")
LEAST_WEIGHT = 0.15
"""A word with less weight in the reading is not shown as one that decided."""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "file", metavar="FILE|-", help="a score, or a text that import understands; - reads stdin"
    )
    parser.add_argument("--json", action="store_true", help="print the analysis as JSON")
    parser.add_argument(
        "--text-model",
        type=Path,
        metavar="DIR",
        help="a Hugging Face checkpoint folder to read with (needs the extra text-models)",
    )
    parser.add_argument("--device", choices=("auto", "cpu", "cuda"), default="auto")
    parser.add_argument(
        "--no-keywords", action="store_true", help="do not look for the words that decided (faster)"
    )
    parser.add_argument("--quiet", action="store_true", help="no progress")
    parser.add_argument("--weights", help=argparse.SUPPRESS)


def run(arguments: argparse.Namespace) -> int:
    from dsl.incoming import read_script
    from dsl.score_file import read_bytes

    path = Path("stdin" if arguments.file == "-" else arguments.file)
    data, problem = (sys.stdin.buffer.read(), None) if arguments.file == "-" else read_bytes(path, pipes=True)
    if data is None:
        return _failed((problem or "").replace("not a score file", "not a text"), arguments)
    script = read_script(data, path)
    loaded = script.loaded
    if script.imported is None:
        for finding in loaded.findings:
            say(finding_text(str(path), finding, loaded.source, wants_colour(sys.stderr)))
    elif script.imported.guessed_encoding:
        say(f"{path} is not UTF-8; it was read as {script.imported.encoding}, which is a guess")
    if loaded.plan is None:
        problem = loaded.problem or f"{path}: the score has errors; nothing was analysed"
        return _failed(problem, arguments, loaded.findings)
    from engine.errors import MelodramaError
    from engine.models import Models
    from engine.pipeline import with_pictures
    from engine.text.arc import arc
    from engine.text.overrule import readings_of
    from engine.text.script import script_sentences
    from tui.cli.progress import Progress

    spoken = [replace(s, span=script.span(s.span, s.text)) for s in script_sentences(loaded.plan)]
    models = Models(arguments.device, arguments.weights, arguments.text_model)
    try:
        with Progress(quiet=arguments.quiet) as progress:
            progress.start(path.name)
            readings = readings_of(
                models.text,
                spoken,
                explain=not arguments.no_keywords,
                progress=lambda done, count: progress.show("reading", done, count),
                people=[character.name for character in loaded.plan.characters],
            )
            plan = with_pictures(loaded.plan, progress.show)
    except MelodramaError as error:
        return _failed(str(error), arguments, loaded.findings)
    for finding in plan.findings[len(loaded.plan.findings) :]:
        say(finding_text(str(path), finding, loaded.source, wants_colour(sys.stderr)))
    text = arc(readings, [(s.start_s + s.end_s) / 2 for s in spoken])
    points = _with_films(text, [s.cue for s in spoken], plan)
    if arguments.json:
        print_json(
            {
                "format": 1,
                "model": models.text.version,
                "sentences": [_sentence_json(s, r) for s, r in zip(spoken, readings, strict=True)],
                "arc": [
                    {"t_s": round(t, 4), "valence": round(v, 4), "arousal": round(a, 4)} for t, v, a in points
                ],
            }
        )
    else:
        _print_table(spoken, readings)
        _print_arc(points)
    return 0


def _with_films(text: "list[ArcPoint]", cues: "Sequence[int]", plan: "Plan") -> "list[ArcPoint]":
    """The arc of the text with the arousal of the films that its cues name; `cues` is each point's."""
    from engine.emotion.felt import pictured_arc

    if not any(cue.picture_arousal for cue in plan.cues):
        return text
    own: list[list[ArcPoint]] = [[] for _ in plan.cues]
    for index, point in zip(cues, text, strict=True):
        own[index].append(point)
    return [point for cue, points in zip(plan.cues, own, strict=True) for point in pictured_arc(points, cue)]


def _failed(problem: str, arguments: argparse.Namespace, findings: "Sequence[Finding]" = ()) -> int:
    say(f"melodrama analyze: {problem}")
    if arguments.json:
        print_failure(problem, findings)
    return 1


def _sentence_json(sentence: "ScriptSentence", reading: "Reading") -> dict[str, Any]:
    from dsl.plan_json import span_json

    return {
        "text": reading.text,
        "language": reading.language,
        "span": span_json(sentence.span),
        "polarity": reading.polarity,
        "intensity": round(reading.intensity, 4),
        "signed_intensity": round(reading.signed_intensity, 4),
        "valence": round(reading.valence, 4),
        "arousal": round(reading.arousal, 4),
        "dominance": round(reading.dominance, 4),
        "confidence": round(reading.confidence, 4),
        "emotions": {name: round(value, 4) for name, value in reading.emotions.items()},
        "keywords": [
            {"word": k.word, "pos": k.pos, "polarity": k.polarity, "weight": round(k.weight, 4)}
            for k in reading.keywords
        ],
        "feel": [
            {
                "words": one.words,
                "emotion": one.name,
                "intensity": one.intensity,
                "file": one.file,
                "line": one.span.line,
            }
            for one in reading.own
        ],
    }


def _print_table(spoken: "list[ScriptSentence]", readings: "list[Reading]") -> None:
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    from dsl.own_readings import place_of, said

    colour = wants_colour(sys.stdout)
    console = Console(no_color=not colour)
    if not sys.stdout.isatty():  # a file or a pipe is as wide as its lines
        console.width = max(console.width, _LEAST_PIPED)
    is_narrow = console.width < _NARROW
    table = Table(box=None, pad_edge=False, expand=False)
    # On a narrow screen the figures that say most, and every word.
    left = ("line", "val.", "aro.") if is_narrow else _FIGURES
    for heading in _FIGURES:
        if heading in left:
            wraps = heading == "emotions"
            table.add_column(
                heading,
                justify="left" if heading in ("polarity", "emotions") else "right",
                no_wrap=not wraps,
                max_width=28 if wraps else None,
                overflow="fold",
            )
    table.add_column("sentence", ratio=1, overflow="fold")
    colours = {"positive": "green", "negative": "red", "neutral": "dim"}
    for sentence, reading in zip(spoken, readings, strict=True):
        text = Text(reading.text)
        deciding = [keyword for keyword in reading.keywords if keyword.weight >= LEAST_WEIGHT]
        for keyword in deciding:
            text.highlight_words([keyword.word], f"bold {colours[keyword.polarity]}")
        if deciding and not colour and not reading.own:
            text.append(f"\n  words: {', '.join(map(_weighed, deciding))}")
        for own in reading.own:
            text.append(f"\n  your own reading: “{own.words}” {said(own)} ({place_of(own)})", "italic")
        top = sorted(reading.emotions.items(), key=lambda item: -item[1])[:2]
        cells: dict[str, str | Text] = {
            "line": str(sentence.span.line),
            "polarity": Text(reading.polarity, style=colours[reading.polarity]),
            "int.": f"{reading.intensity:.2f}",
            "val.": f"{reading.valence:+.2f}",
            "aro.": f"{reading.arousal:+.2f}",
            "sure": f"{reading.confidence:.2f}",
            "emotions": " ".join(f"{name} {value:.2f}" for name, value in top if value >= 0.2),
        }
        table.add_row(*(cell for heading, cell in cells.items() if heading in left), text)
    console.print(table)
    strange = [str(s.span.line) for s, r in zip(spoken, readings, strict=True) if _unknown(r)]
    if strange:
        shown = ", ".join(strange[:12]) + (" …" if len(strange) > 12 else "")
        print(f"\nneither Chinese nor English, read as well as can be: line {shown}")


def _weighed(keyword: "Keyword") -> str:
    """`绝望 −0.62`: a word, which way it pulls and how much."""
    sign = {"positive": "+", "negative": "−", "neutral": "±"}[keyword.polarity]
    return f"{keyword.word} {sign}{keyword.weight:.2f}"


def _unknown(reading: "Reading") -> bool:
    """Whether it is words of a language that the model did not learn."""
    from engine.text.segment import has_words, known_share

    return has_words(reading.text) and known_share(reading.text) < 0.5


def _print_arc(points: "list[tuple[float, float, float]]") -> None:
    """Valence and arousal over time in characters: v and a, × where they meet."""
    import shutil

    if len(points) < 2:
        return
    width = _ARC_WIDTH
    if sys.stdout.isatty():
        width = max(24, min(_ARC_WIDTH, shutil.get_terminal_size().columns - 5))
    first, last = points[0][0], points[-1][0]
    rows = [[" "] * width for _ in range(_ARC_HEIGHT)]
    rows[_ARC_HEIGHT // 2] = ["·"] * width
    for column in range(width):
        t_s = first + (last - first) * column / (width - 1)
        valence, arousal = _between(points, t_s)
        for value, mark in ((valence, "v"), (arousal, "a")):
            row = round((1 - (value + 1) / 2) * (_ARC_HEIGHT - 1))
            rows[row][column] = "×" if rows[row][column] in ("v", "a") else mark
    print()
    for index, cells in enumerate(rows):
        label = {0: "+1", _ARC_HEIGHT // 2: " 0", _ARC_HEIGHT - 1: "−1"}.get(index, "")
        print(f"{label:>3} {''.join(cells).rstrip()}")
    end = f"{last:.0f} s"
    print(f"    {first:.0f} s{end:>{width - cell_width(f'{first:.0f} s')}}   v valence · a arousal")


def _between(points: "list[tuple[float, float, float]]", t_s: float) -> tuple[float, float]:
    after = next((i for i, point in enumerate(points) if point[0] >= t_s), len(points) - 1)
    left, right = points[max(after - 1, 0)], points[after]
    share = (t_s - left[0]) / (right[0] - left[0]) if right[0] > left[0] else 1.0
    share = min(max(share, 0.0), 1.0)
    return left[1] + share * (right[1] - left[1]), left[2] + share * (right[2] - left[2])
