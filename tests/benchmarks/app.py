"""The workstation's figures: `python -m tests.benchmarks app`.

Cold start and echo are measured from outside, in a pseudo terminal, between the key and the drawn character;
the baseline is a bare Textual program with the same text. What follows a pause, and playing, is measured
inside, with the shipped weights and a device that counts the blocks that came too late.
"""

import asyncio
import os
import random
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from itertools import cycle
from pathlib import Path
from statistics import median
from typing import Any

from tests.benchmarks.long_script import long_script
from tests.benchmarks.terminal import Terminal

ROOT = Path(__file__).parents[2]
CLIFF = ROOT / "scores" / "cliff.score"
APP = ("-c", "from tui.cli.main import entry; entry()", "edit")
BARE = (
    "-c",
    "import sys; from textual.app import App; from textual.widgets import TextArea\n"
    "class Bare(App):\n"
    "    def compose(self):\n"
    "        yield TextArea(open(sys.argv[1]).read(), show_line_numbers=True)\n"
    "Bare().run()",
)
TYPED = "甲乙丙丁戊己庚辛壬癸子丑寅卯辰巳午未申酉戌亥"
"""Characters that stand nowhere else, so that each is known when it comes out."""
_BLOCK = 1024
_BLOCKS_AHEAD = 2
"""A device asks for a block about this many blocks before it has to sound."""


def app() -> None:
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        first_paint(folder)
        echo(folder)
        asyncio.run(after_a_pause(folder))
        asyncio.run(playing(folder))


def tell(name: str, value: float, unit: str, target: str, reached: bool, more: str = "") -> None:
    print(f"{name:<58}{value:8.1f} {unit:<8} target {target:<8} {'reached' if reached else 'MISSED'}  {more}")


def environment(folder: Path, live: bool) -> dict[str, str]:
    settings = folder / f"{'live' if live else 'still'}.toml"
    settings.write_text(f"live = {str(live).lower()}\n")
    return {
        "PYTHONPATH": str(ROOT),
        "XDG_STATE_HOME": str(folder),
        "MELODRAMA_CONFIG": str(settings),
        "TERM": "xterm-256color",
        "COLORTERM": "truecolor",
        "PYTHONDONTWRITEBYTECODE": "",
    }


# --------------------------------------------------------------------------------------------- from outside


def first_paint(folder: Path) -> None:
    """From the start of the process to the panes on the screen; models load behind it."""
    bare = [_painted(BARE, folder, "melodrama") for _ in range(4)][1:]
    ours = [_painted(APP, folder, "Piano roll") for _ in range(6)][1:]
    ratio = f"{median(ours) / median(bare):.1f} x a bare Textual program ({median(bare):.0f} ms)"
    tell("first paint, cold", median(ours), "ms", "800 ms", median(ours) <= 800, ratio)


def _painted(program: tuple[str, ...], folder: Path, words: str) -> float:
    with Terminal((*program, str(CLIFF)), environment(folder, live=True)) as terminal:
        painted = terminal.wait_for(words, 30)
        return 1000 * (painted - terminal.began) if painted else float("inf")


def echo(folder: Path) -> None:
    """A key's way to the screen in a score of 2,000 lines, at rest and while cues are composed."""
    path = folder / "long.score"
    path.write_text("\n".join(long_script(2000)), encoding="utf-8")
    bare, _, _ = _echoes(BARE, path, folder, live=False)
    still, cost, _ = _echoes(APP, path, folder, live=False)
    busy, _, studio = _echoes(APP, path, folder, live=True)
    baseline = f"p95 of a bare text area: {_p95(bare):.0f} ms"
    more = (
        f"median {median(still):.0f}, {cost * 1000:.0f} ms processor a key with all that follows; {baseline}"
    )
    tell("keystroke echo, 2,000 lines, p95", _p95(still), "ms", "40 ms", _p95(still) <= 40, more)
    more = f"median {median(busy):.0f}, most {max(busy):.0f}; its studio uses {studio:.2f} cores"
    tell("keystroke echo while composing, p95", _p95(busy), "ms", "40 ms", _p95(busy) <= 40, more)


def _echoes(
    program: tuple[str, ...], path: Path, folder: Path, live: bool
) -> tuple[list[float], float, float]:
    """(milliseconds of each echo, processor seconds a key, share of a core that its studio uses)."""
    draws = random.Random(3)
    characters = cycle(TYPED)
    times = []
    with Terminal((*program, str(path)), environment(folder, live)) as terminal:
        terminal.watch(12 if live else 6)
        before, studio, began = terminal.processor_s(), terminal.children_s(), time.perf_counter()
        for number in range(80):
            # Some keys come in a row, some after the music has begun to be made.
            pause = draws.uniform(0.45, 0.9) if live and number % 4 else draws.uniform(0.08, 0.2)
            terminal.watch(pause)
            character = next(characters)
            sent = terminal.press(character)
            drawn = terminal.wait_for(character, 5)
            times.append(1000 * (drawn - sent) if drawn else 5000.0)
        share = (terminal.children_s() - studio) / (time.perf_counter() - began)
        terminal.watch(0.5)
        cost = (terminal.processor_s() - before) / len(times)
    return times, cost, share


def _p95(values: list[float]) -> float:
    return sorted(values)[int(len(values) * 0.95) - 1]


# ---------------------------------------------------------------------------------------------- from inside


@contextmanager
def own_places(folder: Path) -> Iterator[None]:
    os.environ.update(environment(folder, live=True))
    os.environ["TEXTUAL_ANIMATIONS"] = "none"
    yield


async def after_a_pause(folder: Path) -> None:
    """One sentence of a score of several cues is changed: when its problems, its arc and its new notes are
    there."""
    from tui.app import Melodrama
    from tui.settings import Settings

    path = folder / "train.score"
    path.write_text((ROOT / "scores" / "last-train.score").read_text(encoding="utf-8"), encoding="utf-8")
    told: dict[str, list[float]] = {"problems": [], "arc": [], "notes": []}
    with own_places(folder):
        app = Melodrama([path], settings=Settings())
        async with app.run_test(size=(120, 40)):
            desk = app.workstation
            began = time.perf_counter()
            await until(lambda: desk.session.is_current)
            whole = time.perf_counter() - began
            lines = desk.editor.text.split("\n")
            row = next(n for n, line in enumerate(lines) if line.startswith("Rain"))
            for number in range(12):
                session, revision = desk.session, desk.session.revision
                desk.editor.insert(f" Night {number} fell.", (row, len(desk.editor.document.get_line(row))))
                began = time.perf_counter()
                await until(lambda: session.revision > revision)  # noqa: B023
                await until(lambda: session.checked.revision == session.revision)  # type: ignore[union-attr] # noqa: B023
                told["problems"].append(time.perf_counter() - began)
                await until(lambda: session.analysed_revision == session.revision)  # noqa: B023
                told["arc"].append(time.perf_counter() - began)
                await until(lambda: session.is_current)  # noqa: B023
                told["notes"].append(time.perf_counter() - began)
                await asyncio.sleep(0.3)
    for name, target in (("problems", 0.150), ("arc", 0.150), ("notes", 1.2)):
        value = median(told[name][1:])
        more = f"the whole from nothing, models too: {whole:.1f} s" if name == "notes" else ""
        title = {
            "problems": "problems after a key",
            "arc": "arc after a key",
            "notes": "new notes of a changed cue",
        }
        tell(title[name], value * 1000, "ms", f"{target * 1000:.0f} ms", value <= target, more)


async def playing(folder: Path) -> None:
    """The playhead's frames and the device's blocks, while a cue is changed again and again."""
    from engine.playback.player import Player
    from tui.app import Melodrama
    from tui.settings import Settings

    path = folder / "playing.score"
    path.write_text(CLIFF.read_text(encoding="utf-8"), encoding="utf-8")
    with own_places(folder):
        app = Melodrama([path], settings=Settings())
        async with app.run_test(size=(120, 40)) as pilot:
            desk = app.workstation
            devices: list[CountingDevice] = []

            def opened(player: Player, rate: int) -> CountingDevice:
                devices.append(CountingDevice(player, rate))
                return devices[-1]

            desk.transport.listening._player = Player(opened)
            await until(lambda: desk.session.is_current)
            await pilot.press("f5")
            await until(lambda: desk.transport.listening.is_playing)
            frames = 0
            show_time = desk.transport.show_time

            def counted() -> None:
                nonlocal frames
                frames += 1
                show_time()

            desk.transport.show_time = counted  # type: ignore[method-assign]
            began, row = time.perf_counter(), 12
            swaps = desk.transport.listening._composed
            changes = 0
            while time.perf_counter() - began < 24:
                desk.editor.insert("风。", (row, len(desk.editor.document.get_line(row))))
                await asyncio.sleep(6.0)
                changes += desk.transport.listening._composed is not swaps
                swaps = desk.transport.listening._composed
            seconds = time.perf_counter() - began
            devices[0].close()
            rate, late, blocks = frames / seconds, devices[0].late, devices[0].blocks
    more = f"{changes} new versions came in while it played"
    tell("playhead while composing", rate, "frames/s", "20", rate >= 20, more)
    tell("audio blocks that came too late", late, f"of {blocks}", "0", late == 0)


class CountingDevice:
    """Asks for a block when its time has come, as a sound card does, and counts those that came too late to
    sound."""

    def __init__(self, player: Any, rate: int) -> None:
        self.player, self.rate = player, rate
        self.blocks = self.late = 0
        self._open = True
        self._thread = threading.Thread(target=self._run, daemon=True)

    def start(self) -> None:
        self._thread.start()

    def stop(self) -> None:
        self._open = False

    def close(self) -> None:
        self._open = False

    def _run(self) -> None:
        import numpy as np

        block = np.zeros((_BLOCK, 2), np.float32)
        due = time.perf_counter()
        while self._open:
            self.player.fill(block)
            self.blocks += 1
            due += _BLOCK / self.rate
            now = time.perf_counter()
            if now > due + (_BLOCKS_AHEAD - 1) * _BLOCK / self.rate:
                self.late += 1
                due = now
            elif due > now:
                time.sleep(due - now)


async def until(met: Callable[[], bool], seconds: float = 120.0) -> None:
    end = time.perf_counter() + seconds
    while not met():
        if time.perf_counter() > end:
            raise TimeoutError("it never came about")
        await asyncio.sleep(0.002)
