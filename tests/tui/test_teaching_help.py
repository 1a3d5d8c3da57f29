"""F1 where there is music: why the cue at hand sounds as it does, without waiting for it."""

from pathlib import Path

import pytest

from engine.teach.harmony_reading import read_harmony
from tests.engine.teach.made_scores import CLOSING, made_score
from tests.tui.conftest import app_with, until
from tui.screens.help import HelpScreen
from tui.widgets.roll import PianoRoll


async def test_f1_tells_of_the_bar_and_the_cue_and_l_tells_it_at_another_level(score: Path) -> None:
    app = app_with(score, live=True)
    async with app.run_test(size=(100, 40)) as pilot:
        await until(pilot, lambda: app.workstation.session.composed is not None)
        app.workstation.editor.goto(2, 3)  # the cue's heading
        await pilot.press("f1")
        await until(pilot, lambda: isinstance(app.screen, HelpScreen))
        assert "The music here" not in str(app.screen._text())  # type: ignore[attr-defined]
        await pilot.press("l")
        await until(pilot, lambda: "From feeling to music" in str(app.screen._text()))  # type: ignore[attr-defined]
        said = str(app.screen._text())  # type: ignore[attr-defined]
        assert "level: intermediate" in said
        assert "The music here" in said
        await pilot.press("l")
        await pilot.pause()
        assert "level: advanced" in str(app.screen._text())  # type: ignore[attr-defined]
        await pilot.press("l")
        await pilot.pause()
        assert "The music is heard as" in str(app.screen._text())  # type: ignore[attr-defined]
        await pilot.press("escape")


async def test_f1_without_music_is_the_help_that_it_was(score: Path) -> None:
    app = app_with(score)
    async with app.run_test(size=(100, 40)) as pilot:
        await until(pilot, lambda: app.workstation.session.checked is not None)
        app.workstation.editor.goto(2, 3)
        await pilot.press("f1")
        await until(pilot, lambda: isinstance(app.screen, HelpScreen))
        assert "The music here" not in str(app.screen._text())  # type: ignore[attr-defined]


async def test_f1_in_the_piano_roll_tells_of_the_chord_at_the_playhead(
    score: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    chords = read_harmony(made_score(CLOSING))
    monkeypatch.setattr("engine.teach.explanation.read_harmony", lambda score: chords)
    app = app_with(score, live=True)
    async with app.run_test(size=(100, 40)) as pilot:
        await until(pilot, lambda: app.workstation.session.composed is not None)
        composed = app.workstation.session.composed
        assert composed is not None
        second = composed.composition.score.cues[1]
        roll = app.workstation.query_one(PianoRoll)
        roll.focus()
        roll.show_time(second.start_s + 0.1, False)
        for locale, said in (
            ("zh_CN.UTF-8", "这里的音乐\n第 1 小节第 1 拍：I (主功能)"),
            ("en_GB.UTF-8", "The music here\nBar 1, beat 1: I (tonic)"),
        ):
            monkeypatch.setenv("LC_ALL", locale)
            await pilot.press("f1")
            await until(pilot, lambda said=said: said in str(app.screen._text()))  # type: ignore[attr-defined, misc]
            assert "Put the cursor on" not in str(app.screen._text())  # type: ignore[attr-defined]
            await pilot.press("escape")
