"""The studio's own process: its results are those of a studio at hand, and its death costs no text."""

import os
import pickle
import signal
import subprocess
import sys
import threading
import time
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path

import msgspec
import numpy as np
import numpy.typing as npt
import pytest
from msgspec import msgpack

from engine.errors import MediaError, MelodramaError, OutputError, WeightsError
from tests.tui.conftest import SHORT, until
from tui.app import Melodrama
from tui.checking import check
from tui.settings import Settings
from tui.studio.calls import Failure, Forgotten, Script, failure, raised
from tui.studio.channel import Message, receive, send
from tui.studio.distant import DistantStudio, StudioGone
from tui.studio.near import NearStudio
from tui.studio.protocol import Asked, Superseded

SETTINGS = Settings(takes=2)


def asked(text: str = SHORT, **takes: int) -> Asked:
    found = check(text, 0, Path()).asked(takes)
    assert found is not None
    return found


def going() -> bool:
    return True


@pytest.fixture(scope="module")
def studio():  # type: ignore[no-untyped-def]
    distant = DistantStudio(SETTINGS, "debug")
    assert distant.load() is None
    yield distant
    distant.close()


@dataclass(frozen=True)
class Sounds:
    """Something that travels: arrays, a place, a number as numpy counts."""

    name: str
    place: Path
    waves: dict[str, npt.NDArray[np.float32]]
    count: int


def sent(value: object) -> Message:
    """What arrives of a value."""
    stream = BytesIO()
    send(stream, threading.Lock(), 7, "done", value)
    stream.seek(0)
    return receive(stream)


def test_arrays_paths_and_values_come_through_the_channel_in_order() -> None:
    stream, lock = BytesIO(), threading.Lock()
    wave = np.arange(200_000, dtype=np.float32).reshape(-1, 2)
    whole = Sounds("first", Path("悬崖/a.wav"), {"a": wave, "b": wave[3:5], "c": wave}, np.int64(3))  # type: ignore[arg-type]
    send(stream, lock, 1, "done", whole)
    send(stream, lock, 2, "doing", "second")
    stream.seek(0)
    message = receive(stream)
    found = message.read(Sounds)
    assert (message.number, message.name) == (1, "done")
    assert (found.name, found.place, found.count) == ("first", whole.place, 3)
    for name, array in whole.waves.items():
        np.testing.assert_array_equal(found.waves[name], array)
    assert found.waves["a"] is found.waves["c"]  # sent once
    found.waves["a"][:] += 1  # nobody else's memory
    assert receive(stream).read(str) == "second"
    with pytest.raises(EOFError):
        receive(stream)


def test_a_place_that_is_no_unicode_and_half_a_character_in_a_text_travel() -> None:
    place = Path(os.fsdecode(b"/tmp/\xff.score"))
    script = sent(Script("He said \ud83d.", place, {"1m1": 2})).read(Script)
    assert script == Script("He said ?.", place, {"1m1": 2})


class Mine:
    """Runs something where it is unpickled."""

    def __reduce__(self) -> tuple[object, ...]:
        return (print, ("it ran",))


@pytest.mark.parametrize(
    "value",
    [
        pickle.dumps(Mine()),
        b"\x80\x05.",
        bytes(range(256)),
        msgpack.encode({"name": "a", "place": b"a", "waves": {"a": (0, "|O", (1,))}, "count": 1}),
        msgpack.encode({"name": "a", "place": b"a", "waves": {"a": (0, "<f4", (9,))}, "count": 1}),
        msgpack.encode({"name": "a", "place": b"a", "waves": {"a": (5, "<f4", (1,))}, "count": 1}),
        msgpack.encode({"name": "a", "place": b"a", "waves": {"a": ("os", "system")}, "count": 1}),
        msgpack.encode({"name": "a", "place": b"a", "waves": {}, "count": "one"}),
        msgpack.encode(msgspec.msgpack.Ext(1, pickle.dumps(Mine()))),
    ],
)
def test_whatever_bytes_arrive_plain_values_of_the_kind_expected_come_out_or_an_error(
    value: bytes, capsys: pytest.CaptureFixture[str]
) -> None:
    message = Message(1, "done", bytearray(value), (bytearray(8),))
    with pytest.raises(ValueError, match=r"no .*Sounds"):
        message.read(Sounds)
    assert capsys.readouterr().out == ""


@pytest.mark.parametrize("value", [Mine(), print, np.array([print]), {"a": object()}])
def test_what_is_no_plain_value_is_not_sent(value: object) -> None:
    with pytest.raises(TypeError, match="does not travel"):
        sent(value)


def test_it_makes_what_a_studio_at_hand_makes(studio: DistantStudio) -> None:
    script, at_hand = asked(**{"1m1": 2}), NearStudio(SETTINGS, "debug")
    words: list[str] = []
    made = studio.compose(script, going, words.append)
    assert made.score == at_hand.compose(script, going).score
    assert made.cues[0].take == 2
    assert words.count("composing") == 1
    assert studio.analyse(script, going).curves == at_hand.analyse(script, going).curves
    assert studio.explain(script, 4, going) == at_hand.explain(script, 4, going) != ()


def test_what_is_not_wanted_any_more_is_given_up_at_once(studio: DistantStudio) -> None:
    began = time.monotonic()
    with pytest.raises(Superseded):
        studio.compose(asked(SHORT * 20), lambda: time.monotonic() < began + 0.1)
    assert time.monotonic() - began < 2.0
    assert studio.analyse(asked(), going).curves


def test_a_composition_that_the_process_no_longer_has_goes_back_to_be_played(studio: DistantStudio) -> None:
    made = studio.compose(asked(), going)
    first = studio.sound(made, going)
    assert studio._process is not None
    studio._process.compositions[999] = studio._process.compositions.popitem()[1]
    again = studio.sound(made, going)
    assert again.rate == first.rate
    np.testing.assert_array_equal(first.mix(), again.mix())


def test_its_errors_are_those_of_the_work(tmp_path: Path) -> None:
    distant = DistantStudio(SETTINGS, str(tmp_path / "nowhere"))
    try:
        assert "nowhere" in (distant.load() or "")
        assert not distant.is_loaded
        with pytest.raises(WeightsError, match="nowhere"):
            distant.analyse(asked(), going)
    finally:
        distant.close()


@pytest.mark.parametrize("kind", [WeightsError, MediaError, OutputError, Superseded, Forgotten])
def test_errors_of_ours_travel_as_what_they_are(kind: type[Exception]) -> None:
    error = raised(sent(failure(kind("no room"))).read(Failure))
    assert type(error) is kind
    assert str(error) == "no room"


def test_other_errors_keep_their_words_and_are_errors_that_are_told() -> None:
    class Odd(Exception):
        pass

    error = raised(sent(failure(Odd("the disk is full \udcff"))).read(Failure))
    assert type(error) is MelodramaError
    assert str(error) == "the disk is full ?"


def test_a_killed_process_is_told_and_another_takes_over() -> None:
    distant = DistantStudio(SETTINGS, "debug")
    try:
        assert distant.load() is None
        assert distant._process is not None
        killed = distant._process._process
        killed.kill()
        killed.wait()
        assert distant.compose(asked(), going).score.tracks
        threading.Timer(0.05, distant._process._process.kill).start()
        with pytest.raises(StudioGone, match=r"signal 9.*starts anew"):
            distant.compose(asked(SHORT * 30), going)
    finally:
        distant.close()


def test_once_closed_it_does_not_start_again() -> None:
    distant = DistantStudio(SETTINGS, "debug")
    assert distant.load() is None
    assert distant._process is not None
    process = distant._process
    threading.Timer(0.05, distant.close).start()
    with pytest.raises(StudioGone):
        distant.compose(asked(SHORT * 30), going)
    with pytest.raises(StudioGone, match="closing"):
        distant.analyse(asked(), going)
    assert not process.is_alive


def test_an_answer_that_cannot_be_read_leaves_nobody_waiting(monkeypatch: pytest.MonkeyPatch) -> None:
    distant = DistantStudio(SETTINGS, "debug")
    try:
        assert distant.load() is None

        def broken(stream: object) -> None:
            raise ValueError("no message")

        monkeypatch.setattr("tui.studio.distant.receive", broken)
        distant.analyse(asked(), going)  # the answer that was being waited for when it broke
        with pytest.raises(StudioGone):
            distant.analyse(asked(), going)
    finally:
        distant.close()


def test_it_ends_when_the_app_is_gone() -> None:
    code = (
        "import os\n"
        "from tui.studio.distant import DistantStudio\n"
        "from tui.settings import Settings\n"
        "studio = DistantStudio(Settings(), 'debug')\n"
        "print(studio._running().pid, flush=True)\n"
        "os.kill(os.getpid(), 9)\n"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert done.returncode == -signal.SIGKILL
    pid = int(done.stdout)
    end = time.monotonic() + 20
    while Path(f"/proc/{pid}/cmdline").exists() and Path(f"/proc/{pid}/cmdline").read_bytes():
        assert time.monotonic() < end, "it lives on"
        time.sleep(0.05)


async def test_the_text_outlives_the_process_and_the_next_change_is_composed(score: Path) -> None:
    settings = Settings(takes=2, live=True)
    app = Melodrama([score], "debug", settings)
    async with app.run_test(size=(120, 40)) as pilot:
        desk = app.workstation
        await until(pilot, lambda: desk.session.is_current)
        studio = desk.studio
        assert isinstance(studio, DistantStudio)
        assert studio._process is not None
        before = studio._process
        os.kill(before._process.pid, signal.SIGKILL)
        desk.editor.goto(4, 1)
        await pilot.press("x")
        assert desk.session.text == SHORT.replace("He stood", "xHe stood")
        await until(pilot, lambda: desk.session.is_current)
        assert studio._process is not before
