"""`melodrama new`: a score file to start from. Never overwrites what is there."""

import argparse
import shlex
import zlib
from pathlib import Path

from tui.cli.console import say
from tui.templates import TEMPLATES, begun


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("file", type=Path, metavar="FILE.score")
    listing = "; ".join(f"{name}: {what}" for name, what in TEMPLATES.items())
    parser.add_argument("--template", choices=TEMPLATES, default="story", help=f"{listing} (default story)")
    parser.add_argument("--title", help="the score's title (default: from the file name)")


def run(arguments: argparse.Namespace) -> int:
    path: Path = arguments.file
    if path.suffix != ".score":
        path = path.with_name(path.name + ".score")
    title = " ".join((arguments.title or path.stem.replace("-", " ").replace("_", " ")).split()) or "Untitled"
    # A title of its own gives a seed of its own: two new scores do not start with the same music.
    seed = zlib.crc32(title.encode("utf-8", "replace")) % 10_000
    text = begun(arguments.template, title, seed)
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with path.open("x", encoding="utf-8", newline="\n") as stream:
            stream.write(text)
    except FileExistsError:
        say(f"melodrama new: {path} exists; choose another name")
        return 1
    except OSError as error:
        say(f"melodrama new: cannot write {path}: {error.strerror or error}")
        return 1
    say(f"wrote {path}; next: melodrama render {shlex.quote(str(path))} -o out")
    return 0
