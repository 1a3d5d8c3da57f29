"""OSC: every address, what is told back, and whatever else a network may send."""

import random
import socket
import struct
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pythonosc.osc_bundle_builder import IMMEDIATELY, OscBundleBuilder
from pythonosc.osc_message_builder import OscMessageBuilder
from pythonosc.udp_client import SimpleUDPClient

from dsl.plan import EmotionPoint
from engine.errors import DeviceError
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
)
from engine.live.osc import OscWire
from engine.live.osc_packets import ADDRESSES, AnswersTo, packet_of, read_packet
from engine.live.outputs import (
    BeatPassed,
    FeelingPassed,
    LiveRemark,
    MusicStarted,
    NoteDue,
    StateEntered,
)

KNOWN = KnownNames((("1m1", "Explore"), ("1m2", "Battle")), ("rope",), (), {"dusk": EmotionPoint(-0.2, -0.5)})


def message(address: str, *values: object) -> bytes:
    builder = OscMessageBuilder(f"/melodrama/{address}")
    for value in values:
        builder.add_arg(value)  # type: ignore[arg-type]
    return bytes(builder.build().dgram)


def read(packet: bytes) -> list[LiveEvent | AnswersTo | Refused]:
    return list(read_packet(packet, KNOWN))


def refusal(packet: bytes) -> str:
    (only,) = read(packet)
    assert isinstance(only, Refused)
    assert only.words.isprintable()
    return only.words


# -------------------------------------------------------------------------------------------- packets


@pytest.mark.parametrize(
    ("address", "values", "event"),
    [
        ("text", ["The wind came up. 起风了"], TextEvent("The wind came up. 起风了")),
        ("emotion", [-0.5, 0.75], EmotionEvent(-0.5, 0.75)),
        ("emotion", [-0.5, 0.75, 8.0], EmotionEvent(-0.5, 0.75, 8.0)),
        ("emotion", [1, 0], EmotionEvent(1.0, 0.0)),
        ("emotion", ["dusk", 0.5, 4], EmotionEvent(-0.1, -0.25, 4.0, "dusk", 0.5)),
        ("state", ["Battle"], StateEvent("1m2")),
        ("state", ["1m1"], StateEvent("1m1")),
        ("intensity", [0.5], IntensityEvent(0.5)),
        ("hit", [], HitEvent(None)),
        ("hit", ["door"], HitEvent("door")),
        ("motif", ["rope"], MotifEvent("rope")),
        ("style", ["noir"], StyleEvent("noir")),
        ("tempo", [96.0], TempoEvent(96.0, 96.0)),
        ("tempo", [80, 96], TempoEvent(80.0, 96.0)),
        ("tempo", ["x1.25"], TempoEvent(factor=1.25)),
        ("pause", [], PauseEvent()),
        ("resume", [], ResumeEvent()),
        ("stop", [], StopEvent()),
        ("stop", [1.0], StopEvent()),
        ("reply", [], AnswersTo(None)),
        ("reply", [9001], AnswersTo(9001)),
    ],
)
def test_every_address_is_an_event(address: str, values: list[object], event: object) -> None:
    assert read(message(address, *values)) == [event]


def test_every_address_is_tried_above() -> None:
    tried = {mark.args[1][n][0] for mark in test_every_address_is_an_event.pytestmark for n in range(21)}
    assert tried == set(ADDRESSES)


@pytest.mark.parametrize(
    ("address", "values", "words"),
    [
        ("emotion", [float("nan"), 0.0], "a valence goes from -1 to 1, and is not nan"),
        ("emotion", [0.0, 3e38], "an arousal goes from -1 to 1"),
        ("emotion", [0.5], "takes valence, arousal"),
        ("emotion", ["hopp"], "did you mean hope?"),
        ("emotion", [True, False], "not true, false"),
        ("intensity", ["loud"], "takes a number from 0 to 1, not a text"),
        ("intensity", [float("-inf")], "goes from 0 to 1"),
        ("state", ["Batle"], "did you mean Battle?"),
        ("state", [], "takes a cue's number or title, not nothing"),
        ("motif", ["roope"], "did you mean rope?"),
        ("tempo", [1e30], "a tempo goes from"),
        ("text", [3], "takes a text, not a number"),
        ("text", ["a" * 30_000], "30,000 characters is too long"),
        ("text", ["\x07"], "no word"),
        ("pause", ["now"], "takes nothing, not a text"),
        ("reply", [70_000], "a port goes from 1 to 65535"),
        ("emotoin", [], "did you mean /melodrama/emotion?"),
        ("text", [b"blob"], "means nothing here"),
    ],
)
def test_what_makes_no_sense_is_answered_in_a_line(address: str, values: list[object], words: str) -> None:
    assert words in refusal(message(address, *values))


def test_a_button_let_go_is_no_hit() -> None:
    assert isinstance(read(message("hit", 0.0))[0], Refused)


def test_bundles_are_taken_in_their_order_and_at_once() -> None:
    inner = OscBundleBuilder(time.time() + 3600.0)  # type: ignore[arg-type]
    inner.add_content(_built("pause"))
    outer = OscBundleBuilder(IMMEDIATELY)  # type: ignore[arg-type]
    outer.add_content(_built("hit"))
    outer.add_content(inner.build())
    outer.add_content(_built("resume"))
    assert read(outer.build().dgram) == [HitEvent(None), PauseEvent(), ResumeEvent()]


def _built(address: str):  # type: ignore[no-untyped-def]
    return OscMessageBuilder(f"/melodrama/{address}").build()


@pytest.mark.parametrize(
    "inside",
    [
        struct.pack(">i", -4) + b"/a\0\0,\0\0\0",  # python-osc goes round in this one for ever
        struct.pack(">i", 0) * 9,
        struct.pack(">i", 1 << 30) + b"/a\0\0,\0\0\0",
        b"\0\0",
    ],
)
def test_a_bundle_with_a_wrong_size_is_refused_at_once(inside: bytes) -> None:
    assert "wrong size" in refusal(b"#bundle\0" + b"\0" * 8 + inside)


def test_bundles_a_thousand_deep_are_refused() -> None:
    packet = _built("hit").dgram
    for _ in range(1000):
        packet = b"#bundle\0" + b"\0" * 8 + struct.pack(">i", len(packet)) + packet
    assert "deep" in refusal(packet)


@given(
    st.binary(max_size=120), st.sampled_from([b"", b"#bundle\0" + b"\0" * 8, b"/melodrama/emotion\0\0,ff\0"])
)
def test_no_bytes_stop_the_reading(rest: bytes, beginning: bytes) -> None:
    for event in read_packet(beginning + rest, KNOWN):
        if isinstance(event, Refused):
            assert event.words.isprintable()


# ------------------------------------------------------------------------------------------ the socket


@dataclass
class Ends:
    wire: OscWire
    client: SimpleUDPClient
    heard: list[LiveEvent]
    told: list[str]

    def answers(self, seconds: float = 0.3) -> list[tuple[str, list[object]]]:
        return [(m.address.removeprefix("/melodrama/"), m.params) for m in self.client.get_messages(seconds)]


@pytest.fixture
def ends() -> Iterator[Ends]:
    heard: list[LiveEvent] = []
    told: list[str] = []
    wire = OscWire(0, told.append, KNOWN)
    wire.listen(heard.append)
    client = SimpleUDPClient("127.0.0.1", wire.port)
    yield Ends(wire, client, heard, told)
    client.close()
    wire.close()


def until(met: Callable[[], bool], seconds: float = 10.0) -> None:
    end = time.monotonic() + seconds
    while not met():
        assert time.monotonic() < end, "it never came about"
        time.sleep(0.01)


def test_the_wire_says_where_it_listens_and_whom_that_lets_in(ends: Ends) -> None:
    assert ends.wire.where == f"OSC is heard at 127.0.0.1:{ends.wire.port} (UDP), from this machine alone"
    wide = OscWire(0, ends.told.append, host="0.0.0.0")
    assert wide.where.endswith("from whoever reaches this machine")
    wide.close()


def test_whoever_asks_is_told_of_beats_bars_state_and_feeling(ends: Ends) -> None:
    ends.client.send_message("/melodrama/hit", [])
    until(lambda: bool(ends.heard))
    ends.wire.take(MusicStarted(0.0, 0.0, 96.0))
    ends.wire.take(StateEntered(0.0, 0.0, "1m2", "Battle"))
    ends.wire.take(FeelingPassed(0.0, 0.0, -0.5, 0.75, 1.0))
    ends.wire.take(NoteDue(0.0, 0.0, "melody", 60, 80, 1.0))
    ends.wire.take(BeatPassed(0.0, 0.0, 4, 2, 0.0, 96.0, 4.0))
    ends.wire.take(BeatPassed(0.6, 0.0, 5, 2, 1.0, 96.0, 4.0))
    ends.wire.take(LiveRemark("there is no strings section"))
    assert ends.answers() == [
        ("started", [96.0]),
        ("state", ["1m2", "Battle"]),
        ("feeling", [-0.5, 0.75, 1.0]),
        ("bar", [2, 96.0, 4.0]),
        ("beat", [4, 2, 0.0, 96.0]),
        ("beat", [5, 2, 1.0, 96.0]),
        ("error", ["there is no strings section"]),
    ]


def test_a_beat_is_told_when_it_is_due(ends: Ends) -> None:
    ends.client.send_message("/melodrama/hit", [])
    until(lambda: bool(ends.heard))
    due = time.monotonic() + 0.2
    ends.wire.take(BeatPassed(0.0, due, 0, 1, 0.0, 96.0, 4.0))
    assert time.monotonic() >= due


def test_who_comes_late_learns_the_state_and_the_feeling_at_once(ends: Ends) -> None:
    ends.wire.take(StateEntered(0.0, 0.0, "1m1", "Explore"))
    ends.wire.take(FeelingPassed(0.0, 0.0, 0.5, -0.5, 0.5))
    ends.client.send_message("/melodrama/reply", [])
    here = ("reply", [ends.wire.port])
    assert ends.answers() == [here, ("state", ["1m1", "Explore"]), ("feeling", [0.5, -0.5, 0.5])]
    ends.client.send_message("/melodrama/reply", [])
    assert ends.answers() == [here]


def test_answers_go_to_the_port_that_was_asked_for(ends: Ends) -> None:
    listener = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    listener.bind(("127.0.0.1", 0))
    listener.settimeout(10)
    ends.wire.take(StateEntered(0.0, 0.0, "1m1", "Explore"))
    ends.client.send_message("/melodrama/reply", listener.getsockname()[1])
    ends.client.send_message("/melodrama/style", "nior")
    packets = [listener.recv(4096) for _ in range(3)]
    assert packets[:2] == [packet_of("reply", ends.wire.port), packet_of("state", "1m1", "Explore")]
    assert b"did you mean noir?" in packets[2]
    listener.close()


def test_an_asker_that_went_away_stops_nobody(ends: Ends) -> None:
    gone = SimpleUDPClient("127.0.0.1", ends.wire.port)
    gone.send_message("/melodrama/hit", [])
    ends.client.send_message("/melodrama/hit", [])
    until(lambda: len(ends.heard) == 2)
    gone.close()
    for beat in range(5):
        ends.wire.take(BeatPassed(0.0, 0.0, beat, 1, 1.0, 96.0, 4.0))
    assert len(ends.answers()) == 5


def test_garbage_by_the_thousand_is_told_in_a_few_lines_and_the_next_event_is_heard(ends: Ends) -> None:
    draws = random.Random(4)
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sender:
        for number in range(4000):
            beginning = (b"", b"#bundle\0", b"/melodrama/text\0,s\0\0", b"#bundle\0" + b"\0" * 8)[number % 4]
            sender.sendto(beginning + draws.randbytes(draws.randrange(80)), ("127.0.0.1", ends.wire.port))
            if number % 500 == 0:
                time.sleep(0.02)  # the system drops what does not fit its buffer
    ends.client.send_message("/melodrama/style", "noir")
    until(lambda: StyleEvent("noir") in ends.heard)
    assert 1 <= len(ends.told) < 60
    assert all(line.isprintable() and len(line) < 300 for line in ends.told)


def test_the_largest_packet_there_is_is_answered_in_a_line(ends: Ends) -> None:
    with pytest.raises(OSError):  # a megabyte never gets onto the wire
        ends.client.send_message("/melodrama/text", "a" * 1_000_000)
    ends.client.send_message("/melodrama/text", "a" * 60_000)
    until(lambda: bool(ends.told))
    assert ends.told == ["OSC: a text of 60,000 characters is too long; 20,000 are read at a time"]
    assert ends.answers() == [
        ("error", ["a text of 60,000 characters is too long; 20,000 are read at a time"])
    ]


def test_a_listener_that_raises_is_told_and_the_next_event_comes_through() -> None:
    heard: list[LiveEvent] = []
    told: list[str] = []

    def hear(event: LiveEvent) -> None:
        if isinstance(event, HitEvent):
            raise RuntimeError("no hits today")
        heard.append(event)

    wire = OscWire(0, told.append, KNOWN)
    wire.listen(hear)
    client = SimpleUDPClient("127.0.0.1", wire.port)
    client.send_message("/melodrama/hit", [])
    client.send_message("/melodrama/pause", [])
    until(lambda: bool(heard))
    assert told == ["OSC: an OSC packet could not be followed: RuntimeError: no hits today"]
    client.close()
    wire.close()


def test_what_comes_before_anybody_listens_is_heard_then() -> None:
    heard: list[LiveEvent] = []
    wire = OscWire(0, print, KNOWN)
    client = SimpleUDPClient("127.0.0.1", wire.port)
    client.send_message("/melodrama/state", "Battle")
    client.send_message("/melodrama/pause", [])
    wire.listen(heard.append)
    until(lambda: len(heard) == 2)
    assert heard == [StateEvent("1m2"), PauseEvent()]
    client.close()
    wire.close()


@pytest.mark.parametrize(
    ("port", "host"), [(70_000, "127.0.0.1"), (-1, "127.0.0.1"), (0, "no.such.host.invalid")]
)
def test_a_place_that_is_none_is_named(port: int, host: str) -> None:
    with pytest.raises(DeviceError, match=r"port goes from 1|is no address"):
        OscWire(port, print, host=host)


def test_a_port_that_is_taken_is_named(ends: Ends) -> None:
    with pytest.raises(DeviceError, match=f"UDP port {ends.wire.port} of 127.0.0.1 cannot be listened at"):
        OscWire(ends.wire.port, print)


def test_a_closed_wire_gives_its_port_back_and_closes_again(ends: Ends) -> None:
    port = ends.wire.port
    ends.wire.close()
    ends.wire.close()
    OscWire(port, print).close()
