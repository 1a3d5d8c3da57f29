"""`melodrama taste`: what was learnt in words and bars; forgotten, exported, imported; an honest word where
nothing can be said."""

import json
from pathlib import Path

import pytest

from engine.taste.record import read_record, record_bytes
from tests.engine.taste.choosing import choices_by
from tui.cli.main import main

LOW = choices_by({"chord_register": -2.0}, 30)


@pytest.fixture(autouse=True)
def data(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "data"))
    monkeypatch.setenv("LANG", "en_GB.UTF-8")
    monkeypatch.delenv("LC_ALL", raising=False)
    monkeypatch.delenv("LC_MESSAGES", raising=False)
    return tmp_path / "data" / "melodrama" / "taste.jsonl"


@pytest.fixture
def taught(data: Path) -> Path:
    data.parent.mkdir(parents=True)
    data.write_bytes(record_bytes(LOW))
    return data


def test_what_was_learnt_is_told_in_words_bars_and_how_sure_it_is(
    taught: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["taste"]) == 0
    out = capsys.readouterr().out
    assert "30 choices (30 kept) since 2025-11-24" in out
    line = next(line for line in out.splitlines() if line.startswith("lower chords"))
    assert "█" in line
    assert int(line.split("sure ")[1].rstrip("%")) > 95


def test_it_speaks_chinese_where_the_locale_does(
    taught: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LANG", "zh_CN.UTF-8")
    assert main(["taste"]) == 0
    assert "和弦更低" in capsys.readouterr().out
    assert main(["taste", "--language", "en"]) == 0
    assert "lower chords" in capsys.readouterr().out


def test_scripts_get_json(taught: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["taste", "--json"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert (told["format"], told["choices"], told["kinds"], told["damaged"]) == (1, 30, {"kept": 30}, 0)
    first = told["learnt"][0]
    assert (first["trait"], first["feeling"], first["style"]) == ("chord_register", None, None)
    assert first["effect"] < 0
    assert 0.95 < first["confidence"] <= 1
    assert first["words"] == {"en": "lower chords", "zh": "和弦更低"}


def test_nothing_is_said_where_nothing_was_learnt(data: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["taste"]) == 0
    assert "no choices" in capsys.readouterr().out
    data.parent.mkdir(parents=True)
    data.write_bytes(record_bytes(choices_by({}, 2)))
    assert main(["taste"]) == 0
    assert "nothing can be said for sure yet" in capsys.readouterr().out


def test_forgetting_deletes_the_file(taught: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["taste", "--forget"]) == 0
    assert not taught.exists()
    assert main(["taste", "--forget"]) == 0
    assert "nothing to forget" in capsys.readouterr().err


def test_what_is_exported_can_be_imported_elsewhere(
    taught: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "mine.jsonl"
    assert main(["taste", "--export", str(out)]) == 0
    assert read_record(out.read_bytes()).choices == tuple(LOW)
    taught.unlink()
    assert main(["taste", "--import", str(out)]) == 0
    assert main(["taste", "--import", str(out)]) == 0
    assert "0 choices" in capsys.readouterr().err
    assert read_record(taught.read_bytes()).choices == tuple(LOW)


def test_damaged_lines_are_told_and_passed_over(taught: Path, capsys: pytest.CaptureFixture[str]) -> None:
    taught.write_bytes(taught.read_bytes() + b'{"kind": "kept"\n')
    assert main(["taste"]) == 0
    said = capsys.readouterr()
    assert "1 line" in said.err
    assert "30 choices" in said.out


def test_a_foreign_file_is_refused_by_name(taught: Path, capsys: pytest.CaptureFixture[str]) -> None:
    taught.write_text("Dear diary\n", encoding="utf-8")
    assert main(["taste", "--json"]) == 1
    assert "no taste file" in capsys.readouterr().err
    assert taught.read_text(encoding="utf-8") == "Dear diary\n"


@pytest.mark.parametrize("words", [["--forget", "--file"], ["--export"]])
def test_a_file_of_something_else_is_neither_deleted_nor_written_over(
    words: list[str], taught: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    novel = tmp_path / "novel.score"
    novel.write_text("# 1 A\nYears of work.\n", encoding="utf-8")
    assert main(["taste", *words, str(novel)]) == 1
    assert "novel.score is no taste file" in capsys.readouterr().err
    assert novel.read_text(encoding="utf-8") == "# 1 A\nYears of work.\n"
    own = tmp_path / "own.jsonl"
    own.write_bytes(record_bytes(LOW))
    assert main(["taste", *words, str(own)]) == 0


def test_a_file_that_is_not_there_cannot_be_looked_at(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["taste", "--file", str(tmp_path / "none.jsonl")]) == 1
    assert "none.jsonl" in capsys.readouterr().err


def test_clocks_that_went_wrong_change_no_word_of_it(
    taught: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["taste"]) == 0
    before = capsys.readouterr().out.splitlines()[1:]
    times = [0, -5, 10**15, 1_764_000_000]
    from dataclasses import replace

    odd = [replace(choice, t_s=times[n % 4]) for n, choice in enumerate(LOW)]
    taught.write_bytes(record_bytes(odd))
    assert main(["taste"]) == 0
    assert capsys.readouterr().out.splitlines()[1:] == before


def test_a_render_knows_a_taste_only_where_it_is_named(tmp_path: Path, data: Path) -> None:
    """Whose machine it is decides nothing; the same file gives everybody the same bytes."""
    score = tmp_path / "a.score"
    score.write_text("style: folk\n---\n# a One\n@emotion calm 0.7\nThe road went on.\n", encoding="utf-8")
    mine = tmp_path / "mine.jsonl"
    mine.write_bytes(record_bytes(choices_by({"activity": 3.0}, 30, noise=0.1)))
    words = [
        "render",
        str(score),
        "--weights",
        "debug",
        "--takes",
        "6",
        "--format",
        "mid",
        "--quiet",
        "--no-cache",
    ]

    def rendered(name: str, *more: str) -> bytes:
        assert main([*words, "-o", str(tmp_path / name), *more]) == 0
        return (tmp_path / name / "a.mid").read_bytes()

    plain = rendered("plain")
    data.parent.mkdir(parents=True)
    data.write_bytes(mine.read_bytes())
    assert rendered("mine") == plain
    named = rendered("named", "--taste", str(mine))
    data.unlink()
    assert rendered("theirs", "--taste", str(mine)) == named


def test_a_taste_that_cannot_be_read_is_told_by_name(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    score = tmp_path / "a.score"
    score.write_text("# a One\n@emotion calm 0.7\nThe road went on.\n", encoding="utf-8")
    diary = tmp_path / "diary.txt"
    diary.write_text("Dear diary\n", encoding="utf-8")
    words = ["render", str(score), "--weights", "debug", "-o", str(tmp_path / "out"), "--quiet"]
    for name, why in ((diary, "no taste file"), (tmp_path / "none.jsonl", "cannot read")):
        assert main([*words, "--taste", str(name)]) == 1
        said = capsys.readouterr().err
        assert why in said
        assert name.name in said


def test_another_taste_is_another_render_to_the_cache(tmp_path: Path) -> None:
    from dataclasses import replace

    from engine.render_cache import key_of
    from engine.render_options import RenderOptions

    score = tmp_path / "a.score"
    score.write_text("# a One\nThe road went on.\n", encoding="utf-8")
    mine, other = tmp_path / "mine.jsonl", tmp_path / "other.jsonl"
    mine.write_bytes(record_bytes(LOW))
    other.write_bytes(record_bytes(LOW[:5]))
    plain = RenderOptions(tmp_path)
    keys = {key_of(score, replace(plain, taste=taste)) for taste in (None, mine, other)}
    assert len(keys) == 3
    assert None not in keys
