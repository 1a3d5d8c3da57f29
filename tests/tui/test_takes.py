"""Takes as a person chooses them: heard one by one, kept, frozen, brought in at a bar while it plays."""

from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pretty_midi
import pytest
from textual.pilot import Pilot

from dsl.check import check_source
from engine.playback.player import Player
from engine.render.frozen_cue import cue_alone, write_take
from tests.engine.media.midi_bytes import END, midi
from tests.tui.conftest import SHORT, app_with, until
from tests.tui.staged_studio import MATCHES, RATE, staged_composition
from tui.advice import advice
from tui.app import Melodrama
from tui.checking import check
from tui.cue_edits import freeze_edit, take_edit
from tui.files import ScoreFile
from tui.panes import TakeRow
from tui.score_bars import bars_of_cue
from tui.screens.ask import Choose
from tui.session import Composed, Session
from tui.widgets.problems import ProblemList
from tui.widgets.takes import TakeList


async def opened(pilot: Pilot[None]) -> Melodrama:
    """The list of the first cue's takes."""
    app = pilot.app
    assert isinstance(app, Melodrama)
    desk = app.workstation
    await until(pilot, lambda: desk.session.is_current)
    desk.editor.goto(4)
    await pilot.pause()
    await pilot.press("f12")
    await pilot.pause()
    return app


async def test_every_take_is_listed_with_its_match_and_the_one_that_sounds(score: Path) -> None:
    app = app_with(score, live=True, takes=8)
    async with app.run_test(size=(120, 40)) as pilot:
        await opened(pilot)
        takes = app.screen.query_one(TakeList)
        assert [row.match for row in takes.rows] == list(MATCHES)
        assert takes.border_title == "Takes of 1m1 The cliff"
        assert [row.number for row in takes.rows if row.sounds] == [3]
        assert takes.has_focus


async def test_what_composing_finds_is_shown_until_the_text_changes(tmp_path: Path) -> None:
    (tmp_path / "take.mid").write_bytes(midi(b"\0\x90\x40\x40" + END))
    score = tmp_path / "a.score"
    score.write_text('# 1m1 Home\n@bars 2\n@freeze "take.mid"\nShe came home.\n', encoding="utf-8")
    app = app_with(score, live=True, models=True)
    async with app.run_test(size=(120, 40)) as pilot:
        desk = app.workstation
        await until(pilot, lambda: desk.session.is_current)
        assert [one.code for one in desk.session.findings] == ["W530"]
        assert desk.query_one(ProblemList).findings == desk.session.findings
        desk.editor.goto(2)
        await pilot.press("end", "backspace", "4")
        await until(pilot, lambda: desk.session.is_current)
        assert [one.code for one in desk.session.findings] == ["W530"]


def test_what_a_take_gains_by_being_tried_stays_in_the_list_until_the_text_changes(tmp_path: Path) -> None:
    session = Session.of(ScoreFile(tmp_path / "a.score", SHORT, None))
    session.take_check(check(SHORT, 0, tmp_path))
    plan = session.plan
    assert plan is not None
    first, second = staged_composition(plan, 8).composed
    made = replace(staged_composition(plan, 8), composed=(replace(first, unmoved=frozenset({1, 2})), second))
    session.take_composition(Composed(0, made, {}))
    rows = {row.number: row for row in session.take_rows(0)}
    assert [row.number for row in rows.values() if row.open] == [1, 2]
    assert [row.number for row in rows.values() if row.best] == [3]

    session.auditions = {"1m1": 1}
    matches = tuple({**dict(first.take_matches), 1: 0.95}.items())
    tried = replace(first, take_matches=matches, unmoved=frozenset({2}))
    session.take_composition(Composed(0, replace(made, composed=(tried, second)), {"1m1": 1}))
    session.auditions = {}
    session.take_composition(Composed(0, made, {}))
    rows = {row.number: row for row in session.take_rows(0)}
    assert rows[1].match == 0.95
    assert rows[1].best
    assert not rows[1].open
    assert rows[2].open

    session.edited(SHORT + "More.\n")
    session.take_composition(Composed(1, made, {}))
    session.take_check(check(session.text, 1, tmp_path))
    assert [row.number for row in session.take_rows(0) if row.open] == [1, 2]


async def test_a_step_is_heard_enter_keeps_it_and_undo_takes_it_back(score: Path) -> None:
    app = app_with(score, live=True, takes=8)
    async with app.run_test(size=(120, 40)) as pilot:
        await opened(pilot)
        desk = app.workstation
        await pilot.press("down", "down")
        await until(pilot, lambda: desk.session.is_current)
        assert desk.session.report_of("1m1").take == 5  # type: ignore[union-attr]
        await pilot.press("enter")
        await pilot.pause()
        assert "# 1m1 The cliff\n@take 5\n" in desk.editor.text
        assert desk.editor.has_focus
        await pilot.press("ctrl+z")
        assert desk.editor.text == SHORT


async def test_leaving_the_list_brings_back_what_sounded(score: Path) -> None:
    app = app_with(score, live=True, takes=8)
    async with app.run_test(size=(120, 40)) as pilot:
        await opened(pilot)
        desk = app.workstation
        await pilot.press("up")
        await until(pilot, lambda: desk.session.is_current)
        await pilot.press("escape")
        await until(pilot, lambda: desk.session.is_current)
        assert desk.session.auditions == {}
        assert desk.session.report_of("1m1").take == 3  # type: ignore[union-attr]
        assert desk.editor.text == SHORT


async def test_more_takes_of_one_cue_leave_the_others_as_they_are(score: Path) -> None:
    app = app_with(score, live=True, takes=2)
    async with app.run_test(size=(120, 40)) as pilot:
        await opened(pilot)
        desk = app.workstation
        other = desk.session.report_of("1m2").take  # type: ignore[union-attr]
        await pilot.press("m")
        await until(pilot, lambda: desk.session.is_current)
        await pilot.pause()
        assert len(app.screen.query_one(TakeList).rows) == 10
        assert desk.session.report_of("1m2").take == other  # type: ignore[union-attr]
        await pilot.press("escape")
        await until(pilot, lambda: desk.session.is_current)
        assert len(desk.session.take_rows(0)) == 2


async def test_freezing_writes_the_notes_and_one_undoable_line(score: Path) -> None:
    app = app_with(score, live=True, takes=8)
    async with app.run_test(size=(120, 40)) as pilot:
        await opened(pilot)
        desk = app.workstation
        made = desk.session.composed.composition.score  # type: ignore[union-attr]
        await pilot.press("f")
        await pilot.pause()
        assert '# 1m1 The cliff\n@freeze "takes/1m1.mid"\n' in desk.editor.text
        midi = pretty_midi.PrettyMIDI(str(score.parent / "takes" / "1m1.mid"))
        alone = cue_alone(made, "1m1")
        assert sum(len(i.notes) for i in midi.instruments) == sum(len(t.notes) for t in alone.tracks)
        assert midi.get_end_time() == pytest.approx(made.cues[0].end_s, abs=0.01)
        await until(pilot, lambda: desk.session.is_current)
        assert desk.session.report_of("1m1").takes == 0  # type: ignore[union-attr]
        await pilot.press("ctrl+z")
        assert desk.editor.text == SHORT


def test_a_frozen_cue_is_cut_out_with_its_own_clock(tmp_path: Path) -> None:
    plan = check(SHORT, 0, tmp_path).plan
    assert plan is not None
    score = staged_composition(plan, 8).score
    alone = cue_alone(score, "1m2")
    second = score.cues[1]
    assert alone.duration_s == pytest.approx(second.end_s - second.start_s)
    assert alone.tempo[0].beat == 0.0
    assert alone.tempo[0].bpm == score.tempo[1].bpm
    starts = [note.start_s for track in alone.tracks for note in track.notes]
    assert min(starts) == 0.0
    assert max(starts) < alone.duration_s


def test_other_notes_take_another_name_and_the_same_ones_do_not(tmp_path: Path) -> None:
    plan = check(SHORT, 0, tmp_path).plan
    assert plan is not None
    score = staged_composition(plan, 8).score
    assert write_take(score, "1m1", tmp_path) == "takes/1m1.mid"
    assert write_take(score, "1m1", tmp_path) == "takes/1m1.mid"
    other = staged_composition(plan, 2).score
    assert write_take(other, "1m1", tmp_path) == "takes/1m1-2.mid"


def test_freezing_takes_the_place_of_take_and_seed() -> None:
    text = "# 1m1 One\n@seed 4\n@tempo 60\n@take 3\nHe stood.\n"
    document = check_source(text).document
    fix = freeze_edit(document, document.cues()[0], "takes/1m1.mid")
    lines = text.split("\n")
    lines[fix.span.line - 1 : fix.span.end_line] = fix.text.split("\n")
    assert "\n".join(lines) == '# 1m1 One\n@freeze "takes/1m1.mid"\n@tempo 60\nHe stood.\n'


def test_a_take_is_kept_in_a_score_without_a_heading() -> None:
    document = check_source("He stood at the edge.\n").document
    fix = take_edit(document, document.cues()[0], 4)
    assert (fix.span.line, fix.span.column, fix.text) == (1, 1, "@take 4\n")


async def test_what_may_help_a_poor_cue_is_offered_as_an_edit(score: Path) -> None:
    app = app_with(score, live=True, takes=8)
    async with app.run_test(size=(120, 40)) as pilot:
        desk = app.workstation
        await until(pilot, lambda: desk.session.is_current)
        assert "matches poorly" in (advice(desk.session, 1) or "")
        desk.editor.goto(8)
        await pilot.pause()
        desk.auditioning.improve()
        await pilot.pause()
        assert isinstance(app.screen, Choose)
        await pilot.press("down", "enter")
        await pilot.pause()
        assert "# 1m2 Homecoming\n@style strings\n" in desk.editor.text


class Device:
    """Takes samples when it is told to."""

    def __init__(self, player: Player) -> None:
        self.player = player

    def start(self) -> None: ...
    def stop(self) -> None: ...
    def close(self) -> None: ...

    def pull(self, frames: int) -> Any:
        out = np.zeros((frames, 2), np.float32)
        self.player.fill(out)
        return out[:, 0]


async def test_another_take_comes_in_at_the_next_bar_while_it_plays(score: Path) -> None:
    devices: list[Device] = []

    def made(player: Player, rate: int) -> Device:
        devices.append(Device(player))
        return devices[-1]

    app = app_with(score, live=True, takes=8)
    async with app.run_test(size=(120, 40)) as pilot:
        desk = app.workstation
        desk.transport.listening._player = player = Player(made)
        await until(pilot, lambda: desk.session.is_current)
        first = desk.session.composed.composition.score  # type: ignore[union-attr]
        await pilot.press("f5")
        await until(pilot, lambda: bool(devices) and player.is_playing)
        before = float(devices[0].pull(RATE // 10)[-1])
        await pilot.press("f8")
        await until(pilot, lambda: player._swap is not None)
        assert player._swap is not None
        at, to = player._swap.at, player._swap.to
        bars = [t_s for _, t_s in bars_of_cue(first, first.cues[0])]
        assert min(abs(at / RATE - t_s) for t_s in bars) < 1e-3
        assert at == to
        block = devices[0].pull(at - player._frame + RATE // 10)
        assert block[-RATE // 10 - 2] == pytest.approx(before)
        assert block[-1] != pytest.approx(before)
        assert player.is_playing


async def test_the_list_opens_for_the_cue_that_the_keys_just_before_went_to(score: Path) -> None:
    app = app_with(score, live=True, takes=8)
    async with app.run_test(size=(120, 40)) as pilot:
        desk = app.workstation
        await until(pilot, lambda: desk.session.is_current)
        assert desk.session.cue_of_line(desk.session.cursor[0]) is None
        desk.editor.goto(4)
        desk.auditioning.takes()  # before the desk has heard of the cursor
        await until(pilot, lambda: bool(app.screen.query_one(TakeList).rows), 20)
        assert str(app.screen.query_one(TakeList).border_title).startswith("Takes of 1m")


async def test_the_long_number_of_a_turned_take_leaves_the_bars_in_line(score: Path) -> None:
    app = app_with(score, live=True, takes=8)
    async with app.run_test(size=(120, 40)) as pilot:
        await opened(pilot)
        takes = app.screen.query_one(TakeList)
        takes.show_rows("one", [TakeRow(3, 0.8), TakeRow(212_008, 0.8)])
        short, long = ("".join(part.text for part in takes.entry(n, 36, False)) for n in (0, 1))
        assert "212008 " in long
        assert short.index("█") == long.index("█")
        assert short.count("█") == long.count("█")


async def test_at_rest_the_playhead_comes_along_to_the_cue_whose_takes_are_tried(score: Path) -> None:
    app = app_with(score, live=True)
    async with app.run_test(size=(80, 24)) as pilot:
        desk = app.workstation
        await until(pilot, lambda: desk.session.is_current)
        for key, line in (("f12", 8), ("f8", 4)):
            desk.editor.goto(line)
            await pilot.pause()
            await pilot.press(key)
            cue = desk.session.plan.cues[0 if line == 4 else 1]  # type: ignore[union-attr]
            await until(pilot, lambda cue=cue: desk.transport.t_s == cue.start_s)
            await pilot.press("escape")
