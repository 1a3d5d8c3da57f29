"""`@picture`: a film's pace has its say in arousal, in both languages, and never where it is not known."""

import shutil
from dataclasses import replace
from pathlib import Path

import pytest

from dsl.check import check_source
from dsl.format import format_text
from dsl.named_files import named_films
from dsl.plan import CurvePoint, PlannedCue
from dsl.score_file import plan_source
from engine.emotion.felt import felt_curve
from engine.picture.follow import followed_films
from tests.engine.picture.test_odd_films import film

needs_ffmpeg = pytest.mark.skipif(shutil.which("ffmpeg") is None, reason="ffmpeg is not installed")


def cues(text: str, folder: Path = Path()) -> tuple[PlannedCue, ...]:
    loaded = plan_source(text, folder / "a.score")
    assert loaded.plan is not None
    return loaded.plan.cues


@pytest.mark.parametrize(
    ("line", "blend"),
    [
        ('@picture "film.mp4"', 0.3),
        ('@picture "film.mp4" blend=0.6', 0.6),
        ("@画面 “film.mp4” 混合=50%", 0.5),
        ('@影片 "film.mov"', 0.3),
    ],
)
def test_a_cue_names_its_film_in_both_languages(line: str, blend: float) -> None:
    (cue,) = cues(f"# 1m1 A\n{line}\nShe waits.\n")
    assert cue.picture in ("film.mp4", "film.mov")
    assert cue.picture_blend == pytest.approx(blend)


def test_before_the_first_cue_it_is_the_whole_scores_and_makes_no_cue() -> None:
    made = cues('@picture "a.mp4" blend=0.4\n\n# 1m1 A\nOne.\n# 1m2 B\n@picture "b.mp4"\nTwo.\n')
    assert [(cue.id, cue.picture, cue.picture_blend) for cue in made] == [
        ("1m1", "a.mp4", 0.4),
        ("1m2", "b.mp4", 0.3),
    ]


def test_the_formatter_keeps_words_and_orders_spaces() -> None:
    assert format_text('@picture   "film.mp4"  blend=0.5\n').startswith('@picture "film.mp4" blend=0.5\n')


@pytest.mark.parametrize(
    ("line", "code"),
    [
        ("@picture film.mp4", "E201"),
        ('@picture "film.txt"', "E508"),
        ('@picture "film.mp4" blend=2', "E308"),
        ('@picture "../film.mp4"', "E501"),
    ],
)
def test_what_cannot_be_is_told(line: str, code: str, tmp_path: Path) -> None:
    findings = check_source(f"# 1m1 A\n{line}\nShe waits.\n", tmp_path).findings
    assert code in [finding.code for finding in findings]


def test_a_film_that_is_not_there_is_a_warning_and_the_text_speaks_alone(tmp_path: Path) -> None:
    text = '# 1m1 A\n@picture "film.mp4"\nShe waits.\n'
    loaded = plan_source(text, tmp_path / "a.score")
    assert [finding.code for finding in loaded.findings] == ["W550"]
    assert loaded.plan is not None
    assert followed_films(loaded.plan) == loaded.plan


def test_films_are_named_apart_from_what_is_read_through(tmp_path: Path) -> None:
    (tmp_path / "film.mp4").write_bytes(b"x")
    assert named_films(b'# 1 A\n@picture "film.mp4"\nGo.\n', tmp_path) == (tmp_path / "film.mp4",)


ARC = [(0.0, 0.2, -0.5), (30.0, 0.2, -0.5)]


def pictured(text: str, arousal: float, blend: float = 0.3) -> PlannedCue:
    (cue,) = cues(text)
    curve = (CurvePoint(cue.start_s, arousal), CurvePoint(cue.end_s, arousal))
    return replace(cue, picture="a.mp4", picture_blend=blend, picture_arousal=curve)


def test_the_film_counts_its_share_in_arousal_and_nothing_in_valence() -> None:
    cue = pictured("# 1m1 A\nShe waits for the rain to end.\n", 1.0)
    valence, arousal = felt_curve(cue, ARC).at(1.0)
    assert valence == pytest.approx(0.2)
    assert arousal == pytest.approx(0.3 * 1.0 + 0.7 * -0.5)


def test_without_words_all_arousal_is_the_films() -> None:
    cue = pictured("# 1m1 A\n@bars 4\n@hit\n", 0.7)
    assert felt_curve(cue, ()).at(1.0) == (0.0, pytest.approx(0.7))


def test_a_directive_overrules_the_film() -> None:
    cue = pictured("# 1m1 A\n@emotion calm\nShe waits for the rain to end.\n", 1.0)
    plain = replace(cue, picture_arousal=())
    assert felt_curve(cue, ARC).at(1.0) == felt_curve(plain, ARC).at(1.0)


def test_the_curve_follows_the_film_within_a_line() -> None:
    (cue,) = cues("# 1m1 A\n@fit 10s\nShe waits for the rain to end, and it does not.\n")
    points = tuple(CurvePoint(cue.start_s + n, 1.0 if n == 5 else -1.0) for n in range(11))
    cue = replace(cue, picture="a.mp4", picture_blend=1.0, picture_arousal=points)
    curve = felt_curve(cue, ARC)
    assert curve.at(cue.start_s + 5)[1] == pytest.approx(1.0)
    assert curve.at(cue.start_s + 2)[1] == pytest.approx(-1.0)


@needs_ffmpeg
def test_a_film_beside_the_score_is_looked_at_and_its_oddities_told(tmp_path: Path) -> None:
    film(tmp_path / "film.mp4")
    loaded = plan_source('# 1m1 A\n@picture "film.mp4"\nShe waits.\n', tmp_path / "a.score")
    assert loaded.plan is not None
    plan = followed_films(loaded.plan)
    (cue,) = plan.cues
    assert cue.picture_arousal[0].t_s == cue.start_s
    assert cue.picture_arousal[-1].t_s == cue.end_s
    assert all(-1 <= point.value <= 1 for point in cue.picture_arousal)
    assert ["no sound" in one.message for one in plan.findings if one.code == "W551"] == [True]


def test_a_film_that_cannot_be_read_is_told_and_the_render_goes_on(tmp_path: Path) -> None:
    (tmp_path / "film.mp4").write_bytes(b"not a film")
    loaded = plan_source('# 1m1 A\n@picture "film.mp4"\nShe waits.\n', tmp_path / "a.score")
    assert loaded.plan is not None
    plan = followed_films(loaded.plan)
    assert [one.code for one in plan.findings] == ["W551"]
    assert plan.cues[0].picture_arousal == ()
