"""The chords of the training bars as events, piece by piece: what the harmony model learns from."""

from collections import Counter, defaultdict
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from engine.generate.chord_events import (
    FEATURES,
    SLOTS,
    TENSION_LEVELS,
    EventContext,
    chord_number,
    chord_restlessness,
    chord_tone,
    encode,
)
from engine.train.music.data import dataset

GROUP: Final = 4
"""Bars of the phrase group whose place is told."""


@dataclass(frozen=True, slots=True)
class ChordPieces:
    """Event sequences of one split.

    Flat over events: chord and degree (0–3: which chord tone is in the bass) int [E]; features float32 [E, F
    + sources]; `first` int [P + 1]: where pieces begin; masks: Counter of (source, meter, number of changes,
    slots changed).
    """

    chord: npt.NDArray[np.int64]
    degree: npt.NDArray[np.int64]
    features: npt.NDArray[np.float32]
    first: npt.NDArray[np.int64]
    minor: npt.NDArray[np.bool_]
    masks: Counter[tuple[str, int, int, int]]
    returns: dict[str, tuple[int, int]]
    paces: dict[str, dict[str, Any]]
    """By "source/meter": the `quantiles` of changes a bar over eight bars, and the share of bars that `keep`
    the pattern of the bar before beyond chance."""


def read_chords(arrays: dataset.Arrays, split: str, sources: tuple[str, ...]) -> ChordPieces:
    """All pieces of a split as event sequences, cut where bars are missing or the metre changes."""
    wanted = np.flatnonzero(arrays["piece_split"] == split)
    restless = chord_restlessness()
    parts: dict[str, list[npt.NDArray[Any]]] = defaultdict(list)
    first = [0]
    masks: Counter[tuple[str, int, int, int]] = Counter()
    patterns: dict[tuple[str, int], list[npt.NDArray[np.int64]]] = defaultdict(list)
    returns = {source: [0, 0] for source in sources}
    breaks = np.flatnonzero(
        (np.diff(arrays["bar_piece"]) != 0)
        | (np.diff(arrays["bar_index"]) != 1)
        | (np.diff(arrays["bar_meter"]) != 0)
    )
    edges = np.concatenate([[0], breaks + 1, [len(arrays["bar_piece"])]])
    phrase_start = _melody_gaps(arrays)
    for begin, end in pairwise(edges.tolist()):
        piece = int(arrays["bar_piece"][begin])
        source = str(arrays["piece_source"][piece])
        if end - begin < 8 or piece not in wanted or source not in sources:
            continue
        meter = int(arrays["bar_meter"][begin])
        bars = arrays["bar_chords"][begin:end, : SLOTS[meter]].astype(np.int64)
        number = chord_number(bars[:, :, 0], bars[:, :, 1]).reshape(-1)
        if (number < 0).mean() > 0.3:
            continue
        number = carry(number)
        group = (np.arange(end - begin) - _phase(phrase_start[begin:end])) % GROUP
        _count_returns(number.reshape(end - begin, -1), group, returns[source])
        events = np.flatnonzero(np.r_[True, number[1:] != number[:-1]])
        bar = events // SLOTS[meter]
        codes = _patterns(events, SLOTS[meter], end - begin)[1:]
        masks.update((source, meter, code.bit_count(), code) for code in codes.tolist())
        patterns[source, meter].append(codes)
        part = np.cumsum(group == 0)
        mean = restless[number].reshape(end - begin, -1).mean(axis=1)
        calm = (np.bincount(part, weights=mean) / np.maximum(np.bincount(part), 1))[part]
        context = EventContext(
            1 - arrays["bar_mode"][begin:end].astype(np.int64)[bar],
            np.full(len(events), meter),
            events % SLOTS[meter],
            group[bar],
            end - begin - 1 - bar,
            np.diff(np.r_[events, len(number)]),
            calm[bar],
        )
        style_shares = np.zeros((len(events), len(sources)))
        style_shares[:, sources.index(source)] = 1.0
        bass = bars[:, :, 2].reshape(-1)[events]
        parts["chord"].append(number[events])
        parts["degree"].append(_degrees(number[events], bass))
        parts["features"].append(np.concatenate([encode(context), style_shares], axis=1).astype(np.float32))
        parts["tension"].append(calm[bar])
        parts["minor"].append(context.minor.astype(np.bool_))
        first.append(first[-1] + len(events))
    counted = {source: (pair[0], pair[1]) for source, pair in returns.items()}
    return ChordPieces(
        np.concatenate(parts["chord"]),
        np.concatenate(parts["degree"]),
        np.concatenate(parts["features"]),
        np.array(first),
        np.concatenate(parts["minor"]),
        masks,
        counted,
        {f"{source}/{meter}": _pace(rows) for (source, meter), rows in sorted(patterns.items())},
    )


def carry(number: npt.NDArray[np.int64]) -> npt.NDArray[np.int64]:
    """Where no chord is known the one before holds on (the first known one before the first)."""
    known = np.flatnonzero(number >= 0)
    at = np.searchsorted(known, np.arange(len(number)), "right") - 1
    return np.asarray(number[known[np.maximum(at, 0)]])


def _degrees(chord: npt.NDArray[np.int64], bass: npt.NDArray[np.int64]) -> npt.NDArray[np.int64]:
    """Which chord tone lies in the bass, 0–3; a bass outside the chord counts as root position."""
    result = np.zeros(len(chord), dtype=np.int64)
    for degree in (3, 2, 1):
        tone = np.array([chord_tone(int(c), degree) for c in chord])
        result[(tone == bass) & (tone != chord % 12)] = degree
    return result


def _melody_gaps(arrays: dataset.Arrays) -> npt.NDArray[np.float64]:
    """How clearly a melodic phrase begins at each bar: the longest wait for a melody onset around its bar
    line, [B]."""
    notes, row = arrays["notes"], arrays["note_bar"].astype(np.int64)
    melody = notes[:, 6] == 0
    position = row[melody] * 16 + notes[melody, 2].astype(np.int64)
    gap = np.diff(np.r_[position, position[-1:] + 16]).clip(0, 24)
    strength = np.zeros(len(arrays["bar_piece"]) + 2)
    target = (position + gap + 8) // 16  # the bar line nearest to where the next note begins
    np.maximum.at(strength, np.minimum(target, len(strength) - 1), gap.astype(np.float64))
    return strength[:-2]


def _phase(strength: npt.NDArray[np.float64]) -> int:
    """Which bar (mod four) phrases begin on."""
    usable = len(strength) // GROUP * GROUP
    return int(strength[:usable].reshape(-1, GROUP).mean(axis=0).argmax())


def _patterns(events: npt.NDArray[np.int64], slots: int, bars: int) -> npt.NDArray[np.int64]:
    """Slots of each bar on which the chord changes, as bits: [bars]. `events` slots from the beginning."""
    changed = np.zeros(bars * slots, dtype=np.int64)
    changed[events[1:]] = 1
    return np.asarray((changed.reshape(bars, slots) << np.arange(slots)).sum(axis=1))


PACES: Final = 21
"""Quantiles of the pace that are kept."""


def _pace(rows: list[npt.NDArray[np.int64]]) -> dict[str, Any]:
    """How fast the harmony of a collection moves, by the patterns of its pieces' bars."""
    means, equal, pairs = [], 0, 0
    shares = np.bincount(np.concatenate(rows)).astype(np.float64)
    shares /= max(shares.sum(), 1.0)
    for codes in rows:
        counts = np.bitwise_count(codes.astype(np.uint64)).astype(np.float64)
        whole = max(8, len(counts) // 8 * 8)
        means += [float(part.mean()) for part in np.split(counts[:whole], range(8, len(counts[:whole]), 8))]
        equal, pairs = equal + int((codes[1:] == codes[:-1]).sum()), pairs + max(len(codes) - 1, 0)
    chance = float((shares**2).sum())
    keep = (equal / max(pairs, 1) - chance) / max(1 - chance, 1e-9)
    quantiles = np.quantile(means, np.linspace(0, 1, PACES))
    return {"quantiles": [round(float(v), 3) for v in quantiles], "keep": round(max(keep, 0.0), 3)}


def _count_returns(chords: npt.NDArray[np.int64], group: npt.NDArray[np.int64], tally: list[int]) -> None:
    """Counts groups of four bars whose first two bars have the harmony of the group before: [yes, all]."""
    starts = np.flatnonzero(group == 0)
    for begin in starts[(starts >= 4) & (starts + 2 <= len(chords))].tolist():
        tally[0] += int(np.array_equal(chords[begin : begin + 2], chords[begin - 4 : begin - 2]))
        tally[1] += 1


def ranked_tension(pieces: list[ChordPieces]) -> list[float]:
    """Replaces the tension feature by its coarse rank among training events, in place; returns the
    quantiles."""
    column = pieces[0].features.shape[1]
    at = FEATURES - 2
    assert column > FEATURES
    raw = (pieces[0].features[:, at] / 2 + 0.5).astype(np.float64)
    table = np.quantile(raw, np.linspace(0, 1, 101))
    for piece in pieces:
        values = piece.features[:, at] / 2 + 0.5
        rank = np.interp(values, table + np.arange(101) * 1e-9, np.linspace(0, 1, 101))
        rank = np.round(rank * TENSION_LEVELS) / TENSION_LEVELS - 0.5
        piece.features[:, at], piece.features[:, at + 1] = 2 * rank, 4 * rank * rank
    return [round(float(v), 5) for v in table]


def without_tension(pieces: ChordPieces) -> ChordPieces:
    """The same pieces with the median tension told everywhere: how much of the gain is knowing it."""
    features = pieces.features.copy()
    features[:, FEATURES - 2 : FEATURES] = 0.0
    return replace(pieces, features=features)


def tension_levels(pieces: ChordPieces, sources: tuple[str, ...]) -> dict[str, list[float]]:
    """Running shares of events at each told level of (ranked) tension, by "source/minor": what tells a place
    in one collection's music as the level that it has there."""
    level = np.round((pieces.features[:, FEATURES - 2] / 2 + 0.5) * TENSION_LEVELS).astype(np.int64)
    result = {}
    for number, source in enumerate(sources):
        for minor in (False, True):
            own = level[(pieces.features[:, FEATURES + number] > 0) & (pieces.minor == minor)]
            own = own if len(own) else level
            shares = np.bincount(own, minlength=TENSION_LEVELS + 1)[: TENSION_LEVELS + 1] / len(own)
            result[f"{source}/{int(minor)}"] = [round(float(v), 4) for v in np.cumsum(shares)]
    return result
