"""The studio as the app sees it: everything is done in a process of its own (`tui.studio_process`), and
whoever asks waits in a thread of theirs. Should that process die, the next request starts another; the text
is here."""

import os
import queue
import subprocess
import sys
import threading
from collections import OrderedDict
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path
from typing import TYPE_CHECKING, Any, BinaryIO, cast

from engine.errors import MelodramaError
from tui.studio import Analysed, Announce, Asked, GoOn, Studio, Superseded, one_line
from tui.studio_channel import receive, send

if TYPE_CHECKING:
    from engine.composition import Composition
    from engine.music.emotion_curve import EmotionCurve
    from engine.render.export import Target
    from engine.render.pieces import Sounding
    from engine.report import FileReport
    from tui.line_reading import LineReading

REMEMBERED = 3
"""Compositions that both sides keep, so that one need not go back to be played."""
_ASK_S = 0.02
"""How often a waiting thread asks whether the result is still wanted."""
_ROOT = Path(__file__).parents[1]

Answer = tuple[str, Any]


class StudioGone(MelodramaError):
    """The process that makes the music ended in the middle of something."""


class Forgotten(Exception):
    """The process no longer has the composition that a number stood for."""


class StudioProcess:
    """A running process and the requests under way in it."""

    def __init__(self, *first: object) -> None:
        path = os.pathsep.join([str(_ROOT), *filter(None, [os.environ.get("PYTHONPATH")])])
        self._process = subprocess.Popen(
            # -P: what lies in the writer's folder is no module of ours.
            [sys.executable, "-P", "-m", "tui.studio_process"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            env={**os.environ, "PYTHONPATH": path},
        )
        self._requests = cast(BinaryIO, self._process.stdin)
        self._answers = cast(BinaryIO, self._process.stdout)
        self._numbers = count(1)
        self._writing = threading.Lock()
        self._waiting: dict[int, queue.SimpleQueue[Answer]] = {}
        self.compositions: OrderedDict[int, Composition] = OrderedDict()
        """By the number of the request that made them; the process knows them too."""
        self._send(first)
        threading.Thread(target=self._listen, name="melodrama-studio", daemon=True).start()

    @property
    def is_alive(self) -> bool:
        return self._process.poll() is None

    def ask(
        self, name: str, arguments: tuple[object, ...], go_on: GoOn, announce: Announce | None
    ) -> tuple[int, Any]:
        """(number of the request, result). Raises what the request raised, Superseded, StudioGone."""
        number = next(self._numbers)
        answers = self._waiting[number] = queue.SimpleQueue[Answer]()
        try:
            self._send((number, name, arguments))
            while True:
                try:
                    kind, what = answers.get(timeout=_ASK_S)
                except queue.Empty:
                    if not go_on():
                        self._send((number, "stop", ()))
                        raise Superseded from None
                    if not self.is_alive and answers.empty():
                        raise StudioGone(self._farewell()) from None
                    continue
                if kind == "done":
                    return number, what
                if kind == "failed":
                    raise what
                if announce is not None:
                    announce(what)
        finally:
            del self._waiting[number]

    def keep(self, number: int, composition: "Composition") -> None:
        self.compositions[number] = composition
        while len(self.compositions) > REMEMBERED:
            self.compositions.popitem(last=False)

    def close(self) -> None:
        """End it now. Whoever still waits is told that it is gone."""
        self._process.kill()
        with self._writing, suppress(OSError):
            self._requests.close()
        self._process.wait()

    def _send(self, message: object) -> None:
        try:
            send(self._requests, self._writing, message)
        except (OSError, ValueError) as error:  # ValueError: the pipe has been closed
            raise StudioGone(self._farewell()) from error

    def _listen(self) -> None:
        while True:
            try:
                number, kind, what = receive(self._answers)
            except (
                Exception
            ):  # its end, or an answer that cannot be read: whoever waits learns that it is gone
                self._process.kill()
                return
            waiting = self._waiting.get(number)
            if waiting is not None:
                waiting.put((kind, what))

    def _farewell(self) -> str:
        code = self._process.poll()
        why = f"signal {-code}" if code is not None and code < 0 else f"status {code}"
        return f"the process that makes the music ended ({why}); it starts anew with the next change"


@dataclass(slots=True)
class DistantStudio(Studio):
    """A studio whose models live in another process. Raises StudioGone where that ends, besides what a studio
    raises."""

    _process: StudioProcess | None = None
    _starting: threading.Lock = field(default_factory=threading.Lock)
    _is_loaded: bool = False
    _is_closed: bool = False

    @property
    def is_loaded(self) -> bool:
        return self._is_loaded

    def load(self) -> str | None:
        try:
            self.problem = self._running().ask("load", (), _always, None)[1]
        except Exception as error:  # the text must stay editable
            self.problem = one_line(error)
        self._is_loaded = self.problem is None
        return self.problem

    def analyse(self, asked: Asked, go_on: GoOn) -> Analysed:
        curves = self._running().ask("analyse", _light(asked), go_on, None)[1]
        return Analysed(tuple(unpacked(curve) for curve in curves))

    def explain(self, asked: Asked, line: int, go_on: GoOn) -> "tuple[LineReading, ...]":
        found = self._running().ask("explain", (*_light(asked), line), go_on, None)[1]
        return cast("tuple[LineReading, ...]", found)

    def compose(
        self, asked: Asked, go_on: GoOn, announce: Announce | None = None, more_takes: int = 0
    ) -> "Composition":
        process = self._running()
        number, made = process.ask("compose", (*_light(asked), more_takes), go_on, announce)
        process.keep(number, made)
        return cast("Composition", made)

    def sound(self, composition: "Composition", go_on: GoOn, announce: Announce | None = None) -> "Sounding":
        return cast("Sounding", self._of("sound", composition, (), go_on, announce))

    def render(
        self, composition: "Composition", target: "Target", go_on: GoOn, announce: Announce | None = None
    ) -> "tuple[FileReport, ...]":
        return cast("tuple[FileReport, ...]", self._of("render", composition, (target,), go_on, announce))

    def close(self) -> None:
        with self._starting:
            self._is_closed = True
            if self._process is not None:
                self._process.close()

    def _of(
        self,
        name: str,
        composition: "Composition",
        more: tuple[object, ...],
        go_on: GoOn,
        announce: Announce | None,
    ) -> object:
        """Ask for something made of a composition, by its number where the process should still have it."""
        process = self._running()
        known = list(process.compositions.items())
        number = next((number for number, made in known if made is composition), None)
        if number is not None:
            try:
                return process.ask(name, (number, *more), go_on, announce)[1]
            except Forgotten:
                pass
        return process.ask(name, (composition, *more), go_on, announce)[1]

    def _running(self) -> StudioProcess:
        with self._starting:
            if self._is_closed:
                raise StudioGone("the app is closing")
            if self._process is None or not self._process.is_alive:
                self._process = StudioProcess(self.settings, self.weights)
            return self._process


def _light(asked: Asked) -> tuple[str, Path, dict[str, int]]:
    """What the other side plans again: a plan of a long score takes longer to send than to make."""
    return asked.text, asked.folder, asked.takes


def packed(curve: "EmotionCurve") -> list[tuple[float, float, float, str]]:
    """A curve as the channel carries it: thousands of tuples travel several times faster than as many
    objects."""
    return [(s.t_s, s.valence, s.arousal, s.source) for s in curve.samples]


def unpacked(samples: "Sequence[tuple[float, float, float, Any]]") -> "EmotionCurve":
    from engine.music.emotion_curve import CurveSample, EmotionCurve

    return EmotionCurve(tuple(CurveSample(*sample) for sample in samples))


def _always() -> bool:
    return True
