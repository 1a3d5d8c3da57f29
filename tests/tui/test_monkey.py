"""A monkey at the keys: whatever it does, nothing raises and no character of the text is lost."""

import os
import random
from pathlib import Path

from tests.tui.conftest import app_with, until
from tui.screens.workstation import Workstation

ACTIONS = int(os.environ.get("MELODRAMA_MONKEY", "120"))
"""How many actions; the long run (20,000) is for a quiet machine."""
TYPED = [*"abc ,.{}@#:\\", "enter", "悬", "崖", "é", "🎻", "backspace", "delete", "space"]
MOVES = [
    "up",
    "down",
    "left",
    "right",
    "home",
    "end",
    "pageup",
    "pagedown",
    "ctrl+home",
    "ctrl+end",
    "shift+left",
]
KEYS = [
    "ctrl+z",
    "ctrl+y",
    "ctrl+@",
    "escape",
    "f1",
    "escape",
    "f2",
    "f3",
    "f4",
    "f7",
    "f8",
    "f9",
    "f10",
    "ctrl+b",
]
KEYS += [
    "ctrl+t",
    "ctrl+f",
    "escape",
    "ctrl+r",
    "escape",
    "ctrl+g",
    "escape",
    "ctrl+p",
    "escape",
    "tab",
    "shift+tab",
]
SIZES = [(20, 5), (80, 24), (120, 40), (47, 13)]


async def test_random_use_raises_nothing_and_keeps_the_text(score: Path, tmp_path: Path) -> None:
    other = tmp_path / "other.score"
    other.write_text("林: 我不会回头。{hit}\n" * 30, encoding="utf-8")
    rng = random.Random(7)
    app = app_with(score, other)
    async with app.run_test(size=(80, 24)) as pilot:
        desk = app.workstation
        for step in range(ACTIONS):
            draw = rng.random()
            if draw < 0.55:
                await pilot.press(rng.choice(TYPED))
            elif draw < 0.75:
                await pilot.press(rng.choice(MOVES))
            elif draw < 0.95:
                await pilot.press(rng.choice(KEYS))
            elif draw < 0.97:
                await pilot.resize_terminal(*rng.choice(SIZES))
            else:
                x, y = rng.randrange(18), rng.randrange(4)
                await pilot.click(offset=(x, y))
            if step % 25 == 0:
                assert all(
                    session.text == desk.query_one(f"#score-{number}").text  # type: ignore[attr-defined]
                    for number, session in zip(desk.session_ids, desk.sessions, strict=True)
                )
        while not isinstance(app.screen, Workstation):
            await pilot.press("escape")
        await pilot.pause()
        await until(pilot, lambda: desk.session.checked is not None)
        for session in desk.sessions:
            assert session.save(overwrite=True) is None
            assert session.file.path.read_bytes() == session.text.encode()
