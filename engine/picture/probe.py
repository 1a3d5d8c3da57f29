"""What a film's container says of it before a frame is decoded: rate, length, timecode, whether it sounds."""

import json
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import Any

from engine.errors import MediaError
from engine.media.ffmpeg import last_line, opened, program, run

WANTED_BY = "looking at a film"
_PROBE_S = 60
_RATES = (
    *(Fraction(nominal * 1000, 1001) for nominal in (24, 30, 48, 60, 120)),
    *(Fraction(nominal) for nominal in (24, 25, 30, 48, 50, 60, 100, 120)),
)
_SAME_RATE = 2e-4
"""23.976 and 24 differ by a thousandth."""


@dataclass(frozen=True, slots=True)
class FilmFacts:
    """`fps` frames a second as the container says (24000/1001 for 23.976), `duration_s` seconds (0: unknown),
    `timecode` the label of the first frame where the container has one, `has_sound` whether it has a sound
    track."""

    path: Path
    fps: Fraction
    duration_s: float
    timecode: str | None
    has_sound: bool


def film_facts(path: Path) -> FilmFacts:
    """Look at a film. Raises MediaError where ffmpeg is missing, the file cannot be read, or has no
    picture."""
    if not path.is_file():
        raise MediaError(f"{path}: no such file")
    words = ["-v", "error", "-show_streams", "-show_format", "-of", "json"]
    done = run([program("ffprobe", WANTED_BY), *words, *opened(path)], _PROBE_S)
    if done.returncode != 0:
        if b"moov atom not found" in done.stderr and _is_quicktime(path):
            raise MediaError(f"{path} breaks off: the index at its end is missing; copy or export it again")
        raise MediaError(f"{path} cannot be read as a film: {last_line(done.stderr, path)}")
    found: dict[str, Any] = json.loads(done.stdout or b"{}")
    streams: list[dict[str, Any]] = found.get("streams", [])
    # A cover picture in a sound file is a video stream too, but no film.
    pictures = [
        one
        for one in streams
        if one.get("codec_type") == "video" and not one.get("disposition", {}).get("attached_pic")
    ]
    if not pictures:
        raise MediaError(f"{path} has no picture; a recording of sound alone goes to @temp or @voice")
    picture, whole = pictures[0], found.get("format", {})
    lengths = [_seconds(one.get("duration")) for one in (picture, whole)]
    return FilmFacts(
        path,
        _rate(picture.get("r_frame_rate")) or _rate(picture.get("avg_frame_rate")) or Fraction(25),
        next((length for length in lengths if length > 0), 0.0),
        _timecode([*streams, whole]),
        any(one.get("codec_type") == "audio" for one in streams),
    )


def _is_quicktime(path: Path) -> bool:
    """Whether a file begins as MP4 and MOV do."""
    with path.open("rb") as stream:
        return stream.read(12)[4:8] in (b"ftyp", b"wide", b"mdat")


def _timecode(parts: list[dict[str, Any]]) -> str | None:
    for part in parts:
        label = part.get("tags", {}).get("timecode")
        if isinstance(label, str) and label.replace(";", ":").count(":") == 3:
            return label
    return None


def _rate(text: Any) -> Fraction | None:
    try:
        rate = Fraction(str(text))
    except (ValueError, ZeroDivisionError):
        return None
    if not 1 <= rate <= 1000:
        return None
    # A container that counts in milliseconds says 19001/317 for 60000/1001.
    near = min(_RATES, key=lambda known: abs(known - rate))
    return near if abs(near / rate - 1) < _SAME_RATE else rate


def _seconds(text: Any) -> float:
    try:
        return float(text)
    except (TypeError, ValueError):
        return 0.0
