"""Measures of notes, bar by bar: what the intent asks for, as numbers that any music can be measured by.

The same function measures training bars, generated takes and a stranger's MIDI file, so that "density 0.3"
means one thing everywhere. `percentile` and `from_percentile` compare with the training corpus through the
quantile tables in `descriptor_quantiles.json` beside this file; asking for values is `engine.music.mapping`.
"""

import json
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Final

import numpy as np
import numpy.typing as npt

from engine.music.theory import NO_CHORD, chord_templates, scale_mask

Floats = npt.NDArray[np.float32]

DESCRIPTORS: Final = (
    "density",
    "register",
    "tension",
    "harmonic_rhythm",
    "mode",
    "melody_density",
    "polyphony",
    "leap",
    "syncopation",
    "articulation",
    "dynamics",
)
"""The columns of `describe`, in order.

density: onsets a beat, simultaneous notes of one role counted once, over the pitched roles · register: mean
MIDI pitch, weighted by duration · tension: dissonant intervals, tones outside chord and scale, harmonic
distance from the tonic, 0…1 · harmonic_rhythm: chord changes in the bar · mode: −1 minor … 1 major colour of
the pitch classes · melody_density: melody onsets a beat · polyphony: pitched notes sounding together · leap:
mean melodic interval, semitones · syncopation: share of onsets that sound through a stronger position, 0…1 ·
articulation: 0 legato … 1 staccato · dynamics: mean velocity / 127, NaN where velocities mean nothing.
"""

CONDITIONS: Final = (
    "density",
    "register",
    "tension",
    "harmonic_rhythm",
    "mode",
    "melody_density",
    "polyphony",
)
"""What the generator is conditioned on, as corpus percentiles 0…1."""

BAR, STEP, STEPS, PITCH, VELOCITY, ROLE = range(6)
"""Columns of the note arrays that `describe` takes."""

MELODY, COUNTER, CHORDS, BASS, DRUMS = range(5)

_DISSONANCE: Final = np.array([0.0, 1.0, 0.7, 0.15, 0.1, 0.05, 0.9], dtype=np.float32)
"""Roughness of interval classes 0–6 (after Huron 1994, inverted and scaled): semitone, tone, thirds, fourth,
tritone."""

_BRIGHTNESS: Final = np.array(
    [0.0, -0.6, 0.0, -1.0, 1.0, 0.0, 0.2, 0.0, -0.7, 0.7, -0.4, 0.3], dtype=np.float32
)
"""Weight of each relative pitch class for major against minor: thirds first, then sixths and sevenths."""


def metric_weights(bar_steps: int, compound: bool = False) -> npt.NDArray[np.int64]:
    """Metrical strength of each sixteenth of a bar: 4 the downbeat … 0 the off sixteenths."""
    weights = np.zeros(bar_steps, dtype=np.int64)
    weights[::2] = 1
    if compound:  # 6/8: two dotted beats
        weights[::6] = 3
    else:
        weights[::4] = 2
        if bar_steps == 16:
            weights[8] = 3
    weights[0] = 4
    return weights


METER_STEPS: Final = (16, 12, 12)
"""Sixteenths in a bar of meter 0 (4/4), 1 (3/4), 2 (6/8)."""
_METER_STEPS: Final = np.array(METER_STEPS)

SLOT_STARTS: Final = ((0, 4, 8, 12), (0, 4, 8, 12), (0, 6, 12, 12))
"""First sixteenth of each of the four chord slots, by meter; a slot that starts at the bar's end repeats the
last."""


def slot_of_step(meter: npt.NDArray[np.integer], step: npt.NDArray[np.integer]) -> npt.NDArray[np.int64]:
    """Which chord slot 0–3 a sixteenth lies in, elementwise."""
    slot = np.where(meter == 2, np.minimum(step // 6, 1), np.minimum(step // 4, 3))
    return np.asarray(slot, dtype=np.int64)


def describe(
    notes: npt.NDArray[np.integer],
    meters: npt.NDArray[np.integer],
    chords: npt.NDArray[np.integer],
    minor: npt.NDArray[np.bool_],
    follows: npt.NDArray[np.bool_] | None = None,
) -> Floats:
    """Measures every bar.

    notes: int [N, 6] (bar row, step in the bar, steps, key-relative pitch with the tonic on C, velocity or 0,
    role), sorted by bar and step. meters: int [B], 0 = 4/4, 1 = 3/4, 2 = 6/8. chords: int [B, 4, 3] (root,
    quality, bass) by slot, root −1 for none. minor: bool [B]. follows: bool [B], whether a bar continues the
    row before it (default: all but the first). Returns float32 [B, 11] in `DESCRIPTORS` order; silent bars
    give zeros, and NaN for register and dynamics.
    """
    bars = len(meters)
    if follows is None:
        follows = np.arange(bars) > 0
    beats = _METER_STEPS[meters] / 4.0
    pitched = notes[notes[:, ROLE] != DRUMS].astype(np.int64)
    out = np.zeros((bars, len(DESCRIPTORS)), dtype=np.float32)
    bar, weight = pitched[:, BAR], np.minimum(pitched[:, STEPS], 16).astype(np.float64)
    total = np.bincount(bar, weights=weight, minlength=bars)
    silent = total == 0
    safe = np.where(silent, 1.0, total)

    onset_keys = np.unique((bar * 16 + pitched[:, STEP]) * 5 + pitched[:, ROLE])
    out[:, 0] = np.bincount(onset_keys // 80, minlength=bars) / beats
    out[:, 1] = np.bincount(bar, weights=weight * pitched[:, PITCH], minlength=bars) / safe
    out[:, 1][silent] = np.nan
    chroma = np.bincount(bar * 12 + pitched[:, PITCH] % 12, weights=weight, minlength=bars * 12)
    profile = chroma.astype(np.float64).reshape(bars, 12)
    sounding, roughness = _vertical(pitched, meters)
    out[:, 2] = _tension(pitched, weight, safe, profile, roughness, meters, chords, minor)
    out[:, 3] = chord_changes(chords, meters, follows)
    out[:, 4] = _mode(profile, chords)
    out[:, 6] = sounding
    melody = pitched[pitched[:, ROLE] == MELODY]
    melody_keys = np.unique(melody[:, BAR] * 16 + melody[:, STEP])
    out[:, 5] = np.bincount(melody_keys // 16, minlength=bars) / beats
    out[:, 7] = _leaps(melody, bars)
    out[:, 8] = _syncopation(pitched, meters)
    out[:, 9] = _articulation(pitched, meters, bars)
    out[:, 10] = _dynamics(pitched, bars)
    return out


def _vertical(pitched: npt.NDArray[np.int64], meters: npt.NDArray[np.integer]) -> tuple[Floats, Floats]:
    """Mean number of notes sounding together over the sounding sixteenths, and their mean roughness: [B],
    [B]."""
    bars = len(meters)
    length = np.minimum(pitched[:, STEPS], _METER_STEPS[meters[pitched[:, BAR]]] - pitched[:, STEP]).clip(
        min=1
    )
    first = np.repeat(pitched[:, BAR] * 16 + pitched[:, STEP], length)
    offset = np.arange(length.sum()) - np.repeat(np.cumsum(length) - length, length)
    cell = first + offset
    roll = np.bincount(cell * 12 + np.repeat(pitched[:, PITCH] % 12, length), minlength=bars * 192)
    roll = np.minimum(roll.reshape(-1, 12), 1).astype(np.float32)
    count = np.bincount(cell, minlength=bars * 16).astype(np.float32).reshape(bars, 16)
    pairs = np.zeros(len(roll), dtype=np.float32)
    rough = np.zeros(len(roll), dtype=np.float32)
    for interval in range(1, 7):
        together = (roll * np.roll(roll, -interval, axis=1)).sum(axis=1) / (2.0 if interval == 6 else 1.0)
        pairs += together
        rough += together * _DISSONANCE[interval]
    steps = np.maximum((count > 0).sum(axis=1), 1)
    mean_rough = (rough / np.maximum(pairs, 1)).reshape(bars, 16).sum(axis=1) / steps
    return (count.sum(axis=1) / steps).astype(np.float32), mean_rough.astype(np.float32)


def _tension(
    pitched: npt.NDArray[np.int64],
    weight: npt.NDArray[np.float64],
    total: npt.NDArray[np.float64],
    profile: npt.NDArray[np.float64],
    roughness: Floats,
    meters: npt.NDArray[np.integer],
    chords: npt.NDArray[np.integer],
    minor: npt.NDArray[np.bool_],
) -> Floats:
    """Roughness, tones outside the chord and the scale, and how far the harmony stands from the tonic: [B],
    0…1."""
    bars = len(meters)
    bar = pitched[:, BAR]
    chord = chords[bar, slot_of_step(meters[bar], pitched[:, STEP])]
    known = chord[:, 0] >= 0
    inside = chord_templates()[chord[:, 1], (pitched[:, PITCH] - chord[:, 0]) % 12]
    foreign = np.bincount(bar, weights=weight * (known & ~inside), minlength=bars) / total
    scales = np.stack([scale_mask("major"), scale_mask("minor")])
    outside = (profile * ~scales[minor.astype(np.int64)]).sum(axis=1) / total
    restless = chord_distance()[chords[:, :, 1], chords[:, :, 0] % 12].mean(axis=1)
    tension = 0.3 * roughness / 0.5 + 0.2 * foreign + 0.25 * outside * 2 + 0.25 * restless
    return np.asarray(tension.clip(0, 1), dtype=np.float32)


@cache
def chord_distance() -> Floats:
    """How unstable a chord is by quality and relative root: float [12 qualities, 12 roots], 0 (tonic) … 1."""
    fifths = np.array([min(7 * root % 12, 12 - 7 * root % 12) for root in range(12)]) / 6.0
    colour = np.array([0, 0, 0.6, 0.7, 0.15, 0.1, 0.3, 0.15, 0.15, 0.6, 0.8, 0])
    table = np.minimum(0.6 * fifths[None, :] + colour[:, None], 1.0).astype(np.float32)
    table[NO_CHORD] = 0.0
    return np.asarray(table)


@cache
def chord_tension() -> Floats:
    """What a chord's own tones bring to the tension measured, in major and minor: float [2, 11 qualities, 12
    roots], least 0 … most 1: roughness, tones outside the scale, how far it stands from the tonic."""
    tones = chord_templates()[:NO_CHORD]
    rough = np.zeros(NO_CHORD)
    for quality, row in enumerate(tones):
        member = np.flatnonzero(row)
        gaps = np.abs(member[:, None] - member[None, :])[np.triu_indices(len(member), 1)]
        rough[quality] = _DISSONANCE[np.minimum(gaps, 12 - gaps)].mean()
    result = np.zeros((2, NO_CHORD, 12))
    for minor, mode in enumerate(("major", "minor")):
        outside = ~scale_mask(mode)
        for root in range(12):
            turned = np.roll(tones, root, axis=1)
            share = (turned & outside).sum(axis=1) / turned.sum(axis=1)
            result[minor, :, root] = 0.3 * rough / 0.5 + 0.25 * share * 2
    result += 0.25 * chord_distance()[None, :NO_CHORD]
    result -= result.min()
    return np.asarray(result / result.max(), dtype=np.float32)


def chord_changes(
    chords: npt.NDArray[np.integer], meters: npt.NDArray[np.integer], follows: npt.NDArray[np.bool_]
) -> Floats:
    """Chord changes in each bar, its first chord counted when it differs from the bar before: [B]."""
    code = chords[:, :, 0].astype(np.int64) * 16 + chords[:, :, 1]
    used = np.where(meters == 0, 4, np.where(meters == 1, 3, 2))
    inner = (code[:, 1:] != code[:, :-1]) & (np.arange(1, 4)[None, :] < used[:, None])
    last = code[np.arange(len(code)), used - 1]
    first = np.ones(len(code), dtype=np.bool_)
    first[1:] = (code[1:, 0] != last[:-1]) | ~follows[1:]
    return np.asarray(inner.sum(axis=1) + first, dtype=np.float32)


def _mode(profile: npt.NDArray[np.float64], chords: npt.NDArray[np.integer]) -> Floats:
    """Major against minor colour of sounding tones, chord tones joining in lightly so that thin bars have
    one: [B], −1…1."""
    known = chords[:, :, 0] >= 0
    tones = chord_templates()[chords[:, :, 1][..., None], (np.arange(12) - chords[:, :, 0][..., None]) % 12]
    mixed = profile + 2.0 * (tones & known[..., None]).sum(axis=1)
    colour = 2.0 * (mixed @ _BRIGHTNESS) / np.maximum(mixed.sum(axis=1), 1e-6)
    return np.asarray(colour.clip(-1, 1), dtype=np.float32)


def _leaps(melody: npt.NDArray[np.int64], bars: int) -> Floats:
    """Mean absolute interval into the melody notes of a bar, from at most the bar before: [B], semitones."""
    if len(melody) < 2:
        return np.zeros(bars, dtype=np.float32)
    step = np.abs(np.diff(melody[:, PITCH]))
    valid = np.diff(melody[:, BAR]) <= 1
    bar = melody[1:, BAR]
    count = np.bincount(bar, weights=valid, minlength=bars)
    return (np.bincount(bar, weights=step * valid, minlength=bars) / np.maximum(count, 1)).astype(np.float32)


def _syncopation(pitched: npt.NDArray[np.int64], meters: npt.NDArray[np.integer]) -> Floats:
    """Share of onsets held through a metrically stronger sixteenth than their own (Longuet-Higgins & Lee):
    [B], 0…1."""
    bars = len(meters)
    table = np.zeros((3, 32), dtype=np.int64)
    for code, steps in enumerate(METER_STEPS):
        table[code] = np.resize(metric_weights(steps, code == 2), 32)
    meter, step = meters[pitched[:, BAR]], pitched[:, STEP]
    own = table[meter, step]
    held = np.zeros(len(pitched), dtype=np.bool_)
    for ahead in range(1, 5):
        held |= (pitched[:, STEPS] > ahead) & (table[meter, step + ahead] > own + (ahead > 2))
    count = np.bincount(pitched[:, BAR], minlength=bars)
    return (np.bincount(pitched[:, BAR], weights=held, minlength=bars) / np.maximum(count, 1)).astype(
        np.float32
    )


def _articulation(pitched: npt.NDArray[np.int64], meters: npt.NDArray[np.integer], bars: int) -> Floats:
    """1 − (duration / time to the role's next onset), mean over notes that have a next onset within two
    beats: [B]."""
    order = np.lexsort((pitched[:, STEP], pitched[:, BAR], pitched[:, ROLE]))
    ordered = pitched[order]
    start = ordered[:, BAR] * 16 + ordered[:, STEP]
    distinct = np.flatnonzero(np.r_[True, (np.diff(start) != 0) | (np.diff(ordered[:, ROLE]) != 0)])
    if len(distinct) < 2:
        return np.zeros(bars, dtype=np.float32)
    lead = ordered[distinct]
    padding = (16 - _METER_STEPS[meters[lead[:-1, BAR]]]) * (np.diff(lead[:, BAR]) == 1)
    gap = np.diff(start[distinct]) - padding
    valid = (gap > 0) & (gap <= 8) & (np.diff(lead[:, ROLE]) == 0)
    short = 1.0 - np.minimum(lead[:-1, STEPS] / np.maximum(gap, 1), 1.0)
    count = np.bincount(lead[:-1, BAR], weights=valid, minlength=bars)
    return (np.bincount(lead[:-1, BAR], weights=short * valid, minlength=bars) / np.maximum(count, 1)).astype(
        np.float32
    )


def _dynamics(pitched: npt.NDArray[np.int64], bars: int) -> Floats:
    """Mean velocity / 127 of the notes that have one: [B], NaN without any."""
    voiced = pitched[:, VELOCITY] > 0
    count = np.bincount(pitched[:, BAR], weights=voiced, minlength=bars)
    level = (
        np.bincount(pitched[:, BAR], weights=pitched[:, VELOCITY], minlength=bars)
        / np.maximum(count, 1)
        / 127.0
    )
    return np.where(count > 0, level, np.nan).astype(np.float32)


_TABLE = Path(__file__).with_name("descriptor_quantiles.json")


@cache
def quantiles() -> Mapping[str, npt.NDArray[np.float64]]:
    """The corpus value at each of 101 evenly spaced ranks, by descriptor."""
    table = json.loads(_TABLE.read_text(encoding="utf-8"))
    return {name: np.array(values, dtype=np.float64) for name, values in table["quantiles"].items()}


def percentile(name: str, value: npt.ArrayLike) -> npt.NDArray[np.float64]:
    """Rank 0…1 of values among the corpus bars; equal values share their middle rank. NaN stays NaN."""
    table = quantiles()[name]
    values = np.asarray(value, dtype=np.float64)
    ranks = np.linspace(0, 1, len(table))
    low, high = np.searchsorted(table, values, "left"), np.searchsorted(table, values, "right")
    tied = high > low
    middle = (np.clip(low, 0, len(table) - 1) + np.clip(high - 1, 0, len(table) - 1)) / 2 / (len(table) - 1)
    smooth = np.interp(values, table + np.arange(len(table)) * 1e-9, ranks)
    return np.where(np.isnan(values), np.nan, np.where(tied, middle, smooth))


def from_percentile(name: str, rank: npt.ArrayLike) -> npt.NDArray[np.float64]:
    """The corpus value at a rank 0…1: the inverse of `percentile`."""
    table = quantiles()[name]
    return np.interp(np.asarray(rank, dtype=np.float64), np.linspace(0, 1, len(table)), table)


def conditions(measured: Floats) -> Floats:
    """Percentiles 0…1 of the `CONDITIONS` columns of a `describe` result [B, 11] → [B, 7]; NaN becomes
    0.5."""
    columns = [percentile(name, measured[:, DESCRIPTORS.index(name)]) for name in CONDITIONS]
    return np.nan_to_num(np.stack(columns, axis=1), nan=0.5).astype(np.float32)


def quantile_table(measured: Floats, present: npt.NDArray[np.bool_]) -> dict[str, list[float]]:
    """Builds the tables that ship, from a corpus's measures [B, 11] over its sounding bars `present` [B]."""
    ranks = np.linspace(0, 1, 101)
    table: dict[str, list[float]] = {}
    for column, name in enumerate(DESCRIPTORS):
        values = measured[present, column]
        values = values[~np.isnan(values)]
        table[name] = [round(float(v), 5) for v in np.quantile(values, ranks)] if len(values) else [0.0] * 101
    return table
