"""A film decoded once, every frame made tiny: when each is shown, how it differs from the one before, how
bright it is. No judgement here; cuts are `engine.picture.cuts`'.

ffmpeg decodes, scales and measures (`scdet`, its own scene detection); frames come through a pipe with their
presentation times, so that what is told of a frame is told of its moment, whatever the frame rate.
"""

import re
import subprocess
import threading
from dataclasses import dataclass
from functools import cache
from typing import IO

import numpy as np
import numpy.typing as npt

from engine.errors import MediaError
from engine.media.ffmpeg import last_line, opened, program
from engine.picture.probe import WANTED_BY, FilmFacts
from engine.progress import Progress

WIDTH, HEIGHT = 48, 27
"""Pixels of the frames that are looked at: enough to tell framings apart, too few for grain to count."""
_THUMB = 3
"""Kept are blocks of so many pixels a side: 16 by 9 of them."""
_TOLD_EVERY = 50
_PTS = re.compile(rb"pts_time:\s*(-?[0-9.]+)")
_SCORE = re.compile(rb"lavfi\.scd\.score=([0-9.]+)")

_COMPLAINTS = (b"rror", b"nvalid", b"corrupt", b"artial file", b"moov")
_MOST_COMPLAINTS = 5

Floats = npt.NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class FilmScan:
    """For each of n frames, in the order shown: `times_s` [n], seconds from the first one; `thumbs` [n, 9,
    16, 3], bytes of red, green, blue; `change` [n], the mean difference to the frame before, 0…1;
    `brightness` [n], 0…1; `scores` [n], ffmpeg's scene score, 0…100. `first_s`: the container's time of the
    first frame. `said` is what ffmpeg complained of."""

    times_s: npt.NDArray[np.float64]
    thumbs: npt.NDArray[np.uint8]
    change: Floats
    brightness: Floats
    scores: Floats
    first_s: float
    said: tuple[str, ...] = ()


def scan_film(film: FilmFacts, progress: Progress | None = None) -> FilmScan:
    """Decode every frame. `progress` is told "looking", seconds done and seconds in all.

    Raises MediaError where not one frame can be decoded, and what `progress` raises; ffmpeg ends with it.
    """
    graph = f"scale={WIDTH}:{HEIGHT}:flags=area,format=rgb24,scdet=threshold=100,metadata=mode=print"
    words = [program("ffmpeg", WANTED_BY), "-nostdin", "-hide_banner", "-nostats", "-v", "info"]
    words += [*opened(film.path), "-map", "0:V:0", "-an", "-sn", "-dn", "-vf", graph, *_every_frame()]
    words += ["-f", "rawvideo", "-pix_fmt", "rgb24", "pipe:1"]
    process = subprocess.Popen(
        words, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE, bufsize=1 << 20
    )
    assert process.stdout is not None
    assert process.stderr is not None
    log = _Log(process.stderr)
    listening = threading.Thread(target=log.read, name="melodrama-ffmpeg", daemon=True)
    listening.start()
    frames = _Frames()
    try:
        size = WIDTH * HEIGHT * 3
        while len(data := process.stdout.read(size)) == size:
            frames.add(np.frombuffer(data, np.uint8).reshape(HEIGHT, WIDTH, 3))
            if progress and frames.count % _TOLD_EVERY == 0 and log.times:
                whole = max(round(film.duration_s), 1)
                progress("looking", min(round(log.times[-1]), whole), whole)
        process.wait()
    finally:
        if process.poll() is None:
            process.kill()
            process.wait()
        listening.join(5)
        process.stdout.close()
        process.stderr.close()
    count = min(frames.count, len(log.times))
    if count == 0:
        raise MediaError(f"{film.path} has no frame that can be shown: {log.complaint(film)}")
    times = np.array(log.times[:count])
    return FilmScan(
        times - times[0],
        np.array(frames.thumbs[:count], np.uint8),
        np.array(frames.change[:count], np.float32),
        np.array(frames.brightness[:count], np.float32),
        np.array((log.scores + [0.0] * count)[:count], np.float32),
        float(times[0]),
        tuple(log.complaints),
    )


@cache
def _every_frame() -> tuple[str, str]:
    """The words that keep ffmpeg from showing frames twice or leaving some out: they changed with 5.1."""
    asked = [program("ffmpeg", WANTED_BY), "-hide_banner", "-h", "full"]
    text = subprocess.run(asked, stdin=subprocess.DEVNULL, capture_output=True, check=False).stdout
    return ("-fps_mode", "passthrough") if b"-fps_mode" in text else ("-vsync", "passthrough")


class _Frames:
    """What is kept of the frames that came so far."""

    def __init__(self) -> None:
        self.thumbs: list[npt.NDArray[np.uint8]] = []
        self.change: list[float] = []
        self.brightness: list[float] = []
        self.before: npt.NDArray[np.int16] | None = None

    @property
    def count(self) -> int:
        return len(self.change)

    def add(self, frame: npt.NDArray[np.uint8]) -> None:
        """A frame [27, 48, 3]."""
        wide = frame.astype(np.int16)
        self.change.append(0.0 if self.before is None else float(np.abs(wide - self.before).mean()) / 255)
        self.brightness.append(float(wide.mean()) / 255)
        blocks = wide.reshape(HEIGHT // _THUMB, _THUMB, WIDTH // _THUMB, _THUMB, 3)
        self.thumbs.append(blocks.mean((1, 3)).astype(np.uint8))
        self.before = wide


class _Log:
    """ffmpeg's stderr: each frame's time and score, and whatever it complains of."""

    def __init__(self, stream: IO[bytes]) -> None:
        self.stream = stream
        self.times: list[float] = []
        self.scores: list[float] = []
        self.complaints: list[str] = []

    def read(self) -> None:
        for line in self.stream:
            if b"metadata" in line[:40] or line.startswith(b"[Parsed_"):
                pts, score = _PTS.search(line), _SCORE.search(line)
                if pts:
                    self.times.append(float(pts[1]))
                elif score:
                    self.scores.append(float(score[1]))
            elif len(self.complaints) < _MOST_COMPLAINTS and any(word in line for word in _COMPLAINTS):
                self.complaints.append(line.decode("utf-8", "replace").strip())

    def complaint(self, film: FilmFacts) -> str:
        said = "\n".join(self.complaints)
        return last_line(said.encode(), film.path)
