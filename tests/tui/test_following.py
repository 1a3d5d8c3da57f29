"""Music that follows the writing: the line at the cursor, finished or not, steers the bars not yet heard."""

import time
from dataclasses import replace
from pathlib import Path

import pytest
from textual.pilot import Pilot

from dsl.score_file import plan_text
from engine.emotion.felt import felt_curve
from tests.tui.conftest import SHORT, until
from tests.tui.staged_studio import StagedStudio
from tui.app import Melodrama
from tui.screens.workstation import Workstation
from tui.settings import Settings
from tui.steering import Steer, feeling_of_line, is_told, steered
from tui.studio.protocol import Analysed, Asked, GoOn, Superseded
from tui.widgets.problems import StatusLine

LONG = """---
# 1m1 The cliff
@bars 16
@emotion despair 0.8
He stood at the edge.

# 1m2 Homecoming
She ran down the hill, laughing.
"""


class Moody(StagedStudio):
    """Reads "storm" as a storm and everything else as nothing; remembers what it was asked to compose."""

    def __init__(self, settings: Settings) -> None:
        super().__init__(settings)
        self.steers: list[Steer] = []
        self.plain = 0
        self.finished = 0
        self.slow_s = 0.0

    def analyse(self, asked: Asked, go_on: GoOn) -> Analysed:
        stormy = [
            [
                (line.start_s, -0.6, 0.9) if "storm" in line.text else (line.start_s, 0.0, 0.0)
                for line in cue.lines
            ]
            for cue in asked.plan.cues
        ]
        return Analysed(tuple(felt_curve(cue, arc) for cue, arc in zip(asked.plan.cues, stormy, strict=True)))

    def compose(self, asked, go_on, announce=None, more_takes=0):  # type: ignore[no-untyped-def]
        if asked.steer is not None:
            self.steers.append(asked.steer)
        else:
            self.plain += 1
        ready = time.monotonic() + self.slow_s
        while time.monotonic() < ready:
            time.sleep(0.01)
            if not go_on():
                raise Superseded
        self.finished += asked.steer is not None
        return super().compose(asked, go_on, announce, more_takes)


def desk(app: Melodrama) -> Workstation:
    return app.workstation


def moody(path: Path, live: bool = True) -> tuple[Melodrama, Moody]:
    settings = Settings(live=live, takes=2)
    studio = Moody(settings)
    return Melodrama([path], settings=settings, studio=studio), studio


async def playing(pilot: Pilot[None], app: Melodrama) -> None:
    await until(pilot, lambda: desk(app).session.is_current)
    await pilot.press("f5")
    await until(pilot, lambda: desk(app).transport.listening.is_playing)


# --------------------------------------------------------------------------------------------- the plan


def planned(text: str = LONG):  # type: ignore[no-untyped-def]
    return plan_text(text, Path(), None).draft


def test_a_steered_cue_feels_the_line_from_that_moment_and_what_it_felt_before() -> None:
    plan = planned()
    cue = plan.cues[0]
    turned = steered(plan, Steer(cue.id, 10.0, cue.duration_s, -0.6, 0.9)).cues[0]
    before, after = felt_curve(cue, ()), felt_curve(turned, ())
    assert after.at(5.0) == before.at(5.0)
    valence, arousal = after.at(20.0)
    assert (valence, arousal) == pytest.approx((-0.54, 0.81))


def test_steering_ends_where_the_lines_own_words_begin() -> None:
    plan = planned()
    cue = plan.cues[0]
    turned = steered(plan, Steer(cue.id, 4.0, 12.0, 0.9, 0.9)).cues[0]
    assert felt_curve(turned, ()).at(13.0) == felt_curve(cue, ()).at(13.0)
    assert felt_curve(turned, ()).at(8.0)[0] > 0.5


def test_the_segments_of_a_steered_cue_cover_it_without_gaps() -> None:
    plan = planned(LONG.replace("@emotion despair 0.8", "@emotion despair 0.8 -> joy 0.9"))
    cue = plan.cues[0]
    for start_s, end_s in ((0.0, 99.0), (3.0, 7.0), (-2.0, 5.0), (cue.duration_s - 0.1, 99.0)):
        turned = steered(plan, Steer(cue.id, start_s, end_s, 0.1, 0.2)).cues[0]
        assert turned.emotion[0].start_s == cue.start_s
        assert turned.emotion[-1].end_s == cue.end_s
        for one, following in zip(turned.emotion, turned.emotion[1:], strict=False):
            assert one.end_s == following.start_s


def test_other_cues_are_left_alone() -> None:
    plan = planned()
    assert steered(plan, Steer("1m1", 0.0, 99.0, 1.0, 1.0)).cues[1] == plan.cues[1]
    assert steered(plan, Steer("9m9", 0.0, 99.0, 1.0, 1.0)) == plan


def test_a_directive_being_written_speaks_of_the_words_after_it() -> None:
    plan = planned(SHORT)
    curves = [felt_curve(cue, ()) for cue in plan.cues]
    assert feeling_of_line(plan, curves, 3) == feeling_of_line(plan, curves, 4)
    assert feeling_of_line(plan, curves, 7) == feeling_of_line(plan, curves, 8)
    assert feeling_of_line(plan, curves, 1) is None


def test_it_is_known_where_a_directive_and_not_the_words_say_what_is_felt() -> None:
    plan = planned(LONG)
    assert is_told(plan, 4)
    assert is_told(plan, 5)
    assert not is_told(plan, 8)
    assert not is_told(plan, 1)


# ---------------------------------------------------------------------------------------- at the desk


async def test_an_unfinished_line_far_ahead_steers_the_cue_that_plays(tmp_path: Path) -> None:
    path = tmp_path / "long.score"
    path.write_text(LONG, encoding="utf-8")
    app, studio = moody(path)
    async with app.run_test(size=(120, 40)) as pilot:
        await playing(pilot, app)
        desk(app).action_command("follow")
        desk(app).editor.goto(8, 33)
        desk(app).editor.insert(" The storm br")
        await until(pilot, lambda: any(steer.arousal > 0.5 for steer in studio.steers))
        steer = studio.steers[-1]
        assert steer.cue == "1m1"
        assert 0.0 <= steer.start_s < 10.0
        held = lambda: desk(app).session.composed  # noqa: E731
        await until(pilot, lambda: held() is not None and held().steer is not None)  # type: ignore[union-attr]
        await until(pilot, lambda: desk(app).transport.listening.holds(desk(app).session))
        assert desk(app).transport.listening.is_playing
        assert desk(app).editor.text.endswith("The storm br\n")
        await until(pilot, lambda: desk(app).query_one(StatusLine).activity == "follows line 8")


async def test_without_a_pause_in_the_writing_versions_come_all_the_same(tmp_path: Path) -> None:
    path = tmp_path / "long.score"
    path.write_text(LONG, encoding="utf-8")
    app, studio = moody(path)
    async with app.run_test(size=(120, 40)) as pilot:
        await playing(pilot, app)
        desk(app).action_command("follow")
        desk(app).editor.goto(8, 33)
        studio.slow_s = 0.4
        heard = 0
        for letter in " The storm broke over the hill":
            desk(app).editor.insert(letter)
            await pilot.pause(0.1)
            heard = max(heard, desk(app).session.composed.revision)  # type: ignore[union-attr]
        # No pause between two letters was as long as a version takes.
        assert studio.finished >= 2
        assert heard > 0


async def test_the_tune_stays_while_its_feeling_follows(tmp_path: Path) -> None:
    path = tmp_path / "long.score"
    path.write_text(LONG, encoding="utf-8")
    app, _ = moody(path)
    async with app.run_test(size=(120, 40)) as pilot:
        await playing(pilot, app)
        before = {cue.id: cue.take for cue in desk(app).session.composed.composition.cues}  # type: ignore[union-attr]
        desk(app).action_command("follow")
        desk(app).editor.goto(8, 33)
        desk(app).editor.insert(" A storm.")
        await until(pilot, lambda: desk(app).session.composed.steer is not None)  # type: ignore[union-attr]
        after = {cue.id: cue.take for cue in desk(app).session.composed.composition.cues}  # type: ignore[union-attr]
        assert after == before


async def test_while_it_follows_the_last_cue_goes_round_and_a_loop_of_ones_own_stays(score: Path) -> None:
    app, _ = moody(score)
    async with app.run_test(size=(120, 40)) as pilot:
        await playing(pilot, app)
        desk(app).action_command("follow")
        cue = desk(app).session.composed.composition.score.cues[-1]  # type: ignore[union-attr]
        assert desk(app).session.loop == (cue.start_s, cue.end_s)
        desk(app).action_command("follow")
        assert desk(app).session.loop is None
        desk(app).transport.loop_over(0.0, 2.0)
        desk(app).action_command("follow")
        assert desk(app).session.loop == (0.0, 2.0)
        desk(app).action_command("follow")
        assert desk(app).session.loop == (0.0, 2.0)


async def test_switched_off_the_music_is_what_the_text_says_again(tmp_path: Path) -> None:
    path = tmp_path / "long.score"
    path.write_text(LONG, encoding="utf-8")
    app, _ = moody(path)
    async with app.run_test(size=(120, 40)) as pilot:
        await playing(pilot, app)
        desk(app).action_command("follow")
        desk(app).editor.goto(8, 33)
        desk(app).editor.insert(" A storm.")
        await until(pilot, lambda: desk(app).session.composed.steer is not None)  # type: ignore[union-attr]
        desk(app).action_command("follow")
        await until(pilot, lambda: desk(app).session.composed.steer is None)  # type: ignore[union-attr]
        assert desk(app).session.is_current


async def test_files_are_rendered_of_the_text_not_of_what_followed_it(tmp_path: Path) -> None:
    path = tmp_path / "long.score"
    path.write_text(LONG, encoding="utf-8")
    app, studio = moody(path)
    async with app.run_test(size=(120, 40)) as pilot:
        await playing(pilot, app)
        desk(app).action_command("follow")
        desk(app).editor.goto(8, 33)
        desk(app).editor.insert(" A storm.")
        await until(pilot, lambda: desk(app).session.composed.steer is not None)  # type: ignore[union-attr]
        await until(pilot, lambda: desk(app).session.is_current)
        composed_plainly = studio.plain
        desk(app).rendering.render_to(("mid",), tmp_path / "out")
        await until(pilot, lambda: any((tmp_path / "out").glob("*.mid")), 10)
        assert studio.plain == composed_plainly + 1


async def test_nothing_is_steered_while_nothing_plays(score: Path) -> None:
    app, studio = moody(score)
    async with app.run_test(size=(120, 40)) as pilot:
        await until(pilot, lambda: desk(app).session.is_current)
        desk(app).action_command("follow")
        desk(app).editor.goto(8, 1)
        desk(app).editor.insert("A storm. ")
        await until(pilot, lambda: not desk(app).session.is_current)
        await until(pilot, lambda: desk(app).session.is_current)
        assert studio.steers == []


def test_a_steer_travels_to_a_studio_in_another_process() -> None:
    from tui.studio.distant import _script

    asked = Asked(planned(), LONG, Path(), {}, Steer("1m1", 1.0, 2.0, 0.1, 0.2))
    assert _script(asked).steer == asked.steer
    assert asked.plan == steered(asked.planned, asked.steer)  # type: ignore[arg-type]
    assert replace(asked, steer=None).plan == asked.planned
