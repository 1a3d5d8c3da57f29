"""Samples to audio files: WAV (16 or 24 bit), FLAC, Ogg Vorbis, at 44.1 or 48 kHz, through libsndfile."""

import io
from typing import Literal

import numpy as np
import numpy.typing as npt

AudioFormat = Literal["wav", "flac", "ogg"]
Samples = npt.NDArray[np.float32]

_SUBTYPES = {("wav", 16): "PCM_16", ("wav", 24): "PCM_24", ("flac", 16): "PCM_16", ("flac", 24): "PCM_24"}


def audio_bytes(samples: Samples, rate: int, kind: AudioFormat, bits: int = 16) -> bytes:
    """Encode float samples [n, channels] in −1…1. 16-bit output gets triangular dither from a fixed seed
    (same input, same bytes)."""
    import soundfile

    if bits == 16 and kind != "ogg":
        noise = np.random.default_rng(0).random((2, *samples.shape), dtype=np.float32)
        samples = samples + (noise[0] - noise[1]) / 32768.0
    samples = np.clip(samples, -1.0, 1.0)
    buffer = io.BytesIO()
    if kind == "ogg":
        # libsndfile overflows its stack when given minutes of Vorbis at once; blocks of a second are safe.
        with soundfile.SoundFile(
            buffer, "w", rate, samples.shape[1], format="OGG", subtype="VORBIS"
        ) as stream:
            for start in range(0, len(samples), rate):
                stream.write(samples[start : start + rate])
    else:
        soundfile.write(buffer, samples, rate, format=kind.upper(), subtype=_SUBTYPES[kind, bits])
    return buffer.getvalue()


def resample(samples: Samples, rate: int, target: int) -> Samples:
    """Change the sampling rate with a polyphase filter."""
    if rate == target:
        return samples
    from scipy.signal import resample_poly

    divisor = int(np.gcd(rate, target))
    return np.asarray(resample_poly(samples, target // divisor, rate // divisor, axis=0), np.float32)
