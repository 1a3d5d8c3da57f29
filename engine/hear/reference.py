"""What a reference recording (a film's temp track) does over time: tempo, key, loudness, brightness,
busyness.

It is read once and kept by content; nothing of its sound or notes goes any further.
"""

import contextlib
import hashlib
import json
import os
from dataclasses import asdict, dataclass, replace
from functools import lru_cache
from pathlib import Path
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from engine.errors import MediaError, MelodramaError
from engine.hear.frames import FRAMES_S, Frames, frames_of
from engine.hear.pulse import CLEAR, pulse_of, pulse_over_time
from engine.hear.recording import read_recording
from engine.hear.tonality import tonality_of

FORMAT: Final = 2
"""Goes up when the analysis changes: what was kept before is then read anew."""
STEP_S: Final = 1.0
_TURN: Final = 1.07
"""A tempo that differs by this factor, for two windows on end, is another tempo."""

Point = tuple[float, float]


@dataclass(frozen=True, slots=True)
class Reference:
    """Times are seconds from the recording's start, one point a second in the curves.

    tempo: (from when, quarter notes a minute), empty where no pulse is clear · tonic 0–11 and mode with
    sureness 0…1 · loudness: dB, about 0 at the loudest · brightness: log₂ of the spectral centroid in Hz ·
    busyness: onsets a second.
    """

    length_s: float
    tempo: tuple[Point, ...]
    tonic: int
    mode: str
    sureness: float
    loudness: tuple[Point, ...]
    brightness: tuple[Point, ...]
    busyness: tuple[Point, ...]
    remarks: tuple[str, ...] = ()
    """What was odd in the file."""


def read_reference(path: Path) -> Reference:
    """The analysis of a recording, from what was kept of it where it has not changed. Raises MediaError."""
    try:
        status = path.stat()
    except OSError as error:
        raise MediaError(f"cannot read {path}: {error.strerror or error}") from error
    return _of_file(path, status.st_size, status.st_mtime_ns)


@lru_cache(maxsize=32)
def _of_file(path: Path, _size: int, _changed: int) -> Reference:
    try:
        with path.open("rb") as stream:
            digest = hashlib.file_digest(stream, "sha256").hexdigest()
    except OSError as error:
        raise MediaError(f"cannot read {path}: {error.strerror or error}") from error
    known = _kept(digest)
    if known is None:
        recording = read_recording(path)
        known = replace(analyse(frames_of(recording.samples)), remarks=recording.remarks)
        _keep(digest, known)
    return known


def analyse(frames: Frames) -> Reference:
    """What frames say. Silence has no tempo and no sure key."""
    key = tonality_of(frames.notes)
    count = max(1, round(len(frames) / FRAMES_S / STEP_S))
    parts = [frames.part(k * STEP_S, (k + 1) * STEP_S) for k in range(count)]
    middles = [(k + 0.5) * STEP_S for k in range(count)]
    energy = np.array([float(np.sqrt((p.energy.astype(np.float64) ** 2).mean())) for p in parts])
    loud = 20 * np.log10(np.maximum(energy / max(float(energy.max()), 1e-9), 1e-3))
    # A silent second has a centroid of noise: it takes its neighbours'.
    weight = [np.maximum(p.energy.astype(np.float64), 1e-9) for p in parts]
    bright = np.array(
        [_weighted(np.log2(np.maximum(p.centroid, 50.0)), w) for p, w in zip(parts, weight, strict=True)]
    )
    sounding = loud > -50.0
    if sounding.any():
        bright = np.interp(middles, np.array(middles)[sounding], bright[sounding])
    return Reference(
        len(frames) / FRAMES_S,
        _tempo(frames),
        key.tonic,
        key.mode,
        key.sureness if sounding.any() else 0.0,
        _points(middles, _smooth(loud)),
        _points(middles, _smooth(bright)),
        _points(middles, _smooth(_onsets(frames, count))),
    )


def _tempo(frames: Frames) -> tuple[Point, ...]:
    """The tempo from the start, and from wherever it clearly turns."""
    whole = pulse_of(frames.onset)
    if whole.clarity < CLEAR:
        return ()
    windows = [(t, p.bpm) for t, p in pulse_over_time(frames.onset, whole) if p.clarity >= CLEAR]
    turns: list[tuple[float, list[float]]] = []
    for index, (middle, bpm) in enumerate(windows):
        ahead = [b for _, b in windows[index : index + 2]]
        usual = float(np.median(turns[-1][1])) if turns else bpm
        turned = len(ahead) == 2 and all(max(b / usual, usual / b) > _TURN for b in ahead)
        if not turns or (turned and len(turns[-1][1]) > 1):
            turns.append((0.0 if not turns else middle, [bpm]))
        else:
            turns[-1][1].append(bpm)
    if len(turns) < 2:
        return ((0.0, round(whole.bpm, 3)),)
    return tuple((t, round(float(np.median(own)), 3)) for t, own in turns)


def _onsets(frames: Frames, count: int) -> npt.NDArray[np.float64]:
    """Onsets in each second: peaks that stand out from the seconds around."""
    onset = frames.onset.astype(np.float64)
    peak = np.r_[False, (onset[1:-1] > onset[:-2]) & (onset[1:-1] >= onset[2:]), False]
    least = 0.3 * float(np.quantile(onset[peak], 0.8)) if peak.any() else np.inf
    at = np.minimum((np.flatnonzero(peak & (onset > least)) / FRAMES_S / STEP_S).astype(np.int64), count - 1)
    return np.bincount(at, minlength=count).astype(np.float64) / STEP_S


def _weighted(values: npt.NDArray[np.floating[Any]], weight: npt.NDArray[np.float64]) -> float:
    return float((values * weight).sum() / weight.sum())


def _smooth(values: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    """Mean over three seconds, the ends repeated."""
    padded = np.pad(values, 1, mode="edge")
    return np.asarray(np.convolve(padded, np.ones(3) / 3, "valid"))


def _points(times: list[float], values: npt.NDArray[np.float64]) -> tuple[Point, ...]:
    return tuple((round(t, 3), round(float(v), 4)) for t, v in zip(times, values, strict=True))


# --------------------------------------------------------------------------------------- what has been kept


def _place(digest: str) -> Path | None:
    from engine.cache import user_cache

    cache = user_cache()
    return None if cache is None else cache.folder.parent / "references" / f"{digest}-{FORMAT}.json"


def _kept(digest: str) -> Reference | None:
    """What was kept of a recording; whatever is wrong with it, it is made anew."""
    place = _place(digest)
    if place is None:
        return None
    try:
        stored: dict[str, Any] = json.loads(place.read_text(encoding="utf-8"))
        curves = [
            tuple((float(t), float(v)) for t, v in stored[name])
            for name in ("tempo", "loudness", "brightness", "busyness")
        ]
        return Reference(
            float(stored["length_s"]),
            curves[0],
            int(stored["tonic"]) % 12,
            "major" if stored["mode"] == "major" else "minor",
            float(stored["sureness"]),
            curves[1],
            curves[2],
            curves[3],
            tuple(str(remark) for remark in stored["remarks"]),
        )
    except (OSError, ValueError, KeyError, TypeError):
        return None


def _keep(digest: str, reference: Reference) -> None:
    from engine.render.files import write_atomic

    place = _place(digest)
    if place is not None:
        with contextlib.suppress(OSError, MelodramaError):
            write_atomic(place, (json.dumps(asdict(reference)) + os.linesep).encode())
