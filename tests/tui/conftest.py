"""The workstation driven headless: its own folders, nobody's settings, the tiny models."""

import asyncio
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from textual.pilot import Pilot

from tests.tui.staged_studio import StagedStudio
from tui.app import Melodrama
from tui.settings import Settings
from tui.studio.near import NearStudio

SCORES = Path(__file__).parents[2] / "scores"
SHORT = """---
# 1m1 The cliff
@emotion despair 0.8
He stood at the edge. {hit} The wind came up.

# 1m2 Homecoming
@emotion joy 0.7
She ran down the hill, laughing.
"""


@pytest.fixture(autouse=True)
def own_folders(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "data"))
    monkeypatch.setenv("MELODRAMA_CONFIG", str(tmp_path / "config.toml"))
    monkeypatch.setenv("TEXTUAL_ANIMATIONS", "none")


@pytest.fixture
def score(tmp_path: Path) -> Path:
    path = tmp_path / "short.score"
    path.write_text(SHORT, encoding="utf-8")
    return path


def app_with(
    *files: Path,
    live: bool = False,
    takes: int = 2,
    models: bool = False,
    weights: str = "debug",
    learn: bool = True,
) -> Melodrama:
    """An app that composes at once and always the same, or with `models` (the debug ones; here, not in a
    process of their own). Without `live`, only when asked."""
    settings = Settings(live=live, takes=takes, learn=learn)
    studio = NearStudio(settings, weights) if models else StagedStudio(settings)
    return Melodrama(files, settings=settings, studio=studio)


async def until(pilot: Pilot[None], met: Callable[[], bool], seconds: float = 150.0) -> None:
    """Let the app run until something is so; fails where it does not come about."""
    end = time.monotonic() + seconds
    while not met():
        assert time.monotonic() < end, "it never came about"
        await asyncio.sleep(0.05)
    await pilot.pause()
