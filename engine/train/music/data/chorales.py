"""Four-part chorales: Bach's (as sixteenth grids) and synthetic ones (as MIDI). Soprano, alto, tenor, bass.

The grids know neither bars nor repeated notes. Bars of 4/4 are laid so that the last bass note falls on a
strong beat.
"""

import json
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path

import numpy as np
import numpy.typing as npt

from engine.errors import MediaError
from engine.train.music.data.midi import read_midi
from engine.train.music.data.piece import (
    BASS,
    CHORDS,
    COUNTER,
    MELODY,
    RawBar,
    RawPiece,
    Skipped,
    regular_bars,
)

TEACHES = ("strings", "epic", "folk", "piano")
"""Styles that its pieces may teach; which of their phrases do says `engine.train.music.style_labels`."""
_VOICES = (MELODY, COUNTER, CHORDS, BASS)


def bach(root: Path) -> Iterator[RawPiece | Skipped]:
    """The grids of `root`/jsb; numbering runs through its own splits, which are not kept."""
    table = json.loads((root / "jsb" / "Jsb16thSeparated.json").read_text(encoding="utf-8"))
    for group in ("train", "valid", "test"):
        for number, grid in enumerate(table[group]):
            name = f"jsb/{group}-{number}"
            notes = grid_notes(np.array(grid, dtype=np.int64))
            if len(notes) < 16:
                yield Skipped(name, "jsb", "fewer than sixteen notes")
                continue
            yield RawPiece(name, name, "jsb", TEACHES, notes, chorale_bars(notes))


def synthetic(root: Path) -> Iterator[RawPiece | Skipped]:
    """The MIDI files of `root`/js_fakes."""
    for path in sorted((root / "js_fakes" / "midi").glob("*.mid")):
        name = f"js_fakes/{path.stem}"
        try:
            file = read_midi(path)
        except MediaError as error:
            yield Skipped(name, "js_fakes", str(error).split(": ", 1)[-1])
            continue
        if len(file.tracks) != 4:
            yield Skipped(name, "js_fakes", "not in four parts")
            continue
        ordered = sorted(file.tracks, key=lambda track: -float(track.notes[:, 2].mean()))
        rows = [
            np.column_stack([track.notes[:, :3], np.full((len(track.notes), 3), (0, role, part))])
            for part, (track, role) in enumerate(zip(ordered, _VOICES, strict=True))
        ]
        notes = np.concatenate(rows)
        yield RawPiece(name, name, "js_fakes", TEACHES, notes, chorale_bars(notes))


def grid_notes(grid: npt.NDArray[np.int64]) -> npt.NDArray[np.float64]:
    """Notes of a [sixteenths, 4 voices] pitch grid: equal neighbours are one note, broken at each half
    bar."""
    rows = []
    for voice, role in enumerate(_VOICES):
        line = grid[:, voice]
        edges = np.flatnonzero(np.r_[True, line[1:] != line[:-1], True])
        for begin, end in pairwise(edges):
            if line[begin] > 0:
                rows.append((begin / 4, (end - begin) / 4, line[begin], 0, role, voice))
    return np.array(sorted(rows), dtype=np.float64).reshape(-1, 6)


def chorale_bars(notes: npt.NDArray[np.float64]) -> tuple[RawBar, ...]:
    """Bars of 4/4 whose strong beats meet the last bass note, with the shortest pickup that allows it."""
    bass = notes[notes[:, 4] == BASS]
    last = float(bass[:, 0].max()) if len(bass) else 0.0
    pickup = round(last) % 2
    end = float((notes[:, 0] + notes[:, 1]).max())
    if pickup == 0:
        return regular_bars(0.0, end, 4.0, (4, 4))
    # One beat of pickup or three: the reading that puts the last bass note on a downbeat.
    first = 1.0 if round(last - 1) % 4 == 0 else 3.0
    return regular_bars(first - 4.0, end, 4.0, (4, 4))
