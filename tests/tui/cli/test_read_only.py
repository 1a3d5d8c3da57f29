"""A file that is read-only is never overwritten unasked, whichever command would write it."""

from pathlib import Path

import numpy as np
import pretty_midi
import pytest

from engine.errors import OutputError
from engine.render.files import write_atomic
from tui.cli.main import main

UNTIDY = "#  1m1   The cliff\n@emotion   despair\nHe stood at the edge.\n"


def kept(path: Path, text: str = UNTIDY) -> Path:
    path.write_text(text, encoding="utf-8")
    path.chmod(0o444)
    return path


def test_fmt_leaves_it_and_says_so(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    score = kept(tmp_path / "a.score")
    assert main(["fmt", str(score)]) == 1
    assert "a.score is read-only" in capsys.readouterr().err
    assert score.read_text() == UNTIDY


def test_fmt_check_and_diff_still_tell_of_it(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    score = kept(tmp_path / "a.score")
    assert main(["fmt", "--diff", str(score)]) == 1
    assert "+# 1m1 The cliff" in capsys.readouterr().out


@pytest.mark.parametrize("where", ["folder", "file"])
def test_render_refuses_before_the_work(
    where: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    score = tmp_path / "a.score"
    score.write_text(UNTIDY, encoding="utf-8")
    out = kept(tmp_path / "a.mid", "somebody's")
    place = tmp_path if where == "folder" else out
    options = ["--weights", "debug", "--takes", "1", "--format", "mid", "--no-cache"]
    assert main(["render", str(score), "-o", str(place), *options]) == 1
    assert f"{out}: it is read-only" in capsys.readouterr().err
    assert out.read_text() == "somebody's"


def test_import_asks_for_force(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "a.txt").write_text("He stood at the edge.\n", encoding="utf-8")
    out = kept(tmp_path / "a.score")
    assert main(["import", str(tmp_path / "a.txt"), "-o", str(out)]) == 1
    assert out.read_text() == UNTIDY
    assert main(["import", str(tmp_path / "a.txt"), "-o", str(out), "--force"]) == 0
    assert "He stood" in out.read_text()
    assert out.stat().st_mode & 0o777 == 0o444


def test_whatever_is_written_whole_is_not_written_over_it(tmp_path: Path) -> None:
    path = kept(tmp_path / "takes.mid")
    with pytest.raises(OutputError, match="read-only"):
        write_atomic(path, b"new")
    assert path.read_text() == UNTIDY
    assert list(tmp_path.iterdir()) == [path]


def test_fmt_through_a_link_formats_what_it_leads_to(tmp_path: Path) -> None:
    (tmp_path / "real.score").write_text(UNTIDY, encoding="utf-8")
    link = tmp_path / "a.score"
    link.symlink_to("real.score")
    assert main(["fmt", str(link)]) == 0
    assert link.is_symlink()
    assert (
        (tmp_path / "real.score").read_text(encoding="utf-8").startswith("# 1m1 The cliff\n@emotion despair")
    )


@pytest.mark.parametrize("words", [["fmt"], ["feel", "He stood", "hope", "--score"]])
def test_a_link_to_it_is_no_way_round(words: list[str], tmp_path: Path) -> None:
    score = kept(tmp_path / "real.score")
    link = tmp_path / "a.score"
    link.symlink_to("real.score")
    assert main([*words, str(link)]) == 1
    assert score.read_text(encoding="utf-8") == UNTIDY


@pytest.mark.parametrize(
    ("line", "name"),
    [
        ('@voice "s.wav"\n', "s.wav"),
        ('@freeze "s.mid"\n', "s.mid"),
        ('@temp "s.wav"\n', "s.wav"),
        ('@motif m = "s.mid"\n', "s.mid"),
    ],
)
@pytest.mark.parametrize("out", [".", "file"])
def test_render_writes_over_nothing_that_the_score_is_made_from(
    line: str, name: str, out: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    import soundfile

    midi = pretty_midi.PrettyMIDI()
    midi.instruments.append(pretty_midi.Instrument(0))
    midi.instruments[0].notes += [pretty_midi.Note(80, 60 + n, n / 2, n / 2 + 0.4) for n in range(8)]
    midi.write(str(tmp_path / "s.mid"))
    rng = np.random.default_rng(1)
    soundfile.write(tmp_path / "s.wav", rng.normal(0, 0.1, 48_000).astype(np.float32), 16_000)
    before = {path.name: path.read_bytes() for path in tmp_path.iterdir()}
    score = tmp_path / "s.score"
    score.write_text(f"# 1m1 A\n{line}@bars 2\nHe stood at the edge.\n", encoding="utf-8")
    place = tmp_path if out == "." else tmp_path / name
    options = ["--weights", "debug", "--takes", "1", "--no-cache", "--quiet"]
    assert main(["render", str(score), "-o", str(place), *options]) == 1
    assert f"{name}: the score is made from it" in capsys.readouterr().err
    assert {path.name: path.read_bytes() for path in tmp_path.iterdir() if path != score} == before
    assert main(["render", str(score), "-o", str(tmp_path / "out"), *options, "--format", "mid"]) == 0
