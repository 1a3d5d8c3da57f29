"""Where somebody speaks in a recording, where pauses lie, where syllables peak and what hisses: all that the
aligner hears of a voice.

Energies in four bands every 10 ms, against the recording's own noise; no model, numpy and scipy alone.
"""

from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt

RATE: Final = 16_000
"""Hz at which voices are heard."""
HOP: Final = 160
FRAME_S: Final = HOP / RATE
_WINDOW: Final = 400
_SIZE: Final = 512
_BANDS_HZ: Final = ((120.0, 900.0), (900.0, 3000.0), (3000.0, 7600.0), (250.0, 2500.0))
"""Voice, its vowels' upper formants, what hisses; and the sonority whose peaks are syllables (Mermelstein
1975)."""
_DEEPEST_DB: Final = 48.0
"""Speech is not looked for this far under the loudest."""
_OVER_NOISE_DB: Final = 7.0
_WEAK_RUN_DB: Final = 17.0
"""A run that never comes this near to the usual loudness of the voice is a breath, a page, a chair."""
_SHORTEST_RUN: Final = 4
SHORTEST_PAUSE_S: Final = 0.06
_PEAK_DB: Final = 2.0

Floats = npt.NDArray[np.float64]
Bools = npt.NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Activity:
    """Per frame of 10 ms: whether somebody speaks, how loud the sonorous band is (dB), whether it hisses.
    `peaks` are frames of syllables, `pauses` [n, 2] frames from and to, none at the very beginning or end.
    `noise_db` is how far the loud voice lies over the noise."""

    speaking: Bools
    sonority: Floats
    hissing: Bools
    peaks: npt.NDArray[np.int64]
    pauses: npt.NDArray[np.int64]
    noise_db: float

    @property
    def speech(self) -> tuple[int, int]:
        """The first frame of speech, and the first after the last; (0, 0) where nobody speaks."""
        heard = np.flatnonzero(self.speaking)
        return (int(heard[0]), int(heard[-1]) + 1) if len(heard) else (0, 0)

    def between(self, begin: int, end: int) -> "Activity":
        """What is heard from a frame to another."""
        peaks = self.peaks[(self.peaks >= begin) & (self.peaks < end)] - begin
        pauses = self.pauses[(self.pauses[:, 0] > begin) & (self.pauses[:, 1] < end)] - begin
        part = slice(begin, end)
        return Activity(
            self.speaking[part], self.sonority[part], self.hissing[part], peaks, pauses, self.noise_db
        )


def activity_of(samples: npt.NDArray[np.float32]) -> Activity:
    """What is heard in float32 samples [n] at `RATE`."""
    bands = _levels(samples)
    voice = np.maximum(bands[:, 0], bands[:, 1])
    top = float(np.quantile(voice, 0.95)) if len(voice) else -200.0
    if len(bands) < 10 or top < -75.0:
        return _silence(len(bands))
    floors = np.maximum(np.quantile(bands[:, :3], 0.06, axis=0), top - _DEEPEST_DB - _OVER_NOISE_DB)
    # What hisses is softer than vowels, and is heard deeper down.
    over = (bands[:, :3] - floors).max(axis=1)
    noise_db = top - float(floors[:2].max())
    if noise_db < 6.0:
        return _silence(len(bands))
    speaking = _runs_of_voice(over > _OVER_NOISE_DB, voice, top)
    sonority = _smooth(bands[:, 3], 5)
    hissing = speaking & (bands[:, 2] > bands[:, 3])
    return Activity(speaking, sonority, hissing, _peaks(sonority, speaking, top), _pauses(speaking), noise_db)


def _silence(count: int) -> Activity:
    none = np.zeros(count, np.bool_)
    return Activity(
        none, np.full(count, -200.0), none, np.zeros(0, np.int64), np.zeros((0, 2), np.int64), 0.0
    )


def _levels(samples: npt.NDArray[np.float32]) -> Floats:
    """dB [frames, bands]. Frames are centred on their 10 ms; a long recording is taken in parts."""
    padded = np.pad(samples, (_WINDOW // 2, _WINDOW))
    count = len(samples) // HOP
    window = np.hanning(_WINDOW).astype(np.float32)
    hertz = np.fft.rfftfreq(_SIZE, 1 / RATE)
    masks = np.stack([(hertz >= low) & (hertz < high) for low, high in _BANDS_HZ], axis=1).astype(np.float32)
    views = np.lib.stride_tricks.sliding_window_view(padded, _WINDOW)[::HOP][:count]
    parts = []
    for at in range(0, count, 4096):
        spectrum = np.fft.rfft(views[at : at + 4096] * window, _SIZE).astype(np.complex64)
        parts.append((spectrum.real**2 + spectrum.imag**2) @ masks)
    energy = np.concatenate(parts) if parts else np.zeros((0, len(_BANDS_HZ)), np.float32)
    return np.asarray(10.0 * np.log10(np.maximum(energy / _WINDOW, 1e-12)), np.float64)


def _runs_of_voice(active: Bools, voice: Floats, top: float) -> Bools:
    """Runs of activity without clicks and breaths, the shortest gaps closed."""
    from scipy.ndimage import binary_closing

    closed = np.asarray(binary_closing(np.pad(active, 3), np.ones(3)), np.bool_)[3:-3]
    found = np.zeros(len(active), np.bool_)
    for begin, end in _runs(closed):
        if end - begin >= _SHORTEST_RUN and float(voice[begin:end].max()) > top - _WEAK_RUN_DB:
            found[begin:end] = True
    return _with_weak_edges(found, closed)


def _with_weak_edges(found: Bools, closed: Bools) -> Bools:
    """A soft run right before or after a voiced one is its consonant, not a breath."""
    runs = _runs(closed)
    for number, (begin, end) in enumerate(runs):
        if found[begin] or end - begin > 20:
            continue
        after = runs[number + 1] if number + 1 < len(runs) else None
        before = runs[number - 1] if number else None
        near_after = after is not None and found[after[0]] and after[0] - end <= 8
        near_before = before is not None and found[before[0]] and begin - before[1] <= 8
        if near_after or near_before:
            found[begin:end] = True
    return found


def _runs(active: Bools) -> list[tuple[int, int]]:
    edges = np.flatnonzero(np.diff(np.r_[False, active, False].astype(np.int8)))
    return [(int(a), int(b)) for a, b in zip(edges[::2], edges[1::2], strict=True)]


def _pauses(speaking: Bools) -> npt.NDArray[np.int64]:
    runs = np.array(_runs(speaking), np.int64).reshape(-1, 2)
    gaps = np.stack([runs[:-1, 1], runs[1:, 0]], axis=1) if len(runs) > 1 else np.zeros((0, 2), np.int64)
    return np.asarray(gaps[(gaps[:, 1] - gaps[:, 0]) * FRAME_S >= SHORTEST_PAUSE_S])


def _peaks(sonority: Floats, speaking: Bools, top: float) -> npt.NDArray[np.int64]:
    from scipy.signal import find_peaks

    level = np.maximum(sonority, top - 30.0)
    peaks, _ = find_peaks(level, prominence=_PEAK_DB, distance=6)
    return np.asarray(peaks[speaking[peaks]], np.int64)


def _smooth(values: Floats, width: int) -> Floats:
    window = np.hanning(width + 2)[1:-1]
    return np.asarray(np.convolve(np.pad(values, width // 2, mode="edge"), window / window.sum(), "valid"))
