"""Reading a recording for analysis: mono, at one rate, at most so long.

What comes out is what everything in `engine.hear` listens to: without what is inaudible (a constant
offset), with what is audible (stereo whose channels cancel each other). Playing recordings is
`engine.playback.playable`'s business.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import numpy as np
import numpy.typing as npt

from dsl.limits import LONGEST_HEARD_S
from engine.errors import MediaError
from engine.media.sound_file import BLOCK, joined, mono_of, open_sound, scaled

RATE: Final = 22_050
"""Sample rate in Hz: what distinguishes emotions lies below 11 kHz, and half the samples take half the
time."""
SHORTEST_S: Final = 1.0
_FASTEST: Final = 192_000
"""Hz; of recordings with more samples a second, less time is heard."""
_OFFSET: Final = 5e-4
"""A mean from here on (−66 dB: less is silence to all that hears) is no sound but an offset …"""
_OFFSET_SHARE: Final = 0.05
"""… where it is more than this share of what moves: the deepest tones have no even number of waves in a
window."""
_OFFSET_S: Final = 2.0
_LOWEST_HZ: Final = 20.0

Samples = npt.NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Recording:
    """`samples` float32 [n] in −1…1 at `RATE`, mono. `length_s` is that of the whole file, `remarks` what was
    odd in it."""

    samples: Samples
    length_s: float
    remarks: tuple[str, ...] = ()

    @property
    def heard_s(self) -> float:
        """Seconds of the recording that were read; long ones are read in part."""
        return len(self.samples) / RATE


def read_recording(path: Path) -> Recording:
    """The first `LONGEST_HEARD_S` of whatever libsndfile reads (WAV, FLAC, Ogg, MP3, AIFF …) in mono.

    Raises MediaError where it cannot be read, or is too short to say anything.
    """
    with open_sound(path) as sound:
        most = int(LONGEST_HEARD_S * min(sound.rate, _FASTEST))
        heard = _heard(sound.blocks(most), sound.rate)
        if heard.heard_s < SHORTEST_S:
            odd = "".join(f" ({remark})" for remark in sound.remarks)
            raise MediaError(f"{path} is shorter than {SHORTEST_S:g} s; nothing can be heard in it{odd}")
        return Recording(heard.samples, sound.length_s, tuple(sound.remarks))


def from_samples(samples: Samples, rate: int) -> Recording:
    """Samples [n, channels] at `rate` Hz as a recording; what is not a number is silence."""
    finite = np.nan_to_num(samples, posinf=0.0, neginf=0.0)
    return _heard((finite[at : at + BLOCK] for at in range(0, len(finite), BLOCK)), rate)


def _heard(blocks: Iterable[Samples], rate: int) -> Recording:
    from engine.render.audio import resample

    parts = [mono_of(block) for block in blocks]
    if not parts:
        return Recording(np.zeros(0, np.float32), 0.0)
    mono = scaled(joined(parts))
    if _has_offset(mono, rate):
        mono = _without_offset(mono, rate)
    return Recording(resample(mono, rate, RATE), len(mono) / rate)


def _has_offset(mono: Samples, rate: int) -> bool:
    size = min(len(mono), round(_OFFSET_S * rate))
    windows = mono[: len(mono) // size * size].reshape(-1, size)
    # Window by window: a spread takes twice the memory of what it is of.
    return any(
        abs(window.mean(dtype=np.float64)) > max(_OFFSET, _OFFSET_SHARE * window.std(dtype=np.float64))
        for window in windows
    )


def _without_offset(mono: Samples, rate: int) -> Samples:
    """What lies over `_LOWEST_HZ`, in place: a constant, or what creeps, is not heard."""
    from scipy.signal import butter, sosfilt, sosfilt_zi

    high = butter(2, _LOWEST_HZ, "highpass", fs=rate, output="sos")
    state = sosfilt_zi(high) * float(mono[0])
    for at in range(0, len(mono), BLOCK):
        mono[at : at + BLOCK], state = sosfilt(high, mono[at : at + BLOCK].astype(np.float64), zi=state)
    return mono
