"""Reading a recording for analysis: mono, at one rate, at most so long.

What comes out is what everything in `engine.hear` listens to. Playing recordings is `engine.programme`'s
business.
"""

from dataclasses import dataclass
from pathlib import Path
from typing import Final

import numpy as np
import numpy.typing as npt

from engine.errors import MediaError

RATE: Final = 22_050
"""Hz: what tells feelings apart lies below 11 kHz, and half the samples take half the time."""
LONGEST_S: Final = 600.0
"""What is heard of a recording at most, from its start."""
SHORTEST_S: Final = 1.0

Samples = npt.NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Recording:
    """`samples` float32 [n] in −1…1 at `RATE`, mono. `length_s` is that of the whole file."""

    samples: Samples
    length_s: float

    @property
    def heard_s(self) -> float:
        return len(self.samples) / RATE


def read_recording(path: Path) -> Recording:
    """The first `LONGEST_S` of whatever libsndfile reads (WAV, FLAC, Ogg, MP3, AIFF …), channels averaged.

    Raises MediaError where it cannot be read, or is too short to say anything.
    """
    import soundfile

    try:
        with soundfile.SoundFile(str(path)) as stream:
            rate = int(stream.samplerate)
            length_s = stream.frames / rate
            samples = stream.read(int(LONGEST_S * rate), dtype="float32", always_2d=True)
    except (OSError, RuntimeError, ValueError) as error:  # libsndfile's own errors are RuntimeErrors
        reason = str(error).split(": ", 1)[-1] or type(error).__name__
        raise MediaError(f"{path} cannot be read as sound: {reason}") from error
    heard = from_samples(samples, rate)
    if heard.heard_s < SHORTEST_S:
        raise MediaError(f"{path} is shorter than {SHORTEST_S:g} s; nothing can be heard in it")
    return Recording(heard.samples, length_s)


def from_samples(samples: Samples, rate: int) -> Recording:
    """Samples [n, channels] at `rate` Hz as a recording; what is not a number is silence."""
    from engine.render.audio import resample

    mono = np.nan_to_num(samples.mean(axis=1, dtype=np.float32), posinf=0.0, neginf=0.0)
    return Recording(resample(mono, rate, RATE), len(samples) / rate)
