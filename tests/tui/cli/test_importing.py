"""`melodrama import` as its user runs it."""

import json
from pathlib import Path

import pytest

from tui.cli.main import main

FOUNTAIN = "Title: The Cliff\n\nINT. HOUSE - DAY\n\nShe *waits*.\n\nMARA\n(low)\nHello.\n"


@pytest.fixture
def script(tmp_path: Path) -> Path:
    path = tmp_path / "film.fountain"
    path.write_text(FOUNTAIN, encoding="utf-8")
    return path


def test_import_writes_a_score_that_checks_and_says_what_it_left(
    script: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = script.with_name("film.score")
    assert main(["import", str(script), "-o", str(out)]) == 0
    said = capsys.readouterr()
    assert said.out == ""
    assert "line 5: emphasis" in said.err
    assert "parentheticals" in said.err
    assert main(["check", str(out)]) == 0


def test_import_never_overwrites_without_force(script: Path, capsys: pytest.CaptureFixture[str]) -> None:
    out = script.with_name("film.score")
    out.write_text("mine\n", encoding="utf-8")
    assert main(["import", str(script), "-o", str(out)]) == 1
    assert "exists" in capsys.readouterr().err
    assert out.read_text(encoding="utf-8") == "mine\n"
    assert main(["import", str(script), "-o", str(out), "--force"]) == 0
    assert "# INT. HOUSE" in out.read_text(encoding="utf-8")


def test_what_is_read_is_not_written_over_even_with_force(
    script: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    link = script.with_name("link.fountain")
    link.symlink_to(script)
    for out in (script, link):
        assert main(["import", str(script), "-o", str(out), "--force"]) == 1
        assert "is what the score is to be made of" in capsys.readouterr().err
    assert script.read_text(encoding="utf-8") == FOUNTAIN


@pytest.mark.parametrize("name", ["x.srt", "x.FDX", "x.mid", "x.mp4", "x.wav", "x.html"])
def test_a_score_is_not_written_under_a_name_that_no_command_would_take_for_one(
    name: str, script: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = script.with_name(name)
    assert main(["import", str(script), "-o", str(out), "--json"]) == 1
    said = capsys.readouterr()
    assert "x.score" in json.loads(said.out)["error"]
    assert not out.exists()


def test_a_folder_is_no_score_to_write(script: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["import", str(script), "-o", str(script.parent)]) == 1
    assert "is a folder" in capsys.readouterr().err


@pytest.mark.parametrize("kind", ["srt", "vtt"])
def test_words_without_a_time_are_no_subtitles_even_when_they_are_called_so(
    kind: str, script: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = script.with_name("x.score")
    assert main(["import", str(script), "-o", str(out), "--as", kind]) == 1
    assert "no time of a subtitle" in capsys.readouterr().err
    assert not out.exists()


def test_import_json_lists_what_is_not_carried_over(script: Path, capsys: pytest.CaptureFixture[str]) -> None:
    out = script.with_name("film.score")
    assert main(["import", str(script), "-o", str(out), "--json"]) == 0
    report = json.loads(capsys.readouterr().out)
    assert report["format"] == 1
    assert report["kind"] == "fountain"
    assert report["characters"] == ["MARA"]
    assert report["cues"] == 1
    (emphasis,) = (one for one in report["not_carried_over"] if one["what"] == "emphasis")
    assert (emphasis["became"], emphasis["lines"]) == ("left out; the words stay", [5])
    assert report["encoding"] == {"name": "UTF-8", "guessed": False}


def test_a_guessed_encoding_is_told(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    source = tmp_path / "a.txt"
    source.write_bytes("主人公站在悬崖边，他的心中充满了绝望。我们不会回头的。\n".encode("gbk"))
    assert main(["import", str(source), "-o", str(tmp_path / "a.score")]) == 0
    assert "GBK" in capsys.readouterr().err
    assert "悬崖" in (tmp_path / "a.score").read_text(encoding="utf-8")


@pytest.mark.parametrize("data", [b"\x89PNG\r\n" + bytes(2000), b"RIFF" + bytes(range(256)) * 9])
def test_what_is_no_text_leaves_no_file(
    data: bytes, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    source = tmp_path / "a.bin"
    source.write_bytes(data)
    assert main(["import", str(source), "-o", str(tmp_path / "a.score")]) == 1
    assert "not a text" in capsys.readouterr().err
    assert not (tmp_path / "a.score").exists()


@pytest.mark.parametrize("name", ["cut.ale", "film.ass", "notes.xyz"])
def test_a_format_that_is_not_understood_is_refused_until_it_is_called_text(
    name: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    source, out = tmp_path / name, tmp_path / "a.score"
    source.write_text("The rain fell all night.\n", encoding="utf-8")
    assert main(["import", str(source), "-o", str(out), "--json"]) == 1
    said = capsys.readouterr()
    assert name in said.err
    assert "Fountain" in said.err
    assert "--as text" in json.loads(said.out)["error"]
    assert not out.exists()
    assert main(["import", str(source), "-o", str(out), "--as", "text"]) == 0
    assert "The rain fell" in out.read_text(encoding="utf-8")


def test_bytes_that_are_no_character_are_told_with_their_lines(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    source = tmp_path / "a.txt"
    source.write_bytes("夜深了，雨还没停。\n\n他走进屋里。".encode() + b"\xe9\n")
    assert main(["import", str(source), "-o", str(tmp_path / "a.score")]) == 0
    assert "line 3: bytes that are no character" in capsys.readouterr().err
    assert "夜深了，雨还没停。" in (tmp_path / "a.score").read_text(encoding="utf-8")


def test_a_missing_file_and_a_folder_are_told(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["import", str(tmp_path / "none.srt"), "-o", str(tmp_path / "x.score")]) == 1
    assert "no such file" in capsys.readouterr().err
    assert main(["import", str(tmp_path), "-o", str(tmp_path / "x.score")]) == 1
    assert "is a folder" in capsys.readouterr().err


EDL = (
    "TITLE: Reel 1\nFCM: NON-DROP FRAME\n\n"
    "001  AX       V     C        00:00:00:00 00:00:04:12 01:00:00:00 01:00:30:12\n"
    "* FROM CLIP NAME: A001\n* LOC: 01:00:02:10 RED     Door slam!\n* LOC: 01:99:02:10 RED     x\n"
)
SCORE = "melodrama: 1\nfps: 24\nstart: 01:00:00:00\n---\n# 1m1 A\n@at 01:00:00:00\nMy words.\n"


@pytest.fixture
def cut(tmp_path: Path) -> Path:
    path = tmp_path / "cut.edl"
    path.write_text(EDL, encoding="utf-8")
    return path


def test_cuts_and_markers_go_into_a_score_that_stands_there(
    cut: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    score = cut.with_name("film.score")
    score.write_text(SCORE, encoding="utf-8")
    assert main(["import", str(cut), "--into", str(score), "--json"]) == 0
    said = capsys.readouterr()
    report = json.loads(said.out)
    assert (report["kind"], report["fps"], report["start"]) == ("edl", 24.0, "01:00:00:00")
    told = {(one["kind"], one["name"], one["change"]) for one in report["moments"]}
    assert ("hit", "Door-slam", "new") in told
    assert "line 7:8: times with more than 59 minutes or seconds" in said.err
    made = score.read_text(encoding="utf-8")
    assert "My words.\n" in made
    assert main(["import", str(cut), "--into", str(score)]) == 0
    assert score.read_text(encoding="utf-8") == made
    assert "same" in capsys.readouterr().err
    cut.write_text(EDL.replace("* LOC: 01:00:02", "* x: 01:00:02"), encoding="utf-8")
    assert main(["import", str(cut), "--into", str(score)]) == 0
    assert "Door-slam is not in the list any more" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("score", "data", "why"),
    [
        (SCORE.encode(), b"INT. HOUSE - DAY\n\nRain.\n", "not times alone"),
        (SCORE.encode(), b"Rain.\n", "not times alone"),
        ("# 夜里下着雨\n".encode("gbk"), EDL.encode(), "not UTF-8"),
        (SCORE.replace("01:00:00:00", "12:00:00:00").encode(), EDL.encode(), "none of its times"),
    ],
)
def test_a_score_is_left_as_it_is_where_nothing_can_go_into_it(
    score: bytes, data: bytes, why: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path, source = (
        tmp_path / "film.score",
        tmp_path / "list.edl" if b"FCM" in data else tmp_path / "a.fountain",
    )
    path.write_bytes(score)
    source.write_bytes(data)
    assert main(["import", str(source), "--into", str(path)]) == 1
    assert why in capsys.readouterr().err
    assert path.read_bytes() == score


@pytest.mark.parametrize(("option", "value"), [("--fps", "fast"), ("--fps", "0"), ("--start", "one o'clock")])
def test_a_rate_or_a_start_that_cannot_be_is_a_usage_error(cut: Path, option: str, value: str) -> None:
    assert main(["import", str(cut), "-o", str(cut.with_suffix(".score")), option, value]) == 2
    assert not cut.with_suffix(".score").exists()


def test_the_frame_rate_and_the_start_can_be_said(cut: Path) -> None:
    out = cut.with_suffix(".score")
    asked = ["--fps", "23.976", "--start", "00:59:50:00", "--cuts", "none"]
    assert main(["import", str(cut), "-o", str(out), *asked]) == 0
    made = out.read_text(encoding="utf-8")
    assert "fps: 23.976\nstart: 00:59:50:00\n" in made
    assert "cut:" not in made
