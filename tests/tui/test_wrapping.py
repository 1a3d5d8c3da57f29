"""Long lines: every row fits, nothing is lost, and rows break where a reader expects it."""

import asyncio
import time
from itertools import pairwise
from pathlib import Path
from statistics import median

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len
from textual.widgets import TextArea

from tests.tui.conftest import app_with, until
from tests.tui.test_widgets import Bench
from tui.widgets.editor import ScoreEditor
from tui.widgets.wrapping import breaks, rebroken


def rows(line: str, width: int) -> list[str]:
    edges = [0, *breaks(line, width), len(line)]
    return [line[a:b] for a, b in pairwise(edges)]


@given(st.text(alphabet="ab ，。悬崖（“”.-é", max_size=120), st.integers(4, 40))
def test_rows_fit_and_make_up_the_line(line: str, width: int) -> None:
    parts = rows(line, width)
    assert "".join(parts) == line
    assert all(cell_len(part.rstrip()) <= width for part in parts)
    assert all(parts) or not line


LETTERS = "ab ，。悬崖（“”.-é\t"


@given(
    st.text(alphabet=LETTERS, max_size=300),
    st.text(alphabet=LETTERS, max_size=30),
    st.tuples(st.floats(0, 1), st.floats(0, 1)),
    st.integers(4, 24),
)
def test_breaking_around_an_edit_gives_what_breaking_the_whole_line_gives(
    line: str, put: str, places: tuple[float, float], width: int
) -> None:
    start, end = sorted(round(place * len(line)) for place in places)
    edited = line[:start] + put + line[end:]
    expected = breaks(edited, width)
    edit = (start, end, start + len(put))
    assert rebroken(edited, breaks(line, width), edit, width) == expected


@pytest.mark.parametrize("unit", ["rain fell and the wind rose. ", "雨下了，风起了。", "a\tb c ", "x"])
async def test_a_row_of_a_very_long_line_is_drawn_as_of_a_short_one(unit: str) -> None:
    editor = ScoreEditor(unit * (9_000 // len(unit)))
    app = Bench(editor)
    async with app.run_test(size=(60, 20)) as pilot:
        for place in ((0, 0), (0, 4_000), (0, 9_000)):
            editor.move_cursor(editor.clamp_visitable(place))
            editor.move_cursor(editor.clamp_visitable((0, place[1] + 70)), select=True)
            await pilot.pause()
            long = [editor._render_line(y) for y in range(editor.size.height)]
            with pytest.MonkeyPatch.context() as patch:
                patch.setattr("tui.widgets.editor.LONG", 10**9)
                whole = [editor._render_line(y) for y in range(editor.size.height)]
            assert [list(strip) for strip in long] == [list(strip) for strip in whole]


async def test_a_key_in_a_very_long_line_costs_what_one_in_a_short_one_does(score: Path) -> None:
    async def cost(text: str) -> float:
        score.write_text(text, encoding="utf-8")
        app = app_with(score)
        async with app.run_test(size=(120, 40)) as pilot:
            editor = app.workstation.editor
            await until(pilot, lambda: app.workstation.session.checked is not None)
            editor.goto(1, len(text) // 2)
            await pilot.pause()
            spent = []
            for letter in "he ran home.":
                began = time.thread_time()
                editor.insert(letter)
                for y in range(editor.size.height):
                    editor.render_line(y)
                spent.append(time.thread_time() - began)
                await asyncio.sleep(0)
        return median(spent)

    unit = "rain fell and the wind rose. "
    short, long = await cost(unit * 50), await cost(unit * 2_900)
    assert long < short * 6 + 0.02, f"{long * 1000:.0f} ms beside {short * 1000:.0f} ms"


def test_chinese_fills_the_row_and_keeps_its_punctuation() -> None:
    assert rows("主人公站在悬崖边，望着远方。", 16) == ["主人公站在悬崖", "边，望着远方。"]
    assert rows("// 一个有人物、有主题的小故事", 12)[0] == "// 一个有人"


def test_english_breaks_after_spaces_and_folds_what_is_too_long() -> None:
    assert rows("the dog came first", 8) == ["the dog ", "came ", "first"]
    assert rows("abcdefghij", 4) == ["abcd", "efgh", "ij"]


async def test_edits_keep_the_rows_as_wrapping_anew_would_have_them() -> None:
    editor = ScoreEditor(
        "林: 我不会回头。没有人回答他，只有风。\nThe dog came first, then the children.\n" * 6
    )
    app = Bench(editor)
    async with app.run_test(size=(24, 12)) as pilot:
        for location in ((3, 5), (7, 0), (0, 0), (11, 20)):
            editor.insert("一二三四五六七八九十\nand so on ", location)
            editor.delete((2, 1), (4, 2))
            kept = (
                editor.wrapped_document._offset_to_line_info,
                editor.wrapped_document._line_index_to_offsets,
            )
            editor.wrapped_document.wrap(editor.wrap_width, editor.indent_width)
            assert kept == (
                editor.wrapped_document._offset_to_line_info,
                editor.wrapped_document._line_index_to_offsets,
            )
        await until(pilot, lambda: isinstance(editor, TextArea))
