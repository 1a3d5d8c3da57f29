"""Puts a raw piece on the training grid: bars of 4/4, 3/4 or 6/8 in sixteenths, keys, chords, roles,
key-relative notes.

What does not fit (other metres, bars off the sixteenth grid) is left out bar by bar and counted; the gaps
stay visible in `bar_index`.
"""

from collections import Counter
from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt

from engine.music.analysis import find_chords, find_keys
from engine.music.descriptors import METER_STEPS, SLOT_STARTS
from engine.music.theory import NO_CHORD, nearest_shift
from engine.train.music.data.compound import as_compound
from engine.train.music.data.piece import BASS, DRUMS, RawBar, RawPiece, Skipped
from engine.train.music.data.roles import assign_roles, trim_overlaps

Ints = npt.NDArray[np.int64]

MEAN_ERROR_LIMIT: Final = 0.17
"""Largest mean distance of a bar's onsets from the sixteenth grid, in sixteenths: plain triplets have
0.22."""
SHORTEST_PIECE: Final = 4
LONGEST_NOTE: Final = 64
METER_CODES: Final = {(4, 4): 0, (2, 2): 0, (3, 4): 1, (6, 8): 2}
_SLOTS: Final = (4, 3, 2)


@dataclass(frozen=True, slots=True)
class GridPiece:
    """A piece on the grid.

    notes: int64 [N, 6] (bar row, step, steps, key-relative pitch, velocity, role), sorted by row, step, role,
    pitch. chords: [B, 4, 3]; index, meter, tonic: [B]; minor: bool [B]; emotion: [B, 2]; lost: bars left out,
    by reason.
    """

    raw: RawPiece
    notes: Ints
    chords: Ints
    index: Ints
    meter: Ints
    tonic: Ints
    minor: npt.NDArray[np.bool_]
    emotion: npt.NDArray[np.float64]
    lost: Counter[str]


@dataclass(frozen=True, slots=True)
class _Bar:
    start: float
    meter: int
    fifths: int
    key: int
    source: int
    index: int


def to_grid(raw: RawPiece) -> GridPiece | Skipped:
    """The piece on the grid, or why nothing of it is left."""
    if len(raw.notes) < 8:
        return Skipped(raw.id, raw.source, "fewer than eight notes")
    raw = as_compound(raw)
    lost: Counter[str] = Counter()
    bars = _normal_bars(raw, lost)
    if not bars:
        return Skipped(raw.id, raw.source, "no bar in 4/4, 3/4 or 6/8")
    row, step, error = _place(raw.notes[:, 0], bars)
    placed = row >= 0
    if not placed.any():
        return Skipped(raw.id, raw.source, "no notes in its bars")
    count = np.bincount(row[placed], minlength=len(bars))
    mean_error = np.bincount(row[placed], weights=error[placed], minlength=len(bars)) / np.maximum(count, 1)
    off_grid = mean_error > MEAN_ERROR_LIMIT
    sounding = np.flatnonzero(count > 0)
    inside = np.zeros(len(bars), dtype=np.bool_)
    inside[sounding[0] : sounding[-1] + 1] = True
    lost["bars off the sixteenth grid"] += int((off_grid & inside).sum())
    lost["silent bars at the ends"] += int((~inside).sum())
    kept = inside & ~off_grid
    if kept.sum() < SHORTEST_PIECE:
        return Skipped(
            raw.id, raw.source, "off the sixteenth grid" if off_grid.any() else "shorter than four bars"
        )
    new_row = np.where(kept, np.cumsum(kept) - 1, -1)
    chosen = placed & (np.where(placed, new_row[row], -1) >= 0)
    bars = [bar for bar, keep in zip(bars, kept, strict=True) if keep]
    return _assemble(raw, bars, chosen, new_row[row], step, lost)


def _normal_bars(raw: RawPiece, lost: Counter[str]) -> list[_Bar]:
    """Written bars as bars of the three grids: halves joined, doubles split, others left out."""
    result: list[_Bar] = []
    number = 0
    i = 0
    phase_of_run: dict[int, int] = {}
    while i < len(raw.bars):
        bar = raw.bars[i]
        full = abs(bar.beats - bar.meter[0] * 4 / bar.meter[1]) < 1e-3
        code = METER_CODES.get(bar.meter)
        if not full:
            lost["irregular bars"] += 1
            number += 2  # a gap, so that nothing is taken for its neighbour
        elif code is not None:
            result.append(_Bar(bar.start, code, bar.fifths, bar.key, i, number))
            number += 1
        elif bar.meter in ((12, 8), (6, 4)):
            part = 2 if bar.meter == (12, 8) else 1
            for half in (0, 1):
                result.append(_Bar(bar.start + half * 3, part, bar.fifths, bar.key, i, number))
                number += 1
        elif bar.meter in ((2, 4), (3, 8), (4, 8)):
            stop = i
            while stop < len(raw.bars) and _same_metre(raw.bars[stop], bar):
                stop += 1
            phase = phase_of_run.setdefault(i, _pairing_phase(raw, i, stop))
            target = 2 if bar.meter == (3, 8) else 0
            for j in range(i + phase, stop - 1, 2):
                first = raw.bars[j]
                result.append(_Bar(first.start, target, first.fifths, first.key, j, number))
                number += 1
            lost["unpaired half bars"] += (stop - i) - 2 * len(range(i + phase, stop - 1, 2))
            i = stop
            number += 1
            continue
        else:
            lost[f"bars of {bar.meter[0]}/{bar.meter[1]}"] += 1
            number += 2
        i += 1
    return result


def _same_metre(bar: RawBar, like: RawBar) -> bool:
    return bar.meter == like.meter and abs(bar.beats - like.beats) < 1e-3


def _pairing_phase(raw: RawPiece, begin: int, end: int) -> int:
    """0 or 1: where pairs of short bars begin, so that the harmony changes more at their starts than inside
    them."""
    starts = np.array([bar.start for bar in raw.bars[begin:end]])
    if len(starts) < 6:
        return 0
    row = np.searchsorted(starts, raw.notes[:, 0] + 1e-6, "right") - 1
    valid = (row >= 0) & (raw.notes[:, 0] < starts[-1] + raw.bars[begin].beats) & (raw.notes[:, 4] != DRUMS)
    code = row[valid] * 12 + raw.notes[valid, 2].astype(np.int64) % 12
    counted = np.bincount(code, weights=raw.notes[valid, 1].clip(max=2), minlength=len(starts) * 12)
    profile = np.asarray(counted, dtype=np.float64).reshape(-1, 12)
    profile /= np.maximum(np.linalg.norm(profile, axis=1, keepdims=True), 1e-9)
    change = 1 - (profile[1:] * profile[:-1]).sum(axis=1)  # change[k]: from bar k to bar k + 1
    return 1 if change[0::2].mean() > 1.1 * change[1::2].mean() else 0


def _place(onsets: npt.NDArray[np.float64], bars: list[_Bar]) -> tuple[Ints, Ints, npt.NDArray[np.float64]]:
    """Bar row (−1 outside), sixteenth in the bar, and distance from it in sixteenths, of each onset."""
    starts = np.array([bar.start for bar in bars])
    length = np.asarray(METER_STEPS)[[bar.meter for bar in bars]]
    row = np.searchsorted(starts, onsets + 1 / 12, "right") - 1
    row = np.maximum(row, 0)
    exact = (onsets - starts[row]) * 4
    step = np.round(exact).astype(np.int64)
    error = np.abs(exact - step)
    following = np.minimum(row + 1, len(bars) - 1)
    over = step >= length[row]
    near = over & (np.abs((onsets - starts[following]) * 4) < 0.5) & (following > row)
    row = np.where(near, following, row)
    step = np.where(near, 0, step)
    outside = (step < 0) | (step >= length[row])
    return np.where(outside, -1, row), step, error


def _assemble(
    raw: RawPiece, bars: list[_Bar], chosen: npt.NDArray[np.bool_], row: Ints, step: Ints, lost: Counter[str]
) -> GridPiece | Skipped:
    """Roles, keys and chords of the notes that are left."""
    meter = np.array([bar.meter for bar in bars], dtype=np.int64)
    row, step, source = row[chosen], step[chosen], raw.notes[chosen]
    steps = np.clip(np.round(source[:, 1] * 4), 1, LONGEST_NOTE).astype(np.int64)
    pitch, velocity, role = (source[:, c].astype(np.int64) for c in (2, 3, 4))
    order = np.lexsort((-steps, pitch, role, step, row))
    row, step, steps, pitch, velocity, role = (a[order] for a in (row, step, steps, pitch, velocity, role))
    code = (row * 16 + step) * 2048 + role * 128 + pitch
    first = np.r_[True, np.diff(code) != 0]
    row, step, steps, pitch, velocity, role = (a[first] for a in (row, step, steps, pitch, velocity, role))
    position = np.concatenate([[0], np.cumsum(np.asarray(METER_STEPS)[meter])])[row] + step
    drums = role == DRUMS
    if (~drums).sum() < 8:
        return Skipped(raw.id, raw.source, "no pitched notes")
    final, keep = assign_roles(position[~drums], steps[~drums], pitch[~drums], role[~drums], row[~drums])
    role[~drums] = final
    steps = np.minimum(steps, trim_overlaps(position, steps, pitch, role))
    kept = np.ones(len(role), dtype=np.bool_)
    kept[~drums] = keep
    row, step, steps, pitch, velocity, role, position = (
        a[kept] for a in (row, step, steps, pitch, velocity, role, position)
    )
    keys = _keys(bars, meter, row, step, steps, pitch, role)
    chords = (
        _given_chords(raw, bars)
        if raw.chords is not None
        else _found_chords(meter, row, step, steps, pitch, role)
    )
    tonic = keys % 12
    known = chords[:, :, 0] >= 0
    chords[:, :, 0] = np.where(known, (chords[:, :, 0] - tonic[:, None]) % 12, -1)
    chords[:, :, 2] = np.where(known, (chords[:, :, 2] - tonic[:, None]) % 12, 0)
    shift = np.array([nearest_shift(int(t)) for t in tonic])
    relative = np.where(role == DRUMS, pitch, pitch + shift[row])
    notes = np.stack([row, step, steps, relative, velocity, role], axis=1)
    notes = notes[np.lexsort((relative, role, step, row))]
    emotion = np.full((len(bars), 2), np.nan)
    if raw.emotion is not None:
        emotion = raw.emotion[[min(bar.source, len(raw.emotion) - 1) for bar in bars]]
    index = np.array([bar.index for bar in bars], dtype=np.int64)
    return GridPiece(raw, notes, chords, index, meter, tonic, keys >= 12, emotion, lost)


def _keys(bars: list[_Bar], meter: Ints, row: Ints, step: Ints, steps: Ints, pitch: Ints, role: Ints) -> Ints:
    """Key of each bar: the given one, else found with the signature as prior."""
    given = np.array([bar.key for bar in bars], dtype=np.int64)
    if (given >= 0).all():
        return given
    pitched = role != DRUMS
    weight = np.minimum(steps, 8)[pitched].astype(np.float64)
    profile = np.bincount(row[pitched] * 12 + pitch[pitched] % 12, weights=weight, minlength=len(bars) * 12)
    downbeat = (role == BASS) & (step == 0)
    bass = np.bincount(row[downbeat] * 12 + pitch[downbeat] % 12, minlength=len(bars) * 12)
    signature = np.array([bar.fifths for bar in bars], dtype=np.int64)
    found = find_keys(
        np.asarray(profile, dtype=np.float64).reshape(-1, 12),
        np.minimum(bass, 1).reshape(-1, 12).astype(np.float64),
        signature,
    )
    return np.where(given >= 0, given, found)


def slot_rows(meter: Ints) -> Ints:
    """Flat index of each used chord slot: [T, 2] (bar row, slot)."""
    return np.array([(b, s) for b, m in enumerate(meter) for s in range(_SLOTS[m])], dtype=np.int64)


def _repeat_unused(chords: Ints, meter: Ints) -> Ints:
    for code, used in enumerate(_SLOTS):
        chords[meter == code, used:] = chords[meter == code, used - 1 : used]
    return chords


def _given_chords(raw: RawPiece, bars: list[_Bar]) -> Ints:
    """The source's chord sounding in (most of) each slot."""
    chords = np.full((len(bars), 4, 3), -1, dtype=np.int64)
    chords[:, :, 1] = NO_CHORD
    listed = sorted(raw.chords or (), key=lambda chord: chord.start)
    starts = np.array([chord.start for chord in listed])
    for b, bar in enumerate(bars):
        for s in range(_SLOTS[bar.meter]):
            middle = bar.start + SLOT_STARTS[bar.meter][s] / 4 + (0.75 if bar.meter == 2 else 0.5)
            at = int(np.searchsorted(starts, middle, "right")) - 1
            if at >= 0 and listed[at].end > middle:
                chords[b, s] = (listed[at].root, listed[at].quality, listed[at].bass)
    return _repeat_unused(chords, np.array([bar.meter for bar in bars]))


def _found_chords(meter: Ints, row: Ints, step: Ints, steps: Ints, pitch: Ints, role: Ints) -> Ints:
    """Chords by analysis: pitch-class weight of what sounds in each slot, lower roles counting more."""
    slots = slot_rows(meter)
    flat = np.full((len(meter), 4), -1, dtype=np.int64)
    flat[slots[:, 0], slots[:, 1]] = np.arange(len(slots))
    pitched = role != DRUMS
    row, step, steps, pitch, role = (a[pitched] for a in (row, step, steps, pitch, role))
    length = np.minimum(steps, np.asarray(METER_STEPS)[meter[row]] - step).clip(min=1)
    spread = np.arange(length.sum()) - np.repeat(np.cumsum(length) - length, length)
    cell_step = np.repeat(step, length) + spread
    cell_row = np.repeat(row, length)
    slot = np.where(meter[cell_row] == 2, cell_step // 6, cell_step // 4)
    slot = flat[cell_row, np.minimum(slot, 3)]
    importance = np.where(
        role == 0, 0.6, np.where(role == 3, 1.3, 1.0)
    )  # melodies pass through foreign tones
    weight = np.repeat(importance, length) * np.where(spread == 0, 1.4, 1.0)
    pitch_cell = np.repeat(pitch, length)
    counted = np.bincount(slot * 12 + pitch_cell % 12, weights=weight, minlength=len(slots) * 12)
    profile = np.asarray(counted, dtype=np.float64).reshape(-1, 12)
    lowest = np.full(len(slots), 999, dtype=np.int64)
    np.minimum.at(lowest, slot, pitch_cell)
    basses = np.where(lowest < 999, lowest % 12, -1)
    cost = np.where(
        slots[:, 1] == 0, 0.35, np.where((slots[:, 1] == 2) & (meter[slots[:, 0]] == 0), 0.5, 0.7)
    )
    root, quality = find_chords(profile, basses, cost)
    silent = _long_silence(profile.sum(axis=1))
    chords = np.full((len(meter), 4, 3), -1, dtype=np.int64)
    bass = np.where(basses >= 0, basses, root)
    values = np.stack([np.where(silent, -1, root), np.where(silent, NO_CHORD, quality), bass], axis=1)
    chords[slots[:, 0], slots[:, 1]] = values
    return _repeat_unused(chords, meter)


def _long_silence(weight: npt.NDArray[np.float64]) -> npt.NDArray[np.bool_]:
    """Slots inside at least four silent ones: there no chord is claimed; over shorter rests it sounds on in
    the ear."""
    silent = weight == 0
    result = np.zeros(len(silent), dtype=np.bool_)
    run = 0
    for i, quiet in enumerate(np.r_[silent, False]):
        if quiet:
            run += 1
            continue
        if run >= 4:
            result[i - run : i] = True
        run = 0
    return result
