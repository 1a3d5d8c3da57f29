"""A list of cuts and markers that is pasted goes into the score, by the score's own clock, or makes one."""

import importlib.util
import json
from pathlib import Path

import pytest
from textual import events

from dsl.importers.convert import import_bytes, import_into
from tests.dsl.importers.test_final_draft import HEAD as FDX_HEAD
from tests.tui.conftest import app_with, until
from tui.app import Melodrama
from tui.pasting import read_as_script
from tui.widgets.problems import StatusLine

SCORE = """title: Night
fps: 24
start: 01:00:00:00
---
// mine
# 1m1 The cliff
@at 01:00:00:00
He stands at the edge. {hit door}
"""
EDL = """TITLE: Night
FCM: DROP FRAME

001  A001     V     C        00:00:00:00 00:00:10:00 01:00:00;00 01:00:30;00
* FROM CLIP NAME: wide
* LOC: 01:00:10;00 RED     Door
* LOC: 01:00:20;15 RED     whistle
"""
CSV = "Name,Start\nDoor,01:00:10:00\nwhistle,01:00:20:12\n"


def test_a_list_goes_into_the_score_by_the_scores_own_clock() -> None:
    found = read_as_script(EDL, is_alone=False, rest=SCORE)
    assert found is not None
    assert found.is_whole
    assert found.text == import_into(SCORE, "", EDL.encode(), "x.txt").text
    # 20 s and 15 frames at 29.97, drop-frame, are 20.52 s: frame 492 or 493 at 24.
    assert "@at 01:00:20:12 // marker: whistle\n@hit whistle\n" in found.text
    assert "{at 01:00:10:00}{hit door}" in found.text
    assert "1 moved" in found.said
    assert "converted by real time to 24" in found.said


@pytest.mark.parametrize("text", [EDL, CSV])
def test_alone_it_makes_a_score_of_its_own(text: str) -> None:
    found = read_as_script(text, is_alone=True, title="Night")
    assert found is not None
    assert found.text == import_bytes(text.encode(), "Night.txt").text
    assert found.what == "a list of cuts and markers"


@pytest.mark.skipif(importlib.util.find_spec("opentimelineio") is None, reason="the extra is not installed")
def test_a_timeline_in_one_line_is_a_list_although_it_holds_braces() -> None:
    import opentimelineio as otio

    second = otio.opentime.RationalTime(48, 24)
    timeline = otio.schema.Timeline("Reel")
    track = otio.schema.Track("V1", kind="Video")
    timeline.tracks.append(track)
    track.append(otio.schema.Clip("wide", source_range=otio.opentime.TimeRange(second, second)))
    text = json.dumps(json.loads(otio.adapters.write_to_string(timeline, "otio_json")))
    found = read_as_script(text, is_alone=True)
    assert found is not None
    assert "// cut: wide" in found.text


def test_final_draft_pasted_is_a_script() -> None:
    text = (
        FDX_HEAD + '<Content><Paragraph Type="Scene Heading"><Text>INT. KITCHEN</Text></Paragraph>'
        '<Paragraph Type="Action"><Text>She waits.</Text></Paragraph></Content></FinalDraft>'
    )
    found = read_as_script(text, is_alone=False)
    assert found is not None
    assert (found.kind, found.is_whole) == ("fdx", False)
    assert "She waits." in found.text


def test_a_list_whose_times_lie_elsewhere_is_left_as_it_is() -> None:
    assert read_as_script(CSV.replace("01:", "00:"), is_alone=False, rest=SCORE) is None


async def pasted(app: Melodrama, pilot, text: str) -> None:  # type: ignore[no-untyped-def]
    await until(pilot, lambda: app.workstation.session.checked is not None)
    app.workstation.editor.action_cursor_edge(True)
    app.post_message(events.Paste(text))
    await until(pilot, lambda: "F2 takes it in" in app.screen.query_one(StatusLine).message)


@pytest.mark.parametrize("text", [EDL, CSV])
async def test_f2_puts_a_pasted_list_in_and_undo_brings_it_back(tmp_path: Path, text: str) -> None:
    path = tmp_path / "night.score"
    path.write_text(SCORE, encoding="utf-8")
    app = app_with(path)
    async with app.run_test(size=(120, 30)) as pilot:
        await pasted(app, pilot, text)
        assert "a list of cuts and markers" in app.screen.query_one(StatusLine).message
        await pilot.press("f2")
        assert app.workstation.editor.text == import_into(SCORE, "", text.encode(), "x.txt").text
        assert app.workstation.editor.cursor_location[0] == 7  # the first line that changed
        await pilot.press("ctrl+z")
        assert app.workstation.editor.text == SCORE + text
