"""Long lines: every row fits, nothing is lost, and rows break where a reader expects it."""

from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len
from textual.widgets import TextArea

from tests.tui.conftest import until
from tests.tui.test_widgets import Bench
from tui.widgets.editor import ScoreEditor
from tui.widgets.wrapping import breaks


def rows(line: str, width: int) -> list[str]:
    edges = [0, *breaks(line, width), len(line)]
    return [line[a:b] for a, b in pairwise(edges)]


@given(st.text(alphabet="ab ，。悬崖（“”.-é", max_size=120), st.integers(4, 40))
def test_rows_fit_and_make_up_the_line(line: str, width: int) -> None:
    parts = rows(line, width)
    assert "".join(parts) == line
    assert all(cell_len(part.rstrip()) <= width for part in parts)
    assert all(parts) or not line


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
