"""What notes tell in pitch: tonality, harmony, line and register of one clip, in semitones. See
`engine.match.features`."""

from typing import Final

import numpy as np
import numpy.typing as npt

from engine.match.features_in_time import Floats, quantiles, share
from engine.music.key_profiles import KRUMHANSL_KESSLER, TEMPERLEY, KeyProfiles
from engine.music.theory import SCALES

SLICE_S: Final = 0.125
"""Length of the slices in which simultaneous notes are looked at."""

CHORD_SLICES: Final = 8
"""Slices that are heard together as a harmony: a broken chord sounds as one for about a second."""

CHORDS: Final = {
    "major": (0, 4, 7),
    "minor": (0, 3, 7),
    "diminished": (0, 3, 6),
    "augmented": (0, 4, 8),
    "suspended": (0, 5, 7),
    "dominant": (0, 4, 7, 10),
    "major seventh": (0, 4, 7, 11),
    "minor seventh": (0, 3, 7, 10),
}
"""Tones of each chord quality that is looked for, in semitones above the root."""


class Slices:
    """What sounds in each eighth of a second: `chroma` float [T, 12] counts, lowest and highest pitch [T]
    (NaN in silence), `count` [T] notes, and `harmony` [T, 12]: the chroma of about a second around."""

    __slots__ = ("chroma", "count", "harmony", "high", "low")

    def __init__(self, start: Floats, end: Floats, pitch: npt.NDArray[np.int64], duration_s: float) -> None:
        steps = max(int(duration_s / SLICE_S), 1)
        first = np.clip((start / SLICE_S).astype(np.int64), 0, steps - 1)
        last = np.clip(np.ceil(end / SLICE_S).astype(np.int64), first + 1, steps)
        held = last - first
        cell = np.repeat(first, held) + np.arange(held.sum()) - np.repeat(np.cumsum(held) - held, held)
        which = np.repeat(pitch, held)
        self.chroma = (
            np.bincount(cell * 12 + which % 12, minlength=steps * 12).reshape(steps, 12).astype(float)
        )
        self.count = self.chroma.sum(axis=1)
        low = np.full(steps, 999)
        high = np.full(steps, -1)
        np.minimum.at(low, cell, which)
        np.maximum.at(high, cell, which)
        silent = high < 0
        self.low = np.where(silent, np.nan, low)
        self.high = np.where(silent, np.nan, high)
        total = np.vstack([np.zeros(12), np.cumsum(np.minimum(self.chroma, 2), axis=0)])
        left = np.clip(np.arange(steps) - CHORD_SLICES // 2, 0, None)
        right = np.clip(np.arange(steps) + CHORD_SLICES // 2, None, steps)
        self.harmony = total[right] - total[left]


def _turned(profiles: KeyProfiles) -> Floats:
    """Every rotation of both profiles, centred and scaled to unit length: [24, 12], major tonics first."""
    rows = np.array([np.roll(profile, k) for profile in profiles for k in range(12)])
    rows = rows - rows.mean(axis=1, keepdims=True)
    return np.asarray(rows / np.linalg.norm(rows, axis=1, keepdims=True))


_KRUMHANSL_KEYS: Final = _turned(KRUMHANSL_KESSLER)
_TEMPERLEY_KEYS: Final = _turned(TEMPERLEY)
_COLLECTIONS: Final = np.array(
    [np.isin((np.arange(12) - k) % 12, SCALES["major"]).astype(float) for k in range(12)]
)
_TURNS: Final = (np.arange(12)[None, :] + np.arange(12)[:, None]) % 12
"""Row k: the pitch classes from k upwards."""


def _correlate(keys: Floats, histogram: Floats) -> Floats:
    centred = histogram - histogram.mean()
    return np.asarray(keys @ centred / max(float(np.linalg.norm(centred)), 1e-9))


def _classes(pitch: Floats) -> Floats:
    """Share of each pitch class in a line with gaps (NaN): [12]."""
    known = pitch[~np.isnan(pitch)].astype(np.int64)
    return np.bincount(known % 12, minlength=12) / max(len(known), 1)


def tonality(pitch: npt.NDArray[np.int64], weight: Floats, slices: Slices) -> Floats:
    """Keys and modes by two profiles, what leans to major or minor, and the shares of pitch classes from the
    tonic, from the collection's first degree, and of the bass: [49]. `pitch` [N] MIDI, `weight` [N] seconds.
    """
    classes = np.bincount(pitch % 12, weights=weight, minlength=12)
    classes = classes / classes.sum()
    bass, top = _classes(slices.low), _classes(slices.high)
    krumhansl = _correlate(_KRUMHANSL_KEYS, classes)
    temperley = _correlate(_TEMPERLEY_KEYS, classes)
    outer = _correlate(_TEMPERLEY_KEYS, 0.5 * classes + 0.3 * bass + 0.2 * top)
    # The key by the outer voices is steadier: the bass tells a major key from its relative minor.
    tonic = int(np.argmax(outer)) % 12
    degrees = classes[_TURNS[tonic]]
    fits = _COLLECTIONS @ classes + 0.1 * _COLLECTIONS @ bass
    collection = int(np.argmax(fits))
    entropy = -float((classes * np.log2(np.maximum(classes, 1e-9))).sum())

    def lean(raised: int, lowered: int) -> float:
        both = degrees[raised] + degrees[lowered]
        return float((degrees[raised] - degrees[lowered]) / (both + 0.02))

    return np.concatenate(
        [
            [
                krumhansl[:12].max(),
                krumhansl[12:].max(),
                krumhansl[:12].max() - krumhansl[12:].max(),
                temperley[:12].max() - temperley[12:].max(),
                outer[:12].max() - outer[12:].max(),
                lean(4, 3),
                lean(9, 8),
                lean(11, 10),
                lean(2, 1),
                degrees[11],
                float((_COLLECTIONS @ classes).max()),
                entropy,
                float((classes > 0.03).sum()),
            ],
            degrees,
            classes[_TURNS[collection]],
            bass[_TURNS[collection]],
        ]
    )


def _chord_templates() -> Floats:
    """Every chord quality on every root, scaled so that a full triad and a full seventh score alike:
    [qualities * 12, 12]."""
    rows = []
    for tones in CHORDS.values():
        for root in range(12):
            row = np.full(12, -0.35)
            row[[(root + tone) % 12 for tone in tones]] = 1.0 / np.sqrt(len(tones) / 3)
            rows.append(row)
    return np.array(rows)


_TEMPLATES: Final = _chord_templates()


def harmony(slices: Slices) -> Floats:
    """Shares of chord qualities, clarity and changes of chords, intervals that sound together, roughness,
    polyphony, silence and spread: [22]."""
    sounding = slices.count > 0
    steps = max(int(sounding.sum()), 1)
    harmony = slices.harmony[sounding]
    harmony = harmony / np.maximum(np.linalg.norm(harmony, axis=1, keepdims=True), 1e-9)
    fit = harmony @ _TEMPLATES.T
    best = fit.argmax(axis=1) if len(fit) else np.zeros(0, dtype=np.int64)
    tones = np.bincount(best // 12, minlength=len(CHORDS)) / steps
    bright = tones[0] + tones[5] * 0.5 + tones[6] - tones[1] - tones[7]
    clarity = float(fit.max(axis=1).mean()) if len(fit) else 0.0
    changes = float((np.diff(best) != 0).sum()) / (steps * SLICE_S) if len(best) > 1 else 0.0
    present = (slices.chroma > 0).astype(float)
    pairs = np.array([(present * present[:, _TURNS[k]]).sum() / (2 if k == 6 else 1) for k in range(1, 7)])
    classes = pairs / max(float(pairs.sum()), 1.0)
    spread = slices.high - slices.low
    low = slices.low[sounding]
    polyphony = slices.count[sounding].mean() if sounding.any() else 0.0
    rough = pairs @ np.array([1.0, 0.6, 0.1, 0.05, 0.0, 0.6]) / steps
    return np.concatenate(
        [
            tones,
            [bright, clarity, changes],
            classes,
            [
                rough,
                rough * share(low < 48),
                float(polyphony),
                1.0 - share(sounding),
                float(spread[sounding].mean()) if sounding.any() else 0.0,
            ],
        ]
    )


def line(top: npt.NDArray[np.int64], pitch: npt.NDArray[np.int64], slices: Slices) -> Floats:
    """How the tune moves, its range, and how alike the harmony is 2, 4 and 8 seconds on: [14]. `top` is the
    highest pitch of each onset, `pitch` that of every note, MIDI."""
    # An onset whose highest note lies below the middle of all notes is accompaniment, not tune.
    tune = top[top >= quantiles(pitch, (0.5,))[0]]
    steps = np.diff(tune) if len(tune) > 2 else np.zeros(1, dtype=np.int64)
    size = np.abs(steps)
    moving = steps[steps != 0]
    turns = share((moving[1:] > 0) != (moving[:-1] > 0)) if len(moving) > 1 else 0.5
    drift = _slope(tune) if len(tune) > 3 else 0.0
    harmony = slices.harmony / np.maximum(np.linalg.norm(slices.harmony, axis=1, keepdims=True), 1e-9)
    alike = [
        float((harmony[lag:] * harmony[:-lag]).sum(axis=1).mean()) if lag < len(harmony) else 0.0
        for lag in (16, 32, 64)
    ]
    return np.array(
        [
            size.mean(),
            share(size == 0),
            share((size == 1) | (size == 2)),
            share(size == 1),
            share((size == 3) | (size == 4)),
            share((size >= 5) & (size <= 7)),
            share(size > 7),
            share(moving > 0) if len(moving) else 0.5,
            drift,
            turns,
            float(tune.max() - tune.min()) if len(tune) else 0.0,
            *alike,
        ]
    )


def _slope(line: npt.NDArray[np.int64]) -> float:
    """Least-squares rise of a line over half its length."""
    at = np.linspace(-1.0, 1.0, len(line))
    return float(at @ line / (at @ at))


def register(pitch: npt.NDArray[np.int64], weight: Floats, slices: Slices) -> Floats:
    """Heights of all notes and of the outer voices: [10]. `pitch` [N] MIDI, `weight` [N] seconds."""
    low, middle, high = quantiles(pitch, (0.1, 0.5, 0.9))
    known = slices.count > 0
    mean = float(pitch.mean())
    return np.array(
        [
            mean,
            float(pitch @ weight / weight.sum()),
            pitch.std(),
            low,
            middle,
            high,
            float(slices.high[known].mean()) if known.any() else mean,
            float(slices.low[known].mean()) if known.any() else mean,
            share(pitch < 48),
            share(pitch > 72),
        ]
    )
