"""A plain additive synthesiser for machines without a sound font: decaying or sustained harmonics, noise for
drums.

It is the last resort, honest and in tune, not a substitute for instruments.
"""

import numpy as np
import numpy.typing as npt

from engine.music.score import Note, Track

Samples = npt.NDArray[np.float32]
_RELEASE_S = 0.12
_DRUM_S = 0.25
# Amplitudes of the first harmonics: struck or plucked programs fade, others hold.
_HARMONICS = (1.0, 0.45, 0.28, 0.14, 0.08, 0.05)
_FADING_PROGRAMS = frozenset([*range(16), *range(24, 40), *range(45, 48), *range(104, 116)])


def play_tracks(tracks: tuple[Track, ...], length: int, rate: int) -> Samples:
    """Samples float32 [length, 2] of all `tracks`, quiet enough that a full score does not clip."""
    out = np.zeros((length, 2), np.float32)
    for track in tracks:
        sides = _sides(track.gain_db, track.pan)
        for note in track.notes:
            start = round(note.start_s * rate)
            sound = _drum(note, rate) if track.is_drum else _tone(note, track.program, rate)
            sound = sound[: max(0, length - start)]
            if track.expression:
                sound = sound * _expression(track.expression, start, len(sound), rate)
            out[start : start + len(sound)] += sound[:, None] * sides
    return out


def note_length(note: Note, is_drum: bool, rate: int) -> int:
    """Samples from a note's beginning to the end of its release."""
    return round((_DRUM_S if is_drum else note.end_s - note.start_s + _RELEASE_S) * rate)


def note_samples(
    note: Note,
    program: int,
    is_drum: bool,
    gain_db: float,
    pan: float,
    rate: int,
    part: slice = slice(None),
) -> Samples:
    """One note, float32 [n, 2], as `play_tracks` plays it; of its samples (`note_length`) those of `part`
    alone, which take no longer than they are."""
    sound = _drum(note, rate)[part] if is_drum else _tone(note, program, rate, part)
    return np.asarray(sound[:, None] * _sides(gain_db, pan), np.float32)


def _sides(gain_db: float, pan: float) -> Samples:
    """What the left and the right side get, float32 [2]."""
    gain = 0.06 * 10 ** (gain_db / 20)
    angle = (pan + 1) * np.pi / 4
    return np.array([np.cos(angle), np.sin(angle)], np.float32) * np.float32(gain)


def _expression(
    written: tuple[tuple[float, int], ...], start: int, count: int, rate: int
) -> npt.NDArray[np.float32]:
    """The gain of `count` samples from `start` on, float32 [count]: the square of controller 11, led from one
    value to the next over 10 ms at the most."""
    times, values = [0.0], [1.0]
    for t_s, value in written:
        times += [max(t_s - 0.01, times[-1]), max(t_s, times[-1])]
        values += [values[-1], (value / 127) ** 2]
    return np.interp((start + np.arange(count)) / rate, times, values).astype(np.float32)


def _tone(note: Note, program: int, rate: int, part: slice = slice(None)) -> Samples:
    frequency = 440.0 * 2 ** ((note.pitch - 69) / 12)
    seconds = note.end_s - note.start_s
    t = np.arange(*part.indices(note_length(note, False, rate))) / rate
    wave = np.zeros_like(t)
    for harmonic, amplitude in enumerate(_HARMONICS, start=1):
        if frequency * harmonic < rate * 0.45:
            wave += amplitude * np.sin(2 * np.pi * frequency * harmonic * t)
    envelope = np.minimum(1.0, t / 0.008)
    if program in _FADING_PROGRAMS:
        envelope *= np.exp(-t * (1.5 + frequency / 600))
    release = np.clip(1 - (t - seconds) / _RELEASE_S, 0.0, 1.0)
    return np.asarray(wave * envelope * release * (note.velocity / 127) ** 1.6, np.float32)


def _drum(note: Note, rate: int) -> Samples:
    """Low drums are a falling sine, the rest filtered noise; seeded by pitch, so every render is the same."""
    t = np.arange(round(_DRUM_S * rate)) / rate
    if note.pitch in (35, 36, 41, 43, 45):
        wave = np.sin(2 * np.pi * (50 * t + 12 * (1 - np.exp(-t * 30))))
    else:
        noise = np.random.default_rng(note.pitch).standard_normal(len(t))
        wave = np.diff(noise, prepend=0.0) * 0.5
    return np.asarray(wave * np.exp(-t * 18) * (note.velocity / 127) ** 1.6, np.float32)
