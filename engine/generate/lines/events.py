"""A line as the writer reads and writes it: events, each a pitch or a rest and how long it lasts.

Pitches are key-relative (tonic on C) and count from `LOWEST`; durations are sixteenths. A rest ends at the
bar line at the latest, and bars in which the line does not play have no events at all: time jumps over them.
"""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from engine.generate.grid import FIRST_PITCH, HOLD, LINES, SPECS

Ints = npt.NDArray[np.int64]

LOWEST = 24
"""MIDI pitch of pitch index 0."""
PITCHES = 68
REST = PITCHES
NOTHING = PITCHES + 1
"""Pitch index of "no event" (before the first, or where there is nothing to be led by)."""
LONGEST = 32
"""Longest event in sixteenths; what a note holds beyond is a rest."""

RECENT = 3
"""Events before this one whose intervals and durations are heard directly."""
FARTHEST = 24
"""Semitones of the widest interval that is told apart."""
INTERVAL_OF_REST, NO_INTERVAL = 2 * FARTHEST + 1, 2 * FARTHEST + 2
"""Interval numbers of a rest, and of a first note or no event."""

FARTHEST_DEGREES = 14
"""Scale degrees of the widest diatonic interval that is told apart."""
DIATONIC = 2 * FARTHEST_DEGREES + 1
"""Diatonic intervals; those to altered tones count anew behind them."""

ROLE_SPECS = tuple(SPECS[index] for index in LINES)
"""The line roles in the order of `grid.BarArrays.tokens`: melody, counter-melody, bass."""


@dataclass(frozen=True, slots=True)
class Events:
    """N events in order of time: `row` the bar (row of a table of bars), `step` in the bar, `pitch` index or
    REST, `steps` 1…32; all int [N]."""

    row: Ints
    step: Ints
    pitch: Ints
    steps: Ints

    def __len__(self) -> int:
        return len(self.row)


def events_of(
    tokens: npt.NDArray[np.uint8], row: Ints, step: Ints, run: Ints, low: int, playing: npt.NDArray[np.bool_]
) -> Events:
    """Events of a line over a timeline of S steps.

    `tokens` [S] as in `grid`; `row`, `step`, `run` int [S]: the bar of each step, its place in the bar, the
    uninterrupted stretch it belongs to; `low` the role's lowest pitch; `playing` bool [S]: its bar has the
    line.
    """
    size = len(tokens)
    index = np.arange(size)
    first = np.r_[True, run[1:] != run[:-1]]
    note = tokens >= FIRST_PITCH
    begun = np.maximum.accumulate(np.where(note, index, -1))
    stretch = np.maximum.accumulate(np.where(first, index, 0))
    broken = np.maximum.accumulate(np.where(tokens == 0, index, -1))
    held = (tokens == HOLD) & (begun >= stretch) & (broken < begun) & (index - begun < LONGEST)
    silent = ~note & ~held
    opens = first | (step == 0) | ~np.r_[False, silent[:-1]]
    start = np.flatnonzero((note | (silent & opens)) & playing)
    stops = np.flatnonzero(note | silent | first)
    stops = np.append(stops, size)
    rests = silent[start]
    # A note lasts until the next step that is not a hold; a rest until the next note, bar line or end.
    note_end = stops[np.searchsorted(stops, start, side="right")]
    edges = np.append(np.flatnonzero(note | (step == 0) | first | held), size)
    rest_end = edges[np.searchsorted(edges, start, side="right")]
    end = np.where(rests, rest_end, note_end)
    pitch = np.where(rests, REST, tokens[start].astype(np.int64) - FIRST_PITCH + low - LOWEST)
    return Events(row[start], step[start], pitch, np.minimum(end - start, LONGEST))


def timeline(meter_steps: Ints) -> tuple[Ints, Ints]:
    """Bar and place in the bar of every step of bars with so many steps each [B]."""
    row = np.repeat(np.arange(len(meter_steps)), meter_steps)
    return row, np.arange(len(row)) - np.repeat(np.cumsum(meter_steps) - meter_steps, meter_steps)


def intervals_of(pitch: Ints, run: Ints) -> tuple[Ints, Ints]:
    """For every event of a line, `pitch` index [E] in runs `run` [E]: its interval number from the last note
    before it (0…48, two octaves down to two up, then `INTERVAL_OF_REST`, `NO_INTERVAL`), and that note's
    pitch index (`NOTHING`: none in the run)."""
    index = np.arange(len(pitch))
    last = np.maximum.accumulate(np.where(pitch < REST, index, -1))
    before = np.r_[-1, last[:-1]]
    known = (before >= 0) & (run[np.maximum(before, 0)] == run)
    anchor = np.where(known, pitch[np.maximum(before, 0)], NOTHING)
    return interval_number(pitch, anchor), anchor


def interval_number(pitch: Ints, anchor: Ints) -> Ints:
    """Interval numbers of events `pitch` from the notes `anchor` (pitch indices, same shape)."""
    steps = np.clip(pitch - anchor, -FARTHEST, FARTHEST) + FARTHEST
    numbers = np.where(anchor == NOTHING, NO_INTERVAL, steps)
    return np.where(pitch == REST, INTERVAL_OF_REST, np.where(pitch == NOTHING, NO_INTERVAL, numbers))
