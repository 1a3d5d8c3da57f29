"""WAV files that know where they loop: whole numbers as they are, with a `smpl` chunk.

The chunk is that of the Multimedia Programming Interface and Data Specifications 1.0 (IBM, Microsoft
1991): nine words of 32 bits, then six a loop, whose end is the last sample played. libsndfile does not
write it.
"""

import io
import struct

import numpy as np
import numpy.typing as npt

Whole = npt.NDArray[np.int32]
_MIDDLE_C = 60
_FORWARD, _FOREVER = 0, 0


def whole_numbers(samples: npt.NDArray[np.float32], bits: int, seed: int) -> Whole:
    """Samples [n, channels] in −1…1 as whole numbers of `bits` (16 or 24), rounded with triangular dither
    that `seed` draws: noises of several files are not to add up."""
    full = 2 ** (bits - 1)
    noise = np.random.default_rng(seed).random((2, *samples.shape), dtype=np.float32)
    dithered = samples.astype(np.float64) * full + (noise[0] - noise[1])
    silent = ~samples.any()
    whole = np.zeros_like(dithered) if silent else np.rint(dithered)
    return np.asarray(np.clip(whole, -full, full - 1), np.int32)


def wav_bytes(whole: Whole, rate: int, bits: int, loop: tuple[int, int] | None = None) -> bytes:
    """Whole numbers [n, channels] of `bits` (16 or 24) as a WAV file; `loop` is (start, end) in samples,
    the end exclusive."""
    # Deferred: reading and planning need no sound.
    import soundfile

    buffer = io.BytesIO()
    if bits == 16:
        soundfile.write(buffer, whole.astype(np.int16), rate, format="WAV", subtype="PCM_16")
    else:
        soundfile.write(buffer, whole * np.int32(256), rate, format="WAV", subtype="PCM_24")
    data = buffer.getvalue()
    return data if loop is None else _with_chunk(data, _sampler_chunk(loop, rate))


def _sampler_chunk(loop: tuple[int, int], rate: int) -> bytes:
    start, end = loop
    head = struct.pack("<9I", 0, 0, round(1e9 / rate), _MIDDLE_C, 0, 0, 0, 1, 0)
    body = head + struct.pack("<6I", 0, _FORWARD, start, end - 1, 0, _FOREVER)
    return struct.pack("<4sI", b"smpl", len(body)) + body


def _with_chunk(data: bytes, chunk: bytes) -> bytes:
    """The file with a chunk at its end, on an even byte, and the length of the whole put right."""
    padded = data + b"\0" * (len(data) % 2)
    return padded[:4] + struct.pack("<I", len(padded) + len(chunk) - 8) + padded[8:] + chunk
