"""What speech sounds like, frame by frame of 20 ms: energies in mel bands, and from them the cepstrum's way
over 180 ms, of which level, line and loudspeaker are taken out by mean and deviation.

The frames in which nobody speaks are left out: pauses say nothing of the words. (Davis & Mermelstein 1980;
temporal trajectories as in Hermansky & Sharma 1999.)
"""

from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt

from engine.speech.activity import FRAME_S, RATE, Activity

STEP_S: Final = 0.02
_ACTIVITY_FRAMES: Final = round(STEP_S / FRAME_S)
_HOP: Final = round(STEP_S * RATE)
_SIZE: Final = 512
_BANDS: Final = 26
_LOWEST_HZ, _HIGHEST_HZ = 120.0, 7000.0
_PRE_EMPHASIS: Final = 0.97
_CEPSTRUM: Final = 13
_AROUND: Final = 4
"""Frames on either side that a trajectory covers."""
_TRAJECTORY: Final = 4
_FLOOR: Final = 1e-5
"""Energies under the loud ones that count as nothing: −50 dB."""

Floats = npt.NDArray[np.float64]
Bools = npt.NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Timbre:
    """Mel energies [frames, 26] in steps of 20 ms, 1 being the loud frames' mean; which `speaking`; and the
    `noise` [26] that lies under the voice."""

    energies: Floats
    speaking: Bools
    noise: Floats

    def features(self, noise: Floats) -> Floats:
        """[speaking frames, 52]: trajectories of the cepstrum under additional noise [26]."""
        return _trajectories(np.log(self.energies + noise + _FLOOR))[self.speaking]


def timbre_of(samples: npt.NDArray[np.float32], heard: Activity) -> Timbre:
    """What float32 samples [n] at the aligner's rate sound like."""
    energies = _mel_energies(samples)
    speaking = _in_steps(heard.speaking, len(energies))
    loud = energies[speaking].mean(axis=1) if speaking.any() else np.ones(1)
    energies = energies / max(float(np.quantile(loud, 0.8)), 1e-12)
    near = np.convolve(speaking, np.ones(7), "same") > 0
    quiet = energies[~near]
    noise = np.minimum(quiet.mean(axis=0), 1.0) if len(quiet) > 10 else np.zeros(_BANDS)
    return Timbre(energies, speaking, noise)


def normalised(features: Floats) -> Floats:
    """Features with mean 0 and deviation 1: line and loudspeaker, and much of the voice, are gone."""
    return np.asarray((features - features.mean(axis=0)) / np.maximum(features.std(axis=0), 1e-6))


def _in_steps(speaking: Bools, count: int) -> Bools:
    padded = np.zeros(count * _ACTIVITY_FRAMES, np.bool_)
    size = min(len(padded), len(speaking))
    padded[:size] = speaking[:size]
    return np.asarray(padded.reshape(count, _ACTIVITY_FRAMES).any(axis=1))


def _mel_energies(samples: npt.NDArray[np.float32]) -> Floats:
    if not len(samples):
        return np.zeros((0, _BANDS))
    sharp = np.append(samples[:1], samples[1:] - _PRE_EMPHASIS * samples[:-1])
    padded = np.pad(sharp, (_SIZE // 2, _SIZE))
    count = len(samples) // _HOP
    views = np.lib.stride_tricks.sliding_window_view(padded, _SIZE)[::_HOP][:count]
    window, bank = np.hamming(_SIZE).astype(np.float32), _mel_bank()
    parts = [
        np.abs(np.fft.rfft(views[at : at + 4096] * window, _SIZE)) ** 2 @ bank.T
        for at in range(0, count, 4096)
    ]
    return np.concatenate(parts) if parts else np.zeros((0, _BANDS))


def _mel_bank() -> Floats:
    """[bands, bins]: triangles evenly spaced in mel."""
    low, high = (1127.0 * np.log1p(f / 700.0) for f in (_LOWEST_HZ, _HIGHEST_HZ))
    corners = 700.0 * np.expm1(np.linspace(low, high, _BANDS + 2) / 1127.0)[:, None]
    hertz = np.fft.rfftfreq(_SIZE, 1 / RATE)[None, :]
    rising = (hertz - corners[:-2]) / (corners[1:-1] - corners[:-2])
    falling = (corners[2:] - hertz) / (corners[2:] - corners[1:-1])
    return np.asarray(np.maximum(0.0, np.minimum(rising, falling)))


def _trajectories(logarithms: Floats) -> Floats:
    """[frames, 13 × 4]: each cepstral coefficient's way over nine frames, by its first four cosines."""
    from scipy.fft import dct

    cepstrum = dct(logarithms, axis=1, norm="ortho")[:, :_CEPSTRUM]
    padded = np.pad(cepstrum, ((_AROUND, _AROUND), (0, 0)), mode="edge")
    views = np.lib.stride_tricks.sliding_window_view(padded, 2 * _AROUND + 1, axis=0)
    window = np.hanning(2 * _AROUND + 3)[1:-1]
    return np.asarray(
        dct(views * window, axis=2, norm="ortho")[:, :, :_TRAJECTORY].reshape(len(cepstrum), -1)
    )
