"""The tempo of a recording, as a whole and over time, from how its onsets repeat.

librosa's tempo finds the beat to about one frame; its periods over many beats then tell it to well under a
percent. Half and double are a matter of taste: a listener's prior about 110 decides (van Noorden & Moelants
1999 put the preferred pulse near 120).
"""

from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt

from engine.hear.frames import FRAMES_S, HOP, librosa
from engine.hear.recording import RATE

LOW_BPM: Final = 40.0
HIGH_BPM: Final = 220.0
_PRIOR_BPM: Final = 110.0
_FINE: Final = 0.045
"""How far (relative) the tempo may be refined from librosa's: one frame of a quick beat."""
_PERIODS: Final = 16
_FAINT: Final = 0.5
"""Mean growth in dB over the mel bands below which nothing has begun; a struck note reaches 2 to 20."""
CLEAR: Final = 0.18
"""Least clarity at which a tempo is used: noise reaches .05 to .12, played music mostly .2 to .8."""

Floats = npt.NDArray[np.float64]
Rows = npt.NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Pulse:
    """Beats a minute, and how clear they are: 0 none … 1 a metronome."""

    bpm: float
    clarity: float


def pulse_of(onset: Rows) -> Pulse:
    """The tempo of an onset envelope [T] at `FRAMES_S` frames a second; clarity 0 where nothing repeats."""
    envelope = np.asarray(onset, np.float64) - float(np.mean(onset))
    if len(envelope) < 4 * FRAMES_S or float(np.max(onset)) < _FAINT:
        return Pulse(_PRIOR_BPM, 0.0)
    repeats = _autocorrelation(envelope)
    rough = float(
        librosa().feature.tempo(
            onset_envelope=np.asarray(onset), sr=RATE, hop_length=HOP, start_bpm=_PRIOR_BPM
        )[0]
    )
    bpm = _refined(repeats, max((rough / 2, rough, rough * 2), key=lambda one: _likelihood(repeats, one)))
    return Pulse(bpm, max(0.0, _height(repeats, bpm, 4)))


def pulse_over_time(
    onset: Rows, whole: Pulse, window_s: float = 12.0, hop_s: float = 4.0
) -> list[tuple[float, Pulse]]:
    """(middle in seconds, pulse) of windows: each near the tempo of the whole, so that none jumps to its
    double."""
    length, hop = round(window_s * FRAMES_S), round(hop_s * FRAMES_S)
    found = []
    for start in range(0, max(len(onset) - length, 0) + 1, hop):
        part = np.asarray(onset[start : start + length], np.float64)
        repeats = _autocorrelation(part - part.mean())
        around = np.exp(np.linspace(np.log(0.72), np.log(1.4), 60)) * whole.bpm
        rough = max(around, key=lambda bpm: _height(repeats, float(bpm), 4))
        bpm = _refined(repeats, float(rough))
        middle = (start + len(part) / 2) / FRAMES_S
        found.append((middle, Pulse(bpm, max(0.0, _height(repeats, bpm, 4)))))
    return found


def _autocorrelation(envelope: Floats) -> Floats:
    """Normalised so that lag 0 is 1 and longer lags are not smaller for having fewer frames."""
    size = 1 << (2 * len(envelope) - 1).bit_length()
    spectrum = np.fft.rfft(envelope, size)
    raw = np.fft.irfft(np.abs(spectrum) ** 2, size)[: len(envelope)]
    overlap = np.arange(len(envelope), 0, -1) / len(envelope)
    return np.asarray(raw / max(float(raw[0]), 1e-12) / np.maximum(overlap, 0.25))


def _height(repeats: Floats, bpm: float, periods: int) -> float:
    """Mean of the autocorrelation at the first multiples of a beat, read between the frames."""
    lags = np.arange(1, periods + 1) * 60.0 / bpm * FRAMES_S
    lags = lags[lags < 0.75 * len(repeats)]
    if not len(lags):
        return 0.0
    return float(np.interp(lags, np.arange(len(repeats)), repeats).mean())


def _likelihood(repeats: Floats, bpm: float) -> float:
    """How well a beat fits, weighed by how usual it is: a log-normal prior, an octave wide."""
    if not LOW_BPM <= bpm <= HIGH_BPM:
        return -1.0
    return _height(repeats, bpm, 4) * float(np.exp(-0.5 * np.log2(bpm / _PRIOR_BPM) ** 2))


def _refined(repeats: Floats, rough: float) -> float:
    """The tempo near `rough` whose multiples fit best: first by few periods, then by many."""
    bpm = rough
    for reach, periods in ((_FINE, 4), (_FINE / 4, _PERIODS)):
        near = bpm * np.linspace(1 - reach, 1 + reach, 91)
        heights = [_height(repeats, float(one), periods) for one in near]
        best = int(np.argmax(heights))
        bpm = float(near[best])
    return bpm
