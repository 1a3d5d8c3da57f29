"""Live music through a MIDI port: a channel a role with its program, and a clock that others can follow (24
ticks a quarter note, start, stop, continue; MIDI 1.0).

A port that vanishes is told of once, looked for again every two seconds, and taken up where the music is by
then. No note is left sounding by a pause, a stop or an end.
"""

import heapq
import math
import threading
import time
from collections.abc import Callable, Mapping
from itertools import count
from typing import Any

from dsl.plan import RoleName
from engine.live.deck_levels import velocity_at
from engine.live.events import printable
from engine.live.midi_ports import MidiPorts, meant
from engine.live.outputs import (
    BeatPassed,
    DeckLevel,
    LiveMessage,
    MusicPaused,
    MusicResumed,
    MusicStarted,
    MusicStopped,
    NoteDue,
    NoteReleased,
)

CHANNELS: Mapping[RoleName, int] = {"melody": 0, "counter": 1, "chords": 2, "bass": 3, "drums": 9}
"""MIDI channels from 0; drums where General MIDI has them."""
GOING = 4
"""So many channels higher plays what goes on while it is faded out; drums stay where they are."""
TICKS = 24
"""Clock ticks a quarter note."""
LOOKS_S = 2.0
"""Seconds between two looks for the port."""
_LONGEST_NOTE_S = 600.0
_VOLUME, _PAN, _ALL_NOTES_OFF = 7, 10, 123
_FULL = 100
"""Volume (controller 7) at 0 dB: General MIDI's own default, with room above."""


class MidiWire:
    """An output (`engine.live.outputs.LiveOutput`). Messages are laid out in time as they come; a thread
    sends each when it is due."""

    def __init__(self, port: str, tell: Callable[[str], None], ports: MidiPorts | None = None) -> None:
        """Opens the port that `port` names; `tell` gets one line a trouble. Raises DeviceError where there
        is no such port, with those that there are."""
        self._ports = ports or MidiPorts()
        self._wanted = port
        self._tell = tell
        self._found = self._ports.find(port)
        self._port: Any = self._ports.open(self._found)
        self._changed = threading.Condition(threading.RLock())
        self._later: list[tuple[float, int, Callable[[], None]]] = []
        self._number = count()
        self._sounding: dict[tuple[int, int], tuple[int, int]] = {}
        """By (channel, pitch) which note it is, and its deck."""
        self._levels: dict[int, tuple[float, bool]] = {}
        """Of each deck the level, and whether it is the one that goes."""
        self._set: dict[tuple[int, str], int] = {}
        """What each channel was told last: its program, volume and place."""
        self._ticks_due: list[float] = []
        self._ticks_left: list[float] = []
        """Of the beat that a pause cut short, seconds after the pause."""
        self._lost: list[Any] = []
        self._runs = False
        self._rejoins = False
        self._open = True
        self._closing = threading.Event()
        self._threads = [
            threading.Thread(target=work, name=f"melodrama-live-midi-{name}", daemon=True)
            for name, work in (("send", self._send_due), ("watch", self._watch))
        ]
        for thread in self._threads:
            thread.start()

    @property
    def name(self) -> str:
        """For people."""
        return f"MIDI port {printable(self._found)}"

    # ------------------------------------------------------------------------------------- what comes when

    def take(self, message: LiveMessage) -> None:
        """Lays it out in time; returns at once."""
        due = getattr(message, "due", 0.0) or time.monotonic()
        with self._changed:
            match message:
                case NoteDue():
                    self._note(message, due)
                case NoteReleased():
                    self._at(due, lambda: self._release(message))
                case DeckLevel():
                    self._levels[message.deck] = message.level, message.goes
                case BeatPassed():
                    self._beat(message, due)
                case MusicStarted():
                    self._at(due, lambda: self._run("start"))
                case MusicPaused():
                    self._at(due, lambda: self._halt(due))
                case MusicResumed():
                    self._at(due, lambda: self._resume(due))
                case MusicStopped():
                    self._at(due, lambda: self._halt(due))
                case _:
                    return
            self._changed.notify()

    def _note(self, note: NoteDue, due: float) -> None:
        level, goes = self._levels.get(note.deck, (1.0, False))
        channel = CHANNELS["drums"] if note.is_drum else CHANNELS[note.role] + GOING * goes
        pitch, velocity = min(max(note.pitch, 0), 127), velocity_at(note.velocity, level)
        token = next(self._number)
        self._at(due, lambda: self._begin(note, channel, pitch, velocity, token))
        length_s = min(max(note.length_s, 0.0), _LONGEST_NOTE_S)
        self._at(due + length_s, lambda: self._end(channel, pitch, token))

    def _beat(self, beat: BeatPassed, due: float) -> None:
        tick_s = 60.0 / max(beat.bpm, 1.0) / TICKS
        self._at(due, lambda: self._rejoin(beat.beat))
        for number in range(TICKS):
            self._at(due + number * tick_s, self._tick(due + number * tick_s))

    def _tick(self, due: float) -> Callable[[], None]:
        self._ticks_due.append(due)

        def tick() -> None:
            if due in self._ticks_due:
                self._ticks_due.remove(due)
                self._send("clock")

        return tick

    def _at(self, due: float, action: Callable[[], None]) -> None:
        heapq.heappush(self._later, (due, next(self._number), action))

    # ------------------------------------------------------------------------------------------- when due

    def _send_due(self) -> None:
        while True:
            with self._changed:
                if not self._open:
                    return
                wait_s = self._later[0][0] - time.monotonic() if self._later else None
                if wait_s is None or wait_s > 0:
                    self._changed.wait(wait_s)
                    continue
                _, _, action = heapq.heappop(self._later)
                action()

    def _begin(self, note: NoteDue, channel: int, pitch: int, velocity: int, token: int) -> None:
        if not note.is_drum:
            self._tell_channel(channel, "program", min(max(note.program, 0), 127))
        self._tell_channel(channel, "volume", _volume(note.gain_db))
        self._tell_channel(channel, "pan", round(64 + 63 * min(max(note.pan, -1.0), 1.0)))
        if (channel, pitch) in self._sounding:
            self._send("note_off", channel=channel, note=pitch)
        self._sounding[channel, pitch] = token, note.deck
        self._send("note_on", channel=channel, note=pitch, velocity=velocity)

    def _end(self, channel: int, pitch: int, token: int) -> None:
        if self._sounding.get((channel, pitch), (None, 0))[0] == token:
            del self._sounding[channel, pitch]
            self._send("note_off", channel=channel, note=pitch)

    def _release(self, note: NoteReleased) -> None:
        # Its channel is that of its role, or of the drums, whose notes nobody needs to end.
        for channel in (CHANNELS[note.role], CHANNELS[note.role] + GOING):
            if self._sounding.get((channel, note.pitch), (0, None))[1] == note.deck:
                del self._sounding[channel, note.pitch]
                self._send("note_off", channel=channel, note=note.pitch)

    def _tell_channel(self, channel: int, what: str, value: int) -> None:
        if self._set.get((channel, what)) == value:
            return
        self._set[channel, what] = value
        if what == "program":
            self._send("program_change", channel=channel, program=value)
        else:
            controller = _VOLUME if what == "volume" else _PAN
            self._send("control_change", channel=channel, control=controller, value=value)

    def _run(self, word: str) -> None:
        self._runs, self._rejoins = True, False
        self._send(word)

    def _halt(self, due: float) -> None:
        """Nothing that was laid out sounds any more; the ticks that a beat still lacks wait for its rest."""
        self._later.clear()
        self._ticks_left = sorted(tick - due for tick in self._ticks_due)
        self._ticks_due.clear()
        self._silence()
        if self._runs:
            self._send("stop")
        self._runs = False

    def _resume(self, due: float) -> None:
        self._run("continue")
        for after_s in self._ticks_left:
            self._at(due + after_s, self._tick(due + after_s))
        self._ticks_left = []

    def _silence(self) -> None:
        for channel, pitch in list(self._sounding):
            self._send("note_off", channel=channel, note=pitch)
        self._sounding.clear()

    def _rejoin(self, beat: int) -> None:
        """A port that came back: whoever follows the clock learns where the music is."""
        if self._rejoins and self._runs:
            self._send("songpos", pos=beat * 4 % 16384)
            self._send("continue")
            self._rejoins = False

    def _send(self, kind: str, **values: int) -> None:
        if self._port is None:
            return
        import mido

        try:
            self._port.send(mido.Message(kind, **values))
        except Exception:  # whatever a driver raises: it is gone, or as good as that
            self._gone()

    # ----------------------------------------------------------------------------- a port that comes and goes

    def _watch(self) -> None:
        """Drivers mostly take notes for a port that is gone without a word, so its name is looked for."""
        while not self._closing.wait(LOOKS_S):
            names = self._ports.names()
            with self._changed:
                if not self._open:
                    return
                if self._port is not None and self._found not in (names or ()):
                    self._gone(is_alone=names is not None)
                elif self._port is None and names:
                    self._look_again(names)

    def _gone(self, is_alone: bool = True) -> None:
        """`is_alone`: the rest of the system's MIDI is there. Where it is not, what is left of the port is
        kept as it is: the library of a JACK server that has ended does not survive a farewell."""
        port, self._port = self._port, None
        self._sounding.clear()
        self._set.clear()
        self._tell(f"{self.name} has gone; the music goes on, and the port is looked for")
        if is_alone:
            _close(port)
        else:
            port.closed = True
            self._lost.append(port)

    def _look_again(self, names: tuple[str, ...]) -> None:
        found = meant(self._wanted, names)
        if found is None:
            return
        try:
            self._port = self._ports.open(found)
        except Exception:  # not ready yet
            return
        self._found, self._rejoins = found, True
        self._tell(f"{self.name} is there again")

    def close(self) -> None:
        """End what sounds, and let go of the port."""
        with self._changed:
            if not self._open:
                return
            self._halt(time.monotonic())
            for channel in sorted({channel for channel, _ in self._set}):
                self._send("control_change", channel=channel, control=_ALL_NOTES_OFF, value=0)
            self._open = False
            self._closing.set()
            self._changed.notify()
        for thread in self._threads:
            if thread is not threading.current_thread():
                thread.join(1.0)
        _close(self._port)


def _volume(gain_db: float) -> int:
    """Controller 7 for a gain: General MIDI's 40 log10(value / 127)."""
    if math.isnan(gain_db):
        return _FULL
    return min(max(round(_FULL * 10 ** (min(max(gain_db, -120.0), 12.0) / 40)), 0), 127)


def _close(port: Any) -> None:
    if port is not None:
        try:
            port.close()
        except Exception:  # it was gone before
            return
