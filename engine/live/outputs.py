"""Where live music goes: what outputs are told, and the fan that tells them, each in a thread of its own.

An output is anything with `take` and `close`: a sound card, a MIDI port, a recording, a client on the
network. It is told of notes as they are due and of beats, states and feelings as they pass. One that is slow
or raises stops neither the music nor the others: it is told so once, in a line, and what it has no time for
is dropped.
"""

import queue
import signal
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Protocol

from dsl.plan import Key, Meter, RoleName

WAITING = 4096
"""Messages that may wait for one output: several seconds of dense music. More is too late to be heard."""
_WAITING_UNHURRIED = 512
"""The same where nothing is played in real time: what makes the music waits for the slowest output."""
_MOST_ERRORS = 20
"""An output that raises so often in a row is given up."""
_GRACE_S = 0.3
"""So long a quick output has to take what waits when everything is to end now."""
_TOLD_S = 1.0
"""Less music than this that is left out is not told."""
_LAST_S = 5.0
"""How long an output may take to close."""
_WORK_S = 3600.0
"""The same where nothing is played in real time: it has work to do."""


@dataclass(frozen=True, slots=True)
class NoteDue:
    """A note that begins now. `t_s` counts the music's seconds from its start (it stands still in a pause),
    `due` is when that is by `time.monotonic` (0 where nothing is played in real time: a script that is only
    recorded). `program` is General MIDI 0–127, ignored for drums; `track` names the instrument."""

    t_s: float
    due: float
    role: RoleName
    pitch: int
    velocity: int
    length_s: float
    program: int = 0
    is_drum: bool = False
    track: str = ""
    gain_db: float = 0.0
    pan: float = 0.0
    deck: int = 0
    """Which of two musics it belongs to, 0 or 1 (`DeckLevel`)."""


@dataclass(frozen=True, slots=True)
class NoteReleased:
    """A note that would have sounded longer ends now: the music went another way."""

    t_s: float
    due: float
    role: RoleName
    pitch: int
    track: str = ""
    deck: int = 0


@dataclass(frozen=True, slots=True)
class DeckLevel:
    """From here on the music of a deck, what sounds of it already and what is to come, has this amplitude
    0…1 (1 at the start). `goes`: it is the one that is faded out."""

    t_s: float
    due: float
    deck: int
    level: float
    goes: bool


@dataclass(frozen=True, slots=True)
class PassageBegun:
    """Bars that were written together begin with beat `beat` and bar `bar` (from 1): their tempo, metre, key
    and style, and how well their feeling is heard in them (0…1)."""

    t_s: float
    due: float
    beat: float
    bar: int
    bpm: float
    meter: Meter
    key: Key
    style: str
    match: float


@dataclass(frozen=True, slots=True)
class BeatPassed:
    """A quarter note begins: `beat` from the start, in bar `bar` (from 1) after `in_bar` quarter notes; the
    next one follows in 60 / `bpm` seconds."""

    t_s: float
    due: float
    beat: int
    bar: int
    in_bar: float
    bpm: float
    beats_per_bar: float


@dataclass(frozen=True, slots=True)
class StateEntered:
    """The music of a cue (its id and title; both empty where no score is played) begins."""

    t_s: float
    due: float
    cue: str
    title: str


@dataclass(frozen=True, slots=True)
class FeelingPassed:
    """What is felt from here on, valence and arousal −1…1, and how much is heard (intensity 0…1)."""

    t_s: float
    due: float
    valence: float
    arousal: float
    intensity: float


@dataclass(frozen=True, slots=True)
class MusicStarted:
    """The first beat comes at `due`."""

    t_s: float
    due: float
    bpm: float


@dataclass(frozen=True, slots=True)
class MusicPaused:
    """No more notes until `MusicResumed`; what sounds may ring out."""

    t_s: float
    due: float


@dataclass(frozen=True, slots=True)
class MusicResumed:
    """Notes go on from `t_s` at `due`."""

    t_s: float
    due: float


@dataclass(frozen=True, slots=True)
class MusicStopped:
    """The last message: nothing follows."""

    t_s: float
    due: float


@dataclass(frozen=True, slots=True)
class TextHeard:
    """Words of the story that were said here."""

    t_s: float
    due: float
    text: str


@dataclass(frozen=True, slots=True)
class LiveRemark:
    """Something that could not be done as asked, in one printable line, for whoever asks."""

    words: str


TimedMessage = (
    NoteDue
    | NoteReleased
    | DeckLevel
    | PassageBegun
    | BeatPassed
    | StateEntered
    | FeelingPassed
    | TextHeard
    | MusicStarted
    | MusicPaused
    | MusicResumed
    | MusicStopped
)
LiveMessage = TimedMessage | LiveRemark


class LiveOutput(Protocol):
    """Something that music goes to. Both methods are called from one thread, in the order of the music."""

    @property
    def name(self) -> str:
        """What it is, for people: "sound", "MIDI port …"."""
        ...

    def take(self, message: LiveMessage) -> None:
        """Whatever comes. It may wait until the message's `due`, and raise: then it is told of in a line."""
        ...

    def close(self) -> None:
        """Nothing comes any more: let go of what is held, whatever happened before."""
        ...


@dataclass(slots=True)
class LiveOutputs:
    """All outputs of one performance. `tell` gets one line a trouble. `waits`: nothing is played in real
    time, so an output may take its time and nothing is dropped."""

    outputs: tuple[LiveOutput, ...]
    tell: Callable[[str], None]
    waits: bool = False
    _lanes: "list[_Lane]" = field(default_factory=list, repr=False)

    def __post_init__(self) -> None:
        self._lanes = [_Lane(output, self.tell, self.waits) for output in self.outputs]

    def send(self, message: LiveMessage) -> None:
        """To all of them; returns at once (with `waits`: when each has room for it). Never raises."""
        for lane in self._lanes:
            lane.put(message)

    @property
    def dropped(self) -> int:
        """Messages that some output had no time for."""
        return sum(lane.dropped for lane in self._lanes)

    def close(self, timeout_s: float = _LAST_S, *, now: bool = False) -> None:
        """Let every output take what waits and close it, all at once; one that takes longer is left behind.
        With `now`, somebody wants it to end: what waits for an output that may take its time is left out, and
        told."""
        grace = time.monotonic() + _GRACE_S
        for lane in self._lanes:
            if now and self.waits and not lane.emptied(grace):
                lane.leave_out()
            lane.end()
        until = time.monotonic() + (_WORK_S if self.waits else timeout_s)
        for lane in self._lanes:
            if not lane.ended(max(until - time.monotonic(), 0.01)):
                self.tell(f"{lane.name} does not end; going on without it")


class _Lane:
    """One output, the messages that wait for it, and the thread that hands them over."""

    def __init__(self, output: LiveOutput, tell: Callable[[str], None], waits: bool) -> None:
        self.name = output.name
        self.dropped = 0
        self._output, self._tell, self._waits = output, tell, waits
        self._queue: queue.Queue[LiveMessage | None] = queue.Queue(_WAITING_UNHURRIED if waits else WAITING)
        self._given_up = False
        self._thread = threading.Thread(target=self._run, name=f"melodrama-live-{self.name}", daemon=True)
        self._thread.start()

    def put(self, message: LiveMessage) -> None:
        if self._given_up:
            return
        try:
            self._queue.put(message, block=self._waits)
        except queue.Full:
            if self.dropped == 0:
                self._tell(f"{self.name} is too slow; some of the music does not reach it")
            self.dropped += 1

    def emptied(self, until: float) -> bool:
        """Whether nothing waits any more by `until` (`time.monotonic`)."""
        while not self._queue.empty() and time.monotonic() < until:
            time.sleep(0.01)
        return self._queue.empty()

    def leave_out(self) -> None:
        """Let go of what waits, and tell how much music that was."""
        times: list[float] = []
        with suppress(queue.Empty):
            while True:
                message = self._queue.get_nowait()
                if message is not None and not isinstance(message, LiveRemark):
                    times.append(message.t_s)
        if times and max(times) - min(times) > _TOLD_S:
            self._tell(f"{self.name}: ended early, without the last {max(times) - min(times):.0f} s")

    def end(self) -> None:
        try:
            self._queue.put(None, block=self._waits)
        except queue.Full:  # it hangs: make room for the end
            while not self._queue.empty():
                self._queue.get_nowait()
                self.dropped += 1
            self._queue.put(None)

    def ended(self, timeout_s: float) -> bool:
        self._thread.join(timeout_s)
        return not self._thread.is_alive()

    def _run(self) -> None:
        if hasattr(signal, "pthread_sigmask"):
            # A synthesiser's process that this thread starts is not ended by the Ctrl-C that ends the music:
            # it has the rest to play.
            signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
        errors = 0
        while (message := self._queue.get()) is not None:
            if self._given_up:
                continue
            try:
                self._output.take(message)
                errors = 0
            except Exception as error:  # whatever a device raises, the others play on
                errors += 1
                if errors == 1:
                    self._tell(f"{self.name}: {_words(error)}")
                if errors >= _MOST_ERRORS:
                    self._given_up = True
                    self._tell(f"{self.name} is given up; the rest goes on")
        try:
            self._output.close()
        except Exception as error:
            self._tell(f"{self.name} did not end well: {_words(error)}")


def _words(error: Exception) -> str:
    said = str(error).strip().splitlines()
    return said[0][:200] if said else type(error).__name__
