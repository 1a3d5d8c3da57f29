"""Training bars as arrays: from the dataset file to what codec and GAN are trained on.

The dataset (`bars.npz`) holds notes int16 [N, 7] (piece, bar row, step, steps, key-relative pitch, velocity,
role) and per bar its chords, metre, mode, tonic, descriptors and emotion.
"""

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt

from dsl.vocabulary import STYLES as LANGUAGE_STYLES
from engine.generate.config import CONTEXT, WINDOW
from engine.generate.grid import LINES, METER_STEPS, SPECS, BarArrays, from_notes, last_pitch
from engine.music.descriptors import conditions

SPLITS = ("train", "dev", "test")

STYLES = tuple(LANGUAGE_STYLES)
"""The styles of the language: the first entries of every style vector; the training sources follow."""


@dataclass(frozen=True, slots=True)
class Bars:
    """All bars of the dataset. `arrays` their notes by role; `previous` int64 [3, B] the index + 1 of each
    line's last pitch before the bar (0: none); `run` [B] number of the uninterrupted stretch a bar belongs
    to; `fresh` bool [B]: the eight bars from here do not repeat an earlier eight; `left` [B] bars of the
    piece after this one; `conditions` float32 [B, 7] percentiles; `emotion` float32 [B, 2], NaN where
    unknown; `split` [B] index in SPLITS; `sources` the source names and `source` [B] their index; `taught`
    bool [B, 10]: styles (in STYLES order) that the bar's piece teaches."""

    arrays: BarArrays
    previous: npt.NDArray[np.int64]
    chords: npt.NDArray[np.int8]
    meter: npt.NDArray[np.int64]
    minor: npt.NDArray[np.bool_]
    tonic: npt.NDArray[np.int64]
    piece: npt.NDArray[np.int64]
    run: npt.NDArray[np.int64]
    fresh: npt.NDArray[np.bool_]
    left: npt.NDArray[np.int64]
    descriptors: npt.NDArray[np.float32]
    conditions: npt.NDArray[np.float32]
    emotion: npt.NDArray[np.float32]
    split: npt.NDArray[np.int64]
    sources: tuple[str, ...]
    source: npt.NDArray[np.int64]
    taught: npt.NDArray[np.bool_]

    def __len__(self) -> int:
        return len(self.meter)


def load_bars(path: Path) -> Bars:
    """Reads the dataset file (fields: `engine.train.music.data.dataset.FIELDS`)."""
    data = np.load(path, allow_pickle=False)
    notes = data["notes"].astype(np.int64)
    row = data["note_bar"].astype(np.int64)
    meter = data["bar_meter"].astype(np.int64)
    piece = data["bar_piece"].astype(np.int64)
    index = data["bar_index"].astype(np.int64)
    follows = np.r_[False, (np.diff(piece) == 0) & (np.diff(index) == 1)]
    run = np.cumsum(~follows)
    steps = np.asarray(METER_STEPS)[meter]
    offset = np.concatenate([[0], np.cumsum(steps)])
    start = offset[row] + notes[:, 2]
    stop = offset[np.searchsorted(run, run, side="right")]
    end = np.minimum(start + np.maximum(notes[:, 3], 1), stop[row])
    arrays = from_notes(start, end, notes[:, 4], notes[:, 6], steps)
    names = tuple(sorted(set(data["piece_source"].tolist())))
    taught = np.array([[style in line.split() for style in STYLES] for line in data["piece_styles"].tolist()])
    split = np.array([SPLITS.index(name) for name in data["piece_split"].tolist()])
    source = np.array([names.index(name) for name in data["piece_source"].tolist()])
    measured = data["bar_descriptors"].astype(np.float32)
    return Bars(
        arrays,
        np.stack([previous_pitch(arrays.tokens[i], run) for i in range(len(LINES))]),
        data["bar_chords"].astype(np.int8),
        meter,
        data["bar_mode"] == 0,
        data["bar_tonic"].astype(np.int64),
        piece,
        run,
        ~data["bar_window_repeat"].astype(bool),
        np.searchsorted(piece, piece, side="right") - np.arange(len(piece)) - 1,
        measured,
        conditions(measured),
        data["bar_emotion"].astype(np.float32),
        split[piece],
        names,
        source[piece],
        taught[piece],
    )


def previous_pitch(tokens: npt.NDArray[np.uint8], run: npt.NDArray[np.int64]) -> npt.NDArray[np.int64]:
    """Index + 1 [B] of the last pitch that starts in the bar before, in the same run; 0 where there is
    none."""
    before = np.concatenate([[0], last_pitch(tokens)[:-1]])
    same = np.concatenate([[False], run[1:] == run[:-1]])
    return np.where(same, before, 0)


def windows(bars: Bars, split: str, hop: int = 2) -> npt.NDArray[np.int64]:
    """Rows [W, CONTEXT + WINDOW] of phrases in one metre and key where something sounds in every bar and that
    repeat none seen earlier; −1 before the start of an uninterrupted stretch."""
    sounding = np.asarray(bars.arrays.present[:, :4].any(1))
    first = np.arange(0, max(0, len(bars) - WINDOW + 1))
    phrase = first[:, None] + np.arange(WINDOW)
    keep = (bars.split[first] == SPLITS.index(split)) & bars.fresh[first] & sounding[phrase].all(1)
    for values in (bars.run, bars.meter, bars.tonic, bars.minor):
        keep &= (values[phrase] == values[first][:, None]).all(1)
    starts = np.searchsorted(bars.run, bars.run, side="left")
    keep &= (first - starts[first]) % hop == 0
    first = first[keep]
    span = first[:, None] + np.arange(-CONTEXT, WINDOW)
    inside = (span >= 0) & (bars.run[np.maximum(span, 0)] == bars.run[first][:, None])
    inside &= bars.meter[np.maximum(span, 0)] == bars.meter[first][:, None]
    return np.where(inside, span, -1)


def repeats(bars: Bars, rows: npt.NDArray[np.int64]) -> npt.NDArray[np.int64]:
    """For each role of each phrase bar [W, 8] the first bar of the phrase with the same notes on the same
    chords: int [W, 8, 5], 0–7. A bar that repeats nothing points to itself.
    """
    keys = np.zeros((*rows.shape, len(SPECS)), np.int64)
    chords = bars.chords.reshape(len(bars), -1).astype(np.int64)
    for role, spec in enumerate(SPECS):
        if spec.line:
            content = bars.arrays.tokens[LINES.index(role)].astype(np.int64)
        else:
            plane = 0 if spec.name == "chords" else 1
            content = np.concatenate([bars.arrays.onsets[plane], bars.arrays.sounds[plane]], 1)
        both = np.ascontiguousarray(np.concatenate([content, chords], 1))
        whole = both.view(np.dtype((np.void, both.shape[1] * 8)))[:, 0]
        _, key = np.unique(whole, return_inverse=True)
        keys[..., role] = key.reshape(-1)[rows]
    same = keys[:, :, None, :] == keys[:, None, :, :]
    first: npt.NDArray[np.int64] = np.argmax(same, axis=2)
    return first
