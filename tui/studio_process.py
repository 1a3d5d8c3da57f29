"""The studio in a process of its own: `python -m tui.studio_process`, requests on stdin, answers on stdout.

The app starts it (`tui.distant_studio`), so that nothing the models do can hold up a key: composing keeps
Python's interpreter busy for seconds, and a text of many lines the processor for longer. It ends when the app
does.

Requests are (number, name, arguments) and get exactly one answer, (number, "done", result) or (number,
"failed", exception), after any count of (number, "told", words). Work runs at once, each request in a thread;
(number, "stop", ()) asks it to give up, then its answer is a failure with `Superseded`.
"""

import os
import pickle
import signal
import sys
import threading
from collections import OrderedDict
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any, BinaryIO

from dsl.check import check_source
from dsl.planner import plan_document
from engine.errors import MelodramaError
from tui.distant_studio import REMEMBERED, Forgotten, packed
from tui.memory import return_large_blocks
from tui.studio import Announce, Asked, GoOn, Studio
from tui.studio_channel import receive, send

if TYPE_CHECKING:
    from dsl.syntax import Document
    from engine.composition import Composition

_GIVE_WAY = 5
"""Added to this process's niceness: keys, screen and sound come first."""


class Service:
    """Serves one app until its requests end."""

    def __init__(self, studio: Studio, requests: BinaryIO, answers: BinaryIO) -> None:
        self._studio, self._requests, self._answers = studio, requests, answers
        self._writing = threading.Lock()
        self._stopped: dict[int, threading.Event] = {}
        self._planning = threading.Lock()
        self._document: Document | None = None
        self._compositions: OrderedDict[int, Composition] = OrderedDict()
        """By the number of the request that asked for them, so that they need not come back to be played."""

    def serve(self) -> None:
        while True:
            try:
                number, name, arguments = receive(self._requests)
            except EOFError:
                return
            if name == "stop":
                found = self._stopped.get(number)
                if found is not None:
                    found.set()
                continue
            stopped = self._stopped[number] = threading.Event()
            threading.Thread(
                target=self._answer, args=(number, name, arguments, stopped), daemon=True
            ).start()

    def _answer(self, number: int, name: str, arguments: tuple[Any, ...], stopped: threading.Event) -> None:
        work: Callable[..., Any] = getattr(self, f"_{name}")
        try:
            self._say(number, "done", work(number, lambda: not stopped.is_set(), *arguments))
        except Exception as error:  # whatever it is, the app tells it and the text stays editable
            self._say(number, "failed", portable(error))
        finally:
            del self._stopped[number]

    def _say(self, number: int, kind: str, what: object) -> None:
        try:
            send(self._answers, self._writing, (number, kind, what))
        except OSError:
            os._exit(0)  # nobody listens any more

    def _announce(self, number: int) -> Announce:
        last = ""

        def announce(words: str) -> None:
            nonlocal last
            if words != last:
                last = words
                self._say(number, "told", words)

        return announce

    # -------------------------------------------------------------------------------------- what is asked for

    def _load(self, number: int, go_on: GoOn) -> str | None:
        return self._studio.load()

    def _analyse(self, number: int, go_on: GoOn, *written: Any) -> list[Any]:
        return [packed(curve) for curve in self._studio.analyse(self._asked(*written), go_on).curves]

    def _explain(
        self, number: int, go_on: GoOn, text: str, folder: Path, takes: dict[str, int], line: int
    ) -> Any:
        return self._studio.explain(self._asked(text, folder, takes), line, go_on)

    def _compose(
        self, number: int, go_on: GoOn, text: str, folder: Path, takes: dict[str, int], more_takes: int
    ) -> "Composition":
        asked = self._asked(text, folder, takes)
        made = self._studio.compose(asked, go_on, self._announce(number), more_takes)
        self._compositions[number] = made
        while len(self._compositions) > REMEMBERED:
            self._compositions.popitem(last=False)
        return made

    def _sound(self, number: int, go_on: GoOn, made: "int | Composition") -> Any:
        return self._studio.sound(self._known(made), go_on, self._announce(number))

    def _render(self, number: int, go_on: GoOn, made: "int | Composition", target: Any) -> Any:
        return self._studio.render(self._known(made), target, go_on, self._announce(number))

    def _asked(self, text: str, folder: Path, takes: dict[str, int]) -> Asked:
        """The script planned as the app has planned it, with what it includes as that stands now.

        Lines that stood in the text before are not parsed again.
        """
        with self._planning:
            self._document = check_source(text, folder, self._document).document
            return Asked(plan_document(self._document, folder), text, folder, takes)

    def _known(self, made: "int | Composition") -> "Composition":
        if not isinstance(made, int):
            return made
        found = self._compositions.get(made)
        if found is None:
            raise Forgotten
        return found


def portable(error: Exception) -> Exception:
    """The error itself where it survives the way through a pipe, else its words."""
    try:
        pickle.loads(pickle.dumps(error))
    except Exception:
        return MelodramaError(str(error) or type(error).__name__)
    return error


def main() -> int:
    answers = os.fdopen(os.dup(1), "wb")
    # What a library prints must neither garble the answers nor run across the writer's screen.
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, 1)
    os.dup2(nowhere, 2)
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # ^C in the terminal is the app's to handle
    if hasattr(os, "nice"):
        os.nice(_GIVE_WAY)
    return_large_blocks()
    settings, weights = receive(sys.stdin.buffer)
    Service(Studio(settings, weights), sys.stdin.buffer, answers).serve()
    answers.flush()
    os._exit(0)  # not waiting for threads whose work nobody wants any more


if __name__ == "__main__":
    raise SystemExit(main())
