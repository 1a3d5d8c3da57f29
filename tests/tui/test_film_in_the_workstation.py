"""`@picture` while a score is written: the arc knows the film as soon as it has been looked at, and what is
odd in it is a problem like any other."""

import shutil
from pathlib import Path

import pytest

from engine.picture import spotted
from tests.engine.picture.test_odd_films import film
from tests.tui.conftest import app_with, until
from tui.checking import check
from tui.screens.workstation import Workstation
from tui.settings import Settings
from tui.studio.near import NearStudio
from tui.studio.protocol import Asked

needs_ffmpeg = pytest.mark.skipif(shutil.which("ffmpeg") is None, reason="ffmpeg is not installed")
TEXT = '# 1m1 A\n@picture "film.mp4" blend=1\nShe waits for the rain to end, and it does not.\n'
"""The film's arousal alone."""


@pytest.fixture(autouse=True)
def _own_cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MELODRAMA_CACHE", str(tmp_path / "cache" / "renders"))
    spotted._remembered.cache_clear()  # a film of the same bytes may have been looked at by another test


def asked(folder: Path, text: str = TEXT) -> Asked:
    found = check(text, 0, folder).asked()
    assert found is not None
    return found


def going() -> bool:
    return True


@needs_ffmpeg
def test_the_curves_have_the_film_once_it_was_looked_at(tmp_path: Path) -> None:
    film(tmp_path / "film.mp4")
    studio = NearStudio(Settings(), "debug")
    before = studio.analyse(asked(tmp_path), going)
    assert before.awaits_film
    assert before.findings == ()
    told: list[str] = []
    studio.look(asked(tmp_path), going, told.append)
    after = studio.analyse(asked(tmp_path), going)
    assert not after.awaits_film
    assert [finding.code for finding in after.findings] == ["W551"]  # it has no sound
    assert after.curves[0].at(1.0)[0] == before.curves[0].at(1.0)[0]
    assert after.curves[0].at(1.0)[1] != before.curves[0].at(1.0)[1]
    assert all(words.startswith("looking at the film · ") for words in told)


@needs_ffmpeg
def test_music_is_made_of_what_the_arc_shows(tmp_path: Path) -> None:
    film(tmp_path / "film.mp4")
    studio = NearStudio(Settings(takes=1), "debug")
    made = studio.compose(asked(tmp_path), going)
    shown = studio.analyse(asked(tmp_path), going)
    assert made.curves[0].at(1.0) == pytest.approx(shown.curves[0].at(1.0))
    assert set(shown.findings) <= set(made.plan.findings)


@needs_ffmpeg
async def test_the_arc_bends_to_the_film_and_problems_tell_what_is_odd(tmp_path: Path) -> None:
    film(tmp_path / "film.mp4")
    path = tmp_path / "a.score"
    path.write_text(TEXT)
    app = app_with(path, models=True)
    async with app.run_test(size=(120, 40)) as pilot:
        workstation = app.screen
        assert isinstance(workstation, Workstation)
        session = workstation.session
        await until(pilot, lambda: bool(session.analysed and not session.analysed.awaits_film))
        assert session.analysed is not None
        assert session.arc()[0].asked(1.0) == session.analysed.curves[0].at(1.0)
        assert [finding.code for finding in session.findings] == ["W551"]
        workstation.editor.insert("x", (2, 0))  # while it is written, the film stays known
        await until(pilot, lambda: session.revision > 0 and session.analysed_revision == session.revision)
        assert not session.analysed.awaits_film


async def test_a_film_that_is_missing_is_a_problem_and_the_text_speaks_alone(tmp_path: Path) -> None:
    path = tmp_path / "a.score"
    path.write_text(TEXT)
    app = app_with(path, models=True)
    async with app.run_test(size=(120, 40)) as pilot:
        workstation = app.screen
        assert isinstance(workstation, Workstation)
        session = workstation.session
        await until(pilot, lambda: session.analysed is not None)
        assert session.analysed is not None
        assert not session.analysed.awaits_film
        assert [finding.code for finding in session.findings] == ["W550"]


@needs_ffmpeg
async def test_a_film_that_comes_later_is_looked_at_without_a_key(tmp_path: Path) -> None:
    path = tmp_path / "a.score"
    path.write_text(TEXT)
    app = app_with(path, models=True)
    async with app.run_test(size=(120, 40)) as pilot:
        workstation = app.screen
        assert isinstance(workstation, Workstation)
        session, look = workstation.session, workstation.feeling._look_at_included
        await until(pilot, lambda: session.analysed is not None)
        look()
        film(tmp_path / "film.mp4")
        look()
        await until(pilot, lambda: [finding.code for finding in session.findings] == ["W551"])
