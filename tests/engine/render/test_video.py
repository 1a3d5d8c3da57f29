"""The score under a film: what ffmpeg made is taken apart again."""

import hashlib
import shutil
import subprocess
from pathlib import Path

import numpy as np
import pytest

from engine.errors import MediaError, OutputError
from engine.render.video import FADE_S, fit_to_picture, lay_under, open_film, spare_original

RATE = 48_000
needs_ffmpeg = pytest.mark.skipif(shutil.which("ffmpeg") is None, reason="ffmpeg is not installed")


def ffmpeg(*words: str) -> bytes:
    return subprocess.run(
        ["ffmpeg", "-nostdin", "-v", "error", "-y", *words], capture_output=True, check=True
    ).stdout


def film(path: Path, seconds: float, sound: str | None) -> Path:
    """A test picture; `sound` is an ffmpeg source, or None for a silent film."""
    inputs = ["-f", "lavfi", "-i", "testsrc=size=64x48:rate=24"]
    inputs += ["-f", "lavfi", "-i", sound] if sound else []
    ffmpeg(*inputs, "-t", str(seconds), "-c:v", "mpeg4", "-c:a", "aac", str(path))
    return path


def tone(seconds: float, frequency: float, level: float = 0.2) -> np.ndarray:
    t = np.arange(round(seconds * RATE)) / RATE
    return np.repeat((level * np.sin(2 * np.pi * frequency * t))[:, None], 2, axis=1).astype(np.float32)


def picture_of(path: Path) -> str:
    return hashlib.md5(
        ffmpeg("-i", str(path), "-map", "0:v", "-c", "copy", "-f", "rawvideo", "-")
    ).hexdigest()


def sound_of(path: Path) -> np.ndarray:
    data = ffmpeg(
        "-i", str(path), "-map", "0:a", "-af", "pan=mono|c0=c0", "-ar", str(RATE), "-f", "f32le", "-"
    )
    return np.frombuffer(data, np.float32)


def level_at(sound: np.ndarray, frequency: float, from_s: float, to_s: float) -> float:
    """Amplitude of one frequency in a stretch of sound."""
    part = sound[round(from_s * RATE) : round(to_s * RATE)]
    t = np.arange(len(part)) / RATE
    return float(2 * abs(np.mean(part * np.exp(-2j * np.pi * frequency * t))))


@needs_ffmpeg
def test_the_picture_is_copied_and_decides_the_length(tmp_path: Path) -> None:
    source = open_film(film(tmp_path / "film.mp4", 4.0, None))
    assert source.channels == 0
    target = tmp_path / "out" / "done.mp4"
    report, remark = lay_under(source, tone(6.0, 440), RATE, target)
    assert picture_of(target) == picture_of(source.path)
    assert open_film(target).duration_s == pytest.approx(source.duration_s, abs=0.05)
    assert remark is not None
    assert "2.0 s longer" in remark
    assert report.sha256 == hashlib.sha256(target.read_bytes()).hexdigest()
    assert [p.name for p in target.parent.iterdir()] == ["done.mp4"]
    heard = sound_of(target)
    assert level_at(heard, 440, 0.5, 2.0) == pytest.approx(0.2, rel=0.1)
    assert level_at(heard, 440, 3.8, 3.95) < 0.05


@needs_ffmpeg
def test_the_films_own_sound_presses_the_score_down_while_it_is_heard(tmp_path: Path) -> None:
    # Two seconds of speech-like tone, then two of silence.
    speech = "aevalsrc='0.4*sin(2*PI*300*t)*lt(t,2)':s=44100"
    source = open_film(film(tmp_path / "film.mp4", 4.0, speech))
    made = {}
    for sound in ("duck", "mix", "replace"):
        target = tmp_path / f"{sound}.mp4"
        lay_under(source, tone(4.0, 1000), RATE, target, sound)  # type: ignore[arg-type]
        heard = sound_of(target)
        made[sound] = [level_at(heard, f, a, a + 0.7) for f in (300, 1000) for a in (1.0, 3.2)]
    (own, _, under, after) = made["duck"]
    assert own == pytest.approx(0.4, rel=0.15)
    assert under < 0.6 * after
    assert made["mix"][2] == pytest.approx(made["mix"][3], rel=0.15)
    assert made["mix"][0] == pytest.approx(0.4, rel=0.15)
    assert made["replace"][0] < 0.01


@needs_ffmpeg
def test_what_is_no_film_is_named_and_nothing_is_left(tmp_path: Path) -> None:
    text = tmp_path / "notes.mp4"
    text.write_text("not a film", encoding="utf-8")
    with pytest.raises(MediaError, match=r"notes\.mp4 cannot be read as a video"):
        open_film(text)
    ffmpeg("-f", "lavfi", "-i", "sine", "-t", "1", str(tmp_path / "sound.wav"))
    with pytest.raises(MediaError, match="has no picture"):
        open_film(tmp_path / "sound.wav")
    playlist = tmp_path / "list.m3u8"
    playlist.write_text(
        "#EXTM3U\n#EXT-X-TARGETDURATION:9\n#EXTINF:9,\nhttp://127.0.0.1:9/a.ts\n", encoding="utf-8"
    )
    with pytest.raises(MediaError):
        open_film(playlist)
    source = open_film(film(tmp_path / "film.mp4", 1.0, None))
    with pytest.raises(OutputError, match="the film itself"):
        spare_original(source, tmp_path / "film.mp4")


def test_without_ffmpeg_one_sentence_says_what_to_install(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(MediaError, match="needs ffprobe, which is not installed"):
        open_film(tmp_path / "film.mp4")


@needs_ffmpeg
def test_a_shorter_score_is_left_as_it_is(tmp_path: Path) -> None:
    source = open_film(film(tmp_path / "film.mkv", 5.0, None))
    mix = tone(2.0, 440)
    fitted, remark = fit_to_picture(mix, RATE, source)
    assert fitted is mix
    assert remark == "the score ends 3.0 s before the picture of film.mkv"
    cut, _ = fit_to_picture(tone(9.0, 440), RATE, source)
    assert len(cut) == 5 * RATE
    assert np.abs(cut[-round(FADE_S * RATE / 10) :]).max() < 0.03
