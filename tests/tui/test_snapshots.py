"""Pictures of the screens, with a score made by hand, so that they change only when the screens do."""

from collections.abc import Callable
from pathlib import Path

import pytest
from textual.pilot import Pilot

from tests.tui.conftest import app_with, until
from tests.tui.staging import small_score
from tui.app import Melodrama
from tui.live import Live
from tui.panes import ArcCue, CueRow
from tui.widgets.arc import EmotionArc
from tui.widgets.cues import CueList
from tui.widgets.problems import StatusLine
from tui.widgets.roll import PianoRoll
from tui.widgets.transport import Playing, TransportLine

TEXT = """melodrama: 1
title: 悬崖
style: strings  // a comment
---
@character 林 motif=rope
@motif rope = [E5 G5 B5 A5:2]

# 1m1 悬崖
主人公站在悬崖边，望着远方的天空，心中充满了绝望。
@emotion despair 0.8 -> hope 0.5
林: 我不会回头。{hit}

# 1m2 Homecoming
@style folk
She ran down the hill, laughing. {motif rope} Nobody was waiting, and she did not care.
"""
Snap = Callable[..., bool]


@pytest.fixture
def cliff(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(Live, "load", lambda self: None)
    path = tmp_path / "cliff.score"
    path.write_text(TEXT, encoding="utf-8")
    return path


def show_music(app: Melodrama) -> None:
    """A finished score in every pane, as if it had just been composed."""
    score = small_score()
    screen = app.screen
    screen.query_one(PianoRoll).show_score(score)
    screen.query_one(PianoRoll).show_time(9.0, follow=False)
    curve = ArcCue(0.0, 16.0, lambda t: (-0.8 + t / 16, 0.2), (-0.5, 0.1))
    later = ArcCue(16.0, 32.0, lambda t: (0.6, -0.2 + t / 50), (0.3, 0.4))
    screen.query_one(EmotionArc).show_cues([curve, later], 32.0)
    screen.query_one(EmotionArc).show_time(9.0)
    cues = [
        CueRow("1m1", "悬崖", 0.0, 16.0, 0.86, 3, 8),
        CueRow("1m2", "Homecoming", 16.0, 32.0, 0.41, 1, 8),
    ]
    screen.query_one(CueList).show_rows(cues, 0)
    facts = ("♩60", "A minor", "strings", "take 3/8")
    roles = ("melody", "chords", "bass", "drums")
    playing = Playing(9.0, 32.0, True, None, facts, roles, frozenset({"drums"}))  # type: ignore[arg-type]
    screen.query_one(TransportLine).show_playing(playing)


async def ready(pilot: Pilot[None]) -> Melodrama:
    app = pilot.app
    assert isinstance(app, Melodrama)
    await until(pilot, lambda: bool(app.workstation.query("#score-0")))
    app.workstation.editor.cursor_blink = False
    await until(pilot, lambda: app.workstation.session.checked is not None)
    await pilot.pause()
    app.workstation.query_one(StatusLine).show_activity("")
    return app


@pytest.mark.parametrize("theme", ["melodrama-dark", "melodrama-light"])
@pytest.mark.parametrize("size", [(80, 24), (120, 40)])
def test_the_desk_while_it_plays(snap_compare: Snap, cliff: Path, size: tuple[int, int], theme: str) -> None:
    async def before(pilot: Pilot[None]) -> None:
        app = await ready(pilot)
        app.theme = theme
        app.workstation.editor.light(9, 1, 9)
        show_music(app)
        await pilot.pause()

    assert snap_compare(app_with(cliff), terminal_size=size, run_before=before)


def test_a_mistake_and_its_fix(snap_compare: Snap, cliff: Path) -> None:
    async def before(pilot: Pilot[None]) -> None:
        app = await ready(pilot)
        app.workstation.editor.goto(11, 11)
        app.workstation.editor.insert("{hitt}")
        await until(pilot, lambda: len(app.workstation.session.findings) > 0)
        await pilot.press("f4")
        await pilot.pause()
        app.workstation.query_one(StatusLine).show_activity("")

    assert snap_compare(app_with(cliff), terminal_size=(80, 24), run_before=before)


def test_help_for_an_emotion(snap_compare: Snap, cliff: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MELODRAMA_CONFIG", "/home/writer/melodrama.toml")

    async def before(pilot: Pilot[None]) -> None:
        app = await ready(pilot)
        app.workstation.editor.goto(10, 12)
        await pilot.press("f1")
        await pilot.pause()

    assert snap_compare(app_with(cliff), terminal_size=(80, 24), run_before=before)


def test_completion_in_a_chinese_directive(snap_compare: Snap, cliff: Path) -> None:
    async def before(pilot: Pilot[None]) -> None:
        app = await ready(pilot)
        app.workstation.editor.goto(7)
        app.workstation.editor.insert("@情感 悲")
        await until(pilot, lambda: len(app.workstation.session.findings) > 0)
        await pilot.press("ctrl+@")
        await pilot.pause()
        app.workstation.query_one(StatusLine).show_activity("")

    assert snap_compare(app_with(cliff), terminal_size=(80, 24), run_before=before)
