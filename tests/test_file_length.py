"""Every file can be read in one sitting."""

from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).parents[1]
MOST_LINES = 400
LONGER: dict[str, str] = {}
"""Files that are longer, and why. The list may only get shorter."""


def sources() -> Iterator[Path]:
    """Every source file of the program and its tests: Python and the grammar."""
    for top in ("dsl", "engine", "grammars", "tui", "tests"):
        for ending in ("py", "lark", "tcss", "scm"):
            yield from (ROOT / top).rglob(f"*.{ending}")


def test_no_file_is_too_long_to_be_read_in_one_sitting() -> None:
    lengths = {
        path.relative_to(ROOT).as_posix(): len(path.read_text(encoding="utf-8").splitlines())
        for path in sources()
    }
    assert len(lengths) > 400
    long = {path: lines for path, lines in lengths.items() if lines > MOST_LINES}
    assert {path: lines for path, lines in long.items() if path not in LONGER} == {}
    assert set(LONGER) <= set(long), "short enough by now: take it off the list"
