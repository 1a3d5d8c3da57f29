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


CUT_LIST = """TITLE: NIGHT REEL 1
FCM: NON-DROP FRAME

001  A001C004 V     C        14:02:10:05 14:02:22:05 01:00:00:00 01:00:12:00
* FROM CLIP NAME: A001C004.MOV

002  MUSIC    AA    C        00:00:00:00 00:00:09:12 01:00:12:00 01:00:21:12
* FROM CLIP NAME: TEMP TRACK.WAV
"""
FOREIGN = {
    "edl": CUT_LIST,
    "csv": "#,Name,Start,End,Length\nM1,door,0:00:04.000,,\n",
    "musicxml": "<score-partwise><encoding><software>MuseScore 4</software></encoding></score-partwise>",
    "json": '{"level": 3, "music": "night"}',
}
RENDER = ["--weights", "debug", "--takes", "1", "--no-cache", "--quiet"]


def scene(folder: Path) -> Path:
    score = folder / "cut.score"
    score.write_text(
        "fps: 25\n---\n# 1m1 A\n@bars 2\nHe stood {hit} at the edge.\n# 门\n林: 走。\n", encoding="utf-8"
    )
    return score


@pytest.mark.parametrize("kind", sorted(FOREIGN))
@pytest.mark.parametrize("is_named", [False, True])
def test_render_writes_over_no_list_or_sheet_of_somebody_else(
    kind: str, is_named: bool, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    score, theirs = scene(tmp_path), tmp_path / f"cut.{kind}"
    theirs.write_text(FOREIGN[kind], encoding="utf-8")
    out = theirs if is_named else tmp_path
    formats = [] if is_named else ["--format", f"roll,{'cues' if kind == 'csv' else kind}"]
    assert main(["render", str(score), "-o", str(out), *formats, *RENDER]) == 1
    said = capsys.readouterr().err
    assert f"cannot write {theirs}" in said
    assert "choose another place" in said
    assert theirs.read_text(encoding="utf-8") == FOREIGN[kind]
    assert {path.name for path in tmp_path.iterdir()} == {"cut.score", theirs.name}


def test_the_cut_list_that_a_score_was_imported_from_is_not_lost(tmp_path: Path) -> None:
    cut, score = tmp_path / "cut.edl", tmp_path / "cut.score"
    cut.write_text(CUT_LIST, encoding="utf-8")
    assert main(["import", str(cut), "-o", str(score)]) == 0
    assert main(["render", str(score), "-o", str(tmp_path), "--format", "edl", *RENDER]) == 1
    assert cut.read_text(encoding="utf-8") == CUT_LIST
    assert main(["render", str(score), "-o", str(tmp_path / "out"), "--format", "edl", *RENDER]) == 0


def test_midi_of_a_sequencer_is_not_lost(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    score, theirs = scene(tmp_path), tmp_path / "cut.mid"
    midi = pretty_midi.PrettyMIDI()
    midi.instruments.append(pretty_midi.Instrument(0))
    midi.instruments[0].notes.append(pretty_midi.Note(80, 60, 0.0, 1.0))
    midi.write(str(theirs))
    before = theirs.read_bytes()
    assert main(["render", str(score), "-o", str(tmp_path), "--format", "mid", *RENDER]) == 1
    assert str(theirs) in capsys.readouterr().err
    assert theirs.read_bytes() == before


@pytest.mark.parametrize("text", [None, "title: nothing yet\n---\n"])
def test_render_writes_over_what_it_wrote_before(text: str | None, tmp_path: Path) -> None:
    score = scene(tmp_path)
    formats = "mid,musicxml,cues,click,json,markers" + (",edl" if text is None else "")
    if text is not None:
        score.write_text(text, encoding="utf-8")
    for _ in range(2):
        assert main(["render", str(score), "-o", str(tmp_path), "--format", formats, *RENDER]) == 0
