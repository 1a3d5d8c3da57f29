"""`render --watch`: scores are rendered again whenever they, or the files they name, change. Ctrl-C ends
it."""

import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from tui.cli.console import say

POLL_S = 0.3
Stamp = tuple[tuple[str, int, int], ...]


def watch(
    paths: Sequence[Path], render: Callable[[Path], Any], wait: Callable[[float], None] = time.sleep
) -> None:
    """Call `render` for each score that changed, for ever. A change counts once the file has come to rest."""
    from dsl.named_files import named_files
    from dsl.score_file import read_bytes

    def stamp(path: Path) -> Stamp:
        data, _ = read_bytes(path)
        return tuple(_stamp(p) for p in (path, *(named_files(data, path.parent) if data is not None else ())))

    rendered = {path: stamp(path) for path in paths}
    resting = dict(rendered)
    say(f"watching {len(paths)} score{'s' if len(paths) > 1 else ''}; Ctrl-C ends")
    while True:
        wait(POLL_S)
        for path in paths:
            now = stamp(path)
            # An editor may be halfway through writing: what changed since the last look is left for the next.
            if now != rendered[path] and now == resting[path] and path.exists():
                rendered[path] = now
                render(path)
            resting[path] = now


def _stamp(path: Path) -> tuple[str, int, int]:
    try:
        status = path.stat()
    except OSError:
        return str(path), -1, -1
    return str(path), status.st_size, status.st_mtime_ns
