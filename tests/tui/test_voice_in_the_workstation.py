"""`@voice` while a score is written: heard with the music, its lines marked in arc and roll, and one line
that says why where it is not heard."""

from pathlib import Path

import numpy as np
import pytest
import soundfile

from tests.engine.speech import synthetic
from tests.engine.speech.synthetic import RATE, Reading
from tests.tui.conftest import app_with, until
from tui.checking import check
from tui.screens.workstation import Workstation
from tui.settings import Settings
from tui.studio.near import NearStudio
from tui.widgets.arc import EmotionArc
from tui.widgets.problems import StatusLine
from tui.widgets.roll import PianoRoll
from tui.widgets.roll_ruler import VOICE_MARK

pytestmark = pytest.mark.skipif(synthetic.why_not() is not None, reason=str(synthetic.why_not()))
LINES = ("The lamp was lit again at dusk.", "Nobody came up the iron stair.", "Then the sea went quiet.")
TEXT = '# 1m1 A\n@voice "n.wav"\n' + "\n".join(LINES) + "\n"


@pytest.fixture(autouse=True)
def _own_cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MELODRAMA_CACHE", str(tmp_path / "cache" / "renders"))


def recorded(folder: Path) -> synthetic.Spoken:
    spoken = synthetic.joined(LINES, Reading("en-gb-x-rp+m3"), seed=3)
    soundfile.write(folder / "n.wav", spoken.samples, RATE)
    (folder / "a.score").write_text(TEXT)
    return spoken


def test_what_is_played_has_the_voice_where_its_lines_are(tmp_path: Path) -> None:
    spoken = recorded(tmp_path)
    asked = check(TEXT, 0, tmp_path).asked()
    assert asked is not None
    studio = NearStudio(Settings(takes=1), "debug")
    found = studio.sound(studio.compose(asked, lambda: True), lambda: True)
    voice = np.abs(found.mix(tuple(found.roles))).max(axis=1)
    for start_s, end_s in zip(spoken.starts_s, spoken.ends_s, strict=True):
        begin, end = round(start_s * found.rate), round(end_s * found.rate)
        assert voice[begin:end].max() > 10 * voice[begin - found.rate // 20 : begin - found.rate // 100].max()


async def test_spoken_lines_are_marked_in_arc_and_roll(tmp_path: Path) -> None:
    spoken = recorded(tmp_path)
    app = app_with(tmp_path / "a.score", live=True)
    async with app.run_test(size=(120, 40)) as pilot:
        workstation = app.screen
        assert isinstance(workstation, Workstation)
        await until(pilot, lambda: workstation.session.composed is not None)
        await pilot.pause()
        arc, roll = workstation.query_one(EmotionArc), workstation.query_one(PianoRoll)
        assert [start_s for start_s, _ in arc.spoken] == pytest.approx(spoken.starts_s, abs=0.15)
        assert "▁" in arc.render_line(arc.size.height - 2).text
        assert "voice" in arc.render_line(arc.size.height - 1).text
        assert roll.render_line(roll.size.height - 1).text.count(VOICE_MARK) == len(LINES)


async def test_a_recording_that_is_not_there_is_told_in_the_status_line_when_the_music_comes(
    tmp_path: Path,
) -> None:
    (tmp_path / "a.score").write_text(TEXT)
    app = app_with(tmp_path / "a.score", live=True)
    async with app.run_test(size=(120, 40)) as pilot:
        workstation = app.screen
        assert isinstance(workstation, Workstation)
        await until(pilot, lambda: workstation.session.sounding is not None)
        status = workstation.query_one(StatusLine)
        await until(pilot, lambda: "the music plays alone" in status.message)
        assert "n.wav" in status.message
        arc = workstation.query_one(EmotionArc)
        assert arc.spoken == ()
        assert "voice" not in arc.render_line(arc.size.height - 1).text
