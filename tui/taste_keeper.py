"""Choices on their way to the file, in a thread of their own: no key waits for a disk. No screen.

What cannot be written now is tried again with the next choice; why is said once.
"""

import queue
import threading
from collections.abc import Callable

from engine.errors import MelodramaError
from engine.taste.choices import TasteChoice

_MOST = 500
"""Choices that wait for a file that cannot be written; beyond these the oldest go."""


class TasteKeeper:
    """`tell` is called, from the thread, with a line for the person."""

    def __init__(self, tell: Callable[[str], None]) -> None:
        self._tell = tell
        self._queue: queue.SimpleQueue[TasteChoice | None] = queue.SimpleQueue()
        self._thread: threading.Thread | None = None
        self._is_told = False

    def keep(self, choice: TasteChoice) -> None:
        """Write a choice as soon as may be."""
        if self._thread is None:
            self._thread = threading.Thread(target=self._run, name="melodrama-taste", daemon=True)
            self._thread.start()
        self._queue.put(choice)

    def close(self, wait_s: float = 1.0) -> None:
        """Write what waits, for so long at most."""
        if self._thread is not None:
            self._queue.put(None)
            self._thread.join(wait_s)

    def _run(self) -> None:
        waiting: list[TasteChoice] = []
        while (choice := self._queue.get()) is not None:
            waiting = [*waiting, choice][-_MOST:]
            if self._write(waiting):
                waiting = []
        if waiting:
            self._write(waiting)

    def _write(self, choices: list[TasteChoice]) -> bool:
        # Deferred with numpy: nothing is chosen in the first moments.
        from tui.taste_file import remember, taste_path

        try:
            done = remember(taste_path(), choices)
        except MelodramaError as error:
            if not self._is_told:
                self._tell(f"what you choose is not remembered: {error}")
            self._is_told = True
            return False
        self._is_told = False
        if done.is_new:
            self._tell(
                f"which takes you keep is remembered in {done.path}, no word of the script; "
                "[taste] learn = false in the settings ends it"
            )
        return True
