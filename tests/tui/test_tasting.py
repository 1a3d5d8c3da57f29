"""What is heard and what is chosen in the workstation, and what is remembered of it: never a word of the
script."""

import json
from pathlib import Path
from typing import Any

import pytest
from textual.pilot import Pilot

from dsl.vocabulary import STYLES
from engine.taste.choices import KINDS
from engine.taste.record import read_record
from engine.taste.traits import TRAITS
from tests.tui.conftest import app_with, until
from tests.tui.staged_studio import StagedStudio
from tests.tui.test_takes import opened
from tui.app import Melodrama
from tui.screens import tasting
from tui.settings import Settings, load_settings
from tui.taste_file import taste_path
from tui.widgets.problems import StatusLine
from tui.widgets.takes import TakeList


@pytest.fixture(autouse=True)
def soon_heard(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tasting, "HEARD_AFTER_S", 0.15)


async def hear(pilot: Pilot[None], app: Melodrama, *takes: int) -> None:
    """Listen to takes of the first cue, in the list that is open."""
    desk = app.workstation
    desk.desk.session.loop = (0.0, 1.5)
    if not desk.transport.listening.is_playing:
        await pilot.press("f5")
    for take in takes:
        desk.auditioning.try_number(take)
        await until(pilot, lambda take=take: take in desk.auditioning.tasting.heard("1m1"))  # type: ignore[misc]


def remembered() -> list[dict[str, Any]]:
    path = taste_path()
    lines = (
        [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()] if path.exists() else []
    )
    return [line for line in lines if "kind" in line]


async def test_a_take_that_is_kept_wins_over_those_that_were_heard(score: Path) -> None:
    app = app_with(score, live=True, takes=8)
    async with app.run_test(size=(120, 40)) as pilot:
        await opened(pilot)
        await hear(pilot, app, 5, 6)
        await pilot.press("enter")
        await until(pilot, lambda: bool(remembered()))
    (choice,) = read_record(taste_path().read_bytes()).choices
    assert (choice.kind, choice.style, choice.chosen) == ("kept", "strings", 0)
    assert choice.offered[0].traits[0] == pytest.approx(0.6)
    heard = {round(take.traits[0] * 10) for take in choice.offered if take.heard}
    assert {5, 6} <= heard < set(range(1, 9))
    assert len(choice.offered) == 8


async def test_no_word_title_name_or_path_and_no_other_text_is_ever_remembered(tmp_path: Path) -> None:
    path = tmp_path / "secret-affair.score"
    path.write_text(
        "title: Confession\nauthor: Zhuangzi\nstyle: bordello\n---\n@palette bordello = from=strings\n"
        "@character Ophelia\n# 1m1 The cliff\n@emotion despair 0.8\n\nOphelia: He stood at the edge.\n"
        "# 1m2 Homecoming\n@emotion joy 0.7\nShe ran down the hill, laughing.\n",
        encoding="utf-8",
    )
    app = app_with(path, live=True, takes=8)
    async with app.run_test(size=(120, 40)) as pilot:
        await until(pilot, lambda: app.workstation.session.is_current)
        app.workstation.editor.goto(10)
        await pilot.pause()
        await pilot.press("f12")
        await pilot.pause()
        await hear(pilot, app, 5, 6)
        await pilot.press("m")
        await pilot.press("enter")
        await until(pilot, lambda: len(remembered()) >= 2)
    known = {*KINDS, *STYLES, *(trait.name for trait in TRAITS), "taste"}
    known |= {
        "melodrama",
        "format",
        "traits",
        "mean",
        "spread",
        "kind",
        "style",
        "asked",
        "chosen",
        "offered",
    }
    known |= {"match", "heard", "image", "t"}
    for line in taste_path().read_text(encoding="ascii").splitlines():
        value = json.loads(line)
        texts, _ = every_leaf(value)
        assert texts <= known  # and so no word of anything that was written
        value.pop("t", None)
        # No number is large enough to be a digest of anything.
        assert all(abs(number) < 100 for number in every_leaf(value)[1])
        assert "secret" not in line


def every_leaf(value: Any) -> tuple[set[str], list[float]]:
    """All texts, keys among them, and all numbers of a JSON value."""
    if isinstance(value, dict):
        parts = [every_leaf(one) for one in value.values()]
        return set(value).union(*(texts for texts, _ in parts)), [n for _, numbers in parts for n in numbers]
    if isinstance(value, list):
        parts = [every_leaf(one) for one in value]
        return set().union(*(texts for texts, _ in parts)), [n for _, numbers in parts for n in numbers]
    if isinstance(value, str):
        return {value}, []
    return set(), [] if value is None else [float(value)]


async def test_who_leaves_the_list_has_passed_over_what_was_heard(score: Path) -> None:
    app = app_with(score, live=True, takes=8)
    async with app.run_test(size=(120, 40)) as pilot:
        await opened(pilot)
        await hear(pilot, app, 5)
        await pilot.press("escape")
        await until(pilot, lambda: bool(remembered()))
    (choice,) = read_record(taste_path().read_bytes()).choices
    assert choice.kind == "passed"
    assert choice.chosen == 0
    assert choice.offered[0].traits[0] == pytest.approx(0.3)


async def test_a_cue_that_is_heard_to_its_end_is_remembered_once(score: Path) -> None:
    app = app_with(score, live=True, takes=8)
    async with app.run_test(size=(120, 40)) as pilot:
        desk = app.workstation
        await until(pilot, lambda: desk.session.is_current)
        await pilot.press("f5")
        await until(pilot, lambda: any(one["kind"] == "played" for one in remembered()))
    assert [one["kind"] for one in remembered()].count("played") <= 2


async def test_nothing_is_remembered_where_the_settings_say_so(score: Path) -> None:
    app = app_with(score, live=True, takes=8, learn=False)
    async with app.run_test(size=(120, 40)) as pilot:
        await opened(pilot)
        await pilot.press("down", "enter")
        await pilot.pause(0.3)
        assert "@take" in app.workstation.editor.text
    assert not taste_path().exists()


async def test_a_file_that_cannot_be_written_is_no_hindrance(score: Path) -> None:
    taste_path().parent.mkdir(parents=True)
    taste_path().write_text("Dear diary\n", encoding="utf-8")
    app = app_with(score, live=True, takes=8)
    async with app.run_test(size=(120, 40)) as pilot:
        await opened(pilot)
        await pilot.press("down", "enter")
        desk = app.workstation
        await until(pilot, lambda: "not remembered" in str(desk.query_one(StatusLine).message))
        assert "@take" in desk.editor.text
    assert taste_path().read_text(encoding="utf-8") == "Dear diary\n"


async def test_the_first_choice_tells_where_it_is_remembered_and_what_ends_it(score: Path) -> None:
    app = app_with(score, live=True, takes=8)
    async with app.run_test(size=(120, 40)) as pilot:
        await opened(pilot)
        await pilot.press("down", "enter")
        desk = app.workstation
        await until(pilot, lambda: "learn = false" in str(desk.query_one(StatusLine).message))


async def test_what_is_probably_liked_comes_first_and_stays_there_while_takes_are_tried(score: Path) -> None:
    app = app_with(score, live=True, takes=8)
    studio = app.workstation.studio
    assert isinstance(studio, StagedStudio)
    studio.liked = 6
    async with app.run_test(size=(120, 40)) as pilot:
        await opened(pilot)
        rows = app.screen.query_one(TakeList).rows
        assert rows[0].number == 6
        assert rows[0].liked
        before = [row.number for row in rows]
        await pilot.press("down")
        await until(pilot, lambda: app.workstation.session.is_current)
        await pilot.pause()
        assert [row.number for row in app.screen.query_one(TakeList).rows] == before


def test_the_settings_end_the_learning_and_a_mistake_in_them_does_too(tmp_path: Path) -> None:
    path = tmp_path / "config.toml"
    for text, learn, problems in (
        ("[taste]\nlearn = false\n", False, 0),
        ("[taste]\nlearn = true\n", True, 0),
        ("", True, 0),
        ('[taste]\nlearn = "no"\n', False, 1),
        ("taste = false\n", False, 1),
        ("[taste]\nlaern = false\n", True, 1),
    ):
        path.write_text(text, encoding="utf-8")
        settings, said = load_settings(path)
        assert isinstance(settings, Settings)
        assert (settings.learn, len(said)) == (learn, problems), text
