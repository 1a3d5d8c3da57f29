"""The studio's own process: its results are those of a studio at hand, and its death costs no text."""

import os
import signal
import subprocess
import sys
import threading
import time
from io import BytesIO
from pathlib import Path

import numpy as np
import pytest

from engine.errors import WeightsError
from tests.tui.conftest import SHORT, until
from tui.app import Melodrama
from tui.distant_studio import DistantStudio, StudioGone
from tui.session import check
from tui.settings import Settings
from tui.studio import Asked, Studio, Superseded
from tui.studio_channel import receive, send
from tui.studio_process import portable

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


def test_arrays_and_objects_come_through_the_channel_in_order() -> None:
    stream, lock = BytesIO(), threading.Lock()
    sound = np.arange(200_000, dtype=np.float32).reshape(-1, 2)
    send(stream, lock, ("first", {"a": sound, "b": sound[:3]}))
    send(stream, lock, "second")
    stream.seek(0)
    name, found = receive(stream)
    assert name == "first"
    np.testing.assert_array_equal(found["a"], sound)
    np.testing.assert_array_equal(found["b"], sound[:3])
    found["a"] += 1  # nobody else's memory
    assert receive(stream) == "second"
    with pytest.raises(EOFError):
        receive(stream)


def test_it_makes_what_a_studio_at_hand_makes(studio: DistantStudio) -> None:
    script, at_hand = asked(**{"1m1": 2}), Studio(SETTINGS, "debug")
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


def test_an_error_that_cannot_travel_keeps_its_words() -> None:
    class Odd(Exception):
        pass

    assert str(portable(Odd("the disk is full"))) == "the disk is full"


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
            raise ValueError("no pickle")

        monkeypatch.setattr("tui.distant_studio.receive", broken)
        distant.analyse(asked(), going)  # the answer that was being waited for when it broke
        with pytest.raises(StudioGone):
            distant.analyse(asked(), going)
    finally:
        distant.close()


def test_it_ends_when_the_app_is_gone() -> None:
    code = (
        "import os\n"
        "from tui.distant_studio import DistantStudio\n"
        "from tui.settings import Settings\n"
        "studio = DistantStudio(Settings(), 'debug')\n"
        "print(studio._running()._process.pid, flush=True)\n"
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
