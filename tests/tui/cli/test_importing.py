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


def test_import_json_lists_what_is_not_carried_over(script: Path, capsys: pytest.CaptureFixture[str]) -> None:
    out = script.with_name("film.score")
    assert main(["import", str(script), "-o", str(out), "--json"]) == 0
    report = json.loads(capsys.readouterr().out)
    assert report["format"] == 1
    assert report["kind"] == "fountain"
    assert report["characters"] == ["MARA"]
    assert report["cues"] == 1
    assert {"what": "emphasis", "became": "left out; the words stay", "lines": [5]} in report[
        "not_carried_over"
    ]
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


@pytest.mark.parametrize("name", ["cut.edl", "markers.csv", "cut.fcpxml", "film.ass", "notes.xyz"])
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
