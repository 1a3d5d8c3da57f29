"""A film looked at: its cuts, its pace over time, what is odd about the file. Looked at once and kept by
content; nothing of its picture goes any further.
"""

import contextlib
import hashlib
import importlib.util
import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any, Final

import numpy as np

from engine.errors import MediaError, MelodramaError
from engine.picture.arousal import arousal_of, cut_rate
from engine.picture.cuts import Cut, Detector, cuts_of, ffmpeg_candidates
from engine.picture.probe import FilmFacts, film_facts
from engine.picture.scan import FilmScan, scan_film
from engine.picture.sound import loudness_of
from engine.progress import Progress

FORMAT: Final = 2
"""Goes up when the analysis changes: what was kept before is then looked at anew."""
_BLOCKS, _BLOCK = 64, 1 << 16
_MOTION_FPS = 24.0


@dataclass(frozen=True, slots=True)
class PictureSecond:
    """One second of a film, around `t_s`: cuts a minute, motion 0…1 (mean change of a pixel a 24th of a
    second, cuts left out), brightness 0…1, loudness in dB (None: no sound), arousal −1…1."""

    t_s: float
    cuts_per_min: float
    motion: float
    brightness: float
    loudness_db: float | None
    arousal: float


@dataclass(frozen=True, slots=True)
class SpottedFilm:
    """`fps` frames a second as a fraction ("24000/1001"), None where the rate varies; `timecode` the label of
    the first frame where the file has one; `frames` as many as were decoded; `remarks` what was odd."""

    fps: str | None
    timecode: str | None
    frames: int
    duration_s: float
    detector: Detector
    cuts: tuple[Cut, ...]
    seconds: tuple[PictureSecond, ...]
    remarks: tuple[str, ...] = ()


def spotted_film(path: Path, progress: Progress | None = None) -> SpottedFilm:
    """What is seen in a film, from what was kept of it where it has not changed.

    Raises MediaError where ffmpeg is missing, the file cannot be read, or has no picture; and what `progress`
    raises.
    """
    known = known_film(path)
    if known is None:
        digest, detector = _identity(path)
        known = look_at(path, detector, progress)
        _remembered(digest, detector).append(known)
        _keep(digest, detector, known)
    return known


def known_film(path: Path) -> SpottedFilm | None:
    """What was seen in a film, None where it has not been looked at as it is now; no frame is decoded. Raises
    MediaError where the file cannot be read."""
    digest, detector = _identity(path)
    remembered = _remembered(digest, detector)
    if not remembered and (kept := _kept(digest, detector)) is not None:
        remembered.append(kept)
    return remembered[0] if remembered else None


def _identity(path: Path) -> tuple[str, Detector]:
    try:
        status = path.stat()
    except OSError as error:
        raise MediaError(f"cannot read {path}: {error.strerror or error}") from error
    if not path.is_file():
        raise MediaError(f"{path} is not a film")
    digest = _digest(path, status.st_size, status.st_mtime_ns)
    return digest, "scenedetect" if importlib.util.find_spec("scenedetect") else "ffmpeg"


@lru_cache(maxsize=8)
def _remembered(_digest: str, _detector: Detector) -> list[SpottedFilm]:
    """Where a film that was looked at is held, once it is: what asks after every key neither reads it from
    disk again, nor looks at it again where nothing may be kept there."""
    return []


def look_at(path: Path, detector: Detector, progress: Progress | None = None) -> SpottedFilm:
    """Look at a film anew with one of the detectors. Raises MediaError as `spotted_film` does."""
    film = film_facts(path)
    scan = scan_film(film, progress)
    if detector == "scenedetect":
        from engine.picture.scene_detector import scenedetect_candidates

        candidates: Sequence[int] = scenedetect_candidates(scan)
    else:
        candidates = ffmpeg_candidates(scan)
    constant = is_constant(scan, float(film.fps))
    scan = on_frames(scan, float(film.fps)) if constant else scan
    cuts = cuts_of(scan, candidates)
    last_s = float(scan.times_s[-1]) + _step_s(scan)
    seconds = max(1, int(np.ceil(last_s - 1e-6)))
    loudness = loudness_of(film, scan.first_s, seconds)
    return SpottedFilm(
        str(film.fps) if constant else None,
        film.timecode,
        len(scan.times_s),
        last_s,
        detector,
        cuts,
        _seconds(scan, cuts, seconds, loudness),
        tuple(_remarks(film, scan, constant, last_s, loudness)),
    )


def is_constant(scan: FilmScan, fps: float) -> bool:
    """Whether every frame is shown within half a frame of its place in a constant rate; containers that
    count in milliseconds are."""
    even = np.arange(len(scan.times_s)) / fps
    return bool(np.abs(scan.times_s - even).max(initial=0.0) < 0.5 / fps)


def on_frames(scan: FilmScan, fps: float) -> FilmScan:
    """The scan with times that are exactly those of the frames, whatever the container rounded them to."""
    return FilmScan(
        np.arange(len(scan.times_s)) / fps,
        scan.thumbs,
        scan.change,
        scan.brightness,
        scan.scores,
        scan.first_s,
        scan.said,
    )


def _step_s(scan: FilmScan) -> float:
    return float(np.median(np.diff(scan.times_s))) if len(scan.times_s) > 1 else 0.04


def _seconds(
    scan: FilmScan, cuts: Sequence[Cut], seconds: int, loudness: Sequence[float]
) -> tuple[PictureSecond, ...]:
    rate = cut_rate([cut.t_s for cut in cuts], seconds)
    moving = scan.change.astype(np.float64) / max(_step_s(scan) * _MOTION_FPS, 1e-3)
    for cut in cuts:
        moving[cut.frame] = moving[cut.frame - 1]
    which = np.minimum(scan.times_s.astype(np.int64), seconds - 1)
    counts = np.maximum(np.bincount(which, minlength=seconds), 1)
    motion = np.bincount(which, moving, seconds) / counts
    bright = np.bincount(which, scan.brightness, seconds) / counts
    arousal = arousal_of(rate, motion, loudness)
    return tuple(
        PictureSecond(
            n + 0.5,
            round(float(rate[n]), 2),
            round(float(motion[n]), 4),
            round(float(bright[n]), 4),
            loudness[n] if loudness else None,
            round(float(arousal[n]), 4),
        )
        for n in range(seconds)
    )


def _remarks(
    film: FilmFacts, scan: FilmScan, constant: bool, last_s: float, loudness: Sequence[float]
) -> list[str]:
    remarks = []
    if not constant:
        steps = np.diff(scan.times_s)
        low, high = (1 / max(float(np.percentile(steps, q)), 1e-4) for q in (95, 5))
        remarks.append(
            f"its frame rate varies ({low:.4g} to {high:.4g} frames a second; its container says "
            f"{float(film.fps):.5g}): times are written in seconds, not in frames"
        )
    if film.duration_s - last_s > max(0.5, 0.01 * film.duration_s):
        remarks.append(
            f"its picture ends after {last_s:.2f} s, although the file says {film.duration_s:.2f} s: it is "
            "cut off, or damaged from there on"
        )
    elif scan.said:
        remarks.append(f"ffmpeg says: {scan.said[0]}")
    if not film.has_sound:
        remarks.append("it has no sound: pace is told by cuts and motion alone")
    elif not loudness:
        remarks.append("its sound cannot be decoded: pace is told by cuts and motion alone")
    return remarks


# --------------------------------------------------------------------------------------- what has been kept


@lru_cache(maxsize=32)
def _digest(path: Path, size: int, _changed: int) -> str:
    """A film's content: its size and 64 blocks spread over it. All of a feature film would take minutes, and
    no other film agrees with it in these. Raises MediaError."""
    digest = hashlib.sha256(str(size).encode())
    try:
        with path.open("rb") as stream:
            for block in range(_BLOCKS):
                stream.seek(max(size - _BLOCK, 0) * block // (_BLOCKS - 1))
                digest.update(stream.read(_BLOCK))
    except OSError as error:
        raise MediaError(f"cannot read {path}: {error.strerror or error}") from error
    return digest.hexdigest()


def _place(digest: str, detector: Detector) -> Path | None:
    from engine.cache import user_cache

    cache = user_cache()
    name = f"{digest}-{detector}-{FORMAT}.json"
    return None if cache is None else cache.folder.parent / "films" / name


def _kept(digest: str, detector: Detector) -> SpottedFilm | None:
    """What was kept of a film; whatever is wrong with it, it is looked at anew."""
    place = _place(digest, detector)
    if place is None:
        return None
    try:
        stored: dict[str, Any] = json.loads(place.read_text(encoding="utf-8"))
        cuts = tuple(Cut(**cut) for cut in stored.pop("cuts"))
        seconds = tuple(PictureSecond(**second) for second in stored.pop("seconds"))
        remarks = tuple(str(remark) for remark in stored.pop("remarks"))
        return SpottedFilm(**stored, cuts=cuts, seconds=seconds, remarks=remarks)
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        return None


def _keep(digest: str, detector: Detector, film: SpottedFilm) -> None:
    from engine.render.files import write_atomic

    place = _place(digest, detector)
    if place is not None:
        with contextlib.suppress(OSError, MelodramaError):
            write_atomic(place, (json.dumps(asdict(film), ensure_ascii=False) + "\n").encode())
