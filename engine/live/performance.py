"""A performance in real time, or as fast as it goes: the conductor's music handed to the outputs, and a
thread beside it that reads and writes. Whatever is asked goes in by `ask`, from any thread; nothing that is
asked, and nothing that writing does, holds up what is heard.
"""

import queue
import threading
import time
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from typing import Final

from engine.errors import MelodramaError
from engine.live.conductor import Conductor, LiveTask, ReadTask
from engine.live.event_lines import TimedEvent
from engine.live.events import LiveEvent, PauseEvent, ResumeEvent, StopEvent
from engine.live.floods import Flood
from engine.live.outputs import LiveMessage, LiveOutputs, LiveRemark
from engine.live.passage import FeltPoint, LivePassage, PassageWriter

_TICK_S: Final = 0.01
"""How often music is handed on; messages come so long before they are due, at the most."""
_START_S: Final = 0.15
"""From the first bars being written to the first beat."""
_RETRY_S: Final = 1.0
_AHEAD_S: Final = 8.0
"""So much of a script is made ahead of what is heard."""
_AFTER_BARS: Final = 4.0
"""A script that does not say where it stops goes on for so long after its last event."""


@dataclass(slots=True)
class Performance:
    """One performance while it runs. `tell` gets one line a trouble."""

    conductor: Conductor
    writer: PassageWriter
    outputs: LiveOutputs
    tell: Callable[[str], None]
    waits: list[float] = field(default_factory=list)
    """Seconds that each piece of reading and writing took."""
    _flood: Flood = field(init=False)
    _asking: threading.Lock = field(default_factory=threading.Lock)
    """Whoever asks, and the music that looks at it, go through `_flood` one at a time."""
    _events: deque[LiveEvent] = field(default_factory=deque)
    _wake: threading.Event = field(default_factory=threading.Event)
    _over: threading.Event = field(default_factory=threading.Event)

    def __post_init__(self) -> None:
        self._flood = Flood(self._keep, self.remark)

    def ask(self, event: LiveEvent) -> None:
        """Ask for something, from any thread; the event must have been checked (`engine.live.events`).
        Returns at once and never raises. What comes faster than music can follow is thinned
        (`engine.live.floods`); nobody is woken for it, for it is looked at every `_TICK_S`."""
        with self._asking:
            self._flood.put(event)

    def _keep(self, event: LiveEvent) -> None:
        # Two hits of one moment are one, and so are two pauses.
        if not self._events or self._events[-1] != event:
            self._events.append(event)

    @property
    def superseded(self) -> int:
        """Events that a newer one of their kind took the place of."""
        return self._flood.superseded

    def end(self) -> None:
        """The music ends now, from any thread, also from a signal handler."""
        self._over.set()
        self._wake.set()

    def remark(self, words: str) -> None:
        """Tells a trouble, here and to whoever listens to the outputs."""
        self.tell(words)
        self.outputs.send(LiveRemark(words))

    # ------------------------------------------------------------------------------------------ in real time

    def run(self) -> None:
        """Plays until it is told to stop. Raises MelodramaError where the first bars cannot be written."""
        studio = _Desk(self.writer, self._wake)
        self.conductor.sparing = True
        try:
            self._first(studio)
            self._play(studio)
        finally:
            studio.close()
            with self._asking:
                self._flood.end()

    def _first(self, studio: "_Desk") -> None:
        """The first bars, with what was asked before there were any."""
        while not self._over.is_set() and not self.conductor.timeline.placed:
            self._hear(0.0)
            task = self.conductor.next_task(0.0)
            if task is None:
                return
            studio.begin(task)
            while not studio.ready() and not self._over.is_set():
                self._wake.wait(_TICK_S)
                self._wake.clear()
                self._hear(0.0)
            if studio.ready():
                done, result, seconds = studio.result()
                self.waits.append(seconds)
                if isinstance(result, Exception):
                    raise result
                # The first bars wait for the models, too: they say nothing of what a bar takes.
                _hand_in(self.conductor, done, result, 0.0)

    def _play(self, studio: "_Desk") -> None:
        conductor, playing = self.conductor, self.conductor.playing
        clock = _Clock(time.monotonic() + _START_S)
        retry_at = 0.0
        while not self._over.is_set() and not playing.ended:
            clock.hold(playing.paused)
            now_s = clock.now()
            self._hear(now_s)
            if studio.ready():
                task, result, seconds = studio.result()
                self.waits.append(seconds)
                if isinstance(result, Exception):
                    self.remark(_one_line(result))
                    retry_at = time.monotonic() + _RETRY_S
                else:
                    conductor.took(task, seconds)
                    _hand_in(conductor, task, result, clock.now())
            if not studio.busy and time.monotonic() >= retry_at:
                wanted = conductor.next_task(clock.now())
                if wanted is not None:
                    studio.begin(wanted)
            clock.hold(playing.paused)
            for message in playing.due(clock.now() + _TICK_S, clock.wall):
                self.outputs.send(message)
            self._wake.wait(_TICK_S)
            self._wake.clear()

    def _hear(self, now_s: float) -> None:
        """Looks at everything that was asked."""
        with self._asking:
            self._flood.flow()
            asked = [self._events.popleft() for _ in range(len(self._events))]
        for event in asked:
            try:
                self.conductor.ask(event, now_s)
            except Exception as error:  # nothing that is asked may end the music
                self.remark(_one_line(error))

    # ---------------------------------------------------------------------------------------------- a script

    def run_script(self, script: Sequence[TimedEvent], real_time: bool) -> None:
        """Plays events at their beats: the same ones give the same music, however long writing takes. Beats
        go on counting in a pause. Not in `real_time`, as fast as it is written. Raises MelodramaError where
        bars cannot be written."""
        if not real_time:
            for _, message in self._scripted(script):
                if self._over.is_set():
                    return
                self.outputs.send(message)
            return
        self._run_ahead(script)

    def _run_ahead(self, script: Sequence[TimedEvent]) -> None:
        """The script's music is made in a thread some seconds ahead of what is heard."""
        made: deque[tuple[float, LiveMessage]] = deque()
        room, failed = threading.Event(), []

        def make() -> None:
            try:
                for at_s, message in self._scripted(script):
                    made.append((at_s, message))
                    while made and at_s - made[0][0] > _AHEAD_S and not self._over.is_set():
                        room.wait(_TICK_S)
                        room.clear()
                    if self._over.is_set():
                        return
            except Exception as error:  # told where it is waited for
                failed.append(error)

        maker = threading.Thread(target=make, name="melodrama-live-script", daemon=True)
        maker.start()
        origin: float | None = None
        while not self._over.is_set() and (made or maker.is_alive()):
            if not made:
                time.sleep(_TICK_S)
                continue
            at_s, message = made[0]
            origin = time.monotonic() + _START_S if origin is None else origin
            due = origin + at_s
            if due - time.monotonic() > _TICK_S:
                self._wake.wait(min(due - time.monotonic() - _TICK_S / 2, 0.2))
                continue
            made.popleft()
            room.set()
            self.outputs.send(message if isinstance(message, LiveRemark) else replace(message, due=due))
        if failed:
            raise failed[0]

    def _scripted(self, script: Sequence[TimedEvent]) -> Iterator[tuple[float, LiveMessage]]:
        """(seconds from the start, pauses counted; message), everything written as soon as it is wanted."""
        conductor, playing = self.conductor, self.conductor.playing
        waiting = deque(script)
        if not any(isinstance(one.event, StopEvent) for one in script):
            last = script[-1].beat if script else 0.0
            waiting.append(TimedEvent(last + _AFTER_BARS * 4.0, StopEvent(), 0))
        held_beats, held_s = 0.0, 0.0
        while waiting and waiting[0].beat <= 0.0:
            conductor.ask(waiting.popleft().event, 0.0)
        self._write(0.0)
        while not playing.ended:
            if playing.paused:
                # Nothing sounds until it goes on: what comes meanwhile is looked at, at its beat.
                if not waiting:
                    return
                event = waiting.popleft()
                at = conductor.timeline.beat_at(playing.now_s) + held_beats
                if isinstance(event.event, ResumeEvent | StopEvent) and event.beat > at:
                    seconds = (event.beat - at) * conductor.timeline.at(at).passage.seconds_a_beat
                    held_beats, held_s = held_beats + event.beat - at, held_s + seconds
                conductor.ask(event.event, playing.now_s)
                self._write(playing.now_s)
                if not playing.paused:
                    for message in playing.due(playing.now_s + 1e-6):
                        yield _at(message) + held_s, message
                continue
            line_s = conductor.timeline.second(conductor.timeline.line_after(playing.now_s + 1e-3, "bar"))
            event_s = conductor.timeline.second(waiting[0].beat - held_beats) if waiting else float("inf")
            until_s = max(min(line_s, event_s), playing.now_s + 1e-3)
            for message in playing.due(until_s):
                yield _at(message) + held_s, message
            while waiting and not playing.paused and event_s <= until_s:
                event = waiting.popleft()
                conductor.ask(event.event, until_s)
                event_s = conductor.timeline.second(waiting[0].beat - held_beats) if waiting else float("inf")
                if isinstance(event.event, PauseEvent):
                    break
            self._write(until_s)

    def _write(self, now_s: float) -> None:
        """Reads and writes whatever is wanted now."""
        while (task := self.conductor.next_task(now_s)) is not None:
            began = time.monotonic()
            result = _done(self.writer, task)
            self.waits.append(time.monotonic() - began)
            _hand_in(self.conductor, task, result, now_s)


def _at(message: LiveMessage) -> float:
    return 0.0 if isinstance(message, LiveRemark) else message.t_s


@dataclass(slots=True)
class _Clock:
    """The music's clock: it shows 0 at `origin` by `time.monotonic`, and stands still while it is held."""

    origin: float
    held_at: float | None = None

    def now(self) -> float:
        return (self.held_at if self.held_at is not None else time.monotonic()) - self.origin

    def hold(self, held: bool) -> None:
        if held and self.held_at is None:
            self.held_at = time.monotonic()
        elif not held and self.held_at is not None:
            self.origin += time.monotonic() - self.held_at
            self.held_at = None

    def wall(self, t_s: float) -> float:
        """When a second of the music's clock is, by `time.monotonic`."""
        return self.origin + t_s


_Result = FeltPoint | LivePassage | Exception


class _Desk:
    """One piece of reading or writing at a time, in a thread."""

    def __init__(self, writer: PassageWriter, wake: threading.Event) -> None:
        self._writer, self._wake = writer, wake
        self._tasks: queue.SimpleQueue[LiveTask | None] = queue.SimpleQueue()
        self._results: queue.SimpleQueue[tuple[LiveTask, _Result, float]] = queue.SimpleQueue()
        self.busy = False
        threading.Thread(target=self._work, name="melodrama-live-writing", daemon=True).start()

    def begin(self, task: LiveTask) -> None:
        self.busy = True
        self._tasks.put(task)

    def ready(self) -> bool:
        return not self._results.empty()

    def result(self) -> tuple[LiveTask, _Result, float]:
        self.busy = False
        return self._results.get()

    def close(self) -> None:
        self._tasks.put(None)

    def _work(self) -> None:
        while (task := self._tasks.get()) is not None:
            began = time.monotonic()
            try:
                result: _Result = _done(self._writer, task)
            except Exception as error:  # whatever a model raises, what is written plays on
                result = error
            self._results.put((task, result, time.monotonic() - began))
            self._wake.set()


def _done(writer: PassageWriter, task: LiveTask) -> FeltPoint | LivePassage:
    return writer.read(task.scene) if isinstance(task, ReadTask) else writer.write(task.order)


def _hand_in(conductor: Conductor, task: LiveTask, result: FeltPoint | LivePassage, now_s: float) -> None:
    if isinstance(task, ReadTask):
        assert isinstance(result, tuple)
        conductor.read(task, result)
    else:
        assert isinstance(result, LivePassage)
        conductor.deliver(task, result, now_s)


def _one_line(error: Exception) -> str:
    said = (str(error).strip().splitlines() or [type(error).__name__])[0]
    return said if isinstance(error, MelodramaError) else f"{type(error).__name__}: {said}"
