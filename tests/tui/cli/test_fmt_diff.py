"""`fmt --diff`: the changes as `diff -u` has them, in time."""

import difflib
from pathlib import Path
from time import process_time

import pytest

from tui.cli.main import main


def test_fmt_diff_is_what_diff_writes_and_soon_there_where_lines_repeat(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    score = tmp_path / "a.score"
    changed = ("@hit", "@hit  x", "Oh.", "@pause  2s", "Oh.", "# A", "La.", "La.", "La.", "La.", "La.", "La.")
    score.write_text("\n".join([*changed * 2, "@hit  y"]), encoding="utf-8")
    formatted = score.read_text(encoding="utf-8").replace("  ", " ")
    main(["fmt", "--diff", str(score)])
    out = capsys.readouterr().out
    expected = difflib.unified_diff(
        score.read_text(encoding="utf-8").split("\n"),
        formatted.split("\n"),
        str(score),
        f"{score} (formatted)",
        lineterm="",
    )
    assert [line for line in out.splitlines() if line[:1] != "\\"] == list(expected)
    song = "".join(f"@hit  h{n * n % 101}\nOh {n * 7 % 103}.\n" for n in range(4000))
    score.write_text(song, encoding="utf-8")
    started = process_time()
    main(["fmt", "--diff", str(score)])
    out = capsys.readouterr().out
    assert out.count("\n+@hit ") == 4000
    assert process_time() - started < 6.0
