"""Training bars as arrays: from the dataset file to what codec and GAN are trained on.

The dataset (`bars.npz`) holds notes int16 [N, 7] (piece, bar row, step, steps, key-relative pitch, velocity,
role) and per bar its chords, metre, mode, tonic, descriptors and emotion.
"""

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt

from engine.generate.config import CONTEXT, WINDOW
from engine.generate.grid import FIRST_PITCH, LINES, METER_STEPS, SPECS, BarArrays, from_notes
from engine.music.descriptors import conditions

SPLITS = ("train", "dev", "test")


@dataclass(frozen=True, slots=True)
class Bars:
    """All bars of the dataset. `arrays` their notes by role; `previous` int64 [3, B] the index + 1 of each
    line's last pitch before the bar (0: none); `conditions` float32 [B, 7] percentiles; `emotion` float32 [B,
    2], NaN where unknown; `split` [B] index in SPLITS; `left` [B] bars of the piece after this one."""

    arrays: BarArrays
    previous: npt.NDArray[np.int64]
    chords: npt.NDArray[np.int8]
    meter: npt.NDArray[np.int64]
    minor: npt.NDArray[np.bool_]
    piece: npt.NDArray[np.int64]
    index: npt.NDArray[np.int64]
    left: npt.NDArray[np.int64]
    descriptors: npt.NDArray[np.float32]
    conditions: npt.NDArray[np.float32]
    emotion: npt.NDArray[np.float32]
    split: npt.NDArray[np.int64]
    piece_tags: tuple[tuple[str, ...], ...]

    def __len__(self) -> int:
        return len(self.meter)


def load_bars(path: Path) -> Bars:
    """Reads the dataset file."""
    data = np.load(path, allow_pickle=False)
    notes = data["notes"].astype(np.int64)
    meter = data["bar_meter"].astype(np.int64)
    piece = data["bar_piece"].astype(np.int64)
    steps = np.asarray(METER_STEPS)[meter]
    offset = np.concatenate([[0], np.cumsum(steps)])
    last_bar = np.searchsorted(piece, piece, side="right")
    row = notes[:, 1]
    start = offset[row] + notes[:, 2]
    end = np.minimum(start + np.maximum(notes[:, 3], 1), offset[last_bar[row]])
    arrays = from_notes(start, end, notes[:, 4], notes[:, 6], steps)
    first = np.searchsorted(piece, piece, side="left")
    tags = tuple(tuple(sorted(t for t in str(line).split(",") if t)) for line in data["piece_tags"])
    names = [str(s) for s in data["piece_split"]]
    split = np.array([SPLITS.index(n) for n in names])[piece]
    measured = data["bar_descriptors"].astype(np.float32)
    return Bars(
        arrays,
        np.stack([previous_pitch(arrays.tokens[i], piece) for i in range(len(LINES))]),
        data["bar_chords"].astype(np.int8),
        meter,
        data["bar_mode"].astype(np.int64) != 0,
        piece,
        np.arange(len(piece)) - first,
        last_bar - np.arange(len(piece)) - 1,
        measured,
        conditions(measured),
        data["bar_emotion"].astype(np.float32),
        split,
        tags,
    )


def previous_pitch(tokens: npt.NDArray[np.uint8], piece: npt.NDArray[np.int64]) -> npt.NDArray[np.int64]:
    """Index + 1 [B] of the last pitch played before each bar of the same piece, within the bar before; 0
    where none."""
    last = last_pitch(tokens)
    before = np.concatenate([[0], last[:-1]])
    same = np.concatenate([[False], piece[1:] == piece[:-1]])
    return np.where(same, before, 0)


def last_pitch(tokens: npt.NDArray[np.uint8]) -> npt.NDArray[np.int64]:
    """Index + 1 [B] of the last pitch that starts in each bar [B, 16]; 0 where none does."""
    played = tokens >= FIRST_PITCH
    column = 15 - np.argmax(played[:, ::-1], 1)
    pitch = tokens[np.arange(len(tokens)), column].astype(np.int64) - FIRST_PITCH + 1
    return np.where(played.any(1), pitch, 0)


def windows(bars: Bars, split: str, hop: int = 4) -> npt.NDArray[np.int64]:
    """Rows [W, CONTEXT + WINDOW] of phrases in one metre where something sounds in every bar; −1 before the
    piece's start."""
    rows: list[npt.NDArray[np.int64]] = []
    sounding = bars.arrays.present[:, :4].any(1)
    for piece in np.unique(bars.piece[bars.split == SPLITS.index(split)]):
        lo, hi = np.searchsorted(bars.piece, [piece, piece + 1])
        for first in range(lo, hi - WINDOW + 1, hop):
            span = np.arange(first - CONTEXT, first + WINDOW)
            phrase = span[CONTEXT:]
            if sounding[phrase].all() and (bars.meter[phrase] == bars.meter[first]).all():
                before = (span >= lo) & (bars.meter[np.maximum(span, 0)] == bars.meter[first])
                rows.append(np.where(before, span, -1))
    return np.stack(rows) if rows else np.zeros((0, CONTEXT + WINDOW), np.int64)


def repeats(arrays: BarArrays, rows: npt.NDArray[np.int64]) -> npt.NDArray[np.int64]:
    """For each role of each phrase bar [W, 8] the first bar of the phrase with the same notes: int [W, 8, 5],
    0–7.

    A bar that repeats nothing points to itself.
    """
    keys = np.zeros((*rows.shape, len(SPECS)), np.int64)
    for role, spec in enumerate(SPECS):
        if spec.line:
            content = arrays.tokens[LINES.index(role)]
        else:
            content = np.stack([arrays.onsets[role // 4], arrays.sounds[role // 4]], 2).reshape(
                len(arrays.present), -1
            )
        _, key = np.unique(content, axis=0, return_inverse=True)
        keys[..., role] = key.reshape(-1)[rows]
    same = keys[:, :, None, :] == keys[:, None, :, :]
    first: npt.NDArray[np.int64] = np.argmax(same, axis=2)
    return first
