"""OSC packets as events of live music, and what is told back as packets. No socket here.

An address of `ADDRESSES` with its arguments is an event, as a line on stdin is one
(`engine.live.event_lines`); whatever else comes is a `Refused`. Packets are UDP: anybody may have written
them, and nothing in one stops the reading of it (OSC 1.0, opensoundcontrol.org/spec-1_0).
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from pythonosc.osc_message import OscMessage
from pythonosc.osc_message_builder import OscMessageBuilder

from dsl.nearest_word import nearest
from engine.live.event_lines import read_line
from engine.live.events import (
    EmotionEvent,
    HitEvent,
    IntensityEvent,
    KnownNames,
    LiveEvent,
    MotifEvent,
    PauseEvent,
    Refused,
    ResumeEvent,
    StateEvent,
    StopEvent,
    StyleEvent,
    TempoEvent,
    TextEvent,
    checked,
    printable,
    shown,
)

ROOT = "/melodrama/"
_BUNDLE = b"#bundle\0"
_DEEPEST = 8
"""Bundles within bundles; real ones stand one in another, if that."""
_MOST_MESSAGES = 256
_TAGS = frozenset(b"ifhdsTFN")
"""Types of arguments that mean something here: numbers, text, true, false, nothing."""

Argument = str | int | float | bool | None


@dataclass(frozen=True, slots=True)
class AnswersTo:
    """Where the sender wants to be told what happens: a UDP port of its own machine, None for the one it
    sends from."""

    port: int | None


def read_packet(packet: bytes, known: KnownNames) -> Iterator[LiveEvent | AnswersTo | Refused]:
    """What a packet asks for, in its order. Time tags are not waited for: whatever comes is for the next bar
    line anyway. Never raises, whatever the bytes."""
    try:
        messages = list(_messages(packet))
    except ValueError as error:
        yield Refused(f"an OSC packet of {len(packet):,} bytes cannot be read: {error}")
        return
    for message in messages[:_MOST_MESSAGES]:
        yield _event(message, known)
    if len(messages) > _MOST_MESSAGES:
        yield Refused(f"a packet of {len(messages):,} messages; the first {_MOST_MESSAGES} were taken")


def packet_of(address: str, *values: str | float | bool) -> bytes:
    """One message as a packet: int, float, bool and text as OSC has them."""
    builder = OscMessageBuilder(ROOT + address)
    for value in values:
        builder.add_arg(printable(value) if isinstance(value, str) else value)
    return bytes(builder.build().dgram)


# ---------------------------------------------------------------------------------------------- reading


def _messages(packet: bytes, depth: int = 0) -> Iterator[bytes]:
    """The messages of a packet. Bundles are walked here: python-osc never comes to the end of one whose size
    is negative. Raises ValueError."""
    if not packet.startswith(_BUNDLE):
        yield packet
        return
    if depth == _DEEPEST:
        raise ValueError(f"bundles in bundles, over {_DEEPEST} deep")
    at = len(_BUNDLE) + 8
    if at > len(packet):
        raise ValueError("a bundle without its time")
    while at < len(packet):
        size = int.from_bytes(packet[at : at + 4], "big", signed=True)
        at += 4
        if size <= 0 or at + size > len(packet):
            raise ValueError("a bundle that says a wrong size")
        yield from _messages(packet[at : at + size], depth + 1)
        at += size


def _event(message: bytes, known: KnownNames) -> LiveEvent | AnswersTo | Refused:
    unknown = _foreign_tags(message)
    if unknown:
        return Refused(f"an OSC argument of type “{shown(unknown)}” means nothing here; numbers and text do")
    try:
        read = OscMessage(message)
        address, arguments = str(read.address), list(read.params)
    except Exception:  # its own ParseError, and whatever its decoding meets in foreign bytes
        return Refused(f"an OSC message of {len(message):,} bytes breaks off, or is not OSC at all")
    reader = ADDRESSES.get(address.removeprefix(ROOT)) if address.startswith(ROOT) else None
    if reader is None:
        return _no_address(address)
    takes, read_arguments = reader
    event = read_arguments(arguments, known)
    if event is None:
        got = "nothing" if not arguments else ", ".join(_kind(one) for one in arguments[:8])
        return Refused(f"{address} takes {takes}, not {got}")
    return event


def _foreign_tags(message: bytes) -> str:
    """Types that python-osc would warn of on a log of its own, or read as values that are none here."""
    start = (message.find(b"\0") // 4 + 1) * 4
    tags = message[start : message.find(b"\0", start)]
    return "".join(chr(tag) for tag in tags[1:] if tag not in _TAGS) if tags.startswith(b",") else ""


def _no_address(address: str) -> Refused:
    near = nearest(address.rsplit("/", 1)[-1][:64], tuple(ADDRESSES))
    hint = f"did you mean {ROOT}{near}?" if near else f"known: {', '.join(ROOT + one for one in ADDRESSES)}"
    return Refused(f"there is no address “{shown(address)}”: {hint}")


def _kind(value: object) -> str:
    if isinstance(value, bool) or value is None:
        return str(value).lower()
    return "a number" if isinstance(value, int | float) else "a text"


# ------------------------------------------------------------------------ arguments, address by address

_Arguments = Sequence[Argument]
_Read = LiveEvent | AnswersTo | Refused | None
"""None: the arguments are of the wrong kind."""


def _numbers(arguments: _Arguments) -> list[float] | None:
    found = [float(one) for one in arguments if isinstance(one, int | float) and not isinstance(one, bool)]
    return found if len(found) == len(arguments) else None


def _words(arguments: _Arguments) -> str | None:
    """The one text or number that there is; numbers as a writer writes them."""
    if len(arguments) != 1 or isinstance(arguments[0], bool) or arguments[0] is None:
        return None
    only = arguments[0]
    return only if isinstance(only, str) else f"{only:g}"


def _text(arguments: _Arguments, known: KnownNames) -> _Read:
    if len(arguments) != 1 or not isinstance(arguments[0], str):
        return None
    return checked(TextEvent(arguments[0]), known)


def _emotion(arguments: _Arguments, known: KnownNames) -> _Read:
    name = arguments[0] if arguments and isinstance(arguments[0], str) else None
    numbers = _numbers(arguments if name is None else arguments[1:])
    if numbers is None or len(numbers) > (3 if name is None else 2) or (name is None and len(numbers) < 2):
        return None
    if name is None:
        valence, arousal, over_s = (*numbers, *(0.0, 0.0, 0.0)[len(numbers) :])
        return checked(EmotionEvent(valence, arousal, over_s), known)
    intensity, over_s = (*numbers, *(1.0, 0.0)[len(numbers) :])
    return checked(EmotionEvent(over_s=over_s, name=name, intensity=intensity), known)


def _intensity(arguments: _Arguments, known: KnownNames) -> _Read:
    numbers = _numbers(arguments)
    return checked(IntensityEvent(numbers[0]), known) if numbers and len(numbers) == 1 else None


def _tempo(arguments: _Arguments, known: KnownNames) -> _Read:
    numbers = _numbers(arguments)
    if numbers and len(numbers) <= 2:
        return checked(TempoEvent(numbers[0], numbers[-1]), known)
    words = _words(arguments)
    return (read_line(f"@tempo {words}", known) or None) if words else None


def _named(make: Callable[[str], LiveEvent]) -> Callable[[_Arguments, KnownNames], _Read]:
    def read(arguments: _Arguments, known: KnownNames) -> _Read:
        words = _words(arguments)
        return checked(make(words), known) if words is not None else None

    return read


def _hit(arguments: _Arguments, known: KnownNames) -> _Read:
    if len(arguments) == 1 and isinstance(arguments[0], str):
        return checked(HitEvent(arguments[0]), known)
    return _pressed(HitEvent())(arguments, known)


def _pressed(event: LiveEvent) -> Callable[[_Arguments, KnownNames], _Read]:
    """Nothing, or what a button sends: 1 when it is pressed."""

    def read(arguments: _Arguments, known: KnownNames) -> _Read:
        return event if not arguments or arguments in ([1], [None]) else None

    return read


def _reply(arguments: _Arguments, known: KnownNames) -> _Read:
    if not arguments:
        return AnswersTo(None)
    port = arguments[0]
    if len(arguments) > 1 or isinstance(port, bool) or not isinstance(port, int):
        return None
    return (
        AnswersTo(port) if 1 <= port <= 65535 else Refused(f"a port goes from 1 to 65535, and is not {port}")
    )


ADDRESSES: Mapping[str, tuple[str, Callable[[_Arguments, KnownNames], _Read]]] = {
    "text": ("a text", _text),
    "emotion": ("valence, arousal [, seconds], or a name [, intensity [, seconds]]", _emotion),
    "state": ("a cue's number or title", _named(StateEvent)),
    "intensity": ("a number from 0 to 1", _intensity),
    "hit": ("nothing, or a name", _hit),
    "motif": ("a motif's name", _named(MotifEvent)),
    "style": ("a style's name", _named(StyleEvent)),
    "tempo": ("one or two numbers, or a text as after @tempo", _tempo),
    "pause": ("nothing", _pressed(PauseEvent())),
    "resume": ("nothing", _pressed(ResumeEvent())),
    "stop": ("nothing", _pressed(StopEvent())),
    "reply": ("nothing, or a port", _reply),
}
"""After `/melodrama/`: what it takes, in words, and the reader of that."""
