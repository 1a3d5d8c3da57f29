"""An accompaniment as its writer reads and writes it: what is struck together, how long, and how soon the
next is struck.

An event is a set of notes that begin together (or none), each with its own length. Every bar in which the
accompaniment plays begins with an event; the next event lies at most a bar line further. Pitches are
key-relative and count from the chords role's lowest.
"""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from engine.generate.grid import LINES, SPECS, line_notes, set_notes

Ints = npt.NDArray[np.int64]

SPEC = SPECS[2]
PITCHES = SPEC.pitches
END = PITCHES
"""Pitch index that ends a chord: no higher note is struck."""
LONGEST = 32
"""Longest note in sixteenths."""


@dataclass(frozen=True, slots=True)
class Struck:
    """N events in order of time: `row` the bar, `step` in it, `wait` sixteenths until the next event (1…16),
    `first` [N + 1] where the event's notes begin; of all notes, lowest first, `pitch` index and `steps`."""

    row: Ints
    step: Ints
    wait: Ints
    first: Ints
    pitch: Ints
    steps: Ints

    def __len__(self) -> int:
        return len(self.row)


def struck_of(
    onsets: Ints, sounds: Ints, meter_steps: Ints, playing: npt.NDArray[np.bool_], run: Ints
) -> Struck:
    """Events of masks [B, 16] of bars with so many steps each [B]; only bars that play have any. Nothing
    sounds from one `run` [B] into the next."""
    row = np.repeat(np.arange(len(meter_steps)), meter_steps)
    step = np.arange(len(row)) - np.repeat(np.cumsum(meter_steps) - meter_steps, meter_steps)
    on, sound = onsets[row, step], sounds[row, step].copy()
    new_run = np.r_[True, run[row][1:] != run[row][:-1]]
    sound[new_run] = on[new_run]
    start, end, pitch = set_notes(on, sound, 0, PITCHES)
    order = np.lexsort((pitch, start))
    start, end, pitch = start[order], end[order], pitch[order]
    at = np.flatnonzero(((on != 0) | (step == 0)) & playing[row])
    kept = playing[row[start]]
    start, end, pitch = start[kept], end[kept], pitch[kept]
    first = np.searchsorted(start, at)
    bar_end = np.cumsum(meter_steps)[row[at]]
    wait = np.minimum(np.append(at[1:], len(row)), bar_end) - at
    return Struck(
        row[at], step[at], wait, np.append(first, len(start)), pitch, np.minimum(end - start, LONGEST)
    )


def sounding_line(tokens: npt.NDArray[np.uint8], role: int, meter_steps: Ints) -> tuple[Ints, Ints]:
    """Of a line's tokens [B, 16] (`role` 0 melody, 1 counter-melody, 2 bass): the MIDI pitch that sounds
    at each step (0 none) and which notes begin (1, else 0), int [B, 16]."""
    row = np.repeat(np.arange(len(meter_steps)), meter_steps)
    step = np.arange(len(row)) - np.repeat(np.cumsum(meter_steps) - meter_steps, meter_steps)
    start, end, pitch = line_notes(tokens[row, step], SPECS[LINES[role]].low)
    flat = np.zeros(len(row), np.int64)
    flat[start] = 1
    onset = np.zeros(tokens.shape, np.int64)
    onset[row, step] = flat
    cells = np.repeat(np.arange(len(start)), end - start)
    at = start[cells] + np.arange(len(cells)) - np.repeat(np.cumsum(end - start) - (end - start), end - start)
    heard = np.zeros(len(row), np.int64)
    heard[at] = pitch[cells]
    sound = np.zeros(tokens.shape, np.int64)
    sound[row, step] = heard
    return sound, onset
