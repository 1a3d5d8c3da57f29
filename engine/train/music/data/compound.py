"""Turns music in triplets into the compound metre it is heard in: 4/4 in triplets becomes 12/8, 2/4 becomes
6/8.

The sixteenth grid cannot hold triplets; three eighths to a dotted beat can.
"""

from dataclasses import replace
from typing import Final

import numpy as np

from engine.train.music.data.piece import DRUMS, RawBar, RawChord, RawPiece

LEAST_ONSETS: Final = 24
TRIPLET_SHARE: Final = 0.7
"""Share of the onsets off the beat that lie on its thirds, from which a piece counts as compound."""
_COMPOUND: Final = {(4, 4): (12, 8), (2, 2): (12, 8), (2, 4): (6, 8)}


def as_compound(raw: RawPiece) -> RawPiece:
    """The piece with every quarter stretched to a dotted quarter if it moves in triplets; else as it is."""
    if any(bar.meter not in _COMPOUND for bar in raw.bars) or not len(raw.notes):
        return raw
    starts = np.array([bar.start for bar in raw.bars])
    onsets = raw.notes[raw.notes[:, 4] != DRUMS, 0]
    inside = onsets - starts[np.maximum(np.searchsorted(starts, onsets + 1e-6, "right") - 1, 0)]
    fraction = np.mod(inside, 1.0)
    off = (fraction > 0.06) & (fraction < 0.94)
    thirds = off & ((np.abs(fraction - 1 / 3) < 0.04) | (np.abs(fraction - 2 / 3) < 0.04))
    if off.sum() < LEAST_ONSETS or thirds.sum() < TRIPLET_SHARE * off.sum():
        return raw
    notes = raw.notes.copy()
    notes[:, :2] *= 1.5
    bars = tuple(
        RawBar(bar.start * 1.5, bar.beats * 1.5, _COMPOUND[bar.meter], bar.fifths, bar.key)
        for bar in raw.bars
    )
    chords = raw.chords and tuple(
        RawChord(chord.start * 1.5, chord.end * 1.5, chord.root, chord.quality, chord.bass)
        for chord in raw.chords
    )
    return replace(
        raw,
        notes=notes,
        bars=bars,
        chords=chords,
        tempo_bpm=raw.tempo_bpm * 1.5,
        remarks=(*raw.remarks, "triplets read as compound metre"),
    )
