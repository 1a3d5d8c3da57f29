"""What notes tell in time: rhythm, pulse, touch and loudness of one clip, in seconds. See
`engine.match.features`."""

from typing import Any

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]


def share(flags: npt.NDArray[np.bool_]) -> float:
    """Share of true ones; 0 of none. Counting is far quicker than a mean."""
    return np.count_nonzero(flags) / max(len(flags), 1)


def quantiles(values: npt.NDArray[Any], shares: tuple[float, ...]) -> Floats:
    """As numpy's quantiles, a tenth of its overhead."""
    ordered = np.sort(values)
    return np.asarray(np.interp(np.array(shares) * (len(ordered) - 1), np.arange(len(ordered)), ordered))


def rhythm(onset: Floats, start: Floats, pitch: npt.NDArray[np.int64], sounding: float) -> Floats:
    """Onsets a second (in all, by register), pulse, gaps and how even they are. `onset`, `start` [N]
    seconds, sorted, `sounding` the clip's length in seconds."""
    gaps = np.clip(np.diff(onset), 0.03, 4.0) if len(onset) > 1 else np.array([sounding])
    logs = np.log2(gaps)
    ratio = np.abs(np.diff(gaps)) / (gaps[1:] + gaps[:-1]) if len(gaps) > 1 else np.zeros(1)
    shares = np.bincount(((logs + 5.1) / 0.6).astype(np.int64), minlength=12) / len(logs)
    rate, clarity = pulse(onset, sounding)
    spans = max(int(sounding / 2), 2)
    place = np.minimum((onset / sounding * spans).astype(np.int64), spans - 1)
    busy = np.bincount(place, minlength=spans) * (spans / sounding)
    half = len(busy) // 2
    return np.array(
        [
            np.log1p(len(onset) / sounding),
            np.log1p(len(start) / sounding),
            len(start) / len(onset),
            np.log1p((pitch < 52).sum() / sounding),
            np.log1p(((pitch >= 52) & (pitch < 67)).sum() / sounding),
            np.log1p((pitch >= 67).sum() / sounding),
            logs.mean(),
            logs.std(),
            *quantiles(logs, (0.1, 0.5, 0.9)),
            share(gaps < 0.15),
            share((gaps >= 0.15) & (gaps < 0.3)),
            share((gaps >= 0.3) & (gaps < 0.6)),
            share(gaps >= 0.6),
            ratio.mean(),
            -float((shares * np.log2(np.maximum(shares, 1e-9))).sum()),
            rate,
            clarity,
            busy.std() / max(float(busy.mean()), 0.1),
            float(busy[half:].mean() - busy[:half].mean()),
        ]
    )


def pulse(onset: Floats, sounding: float) -> tuple[float, float]:
    """Rate (log₂ pulses a second) and clarity 0…1 of the strongest pulse between 40 and 200 a minute, by the
    autocorrelation of the onsets, weighted towards 100 a minute (Parncutt 1994)."""
    width = 0.02
    bins = np.bincount((onset / width).astype(np.int64), minlength=int(sounding / width) + 1).astype(float)
    bins = np.convolve(np.minimum(bins, 1), [0.5, 1.0, 0.5], mode="same")
    size = 1 << int(np.ceil(np.log2(2 * len(bins))))
    spectrum = np.fft.rfft(bins - bins.mean(), size)
    lags = np.fft.irfft(np.abs(spectrum) ** 2, size)
    shortest, longest = int(0.3 / width), min(int(1.5 / width), len(bins) - 1)
    if longest <= shortest or lags[0] <= 1e-9:
        return 0.7, 0.0
    candidates = np.arange(shortest, longest)
    prior = np.exp(-0.5 * (np.log2(candidates * width / 0.6) / 0.9) ** 2)
    strength = lags[candidates] / lags[0] * prior
    best = int(strength.argmax())
    return float(-np.log2(candidates[best] * width)), float(max(lags[candidates[best]] / lags[0], 0.0))


def touch(onset: Floats, start: Floats, length: Floats, first_of: npt.NDArray[np.intp]) -> Floats:
    """Lengths against the gaps that they fill: staccato to legato. `first_of` [G] is the first note
    of each onset."""
    following = np.append(onset[1:], onset[-1] + 1.0)
    group = np.zeros(len(start), dtype=np.int64)
    group[first_of[1:]] = 1
    group = np.cumsum(group)
    held = np.clip(length / np.maximum(following[group] - start, 0.05), 0, 4)
    logs = np.log2(np.clip(length, 0.03, 8))
    return np.array(
        [
            logs.mean(),
            float(quantiles(logs, (0.5,))[0]),
            logs.std(),
            np.minimum(held, 1).mean(),
            share(held < 0.6),
            share(held > 1.3),
        ]
    )


def loudness(start: Floats, velocity: Floats, sounding: float) -> Floats:
    """[4] mean, spread, 95th percentile of velocity (1–127), and how much louder the second half is."""
    late = start > sounding / 2
    drift = float(velocity[late].mean() - velocity[~late].mean()) if late.any() and (~late).any() else 0.0
    return np.array([velocity.mean(), velocity.std(), float(quantiles(velocity, (0.95,))[0]), drift])
