"""What librosa measures of a recording, frame by frame: spectrum, energy, zero crossings, timbre, pitches.

Everything later (tempo, key, loudness, feeling) is worked out from these rows. Work goes through the
recording in blocks of about a minute, so that memory does not grow with its length.
"""

from dataclasses import dataclass, fields
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from engine.hear.recording import RATE, Samples

HOP: Final = 512
FRAMES_S: Final = RATE / HOP
"""Frames a second, 43.07."""
_WINDOW: Final = 2048
_SHORTEST: Final = 3 * RATE
"""Shorter recordings are padded with silence."""
_BLOCK: Final = 2752 * HOP
"""Samples of a block, 64 s; a multiple of `HOP`, so that frames of blocks join without a gap."""
_LEAST: Final = 16 * RATE
"""A rest shorter than this is measured with the block before it: the lowest notes need long windows."""
_MFCC: Final = 13
LOWEST_NOTE: Final = 24
"""MIDI number of the lowest row of `notes`, C1."""
NOTES: Final = 84

Floats = npt.NDArray[np.float64]
Rows = npt.NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Frames:
    """T frames at `FRAMES_S` a second.

    energy: [T] root mean square · centroid, bandwidth, rolloff: [T] Hz · flatness, crossings: [T] 0…1 ·
    contrast: [7, T] dB · mfcc: [13, T] · onset: [T] ≥ 0, how much louder the mel bands grew · notes: [84, T]
    magnitudes of the semitones from C1 (constant-Q).
    """

    energy: Rows
    centroid: Rows
    bandwidth: Rows
    rolloff: Rows
    flatness: Rows
    crossings: Rows
    contrast: Rows
    mfcc: Rows
    onset: Rows
    notes: Rows

    def __len__(self) -> int:
        return int(self.energy.shape[-1])

    def part(self, start_s: float, stop_s: float) -> "Frames":
        """The frames between two times, at least one."""
        first = min(max(round(start_s * FRAMES_S), 0), len(self) - 1)
        last = min(max(round(stop_s * FRAMES_S), first + 1), len(self))
        return Frames(*(getattr(self, field.name)[..., first:last] for field in fields(self)))


def librosa() -> Any:
    """librosa, imported when a recording is first looked at.

    The first time on a machine numba compiles what librosa needs, which takes some twenty seconds, and
    keeps it. (Its compiler cannot be left out: librosa's universal functions are compiled even where
    NUMBA_DISABLE_JIT says not to, and one of them then fails.)
    """
    import librosa as library

    return library


def frames_of(samples: Samples) -> Frames:
    """All rows of a mono recording at `RATE` (float32 [n], n > 0)."""
    blocks, start = [], 0
    while len(samples) - start > _BLOCK + _LEAST:
        blocks.append(_measured(samples[start : start + _BLOCK], _BLOCK // HOP))
        start += _BLOCK
    blocks.append(_measured(samples[start:], None))
    return Frames(
        *(np.concatenate([getattr(b, field.name) for b in blocks], axis=-1) for field in fields(Frames))
    )


def _measured(block: Samples, count: int | None) -> Frames:
    """The rows of one block, cut to `count` frames (None: all)."""
    library = librosa()
    if len(block) < _SHORTEST:
        block = np.pad(block, (0, _SHORTEST - len(block)))
    spectrum = np.abs(library.stft(block, n_fft=_WINDOW, hop_length=HOP))
    power = spectrum**2
    mel = library.power_to_db(library.feature.melspectrogram(S=power, sr=RATE), top_db=None, amin=1e-8)
    feature = library.feature
    notes = np.abs(
        library.cqt(
            block, sr=RATE, hop_length=HOP, fmin=library.midi_to_hz(LOWEST_NOTE), n_bins=NOTES, tuning=0.0
        )
    )
    rows = (
        feature.rms(S=spectrum, frame_length=_WINDOW)[0],
        feature.spectral_centroid(S=spectrum, sr=RATE)[0],
        feature.spectral_bandwidth(S=spectrum, sr=RATE)[0],
        feature.spectral_rolloff(S=spectrum, sr=RATE)[0],
        feature.spectral_flatness(S=spectrum)[0],
        feature.zero_crossing_rate(block, frame_length=_WINDOW, hop_length=HOP)[0],
        feature.spectral_contrast(S=spectrum, sr=RATE),
        feature.mfcc(S=mel, n_mfcc=_MFCC),
        library.onset.onset_strength(S=np.maximum(mel, mel.max() - 80.0), sr=RATE, hop_length=HOP),
        notes,
    )
    least = min(row.shape[-1] for row in rows)
    length = least if count is None else min(count, least)
    return Frames(*(np.asarray(row[..., :length], np.float32) for row in rows))
