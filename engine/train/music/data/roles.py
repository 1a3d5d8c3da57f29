"""Who plays what: turns keyboard textures and named parts into melody, counter-melody, chords and bass.

Works on grid positions of one piece. The melody is a skyline that ignores accompaniment tones far below the
local top; the bass is what sounds lowest and lies near the local bottom; what remains is chords.
"""

from typing import Final

import numpy as np
import numpy.typing as npt
from scipy.ndimage import maximum_filter1d, minimum_filter1d

from engine.train.music.data.piece import (
    ACCOMPANIMENT,
    BASS,
    CHORDS,
    COUNTER,
    DRUMS,
    KEYBOARD,
    MELODY,
    UPPER,
)

Ints = npt.NDArray[np.int64]

BASS_WINDOW: Final = 9
"""One beat either way: an arpeggio comes back to its bass within it."""
MELODY_WINDOW: Final = 17
"""Two beats either way: a melody may rest so long before the accompaniment under it is taken for one."""
BASS_REACH: Final = 3
"""Semitones above the local bottom that still count as bass: a walking line, not the fifth of an Alberti
figure."""
MELODY_REACH: Final = 9
"""Semitones below the local top that still count as melody."""
HIGHEST_BASS: Final = 62
LOWEST_MELODY: Final = 53


def assign_roles(
    position: Ints, steps: Ints, pitch: Ints, role: Ints, bar: Ints
) -> tuple[Ints, npt.NDArray[np.bool_]]:
    """Final roles 0–4 of notes and which of them to keep (octave doublings and unplayable overlaps go).

    All [N], sorted by position; `position` is a sixteenth of the piece, `bar` its row, `role` as in `piece`.
    """
    result = role.copy()
    keep = np.ones(len(role), dtype=np.bool_)
    keyboard = np.flatnonzero(role == KEYBOARD)
    if len(keyboard):
        top = skyline(position[keyboard], steps[keyboard], pitch[keyboard])
        result[keyboard] = np.where(top & (pitch[keyboard] >= LOWEST_MELODY), MELODY, ACCOMPANIMENT)
    _fill_silent_melody(position, steps, pitch, result, bar)
    result[result == UPPER] = ACCOMPANIMENT
    rest = np.flatnonzero(result == ACCOMPANIMENT)
    if len(rest):
        low = groundline(position[rest], steps[rest], pitch[rest])
        result[rest] = np.where(low, BASS, CHORDS)
    _single_line(position, pitch, result, MELODY, highest=True)
    _single_line(position, pitch, result, COUNTER, highest=True)
    _single_line(position, pitch, result, BASS, highest=False)
    keep &= ~_doublings(position, pitch, result)
    return result, keep


def skyline(position: Ints, steps: Ints, pitch: Ints) -> npt.NDArray[np.bool_]:
    """Which notes form the top line."""
    sounding = _envelope(position, steps, pitch, highest=True)
    local = maximum_filter1d(sounding, MELODY_WINDOW)
    return np.asarray((pitch >= sounding[position]) & (pitch >= local[position] - MELODY_REACH))


def groundline(position: Ints, steps: Ints, pitch: Ints) -> npt.NDArray[np.bool_]:
    """Which notes form the bottom line."""
    sounding = _envelope(position, steps, pitch, highest=False)
    local = minimum_filter1d(sounding, BASS_WINDOW)
    lowest = (pitch <= sounding[position]) & (pitch <= local[position] + BASS_REACH)
    return np.asarray(lowest & (pitch <= HIGHEST_BASS))


def _envelope(position: Ints, steps: Ints, pitch: Ints, highest: bool) -> Ints:
    """The highest (or lowest) pitch sounding at each sixteenth; −1 (or 999) in silence."""
    length = np.minimum(steps, 32)
    cell = (
        np.repeat(position, length) + np.arange(length.sum()) - np.repeat(np.cumsum(length) - length, length)
    )
    value = np.repeat(pitch, length)
    size = int(cell.max()) + 1
    if highest:
        line = np.full(size, -1, dtype=np.int64)
        np.maximum.at(line, cell, value)
    else:
        line = np.full(size, 999, dtype=np.int64)
        np.minimum.at(line, cell, value)
    return line


def _fill_silent_melody(position: Ints, steps: Ints, pitch: Ints, role: Ints, bar: Ints) -> None:
    """In bars where the melody rests, the counter-melody or else the top of the upper accompaniment takes it
    over."""
    bars = int(bar.max()) + 1
    sung = np.bincount(bar[role == MELODY], weights=steps[role == MELODY], minlength=bars)
    resting = np.bincount(bar[role == MELODY], minlength=bars) == 0
    # A long note tied in from the bar before still is the melody there.
    long_before = np.zeros(bars, dtype=np.bool_)
    long_before[1:] = sung[:-1] > 20
    resting &= ~long_before
    countered = np.bincount(bar[role == COUNTER], minlength=bars) > 0
    role[(role == COUNTER) & resting[bar]] = MELODY
    free = np.flatnonzero((role == UPPER) & (resting & ~countered)[bar])
    if len(free):
        top = skyline(position[free], steps[free], pitch[free])
        role[free[top & (pitch[free] >= LOWEST_MELODY)]] = MELODY


def _single_line(position: Ints, pitch: Ints, role: Ints, which: int, highest: bool) -> None:
    """Leaves one note of `which` at each position; the others become chords."""
    index = np.flatnonzero(role == which)
    if len(index) < 2:
        return
    order = index[np.lexsort((-pitch[index] if highest else pitch[index], position[index]))]
    second = np.r_[False, position[order][1:] == position[order][:-1]]
    role[order[second]] = CHORDS


def _doublings(position: Ints, pitch: Ints, role: Ints) -> npt.NDArray[np.bool_]:
    """Chord notes an octave from a melody or bass note struck with them: colour for the arranger, noise for a
    model."""
    lines = (role == MELODY) | (role == BASS)
    struck = set((position[lines] * 256 + pitch[lines]).tolist())
    others = np.flatnonzero(role == CHORDS)
    doubled = np.zeros(len(role), dtype=np.bool_)
    for i in others.tolist():
        code = int(position[i]) * 256 + int(pitch[i])
        doubled[i] = code + 12 in struck or code - 12 in struck or code in struck
    return np.asarray(doubled & (role != DRUMS))


def trim_overlaps(position: Ints, steps: Ints, pitch: Ints, role: Ints) -> Ints:
    """Shortens notes of single lines at the line's next onset, and any note at the next of its own pitch and
    role."""
    result = steps.copy()
    single = (role == MELODY) | (role == COUNTER) | (role == BASS)
    group = np.where(single, role * 1000, role * 1000 + 1 + pitch)
    order = np.lexsort((position, group))
    same = group[order][1:] == group[order][:-1]
    gap = position[order][1:] - position[order][:-1]
    limited = np.where(same & (gap > 0), gap, 1 << 20)
    result[order[:-1]] = np.minimum(result[order[:-1]], limited)
    return result
