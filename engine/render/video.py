"""The score laid under a picture by ffmpeg: the picture is copied as it is, only the sound is made anew.

The picture decides the length. Where the score goes on longer it is faded out with the picture, where it ends
earlier the film goes on with its own sound. ffmpeg is started as a program of the system
(`engine.media.ffmpeg`).
"""

import hashlib
import json
import os
import tempfile
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

import numpy as np

from engine.errors import MediaError, OutputError
from engine.media.ffmpeg import last_line, opened, program, run
from engine.render.audio import Samples, audio_bytes
from engine.render.files import is_read_only, mode_for, not_written
from engine.report import FileReport

FilmSound = Literal["duck", "mix", "replace"]
FADE_S = 1.5
"""How long the score takes to fade where the picture ends first."""
_CODECS = {
    ".mp4": ("aac", "256k"),
    ".m4v": ("aac", "256k"),
    ".mov": ("aac", "256k"),
    ".mkv": ("aac", "256k"),
    ".webm": ("libopus", "160k"),
}
_PROBE_S = 60
# The film's own sound (dialogue above all) presses the score down by up to 12 dB while it is heard.
_DUCK = "sidechaincompress=threshold=0.02:ratio=6:attack=80:release=700:makeup=1"
_ADD = "amix=inputs=2:duration=longest:dropout_transition=0:normalize=0,alimiter=limit=0.89:level=disabled"


@dataclass(frozen=True, slots=True)
class Film:
    """A video file: its length in seconds, and how many channels of sound it has (0: none)."""

    path: Path
    duration_s: float
    channels: int


def open_film(path: Path) -> Film:
    """Look at a video. Raises MediaError where ffmpeg is missing, or the file holds no picture."""
    probe = program("ffprobe", "--video")
    words = [
        "-v",
        "error",
        "-show_entries",
        "format=duration:stream=codec_type,duration,channels:stream_disposition",
    ]
    done = run([probe, *words, "-of", "json", *opened(path)], _PROBE_S)
    if done.returncode != 0:
        raise MediaError(f"{path} cannot be read as a video: {last_line(done.stderr, path)}")
    found: dict[str, Any] = json.loads(done.stdout or b"{}")
    streams = found.get("streams", [])
    # A cover picture in a sound file is a video stream too, but no film.
    pictures = [
        s
        for s in streams
        if s.get("codec_type") == "video" and not s.get("disposition", {}).get("attached_pic")
    ]
    if not pictures:
        raise MediaError(f"{path} has no picture; --video wants a video file")
    lengths = [_seconds(s.get("duration")) for s in (*pictures, found.get("format", {}))]
    duration_s = next((length for length in lengths if length > 0), 0.0)
    if duration_s <= 0:
        raise MediaError(f"{path} does not say how long it is; remux it once with ffmpeg -i IN -c copy OUT")
    channels = next((int(s.get("channels", 2)) for s in streams if s.get("codec_type") == "audio"), 0)
    return Film(path, duration_s, channels)


def film_target(folder: Path, stem: str, film: Path) -> Path:
    """Where the finished film goes: beside the score's other files, in the film's own container."""
    suffix = film.suffix.lower()
    return folder / f"{stem}{suffix if suffix in _CODECS else '.mkv'}"


def spare_original(film: Film, target: Path) -> None:
    """Raise OutputError where `target` is the film that a person named, or read-only: originals are never
    overwritten."""
    if is_read_only(target):
        raise OutputError(f"cannot write {target}: it is read-only")
    with suppress(OSError):
        if target.samefile(film.path):
            raise OutputError(f"{target} is the film itself; choose another -o")


def lay_under(
    film: Film, mix: Samples, rate: int, target: Path, sound: FilmSound = "duck"
) -> tuple[FileReport, str | None]:
    """Write `film` with the score `mix` [samples, 2] to `target`, whole or not at all.

    `sound` "duck": the film's sound stays and presses the score down while it is heard; "mix": both as they
    are; "replace": the score alone. Gives the report and, where picture and score differ in length, the
    sentence that says what was done. Raises MediaError or OutputError.
    """
    spare_original(film, target)
    fitted, remark = fit_to_picture(mix, rate, film)
    codec, bits = _CODECS[target.suffix.lower()]
    music = part = None
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        music = _temporary(target.parent, ".wav")
        part = _temporary(target.parent, target.suffix.lower())
        music.write_bytes(audio_bytes(fitted, rate, "wav", 24))
        inputs = [*opened(film.path), *opened(music)]
        words = ["-nostdin", "-v", "error", "-y", *inputs, *_streams(film, sound), "-c:v", "copy"]
        words += ["-c:a", codec, "-b:a", bits, "-ar", "48000", "-t", f"{film.duration_s:.6f}"]
        if target.suffix.lower() in (".mp4", ".m4v", ".mov"):
            words += ["-movflags", "+faststart"]
        done = run([program("ffmpeg", "--video"), *words, "-map_metadata", "0", f"file:{part}"])
        if done.returncode != 0:
            said = last_line(done.stderr, film.path)
            wrong = OutputError if "No space left" in said else MediaError
            raise wrong(f"ffmpeg could not lay the score under {film.path}: {said}")
        with part.open("rb+") as stream:
            os.fsync(stream.fileno())
            digest = hashlib.file_digest(stream, "sha256").hexdigest()
        size = part.stat().st_size
        part.chmod(mode_for(target))
        part.replace(target)
        return FileReport(str(target), "video", size, digest), remark
    except OSError as error:
        raise not_written(target, error) from error
    finally:
        for path in (music, part):
            if path is not None:
                with suppress(OSError):
                    path.unlink()


def fit_to_picture(mix: Samples, rate: int, film: Film) -> tuple[Samples, str | None]:
    """The score cut to the picture (faded, where it is cut), and what there is to say of it."""
    frames = round(film.duration_s * rate)
    if len(mix) <= frames:
        short_s = film.duration_s - len(mix) / rate
        if short_s < 1.0:
            return mix, None
        return mix, f"the score ends {short_s:.1f} s before the picture of {film.path.name}"
    over_s = len(mix) / rate - film.duration_s
    cut = mix[:frames].copy()
    quiet = float(np.abs(mix[frames:]).max(initial=0.0)) < 1e-3
    fade = min(round(FADE_S * rate), frames)
    if fade:
        cut[-fade:] *= np.linspace(1.0, 0.0, fade, dtype=np.float32)[:, None]
    if quiet:
        return cut, None
    return cut, f"the score is {over_s:.1f} s longer than {film.path.name}; it fades out with the picture"


def _streams(film: Film, sound: FilmSound) -> list[str]:
    """Which streams go out: the picture, and one sound track as asked."""
    if sound == "replace" or not film.channels:
        return ["-map", "0:V", "-map", "1:a", "-af", "apad"]
    stereo = "aresample=48000,aformat=channel_layouts=stereo"
    # Left to itself, ffmpeg would make one channel into two that are 3 dB softer.
    own = "aresample=48000,pan=stereo|c0=c0|c1=c0" if film.channels == 1 else stereo
    if sound == "mix":
        graph = f"[0:a:0]{own}[film];[1:a]{stereo}[score];[film][score]{_ADD},apad[out]"
    else:
        graph = (
            f"[0:a:0]{own},asplit=2[film][key];[key]apad[key2];[1:a]{stereo}[score];"
            f"[score][key2]{_DUCK}[under];[film][under]{_ADD},apad[out]"
        )
    return ["-filter_complex", graph, "-map", "0:V", "-map", "[out]"]


def _temporary(folder: Path, suffix: str) -> Path:
    descriptor, name = tempfile.mkstemp(prefix=".melodrama.", suffix=f".part{suffix}", dir=folder)
    os.close(descriptor)
    return Path(name)


def _seconds(text: Any) -> float:
    try:
        return float(text)
    except (TypeError, ValueError):
        return 0.0
