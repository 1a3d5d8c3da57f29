"""The workstation as a person uses it: keys in, messages and screens out."""

from pathlib import Path

import pytest
from textual.widgets import Input
from textual.widgets.text_area import Selection

from dsl.diagnostics import Severity
from dsl.vocabulary import OUTPUTS
from engine.errors import OutputError
from engine.generate.sampling import Generator
from tests.tui.conftest import SHORT, app_with, until
from tests.tui.staged_studio import StagedStudio
from tui.app import Commands, Melodrama
from tui.commands import keys_of
from tui.screens.ask import Ask, AskText
from tui.screens.help import HelpScreen
from tui.screens.rendering import Formats, RenderDialog
from tui.screens.workstation import Workstation
from tui.settings import Settings
from tui.widgets.arc import EmotionArc
from tui.widgets.completion import CompletionList
from tui.widgets.cues import CueList
from tui.widgets.problems import ProblemList, StatusLine
from tui.widgets.roll import PianoRoll
from tui.widgets.transport import TransportLine


def desk(app: Melodrama) -> Workstation:
    return app.workstation


async def test_opening_shows_the_cues_and_colours_of_the_score(score: Path) -> None:
    app = app_with(score)
    async with app.run_test(size=(120, 40)) as pilot:
        await until(pilot, lambda: desk(app).session.checked is not None)
        await pilot.pause()
        rows = app.screen.query_one(CueList).rows
        assert [row.id for row in rows] == ["1m1", "1m2"]
        line = desk(app).editor.get_line(2)
        assert any("#d9a05b" in str(span.style) or "bold" in str(span.style) for span in line.spans)


async def test_a_mistake_is_told_while_typing_and_gone_when_mended(score: Path) -> None:
    app = app_with(score)
    async with app.run_test(size=(120, 40)) as pilot:
        desk(app).editor.goto(4, 22)
        await pilot.press(*"{hitt}")
        await until(pilot, lambda: any(f.severity is Severity.ERROR for f in desk(app).session.findings))
        await pilot.pause()
        assert app.screen.query_one(StatusLine).counts[0] == 1
        assert app.screen.query_one(ProblemList).count >= 1
        before = desk(app).editor.text
        await pilot.press("f2")
        await until(pilot, lambda: not any(f.severity is Severity.ERROR for f in desk(app).session.findings))
        assert desk(app).editor.text == before.replace("{hitt}", "{hit}")
        await pilot.press("ctrl+z")
        assert desk(app).editor.text == before


async def test_typing_and_saving_writes_exactly_the_text(score: Path) -> None:
    app = app_with(score)
    async with app.run_test(size=(120, 40)) as pilot:
        await pilot.press("ctrl+end")
        await pilot.press(*"The end.")
        assert desk(app).session.is_modified
        await pilot.press("ctrl+s")
        await pilot.pause()
        assert score.read_text() == desk(app).editor.text
        assert "The end." in score.read_text()
        assert not desk(app).session.is_modified


async def test_a_file_changed_underneath_asks_before_it_is_overwritten(score: Path) -> None:
    app = app_with(score)
    async with app.run_test(size=(120, 40)) as pilot:
        await pilot.press("x")
        score.write_text("somebody else's\n")
        await pilot.press("ctrl+s")
        await pilot.pause()
        assert isinstance(app.screen, Ask)
        await pilot.press("escape")
        assert score.read_text() == "somebody else's\n"
        assert desk(app).editor.text == "x" + SHORT


async def test_quitting_with_unsaved_text_asks_and_saves(score: Path) -> None:
    app = app_with(score)
    async with app.run_test(size=(120, 40)) as pilot:
        await pilot.press("x", "ctrl+q")
        await pilot.pause()
        assert isinstance(app.screen, Ask)
        await pilot.press("enter")
        await pilot.pause()
    assert score.read_text() == "x" + SHORT


async def test_unsaved_text_is_offered_after_a_crash(score: Path) -> None:
    app = app_with(score)
    async with app.run_test(size=(120, 40)) as pilot:
        await pilot.press(*"lost?")
        await until(pilot, lambda: any((score.parent / "state").rglob("recovery/*.json")))
    again = app_with(score)
    async with again.run_test(size=(120, 40)) as pilot:
        await until(pilot, lambda: isinstance(again.screen, Ask))
        await pilot.press("enter")
        await pilot.pause()
        assert desk(again).editor.text == "lost?" + SHORT
        await pilot.press("ctrl+z")
        assert desk(again).editor.text == SHORT


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


async def test_tab_leads_to_the_roll_and_round_to_the_script(score: Path) -> None:
    app = app_with(score, live=True)
    async with app.run_test(size=(80, 24)) as pilot:
        await until(pilot, lambda: desk(app).session.is_current)
        desk(app).editor.goto(4, 8)
        await pilot.press("tab")
        assert app.screen.query_one(PianoRoll).has_focus
        await pilot.press("tab")
        assert app.screen.query_one(CueList).has_focus
        await pilot.press("tab")
        assert desk(app).editor.has_focus
        await pilot.press("shift+tab", "shift+tab")
        assert app.screen.query_one(PianoRoll).has_focus
        assert desk(app).editor.text == SHORT


async def test_tab_completes_a_name_that_has_been_begun(score: Path) -> None:
    app = app_with(score)
    async with app.run_test(size=(100, 30)) as pilot:
        await until(pilot, lambda: desk(app).session.checked is not None)
        desk(app).editor.goto(8, 99)
        desk(app).editor.insert("\n@emotion des")
        await pilot.pause()
        await pilot.press("tab")
        assert app.screen.query_one(CompletionList).is_open
        await pilot.press("tab")
        await pilot.pause()
        assert desk(app).editor.text.endswith("@emotion despair\n")
        assert desk(app).editor.has_focus


async def test_undo_and_redo_are_commands_with_keys_in_help_and_palette(score: Path) -> None:
    app = app_with(score)
    async with app.run_test(size=(100, 30)) as pilot:
        await pilot.press("x")
        await pilot.press("tab")  # from the roll as well
        assert not desk(app).editor.has_focus
        await pilot.press("ctrl+z")
        assert desk(app).editor.text == SHORT
        await pilot.press("ctrl+y")
        assert desk(app).editor.text == "x" + SHORT
        await app.screen.run_action("undo")
        assert desk(app).editor.text == SHORT
        found = {command.id: keys for keys, command in keys_of({})}
        assert (found["undo"], found["redo"]) == ("^Z", "^Y")
        titles = [title for title, _, _ in Commands(app.screen)._found]
        assert any(title.startswith("Undo") for title in titles)
        await pilot.press("f1")
        await pilot.pause()
        assert "^Z" in str(app.screen._text())  # type: ignore[attr-defined]


async def test_playing_moves_the_playhead_and_lights_the_line(score: Path) -> None:
    app = app_with(score, live=True)
    async with app.run_test(size=(120, 40)) as pilot:
        await until(pilot, lambda: desk(app).session.is_current)
        await pilot.press("f5")
        await until(pilot, lambda: desk(app).listening.is_playing)
        await until(pilot, lambda: desk(app).session.position_s > 0.3)
        assert desk(app).editor._lit is not None
        assert desk(app).editor._lit[0] == 4
        await pilot.press("f5")
        assert not desk(app).listening.is_playing


async def test_help_explains_the_word_under_the_cursor(score: Path) -> None:
    app = app_with(score)
    async with app.run_test(size=(100, 30)) as pilot:
        desk(app).editor.goto(3, 12)
        await pilot.press("f1")
        await pilot.pause()
        assert isinstance(app.screen, HelpScreen)
        assert "despair" in str(app.screen._text())
        await pilot.press("escape")
        assert isinstance(app.screen, Workstation)


async def test_completion_follows_the_at_sign_and_inserts(score: Path) -> None:
    app = app_with(score)
    async with app.run_test(size=(100, 30)) as pilot:
        await until(pilot, lambda: desk(app).session.checked is not None)
        await pilot.press("ctrl+end", "@", "e", "m")
        await pilot.pause()
        popup = app.screen.query_one(CompletionList)
        assert popup.is_open
        assert popup.entries[0].label == "emotion"
        await pilot.press("enter")
        await pilot.pause()
        assert desk(app).editor.text.endswith("@emotion ")
        await pilot.press("d", "e", "s")
        await pilot.press("ctrl+@")
        await pilot.press("tab")
        await pilot.pause()
        assert desk(app).editor.text.endswith("@emotion despair")


async def test_find_and_replace_all_is_one_undoable_edit(score: Path) -> None:
    app = app_with(score)
    async with app.run_test(size=(100, 30)) as pilot:
        await pilot.press("ctrl+r")
        await pilot.press(*"the")
        app.screen.query_one("#replacement", Input).value = "THE"
        await pilot.press("ctrl+a")
        await pilot.pause()
        assert desk(app).editor.text == SHORT.replace("the", "THE").replace("The", "THE")
        await pilot.press("escape", "ctrl+z")
        assert desk(app).editor.text == SHORT


async def test_several_files_keep_their_own_text_and_undo(score: Path, tmp_path: Path) -> None:
    other = tmp_path / "other.score"
    other.write_text("Another story.\n")
    app = app_with(score, other)
    async with app.run_test(size=(100, 30)) as pilot:
        await pilot.press("a")
        await pilot.press("ctrl+t")
        await pilot.pause()
        await pilot.press("b")
        assert desk(app).editor.text == "bAnother story.\n"
        await pilot.press("ctrl+t")
        await pilot.pause()
        assert desk(app).editor.text == "a" + SHORT
        await pilot.press("ctrl+z")
        assert desk(app).editor.text == SHORT


async def test_a_folder_and_a_missing_name_do_not_keep_it_from_opening(tmp_path: Path) -> None:
    app = app_with(tmp_path, tmp_path / "new.score")
    async with app.run_test(size=(100, 30)) as pilot:
        await pilot.pause(0.1)
        assert "is a folder" in app.screen.query_one(StatusLine).message
        assert [session.name for session in desk(app).sessions] == ["new.score"]


@pytest.mark.parametrize("size", [(20, 5), (40, 12), (80, 24), (200, 60)])
async def test_every_size_of_terminal_can_be_typed_in(score: Path, size: tuple[int, int]) -> None:
    app = app_with(score)
    async with app.run_test(size=size) as pilot:
        await pilot.press("x")
        assert desk(app).editor.text == "x" + SHORT
        assert desk(app).editor.size.height >= 2


async def test_open_asks_and_says_why_not(score: Path, tmp_path: Path) -> None:
    app = app_with(score)
    async with app.run_test(size=(100, 30)) as pilot:
        await pilot.press("ctrl+o")
        await pilot.pause()
        assert isinstance(app.screen, AskText)
        app.screen.query_one(Input).value = str(tmp_path)
        await pilot.press("enter")
        await pilot.pause()
        assert isinstance(app.screen, AskText)
        await pilot.press("escape")
        assert isinstance(app.screen, Workstation)


async def test_missing_weights_are_told_and_the_text_stays_editable(score: Path, tmp_path: Path) -> None:
    app = app_with(score, models=True, weights=str(tmp_path / "nowhere"))
    async with app.run_test(size=(100, 30)) as pilot:
        await until(pilot, lambda: desk(app).studio.problem is not None)
        await pilot.pause(0.1)
        assert "no music" in app.screen.query_one(StatusLine).message
        await pilot.press("x")
        assert desk(app).editor.text == "x" + SHORT


async def test_a_file_changed_or_deleted_underneath_is_said_at_once(
    score: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    app = app_with(score)
    async with app.run_test(size=(100, 30)) as pilot:
        await pilot.pause(0.1)
        score.unlink()
        desk(app)._look_at_disk()
        assert "deleted" in app.screen.query_one(StatusLine).message
        await pilot.press("x", "ctrl+s")
        await pilot.pause()
        assert isinstance(app.screen, Ask)
        await pilot.press("right", "right", "enter")
        await pilot.pause()
        assert score.read_text() == "x" + SHORT


async def test_a_disk_that_is_full_keeps_the_text_and_says_so(
    score: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object, **__: object) -> None:
        raise OutputError("cannot write short.score: no space is left on the device")

    app = app_with(score)
    async with app.run_test(size=(100, 30)) as pilot:
        await pilot.press("x")
        monkeypatch.setattr("tui.files.write_atomic", full)
        await pilot.press("ctrl+s")
        await pilot.pause()
        assert "no space" in app.screen.query_one(StatusLine).message
        assert desk(app).session.is_modified
        assert desk(app).editor.text == "x" + SHORT
    assert score.read_text() == SHORT


async def test_an_edit_while_playing_comes_in_without_stopping(score: Path) -> None:
    app = app_with(score, live=True)
    async with app.run_test(size=(120, 40)) as pilot:
        await until(pilot, lambda: desk(app).session.is_current)
        await pilot.press("f5")
        await until(pilot, lambda: desk(app).listening.is_playing)
        desk(app).action_loop()
        before = desk(app).listening._composed
        desk(app).editor.goto(3, 21)
        desk(app).editor.insert(" -> hope 0.4")
        await until(pilot, lambda: desk(app).listening._composed is not before)
        assert desk(app).listening.is_playing
        assert desk(app).session.is_current


async def test_rendering_writes_the_files_beside_the_score(score: Path) -> None:
    score.write_text("output: mid\n" + SHORT)
    app = app_with(score)
    async with app.run_test(size=(100, 30)) as pilot:
        await until(pilot, lambda: desk(app).session.checked is not None)
        await pilot.press("f6")
        await until(pilot, lambda: isinstance(app.screen, RenderDialog))
        await pilot.press("enter")
        await until(pilot, lambda: score.with_suffix(".mid").exists())
        assert score.with_suffix(".mid").read_bytes()[:4] == b"MThd"


async def test_the_formats_to_render_are_ticked_and_remembered(score: Path, tmp_path: Path) -> None:
    app = app_with(score)
    async with app.run_test(size=(100, 30)) as pilot:
        await until(pilot, lambda: desk(app).session.checked is not None)
        await pilot.press("f6")
        await until(pilot, lambda: isinstance(app.screen, RenderDialog))
        assert app.screen.query_one(Formats).ticked == ("mid", "wav")
        await pilot.press("down", "space")  # no wav
        for _ in range(OUTPUTS.index("cues") - 1):
            await pilot.press("down")
        await pilot.press("space", "tab")
        app.screen.query_one(Input).value = str(tmp_path / "out")
        await pilot.press("enter")
        await until(
            pilot,
            lambda: any((tmp_path / "out").glob("*.csv")) and not desk(app).live.jobs.is_running("render"),
        )
        assert (tmp_path / "out" / "short.mid").exists()
        assert not any((tmp_path / "out").glob("*.wav"))
        await pilot.press("f6")
        await until(pilot, lambda: isinstance(app.screen, RenderDialog))
        assert app.screen.query_one(Formats).ticked == ("mid", "cues")
        assert app.screen.query_one(Input).value == str(tmp_path / "out")


async def test_a_score_from_a_template_takes_the_empty_one_s_place_and_asks_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    app = app_with()
    async with app.run_test(size=(100, 30)) as pilot:
        await pilot.press("ctrl+n")
        await pilot.pause()
        await pilot.press("enter")
        await until(pilot, lambda: bool(desk(app).editor.text))
        await pilot.pause()
        assert len(desk(app).sessions) == 1
        assert "●" not in desk(app).editor.border_title
        assert not desk(app).session.is_modified
        await pilot.press("x")
        assert desk(app).session.is_modified
        await pilot.press("ctrl+z", "ctrl+q")
        await pilot.pause()
    assert app.return_code == 0


async def test_a_file_opened_from_the_empty_screen_leaves_no_empty_tab(
    score: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    app = app_with()
    async with app.run_test(size=(100, 30)) as pilot:
        await pilot.pause()
        await desk(app).open_path(score)
        await pilot.pause()
        assert [session.name for session in desk(app).sessions] == ["short.score"]
        assert desk(app).editor.text == SHORT
        await pilot.press("x")
        assert desk(app).session.text == "x" + SHORT


async def test_a_read_only_score_is_written_only_when_that_is_wanted(score: Path) -> None:
    score.chmod(0o444)
    app = app_with(score)
    async with app.run_test(size=(100, 30)) as pilot:
        await pilot.pause(0.1)
        assert "read-only" in app.screen.query_one(StatusLine).message
        await pilot.press("x", "ctrl+s")
        await until(pilot, lambda: isinstance(app.screen, Ask))
        await pilot.press("escape")
        assert score.read_text() == SHORT
        assert desk(app).session.is_modified
        await pilot.press("ctrl+s")
        await until(pilot, lambda: isinstance(app.screen, Ask))
        await pilot.press("right", "right", "enter")
        await until(pilot, lambda: score.read_text() == "x" + SHORT)
        assert score.stat().st_mode & 0o777 == 0o444


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


async def test_a_command_without_a_key_gets_one_from_the_settings(score: Path) -> None:
    settings = Settings(live=True, takes=2, keys={"freeze": "f11"})
    app = Melodrama([score], settings=settings, studio=StagedStudio(settings))
    async with app.run_test(size=(120, 40)) as pilot:
        await until(pilot, lambda: desk(app).session.is_current)
        desk(app).editor.goto(4)
        await pilot.pause()
        await pilot.press("f11")
        assert "@freeze" in desk(app).editor.text
