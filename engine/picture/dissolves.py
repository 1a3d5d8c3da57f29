"""Dissolves: one picture turns into another evenly, so that every frame between is a mixture of the two. Told
by that alone; what moves much while it dissolves, and wipes, are not found.
"""

import numpy as np
import numpy.typing as npt

from engine.picture.scan import FilmScan

LENGTHS_S = (0.33, 0.5, 0.75, 1.0, 1.5, 2.0)
"""What is tried; others are found by the nearest of them."""
LEAST_APART = 0.12
"""How far two pictures differ (0…1) that are two."""
MIXED = 0.2
"""How far a frame between may be from the mixture, of what the two pictures differ by."""
STILL = 0.35
"""How far the pictures may change in half the dissolve's length before and behind it, likewise: what goes on
evenly, as a camera does, changes by half."""
ALIKE = 0.75
"""Pictures that correlate more are one, lit otherwise."""
_STEP = 0.35
"""A step from frame to frame of more than this share is a cut."""

_AT_ONCE = 4096
"""Frames that are looked at together: a whole film as numbers would take gigabytes."""

Thumbs = npt.NDArray[np.float32]


def dissolves_of(scan: FilmScan, dark: npt.NDArray[np.bool_]) -> tuple[tuple[int, int], ...]:
    """(first, last) frame of each dissolve, in order; none touches the frames that are `dark` [n], which a
    fade goes through."""
    count = len(scan.times_s)
    if count < 12:
        return ()
    step_s = float(np.median(np.diff(scan.times_s)))
    thumbs = scan.thumbs.reshape(count, -1)
    found: list[tuple[float, int, int]] = []
    for length_s in LENGTHS_S:
        length = max(round(length_s / step_s), 4)
        rest = max(length // 2, 2)
        if count > length + 2 * rest:
            for start in range(0, count - length - 2 * rest, _AT_ONCE):
                part = slice(start, start + _AT_ONCE + length + 2 * rest)
                wide = thumbs[part].astype(np.float32) / np.float32(255)
                these = _of_length(wide, scan.change[part], length, rest)
                found += [(off, first + start, last + start) for off, first, last in these]
    kept: list[tuple[int, int]] = []
    for _, first, last in sorted(found):
        near = dark[
            max(first - (last - first), 0) : 2 * last - first + 1
        ]  # a part of a fade is a mixture, too
        if not near.any() and all(last + 2 < one or first > other + 2 for one, other in kept):
            kept.append((first, last))
    return tuple(sorted(kept))


def _of_length(thumbs: Thumbs, change: Thumbs, length: int, rest: int) -> list[tuple[float, int, int]]:
    """(how far from a mixture, first, last) of each stretch of so many frames that is one, with its `rest`
    before and behind it."""
    firsts = np.arange(rest, len(thumbs) - length - rest)
    before, after = thumbs[firsts], thumbs[firsts + length]
    apart = np.abs(before - after).mean(1)
    firsts = firsts[apart > LEAST_APART]
    if not len(firsts):
        return []
    before, after = thumbs[firsts], thumbs[firsts + length]
    apart = np.abs(before - after).mean(1)
    off = np.zeros(len(firsts), np.float32)
    for share in (0.25, 0.5, 0.75):
        at = round(share * length)
        mixture = before * (1 - at / length) + after * (at / length)
        off = np.maximum(off, np.abs(thumbs[firsts + at] - mixture).mean(1) / apart)
    moved = np.maximum(
        np.abs(thumbs[firsts - rest] - before).mean(1), np.abs(thumbs[firsts + length + rest] - after).mean(1)
    )
    steps = np.array([change[first + 1 : first + length + 1].max() for first in firsts])
    good = (off < MIXED) & (moved < STILL * apart) & (steps < _STEP * apart)
    good &= _correlation(before, after) < ALIKE
    return [
        (float(off[n] + moved[n] / apart[n]), int(firsts[n]), int(firsts[n]) + length)
        for n in np.flatnonzero(good)
    ]


def _correlation(some: Thumbs, others: Thumbs) -> npt.NDArray[np.float32]:
    """Of each pair of pictures."""
    one, other = some - some.mean(1, keepdims=True), others - others.mean(1, keepdims=True)
    size = np.sqrt((one**2).sum(1) * (other**2).sum(1))
    return np.asarray((one * other).sum(1) / np.maximum(size, 1e-6), np.float32)
