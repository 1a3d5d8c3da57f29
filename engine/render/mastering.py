"""Loudness and peaks: integrated loudness after ITU-R BS.1770-4, true peak by four-fold oversampling, and one
gain for all.

The limiter is a gain curve over time computed on the mix; stems get the same curve, so they still sum to the
mix.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from typing import TypeVar

import numpy as np
import numpy.typing as npt

TARGET_LUFS = -16.0
CEILING_DBTP = -1.0
_BLOCK_S, _HOP_S = 0.4, 0.1
_ABSOLUTE_GATE, _RELATIVE_GATE = -70.0, -10.0
_STRETCH_S = 4.0
_TAPS = 32
_BETWEEN_DB = 0.5
"""What peaks between samples may have above those on them, as far as listening is concerned."""
CHUNK = 32
"""Samples (0.7 ms) that the limiter looks at as one."""
_PART = 1 << 18
"""Samples of the gain curve made at once."""

Samples = npt.NDArray[np.float32]
Floats = npt.NDArray[np.float64]
Real = TypeVar("Real", npt.NDArray[np.float32], npt.NDArray[np.float64])


@dataclass(frozen=True, slots=True)
class Mastered:
    """`gain` is float32 [samples]: multiply mix and stems by it. Loudness in LUFS, peak in dBTP, both after
    the gain."""

    gain: Samples
    loudness: float
    true_peak: float


def master(mix: Samples, rate: int, target: float = TARGET_LUFS, ceiling: float = CEILING_DBTP) -> Mastered:
    """The gain curve that brings `mix` [samples, 2] to `target` LUFS with no true peak above `ceiling` dBTP.

    Silence stays silence. Where peaks have to be limited, the make-up gain is raised for what the limiter
    took. The loudness given is that of the weighted hops under the gain curve: within 0.1 LU of measuring the
    result again, at a third of the time.
    """
    hops = weighted_hops(mix, rate)
    measured = _gated(hops, rate)
    if not np.isfinite(measured):
        return Mastered(np.ones(len(mix), np.float32), measured, -np.inf)
    top = 10 ** (ceiling / 20)
    linear = 10 ** ((target - measured) / 20)
    peaks = _peaks(mix, 0.5 * top / linear)
    for _ in range(3):
        curve = _Curve(_reduction(peaks, top / linear, rate), linear, len(mix))
        reached = _gated(hops * curve.mean_square(len(hops), round(_HOP_S * rate)), rate)
        if abs(reached - target) < 0.05:
            break
        linear *= 10 ** ((target - reached) / 20)
    gain = curve.whole()
    peak = float(_peaks(mix, 0.5 * top, gain).max(initial=0.0))
    if peak > top:  # a moving gain can lift an inter-sample peak by a hair
        reached -= 20 * np.log10(peak / top)
        gain = curve.whole(top / peak)
        peak = top
    return Mastered(gain, float(reached), float(20 * np.log10(max(peak, 1e-9))))


@dataclass(frozen=True, slots=True)
class Loudness:
    """Of some sound: K-weighted energy of each 100 ms, and the largest absolute value of each `CHUNK`
    samples."""

    hops: Floats
    peaks: Floats


def measure(samples: Samples, rate: int) -> Loudness:
    """What `listening_gain` needs to know of `samples` [samples, 2]."""
    return Loudness(weighted_hops(samples, rate), _peaks(samples, np.inf))


def listening_gain(parts: Sequence[tuple[int, Loudness]], length: int, rate: int) -> Samples:
    """The gain curve, float32 [length], for parts that begin at given samples and are played together: near
    that of `master` on their sum, from what is known of each.

    Where parts overlap their energies and peaks are added, as if they were unrelated; peaks between samples
    are left to the headroom below the ceiling.
    """
    hop = round(_HOP_S * rate)
    hops, peaks = np.zeros(-(-length // hop) + 4), np.zeros(-(-length // CHUNK))
    for at, loudness in parts:
        _lay(loudness.hops, hops, round(at / hop))
        _lay(loudness.peaks, peaks, at // CHUNK)
    measured = _gated(hops, rate)
    if not np.isfinite(measured):
        return np.ones(length, np.float32)
    linear = 10 ** ((TARGET_LUFS - measured) / 20)
    ceiling = 10 ** ((CEILING_DBTP - _BETWEEN_DB) / 20)
    reduction = np.ones(len(peaks))
    for _ in range(3):
        reduction = _reduction(peaks, ceiling / linear, rate)
        reached = _gated(hops * _mean_square(linear * reduction, len(hops), hop // CHUNK), rate)
        if abs(reached - TARGET_LUFS) < 0.05:
            break
        linear *= 10 ** ((TARGET_LUFS - reached) / 20)
    return _lines((linear * reduction).astype(np.float32), length)


def _lay(part: Floats, total: Floats, at: int) -> None:
    count = max(min(len(part), len(total) - at), 0)
    total[at : at + count] += part[:count]


def integrated_loudness(samples: Samples, rate: int) -> float:
    """Gated loudness in LUFS of [samples, channels] (BS.1770-4, left and right weighted 1); −inf for
    silence."""
    return _gated(weighted_hops(samples, rate), rate)


def true_peak(samples: Samples, rate: int) -> float:
    """The true peak in dBTP of [samples, channels]: four-fold oversampling (BS.1770-4 annex 2)."""
    peak = float(_peaks(samples, 0.0).max(initial=0.0))
    return float(20 * np.log10(max(peak, 1e-9)))


def weighted_hops(samples: Samples, rate: int) -> Floats:
    """K-weighted energy, float64 [hops of 100 ms], of [samples, channels], summed over channels.

    The filter is applied by FFT to stretches of some seconds, each with half a second around it (its impulse
    response is far shorter): numpy alone, because importing scipy.signal takes longer than weighting three
    minutes of music.
    """
    hop, margin = round(_HOP_S * rate), round(0.5 * rate)
    count = max(-(-len(samples) // hop), round(_BLOCK_S / _HOP_S))
    stretch = hop * round(_STRETCH_S / _HOP_S)
    size = 1 << (stretch + 2 * margin - 1).bit_length()
    response = _k_response(size, rate)
    energy = np.zeros(count)
    for start in range(0, count * hop, stretch):
        low = max(0, start - margin)
        piece = samples[low : start + stretch + margin]
        if not len(piece):
            break
        weighted = np.fft.irfft(np.fft.rfft(piece, size, axis=0) * response[:, None], size, axis=0)
        own = weighted[start - low : start - low + min(stretch, count * hop - start)]
        squares = np.einsum("ij,ij->i", own, own).reshape(-1, hop).sum(axis=1)
        energy[start // hop : start // hop + len(squares)] = squares
    return energy


def _gated(hops: Floats, rate: int) -> float:
    """Integrated loudness from hop energies: 400 ms blocks, the absolute and the relative gate."""
    per_block = round(_BLOCK_S / _HOP_S)
    blocks = np.convolve(hops, np.ones(per_block), "valid") / (_BLOCK_S * rate)
    with np.errstate(divide="ignore"):
        levels = -0.691 + 10 * np.log10(np.maximum(blocks, 0.0))
        kept = blocks[levels > _ABSOLUTE_GATE]
        if not len(kept):
            return float("-inf")
        gate = -0.691 + 10 * np.log10(kept.mean()) + _RELATIVE_GATE
        kept = blocks[levels > max(gate, _ABSOLUTE_GATE)]
        return float(-0.691 + 10 * np.log10(kept.mean()))


def _mean_square(gain: Floats, count: int, hop: int) -> Floats:
    """The gain's mean square in each of `count` hops of `hop` values; behind its end it stays what it is."""
    known = gain[: count * hop]
    padded = np.pad(known, (0, count * hop - len(known)), mode="edge").reshape(count, hop)
    return np.asarray(np.einsum("ij,ij->i", padded, padded) / hop)


def _peaks(samples: Samples, threshold: float, gain: Samples | None = None) -> Floats:
    """The largest absolute value over channels of each `CHUNK` of `samples`, times `gain` where there is one,
    oversampled four times wherever samples pass `threshold` (below it an inter-sample peak cannot reach twice
    as high in music; the quiet rest is not worth the time)."""
    peaks = np.zeros(-(-len(samples) // CHUNK))
    block, margin = 128 * CHUNK, _TAPS
    for start in range(0, len(samples), block):
        low, stop = max(0, start - margin), min(start + block, len(samples))
        piece = samples[low : stop + margin]
        if gain is not None:
            piece = piece * gain[low : stop + margin, None]
        own = slice(start - low, stop - low)
        loudest = _loudest_channel(piece[own]).astype(np.float64)
        if loudest.max() > threshold:
            for phase in _oversampling():
                for channel in range(samples.shape[1]):
                    between = np.abs(np.convolve(piece[:, channel], phase, "same"))
                    np.maximum(loudest, between[own], out=loudest)
        loudest.resize(-(-len(loudest) // CHUNK) * CHUNK, refcheck=False)
        peaks[start // CHUNK : -(-stop // CHUNK)] = loudest.reshape(-1, CHUNK).max(axis=1)
    return peaks


@cache
def _oversampling() -> tuple[Floats, ...]:
    """Three interpolation filters: the values a quarter, a half and three quarters of a sample on (windowed
    sinc)."""
    taps = np.arange(_TAPS) - _TAPS // 2
    phases = []
    for quarter in (0.25, 0.5, 0.75):
        at = taps + quarter
        window = np.i0(5.0 * np.sqrt(np.maximum(0.0, 1 - (at / (_TAPS / 2 + 1)) ** 2))) / np.i0(5.0)
        kernel = np.sinc(at) * window
        phases.append(kernel / kernel.sum())
    return tuple(phases)


def _loudest_channel(samples: Samples) -> Samples:
    """max |x| over channels; a reduction over so short an axis is ten times slower than this loop."""
    loudest = np.abs(samples[:, 0])
    for channel in range(1, samples.shape[1]):
        np.maximum(loudest, np.abs(samples[:, channel]), out=loudest)
    return loudest


@dataclass(frozen=True, slots=True)
class _Curve:
    """A look-ahead limiter's gain: `linear` times `reduction` at the beginning of each chunk, with straight
    lines between: inaudibly different from one computed on samples, within the same ceiling, much faster.

    It is made a stretch at a time, since all of it in float64 is as much as the music itself.
    """

    reduction: Floats
    linear: float
    length: int

    def part(self, start: int, stop: int) -> Floats:
        """The gain of samples `start` to `stop`, as far as there are any."""
        first, last = start // CHUNK, -(-min(stop, self.length) // CHUNK)
        lines = _lines(self.reduction[first : last + 1], (last + 1 - first) * CHUNK)
        return self.linear * lines[start - first * CHUNK : min(stop, self.length) - first * CHUNK]

    def whole(self, times: float = 1.0) -> Samples:
        """All of it, float32 [length]."""
        gain = np.empty(self.length, np.float32)
        for start in range(0, self.length, _PART):
            part = self.part(start, start + _PART)
            gain[start : start + _PART] = part if times == 1.0 else part * times
        return gain

    def mean_square(self, count: int, hop: int) -> Floats:
        """That of each of `count` hops of `hop` samples; behind its end it stays what it is."""
        found, many = np.empty(count), max(_PART // hop, 1)
        for first in range(0, count, many):
            rows = min(many, count - first)
            start = min(first * hop, self.length - 1)
            part = self.part(start, (first + rows) * hop)
            found[first : first + rows] = _mean_square(part, rows, hop)
        return found


def _reduction(peaks: Floats, ceiling: float, rate: int) -> Floats:
    """A look-ahead limiter's gain at the beginning of each chunk: reaches down 5 ms before a peak, lets go
    over about 80 ms, never above 1."""
    if peaks.max(initial=0.0) <= ceiling:
        return np.ones(len(peaks))
    needed = np.minimum(1.0, ceiling / np.maximum(peaks, 1e-12))
    look, release = round(0.005 * rate / CHUNK), round(0.08 * rate / CHUNK)
    held = _running_minimum(needed, look + release)
    return np.asarray(np.minimum(_windows(held, look).mean(axis=1), 1.0))


def _lines(values: Real, length: int) -> Real:
    """Straight lines from chunk to chunk [length]; the minimum filter reaches far enough that none of them
    cuts a peak."""
    following = np.append(values[1:], values[-1:])
    ramp = (np.arange(CHUNK) / CHUNK).astype(values.dtype)
    lines = values[:, None] + (following - values)[:, None] * ramp
    return lines.reshape(-1)[:length]


def _running_minimum(values: Floats, reach: int) -> Floats:
    """The smallest of each value and its neighbours as far as `reach`, the ends repeated: by windows that
    double."""
    smallest, width = np.pad(values, reach, mode="edge"), 1
    while 2 * width <= 2 * reach + 1:
        smallest = np.minimum(smallest[:-width], smallest[width:])
        width *= 2
    rest = 2 * reach + 1 - width
    return np.asarray(np.minimum(smallest[: len(values)], smallest[rest : rest + len(values)]))


def _windows(values: Floats, reach: int) -> Floats:
    """[n, 2 reach + 1]: each value with its neighbours, the ends repeated."""
    return np.lib.stride_tricks.sliding_window_view(np.pad(values, reach, mode="edge"), 2 * reach + 1)


def _k_response(size: int, rate: int) -> npt.NDArray[np.complex128]:
    """The K-weighting's complex response at the bins of a real FFT of `size`."""
    z = np.exp(-2j * np.pi * np.arange(size // 2 + 1) / size)
    response: npt.NDArray[np.complex128] = np.ones_like(z)
    for b, a in _k_weighting(rate):
        response *= (b[0] + b[1] * z + b[2] * z**2) / (a[0] + a[1] * z + a[2] * z**2)
    return np.asarray(response)


def _k_weighting(rate: int) -> list[tuple[Floats, Floats]]:
    """The two K-weighting biquads for any rate (bilinear design after Brecht De Man, equal to the standard's
    at 48 kHz)."""
    k = np.tan(np.pi * 1681.974450955533 / rate)
    vh, vb, q = (
        10 ** (3.999843853973347 / 20),
        (10 ** (3.999843853973347 / 20)) ** 0.4996667741545416,
        0.7071752369554196,
    )
    a0 = 1 + k / q + k * k
    shelf_b = np.array([vh + vb * k / q + k * k, 2 * (k * k - vh), vh - vb * k / q + k * k]) / a0
    shelf_a = np.array([1.0, 2 * (k * k - 1) / a0, (1 - k / q + k * k) / a0])
    k, q = np.tan(np.pi * 38.13547087602444 / rate), 0.5003270373238773
    a0 = 1 + k / q + k * k
    pass_a = np.array([1.0, 2 * (k * k - 1) / a0, (1 - k / q + k * k) / a0])
    return [(shelf_b, shelf_a), (np.array([1.0, -2.0, 1.0]), pass_a)]
