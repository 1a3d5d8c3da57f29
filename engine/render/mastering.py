"""Loudness and peaks: integrated loudness after ITU-R BS.1770-4, true peak by four-fold oversampling, and one
gain for all.

The limiter is a gain curve over time computed on the mix; stems get the same curve, so they still sum to the
mix.
"""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

TARGET_LUFS = -16.0
CEILING_DBTP = -1.0
_BLOCK_S, _HOP_S = 0.4, 0.1
_ABSOLUTE_GATE, _RELATIVE_GATE = -70.0, -10.0

Samples = npt.NDArray[np.float32]
Floats = npt.NDArray[np.float64]


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
    took. The loudness given is that of
    the weighted hops under the gain curve: within 0.1 LU of measuring the result again, at a third of the
    time.
    """
    hops = _weighted_hops(mix, rate)
    measured = _gated(hops, rate)
    if not np.isfinite(measured):
        return Mastered(np.ones(len(mix), np.float32), measured, -np.inf)
    top = 10 ** (ceiling / 20)
    linear = 10 ** ((target - measured) / 20)
    envelope = _peak_envelope(mix, rate, 0.5 * top / linear)
    gain, reached = np.full(len(mix), linear), target
    for _ in range(3):
        gain = linear * _limit(envelope, top / linear, rate)
        reached = _gated(hops * _mean_square(gain, len(hops), rate), rate)
        if abs(reached - target) < 0.05:
            break
        linear *= 10 ** ((target - reached) / 20)
    final = mix * gain[:, None].astype(np.float32)
    peak = float(_peak_envelope(final, rate, 0.5 * top).max(initial=0.0))
    if peak > top:  # a moving gain can lift an inter-sample peak by a hair
        reached -= 20 * np.log10(peak / top)
        gain *= top / peak
        peak = top
    return Mastered(gain.astype(np.float32), float(reached), float(20 * np.log10(max(peak, 1e-9))))


def integrated_loudness(samples: Samples, rate: int) -> float:
    """Gated loudness in LUFS of [samples, channels] (BS.1770-4, left and right weighted 1); −inf for
    silence."""
    return _gated(_weighted_hops(samples, rate), rate)


def true_peak(samples: Samples, rate: int) -> float:
    """The true peak in dBTP of [samples, channels]: four-fold oversampling (BS.1770-4 annex 2)."""
    peak = float(_peak_envelope(samples, rate, 0.0).max(initial=0.0))
    return float(20 * np.log10(max(peak, 1e-9)))


def _weighted_hops(samples: Samples, rate: int) -> Floats:
    """K-weighted energy of each 100 ms hop, summed over channels."""
    from scipy.signal import sosfilt

    sections = np.array([np.concatenate([b, a]) for b, a in _k_weighting(rate)], np.float32)
    hop = round(_HOP_S * rate)
    count = max(-(-len(samples) // hop), round(_BLOCK_S / _HOP_S))
    energy = np.zeros(count)
    for channel in range(samples.shape[1]):
        weighted = np.zeros(count * hop, np.float32)
        weighted[: len(samples)] = sosfilt(sections, samples[:, channel])
        energy += np.einsum("ij,ij->i", (w := weighted.reshape(count, hop)), w, dtype=np.float64)
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


def _mean_square(gain: Floats, count: int, rate: int) -> Floats:
    """The gain's mean square in each hop."""
    hop = round(_HOP_S * rate)
    padded = np.pad(gain, (0, count * hop - len(gain)), mode="edge").reshape(count, hop)
    return np.asarray(np.einsum("ij,ij->i", padded, padded) / hop)


def _peak_envelope(samples: Samples, rate: int, threshold: float) -> Floats:
    """The largest absolute value over channels around each sample, oversampled four times wherever samples
    pass `threshold`
    (below it an inter-sample peak cannot reach twice as high in music; the quiet rest is not worth the
    time)."""
    from scipy.signal import firwin, resample_poly

    peaks = _loudest_channel(samples).astype(np.float64)
    kernel = firwin(81, 1 / 4, window=("kaiser", 5.0))
    block, margin = 4096, 64
    for start in range(0, len(samples), block):
        if peaks[start : start + block].max() <= threshold:
            continue
        low, high = max(0, start - margin), min(len(samples), start + block + margin)
        fine = _loudest_channel(resample_poly(samples[low:high], 4, 1, axis=0, window=kernel))
        fine = fine.reshape(-1, 4).max(axis=1)
        stop = min(start + block, len(samples))
        np.maximum(peaks[start:stop], fine[start - low : stop - low], out=peaks[start:stop])
    return peaks


def _loudest_channel(samples: Samples) -> Samples:
    """max |x| over channels; a reduction over so short an axis is ten times slower than this loop."""
    loudest = np.abs(samples[:, 0])
    for channel in range(1, samples.shape[1]):
        np.maximum(loudest, np.abs(samples[:, channel]), out=loudest)
    return loudest


def _limit(envelope: Floats, ceiling: float, rate: int) -> Floats:
    """A look-ahead limiter's gain: reaches down 5 ms before a peak, lets go over about 80 ms, never above 1.

    Worked out on chunks of 32 samples (0.7 ms) by their peaks and interpolated: the ear and the ceiling
    cannot tell, the clock can.
    """
    if envelope.max(initial=0.0) <= ceiling:
        return np.ones(len(envelope))
    from scipy.ndimage import minimum_filter1d, uniform_filter1d

    chunk = 32
    count = -(-len(envelope) // chunk)
    peaks = np.zeros(count * chunk)
    peaks[: len(envelope)] = envelope
    needed = np.minimum(1.0, ceiling / np.maximum(peaks.reshape(count, chunk).max(axis=1), 1e-12))
    look, release = round(0.005 * rate / chunk), round(0.08 * rate / chunk)
    held = minimum_filter1d(needed, 2 * (look + release) + 1)
    smooth = np.minimum(uniform_filter1d(held, 2 * look + 1), 1.0)
    centres = np.arange(count) * chunk + chunk / 2
    return np.asarray(np.interp(np.arange(len(envelope)), centres, smooth))


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
