"""`plan --analyze` and `render` tell the same story; `plan` alone says what is not settled yet, in the
film's time."""

import json
import re
from pathlib import Path
from typing import Any

import mido
import pytest

from tui.cli.main import main

SCORES = Path(__file__).parents[3] / "scores"
FILM = """fps: 25
start: 01:00:00:00
---
@motif rope = [E5 G5 B5 A5:2 G5 E5:2]
# 1m1 The cliff
@at 01:00:05:00
He stood at the edge, and his heart was full of despair. {hit}
The wind rose.
# 1m2 Home
@style folk
She ran down the hill, laughing. {motif rope} The dog came first.
"""


def run(capsys: pytest.CaptureFixture[str], *words: str) -> str:
    assert main([*words]) == 0
    return capsys.readouterr().out


def planned(capsys: pytest.CaptureFixture[str], path: Path, *words: str) -> dict[str, Any]:
    plan = json.loads(run(capsys, "plan", str(path), "--json", "--weights", "debug", *words))
    assert isinstance(plan, dict)
    return plan


def rendered(
    capsys: pytest.CaptureFixture[str], path: Path, folder: Path
) -> tuple[dict[str, Any], dict[str, Any]]:
    """The plan in `--format json` and the report of a render."""
    words = ("--format", "json,mid,cues", "--weights", "debug", "--takes", "2", "--no-cache", "--json")
    report = json.loads(run(capsys, "render", str(path), "-o", str(folder), *words))
    return json.loads((folder / f"{path.stem}.json").read_text()), report


@pytest.fixture
def film(tmp_path: Path) -> Path:
    path = tmp_path / "film.score"
    path.write_text(FILM)
    return path


def test_an_analysed_plan_is_the_one_that_is_rendered(
    film: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    plan = planned(capsys, film, "--analyze")
    made, report = rendered(capsys, film, tmp_path / "out")
    for before, after, told in zip(plan["cues"], made["cues"], report["cues"], strict=True):
        for name in ("start_s", "end_s", "bars", "tempo_map", "key", "meter", "emotion"):
            assert before[name] == after[name], name
        assert (told["bars"], told["key"]) == (after["bars"], after["key"])
        tempi = [bpm for _, bpm in after["tempo_map"]]
        assert min(tempi) - 0.01 <= told["tempo_bpm"] <= max(tempi) + 0.01
        assert before["tempo_provisional"] is False


def test_the_json_of_a_render_knows_key_and_take_as_the_cue_sheet_does(
    film: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    made, _ = rendered(capsys, film, tmp_path / "out")
    rows = (tmp_path / "out" / "film.csv").read_text(encoding="utf-8-sig").splitlines()
    columns = rows[0].split(",")
    for cue, row in zip(made["cues"], rows[1:], strict=True):
        cells = dict(zip(columns, row.split(","), strict=True))
        assert cue["key"] == cells["key"]
        assert str(cue["take"]) == cells["take"]


def test_a_plan_without_the_reading_says_that_its_tempo_is_provisional(
    film: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(capsys, "plan", str(film)).count("provisional") == 2
    assert [cue["tempo_provisional"] for cue in planned(capsys, film)["cues"]] == [True, True]
    assert "provisional" not in run(capsys, "plan", str(film), "--analyze", "--weights", "debug")
    fixed = tmp_path / "fixed.score"
    fixed.write_text("@tempo 90\nThe wind rose.\n")
    assert "provisional" not in run(capsys, "plan", str(fixed))


def test_a_plan_is_told_in_the_films_timecodes(film: Path, capsys: pytest.CaptureFixture[str]) -> None:
    told = run(capsys, "plan", str(film))
    assert "01:00:05:00–01:00:" in told
    assert "  01:00:05:00  He stood at the edge" in told
    assert "  0:05.0" not in told


def test_music_before_the_first_cue_is_whole_bars(
    film: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    rendered(capsys, film, tmp_path / "out")
    midi = mido.MidiFile(tmp_path / "out" / "film.mid")
    tick, size, start = 0, 4.0, None
    for event in midi.tracks[0]:
        tick += event.time
        if event.type == "time_signature":
            size = 4.0 * event.numerator / event.denominator
        if event.type == "marker" and event.text.startswith("cue: 1m1"):
            start = tick / midi.ticks_per_beat
    assert start is not None
    assert start > 0
    assert start % size == pytest.approx(0.0, abs=1e-3)


@pytest.mark.parametrize("tempo", ["", "@tempo 60..90\n", "@bars 40\n"])
@pytest.mark.parametrize("seconds", [12.0, 37.3, 120.0])
def test_a_cue_whose_paragraph_is_fitted_lasts_exactly_that_long(
    seconds: float, tempo: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "fit.score"
    if tempo.startswith("@bars"):
        tempo = f"@bars {round(seconds / 3)}\n"
    path.write_text(
        f"# 1m1\n{tempo}@fit {seconds}s\nThe rain fell on the roof.\n# 1m2\n@tempo 80\nThen it stopped.\n"
    )
    for words in ((), ("--analyze",)):
        first, second = planned(capsys, path, *words)["cues"]
        assert first["end_s"] - first["start_s"] == pytest.approx(seconds, abs=1e-3)
        assert second["start_s"] == pytest.approx(seconds, abs=1e-3)
    path.write_text(f"# 1m1\n{tempo}@fit {seconds}s\nThe rain fell on the roof.\n")
    made, _ = rendered(capsys, path, tmp_path / "out")
    assert made["duration_s"] == pytest.approx(seconds, abs=1e-3)


@pytest.mark.slow
def test_scores_in_processes_of_their_own_and_after_one_another_come_to_the_same(
    film: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    other = tmp_path / "other.score"
    other.write_text("# 1m1 Rain\n雨下了一整夜。她把信折好，放回抽屉里。\nNobody came.\n", encoding="utf-8")
    words = ("--format", "mid", "--weights", "debug", "--takes", "1", "--no-cache", "--json")

    def targets(folder: str, *more: str) -> list[Any]:
        told = run(capsys, "render", str(film), str(other), "-o", str(tmp_path / folder), *words, *more)
        return [[cue["target"] for cue in one["cues"]] for one in json.loads(told)["renders"]]

    assert targets("here") == targets("apart", "--jobs", "2")
    for name in ("film.mid", "other.mid"):
        assert (tmp_path / "here" / name).read_bytes() == (tmp_path / "apart" / name).read_bytes()


def test_the_table_of_cues_breaks_no_figure_at_eighty_columns(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", "80")
    score = tmp_path / "a.score"
    score.write_text("# the_gate_of_the_dungeon\n@key F# minor\n@bars 16\nHe ran.\n", encoding="utf-8")
    words = ["render", str(score), "-o", str(tmp_path / "out"), "--format", "mid", "--takes", "1"]
    assert main([*words, "--weights", "debug"]) == 0
    told = capsys.readouterr().err
    assert len(re.findall(r"[+-]\d\.\d\d [+-]\d\.\d\d", told)) == 2
    assert re.search(r"1/1 +F♯ minor|1/1 +F# minor", told)
