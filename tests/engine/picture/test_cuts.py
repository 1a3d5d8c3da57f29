"""Cuts of a made film, hard on purpose, are found where they are; what only looks like a cut is none."""

import importlib.util
import shutil
import subprocess
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest

from engine.picture.cuts import Cut, Detector, cuts_of
from engine.picture.scan import FilmScan
from engine.picture.spotted import SpottedFilm, look_at
from tests.engine.picture.made_film import Made, make_film

needs_ffmpeg = pytest.mark.skipif(shutil.which("ffmpeg") is None, reason="ffmpeg is not installed")
RATE = 24000 / 1001


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Made:
    return make_film(tmp_path_factory.mktemp("film") / "made.mp4")


@pytest.fixture(scope="module")
def seen(made: Made) -> SpottedFilm:
    return look_at(made.path, "ffmpeg")


def f1(found: Sequence[Cut], truth: Sequence[int]) -> float:
    """Of frames found within one of a true one, each true one found once."""
    left = list(truth)
    right = 0
    for cut in found:
        near = next((one for one in left if abs(one - cut.frame) <= 1), None)
        if near is not None:
            left.remove(near)
            right += 1
    return 2 * right / (len(found) + len(truth))


@needs_ffmpeg
def test_sixty_cuts_among_fades_flashes_and_camera_moves_are_found_to_the_frame(
    made: Made, seen: SpottedFilm
) -> None:
    assert len(made.cuts) == 60
    assert f1(seen.cuts, made.cuts) >= 0.95


@needs_ffmpeg
@pytest.mark.skipif(importlib.util.find_spec("scenedetect") is None, reason="the extra picture")
def test_pyscenedetect_finds_them_as_well(made: Made) -> None:
    detectors: tuple[Detector, ...] = ("scenedetect",)
    for detector in detectors:
        assert f1(look_at(made.path, detector).cuts, made.cuts) >= 0.95


@needs_ffmpeg
def test_no_flash_is_a_cut(made: Made, seen: SpottedFilm) -> None:
    assert len(made.flashes) >= 8
    near = [flash for flash in made.flashes if any(abs(cut.frame - flash - 1) <= 2 for cut in seen.cuts)]
    assert near == []


@needs_ffmpeg
def test_fades_through_black_are_told_as_fades(made: Made, seen: SpottedFilm) -> None:
    told = [cut.frame for cut in seen.cuts if cut.kind == "fade"]
    assert len(told) == len(made.fades)
    assert all(abs(one - truth) <= 1 for one, truth in zip(told, made.fades, strict=True))


@needs_ffmpeg
def test_times_are_those_of_the_frames_at_23_976(seen: SpottedFilm) -> None:
    assert seen.fps == "24000/1001"
    assert all(cut.t_s == pytest.approx(cut.frame / RATE, abs=1e-9) for cut in seen.cuts)
    assert seen.duration_s == pytest.approx(seen.frames / RATE)


# ------------------------------------------------------------------------------- without a film


def scan_of(frames: Sequence[np.ndarray], scores: dict[int, float] | None = None) -> FilmScan:
    """A scan of frames [9, 16, 3] at 24 a second, as ffmpeg would score it."""
    thumbs = np.array(frames, np.uint8)
    wide = thumbs.astype(np.float32)
    change = np.r_[0.0, np.abs(wide[1:] - wide[:-1]).mean((1, 2, 3))].astype(np.float32) / 255
    marks = np.zeros(len(thumbs), np.float32)
    for frame, score in (scores or {}).items():
        marks[frame] = score
    bright = wide.mean((1, 2, 3)) / 255
    return FilmScan(np.arange(len(thumbs)) / 24.0, thumbs, change, bright, marks, 0.0)


def picture(seed: int, light: float = 1.0) -> np.ndarray:
    dice = np.random.default_rng(seed)
    return np.clip(dice.integers(20, 230, (9, 16, 3)) * light, 0, 255).astype(np.uint8)


def found(frames: Sequence[np.ndarray]) -> list[tuple[int, str]]:
    scan = scan_of(frames)
    return [(cut.frame, cut.kind) for cut in cuts_of(scan, range(1, len(frames)))]


def test_a_cut_is_told_at_the_first_frame_of_the_new_shot() -> None:
    assert found([picture(1)] * 20 + [picture(2)] * 20) == [(20, "cut")]


@pytest.mark.parametrize("long", [1, 2, 4, 6])
@pytest.mark.parametrize("light", [0.0, 2.5])
def test_light_that_comes_and_goes_is_no_cut(long: int, light: float) -> None:
    lit = picture(1, light) if light else np.zeros((9, 16, 3), np.uint8)
    assert found([picture(1)] * 20 + [lit] * long + [picture(1)] * 20) == []


def test_a_flash_between_two_shots_hides_one_cut_and_makes_no_second() -> None:
    white = np.full((9, 16, 3), 255, np.uint8)
    cuts = found([picture(1)] * 20 + [white] + [picture(2)] * 20)
    assert len(cuts) == 1
    assert cuts[0][0] in (20, 21)


def test_a_fade_is_told_at_its_darkest_and_once() -> None:
    down = [picture(1, 1 - n / 8) for n in range(1, 9)]
    up = [picture(2, n / 8) for n in range(9)]
    frames = [picture(1)] * 30 + down + up + [picture(2)] * 30
    ((frame, kind),) = found(frames)
    assert kind == "fade"
    assert abs(frame - 38) <= 1


def test_a_camera_that_moves_fast_cuts_nothing() -> None:
    wide = np.random.default_rng(3).integers(20, 230, (9, 200, 3)).astype(np.uint8)
    assert found([wide[:, n * 2 : n * 2 + 16] for n in range(60)]) == []


def test_a_dark_scene_with_lightning_is_no_row_of_fades() -> None:
    night, lightning = picture(1, 0.06), picture(1, 0.9)
    frames = [night] * 30
    for at in (6, 14, 22):
        frames[at] = lightning
    assert found(frames) == []


def mixed(some: np.ndarray, others: np.ndarray, frames: int) -> list[np.ndarray]:
    shares = [n / frames for n in range(1, frames)]
    return [(some * (1 - share) + others * share).astype(np.uint8) for share in shares]


@pytest.mark.parametrize("long", [8, 12, 20, 24, 30, 48])
def test_a_dissolve_is_told_in_its_middle_and_once(long: int) -> None:
    frames = [picture(1)] * 40 + mixed(picture(1), picture(2), long) + [picture(2)] * 40
    ((frame, kind),) = found(frames)
    assert kind == "dissolve"
    assert abs(frame - (39 + long / 2)) <= max(1, long / 6)


def test_a_light_that_is_turned_up_and_a_slow_camera_dissolve_nothing() -> None:
    assert found([picture(1, 0.4)] * 40 + mixed(picture(1, 0.4), picture(1), 24) + [picture(1)] * 40) == []
    wide = np.repeat(np.random.default_rng(4).integers(20, 230, (9, 30, 3)), 8, axis=1)
    slow = [wide[:, n : n + 128].reshape(9, 16, 8, 3).mean(2).astype(np.uint8) for n in range(90)]
    assert found(slow) == []


@needs_ffmpeg
def test_cuts_fades_and_dissolves_of_one_film_are_each_told_as_what_they_are(tmp_path: Path) -> None:
    """Six shots of three seconds: dissolves of a half and a whole second, and a cut."""
    path = tmp_path / "a.mp4"
    sources = ["smptehdbars", "rgbtestsrc", "testsrc", "yuvtestsrc", "smptebars"]
    inputs = [
        word
        for source in sources
        for word in ("-f", "lavfi", "-i", f"{source}{':' if '=' in source else '='}s=160x90:r=24:d=3")
    ]
    fades = [("fade", 1.0, 2.0), ("fade", 0.5, 4.5), ("fade", 1.0, 6.5)]
    graph, last = "", "[0:v]"
    for number, (kind, lasts, offset) in enumerate(fades, 1):
        graph += f"{last}[{number}:v]xfade={kind}:{lasts}:{offset}[x{number}];"
        last = f"[x{number}]"
    graph += f"{last}[4:v]concat=n=2:v=1:a=0[v]"
    words = ["ffmpeg", "-nostdin", "-v", "error", "-y", *inputs, "-filter_complex", graph, "-map", "[v]"]
    subprocess.run([*words, "-c:v", "mpeg4", "-q:v", "3", str(path)], check=True)
    told = [(cut.frame, cut.kind) for cut in look_at(path, "ffmpeg").cuts]
    assert [kind for _, kind in told] == ["dissolve", "dissolve", "dissolve", "cut"]
    for (frame, _), middle in zip(told, (60, 114, 168, 228), strict=True):
        assert abs(frame - middle) <= 3


@needs_ffmpeg
def test_nothing_dissolves_in_a_film_without_dissolves(seen: SpottedFilm) -> None:
    assert [cut for cut in seen.cuts if cut.kind == "dissolve"] == []
