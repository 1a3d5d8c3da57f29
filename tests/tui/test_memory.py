"""What a long day leaves behind: nothing of screens that were closed; collections only while nobody works."""

import gc
import weakref
from pathlib import Path

import pytest

from tests.tui.conftest import app_with
from tui import memory
from tui.memory import Housekeeping
from tui.screens.help import HelpScreen
from tui.screens.workstation import Workstation


@pytest.mark.parametrize("tidied_while_open", [False, True])
async def test_nothing_of_a_closed_screen_stays(score: Path, tidied_while_open: bool) -> None:
    app = app_with(score)
    async with app.run_test(size=(120, 40)) as pilot:
        drawn: list[list[weakref.ref[object]]] = []
        for _ in range(6):
            await pilot.press("f1")
            await pilot.pause()
            assert isinstance(app.screen, HelpScreen)
            if tidied_while_open:
                gc.freeze()
            drawn.append([weakref.ref(widget._styles_cache) for widget in app.screen.walk_children()])
            await pilot.press("escape")
            await pilot.pause()
            assert isinstance(app.screen, Workstation)
        gc.unfreeze()  # as the next tidying does: on a slow machine one came while a screen was open
        gc.collect()
        # One at either end may be kept by something that keeps one; none in between.
        before = [ref for screen in drawn[1:-1] for ref in screen]
        assert before
        assert not [ref for ref in before if ref() is not None]


def test_everything_is_collected_only_at_rest(monkeypatch: pytest.MonkeyPatch) -> None:
    now = [100.0]
    monkeypatch.setattr(memory.time, "monotonic", lambda: now[0])
    house = Housekeeping()
    try:
        house.stirred()
        now[0] += 1.0
        assert not house.tidy()
        now[0] += 1.5
        assert house.tidy()
        assert gc.get_freeze_count() > 1000
        now[0] += 60.0
        assert not house.tidy()  # nothing has happened since
        house.stirred()
        now[0] += 2.5
        assert house.tidy()
        house.stirred()
        now[0] += 2.5
        assert not house.tidy()  # it was done a moment ago
        now[0] += 60.0
        assert house.tidy()
    finally:
        gc.unfreeze()
