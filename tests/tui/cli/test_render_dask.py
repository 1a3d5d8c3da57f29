"""Scores on a cluster of this machine's own: what comes back is what a render here gives."""

import json
from pathlib import Path

import pytest

from tui.cli.main import main
from tui.cli.render_dask import pack

SCORE = "# 1m1 Home\n@emotion joy 0.5\nShe came home at last. {hit}\n"


def words(out: Path, *scores: Path) -> list[str]:
    paths = [str(score) for score in scores]
    return [
        "render",
        *paths,
        "-o",
        str(out),
        "--weights",
        "debug",
        "--takes",
        "1",
        "--format",
        "mid,cues",
        "--quiet",
    ]


def test_one_bad_score_does_not_stop_the_others(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    distributed = pytest.importorskip("distributed")
    monkeypatch.setenv("MELODRAMA_CACHE", "off")
    good, bad, gone = tmp_path / "good.score", tmp_path / "bad.score", tmp_path / "gone.score"
    good.write_text('@include "cast.score"\n' + SCORE, encoding="utf-8")
    (tmp_path / "cast.score").write_text("@character Mara\n", encoding="utf-8")
    bad.write_text("# 1\n@emotoin joy\nHello.\n", encoding="utf-8")
    with distributed.LocalCluster(
        n_workers=1, threads_per_worker=1, processes=True, dashboard_address=None
    ) as cluster:
        code = main(
            [*words(tmp_path / "far", good, bad, gone), "--json", "--dask", cluster.scheduler_address]
        )
    said = capsys.readouterr()
    assert code == 1
    first, second, third = json.loads(said.out)["renders"]
    assert first["score"] == str(good)
    assert "error" in second
    assert "error" in third
    assert "bad.score:2" in said.err
    assert main(words(tmp_path / "near", good)) == 0
    for file in first["files"]:
        path = Path(file["path"])
        assert path.parent == tmp_path / "far"
        assert path.read_bytes() == (tmp_path / "near" / path.name).read_bytes()


def test_no_scheduler_is_one_sentence(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    pytest.importorskip("distributed")
    monkeypatch.setattr("tui.cli.render_dask.CONNECT_S", 1)
    score = tmp_path / "a.score"
    score.write_text(SCORE, encoding="utf-8")
    assert main([*words(tmp_path / "out", score), "--dask", "tcp://127.0.0.1:9"]) == 1
    assert "no dask scheduler answers at tcp://127.0.0.1:9" in capsys.readouterr().err
    assert main([*words(tmp_path / "out", score), "--dask", "tcp://127.0.0.1:9", "--jobs", "2"]) == 2


def test_a_packed_score_carries_the_files_it_names(tmp_path: Path) -> None:
    (tmp_path / "cast").mkdir()
    (tmp_path / "cast" / "all.score").write_text('@motif rope = "theme.mid"\n', encoding="utf-8")
    (tmp_path / "cast" / "theme.mid").write_bytes(b"MThd")
    score = tmp_path / "a.score"
    score.write_text('@include "cast/all.score"\n' + SCORE, encoding="utf-8")
    packed = pack(score)
    assert set(packed["named"]) == {"cast/all.score", "cast/theme.mid"}
    assert packed["data"] == score.read_bytes()
