"""What is composed is shown, leads to its lines, and is heard."""

from pathlib import Path

import pytest
from textual.widgets.text_area import Selection

from engine.generate.sampling import Generator
from tests.tui.conftest import SHORT, app_with, until
from tui.app import Melodrama
from tui.screens.workstation import Workstation
from tui.widgets.arc import EmotionArc
from tui.widgets.cues import CueList
from tui.widgets.problems import StatusLine
from tui.widgets.roll import PianoRoll
from tui.widgets.transport import TransportLine


def desk(app: Melodrama) -> Workstation:
    return app.workstation


async def test_composing_fills_roll_arc_and_transport(score: Path) -> None:
    app = app_with(score, live=True)
    async with app.run_test(size=(120, 40)) as pilot:
        await until(pilot, lambda: desk(app).session.is_current)
        await pilot.pause()
        roll = app.screen.query_one(PianoRoll)
        assert roll.score is desk(app).session.composed.composition.score  # type: ignore[union-attr]
        assert all(row.match is not None for row in app.screen.query_one(CueList).rows)
        assert any(
            fact.startswith(("take 1/2", "take 2/2"))
            for fact in app.screen.query_one(TransportLine).playing.facts
        )
        assert all(cue.heard is not None for cue in app.screen.query_one(EmotionArc).cues)


async def test_only_the_changed_cue_is_composed_again(score: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    app = app_with(score, live=True, models=True)
    async with app.run_test(size=(120, 40)) as pilot:
        await until(pilot, lambda: desk(app).session.is_current)
        first = desk(app).session.composed.composition.score  # type: ignore[union-attr]
        asked: list[int] = []
        compose = Generator.compose

        def counting(self, requests, takes, progress=None):  # type: ignore[no-untyped-def]
            asked.extend(request.seed for request in requests)
            return compose(self, requests, takes, progress)

        monkeypatch.setattr(Generator, "compose", counting)
        desk(app).editor.goto(7, 14)
        desk(app).editor.insert(" -> calm")
        await until(pilot, lambda: not desk(app).session.is_current)
        await until(pilot, lambda: desk(app).session.is_current)
        second = desk(app).session.composed.composition.score  # type: ignore[union-attr]
        assert second is not first
        assert len(set(asked)) == 1


async def test_takes_are_tried_kept_and_undone(score: Path) -> None:
    app = app_with(score, live=True, takes=3)
    async with app.run_test(size=(120, 40)) as pilot:
        await until(pilot, lambda: desk(app).session.is_current)
        desk(app).editor.goto(4)
        await pilot.pause()
        best = desk(app).session.report_of("1m1").take  # type: ignore[union-attr]
        await pilot.press("f8")
        await until(pilot, lambda: desk(app).session.is_current)
        tried = best % 3 + 1
        assert desk(app).session.report_of("1m1").take == tried  # type: ignore[union-attr]
        await pilot.press("f9")
        await until(pilot, lambda: desk(app).session.is_current)
        assert f"# 1m1 The cliff\n@take {tried}\n" in desk(app).editor.text
        assert desk(app).session.report_of("1m1").take == tried  # type: ignore[union-attr]
        await pilot.press("ctrl+z")
        assert desk(app).editor.text == SHORT


async def test_a_note_leads_to_its_line_and_the_ruler_seeks(score: Path) -> None:
    app = app_with(score, live=True)
    async with app.run_test(size=(120, 40)) as pilot:
        await until(pilot, lambda: desk(app).session.is_current)
        await pilot.pause()
        score_made = desk(app).session.composed.composition.score  # type: ignore[union-attr]
        second = score_made.cues[1]
        roll = app.screen.query_one(PianoRoll)
        track = score_made.tracks[0]
        note = next(n for n in track.notes if n.start_s > second.start_s + 1)
        roll.post_message(PianoRoll.NoteChosen(track, note))
        await pilot.pause()
        assert desk(app).session.cursor[0] in (6, 8)
        await pilot.click(PianoRoll, offset=(60, 1))
        await pilot.pause()
        assert desk(app).session.position_s == pytest.approx(roll.view.time(60), abs=roll.s_per_column)


@pytest.mark.parametrize("size", [(120, 40), (80, 24)])
async def test_a_click_in_the_roll_goes_to_the_line_of_that_time(score: Path, size: tuple[int, int]) -> None:
    app = app_with(score, live=True)
    async with app.run_test(size=size) as pilot:
        await until(pilot, lambda: desk(app).session.is_current)
        await pilot.pause()
        roll = app.screen.query_one(PianoRoll)
        second = desk(app).session.plan.cues[1].start_s  # type: ignore[union-attr]
        for y in range(2, roll.size.height + 1):  # notes, the ground between them, the script below
            for x, line in ((roll.view.column(second) + 6, 8), (3, 4)):
                await pilot.click(PianoRoll, offset=(x, y))
                await until(pilot, lambda line=line: desk(app).session.cursor[0] == line)  # type: ignore[misc]


async def test_playing_moves_the_playhead_and_lights_the_line(score: Path) -> None:
    app = app_with(score, live=True)
    async with app.run_test(size=(120, 40)) as pilot:
        await until(pilot, lambda: desk(app).session.is_current)
        await pilot.press("f5")
        await until(pilot, lambda: desk(app).transport.listening.is_playing)
        await until(pilot, lambda: desk(app).session.position_s > 0.3)
        assert desk(app).editor._lit is not None
        assert desk(app).editor._lit[0] == 4
        await pilot.press("f5")
        assert not desk(app).transport.listening.is_playing


async def test_missing_weights_are_told_and_the_text_stays_editable(score: Path, tmp_path: Path) -> None:
    app = app_with(score, models=True, weights=str(tmp_path / "nowhere"))
    async with app.run_test(size=(100, 30)) as pilot:
        await until(pilot, lambda: desk(app).studio.problem is not None)
        await pilot.pause(0.1)
        assert "no music" in app.screen.query_one(StatusLine).message
        await pilot.press("x")
        assert desk(app).editor.text == "x" + SHORT


async def test_an_edit_while_playing_comes_in_without_stopping(score: Path) -> None:
    app = app_with(score, live=True)
    async with app.run_test(size=(120, 40)) as pilot:
        await until(pilot, lambda: desk(app).session.is_current)
        await pilot.press("f5")
        await until(pilot, lambda: desk(app).transport.listening.is_playing)
        desk(app).transport.loop()
        before = desk(app).transport.listening._composed
        desk(app).editor.goto(3, 21)
        desk(app).editor.insert(" -> hope 0.4")
        await until(pilot, lambda: desk(app).transport.listening._composed is not before)
        assert desk(app).transport.listening.is_playing
        assert desk(app).session.is_current


async def test_at_rest_the_cursor_s_cue_loops(score: Path) -> None:
    app = app_with(score, live=True)
    async with app.run_test(size=(100, 30)) as pilot:
        desk = app.workstation
        await until(pilot, lambda: desk.session.is_current)
        desk.editor.goto(8)
        await pilot.pause()
        await pilot.press("f10")
        second = desk.session.plan.cues[1]  # type: ignore[union-attr]
        assert desk.session.loop == (second.start_s, second.end_s)
        assert desk.transport.t_s == second.start_s
        await pilot.press("f10")
        assert desk.session.loop is None


async def test_the_selected_lines_loop(score: Path) -> None:
    app = app_with(score, live=True)
    async with app.run_test(size=(120, 40)) as pilot:
        await until(pilot, lambda: desk(app).session.is_current)
        desk(app).editor.selection = Selection((7, 0), (7, 5))
        await pilot.press("f10")
        plan = desk(app).session.plan
        assert plan is not None
        line = plan.cues[1].lines[0]
        assert desk(app).session.loop == (line.start_s, line.end_s)
        assert desk(app).session.position_s == line.start_s
        await pilot.press("f10")
        assert desk(app).session.loop is None


async def test_an_arc_point_and_a_cue_lead_to_their_lines(score: Path) -> None:
    app = app_with(score, live=True)
    async with app.run_test(size=(120, 40)) as pilot:
        await until(pilot, lambda: desk(app).session.is_current)
        await pilot.pause()
        arc = app.screen.query_one(EmotionArc)
        arc.post_message(EmotionArc.Chosen(arc.duration_s * 0.98))
        await until(pilot, lambda: desk(app).session.cursor[0] == 8)
        await pilot.click(CueList, offset=(4, 1))
        await until(pilot, lambda: desk(app).session.cursor[0] == 2)
        assert desk(app).session.position_s == 0.0
