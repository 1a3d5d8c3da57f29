"""What is measured of an eight-bar line: some seventy plain figures that a musician could check by hand.

Intervals and what follows them, durations and rests, places in the bar, what returns one, two and four bars
on, repeated fragments, scale, phrase ends. `line_features` gives them by name.
"""

from collections import Counter

import numpy as np
import numpy.typing as npt

from engine.music.theory import scale_mask
from engine.train.music.realness.lines import BARS, STEPS

Ints = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]

TOTAL = BARS * STEPS


def line_features(notes: Ints, minor: bool) -> dict[str, float]:
    """Figures of one window: `notes` int [N, 3] (start, steps, pitch), N ≥ 2."""
    start, steps, pitch = notes.T
    figures: dict[str, float] = {}
    figures |= _intervals(pitch)
    figures |= _durations(start, steps)
    figures |= _places(start, steps)
    figures |= _pitches(pitch, steps, minor)
    figures |= _bars(start, steps, pitch)
    figures |= _fragments(start, pitch)
    figures |= _ends(start, steps, pitch)
    return figures


def feature_table(windows: list[Ints], minor: npt.NDArray[np.bool_]) -> tuple[list[str], Floats]:
    """Names and figures [W, F] of the windows, missing ones 0."""
    rows = [line_features(notes, bool(is_minor)) for notes, is_minor in zip(windows, minor, strict=True)]
    names = list(rows[0]) if rows else []
    return names, np.nan_to_num(np.array([[row[name] for name in names] for row in rows], np.float64))


def _share(of: npt.NDArray[np.bool_]) -> float:
    return float(of.mean()) if len(of) else 0.0


def _entropy(counts: npt.NDArray[np.int64]) -> float:
    share = counts[counts > 0] / max(1, counts.sum())
    return float(-(share * np.log2(share)).sum())


def _intervals(pitch: Ints) -> dict[str, float]:
    leap = np.diff(pitch)
    size = np.abs(leap)
    moving = np.sign(leap[leap != 0])
    turned = moving[1:] != moving[:-1]
    wide = np.flatnonzero(size[:-1] >= 5)
    back = (np.sign(leap[wide + 1]) == -np.sign(leap[wide])) & (size[wide + 1] <= 2)
    runs = np.diff(np.flatnonzero(np.r_[True, turned, True])) if len(moving) else np.array([1])
    return {
        "repeated notes": _share(size == 0),
        "semitones": _share(size == 1),
        "whole tones": _share(size == 2),
        "steps": _share((size > 0) & (size <= 2)),
        "thirds": _share((size == 3) | (size == 4)),
        "fourths and fifths": _share((size >= 5) & (size <= 7)),
        "tritones": _share(size == 6),
        "sixths to octaves": _share((size >= 8) & (size <= 12)),
        "beyond the octave": _share(size > 12),
        "mean interval": float(size.mean()),
        "widest interval": float(size.max()),
        "direction changes": _share(turned),
        "leaps followed by a step back": _share(back),
        "leap after leap": _share((size[1:] >= 4) & (size[:-1] >= 4)),
        "mean run in one direction": float(runs.mean()),
        "longest run in one direction": float(runs.max()),
        "rising": _share(leap > 0),
        "interval entropy": _entropy(np.bincount(np.clip(leap + 13, 0, 26))),
    }


def _durations(start: Ints, steps: Ints) -> dict[str, float]:
    gap = np.diff(np.append(start, TOTAL)) - steps
    sounding = gap[:-1]
    return {
        "notes a bar": len(start) / BARS,
        "sixteenths": _share(steps == 1),
        "eighths": _share(steps == 2),
        "dotted eighths": _share(steps == 3),
        "quarters": _share(steps == 4),
        "dotted quarters": _share(steps == 6),
        "halves": _share((steps >= 7) & (steps <= 8)),
        "longer": _share(steps > 8),
        "odd durations": _share(~np.isin(steps, (1, 2, 3, 4, 6, 8, 12, 16))),
        "mean duration": float(steps.mean()),
        "different durations": float(len(np.unique(steps))),
        "duration entropy": _entropy(np.bincount(np.minimum(steps, 17))),
        "gap after a note": _share(sounding > 0),
        "mean gap": float(np.maximum(sounding, 0).mean()) if len(sounding) else 0.0,
        "short gaps": _share((sounding > 0) & (sounding <= 1)),
        "long gaps": _share(sounding >= 4),
        "share of time that sounds": float(steps.sum()) / TOTAL,
        "equal neighbours in duration": _share(steps[1:] == steps[:-1]),
        "onset gap entropy": _entropy(np.bincount(np.minimum(np.diff(start), 33))),
    }


def _places(start: Ints, steps: Ints) -> dict[str, float]:
    place = start % STEPS
    crossing = (place + steps > STEPS) & (place > 0)
    held_over_beat = (place % 4 > 0) & (place % 4 + steps > 4)
    return {
        "onsets on the first beat": _share(place == 0),
        "onsets on the third beat": _share(place == 8),
        "onsets on a beat": _share(place % 4 == 0),
        "onsets on an offbeat eighth": _share(place % 4 == 2),
        "onsets on an offbeat sixteenth": _share(place % 2 == 1),
        "held over the bar line": _share(crossing),
        "held over a beat": _share(held_over_beat),
        "long notes on a beat": _share(place[steps >= 4] % 4 == 0),
        "place entropy": _entropy(np.bincount(place, minlength=STEPS)),
    }


def _pitches(pitch: Ints, steps: Ints, minor: bool) -> dict[str, float]:
    weight = np.bincount(pitch % 12, steps, minlength=12) / max(1, steps.sum())
    counted = np.bincount(pitch % 12, minlength=12)
    inside = scale_mask("minor" if minor else "major")[pitch % 12]
    return {
        "range": float(np.ptp(pitch)),
        "spread of pitch": float(pitch.std()),
        "mean pitch": float(pitch.mean()),
        "pitch classes": float((counted > 0).sum()),
        "different pitches": float(len(np.unique(pitch))),
        "pitch class entropy": _entropy(counted),
        "in the scale": _share(inside),
        "time on the tonic": float(weight[0]),
        "time on the fifth": float(weight[7]),
        "time on the third": float(weight[3 if minor else 4]),
    }


def _bars(start: Ints, steps: Ints, pitch: Ints) -> dict[str, float]:
    begun = np.zeros(TOTAL, np.bool_)
    begun[start] = True
    heard = np.full(TOTAL, -1, np.int64)
    for first, length, height in zip(start, steps, pitch, strict=True):
        heard[first : first + length] = height
    onset, sound = begun.reshape(BARS, STEPS), heard.reshape(BARS, STEPS)
    rhythms = [row.tobytes() for row in onset]
    whole = [a.tobytes() + b.tobytes() for a, b in zip(onset, sound, strict=True)]
    per_bar = onset.sum(1)
    figures = {
        "different bar rhythms": float(len(set(rhythms))),
        "different bars": float(len(set(whole))),
        "silent bars": float((sound < 0).all(1).sum()),
        "spread of notes a bar": float(per_bar.std()),
    }
    for back in (1, 2, 4):
        now, then = slice(back, None), slice(None, -back)
        figures[f"rhythm as {back} before"] = float(
            np.mean([a == b for a, b in zip(rhythms[now], rhythms[then], strict=True)])
        )
        figures[f"bar as {back} before"] = float(
            np.mean([a == b for a, b in zip(whole[now], whole[then], strict=True)])
        )
        both = (sound[now] >= 0) & (sound[then] >= 0)
        figures[f"pitch as {back} before"] = (
            float((sound[now] == sound[then])[both].mean()) if both.any() else 0.0
        )
        either = onset[now] | onset[then]
        figures[f"onsets as {back} before"] = float((onset[now] & onset[then]).sum() / max(1, either.sum()))
        figures[f"contour as {back} before"] = _contour(sound[now], sound[then])
    return figures


def _contour(now: Ints, then: Ints) -> float:
    """Mean over bars of the correlation of what sounds at the same steps."""
    found = []
    for a, b in zip(now, then, strict=True):
        both = (a >= 0) & (b >= 0)
        if both.sum() >= 4 and a[both].std() > 0 and b[both].std() > 0:
            found.append(float(np.corrcoef(a[both], b[both])[0, 1]))
    return float(np.mean(found)) if found else 0.0


def _repeated(items: list[tuple[int, ...]]) -> float:
    """Share of fragments that occurred before."""
    counted = Counter(items)
    return sum(count - 1 for count in counted.values()) / max(1, len(items))


def _fragments(start: Ints, pitch: Ints) -> dict[str, float]:
    leap, gap = np.diff(pitch).tolist(), np.minimum(np.diff(start), 33).tolist()
    figures = {}
    for size in (3, 4, 6):
        heights = [tuple(pitch[i : i + size].tolist()) for i in range(len(pitch) - size + 1)]
        figures[f"repeated runs of {size} pitches"] = _repeated(heights)
    for size in (2, 3, 5):
        intervals = [tuple(leap[i : i + size]) for i in range(len(leap) - size + 1)]
        rhythm = [tuple(gap[i : i + size]) for i in range(len(gap) - size + 1)]
        both = [a + b for a, b in zip(intervals, rhythm, strict=True)]
        figures[f"repeated runs of {size} intervals"] = _repeated(intervals)
        figures[f"repeated runs of {size} onset gaps"] = _repeated(rhythm)
        figures[f"repeated runs of {size}, both"] = _repeated(both)
    return figures


def _ends(start: Ints, steps: Ints, pitch: Ints) -> dict[str, float]:
    """Bars 2, 4, 6 and 8: how long the last note that starts in them is, and the rest after it."""
    figures = {}
    gap = np.diff(np.append(start, TOTAL))
    for bar in (2, 4, 6, 8):
        own = np.flatnonzero((start >= (bar - 1) * STEPS) & (start < bar * STEPS))
        figures[f"last note of bar {bar}"] = float(steps[own[-1]]) if len(own) else 0.0
        figures[f"breath after bar {bar}"] = float(gap[own[-1]] - steps[own[-1]]) if len(own) else 0.0
    figures["last note is the longest"] = float(steps[-1] >= steps.max())
    figures["ends on the tonic"] = float(pitch[-1] % 12 == 0)
    figures["ends on the tonic chord"] = float(pitch[-1] % 12 in (0, 3, 4, 7))
    figures["first onset"] = float(start[0])
    return figures
