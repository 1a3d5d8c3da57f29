"""Samples to audio files: WAV (16 or 24 bit), FLAC, Ogg Vorbis, MP3, at 44.1 or 48 kHz, through libsndfile.

The same samples give the same bytes. All formats keep the length to the sample; MP3 does by the encoder's
delay and padding, written into its first frame; players that ignore it add a few hundredths of silence.
"""

import io
import zlib
from collections.abc import Callable
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

    buffer = io.BytesIO()
    subtype = _LOSSY[kind] if kind in _LOSSY else _SUBTYPES[kind, bits]
    quality = _MP3_QUALITY if kind == "mp3" else {}
    noise = _dither(samples) if bits == 16 and kind not in _LOSSY else None
    checksum = 0
    # A second at a time: noise and copies of minutes of music would be several times the music, and
    # libsndfile overflows its stack when given minutes of Vorbis at once.
    with soundfile.SoundFile(
        buffer, "w", rate, samples.shape[1], format=kind.upper(), subtype=subtype, **quality
    ) as stream:
        for start in range(0, len(samples), rate):
            block = samples[start : start + rate]
            if noise is not None:
                block = block + noise(len(block))
            block = np.clip(block, -1.0, 1.0)
            stream.write(block)
            if kind == "ogg":
                checksum = zlib.crc32(np.ascontiguousarray(block).data, checksum)
    if kind == "ogg":
        # From the samples, as files chained one after the other must differ in it (RFC 3533, section 4).
        return with_serial_number(buffer.getvalue(), checksum)
    return buffer.getvalue()


def _dither(samples: Samples) -> Callable[[int], Samples]:
    """Triangular dither for so many of the `samples` [n, channels] more: the difference of two noises, the
    second of which is what the generator draws after the first."""
    first, second = (
        np.random.default_rng(0),
        np.random.Generator(np.random.PCG64(0).advance(samples.size // 2)),
    )
    # Two floats come of one step of the generator.
    second.random(samples.size % 2, dtype=np.float32)

    def more(count: int) -> Samples:
        shape = (count, samples.shape[1])
        drawn = first.random(shape, dtype=np.float32) - second.random(shape, dtype=np.float32)
        return np.asarray(drawn / 32768.0, np.float32)

    return more


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
