"""OSC over UDP, in and out: whoever sends an event is told from then on of beats, bars, states and feelings,
and of what could not be done.

In: addresses of `engine.live.osc_packets`. Out, each under `/melodrama/`: `beat i i f f` (beat from the
start, bar, quarter notes into the bar, tempo), `bar i f f` (bar, tempo, quarter notes a bar), `state s s` (a
cue's id and title), `feeling f f f` (valence, arousal, intensity), `started f` (tempo), `paused`, `resumed`,
`stopped`, `error s`, and `reply i` (the port it listens at) to whoever asks whether anybody is there.
"""

import ipaddress
import socket
import threading
import time
from collections import OrderedDict
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any

from engine.errors import DeviceError
from engine.live.events import KnownNames, LiveEvent, Refused
from engine.live.floods import Seldom
from engine.live.outputs import (
    BeatPassed,
    DeckLevel,
    FeelingPassed,
    LiveMessage,
    LiveRemark,
    MusicPaused,
    MusicResumed,
    MusicStarted,
    MusicStopped,
    NoteDue,
    NoteReleased,
    PassageBegun,
    StateEntered,
)

LOOPBACK = "127.0.0.1"
_LARGEST = 65_536
"""Bytes of the largest UDP packet there is, and one."""
_BUFFER = 1 << 20
"""What the system may keep of a flood while the music is busy, bytes."""
_LOOKS_S = 0.1
"""How often it is looked whether it is closed."""
_MOST_ASKERS = 16
_FORGOTTEN_S = 3600.0
"""Who has sent nothing for so long is told no more."""
_LONGEST_WAIT_S = 2.0
_ANSWERS_A_SECOND = 50

Place = tuple[Any, ...]
"""A socket address: host, port, and what IPv6 adds."""


class OscWire:
    """A socket and the thread that reads it; and an output (`engine.live.outputs.LiveOutput`)."""

    def __init__(
        self,
        port: int,
        tell: Callable[[str], None],
        known: KnownNames | None = None,
        host: str = LOOPBACK,
    ) -> None:
        """Takes the port at once (0: one that is free); the system keeps what comes until `listen`. `tell`
        gets one line a trouble. Raises DeviceError where the port cannot be had, or python-osc is not
        there."""
        try:
            from engine.live import osc_packets  # python-osc is an extra
        except ImportError as error:
            raise DeviceError("OSC needs the package python-osc: pip install 'melodrama[live]'") from error
        self._packets = osc_packets
        self._known = known or KnownNames()
        self._tell = Seldom(tell)
        self._answer = Seldom(self._say_to_sender, _ANSWERS_A_SECOND, again_s=0.0)
        self._hear: Callable[[LiveEvent], None] = lambda event: None
        self._askers = _Askers()
        self._socket = _bound(host, port)
        self._socket.settimeout(_LOOKS_S)
        self._latest: dict[type, bytes] = {}
        self._open = True
        self._from: Place | None = None
        self._thread = threading.Thread(target=self._listen, name="melodrama-live-osc", daemon=True)

    def listen(self, hear: Callable[[LiveEvent], None]) -> None:
        """From now on `hear` gets each event, in a thread of this wire's own."""
        self._hear = hear
        self._thread.start()

    @property
    def name(self) -> str:
        """For people."""
        return "OSC"

    @property
    def port(self) -> int:
        """Where it listens."""
        return int(self._socket.getsockname()[1])

    @property
    def where(self) -> str:
        """Where it listens, and who can send to it, in words."""
        host, port = self._socket.getsockname()[:2]
        shown = f"[{host}]:{port}" if ":" in host else f"{host}:{port}"
        is_private = ipaddress.ip_address(host.split("%")[0]).is_loopback
        whose = "from this machine alone" if is_private else "from whoever reaches this machine"
        return f"OSC is heard at {shown} (UDP), {whose}"

    # ------------------------------------------------------------------------------------------ coming in

    def _listen(self) -> None:
        while self._open:
            try:
                packet, self._from = self._socket.recvfrom(_LARGEST)
            except TimeoutError:
                self._from = None
                continue
            except OSError:  # closed; or, on Windows, that somebody who was answered has gone
                if self._open:
                    time.sleep(0.01)
                continue
            try:
                self._take_in(packet, self._from)
            except Exception as error:  # whatever it was, the next packet may be a good one
                self._trouble(f"an OSC packet could not be followed: {type(error).__name__}: {error}")

    def _take_in(self, packet: bytes, sender: Place) -> None:
        is_new = self._askers.heard(sender)
        for event in self._packets.read_packet(packet, self._known):
            if isinstance(event, Refused):
                self._trouble(event.words)
            elif isinstance(event, self._packets.AnswersTo):
                is_new = self._askers.answer(sender, event.port) or is_new
                self._send(self._packets.packet_of("reply", self.port), self._askers.place_of(sender))
            else:
                self._hear(event)
        if is_new:
            for known in list(self._latest.values()):
                self._send(known, self._askers.place_of(sender))

    def _trouble(self, words: str) -> None:
        """To whoever sent it, and to the person at the terminal."""
        self._tell(f"OSC: {words}")
        self._answer(words)

    def _say_to_sender(self, words: str) -> None:
        if self._from is not None:
            self._send(self._packets.packet_of("error", words), self._askers.place_of(self._from))

    # ------------------------------------------------------------------------------------------ going out

    def take(self, message: LiveMessage) -> None:
        """Tells every asker, when it is due."""
        if isinstance(message, NoteDue | NoteReleased | PassageBegun | DeckLevel):
            return
        if not isinstance(message, LiveRemark) and message.due:
            time.sleep(min(max(message.due - time.monotonic(), 0.0), _LONGEST_WAIT_S))
        for packet in self._told(message):
            for place in self._askers.places():
                self._send(packet, place)

    def _told(self, message: LiveMessage) -> list[bytes]:
        packet = self._packets.packet_of
        match message:
            case BeatPassed():
                beat = packet("beat", message.beat, message.bar, message.in_bar, message.bpm)
                if message.in_bar >= 1e-6:
                    return [beat]
                return [packet("bar", message.bar, message.bpm, message.beats_per_bar), beat]
            case StateEntered():
                self._latest[StateEntered] = packet("state", message.cue, message.title)
                return [self._latest[StateEntered]]
            case FeelingPassed():
                felt = packet("feeling", message.valence, message.arousal, message.intensity)
                self._latest[FeelingPassed] = felt
                return [felt]
            case MusicStarted():
                return [packet("started", message.bpm)]
            case MusicPaused():
                return [packet("paused")]
            case MusicResumed():
                return [packet("resumed")]
            case MusicStopped():
                return [packet("stopped")]
            case LiveRemark():
                return [packet("error", message.words)]
            case _:
                return []

    def _send(self, packet: bytes, place: Place) -> None:
        with suppress(OSError):  # nobody there any more: UDP does not care, and neither does the music
            self._socket.sendto(packet, place)

    def close(self) -> None:
        """Stop listening, and give the port back."""
        self._open = False
        if self._thread.is_alive() and self._thread is not threading.current_thread():
            self._thread.join(1.0)
        self._socket.close()


@dataclass(slots=True)
class _Askers:
    """Who has sent something, and where they want their answers; the latest few."""

    _places: "OrderedDict[Place, tuple[Place, float]]" = field(default_factory=OrderedDict)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def heard(self, sender: Place) -> bool:
        """Whether somebody new."""
        now = time.monotonic()
        with self._lock:
            known = self._places.pop(sender, None)
            self._places[sender] = (known[0] if known else sender, now)
            for other, (_, at) in list(self._places.items()):
                if len(self._places) > _MOST_ASKERS or now - at > _FORGOTTEN_S:
                    del self._places[other]
        return known is None

    def answer(self, sender: Place, port: int | None) -> bool:
        """Answer to another port of the sender's machine; whether that is new."""
        place = sender if port is None else (sender[0], port, *sender[2:])
        with self._lock:
            before, at = self._places[sender]
            self._places[sender] = (place, at)
        return before != place

    def place_of(self, sender: Place) -> Place:
        """Where this one is answered."""
        with self._lock:
            return self._places[sender][0] if sender in self._places else sender

    def places(self) -> list[Place]:
        """Where all are answered, each once."""
        with self._lock:
            return list(dict.fromkeys(place for place, _ in self._places.values()))


def _bound(host: str, port: int) -> socket.socket:
    """A socket at this place. Raises DeviceError."""
    named = f"UDP port {port} of {host}"
    if not 0 <= port <= 65535:
        raise DeviceError(f"a UDP port goes from 1 to 65535 (0: any that is free), and is not {port}")
    try:
        family, kind, protocol, _, place = socket.getaddrinfo(host, port, type=socket.SOCK_DGRAM)[0]
    except (OSError, UnicodeError) as error:
        raise DeviceError(f"{host!r} is no address of this machine: {_said(error)}") from error
    bound = socket.socket(family, kind, protocol)
    try:
        with suppress(OSError):
            bound.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, _BUFFER)
        bound.bind(place)
    except OSError as error:
        bound.close()
        raise DeviceError(f"{named} cannot be listened at: {_said(error)}") from error
    return bound


def _said(error: Exception) -> str:
    return (getattr(error, "strerror", None) or str(error)).lower()
