"""Where a film's shots begin: hard cuts, dissolves and fades through black, told apart from flashes and
moving cameras.

Candidates come from a scene detector: PySceneDetect's adaptive one where it is installed, else ffmpeg's own
(`scdet`). Neither knows a flash of light from a cut, and both see a fade too late; so every candidate is held
against the frames around it. Dissolves, which neither sees, are `engine.picture.dissolves`'.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
import numpy.typing as npt

from engine.picture.dissolves import dissolves_of
from engine.picture.scan import FilmScan

CutKind = Literal["cut", "fade", "dissolve"]
Detector = Literal["scenedetect", "ffmpeg"]

LEAST_SCORE = 4.0
"""ffmpeg's score (0…100) from which a frame may begin a shot; its own default of 10 misses cuts between
framings of one scene."""
STANDS_OUT = 1.8
"""A cut differs by so much more than the frames half a second around it: a moving camera does not."""
FLASH_S = 0.26
"""A picture that comes back within this time was lit, not cut: six frames at 24."""
_COMES_BACK = 0.5
_BLACK = 0.15
"""A fade's darkest frame has at most this share of the brightness on both sides of it."""
_SIDE_S = 1.0
_SAME_BLACK = 0.008
_SHORTEST_SHOT_S = 0.12


@dataclass(frozen=True, slots=True)
class Cut:
    """A shot begins with frame `frame` (from 0), `t_s` seconds after the film's first; a dissolve's is in its
    middle. `weight` 0…1 is how much the picture changes."""

    frame: int
    t_s: float
    kind: CutKind
    weight: float


def cuts_of(scan: FilmScan, candidates: Sequence[int]) -> tuple[Cut, ...]:
    """The shots' beginnings in order, from a detector's candidates (frames from 0).

    Not told: wipes, dissolves between pictures that move much, cuts within a quarter of a second of
    another, cuts between pictures that a viewer could not tell apart.
    """
    if len(scan.times_s) < 3:
        return ()
    step_s = float(np.median(np.diff(scan.times_s)))
    fades = _fades(scan, step_s)
    reach = max(2, round(FLASH_S / step_s))
    thumbs = scan.thumbs.astype(np.int16)
    near_fade = np.zeros(len(thumbs) + 1, bool)
    for first, last in fades:
        near_fade[max(first - 1, 0) : last + 3] = True
    dark = np.zeros(len(thumbs), bool)
    for first, last in fades:
        dark[first : last + 1] = True
    dissolves = dissolves_of(scan, dark)
    in_dissolve = np.zeros(len(thumbs) + 1, bool)
    for first, last in dissolves:
        in_dissolve[first : last + 2] = True
    kept = [_middle(scan, thumbs, *dissolve) for dissolve in dissolves]
    for frame in sorted(set(candidates)):
        if not 0 < frame < len(thumbs) or near_fade[frame] or in_dissolve[frame]:
            continue
        if _is_flash(thumbs, frame, reach) or not _stands_out(scan, thumbs, frame, round(0.5 / step_s)):
            continue
        kept.append(Cut(frame, _time(scan, frame), "cut", min(_apart(thumbs, frame - 1, frame) * 2, 1.0)))
    for first, last in fades:
        before, after = max(first - reach * 2, 0), min(last + reach * 2, len(thumbs) - 1)
        kept.append(Cut(last, _time(scan, last), "fade", min(0.5 + _apart(thumbs, before, after), 1.0)))
    return _spaced(sorted(kept, key=lambda cut: cut.frame))


def _middle(scan: FilmScan, thumbs: npt.NDArray[np.int16], first: int, last: int) -> Cut:
    """A dissolve as the frame from which on the new picture is the stronger one."""
    frame = (first + last + 1) // 2
    return Cut(frame, _time(scan, frame), "dissolve", min(_apart(thumbs, first, last) * 2, 1.0))


def ffmpeg_candidates(scan: FilmScan) -> tuple[int, ...]:
    """Frames that ffmpeg's scene detection finds, at a low threshold."""
    return tuple(int(frame) for frame in np.flatnonzero(scan.scores >= LEAST_SCORE))


def _time(scan: FilmScan, frame: int) -> float:
    return float(scan.times_s[frame])


def _apart(thumbs: npt.NDArray[np.int16], one: int, other: int) -> float:
    """How far two frames differ, 0…1."""
    return float(np.abs(thumbs[one] - thumbs[other]).mean()) / 255


def _is_flash(thumbs: npt.NDArray[np.int16], frame: int, reach: int) -> bool:
    """Whether the picture before this frame comes back after it, or the one from here on was there before:
    the beginning or the end of something that only passed."""
    step = _apart(thumbs, frame - 1, frame)
    later = range(frame + 1, min(frame + reach, len(thumbs) - 1) + 1)
    earlier = range(max(frame - 1 - reach, 0), frame - 1)
    return any(_apart(thumbs, frame - 1, one) < _COMES_BACK * step for one in later) or any(
        _apart(thumbs, one, frame) < _COMES_BACK * step for one in earlier
    )


def _stands_out(scan: FilmScan, thumbs: npt.NDArray[np.int16], frame: int, window: int) -> bool:
    """Whether the step into a frame is larger than those on either side of it."""
    step = float(scan.change[frame])
    before = scan.change[max(frame - window, 1) : frame]
    after = scan.change[frame + 1 : frame + 1 + window]
    usual = max((float(np.median(side)) for side in (before, after) if len(side)), default=0.0)
    return step > STANDS_OUT * usual


def _fades(scan: FilmScan, step_s: float) -> list[tuple[int, int]]:
    """(first, last) of each run of the darkest frames between two pictures that are far brighter, where the
    way there is gradual on one side at least, or the dark lasts."""
    bright, side = scan.brightness, max(3, round(_SIDE_S / step_s))
    found: list[tuple[int, int]] = []
    frame = 1
    while frame < len(bright) - 1:
        sides = [bright[max(frame - side, 0) : frame], bright[frame + 1 : frame + 1 + side]]
        level = min(float(np.percentile(one, 75)) for one in sides)
        if level < 0.03 or bright[frame] > _BLACK * level:
            frame += 1
            continue
        stop = frame
        while stop < len(bright) - 1 and bright[stop + 1] <= _BLACK * level:
            stop += 1
        part = bright[frame : stop + 1]
        darkest = np.flatnonzero(part <= part.min() + _SAME_BLACK) + frame
        first, last = int(darkest[0]), int(darkest[-1])
        if stop - frame + 1 > FLASH_S / step_s or _gradual(bright, frame, stop, level):
            found.append((first, last))
        frame = stop + 2
    return found


def _gradual(bright: npt.NDArray[np.float32], first: int, last: int, level: float) -> bool:
    """Whether a dark run is come to, or left, by steps: the neighbour frame is not yet at full brightness."""
    before, after = float(bright[first - 1]), float(bright[min(last + 1, len(bright) - 1)])
    return before < 0.6 * level or after < 0.6 * level


def _spaced(cuts: Sequence[Cut]) -> tuple[Cut, ...]:
    """Of several beginnings that are nearer than any shot is long the strongest."""
    kept: list[Cut] = []
    for cut in cuts:
        if kept and cut.t_s - kept[-1].t_s < _SHORTEST_SHOT_S:
            if cut.weight > kept[-1].weight:
                kept[-1] = cut
        else:
            kept.append(cut)
    return tuple(kept)
