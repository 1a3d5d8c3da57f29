"""Samples to audio files: WAV (16 or 24 bit), FLAC, Ogg Vorbis, MP3, at 44.1 or 48 kHz, through libsndfile.

The same samples give the same bytes. All formats keep the length to the sample; MP3 does by the encoder's
delay and padding, written into its first frame; players that ignore it add a few hundredths of silence.
"""

import io
import zlib
from fractions import Fraction
from typing import Literal

import numpy as np
import numpy.typing as npt

from engine.render.ogg import with_serial_number

AudioFormat = Literal["wav", "flac", "ogg", "mp3"]
Samples = npt.NDArray[np.float32]
_LARGEST_RATIO = 6_000

_SUBTYPES = {("wav", 16): "PCM_16", ("wav", 24): "PCM_24", ("flac", 16): "PCM_16", ("flac", 24): "PCM_24"}
_LOSSY = {"ogg": "VORBIS", "mp3": "MPEG_LAYER_III"}
_MP3_QUALITY = {"bitrate_mode": "VARIABLE", "compression_level": 0.0}
"""LAME's best variable bit rate (V0), about 245 kbit/s."""


def audio_bytes(samples: Samples, rate: int, kind: AudioFormat, bits: int = 16) -> bytes:
    """Encode float samples [n, channels] in −1…1. 16-bit output gets triangular dither from a fixed seed
    (same input, same bytes)."""
    import soundfile

    if bits == 16 and kind not in _LOSSY:
        noise = np.random.default_rng(0).random((2, *samples.shape), dtype=np.float32)
        samples = samples + (noise[0] - noise[1]) / 32768.0
    samples = np.clip(samples, -1.0, 1.0)
    buffer = io.BytesIO()
    if kind not in _LOSSY:
        soundfile.write(buffer, samples, rate, format=kind.upper(), subtype=_SUBTYPES[kind, bits])
        return buffer.getvalue()
    quality = _MP3_QUALITY if kind == "mp3" else {}
    # libsndfile overflows its stack when given minutes of Vorbis at once; blocks of a second are safe.
    with soundfile.SoundFile(
        buffer, "w", rate, samples.shape[1], format=kind.upper(), subtype=_LOSSY[kind], **quality
    ) as stream:
        for start in range(0, len(samples), rate):
            stream.write(samples[start : start + rate])
    if kind == "ogg":
        # From the samples, as files chained one after the other must differ in it (RFC 3533, section 4).
        return with_serial_number(buffer.getvalue(), zlib.crc32(np.ascontiguousarray(samples).data))
    return buffer.getvalue()


def resample(samples: Samples, rate: int, target: int) -> Samples:
    """Change the sampling rate with a polyphase filter. Rates with little in common are met within some parts
    in a million: the filter grows with the larger number of their ratio."""
    if rate == target:
        return samples
    from scipy.signal import resample_poly

    ratio = Fraction(target, rate)
    if max(ratio.numerator, ratio.denominator) > _LARGEST_RATIO:
        ratio = ratio.limit_denominator(_LARGEST_RATIO // max(1, -(-target // rate)))
    return np.asarray(resample_poly(samples, ratio.numerator, ratio.denominator, axis=0), np.float32)
