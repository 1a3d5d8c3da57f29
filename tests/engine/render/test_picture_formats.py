"""`--format edl,markers,click` as somebody asks for them: which files come, what is refused, what is told."""

import csv
import io
from dataclasses import replace
from pathlib import Path

import pytest

from dsl.plan import Plan
from dsl.score_file import plan_source
from engine.composition import Composition
from engine.errors import OutputError
from engine.render.edl import edl_bytes, markers_edl
from engine.render.export import Target, check_target, export_and_listen
from engine.render.marker_lists import avid_txt, protools_txt, reaper_csv
from engine.render.spotting_list import FilmFrames, Spot, spots_of
from tests.engine.render.small_score import small_score

FILM = FilmFrames(24.0, 3600.0)


def planned(front: str) -> Plan:
    loaded = plan_source(f"melodrama: 1\n{front}---\n# 1 A\nHello there.\n", Path("a.score"))
    assert loaded.plan is not None
    return loaded.plan


def made(front: str) -> Composition:
    return Composition(planned(front), small_score(), (), {})


def test_an_edl_without_a_frame_rate_is_refused_before_any_work(
    tmp_path: Path,
) -> None:
    with pytest.raises(OutputError, match="fps: 24"):
        check_target(Target(tmp_path, "a", ("edl",)), planned("").fps)
    check_target(Target(tmp_path, "a", ("edl", "markers")), planned("fps: 24\n").fps)


def test_each_program_gets_a_file_of_its_name(tmp_path: Path) -> None:
    exported = export_and_listen(made("fps: 24\n"), Target(tmp_path, "a", ("edl", "markers")))
    names = {Path(file.path).relative_to(tmp_path).as_posix() for file in exported.files}
    programs = ("resolve.edl", "premiere.xml", "premiere.csv", "avid.txt", "protools.txt", "reaper.csv")
    assert names == {"a.edl", *(f"a.markers/{name}" for name in programs)}
    assert exported.remarks == ()


def test_without_a_frame_rate_the_markers_are_reapers_and_that_is_told(tmp_path: Path) -> None:
    exported = export_and_listen(made(""), Target(tmp_path, "a", ("markers",)))
    assert [Path(file.path).name for file in exported.files] == ["reaper.csv"]
    assert "fps: 24" in exported.remarks[0]


def test_a_click_says_how_much_earlier_than_the_score_it_begins(tmp_path: Path) -> None:
    exported = export_and_listen(made(""), Target(tmp_path, "a", ("click",)))
    assert [Path(file.path).name for file in exported.files] == ["a.click.wav", "a.click.mid"]
    assert f"{4 * 60 / 71.3:.3f} s before the score" in exported.remarks[0]


def test_no_words_break_a_list() -> None:
    """Tabs, ends of lines, bars and quotes in titles and lines; digits where an event's number stands."""
    score = small_score()
    title = 'Two\tthings | "and"\nmore'
    score = replace(
        score,
        cues=(replace(score.cues[0], title=title), score.cues[1]),
        lyrics=(replace(score.lyrics[0], text="3 steps,\tthen | 4", speaker="2nd\nGuard"),),
    )
    spots = spots_of(score)
    assert all(len(line.split("\t")) == 6 for line in avid_txt(spots, FILM).decode().splitlines())
    assert len(protools_txt(title, spots, FILM).decode().splitlines()) == 12 + len(spots)
    rows = list(csv.DictReader(io.StringIO(reaper_csv(spots).decode())))
    assert rows[0]["Name"] == 'cue 1m1 Two things | "and" more'
    notes = [line for line in markers_edl("A", spots, FILM).decode().splitlines() if "|C:" in line]
    assert all(line.count("|") == 3 and not line[0].isdigit() for line in notes)
    assert "Two things / " in notes[0]


def test_reels_are_capitals_and_digits_and_no_two_the_same() -> None:
    names = ["1m1 A", "1M1 B", "悬崖", "夜", "boss_door C", "boss_door2 D", "AX E"]
    spots = [Spot("cue", n * 2.0, n * 2.0 + 2.0, name) for n, name in enumerate(names)]
    text = edl_bytes("A", spots, FILM).decode()
    reels = [line.split()[1] for line in text.splitlines() if line[:3].isdigit()]
    assert reels == ["1M1", "CUE002", "CUE003", "CUE004", "BOSSDOOR", "CUE006", "CUE007"]
    assert "* FROM CLIP NAME: 悬崖" in text


def test_a_line_before_the_first_cue_is_not_lost() -> None:
    spots = [Spot("line", 0.0, 1.0, "", "Once."), Spot("cue", 2.0, 4.0, "1m1 A")]
    assert "* LOC: 01:00:00:00 CYAN    line: Once." in edl_bytes("A", spots, FILM).decode()
