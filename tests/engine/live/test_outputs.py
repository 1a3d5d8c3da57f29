"""An output that is slow, raises or hangs stops neither the music nor the others."""

import threading
import time

from engine.live.outputs import BeatPassed, LiveMessage, LiveOutputs, MusicStopped


def beat(number: int) -> BeatPassed:
    return BeatPassed(number * 0.5, 0.0, number, 1 + number // 4, float(number % 4), 120.0, 4.0)


class Kept:
    name = "kept"

    def __init__(self) -> None:
        self.messages: list[LiveMessage] = []
        self.closed = False

    def take(self, message: LiveMessage) -> None:
        self.messages.append(message)

    def close(self) -> None:
        self.closed = True


class Raising(Kept):
    name = "port"

    def take(self, message: LiveMessage) -> None:
        raise OSError("it was unplugged")


class Hanging(Kept):
    name = "wall"

    def __init__(self) -> None:
        super().__init__()
        self.free = threading.Event()

    def take(self, message: LiveMessage) -> None:
        self.free.wait()


def test_one_that_raises_is_told_once_and_the_other_gets_everything_in_order() -> None:
    told: list[str] = []
    kept, raising = Kept(), Raising()
    outputs = LiveOutputs((raising, kept), told.append)
    for number in range(50):
        outputs.send(beat(number))
    outputs.close()
    assert [m.beat for m in kept.messages if isinstance(m, BeatPassed)] == list(range(50))
    assert kept.closed
    assert raising.closed
    assert told == ["port: it was unplugged", "port is given up; the rest goes on"]


def test_one_that_hangs_holds_nobody_up_and_is_left_behind() -> None:
    told: list[str] = []
    kept, hanging = Kept(), Hanging()
    outputs = LiveOutputs((hanging, kept), told.append)
    before = time.monotonic()
    for number in range(6000):
        outputs.send(beat(number))
        if number % 500 == 0:
            time.sleep(0.005)  # as in real time: the fast one keeps up
    assert outputs.dropped > 0
    outputs.close(timeout_s=0.2)
    assert time.monotonic() - before < 5.0
    assert kept.closed
    assert isinstance(kept.messages[-1], BeatPassed)
    assert kept.messages[-1].beat == 5999
    assert any("too slow" in line for line in told)
    assert any("does not end" in line for line in told)
    hanging.free.set()


def test_where_nothing_is_played_in_real_time_nothing_is_dropped() -> None:
    class Slow(Kept):
        def take(self, message: LiveMessage) -> None:
            if len(self.messages) % 1000 == 0:
                time.sleep(0.002)
            super().take(message)

    slow = Slow()
    outputs = LiveOutputs((slow,), lambda line: None, waits=True)
    for number in range(10_000):
        outputs.send(beat(number))
    outputs.send(MusicStopped(1.0, 0.0))
    outputs.close()
    assert len(slow.messages) == 10_001
    assert outputs.dropped == 0


def test_told_to_end_now_what_waits_for_a_slow_recording_is_left_out_and_told() -> None:
    class Synthesising(Kept):
        name = "recording"

        def take(self, message: LiveMessage) -> None:
            time.sleep(0.02)
            super().take(message)

    told: list[str] = []
    slow, quick = Synthesising(), Kept()
    outputs = LiveOutputs((slow, quick), told.append, waits=True)
    for number in range(400):
        outputs.send(beat(number))
    before = time.monotonic()
    outputs.close(now=True)
    assert time.monotonic() - before < 2.0  # all of it would take eight seconds
    assert slow.closed
    assert quick.closed
    assert [m.beat for m in slow.messages if isinstance(m, BeatPassed)] == list(range(len(slow.messages)))
    assert len(told) == 1
    assert told[0].startswith("recording: ended early, without the last ")
