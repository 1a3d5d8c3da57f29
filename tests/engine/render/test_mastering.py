"""Loudness against the standard's own reference signals, and the promises of mastering."""

import numpy as np
import pyloudnorm
import pytest

from engine.render.mastering import integrated_loudness, master, true_peak

RATE = 48_000


def sine(frequency: float, seconds: float, amplitude: float, phase: float = 0.0) -> np.ndarray:
    t = np.arange(round(seconds * RATE)) / RATE
    return (amplitude * np.sin(2 * np.pi * frequency * t + phase)).astype(np.float32)


def drums(seconds: float = 20.0) -> np.ndarray:
    """Noise bursts: music with peaks far above its loudness."""
    t = np.arange(round(seconds * RATE)) / RATE
    noise = np.random.default_rng(0).standard_normal((len(t), 2))
    return (0.2 * noise * np.exp(-(t % 0.5) * 12)[:, None]).astype(np.float32)


def test_full_scale_sine_in_one_channel_reads_minus_three() -> None:
    # BS.1770-4: a 0 dBFS 997 Hz sine in one front channel is −3.01 LKFS.
    tone = sine(997, 10, 1.0)
    assert integrated_loudness(np.stack([tone, np.zeros_like(tone)], 1), RATE) == pytest.approx(
        -3.01, abs=0.02
    )


def test_silence_between_does_not_count() -> None:
    # The gates of BS.1770-4 leave pauses out: half a minute of silence changes nothing.
    tone = np.stack([sine(997, 10, 0.1)] * 2, 1)
    alone = integrated_loudness(tone, RATE)
    with_pause = integrated_loudness(np.concatenate([tone, np.zeros((30 * RATE, 2), np.float32)]), RATE)
    assert with_pause == pytest.approx(alone, abs=0.2)


def test_true_peak_finds_what_samples_miss() -> None:
    # A quarter-rate sine sampled at 45° has sample peaks of −3 dB and a true peak of 0 dB.
    tone = sine(RATE / 4, 1, 1.0, np.pi / 4)
    assert np.abs(tone).max() < 0.71
    assert true_peak(np.stack([tone, tone], 1), RATE) == pytest.approx(0.0, abs=0.3)


@pytest.mark.parametrize("scale", [0.02, 0.2, 1.0])
def test_mastered_music_is_at_target_and_below_the_ceiling(scale: float) -> None:
    music = drums() * np.float32(scale)
    result = master(music, RATE)
    out = music * result.gain[:, None]
    assert integrated_loudness(out, RATE) == pytest.approx(-16.0, abs=0.5)
    assert true_peak(out, RATE) <= -0.95
    assert integrated_loudness(out, RATE) == pytest.approx(result.loudness, abs=0.15)


def test_silence_stays_silence() -> None:
    result = master(np.zeros((RATE, 2), np.float32), RATE)
    assert np.all(result.gain == 1.0)
    assert not np.isfinite(result.loudness)


@pytest.mark.parametrize("rate", [44_100, 48_000])
@pytest.mark.parametrize("kind", ["bursts", "low", "high", "loud and soft", "one side"])
def test_loudness_is_that_of_pyloudnorm(kind: str, rate: int) -> None:
    t = np.arange(12 * rate) / rate
    noise = np.random.default_rng(1).standard_normal((len(t), 2)) * 0.1
    signal = {
        "bursts": noise * np.exp(-(t % 0.5) * 12)[:, None],
        "low": np.stack([0.3 * np.sin(2 * np.pi * 55 * t)] * 2, 1),
        "high": np.stack([0.3 * np.sin(2 * np.pi * 6_000 * t)] * 2, 1),
        "loud and soft": noise * np.where(t < 6, 1.0, 0.02)[:, None],
        "one side": noise * np.array([1.0, 0.0]),
    }[kind]
    theirs = pyloudnorm.Meter(rate).integrated_loudness(signal)
    assert integrated_loudness(signal.astype(np.float32), rate) == pytest.approx(theirs, abs=0.1)
