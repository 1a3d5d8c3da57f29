"""`melodrama spot` and `plan --tempos` as somebody types them."""

import json
import shutil
from pathlib import Path

import pytest

from dsl.score_file import load_plan, plan_source
from engine.picture.into_score import spotted_into
from engine.picture.proposal import ProposedCue, ProposedHit
from tests.engine.picture.test_odd_films import film
from tui.cli.main import main

needs_ffmpeg = pytest.mark.skipif(shutil.which("ffmpeg") is None, reason="ffmpeg is not installed")


@pytest.fixture(autouse=True)
def _own_cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MELODRAMA_CACHE", str(tmp_path / "cache" / "renders"))


@needs_ffmpeg
def test_a_score_goes_to_stdout_and_all_else_to_stderr(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["spot", str(film(tmp_path / "a.mp4", "25", 4))]) == 0
    told = capsys.readouterr()
    assert told.out.startswith("melodrama: 1\ntitle: a\nfps: 25\nstart: 00:00:00:00\n")
    assert "00:00:02:00" in told.out
    assert "1 cut (" in told.err
    assert "no sound" in told.err


@needs_ffmpeg
def test_a_written_score_names_the_film_beside_it_and_nothing_is_overwritten(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    film(tmp_path / "a.mp4")
    out = tmp_path / "a.score"
    assert main(["spot", str(tmp_path / "a.mp4"), "-o", str(out), "--quiet"]) == 0
    loaded = load_plan(out)
    assert not [finding for finding in loaded.findings if finding.severity == "error"]
    assert loaded.plan is not None
    assert loaded.plan.cues[0].picture == "a.mp4"
    before = out.read_bytes()
    assert main(["spot", str(tmp_path / "a.mp4"), "-o", str(out)]) == 1
    assert out.read_bytes() == before
    assert "--force" in capsys.readouterr().err


@needs_ffmpeg
def test_json_is_one_value_with_the_cut_on_its_frame(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["spot", str(film(tmp_path / "a.mp4", "24000/1001", 4)), "--json"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert [cut["frame"] for cut in told["cuts"]] == [48]
    assert told["cuts"][0]["t_s"] == pytest.approx(48 * 1001 / 24000, abs=1e-6)


def test_what_is_no_film_is_a_failure_with_a_sentence(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["spot", str(tmp_path / "none.mp4"), "--json"]) == 1
    told = capsys.readouterr()
    assert "none.mp4" in json.loads(told.out)["error"]
    assert told.err.startswith("melodrama spot: ")


def test_tempos_are_told_as_text_and_as_json(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    score = tmp_path / "a.score"
    text = "melodrama: 1\nfps: 25\nstart: 01:00:00:00\n---\n# 1m1 A\n@tempo 80..110\nOnce.\n"
    text += "@at 01:00:05:00\n@hit door\nThen.\n@at 01:00:12:13\n@hit gate\nEnd.\n"
    score.write_text(text, encoding="utf-8")
    assert main(["plan", str(score), "--tempos"]) == 0
    told = capsys.readouterr().out
    assert "♩96 " in told
    assert "● 01:00:05:00 door" in told
    assert main(["plan", str(score), "--tempos", "--json"]) == 0
    best = json.loads(capsys.readouterr().out)["cues"][0]["tempos"][0]
    assert best["caught"] == 2
    assert [(hit["bar"], hit["beat"]) for hit in best["hits"]] == [(3, 1.0), (6, 1.0)]


def test_hits_go_into_a_score_and_leave_its_words_alone(tmp_path: Path) -> None:
    text = "melodrama: 1\nfps: 25\n---\n# 1m1 Mine\nShe waits.\n@fit 20s\nThe rain ends.\n"
    cues = (ProposedCue("1m1", 0.0, 60.0, (ProposedHit("cut3", 9.0, 225),)),)
    taken = spotted_into(text, tmp_path, cues)
    assert taken.problem is None
    assert [line for line in text.splitlines() if line not in taken.text.splitlines()] == []
    loaded = plan_source(taken.text, tmp_path / "a.score")
    assert loaded.plan is not None
    hits = [(one.name, one.t_s) for cue in loaded.plan.cues for one in cue.events if one.kind == "hit"]
    assert hits == [("cut3", pytest.approx(9.0))]
    assert spotted_into(taken.text, tmp_path, cues).text == taken.text, "a second time changes nothing"


@needs_ffmpeg
def test_a_score_that_is_no_text_is_left_as_it_is(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    score = tmp_path / "a.score"
    score.write_bytes(b"# 1m1 \xff\xfe\n")
    assert main(["spot", str(film(tmp_path / "a.mp4")), "--into", str(score), "--quiet"]) == 1
    assert score.read_bytes() == b"# 1m1 \xff\xfe\n"
    assert "not UTF-8" in capsys.readouterr().err
