"""`melodrama match`: which of these MIDI and audio files suits a text best. A table, or JSON."""

import argparse
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from dsl.media_files import MIDI_FILES, SOUND_FILES
from tui.cli.console import print_failure, print_json, say
from tui.match_figure import shown_match

if TYPE_CHECKING:
    from collections.abc import Sequence

    from dsl.plan import Plan
    from engine.hear.library import Skipped, Suited
    from engine.models import Models
    from engine.progress import Progress
    from engine.taste.choices import TasteChoice
    from engine.text.reading import Reading


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "text",
        metavar="TEXT",
        help="a sentence, a score, or a text file that import understands; - reads stdin",
    )
    parser.add_argument(
        "files", nargs="+", type=Path, metavar="FILE", help="MIDI or audio files, or folders of them"
    )
    parser.add_argument("--top", type=int, metavar="N", help="show the N best only")
    parser.add_argument(
        "--liked",
        nargs="+",
        action="extend",
        type=Path,
        default=[],
        metavar="FILE",
        help="music that you like: it decides among files that suit nearly as well as the best",
    )
    parser.add_argument(
        "--remember", action="store_true", help="keep --liked in your taste, for the next time, too"
    )
    parser.add_argument(
        "--taste", type=Path, metavar="FILE", help="these choices instead of yours (see melodrama taste)"
    )
    parser.add_argument("--no-taste", action="store_true", help="by the feeling alone")
    parser.add_argument("--json", action="store_true", help="print the ranking as JSON")
    parser.add_argument("--quiet", action="store_true", help="no progress")
    parser.add_argument("--device", choices=("auto", "cpu", "cuda"), default="auto")
    parser.add_argument("--weights", help=argparse.SUPPRESS)


@dataclass(frozen=True, slots=True)
class Wanted:
    """What the text asks for: where it came from, mean valence and arousal, how many sentences were read."""

    source: str
    valence: float
    arousal: float
    sentences: int


def run(arguments: argparse.Namespace) -> int:
    files = _files(arguments.files)
    if not files:
        return _failed("no MIDI or audio files there", arguments)
    if arguments.no_taste and (arguments.taste or arguments.liked):
        say("melodrama match: --no-taste, but a taste is named; choose one of them")
        return 2
    from engine.errors import MelodramaError
    from engine.hear.audio_recogniser import AudioRecogniser
    from engine.hear.library import ranked
    from engine.models import Models
    from tui.cli.progress import Progress

    models = Models(arguments.device, arguments.weights)
    try:
        with Progress(quiet=arguments.quiet) as progress:
            progress.start("match")
            wanted = _wanted(arguments.text, models, progress.show)
            if isinstance(wanted, str):
                return _failed(wanted, arguments)
            choices = [] if arguments.no_taste else _choices(arguments.taste)
            found, skipped, made = ranked(
                (wanted.valence, wanted.arousal),
                files,
                lambda: models.recogniser,
                _once(AudioRecogniser.load),
                progress.show,
                choices,
                _files(arguments.liked),
            )
    except MelodramaError as error:
        return _failed(str(error), arguments)
    for one in skipped:
        say(f"melodrama match: left out: {one.reason}")
    for suited in found:
        for remark in suited.remarks:
            say(f"melodrama match: {suited.path}: {remark}")
    shown = found[: arguments.top] if arguments.top and arguments.top > 0 else found
    if arguments.remember:
        _remember(made)
    if arguments.json:
        print_json(_json(wanted, shown, skipped, len(choices)))
    elif found:
        if choices:
            say(f"melodrama match: by match and {len(choices)} choices of yours; --no-taste: by match alone")
        _print(wanted, shown)
    return 0 if found else 1


def _failed(problem: str, arguments: argparse.Namespace) -> int:
    say(f"melodrama match: {problem}")
    if arguments.json:
        print_failure(problem)
    return 1


def _once(load: Any) -> Any:
    """A loader that loads once."""
    from functools import cache

    return cache(lambda: load())


def _choices(named: Path | None) -> "list[TasteChoice]":
    """The choices to learn from: those of the file that is named, else the person's own, where choices may
    be learnt from. Raises MelodramaError."""
    from engine.taste.record import load_record
    from tui.settings import load_settings
    from tui.taste_file import read_taste_file, taste_path

    if named is not None:
        return list(load_record(named).choices)
    settings, problems = load_settings()
    for problem in problems:
        say(f"melodrama match: {problem}")
    if not settings.learn:
        return []
    path = taste_path()
    record = read_taste_file(path)
    if record.problem:
        say(f"melodrama match: {path} {record.problem}; nothing is learnt from it")
    return list(record.choices)


def _remember(made: "Sequence[TasteChoice]") -> None:
    """Keep what is liked with the person's choices; what was kept before is not kept twice."""
    from engine.errors import MelodramaError
    from engine.taste.record import TasteRecord
    from tui.settings import load_settings
    from tui.taste_file import import_choices, taste_path

    if not load_settings()[0].learn:
        say("melodrama match: [taste] learn = false in the settings, so nothing is remembered")
        return
    try:
        count = import_choices(taste_path(), TasteRecord(tuple(made)))
        say(f"melodrama match: {count} choices remembered in {taste_path()}")
    except MelodramaError as error:
        say(f"melodrama match: not remembered: {error}")


def _files(paths: list[Path]) -> list[Path]:
    """Files as named, folders as the media in them, in the order of names."""
    found: dict[Path, None] = {}
    for path in paths:
        if path.is_dir():
            inside = (
                p for p in path.rglob("*") if p.suffix.lower() in (*MIDI_FILES, *SOUND_FILES) and p.is_file()
            )
            found.update(dict.fromkeys(sorted(inside)))
        else:
            found[path] = None
    return list(found)


def _wanted(text: str, models: "Models", progress: "Progress") -> Wanted | str:
    """The feeling of the text, or the sentence that says why there is none."""
    if text != "-" and not _is_path(text):
        return _of_words("text", text, models)
    from dsl.incoming import read_script
    from dsl.score_file import read_bytes

    path = Path("stdin" if text == "-" else text)
    data, problem = (sys.stdin.buffer.read(), None) if text == "-" else read_bytes(path, pipes=True)
    if data is None:
        return (problem or "").replace("not a score file", "not a text")
    script = read_script(data, path)
    plan = script.loaded.plan
    if plan is None:
        return script.loaded.problem or f"{path} has errors; melodrama check {path} tells them"
    if script.imported is None:
        return _of_score(text if text != "-" else "stdin", plan, models, progress)
    if script.imported.guessed_encoding:
        say(f"{path} is not UTF-8; it was read as {script.imported.encoding}, which is a guess")
    from engine.text.overrule import readings_of
    from engine.text.script import script_sentences
    from engine.text.segment import has_words

    spoken = [sentence for sentence in script_sentences(plan) if has_words(sentence.text)]
    if not spoken:
        return f"{path} holds no words"
    return _mean(str(path), readings_of(models.text, spoken, people=[one.name for one in plan.characters]))


def _is_path(text: str) -> bool:
    """Whether it names a file rather than saying something: by its ending, or because there is one."""
    from dsl.importers.formats import SUFFIXES, named

    if len(text) > 1000 or "\n" in text:
        return False
    suffix = Path(text).suffix.lower()
    if suffix == ".score" or suffix in SUFFIXES or (named(text) is not None and " " not in suffix):
        return True
    try:
        return Path(text).exists() and not Path(text).is_dir()
    except OSError:
        return False


def _of_words(source: str, words: str, models: "Models") -> Wanted | str:
    from engine.text.segment import has_words
    from engine.text.sentences import split_sentences

    lines = [line for line in words.splitlines() if line.strip()]
    texts = [text for line in lines for text in split_sentences(line) if has_words(text)]
    return _mean(source, models.text.read(texts)) if texts else f"{source} holds no words"


def _mean(source: str, readings: "Sequence[Reading]") -> Wanted:
    """The readings' mean, longer sentences counting for more."""
    weights = [len(reading.text) for reading in readings]
    total = sum(weights)
    valence = sum(r.valence * w for r, w in zip(readings, weights, strict=True)) / total
    arousal = sum(r.arousal * w for r, w in zip(readings, weights, strict=True)) / total
    return Wanted(source, valence, arousal, len(readings))


def _of_score(source: str, plan: "Plan", models: "Models", progress: "Progress") -> Wanted:
    """A score is asked for as it would be scored: with its directives and its film, over its time."""
    from engine.music.mapping import cue_emotion
    from engine.pipeline import analyse, curves_of, with_pictures

    told = len(plan.findings)
    plan = with_pictures(plan, progress)
    for finding in plan.findings[told:]:
        say(f"melodrama match: {finding.message}")
    spoken = analyse(plan, models)
    curves = curves_of(plan, spoken)
    cues = [(cue.duration_s, *cue_emotion(cue, c.at)) for cue, c in zip(plan.cues, curves, strict=True)]
    total = sum(length for length, _, _ in cues) or 1.0
    valence = sum(length * v for length, v, _ in cues) / total
    arousal = sum(length * a for length, _, a in cues) / total
    return Wanted(source, valence, arousal, len(spoken))


def _json(
    wanted: Wanted, found: "tuple[Suited, ...]", skipped: "tuple[Skipped, ...]", choices: int
) -> dict[str, Any]:
    return {
        "format": 1,
        "text": wanted.source,
        "choices": choices,
        "target": {"valence": round(wanted.valence, 4), "arousal": round(wanted.arousal, 4)},
        "matches": [
            {
                "path": str(one.path),
                "kind": one.kind,
                "match": round(one.match, 4),
                "heard": {"valence": round(one.valence, 4), "arousal": round(one.arousal, 4)},
                "confidence": round(one.confidence, 4),
                "duration_s": round(one.duration_s, 3),
                "remarks": list(one.remarks),
                "liking": one.lift,
            }
            for one in found
        ],
        "skipped": [{"path": str(one.path), "reason": one.reason} for one in skipped],
    }


def _print(wanted: Wanted, found: "tuple[Suited, ...]") -> None:
    print(f"{wanted.source} asks for valence {wanted.valence:+.2f}, arousal {wanted.arousal:+.2f}\n")
    tasted = any(one.lift is not None for one in found)
    print(f"match  {'liked  ' if tasted else ''}valence  arousal  sure  length  file")
    for one in found:
        liked = f"{one.lift or 0.0:+5.2f}  " if tasted else ""
        minutes = f"{int(one.duration_s) // 60}:{int(one.duration_s) % 60:02d}"
        feeling = f"{one.valence:+7.2f}  {one.arousal:+7.2f}  {one.confidence:4.2f}"
        print(f"{shown_match(one.match):5.2f}  {liked}{feeling}  {minutes:>6}  {one.path}")
