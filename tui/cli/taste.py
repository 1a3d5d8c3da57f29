"""`melodrama taste`: what was learnt from what you keep, in words and bars; exported, imported, forgotten."""

import argparse
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from tui.cli.console import cell_width, print_failure, print_json, say
from tui.locale_language import language_of_locale

if TYPE_CHECKING:
    from collections.abc import Sequence

    from engine.taste.record import TasteRecord
    from engine.taste.words import Language, Leaning

_BAR = "▏▎▍▌▋▊▉█"
_CELLS = 16
_FULL = 1.5
"""The effect, in log odds a standard deviation, of a full bar."""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    what = parser.add_mutually_exclusive_group()
    what.add_argument("--forget", action="store_true", help="delete what was remembered, all of it")
    what.add_argument(
        "--export",
        type=Path,
        metavar="FILE",
        help="write the choices to FILE, for render --taste or a friend",
    )
    what.add_argument(
        "--import",
        type=Path,
        metavar="FILE",
        dest="source",
        help="add the choices of FILE to yours; those already there are not counted twice",
    )
    parser.add_argument(
        "--file", type=Path, metavar="FILE", help="look at this file of choices instead of yours"
    )
    parser.add_argument("--language", choices=("en", "zh"), help="of the words (default: your locale's)")
    parser.add_argument("--json", action="store_true", help="print what was learnt as JSON")


def run(arguments: argparse.Namespace) -> int:
    from engine.errors import MelodramaError

    try:
        return _run(arguments)
    except MelodramaError as error:
        say(f"melodrama taste: {error}")
        if arguments.json:
            print_failure(str(error))
        return 1


def _run(arguments: argparse.Namespace) -> int:
    from engine.taste.record import load_record
    from tui.taste_file import export_choices, forget, import_choices, read_taste_file, taste_path

    path = arguments.file or taste_path()
    if arguments.forget:
        if arguments.file is not None and path.exists():
            load_record(path)  # raises for a file that holds no choices: it is not ours to delete
        say(f"forgotten: {path} is deleted" if forget(path) else f"there is nothing to forget in {path}")
        return 0
    if arguments.source is not None:
        count = import_choices(path, load_record(arguments.source))
        say(f"{count} choice{'' if count == 1 else 's'} of {arguments.source} added to {path}")
    record = load_record(path) if arguments.file is not None else read_taste_file(path)
    for problem in _problems(path, record):
        say(f"melodrama taste: {problem}")
    if arguments.export is not None:
        if not record.choices:
            say(f"melodrama taste: there is nothing to export in {path}")
            return 1
        if arguments.export.is_file() and arguments.export.stat().st_size:
            load_record(arguments.export)  # raises for a file of something else: it is not written over
        export_choices(arguments.export, record)
        say(f"{arguments.export}: {len(record.choices)} choices")
        return 0
    language = arguments.language or language_of_locale()
    if arguments.json:
        print_json(_json(path, record))
    elif arguments.source is None:
        _print(path, record, language)
    return 1 if record.problem else 0


def _problems(path: Path, record: "TasteRecord") -> list[str]:
    found = []
    if record.problem:
        found.append(f"{path} {record.problem}; it is left as it is")
    if record.damaged and record.choices:
        lines = "1 line" if record.damaged == 1 else f"{record.damaged} lines"
        found.append(
            f"{lines} of {path} cannot be read and {'is' if record.damaged == 1 else 'are'} passed over"
        )
    return found


def _json(path: Path, record: "TasteRecord") -> dict[str, Any]:
    from collections import Counter

    from engine.taste.model import learnt_from
    from engine.taste.words import leanings

    taste = learnt_from(record.choices)
    return {
        "format": 1,
        "file": str(path),
        "choices": len(record.choices),
        "kinds": dict(sorted(Counter(choice.kind for choice in record.choices).items())),
        "teaching": taste.choices,
        "damaged": record.damaged,
        "confidence": round(taste.is_any, 4),
        "learnt": [
            {
                "trait": one.trait,
                "feeling": one.feeling,
                "style": one.style,
                "effect": round(one.effect, 4),
                "confidence": round(one.sure, 4),
                "words": {"en": one.words("en"), "zh": one.words("zh")},
            }
            for one in leanings(taste, record.choices)
        ],
    }


def _print(path: Path, record: "TasteRecord", language: "Language") -> None:
    from engine.taste.model import learnt_from
    from engine.taste.words import leanings, told_kinds

    zh = language == "zh"
    if not record.choices:
        if not record.problem:
            print("还没有记下任何选择" if zh else "no choices are remembered yet")
        return
    taste = learnt_from(record.choices)
    since = _since(record)
    count, kinds = len(record.choices), told_kinds(record.choices, language)
    if zh:
        print(f"{count} 次选择（{kinds}）{f'，自 {since} 起' if since else ''}，见 {path}")
        print(f"其中有偏好可循的把握：{taste.is_any:.0%}\n")
    else:
        plural = "" if count == 1 else "s"
        print(f"{count} choice{plural} ({kinds}){f' since {since}' if since else ''}, in {path}")
        print(f"how sure it is that they follow a taste: {taste.is_any:.0%}\n")
    found = leanings(taste, record.choices)
    if not found:
        print(
            "还说不准喜欢什么；再多选几次"
            if zh
            else "nothing can be said for sure yet; a few more choices, please"
        )
        return
    _bars(found, language)


def _bars(found: "Sequence[Leaning]", language: "Language") -> None:
    words = [one.words(language) for one in found]
    width = max(map(cell_width, words))
    sure = "把握" if language == "zh" else "sure"
    for one, text in zip(found, words, strict=True):
        eighths = max(1, round(min(abs(one.effect) / _FULL, 1.0) * _CELLS * 8))
        whole, rest = divmod(eighths, 8)
        bar = "█" * whole + (_BAR[rest - 1] if rest else "")
        print(f"{text}{' ' * (width - cell_width(text))}  {bar:<{_CELLS}}  {sure} {one.sure:.0%}")


def _since(record: "TasteRecord") -> str:
    """The day of the earliest choice; nothing where clocks said what cannot be."""
    known = [choice.t_s for choice in record.choices if choice.t_s > 1_600_000_000]
    try:
        return datetime.fromtimestamp(min(known), UTC).date().isoformat() if known else ""
    except (OverflowError, OSError, ValueError):
        return ""
