"""Every picture of the workstation that is looked at: scenes staged without models, in each size and theme.

`python -m tests.tui.gallery FOLDER` writes them as SVG, for the eye; `test_snapshots` compares them.
"""

import asyncio
import html
import os
import re
import shutil
import sys
import tempfile
from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path

from rich.cells import cell_len
from textual.pilot import Pilot

from engine.user_folders import state_folder
from tests.tui.staged_studio import staged
from tui.app import Melodrama
from tui.screens.workstation import Workstation
from tui.settings import Settings
from tui.widgets.problems import StatusLine

SIZES = ((80, 24), (120, 40), (200, 60))
THEMES = ("melodrama-dark", "melodrama-light")
CLIFF = (Path(__file__).parents[2] / "scores" / "cliff.score").read_text(encoding="utf-8")
WIDE = """title: 悬崖 🎻
style: 国风
---
@character 林 motif=绳
@character 小红 register=high
@motif 绳 = [E5 G5 B5 A5:2]

# 1m1 悬崖边的主人公望着远方的天空
主人公站在悬崖边，望着远方的天空，心中充满了绝望。他听见风声，也听见自己的心跳，一下，又一下。
@情感 绝望 0.8 -> 希望 0.5
林: 我不会回头。{hit}
小红：「等等我！」🎻 她喊道，ﾊﾝｶｸ、ｅｍ と 한국어 も。

# 1m2 回家 Homecoming 🏡
@风格 民谣
她笑着跑下山坡。{motif 绳} Nobody was waiting, and she did not care.
"""
Scene = Callable[[Pilot[None], Workstation], Awaitable[None]]


async def first_start(pilot: Pilot[None], desk: Workstation) -> None:
    """An empty score: what shall I do?"""


async def composed(pilot: Pilot[None], desk: Workstation) -> None:
    """The cliff score, composed, at rest in its first cue."""
    desk.editor.goto(16)


async def playing(pilot: Pilot[None], desk: Workstation) -> None:
    """Some seconds in, the sentence lit."""
    desk.editor.goto(16)
    await pilot.pause()
    desk.session.position_s = 14.5
    place = desk.session.sentence_at(14.5)
    assert place is not None
    desk.editor.light(place.line, place.column, place.end_column)
    desk.transport.listening.wanted = True  # the button shows a pause, and no clock runs on
    desk.session.muted = {"chords"}
    desk.session.loop = (desk.session.plan.cues[0].start_s, desk.session.plan.cues[0].end_s)  # type: ignore[union-attr]
    desk.showing.show_music()


async def mistake(pilot: Pilot[None], desk: Workstation) -> None:
    """An error at the cursor with its fix, and the list of problems."""
    desk.editor.goto(16, 10)
    desk.editor.insert("{hitt}")
    desk.editor.insert("@stlye folk\n", (17, 0))
    await settled(desk)
    await pilot.press("f4")
    desk.editor.focus()
    desk.editor.goto(16, 12)


async def wide(pilot: Pilot[None], desk: Workstation) -> None:
    """Chinese, full width forms and emoji in the script, the cues and the roll."""
    desk.editor.goto(9)


async def takes(pilot: Pilot[None], desk: Workstation) -> None:
    """The takes of the first cue, one being tried."""
    desk.editor.goto(13)
    await pilot.pause()
    await pilot.press("f12", "down", "down")
    await settled(desk)


async def helped(pilot: Pilot[None], desk: Workstation) -> None:
    """Help for the emotion under the cursor."""
    desk.editor.goto(19, 12)
    await pilot.pause()
    await pilot.press("f1")


async def line_helped(pilot: Pilot[None], desk: Workstation) -> None:
    """Help for a line of script: how it was read."""
    desk.editor.goto(13, 12)
    await pilot.pause()
    await pilot.press("f1")
    await pilot.pause()


SCENES: dict[str, tuple[str | None, Scene]] = {
    "first-start": (None, first_start),
    "composed": (CLIFF, composed),
    "playing": (CLIFF, playing),
    "mistake": (CLIFF, mistake),
    "wide": (WIDE, wide),
    "takes": (CLIFF, takes),
    "help": (CLIFF, helped),
    "line": (CLIFF, line_helped),
}


async def settled(desk: Workstation) -> None:
    """Until everything that follows the text has come."""
    for _ in range(4_000):
        await asyncio.sleep(0.01)
        session = desk.session
        checked = session.checked is not None and session.checked.revision == session.revision
        if checked and (session.plan is None or session.is_current) and desk.live.is_idle:
            break
    else:
        raise TimeoutError("it never came to rest")
    await asyncio.sleep(0.05)


async def pictures(name: str, folder: Path) -> AsyncIterator[tuple[str, str]]:
    """(name, SVG) of a scene in every size and theme. `folder` holds its file."""
    text, scene = SCENES[name]
    path = folder / ("untitled.score" if text is None else "cliff.score")
    if text is not None:
        path.write_text(text, encoding="utf-8")
    settings = Settings()
    for size in SIZES:
        # A desk of its own for every size: what was opened at one size may be folded away at another.
        shutil.rmtree(state_folder() / "recovery", ignore_errors=True)
        app = Melodrama([path], None, settings, staged())
        async with app.run_test(size=size) as pilot:
            desk = app.workstation
            desk.editor.cursor_blink = False
            await settled(desk)
            await scene(pilot, desk)
            await pilot.pause()
            await settled(desk)
            status = desk.query_one(StatusLine)
            status.show_activity("")
            for theme in THEMES:
                app.theme = theme
                await pilot.pause()
                await pilot.pause()
                title = f"{name}-{size[0]}x{size[1]}-{theme.removeprefix('melodrama-')}"
                yield title, wide_letters(app.export_screenshot())


def wide_letters(svg: str) -> str:
    """The picture with room for wide letters: what draws it takes every letter for one cell."""

    def mended(found: re.Match[str]) -> str:
        before, length, behind, written = found.groups()
        text = html.unescape(written)
        if cell_len(text) == len(text):
            return found[0]
        return f'{before}textLength="{float(length) / len(text) * cell_len(text):g}"{behind}{written}</text>'

    return re.sub(r'(<text [^>]*?)textLength="([\d.]+)"([^>]*>)([^<]+)</text>', mended, svg)


async def main(folder: Path, names: list[str]) -> None:
    with tempfile.TemporaryDirectory() as scratch:
        os.environ |= {"XDG_STATE_HOME": scratch, "MELODRAMA_CONFIG": "/home/writer/melodrama.toml"}
        os.environ["TEXTUAL_ANIMATIONS"] = "none"
        for name in names or SCENES:
            async for title, svg in pictures(name, Path(scratch)):
                (folder / f"{title}.svg").write_text(svg, encoding="utf-8")


if __name__ == "__main__":
    Path(sys.argv[1]).mkdir(parents=True, exist_ok=True)
    asyncio.run(main(Path(sys.argv[1]), sys.argv[2:]))
