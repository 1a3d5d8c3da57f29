"""A studio in a process of its own (`tui.studio.service`): whoever asks waits in a thread of theirs. Should
that process die, the next request starts another; the text is here."""

import queue
import subprocess
import threading
from collections import OrderedDict
from contextlib import suppress
from dataclasses import dataclass, field
from itertools import count
from typing import TYPE_CHECKING, Any, BinaryIO, TypeVar, cast

from typing_extensions import override

from dsl.diagnostics import Finding
from engine.child_python import child_environment, child_python
from engine.errors import MelodramaError
from tui.settings import Settings
from tui.studio.calls import DONE, FAILED, STOP, Beginning, Failure, Forgotten, Script, raised
from tui.studio.channel import Message, receive, send
from tui.studio.protocol import Analysed, Announce, Asked, GoOn, Studio, Superseded, one_line

if TYPE_CHECKING:
    from engine.composition import Composition
    from engine.live.passage import FeltPoint, LivePassage, PassageOrder, PassageWriter
    from engine.render.export import Target
    from engine.render.pieces import Sounding
    from engine.report import FileReport
    from tui.line_reading import LineReading

REMEMBERED = 3
"""Compositions that both sides keep, so that one need not go back to be played."""
_ASK_S = 0.02
"""How often a waiting thread asks whether the result is still wanted."""

Result = TypeVar("Result")


class StudioGone(MelodramaError):
    """The process that makes the music ended in the middle of something."""


class StudioProcess:
    """A running process and the requests under way in it."""

    def __init__(self, beginning: Beginning) -> None:
        self._process = subprocess.Popen(
            child_python("-m", "tui.studio.service"),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            env=child_environment(),
        )
        self._requests = cast(BinaryIO, self._process.stdin)
        self._answers = cast(BinaryIO, self._process.stdout)
        self._numbers = count(1)
        self._writing = threading.Lock()
        self._waiting: dict[int, queue.SimpleQueue[Message]] = {}
        self.compositions: OrderedDict[int, Composition] = OrderedDict()
        """By the number of the request that made them; the process knows them too."""
        self._send(0, "begin", beginning)
        threading.Thread(target=self._listen, name="melodrama-studio", daemon=True).start()

    @property
    def pid(self) -> int:
        """The system's number of the process."""
        return self._process.pid

    @property
    def is_alive(self) -> bool:
        """Whether it still runs."""
        return self._process.poll() is None

    def ask(
        self, name: str, question: object, kind: type[Result], go_on: GoOn, announce: Announce | None = None
    ) -> tuple[int, Result]:
        """(number of the request, result). Raises what the request raised, Superseded, StudioGone."""
        number = next(self._numbers)
        answers = self._waiting[number] = queue.SimpleQueue[Message]()
        try:
            self._send(number, name, question)
            while True:
                try:
                    answer = answers.get(timeout=_ASK_S)
                except queue.Empty:
                    if not go_on():
                        self._send(number, STOP, None)
                        raise Superseded from None
                    if not self.is_alive and answers.empty():
                        raise StudioGone(self._farewell()) from None
                    continue
                if answer.name == DONE:
                    return number, _read(answer, kind)
                if answer.name == FAILED:
                    raise raised(_read(answer, Failure))
                if announce is not None:
                    announce(_read(answer, str))
        finally:
            del self._waiting[number]

    def keep(self, number: int, composition: "Composition") -> None:
        """Know a composition by the number of the request that made it, as the process does."""
        self.compositions[number] = composition
        while len(self.compositions) > REMEMBERED:
            self.compositions.popitem(last=False)

    def close(self) -> None:
        """End it now. Whoever still waits is told that it is gone."""
        self._process.kill()
        with self._writing, suppress(OSError):
            self._requests.close()
        self._process.wait()

    def _send(self, number: int, name: str, value: object) -> None:
        try:
            send(self._requests, self._writing, number, name, value)
        except (OSError, ValueError) as error:  # ValueError: the pipe has been closed
            raise StudioGone(self._farewell()) from error

    def _listen(self) -> None:
        while True:
            try:
                message = receive(self._answers)
            except (EOFError, OSError, ValueError, MemoryError):
                # Its end, or no message: whoever waits learns that it is gone.
                self._process.kill()
                return
            waiting = self._waiting.get(message.number)
            if waiting is not None:
                waiting.put(message)

    def _farewell(self) -> str:
        code = self._process.poll()
        why = f"signal {-code}" if code is not None and code < 0 else f"status {code}"
        return f"the process that makes the music ended ({why}); it starts anew with the next change"


@dataclass(slots=True)
class DistantStudio(Studio):
    """A studio whose models live in another process. Raises StudioGone where that ends, besides what a studio
    raises."""

    settings: Settings
    weights: str | None = None
    problem: str | None = None
    _process: StudioProcess | None = None
    _starting: threading.Lock = field(default_factory=threading.Lock)
    _is_loaded: bool = False
    _is_closed: bool = False

    @property
    @override
    def is_loaded(self) -> bool:
        return self._is_loaded

    @override
    def load(self) -> str | None:
        try:
            kind: Any = str | None
            self.problem = self._running().ask("load", None, kind, _always)[1]
        except Exception as error:  # the text must stay editable
            self.problem = one_line(error)
        self._is_loaded = self.problem is None
        return self.problem

    @override
    def analyse(self, asked: Asked, go_on: GoOn) -> Analysed:
        from engine.emotion.curve import FeltCurve

        kind: Any = tuple[tuple[FeltCurve, ...], tuple[Finding, ...], bool]
        return Analysed(*self._running().ask("analyse", _script(asked), kind, go_on)[1])

    @override
    def look(self, asked: Asked, go_on: GoOn, announce: Announce | None = None) -> None:
        nothing: Any = None
        self._running().ask("look", _script(asked), nothing, go_on, announce)

    @override
    def explain(self, asked: Asked, line: int, go_on: GoOn) -> "tuple[LineReading, ...]":
        from tui.line_reading import LineReading

        question = (_script(asked), line)
        return self._running().ask("explain", question, tuple[LineReading, ...], go_on)[1]

    @override
    def compose(
        self, asked: Asked, go_on: GoOn, announce: Announce | None = None, more_takes: int = 0
    ) -> "Composition":
        from engine.composition import Composition

        process = self._running()
        number, made = process.ask("compose", (_script(asked), more_takes), Composition, go_on, announce)
        process.keep(number, made)
        return made

    @override
    def sound(self, composition: "Composition", go_on: GoOn, announce: Announce | None = None) -> "Sounding":
        from engine.render.pieces import Sounding

        return self._of("sound", composition, None, Sounding, go_on, announce)

    @override
    def render(
        self, composition: "Composition", target: "Target", go_on: GoOn, announce: Announce | None = None
    ) -> "tuple[FileReport, ...]":
        from engine.report import FileReport

        return self._of("render", composition, target, tuple[FileReport, ...], go_on, announce)

    @override
    def live_writer(self, script: Asked) -> "PassageWriter":
        writer = _DistantWriter(self, script)
        writer.process()
        return writer

    def running(self) -> StudioProcess:
        """The process, started where there is none. Raises StudioGone."""
        return self._running()

    @override
    def close(self) -> None:
        with self._starting:
            self._is_closed = True
            if self._process is not None:
                self._process.close()

    def _of(
        self,
        name: str,
        composition: "Composition",
        more: object,
        kind: type[Result],
        go_on: GoOn,
        announce: Announce | None,
    ) -> Result:
        """Ask for something made of a composition, by its number where the process should still have it."""
        process = self._running()
        known = list(process.compositions.items())
        number = next((number for number, made in known if made is composition), None)
        if number is not None:
            try:
                return process.ask(name, (number, more), kind, go_on, announce)[1]
            except Forgotten:
                pass
        return process.ask(name, (composition, more), kind, go_on, announce)[1]

    def _running(self) -> StudioProcess:
        with self._starting:
            if self._is_closed:
                raise StudioGone("the app is closing")
            if self._process is None or not self._process.is_alive:
                self._process = StudioProcess(Beginning(self.settings, self.weights))
            return self._process


@dataclass(slots=True)
class _DistantWriter:
    """Passages written in the studio's process; in another one, should it die."""

    studio: DistantStudio
    script: Asked
    _known: StudioProcess | None = None

    def process(self) -> StudioProcess:
        process = self.studio.running()
        if process is not self._known:
            nothing: Any = None
            process.ask("live", _script(self.script), nothing, _always)
            self._known = process
        return process

    def read(self, scene: tuple[str, ...]) -> "FeltPoint":
        return self.process().ask("live_read", scene, tuple[float, float], _always)[1]

    def write(self, order: "PassageOrder") -> "LivePassage":
        from engine.live.passage import LivePassage

        return self.process().ask("live_write", order, LivePassage, _always)[1]


def _read(answer: Message, kind: type[Result]) -> Result:
    try:
        return answer.read(kind)
    except ValueError as error:
        raise StudioGone(
            f"the process that makes the music gave an answer of another kind: {error}"
        ) from error


def _script(asked: Asked) -> Script:
    return Script(asked.text, asked.folder, asked.takes, asked.steer)


def _always() -> bool:
    return True
