"""Bars on the grid: which pitches each role may play and how notes become arrays and arrays become notes.

A bar has 16 steps (sixteenths); bars of 3/4 and 6/8 use the first 12. Melody, counter-melody and bass are
lines: one token a step, `REST`, `HOLD` (the last note sounds on, also across the bar line) or a pitch. Chords
and drums are sets: one 64-bit mask of onsets and one of sounding pitches a step. Pitches are key-relative:
moved by −5…6 semitones so that the tonic is C.
"""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from dsl.plan import ROLES, RoleName
from engine.music.descriptors import METER_STEPS as METER_STEPS

STEPS = 16
BEATS = 4
REST = 0
HOLD = 1
FIRST_PITCH = 2
"""Token of a line role's lowest pitch."""


DRUM_PITCHES = (36, 38, 39, 42, 46, 43, 48, 49, 51)
"""Kick, snare, clap or side stick, closed hat, open hat, low tom, high tom, crash, ride and other (GM
pitches)."""

_DRUM_CLASS = {35: 0, 36: 0, 38: 1, 40: 1, 37: 2, 39: 2, 42: 3, 44: 3, 46: 4, 41: 5, 43: 5, 45: 5}
_DRUM_CLASS |= {47: 6, 48: 6, 50: 6, 49: 7, 52: 7, 55: 7, 57: 7}
_OTHER_DRUM = 8

IntArray = npt.NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class RoleSpec:
    """A role on the grid: `low` is its lowest pitch, `pitches` how many semitones it spans, `line` whether it
    has one voice."""

    name: RoleName
    low: int
    pitches: int
    line: bool

    @property
    def high(self) -> int:
        """The highest MIDI pitch that the role's tokens can say."""
        return self.low + self.pitches - 1


SPECS: tuple[RoleSpec, ...] = (
    RoleSpec("melody", 48, 44, True),
    RoleSpec("counter", 40, 48, True),
    RoleSpec("chords", 36, 52, False),
    RoleSpec("bass", 24, 39, True),
    RoleSpec("drums", 0, len(DRUM_PITCHES), False),
)
LINES = tuple(i for i, spec in enumerate(SPECS) if spec.line)
assert tuple(spec.name for spec in SPECS) == ROLES


@dataclass(frozen=True, slots=True)
class BarArrays:
    """Bars in a row. `tokens` uint8 [3, bars, 16] (melody, counter, bass); `onsets`, `sounds` int64 masks [2,
    bars, 16] (chords, drums); `present` bool [bars, 5]: the role sounds in the bar."""

    tokens: npt.NDArray[np.uint8]
    onsets: IntArray
    sounds: IntArray
    present: npt.NDArray[np.bool_]


def drum_class(pitch: int) -> int:
    """The drum class 0–8 of a General MIDI percussion pitch."""
    return _DRUM_CLASS.get(pitch, _OTHER_DRUM)


def fold(pitch: IntArray, spec: RoleSpec) -> IntArray:
    """Pitches moved by octaves into the role's range, as indices from 0."""
    low = spec.low + np.mod(pitch - spec.low, 12)
    high = spec.high - np.mod(spec.high - pitch, 12)
    return np.where(pitch < spec.low, low, np.where(pitch > spec.high, high, pitch)) - spec.low


def from_notes(
    start: IntArray, end: IntArray, pitch: IntArray, role: IntArray, bar_steps: IntArray
) -> BarArrays:
    """Notes on one timeline of bars as arrays.

    `start`, `end` are steps from the first bar (end > start), `pitch` key-relative MIDI pitches (GM pitches
    for drums), `role` 0–4, `bar_steps` [bars] the steps in each bar (16 or 12). Where a line has several
    notes at once the melody keeps the highest and the bass the lowest; a new note ends the one before.
    """
    bars = len(bar_steps)
    offsets = np.concatenate([[0], np.cumsum(bar_steps)])
    total = int(offsets[-1])
    end = np.minimum(end, total)
    keep = (start >= 0) & (start < total) & (end > start)
    start, end, pitch, role = start[keep], end[keep], pitch[keep], role[keep]
    tokens = np.zeros((3, total), np.uint8)
    onsets = np.zeros((2, total), np.int64)
    sounds = np.zeros((2, total), np.int64)
    for row, index in enumerate(LINES):
        mine = role == index
        tokens[row] = _line_tokens(start[mine], end[mine], pitch[mine], SPECS[index], total)
    mine = role == 2
    _fill_chords(start[mine], end[mine], fold(pitch[mine], SPECS[2]), onsets[0], sounds[0])
    mine = role == 4
    classes = np.array([drum_class(p) for p in range(128)], np.int64)[np.clip(pitch[mine], 0, 127)]
    np.bitwise_or.at(onsets[1], start[mine], np.left_shift(np.int64(1), classes))
    sounds[1] = onsets[1]
    rows = np.repeat(np.arange(bars), bar_steps)
    columns = np.arange(total) - offsets[rows]
    shaped_tokens = np.zeros((3, bars, STEPS), np.uint8)
    shaped_onsets = np.zeros((2, bars, STEPS), np.int64)
    shaped_sounds = np.zeros((2, bars, STEPS), np.int64)
    shaped_tokens[:, rows, columns] = tokens
    shaped_onsets[:, rows, columns] = onsets
    shaped_sounds[:, rows, columns] = sounds
    lines = (shaped_tokens != REST).any(-1)
    sets = (shaped_sounds != 0).any(-1)
    present = np.stack([lines[0], lines[1], sets[0], lines[2], sets[1]], 1)
    return BarArrays(shaped_tokens, shaped_onsets, shaped_sounds, present)


def _line_tokens(
    start: IntArray, end: IntArray, pitch: IntArray, spec: RoleSpec, total: int
) -> npt.NDArray[np.uint8]:
    """One token a step [total]: of several notes starting together the outer one stays, each cut by the next
    onset."""
    order = np.lexsort((-pitch if spec.name == "bass" else pitch, start))
    start, end, pitch = start[order], end[order], pitch[order]
    last = np.ones(len(start), bool)
    last[:-1] = start[1:] != start[:-1]
    start, end, pitch = start[last], end[last], pitch[last]
    end[:-1] = np.minimum(end[:-1], start[1:])
    edges = np.zeros(total + 1, np.int64)
    np.add.at(edges, start, 1)
    np.add.at(edges, end, -1)
    tokens = np.where(np.cumsum(edges)[:total] > 0, HOLD, REST).astype(np.uint8)
    tokens[start] = (FIRST_PITCH + fold(pitch, spec)).astype(np.uint8)
    return tokens


def _fill_chords(start: IntArray, end: IntArray, index: IntArray, onsets: IntArray, sounds: IntArray) -> None:
    """Sets the bits of onsets and sounding pitches; a repeated pitch ends the note before."""
    total = len(onsets)
    for pitch in np.unique(index):
        mine = index == pitch
        bit = np.left_shift(np.int64(1), pitch)
        first, stop = start[mine], end[mine]
        order = np.argsort(first, kind="stable")
        first, stop = first[order], stop[order]
        stop[:-1] = np.minimum(stop[:-1], first[1:])
        edges = np.zeros(total + 1, np.int64)
        np.add.at(edges, first, 1)
        np.add.at(edges, np.maximum(stop, first), -1)
        sounds[np.cumsum(edges)[:total] > 0] |= bit
        onsets[first] |= bit
        sounds[first] |= bit


def last_pitch(tokens: npt.NDArray[np.uint8]) -> IntArray:
    """Index + 1 [B] of the last pitch that starts in each bar [B, 16]; 0 where none does."""
    played = tokens >= FIRST_PITCH
    column = STEPS - 1 - np.argmax(played[:, ::-1], 1)
    pitch = tokens[np.arange(len(tokens)), column].astype(np.int64) - FIRST_PITCH + 1
    return np.where(played.any(1), pitch, 0)


def line_notes(tokens: npt.NDArray[np.uint8], low: int) -> tuple[IntArray, IntArray, IntArray]:
    """(start, end, pitch) of a line's notes from its tokens on a timeline [total]. A hold without a note is a
    rest."""
    starts = np.flatnonzero(tokens >= FIRST_PITCH)
    breaks = np.concatenate([np.flatnonzero(tokens != HOLD), [len(tokens)]])
    ends = breaks[np.searchsorted(breaks, starts, side="right")]
    return starts, ends, tokens[starts].astype(np.int64) - FIRST_PITCH + low


def set_notes(
    onsets: IntArray, sounds: IntArray, low: int, pitches: int
) -> tuple[IntArray, IntArray, IntArray]:
    """(start, end, pitch) of a set role's notes from its masks on a timeline [total], by start then pitch."""
    total = len(onsets)
    shifts = np.arange(pitches)
    on = ((onsets[:, None] >> shifts) & 1).astype(bool)
    sound = ((sounds[:, None] >> shifts) & 1).astype(bool)
    stops = np.ones((pitches, total + 1), bool)
    stops[:, :total] = (on | ~sound).T
    stop_at = np.flatnonzero(stops.reshape(-1))
    starts, index = np.nonzero(on)
    flat = index * (total + 1) + starts
    ends = stop_at[np.searchsorted(stop_at, flat, side="right")] - index * (total + 1)
    return starts, ends, index + low
