"""Pictures of the screens, staged without models, so that they change only when the screens do.

Small, usual and large terminals, dark and light; `python -m tests.tui.gallery FOLDER` draws the same
for the eye.
"""

from pathlib import Path

import pytest
from pytest_textual_snapshot import SVGImageExtension
from syrupy.assertion import SnapshotAssertion

from tests.tui.conftest import app_with, until
from tests.tui.gallery import SCENES, pictures, wide_letters


@pytest.mark.parametrize("scene", SCENES)
async def test_a_scene_in_every_size_and_theme(
    scene: str, snapshot: SnapshotAssertion, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("MELODRAMA_CONFIG", "/home/writer/melodrama.toml")
    monkeypatch.chdir(tmp_path)
    saved = snapshot.use_extension(SVGImageExtension)
    async for name, svg in pictures(scene, tmp_path):
        assert svg == saved(name=name.removeprefix(f"{scene}-"))


async def test_completion_in_a_chinese_directive(snapshot: SnapshotAssertion, score: Path) -> None:
    app = app_with(score)
    async with app.run_test(size=(80, 24)) as pilot:
        desk = app.workstation
        desk.editor.cursor_blink = False
        desk.editor.goto(7)
        desk.editor.insert("@情感 悲")
        await until(pilot, lambda: len(desk.session.findings) > 0)
        await pilot.press("ctrl+@")
        await pilot.pause()
        svg = wide_letters(app.export_screenshot())
        assert svg == snapshot.use_extension(SVGImageExtension)(name="completion-80x24-dark")
