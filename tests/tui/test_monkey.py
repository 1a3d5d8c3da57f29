"""A monkey at the keys: whatever it does, nothing raises, nothing leaks, and no character of the text is
lost.

After every action the text must be what that action makes of the text before: a letter typed stands where the
cursor stood, a step of the cursor changes nothing, undo gives a text that stood there before. At the end the
recovery file and the saved file hold the same.
"""

import asyncio
import gc
import os
import random
from collections import defaultdict
from contextlib import suppress
from pathlib import Path

import pytest
from textual import events
from textual.app import App
from textual.errors import NoWidget

from tests.tui.conftest import app_with, until
from tui.app import Melodrama
from tui.recovery import find_recovery
from tui.screens.workstation import Workstation
from tui.widgets.completion import CompletionList
from tui.widgets.editor import ScoreEditor

ACTIONS = int(os.environ.get("MELODRAMA_MONKEY", "400"))
"""How many actions; the long run is 20,000."""
LEAK_MB = 100
LETTERS = [*"abc ,.{}@#:\\", "悬", "崖", "é", "🎻"]
MOVES = [
    *("up", "down", "left", "right", "home", "end", "pageup", "pagedown"),
    *("ctrl+home", "ctrl+end", "shift+left", "shift+down", "ctrl+right"),
]
UNDOES = ["ctrl+z", "ctrl+z", "ctrl+y"]
WRITES = ["f2", "f9", "ctrl+x", "ctrl+v", "ctrl+k", "ctrl+w"]
"""Keys that may change the text in ways of their own; ^Z must lead back to a text that stood there."""
LOOKS = [
    *("ctrl+@", "f1", "f3", "f4", "f5", "f7", "f8", "f10", "f12", "ctrl+b", "ctrl+t"),
    *("ctrl+f", "ctrl+r", "ctrl+g", "ctrl+p", "ctrl+o", "tab", "shift+tab"),
]
SIZES = [(20, 5), (80, 24), (120, 40), (47, 13), (200, 60)]


async def press(app: App[None], key: str) -> None:
    """Send a key and wait until it has been handled all the way down, no longer."""
    letter = key if len(key) == 1 else {"space": " ", "enter": "\r", "tab": "\t"}.get(key)
    app.post_message(events.Key(key, letter))
    await handled(app)


async def handled(app: App[None]) -> None:
    """Until what was posted has gone down to the widget in focus, and what that passed on, up again."""
    focused = app.screen.focused or app.screen
    for node in (app, app.screen, *focused.ancestors_with_self, app):
        done = asyncio.Event()
        if node.is_running and node.call_later(done.set):
            await asyncio.wait_for(done.wait(), 60)
    await asyncio.sleep(0)


def typed(text: str, editor: ScoreEditor, key: str) -> str:
    """What a key that writes makes of a text."""
    lines = text.split("\n")
    start, end = sorted((editor.selection.start, editor.selection.end))
    at, to = (sum(len(line) + 1 for line in lines[:row]) + column for row, column in (start, end))
    if key == "backspace" and at == to:
        at = max(at - 1, 0)
    if key == "delete" and at == to:
        to = min(to + 1, len(text))
    put = {"enter": "\n", "backspace": "", "delete": ""}.get(key, key)
    return text[:at] + put + text[to:]


def memory_mb() -> float:
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE") / 1e6


async def test_random_use_raises_nothing_leaks_nothing_and_keeps_the_text(
    score: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)  # names that the monkey gives are taken from here
    other = tmp_path / "other.score"
    other.write_text("林: 我不会回头。{hit}\n" * 30, encoding="utf-8")
    rng = random.Random(7)
    app = app_with(score, other, live=True)
    before_mb = 0.0
    async with app.run_test(size=(80, 24)) as pilot:
        desk = app.workstation
        known: dict[int, set[int]] = defaultdict(set)
        for step in range(ACTIONS):
            if step == ACTIONS // 5:
                gc.collect()
                before_mb = memory_mb()
            await act(app, rng, known)
            if step % 50 == 49:
                await asyncio.sleep(0.01)
                for number, session in zip(desk.desk.scores.numbers, desk.sessions, strict=True):
                    assert session.text == desk.query_one(f"#score-{number}", ScoreEditor).text
        gc.collect()
        grown = memory_mb() - before_mb
        assert grown < LEAK_MB, f"{grown:.0f} MB more after {ACTIONS} actions"
        await back_to_desk(app)
        await pilot.pause()
        await until(pilot, lambda: desk.session.checked is not None)
        for session in desk.sessions:
            if session.is_modified:
                desk.recovering._keep(session)
                await until(pilot, lambda: not desk.live.jobs.is_running("recovery"))
                kept = find_recovery(session.file.path, session.saved)
                assert kept is not None
                assert kept.text == session.text
            assert session.save(overwrite=True) is None
            assert session.file.path.read_bytes() == session.text.encode()


async def act(app: Melodrama, rng: random.Random, known: dict[int, set[int]]) -> None:
    """One random action, and what it may have done to the text."""
    desk = app.workstation
    number, editor, before = desk.desk.scores.number, desk.editor, desk.editor.text
    known[number].add(hash(before))
    at_script = app.screen is desk and desk.focused is editor
    popup = app.screen is desk and desk.query_one(CompletionList).is_open
    draw = rng.random()
    if draw < 0.55:
        key = rng.choice([*LETTERS, "enter", "backspace", "delete"])
        expected = typed(before, editor, key)
        await press(app, key)
        if at_script and not (popup and key == "enter"):
            assert editor.text == expected, key
        return
    if draw < 0.62:
        key = rng.choice(UNDOES)
        await press(app, key)
        if at_script:
            assert hash(editor.text) in known[number], "undo gave a text that never was"
    elif draw < 0.66:
        key = rng.choice(WRITES)
        if at_script:
            await press(app, key)
            after = editor.text
            known[number].add(hash(after))
            if after != before and rng.random() < 0.5:
                await press(app, "ctrl+z")  # letters struck out one after the other come back together
                assert hash(editor.text) in known[number], key
    elif draw < 0.70:
        app.post_message(events.Resize(size := _size(rng), size))
        await handled(app)
        assert editor.text == before
    elif draw < 0.74:
        at_desk = app.screen is desk
        hit = await click(app, rng)
        if editor.text != before:
            assert popup or not at_desk, f"a click on {hit} wrote into the script"
            known[number].add(hash(editor.text))
            if not popup:
                await press(app, "ctrl+z")
                assert editor.text == before
    elif draw < 0.90:
        key = rng.choice(MOVES)
        await press(app, key)
        assert editor.text == before or app.screen is not desk
    else:
        key = rng.choice(LOOKS)
        await press(app, key)
        if not (popup and key == "tab"):
            assert editor.text == before, key
        if rng.random() < 0.8:
            await back_to_desk(app)
            assert editor.text == before or (popup and key == "tab")


def _size(rng: random.Random):  # type: ignore[no-untyped-def]
    from textual.geometry import Size

    return Size(*rng.choice(SIZES))


async def click(app: Melodrama, rng: random.Random) -> str:
    """A click somewhere on the screen, but for the last line: a click there may quit. Tells what was hit."""
    width, height = app.screen.size
    x, y = rng.randrange(width), rng.randrange(max(height - 1, 1))
    hit = f"{x}, {y} of {width} x {height}"
    with suppress(NoWidget):  # between two sizes a place may be nobody's
        hit = f"{app.screen.get_widget_at(x, y)[0]} at {hit}"
    for kind in (events.MouseDown, events.MouseUp, events.Click):
        app.screen._forward_event(
            kind(None, x, y, 0, 0, 1, False, False, False, x, y, None)  # type: ignore[call-arg]
        )
    await handled(app)
    if not isinstance(app.screen, Workstation):
        await back_to_desk(app)
    return hit


async def back_to_desk(app: Melodrama) -> None:
    for _ in range(6):
        if isinstance(app.screen, Workstation):
            break
        await press(app, "escape")
    assert isinstance(app.screen, Workstation), "no way back to the desk"
    await press(app, "escape")
    app.workstation.editor.focus()
    await handled(app)
