"""The training set as one file of plain arrays, `bars.npz`: joined from grid pieces, split by work, repeats
marked.

Arrays are documented in `FIELDS`; `load` gives them back. Which sources go in is `build`'s business.
"""

import hashlib
import os
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from engine.music.descriptors import describe
from engine.train.music.data.grid import GridPiece

Arrays = dict[str, npt.NDArray[Any]]

FIELDS: Final = {
    "version": "int64 scalar, grows with every change of content",
    "notes": "int16 [N, 7]: piece, bar_index, step, steps, pitch (relative; drums not), velocity or 0, role",
    "note_bar": "int32 [N]: global bar row of each note",
    "bar_piece": "int32 [B]: row of the pieces_* arrays",
    "bar_index": "int32 [B]: number in the piece; rows of one piece with consecutive numbers are neighbours",
    "bar_meter": "int8 [B]: 0 = 4/4, 1 = 3/4, 2 = 6/8",
    "bar_mode": "int8 [B]: 1 major, 0 minor",
    "bar_tonic": "int8 [B]: absolute pitch class of the tonic",
    "bar_chords": "int8 [B, 4, 3]: relative root or −1, quality, relative bass; slots are beats (6/8: two)",
    "bar_descriptors": "float32 [B, 11]: engine.music.descriptors.DESCRIPTORS",
    "bar_emotion": "float32 [B, 2]: valence, arousal −1…1 or NaN",
    "bar_window_repeat": "bool [B]: the eight bars from here repeat eight bars seen earlier, note for note",
    "bar_note_start": "int64 [B + 1]: notes of bar b are notes[bar_note_start[b]:bar_note_start[b + 1]]",
    "piece_id, piece_source, piece_split, piece_styles": "str [P]; train, dev or test; styles by spaces",
    "piece_tempo": "float32 [P]: quarter notes a minute or NaN where the source's is a default",
    "piece_chords_given": "bool [P]: chords from the source, not from analysis",
}

WINDOW: Final = 8


def split_of(work: str) -> str:
    """train, dev or test (90 : 5 : 5) by a hash of the work, so that a work never lies in two."""
    number = int.from_bytes(hashlib.sha256(work.encode()).digest()[:4], "big") % 100
    return "test" if number < 5 else "dev" if number < 10 else "train"


def join(pieces: Sequence[GridPiece], version: int) -> Arrays:
    """All pieces as the arrays of `FIELDS`."""
    lengths = np.array([len(piece.index) for piece in pieces])
    first = np.concatenate([[0], np.cumsum(lengths)])
    rows = np.concatenate([piece.notes[:, 0] + first[p] for p, piece in enumerate(pieces)])
    owner = np.repeat(np.arange(len(pieces)), [len(piece.notes) for piece in pieces])
    body = np.concatenate([piece.notes[:, 1:] for piece in pieces])
    index = np.concatenate([piece.index for piece in pieces])
    bar_piece = np.repeat(np.arange(len(pieces)), lengths)
    meter = np.concatenate([piece.meter for piece in pieces])
    chords = np.concatenate([piece.chords for piece in pieces])
    minor = np.concatenate([piece.minor for piece in pieces])
    follows = np.r_[False, (np.diff(bar_piece) == 0) & (np.diff(index) == 1)]
    arrays: Arrays = {
        "version": np.array(version, dtype=np.int64),
        "notes": np.column_stack([owner, index[rows], body]).astype(np.int16),
        "note_bar": rows.astype(np.int32),
        "bar_piece": bar_piece.astype(np.int32),
        "bar_index": index.astype(np.int32),
        "bar_meter": meter.astype(np.int8),
        "bar_mode": (~minor).astype(np.int8),
        "bar_tonic": np.concatenate([piece.tonic for piece in pieces]).astype(np.int8),
        "bar_chords": chords.astype(np.int8),
        "bar_descriptors": describe(np.column_stack([rows, body]), meter, chords, minor, follows),
        "bar_emotion": np.concatenate([piece.emotion for piece in pieces]).astype(np.float32),
        "bar_note_start": np.searchsorted(rows, np.arange(len(meter) + 1)).astype(np.int64),
        "piece_id": np.array([piece.raw.id for piece in pieces]),
        "piece_source": np.array([piece.raw.source for piece in pieces]),
        "piece_split": np.array([split_of(piece.raw.work) for piece in pieces]),
        "piece_styles": np.array([" ".join(piece.raw.styles) for piece in pieces]),
        "piece_tempo": np.array([piece.raw.tempo_bpm for piece in pieces], dtype=np.float32),
        "piece_chords_given": np.array([piece.raw.chords is not None for piece in pieces]),
    }
    arrays["bar_window_repeat"] = repeated_windows(rows, body, follows, meter)
    return arrays


def repeated_windows(
    rows: npt.NDArray[np.int64],
    body: npt.NDArray[np.int64],
    follows: npt.NDArray[np.bool_],
    meter: npt.NDArray[np.int64],
) -> npt.NDArray[np.bool_]:
    """Bars from which eight consecutive ones repeat an earlier eight in step, length, pitch and role: bool
    [B]."""
    starts = np.searchsorted(rows, np.arange(len(meter) + 1))
    content = np.ascontiguousarray(body[:, [0, 1, 2, 4]].astype(np.int16))
    codes = [hash((content[starts[b] : starts[b + 1]].tobytes(), int(meter[b]))) for b in range(len(meter))]
    run = np.zeros(len(meter), dtype=np.int64)
    for b in range(len(meter) - 2, -1, -1):
        run[b] = run[b + 1] + 1 if follows[b + 1] else 0
    seen: set[tuple[int, ...]] = set()
    repeat = np.zeros(len(meter), dtype=np.bool_)
    for b in np.flatnonzero(run >= WINDOW - 1).tolist():
        window = tuple(codes[b : b + WINDOW])
        repeat[b] = window in seen
        seen.add(window)
    return repeat


def save(arrays: Arrays, path: Path) -> None:
    """Writes the file whole or not at all."""
    temporary = path.with_name(f".{path.name}.{os.getpid()}.npz")
    with temporary.open("wb") as stream:
        np.savez_compressed(stream, allow_pickle=False, **arrays)
        stream.flush()
        os.fsync(stream.fileno())
    temporary.replace(path)


def load(path: Path) -> Arrays:
    """The arrays of a saved set; nothing is unpickled."""
    with np.load(path, allow_pickle=False) as file:
        return {name: file[name] for name in file.files}
