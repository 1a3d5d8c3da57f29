"""`melodrama why`, as its user runs it, on the debug model."""

import json
from pathlib import Path

import pytest

from tui.cli.main import main
from tui.cli.why import cue_places
from tui.locale_language import language_of_locale

SCORE = """style: piano
seed: 3
---
# 1m1 Dawn
They laughed and danced all night, happy and free. The sun rose over the sea.
# 1m2 Dusk
@emotion despair 0.8
She wept.
"""


def why(words: list[str], capsys: pytest.CaptureFixture[str]) -> tuple[int, str, str]:
    code = main(["why", *words, "--weights", "debug", "--takes", "1", "--quiet"])
    said = capsys.readouterr()
    return code, said.out, said.err


@pytest.fixture
def score(tmp_path: Path) -> Path:
    path = tmp_path / "day.score"
    path.write_text(SCORE, encoding="utf-8")
    return path


def test_json_has_the_promised_names(score: Path, capsys: pytest.CaptureFixture[str]) -> None:
    code, out, err = why([str(score), "--json"], capsys)
    assert code == 0, err
    told = json.loads(out)
    assert told["format"] == 1
    first, second = told["cues"]
    assert {"id", "felt", "parameters", "harmony", "cadences", "form", "motifs", "changes"} <= set(first)
    assert {"valence", "arousal", "words"} <= set(first["felt"])
    assert {"name", "value", "neutral", "effect"} <= set(first["parameters"][0])
    assert {"bar", "beat", "numeral", "function"} <= set(first["harmony"][0])
    assert all({"word", "weight"} <= set(word) for word in first["felt"]["words"])
    assert second["felt"]["words"] == []
    assert "directive" in second["unsaid"]


def test_what_was_explained_once_is_not_composed_again(
    score: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("MELODRAMA_CACHE", str(tmp_path / "kept"))
    _, first, _ = why([str(score), "--json"], capsys)

    def never(*_: object, **__: object) -> None:
        raise AssertionError("composed again")

    monkeypatch.setattr("engine.pipeline.compose", never)
    code, again, _ = why([str(score), "--json"], capsys)
    assert (code, again) == (0, first)
    for kept in (tmp_path / "kept").iterdir():  # damaged: thrown away, never trusted
        kept.write_bytes(kept.read_bytes()[:-40] + b"x" * 40)
    with pytest.raises(AssertionError, match="composed again"):
        why([str(score), "--json"], capsys)


def test_one_cue_by_number_title_or_place(score: Path, capsys: pytest.CaptureFixture[str]) -> None:
    code, out, err = why([str(score), "1M2", "--level", "beginner", "--language", "en"], capsys)
    assert code == 0, err
    assert "# 1m2 Dusk" in out
    assert "Dawn" not in out
    assert cue_places("dusk", [("1m1", "Dawn"), ("1m2", "Dusk")]) == [1]
    assert cue_places("2", [("1m1", "Dawn"), ("1m2", "Dusk")]) == [1]
    assert cue_places("3", [("1m1", "Dawn"), ("1m2", "Dusk")]) == []


def test_an_unknown_cue_is_told_with_the_known_ones(score: Path, capsys: pytest.CaptureFixture[str]) -> None:
    code, out, err = why([str(score), "9m9", "--json"], capsys)
    assert code == 1
    assert "9m9" in err
    assert "1m1, 1m2" in err
    assert "error" in json.loads(out)


def test_listen_writes_each_cue_as_it_is_and_changed(
    score: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "pairs"
    code, _, err = why([str(score), "1m1", "--listen", "-o", str(out), "--json"], capsys)
    assert code == 0, err
    names = {path.name for path in out.iterdir()}
    assert {"1m1.as-it-is.mid", "1m1.as-it-is.wav"} <= names
    assert len([name for name in names if name.endswith(".mid")]) >= 2
    assert all(name.startswith("1m1.") for name in names)


def test_a_folder_that_cannot_be_written_is_told(
    score: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "file").write_text("in the way", encoding="utf-8")
    code, _, err = why([str(score), "--listen", "-o", str(tmp_path / "file")], capsys)
    assert code == 1
    assert str(tmp_path / "file") in err


def test_a_score_with_errors_is_not_explained(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    bad = tmp_path / "bad.score"
    bad.write_text("# A\n@emotion\nWords.\n", encoding="utf-8")
    code, out, err = why([str(bad), "--json"], capsys)
    assert code == 1
    assert "nothing can be explained" in err
    assert json.loads(out)["findings"]


def test_a_missing_file_is_told(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    code, _, err = why([str(tmp_path / "none.score")], capsys)
    assert code == 1
    assert "none.score" in err


def test_an_empty_score_says_that_it_has_nothing_to_say(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    empty = tmp_path / "empty.score"
    empty.write_text("", encoding="utf-8")
    code, out, err = why([str(empty), "--language", "en"], capsys)
    assert code in (0, 1)
    assert out + err


def test_the_language_is_the_locales(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("LC_ALL", "LC_MESSAGES"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("LANG", "zh_CN.UTF-8")
    assert language_of_locale() == "zh"
    monkeypatch.setenv("LANG", "C.UTF-8")
    assert language_of_locale() == "en"
