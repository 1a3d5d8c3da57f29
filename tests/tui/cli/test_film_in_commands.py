"""`@picture` in the commands that read: `analyze`, `match` and `plan --analyze` feel what `render` feels."""

import json
import shutil
from pathlib import Path
from typing import Any

import pytest

from dsl.curves import value_at
from dsl.score_file import load_plan
from engine.pipeline import with_pictures
from tests.engine.picture.test_odd_films import film
from tui.cli.main import main

pytestmark = pytest.mark.skipif(shutil.which("ffmpeg") is None, reason="ffmpeg is not installed")
WORDS = "She waits for the rain to end, and it does not."


@pytest.fixture
def scores(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> tuple[Path, Path]:
    """One text without and with a film, which alone decides the arousal."""
    monkeypatch.setenv("MELODRAMA_CACHE", str(tmp_path / "cache" / "renders"))
    film(tmp_path / "film.mp4")
    plain, pictured = tmp_path / "plain.score", tmp_path / "pictured.score"
    plain.write_text(f"# 1m1 A\n{WORDS}\n")
    pictured.write_text(f'# 1m1 A\n@picture "film.mp4" blend=1\n{WORDS}\n')
    return plain, pictured


def told(capsys: pytest.CaptureFixture[str], *words: str) -> tuple[dict[str, Any], str]:
    assert main([*words, "--json", "--weights", "debug"]) == 0
    found = capsys.readouterr()
    return json.loads(found.out), found.err


def film_arousal(score: Path, t_s: float) -> float:
    plan = load_plan(score).plan
    assert plan is not None
    return value_at(with_pictures(plan).cues[0].picture_arousal, t_s)


def test_the_arc_of_analyze_has_the_film_and_its_sentences_the_text_alone(
    scores: tuple[Path, Path], capsys: pytest.CaptureFixture[str]
) -> None:
    plain, _ = told(capsys, "analyze", str(scores[0]), "--quiet", "--no-keywords")
    found, said = told(capsys, "analyze", str(scores[1]), "--quiet", "--no-keywords")
    assert [one["arousal"] for one in found["sentences"]] == [one["arousal"] for one in plain["sentences"]]
    assert len(found["arc"]) > len(plain["arc"])
    for point in found["arc"]:
        assert point["arousal"] == pytest.approx(film_arousal(scores[1], point["t_s"]), abs=1e-3)
        assert point["valence"] == plain["arc"][0]["valence"]
    assert "no sound" in said


def test_match_asks_for_music_as_tense_as_the_film(
    scores: tuple[Path, Path], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["render", str(scores[0]), "-o", str(tmp_path), "--format", "mid", "--weights", "debug"]) == 0
    capsys.readouterr()
    words = (str(tmp_path / "plain.mid"), "--quiet", "--no-taste")
    plain, _ = told(capsys, "match", str(scores[0]), *words)
    found, said = told(capsys, "match", str(scores[1]), *words)
    assert found["target"]["valence"] == plain["target"]["valence"]
    assert found["target"]["arousal"] != plain["target"]["arousal"]
    assert "no sound" in said


def test_an_analysed_plan_has_the_film_and_tells_what_is_odd_in_it(
    scores: tuple[Path, Path], capsys: pytest.CaptureFixture[str]
) -> None:
    found, said = told(capsys, "plan", str(scores[1]), "--analyze")
    for point in found["cues"][0]["emotion"]:
        assert point["arousal"] == pytest.approx(film_arousal(scores[1], point["t_s"]), abs=1e-3)
    assert [one["code"] for one in found["findings"]].count("W551") == said.count("W551") == 1
