"""The README's picture: the real app on the shipped weights, while it plays. `python -m tests.tui.picture
[OUT.png] [SCORE]`.

Draws the SVG with Textual and turns it into PNG with Chromium, which knows how wide a letter is to be;
`rsvg-convert` serves where there is none, less exactly.
"""

import asyncio
import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from tests.tui.conftest import until
from tests.tui.gallery import wide_letters
from tui.app import Melodrama
from tui.settings import Settings
from tui.widgets.problems import RESTING, StatusLine

ROOT = Path(__file__).parents[2]
SIZE = (120, 40)
WIDTH = 1480
"""Pixels of the picture."""


async def draw(score: Path, at_s: float) -> str:
    """The desk while the score plays at `at_s` seconds, as SVG."""
    with tempfile.TemporaryDirectory() as folder:
        os.environ |= {"XDG_STATE_HOME": folder, "MELODRAMA_CONFIG": f"{folder}/none.toml"}
        os.environ["TEXTUAL_ANIMATIONS"] = "none"
        path = Path(folder) / score.name
        shutil.copy(score, path)
        for beside in score.parent.glob("common.score"):
            shutil.copy(beside, folder)
        app = Melodrama([path], None, Settings())
        async with app.run_test(size=SIZE) as pilot:
            desk = app.workstation
            desk.editor.cursor_blink = False
            await until(pilot, lambda: desk.session.is_current, 600)
            place = desk.session.sentence_at(at_s)
            assert place is not None, "nobody speaks there"
            desk.desk.goto(place.line + 2)
            desk.editor.scroll_to(y=max(desk.editor.cursor_screen_offset.y - 22, 4), animate=False)
            desk.live.stop()
            await pilot.pause()
            desk.session.position_s = at_s
            desk.transport.listening.wanted = True  # the button shows a pause, and no clock runs on
            desk.showing.show_music()
            desk.editor.light(place.line, place.column, place.end_column)
            status = desk.query_one(StatusLine)
            status.show_activity("")
            status.say(RESTING)
            app.title = f"melodrama edit scores/{score.name}"
            await pilot.pause()
            return wide_letters(app.export_screenshot())


def to_png(svg: str, target: Path) -> None:
    with tempfile.TemporaryDirectory() as folder:
        drawn = Path(folder) / "desk.svg"
        drawn.write_text(svg, encoding="utf-8")
        box = svg.split('viewBox="', 1)[1].split('"', 1)[0].split()
        height = round(WIDTH * float(box[3]) / float(box[2]))
        browser = shutil.which("chromium") or shutil.which("google-chrome") or shutil.which("chrome")
        if browser is None:
            subprocess.run(["rsvg-convert", "-w", str(WIDTH), "-o", str(target), str(drawn)], check=True)
            return
        page = Path(folder) / "desk.html"
        look = f"width:{WIDTH}px;display:block"
        page.write_text(f'<body style="margin:0"><img src="desk.svg" style="{look}">')
        subprocess.run(
            [
                browser,
                *("--headless", "--no-sandbox", "--disable-gpu", "--hide-scrollbars"),
                *("--default-background-color=00000000", f"--window-size={WIDTH},{height}"),
                f"--screenshot={target}",
                page.as_uri(),
            ],
            check=True,
            capture_output=True,
        )


if __name__ == "__main__":
    out = Path(sys.argv[1]) if len(sys.argv) > 1 else ROOT / ".github" / "workstation.png"
    shown = Path(sys.argv[2]) if len(sys.argv) > 2 else ROOT / "scores" / "cliff.score"
    to_png(asyncio.run(draw(shown, 14.5)), out.absolute())
    print(out)
