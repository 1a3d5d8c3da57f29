"""A script that is pasted: what `import` would make of it is offered, and taken only when that is wanted."""

from pathlib import Path

import pytest
from textual import events

from dsl.importers.convert import import_bytes
from tests.tui.conftest import SHORT, app_with, until
from tui.app import Melodrama
from tui.pasting import dropped_file, read_as_script
from tui.widgets.problems import StatusLine

SCRIPT = """第一场 悬崖 外 日

沈岚：你真的要走吗？
林风：我不会回头。
沈岚：那我等你。
他站在悬崖边，望着远方。

第二场 家 内 夜

沈岚：回来吧。
林风：我回来了。
"""
FOUNTAIN = """INT. KITCHEN - NIGHT

She waits.

ANNA
You are late.
"""


def test_headings_and_speakers_become_cues_and_characters() -> None:
    script = read_as_script(SCRIPT, is_alone=True)
    assert script is not None
    assert script.text == import_bytes(SCRIPT.encode(), "Untitled.txt").text
    assert script.cues == 2
    assert "沈岚" in script.characters
    assert script.said.startswith("2 cues · ")


def test_among_other_lines_it_brings_no_front_matter_and_no_character_twice() -> None:
    script = read_as_script(SCRIPT, is_alone=False, declared=("沈岚",))
    assert script is not None
    assert "---" not in script.text
    assert "@character 沈岚" not in script.text
    assert "@character 林风" in script.text


@pytest.mark.parametrize(
    "text",
    [
        "He stood at the edge.\nThe wind came up.\n",
        "他站在悬崖边。\n风停了。\n",
        SHORT,
        "He fell. {hit}\nAnna: no!\nBen: yes!\nAnna: no!\nBen: yes!\n",
        "",
    ],
)
def test_prose_and_scores_are_left_as_they_are(text: str) -> None:
    assert read_as_script(text, is_alone=True) is None


def test_a_screenplay_is_known_as_one() -> None:
    script = read_as_script(FOUNTAIN, is_alone=True)
    assert script is not None
    assert script.kind == "fountain"
    assert script.characters == ("ANNA",) or script.characters == ("Anna",)


async def pasted(app: Melodrama, pilot, text: str) -> None:  # type: ignore[no-untyped-def]
    await until(pilot, lambda: app.workstation.session.checked is not None)
    app.post_message(events.Paste(text))
    await until(pilot, lambda: text.strip() in app.workstation.editor.text)


async def test_a_pasted_script_is_taken_in_by_f2_and_brought_back_by_undo(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    app = app_with()
    async with app.run_test(size=(100, 30)) as pilot:
        await pasted(app, pilot, SCRIPT)
        await until(pilot, lambda: "F2 takes it in" in app.screen.query_one(StatusLine).message)
        assert app.workstation.editor.text == SCRIPT
        await pilot.press("f2")
        assert app.workstation.editor.text == import_bytes(SCRIPT.encode(), "Untitled.txt").text
        await until(pilot, lambda: len(app.workstation.session.plan.cues) == 2)  # type: ignore[union-attr]
        await pilot.press("ctrl+z")
        assert app.workstation.editor.text == SCRIPT


async def test_in_a_score_only_what_was_pasted_is_taken_in(score: Path) -> None:
    app = app_with(score)
    async with app.run_test(size=(100, 30)) as pilot:
        await until(pilot, lambda: app.workstation.session.checked is not None)
        app.workstation.editor.action_cursor_edge(True)
        await pasted(app, pilot, SCRIPT)
        await until(pilot, lambda: "F2 takes it in" in app.screen.query_one(StatusLine).message)
        await pilot.press("f2")
        text = app.workstation.editor.text
        assert text.startswith(SHORT)
        assert text.count("---") == 1
        assert "# 第二场" in text


async def test_the_offer_lapses_with_the_next_edit(score: Path) -> None:
    app = app_with(score)
    async with app.run_test(size=(100, 30)) as pilot:
        await pasted(app, pilot, SCRIPT)
        await until(pilot, lambda: "F2 takes it in" in app.screen.query_one(StatusLine).message)
        await pilot.press("x", "f2")
        assert app.workstation.editor.text.startswith(SCRIPT + "x")


async def test_the_whole_text_is_taken_in_by_the_command(tmp_path: Path) -> None:
    path = tmp_path / "a.score"
    path.write_text(FOUNTAIN, encoding="utf-8")
    app = app_with(path)
    async with app.run_test(size=(100, 30)) as pilot:
        await until(pilot, lambda: app.workstation.session.checked is not None)
        await app.workstation.run_action("command('take-in')")
        assert app.workstation.editor.text.startswith("melodrama: 1\n")
        assert "# INT. KITCHEN" in app.workstation.editor.text


@pytest.mark.parametrize("written", ["{}", "'{}'", '"{}"', "{} ", "file://{}"])
def test_a_file_dropped_on_the_terminal_is_found_by_its_path(written: str, tmp_path: Path) -> None:
    path = tmp_path / "my film.srt"
    path.write_text("x", encoding="utf-8")
    text = str(path).replace(" ", "%20") if written.startswith("file:") else str(path)
    assert dropped_file(written.format(text)) == path
    assert dropped_file(str(path).replace(" ", "\\ ")) == path


@pytest.mark.parametrize(
    "text", ["", "film.srt", "/no/such/file.srt", "/", "a\nb", "\0", "/" * 5_000, "He left."]
)
def test_what_is_no_path_of_a_file_is_text(text: str) -> None:
    assert dropped_file(text) is None


@pytest.mark.parametrize("codec", ["utf-8", "gbk", "utf-16"])
def test_a_dropped_file_is_taken_in_as_import_would(codec: str, tmp_path: Path) -> None:
    path = tmp_path / "film.srt"
    text = "1\n00:00:01,000 --> 00:00:03,000\n[关门声]\n\n2\n00:00:04,000 --> 00:00:06,000\n我不会回头。\n"
    path.write_bytes(text.encode(codec))
    script = read_as_script(str(path), is_alone=True)
    assert script is not None
    assert script.text == import_bytes(path.read_bytes(), "film.srt").text
    (tmp_path / "a.score").write_text(SHORT, encoding="utf-8")
    (tmp_path / "b.ass").write_text("[Script Info]\n", encoding="utf-8")
    for name in ("a.score", "b.ass"):
        assert read_as_script(str(tmp_path / name), is_alone=True) is None


async def test_a_dropped_file_takes_the_place_of_its_path(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    path = tmp_path / "film.fountain"
    path.write_text(FOUNTAIN, encoding="utf-8")
    app = app_with()
    async with app.run_test(size=(100, 30)) as pilot:
        await pasted(app, pilot, str(path))
        await until(pilot, lambda: "F2 takes it in" in app.screen.query_one(StatusLine).message)
        await pilot.press("f2")
        assert app.workstation.editor.text == import_bytes(FOUNTAIN.encode(), "film.fountain").text
