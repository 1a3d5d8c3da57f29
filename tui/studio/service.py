"""The studio in a process of its own: `python -m tui.studio.service`, requests on stdin, answers on stdout.

The app starts it (`tui.studio.distant`), so that nothing the models do can hold up a key: composing keeps
Python's interpreter busy for seconds, and a text of many lines the processor for longer. It ends when the app
does.

A request has a number, a name and a question; it gets exactly one answer of that number, `done` with the
result or `failed` with the error, after any count of `doing`. Work runs at once, each request in a thread;
`stop` asks it to give up, then its answer is a failure with `Superseded`. Which question goes with which name
is told by the methods below.
"""

import os
import signal
import sys
import threading
from collections import OrderedDict
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, BinaryIO

from dsl.score_file import plan_text
from engine.speech.listening import listen
from tui.large_blocks import return_large_blocks
from tui.studio.calls import DOING, DONE, FAILED, STOP, Beginning, Forgotten, Script, failure
from tui.studio.channel import Message, receive, send
from tui.studio.distant import REMEMBERED
from tui.studio.near import NearStudio
from tui.studio.protocol import Announce, Asked, GoOn, Studio

if TYPE_CHECKING:
    from dsl.syntax import Document
    from engine.composition import Composition
    from engine.live.passage import PassageWriter

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
        self._live_writer: PassageWriter | None = None
        self._work: dict[str, Callable[[Message, GoOn], object]] = {
            "load": self._load,
            "analyse": self._analyse,
            "look": self._look,
            "explain": self._explain,
            "compose": self._compose,
            "sound": self._sound,
            "render": self._render,
            "live": self._live,
            "live_read": self._live_read,
            "live_write": self._live_write,
        }

    def serve(self) -> None:
        """Answer until the requests end. Raises ValueError for what is no message."""
        while True:
            try:
                message = receive(self._requests)
            except EOFError:
                return
            if message.name == STOP:
                found = self._stopped.get(message.number)
                if found is not None:
                    found.set()
                continue
            stopped = self._stopped[message.number] = threading.Event()
            threading.Thread(target=self._answer, args=(message, stopped), daemon=True).start()

    def _answer(self, message: Message, stopped: threading.Event) -> None:
        number = message.number
        try:
            self._say(number, DONE, self._work[message.name](message, lambda: not stopped.is_set()))
        except Exception as error:  # whatever it is, the app tells it and the text stays editable
            self._say(number, FAILED, failure(error))
        finally:
            del self._stopped[number]

    def _say(self, number: int, kind: str, value: object) -> None:
        try:
            send(self._answers, self._writing, number, kind, value)
        except OSError:
            os._exit(0)  # nobody listens any more

    def _announce(self, number: int) -> Announce:
        last = ""

        def announce(words: str) -> None:
            nonlocal last
            if words != last:
                last = words
                self._say(number, DOING, words)

        return announce

    # -------------------------------------------------------------------------------------- what is asked for

    def _load(self, message: Message, go_on: GoOn) -> object:
        return self._studio.load()

    def _analyse(self, message: Message, go_on: GoOn) -> object:
        read = self._studio.analyse(self._asked(message.read(Script)), go_on)
        return read.curves, read.findings, read.awaits_film

    def _look(self, message: Message, go_on: GoOn) -> object:
        self._studio.look(self._asked(message.read(Script)), go_on, self._announce(message.number))
        return None

    def _explain(self, message: Message, go_on: GoOn) -> object:
        script, line = message.read(tuple[Script, int])
        return self._studio.explain(self._asked(script), line, go_on)

    def _compose(self, message: Message, go_on: GoOn) -> object:
        script, more_takes = message.read(tuple[Script, int])
        made = self._studio.compose(self._asked(script), go_on, self._announce(message.number), more_takes)
        self._compositions[message.number] = made
        while len(self._compositions) > REMEMBERED:
            self._compositions.popitem(last=False)
        return made

    def _sound(self, message: Message, go_on: GoOn) -> object:
        from engine.composition import Composition

        kind: Any = tuple[int | Composition, None]
        made = self._known(message.read(kind)[0])
        return self._studio.sound(made, go_on, self._announce(message.number))

    def _render(self, message: Message, go_on: GoOn) -> object:
        from engine.composition import Composition
        from engine.render.export import Target

        kind: Any = tuple[int | Composition, Target]
        made, target = message.read(kind)
        return self._studio.render(self._known(made), target, go_on, self._announce(message.number))

    def _live(self, message: Message, go_on: GoOn) -> object:
        self._live_writer = self._studio.live_writer(self._asked(message.read(Script)))
        return None

    def _live_read(self, message: Message, go_on: GoOn) -> object:
        return self._following().read(message.read(tuple[str, ...]))

    def _live_write(self, message: Message, go_on: GoOn) -> object:
        from engine.live.passage import PassageOrder

        return self._following().write(message.read(PassageOrder))

    def _following(self) -> "PassageWriter":
        if self._live_writer is None:
            raise Forgotten
        return self._live_writer

    def _asked(self, script: Script) -> Asked:
        """The script planned as the app has planned it, with what it includes as that stands now.

        Lines that stood in the text before are not parsed again.
        """
        with self._planning:
            planned = plan_text(script.text, script.folder, self._document, listen=listen)
            self._document = planned.document
            return Asked(planned.draft, script.text, script.folder, script.takes, script.steer)

    def _known(self, made: "int | Composition") -> "Composition":
        if not isinstance(made, int):
            return made
        found = self._compositions.get(made)
        if found is None:
            raise Forgotten
        return found


def main() -> int:
    """Serve the app at the other end of stdin and stdout until it ends."""
    answers = os.fdopen(os.dup(1), "wb")
    # What a library prints must neither garble the answers nor run across the writer's screen.
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, 1)
    os.dup2(nowhere, 2)
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # ^C in the terminal is the app's to handle
    if hasattr(os, "nice"):
        os.nice(_GIVE_WAY)
    return_large_blocks()
    beginning = receive(sys.stdin.buffer).read(Beginning)
    studio = NearStudio(beginning.settings, beginning.weights)
    Service(studio, sys.stdin.buffer, answers).serve()
    answers.flush()
    os._exit(0)  # not waiting for threads whose work nobody wants any more


if __name__ == "__main__":
    raise SystemExit(main())
