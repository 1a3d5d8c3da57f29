"""What harmony is like, in figures: windows of eight bars of real music or of takes, and what the two differ
in.

Chords only, in 4/4, key-relative. How well real chords foretell the next one is told by a bigram model that
has seen other works: what is duller than real music is foretold better, what is random worse.
"""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Final

import numpy as np
import numpy.typing as npt

from engine.generate.chord_events import CHORD_COUNT, SLOTS, chord_number, chord_restlessness
from engine.music.theory import NO_CHORD, QUALITIES, chord_templates, scale_mask
from engine.train.music.chord_pieces import carry

BARS: Final = 8
SLOT_COUNT: Final = BARS * SLOTS[0]
SHARE: Final = 500.0
"""Windows that a collection of weight 1 counts as in a bigram model, however many it has."""

_Ints = npt.NDArray[np.int64]
_Bools = npt.NDArray[np.bool_]

FUNCTIONS: Final = {
    False: {"tonic": (0,), "mediants": (9, 4), "subdominant": (5, 2), "dominant": (7, 11)},
    True: {"tonic": (0,), "mediants": (3, 8), "subdominant": (5, 2), "dominant": (7, 10, 11)},
}
"""Relative roots by what a chord does, in major and in minor (♭VII leads home as V does); all others are
"chromatic roots"."""

_GROUPS: Final[dict[str, tuple[str, ...]]] = {
    "major triads": ("maj",),
    "minor triads": ("min",),
    "seventh chords": ("7", "maj7", "min7", "m7b5", "dim7"),
    "diminished": ("dim", "m7b5", "dim7"),
    "suspended": ("sus2", "sus4"),
}


@dataclass(frozen=True, slots=True)
class ChordWindows:
    """W windows of eight bars. `chord` int [W, 32] chord numbers by beat, `bass` int [W, 32] relative pitch
    classes, `minor` bool [W], `ends` bool [W, 8]: a phrase ends with this bar (not the piece)."""

    chord: _Ints
    bass: _Ints
    minor: _Bools
    ends: _Bools

    def __len__(self) -> int:
        return len(self.minor)

    def events(self) -> list[_Ints]:
        """The chords of each window without their repetitions."""
        return [row[np.r_[True, row[1:] != row[:-1]]] for row in self.chord]

    def shuffled(self, rng: np.random.Generator) -> "ChordWindows":
        """Every window's own chords in another order, their lengths and places kept: a control."""
        chord, bass = self.chord.copy(), self.bass.copy()
        for row in range(len(chord)):
            first = np.flatnonzero(np.r_[True, chord[row, 1:] != chord[row, :-1]])
            order = rng.permutation(first)
            length = np.diff(np.append(first, SLOT_COUNT))
            chord[row], bass[row] = (
                np.repeat(self.chord[row, order], length),
                np.repeat(self.bass[row, order], length),
            )
        return ChordWindows(chord, bass, self.minor, self.ends)


def chord_windows(chords: npt.NDArray[np.integer], minor: _Bools, ends: _Bools) -> ChordWindows:
    """Windows of tables [W, 8, 4, 3] (root, quality, bass); where no chord is known the one before holds on.
    Windows of which more than three tenths are unknown are left out."""
    tables = chords.reshape(-1, SLOT_COUNT, 3).astype(np.int64)
    number = chord_number(tables[..., 0], tables[..., 1])
    kept = (number < 0).mean(1) <= 0.3
    rows = [carry(row) for row in number[kept]]
    return ChordWindows(
        np.array(rows, np.int64).reshape(-1, SLOT_COUNT), tables[kept, :, 2], minor[kept], ends[kept]
    )


class BigramModel:
    """How likely a chord is after another, by mode (Witten–Bell smoothed), in some collections mixed by
    weight."""

    def __init__(self, learnt: dict[str, ChordWindows], weights: dict[str, float]) -> None:
        self._seen: dict[tuple[int, ...], dict[int, float]] = defaultdict(lambda: defaultdict(float))
        for name, weight in weights.items():
            windows = learnt[name]
            for minor, events in zip(windows.minor.tolist(), windows.events(), strict=True):
                for before, chord in pairwise(events.tolist()):
                    self._seen[(int(minor),)][chord] += weight * SHARE / len(windows)
                    self._seen[int(minor), before][chord] += weight * SHARE / len(windows)

    def surprise(self, windows: ChordWindows) -> npt.NDArray[np.float64]:
        """Mean negative log-likelihood (bits) of each window's chords, the first left out: [W]."""
        result = []
        for minor, events in zip(windows.minor.tolist(), windows.events(), strict=True):
            bits = [-np.log2(self._chance(int(minor), *pair)) for pair in pairwise(events.tolist())]
            result.append(np.mean(bits) if bits else np.nan)
        return np.array(result, np.float64)

    def _chance(self, minor: int, before: int, chord: int) -> float:
        chance = 1.0 / CHORD_COUNT
        for context in ((minor,), (minor, before)):
            seen = self._seen.get(context)
            if seen:
                chance = (seen.get(chord, 0.0) + len(seen) * chance) / (sum(seen.values()) + len(seen))
        return chance


def figures(windows: ChordWindows, bigrams: BigramModel) -> dict[str, float]:
    """All figures of some windows, means over the windows: shares are of time unless named otherwise."""
    if not len(windows):
        return {}
    root, quality = windows.chord % 12, windows.chord // 12
    events = windows.events()
    table: dict[str, float] = {
        "different chords in eight bars": float(np.mean([len(np.unique(row)) for row in windows.chord])),
        "chord changes a bar": float((windows.chord[:, 1:] != windows.chord[:, :-1]).sum(1).mean() / BARS),
        "bits a chord, bigrams of other works": float(np.nanmean(bigrams.surprise(windows))),
    }
    for name in FUNCTIONS[False]:
        inside = [np.isin(row, FUNCTIONS[bool(m)][name]) for row, m in zip(root, windows.minor, strict=True)]
        table[name] = float(np.mean(inside))
    table["chromatic roots"] = 1 - sum(table[name] for name in FUNCTIONS[False])
    for name, members in _GROUPS.items():
        table[name] = float(np.isin(quality, [QUALITIES.index(q) for q in members]).mean())  # type: ignore[arg-type]
    table["chords with a tone outside the scale"] = float(_chromatic()[_modes(windows), windows.chord].mean())
    table["secondary dominants, of all changes"] = _secondary(windows.minor, events)
    table["inversions"] = float((windows.bass != root).mean())
    table["distance from rest"] = float(chord_restlessness()[windows.chord].mean())
    last = root[:, SLOTS[0] - 1 :: SLOTS[0]][windows.ends]
    table["phrases end on the tonic"] = float((last == 0).mean()) if len(last) else float("nan")
    table["phrases end on the fifth degree"] = float((last == 7).mean()) if len(last) else float("nan")
    return table


def _modes(windows: ChordWindows) -> _Ints:
    return np.repeat(windows.minor.astype(np.int64)[:, None], SLOT_COUNT, 1)


def _chromatic() -> _Bools:
    """Which chords have a tone outside the scale, in major and in minor (all its forms): [2, CHORD_COUNT]."""
    tones = chord_templates()[:NO_CHORD]
    result = np.zeros((2, CHORD_COUNT), np.bool_)
    for row, mode in enumerate(("major", "minor")):
        outside = ~scale_mask(mode)
        for chord in range(CHORD_COUNT):
            result[row, chord] = bool(np.roll(tones[chord // 12], chord % 12)[outside].any())
    return result


def _secondary(minor: _Bools, events: Sequence[_Ints]) -> float:
    """Share of changes that are a chromatic major triad or seventh chord going on to the chord a fifth
    below."""
    chromatic = _chromatic()
    dominant = np.array(["maj", "7"])
    found, every = 0, 0
    for mode, row in zip(minor.astype(np.int64).tolist(), events, strict=True):
        before, after = row[:-1], row[1:]
        leads = np.isin(np.array(QUALITIES)[before // 12], dominant) & (before % 12 != 7)
        leads &= chromatic[mode, before] & ((before % 12 + 5) % 12 == after % 12)
        found, every = found + int(leads.sum()), every + len(before)
    return found / max(every, 1)


def weighted(parts: Sequence[tuple[float, dict[str, float]]]) -> dict[str, float]:
    """Figures of several collections as one, by weight; empty ones do not count."""
    known = [(weight, table) for weight, table in parts if table]
    names = known[0][1] if known else {}
    total = {name: [(w, t[name]) for w, t in known if np.isfinite(t[name])] for name in names}
    return {
        name: float(sum(w * v for w, v in rows) / max(sum(w for w, _ in rows), 1e-9))
        for name, rows in total.items()
    }
