"""Films as they come: without sound, without picture, broken off, of a rate that varies, of other rates."""

import shutil
import subprocess
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from dsl.score_file import plan_source
from engine.errors import MediaError
from engine.picture import scan, spotted
from engine.picture.arousal import arousal_of, cut_rate
from engine.picture.proposal import SHORTEST_CUE_S, propose
from engine.picture.spotted import SpottedFilm, look_at, spotted_film
from engine.picture.spotted_text import clock_of, spotted_json, spotted_score

needs_ffmpeg = pytest.mark.skipif(shutil.which("ffmpeg") is None, reason="ffmpeg is not installed")


def ffmpeg(*words: str) -> None:
    subprocess.run(["ffmpeg", "-nostdin", "-v", "error", "-y", *words], check=True)


def film(path: Path, rate: str = "25", seconds: float = 4, sound: str = "", codec: str = "mpeg4") -> Path:
    """Two pictures, one after the other in the middle; `sound` is an ffmpeg source."""
    half = seconds / 2
    inputs = ["-f", "lavfi", "-i", f"testsrc2=s=64x36:r={rate}:d={half}"]
    inputs += ["-f", "lavfi", "-i", f"smptebars=s=64x36:r={rate}:d={half}"]
    inputs += ["-f", "lavfi", "-i", sound] if sound else []
    graph = "[0:v][1:v]concat=n=2:v=1:a=0[v]"
    heard = ["-map", "2:a", "-shortest"] if sound else []
    ffmpeg(*inputs, "-filter_complex", graph, "-map", "[v]", *heard, "-r", rate, "-c:v", codec, str(path))
    return path


@needs_ffmpeg
@pytest.mark.parametrize("rate", ["24000/1001", "25", "30000/1001", "60000/1001"])
def test_a_cut_lies_on_its_frame_at_every_rate_and_in_a_container_of_milliseconds(
    rate: str, tmp_path: Path
) -> None:
    seen = look_at(film(tmp_path / "a.mkv", rate, 2), "ffmpeg")
    fps = eval(rate)
    (cut,) = seen.cuts
    assert cut.frame == round(1.0 * fps)
    assert cut.t_s == pytest.approx(cut.frame / fps, abs=1e-9)
    assert seen.fps == rate


@needs_ffmpeg
def test_a_film_without_sound_is_told_and_has_a_curve_all_the_same(tmp_path: Path) -> None:
    seen = look_at(film(tmp_path / "a.mp4"), "ffmpeg")
    assert any("no sound" in remark for remark in seen.remarks)
    assert all(second.loudness_db is None for second in seen.seconds)
    assert len(seen.seconds) == 4


@needs_ffmpeg
def test_loudness_is_that_of_the_sound_over_time(tmp_path: Path) -> None:
    tone = "aevalsrc='if(gt(t,2),0.5,0.005)*sin(880*t)':s=16000:d=4"
    seen = look_at(film(tmp_path / "a.mp4", sound=tone), "ffmpeg")
    levels = [second.loudness_db or 0.0 for second in seen.seconds]
    assert levels[3] - levels[0] == pytest.approx(40, abs=3)
    assert not any("sound" in remark for remark in seen.remarks)


@needs_ffmpeg
def test_a_file_without_picture_is_refused_by_name(tmp_path: Path) -> None:
    ffmpeg("-f", "lavfi", "-i", "sine=d=1", str(tmp_path / "a.wav"))
    with pytest.raises(MediaError, match="no picture"):
        look_at(tmp_path / "a.wav", "ffmpeg")


@needs_ffmpeg
def test_what_is_no_film_at_all_is_refused(tmp_path: Path) -> None:
    (tmp_path / "a.mp4").write_bytes(b"not a film" * 1000)
    with pytest.raises(MediaError, match="cannot be read as a film"):
        look_at(tmp_path / "a.mp4", "ffmpeg")
    with pytest.raises(MediaError, match=r"no such file|cannot read"):
        spotted_film(tmp_path / "b.mp4")


@needs_ffmpeg
def test_a_film_that_breaks_off_is_looked_at_as_far_as_it_goes_and_told(tmp_path: Path) -> None:
    whole = film(tmp_path / "a.mp4", seconds=8)
    ffmpeg("-i", str(whole), "-c", "copy", "-movflags", "+faststart", str(tmp_path / "b.mp4"))
    data = (tmp_path / "b.mp4").read_bytes()
    (tmp_path / "c.mp4").write_bytes(data[: len(data) * 6 // 10])
    seen = look_at(tmp_path / "c.mp4", "ffmpeg")
    assert 0 < seen.duration_s < 7.5
    assert any("cut off" in remark for remark in seen.remarks)


@needs_ffmpeg
def test_a_rate_that_varies_is_told_and_times_are_seconds(tmp_path: Path) -> None:
    slow, fast = film(tmp_path / "a.mp4", "12", 2), film(tmp_path / "b.mp4", "30", 2)
    (tmp_path / "list.txt").write_text(f"file '{slow}'\nfile '{fast}'\n")
    path = tmp_path / "c.mkv"
    ffmpeg("-f", "concat", "-safe", "0", "-i", str(tmp_path / "list.txt"), "-c", "copy", str(path))
    seen = look_at(path, "ffmpeg")
    assert seen.fps is None
    assert any("frame rate varies" in remark for remark in seen.remarks)
    assert "fps" not in spotted_score(seen, propose(seen), "A", None)
    assert any(abs(cut.t_s - 1.0) < 0.1 for cut in seen.cuts)


@needs_ffmpeg
def test_a_film_is_looked_at_once_and_again_when_its_content_changes(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("MELODRAMA_CACHE", str(tmp_path / "cache" / "renders"))
    looked: list[Path] = []
    real = spotted.look_at

    def counting(path: Path, *rest: object) -> SpottedFilm:
        looked.append(path)
        return real(path, *rest)  # type: ignore[arg-type]

    monkeypatch.setattr(spotted, "look_at", counting)
    first = spotted_film(film(tmp_path / "a.mp4"))
    moved = tmp_path / "b.mp4"
    (tmp_path / "a.mp4").rename(moved)
    assert spotted_film(moved) == first
    assert len(looked) == 1
    film(moved, "24")
    assert spotted_film(moved) != first
    assert len(looked) == 2


def test_without_ffmpeg_a_clear_word(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    (tmp_path / "a.mp4").write_bytes(b"x")
    with pytest.raises(MediaError, match=r"needs ffprobe, which is not installed .*apt install ffmpeg"):
        spotted_film(tmp_path / "a.mp4")


# -------------------------------------------------------------------------------- the curve, the score


def test_fast_cutting_moving_and_loud_is_arousing_and_the_curve_keeps_its_range() -> None:
    calm = arousal_of(np.full(30, 2.0), np.full(30, 0.003), [-50.0] * 30)
    wild = arousal_of(np.full(30, 60.0), np.full(30, 0.12), [-8.0] * 30)
    assert calm.max() < -0.4
    assert wild.min() > 0.4
    silent = arousal_of(np.full(30, 60.0), np.full(30, 0.12), [])
    assert silent.min() > 0.4
    extreme = arousal_of(np.full(5, 1e6), np.ones(5), [0.0] * 5)
    assert extreme.max() <= 1.0


def test_cuts_a_minute_are_counted_over_twenty_seconds() -> None:
    rate = cut_rate([10.0 + n for n in range(10)], 60)
    assert rate[14] == pytest.approx(30.0)
    assert rate[50] == 0.0


def spotted_by_hand(timecode: str | None = None, fps: str | None = "30000/1001") -> SpottedFilm:
    """Two minutes with a cut every eight seconds, a fade in the middle."""
    rate = 30000 / 1001
    cuts = tuple(
        spotted.Cut(
            round(n * 8 * rate), round(n * 8 * rate) / rate, "fade" if n == 8 else "cut", 0.1 * (n % 7)
        )
        for n in range(1, 15)
    )
    seconds = tuple(
        spotted.PictureSecond(n + 0.5, 7.5, 0.02, 0.4 if n < 64 else 0.2, -30.0, 0.0) for n in range(120)
    )
    return SpottedFilm(fps, timecode, 3596, 119.99, "ffmpeg", cuts, seconds)


def test_cues_are_proposed_at_fades_none_too_short_and_the_film_is_covered() -> None:
    seen = spotted_by_hand()
    cues = propose(seen)
    assert cues[0].start_s == 0.0
    assert cues[-1].end_s == seen.duration_s
    assert any(cue.start_s == seen.cuts[7].t_s for cue in cues)
    assert all(cue.end_s - cue.start_s >= SHORTEST_CUE_S for cue in cues)
    assert any(cue.hits for cue in cues)
    assert all(cue.start_s < hit.t_s < cue.end_s for cue in cues for hit in cue.hits)


def test_the_score_that_is_printed_is_one_and_has_the_cuts_on_their_frames(tmp_path: Path) -> None:
    seen = spotted_by_hand("01:00:00;00")
    text = spotted_score(seen, propose(seen), "A", None)
    loaded = plan_source(text, tmp_path / "a.score")
    assert [finding for finding in loaded.findings if finding.severity == "error"] == []
    assert loaded.plan is not None
    assert loaded.plan.drop_frame
    times = {event.name: event.t_s for cue in loaded.plan.cues for event in cue.events if event.kind == "hit"}
    asked = {hit.name: hit.t_s for cue in propose(seen) for hit in cue.hits}
    assert times.keys() == asked.keys()
    assert all(abs(times[name] - asked[name]) < 1e-6 for name in asked)
    assert loaded.plan.cues[-1].end_s == pytest.approx(seen.duration_s, abs=0.02)


def test_json_has_every_cut_with_frame_and_timecode() -> None:
    seen = spotted_by_hand("01:00:00;00")
    told = spotted_json("a.mp4", seen, propose(seen))
    assert told["format"] == 1
    assert told["cuts"][0] == {
        "t_s": pytest.approx(8.008),
        "frame": 240,
        "timecode": "01:00:08;00",
        "kind": "cut",
        "weight": 0.1,
    }
    assert clock_of(seen)(0.0) == told["start"] == "01:00:00;00"
    assert len(told["curves"]) == 120


@needs_ffmpeg
@pytest.mark.parametrize("frames", [1, 20])
def test_a_film_shorter_than_any_cue_makes_a_sound_score(frames: int, tmp_path: Path) -> None:
    path = tmp_path / "a.mp4"
    ffmpeg("-f", "lavfi", "-i", "testsrc2=s=64x36:r=25", "-frames:v", str(frames), "-c:v", "mpeg4", str(path))
    seen = look_at(path, "ffmpeg")
    assert seen.frames == frames
    text = spotted_score(seen, propose(seen), "a", None)
    found = plan_source(text.encode(), tmp_path / "a.score").findings
    assert [one.code for one in found if one.code.startswith("E")] == []


@needs_ffmpeg
def test_a_film_without_its_index_is_said_to_break_off(tmp_path: Path) -> None:
    whole = film(tmp_path / "a.mp4").read_bytes()
    (tmp_path / "b.mp4").write_bytes(whole[: len(whole) // 2])
    with pytest.raises(MediaError, match=r"b\.mp4 breaks off: the index"):
        look_at(tmp_path / "b.mp4", "ffmpeg")


@needs_ffmpeg
def test_pictures_that_stand_upright_or_on_their_side_are_cut_alike(tmp_path: Path) -> None:
    """A telephone's film: taller than wide, and one that is only shown turned."""
    path, turned, tall = film(tmp_path / "a.mov"), tmp_path / "turned.mov", tmp_path / "tall.mov"
    ffmpeg("-i", str(path), "-c", "copy", "-metadata:s:v", "rotate=90", str(turned))
    ffmpeg("-i", str(path), "-vf", "scale=90:640", "-c:v", "mpeg4", str(tall))
    for one in (turned, tall):
        (cut,) = look_at(one, "ffmpeg").cuts
        assert (cut.frame, cut.t_s) == (50, 2.0)


@needs_ffmpeg
def test_who_does_not_want_it_any_more_leaves_no_ffmpeg_behind(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    started: list[subprocess.Popen[bytes]] = []
    popen = subprocess.Popen

    def remembered(*words: Any, **options: Any) -> Any:
        started.append(popen(*words, **options))
        return started[-1]

    def stop(stage: str, done: int, count: int) -> None:
        raise KeyboardInterrupt

    path = film(tmp_path / "a.mp4", seconds=30)
    monkeypatch.setattr(scan.subprocess, "Popen", remembered)
    with pytest.raises(KeyboardInterrupt):
        look_at(path, "ffmpeg", stop)
    assert [one.poll() is None for one in started if "rawvideo" in one.args] == [False]
