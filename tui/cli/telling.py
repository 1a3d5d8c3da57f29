"""Lines for the person at the terminal, said by a thread of their own: whoever does not read them (a game
that keeps stderr in a pipe) holds up nothing.
"""

import os
import queue
import sys
import threading
from typing import TextIO

_MOST_WAITING = 200
_LAST_S = 1.0
"""How long the last lines may take."""


class Telling:
    """Says lines in the order in which they come; more than may wait are left out."""

    def __init__(self) -> None:
        self._stream = _own_stderr()
        self._lines: queue.Queue[str | None] = queue.Queue(_MOST_WAITING)
        self._thread = threading.Thread(target=self._run, name="melodrama-telling", daemon=True)
        self._thread.start()

    def __call__(self, line: str) -> None:
        """Returns at once."""
        try:
            self._lines.put_nowait(line)
        except queue.Full:
            return

    def close(self) -> None:
        """Waits for what has not been said yet, a moment at the most."""
        try:
            self._lines.put(None, timeout=_LAST_S)
        except queue.Full:
            return
        self._thread.join(_LAST_S)

    def _run(self) -> None:
        while (line := self._lines.get()) is not None:
            try:
                print(line, file=self._stream, flush=True)
            except (OSError, ValueError):  # nobody listens any more
                continue


def _own_stderr() -> TextIO:
    """Stderr by a number of its own: the other is turned away while libraries complain
    (`engine.live.midi_ports`)."""
    stream: TextIO = sys.stderr
    if stream is not sys.__stderr__:
        return stream
    return open(os.dup(stream.fileno()), "w", encoding="utf-8", errors="backslashreplace")
