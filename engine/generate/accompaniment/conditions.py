"""What the accompaniment's writer is told at each event, in one layout for training and for composing."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from engine.generate.accompaniment.events import PITCHES
from engine.generate.chord_features import SLOT_FEATURES, SLOT_OF_STEP
from engine.generate.grid import STEPS
from engine.generate.lines.conditions import ASKED, LAST, PHRASE, SOURCES, hot_rows

Ints = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float32]
Bools = npt.NDArray[np.bool_]

GIST = 36
"""Width of the chords role's latent."""
AHEAD = STEPS
"""Sixteenths of the melody's and of earlier bars' rhythm that are seen from each event on."""

_LINE = 12 + 3
_WIDTHS: dict[str, int] = {
    "place": STEPS + 3 + 1,  # step, metre, mode
    "harmony": SLOT_FEATURES + 24 + 24,  # the chord here, in the next quarter, at the next bar
    "asked": 1 + ASKED + 1,  # the next bar plays, what is asked, whether it is known
    "phrase": 1 + 2 * PHRASE,  # whether it is known, bar in it, bars left in it
    "left": LAST,  # bars left in the piece
    "gist": GIST,
    "blur": 2,  # how blurred the gist is, whether it is known
    "collection": len(SOURCES),
    "lines": 2 * _LINE + 2 * AHEAD,  # melody and bass: class, height, sounds, begins; what begins from here
    "pattern": AHEAD + 1,  # rhythm of the bar before, from here on; whether there is one
    "return": AHEAD + 1 + PITCHES,  # of the bar that returns, and what it strikes here
    "heard": 2 * PITCHES + 2,  # still sounding; struck last, how long it was to last, how long ago
}
_EDGES = dict(zip(_WIDTHS, np.cumsum([0, *_WIDTHS.values()]).tolist(), strict=False))
BLOCKS = {name: slice(_EDGES[name], _EDGES[name] + width) for name, width in _WIDTHS.items()}
"""Where what stands in the features of an event."""
SIZE = sum(_WIDTHS.values())


@dataclass(frozen=True, slots=True)
class FigureTable:
    """B bars in order of time. `slots` uint8 [B, 4, 37]; `meter`, `minor`, `run` [B]; `playing` bool [B];
    `asked` float [B, 7] and `known` [B]; `phrase_bar`, `phrase_left`, `left` int [B]; `gist` float [B, 36],
    `blur` [B] (below 0: not known); `collection` [B, 10]; `melody`, `melody_onset`, `bass`, `bass_onset` int
    [B, 16] MIDI pitch sounding (0 none) and 1 where a note begins; `source` [B] the row that a bar brings
    back, −1."""

    slots: npt.NDArray[np.uint8]
    meter: Ints
    minor: Bools
    run: Ints
    playing: Bools
    asked: Floats
    known: Bools
    phrase_bar: Ints
    phrase_left: Ints
    left: Ints
    gist: Floats
    blur: Floats
    collection: Floats
    melody: Ints
    melody_onset: Ints
    bass: Ints
    bass_onset: Ints
    source: Ints

    def __len__(self) -> int:
        return len(self.meter)


@dataclass(frozen=True, slots=True)
class Before:
    """What E events hear of what was struck: masks int64 [E] `sounding` still and struck last `struck`, how
    long that was to last on average `steps` and how long ago it was `waited`, float [E]."""

    sounding: Ints
    struck: Ints
    steps: Floats
    waited: Floats


def event_features(table: FigureTable, onsets: Ints, row: Ints, step: Ints, before: Before) -> Floats:
    """What each of E events is told: float [E, SIZE]. `onsets` int64 masks [B, 16]: what earlier bars
    strike."""
    last = len(table) - 1
    after = np.minimum(row + 1, last)
    goes_on = (table.run[after] == table.run[row]) & (row < last)
    meter = table.meter[row]
    slot = SLOT_OF_STEP[meter, step]
    size = SLOT_OF_STEP[meter].max(1)
    ahead = np.where(slot < size, slot + 1, 0)
    ahead_row = np.where(slot < size, row, after)
    known = table.known[row].astype(np.float32)[:, None]
    blur = table.blur[row]
    told = (blur >= 0).astype(np.float32)[:, None]
    previous = np.maximum(row - 1, 0)
    has_previous = (row > 0) & (table.run[previous] == table.run[row]) & (table.meter[previous] == meter)
    source = table.source[row]
    has_source = source >= 0
    source = np.maximum(source, 0)
    bars = np.where(meter == 0, 16, 12)
    return np.concatenate(
        [
            hot_rows(step, STEPS),
            hot_rows(meter, 3),
            table.minor[row][:, None],
            table.slots[row, slot],
            table.slots[ahead_row, ahead, :24] * ((slot < size) | goes_on)[:, None],
            table.slots[after, 0, :24] * goes_on[:, None],
            (table.playing[after] & goes_on)[:, None],
            (2 * table.asked[row] - 1) * known,
            known,
            (table.phrase_bar[row] >= 0)[:, None],
            hot_rows(np.minimum(table.phrase_bar[row], PHRASE - 1), PHRASE),
            hot_rows(np.minimum(table.phrase_left[row], PHRASE - 1), PHRASE),
            hot_rows(np.minimum(table.left[row], LAST - 1), LAST),
            table.gist[row] * told,
            np.maximum(blur, 0)[:, None],
            told,
            table.collection[row],
            _line(table.melody[row, step], table.melody_onset[row, step]),
            _line(table.bass[row, step], table.bass_onset[row, step]),
            _from_here(table.melody_onset, row, after, goes_on, step, bars),
            _from_here(table.bass_onset, row, after, goes_on, step, bars),
            _turned(onsets[previous] != 0, step, bars) * has_previous[:, None],
            has_previous[:, None],
            _turned(onsets[source] != 0, step, bars) * has_source[:, None],
            has_source[:, None],
            _bits(onsets[source, step] * has_source),
            _bits(before.sounding),
            _bits(before.struck),
            before.steps[:, None] / 16,
            before.waited[:, None] / 16,
        ],
        1,
        dtype=np.float32,
    )


def _line(pitch: Ints, onset: Ints) -> Floats:
    sounds = pitch > 0
    height = np.where(sounds, (pitch - 60) / 24, 0.0)
    return np.concatenate(
        [hot_rows(np.where(sounds, pitch % 12, -1), 12), height[:, None], sounds[:, None], onset[:, None]],
        1,
        dtype=np.float32,
    )


def _from_here(onset: Ints, row: Ints, after: Ints, goes_on: Bools, step: Ints, bars: Ints) -> Floats:
    """Where notes begin in the next `AHEAD` sixteenths, this one first, into the next bar: [E, 16]."""
    at = step[:, None] + np.arange(AHEAD)
    inside = at < bars[:, None]
    here = onset[row[:, None], np.minimum(at, STEPS - 1)]
    then = onset[after[:, None], np.clip(at - bars[:, None], 0, STEPS - 1)] * goes_on[:, None]
    return np.asarray(np.where(inside, here, then).astype(np.float32))


def _turned(rhythm: Bools, step: Ints, bars: Ints) -> Floats:
    """Rhythms [E, 16] of other bars, seen from `step` on and round: [E, 16]."""
    at = (step[:, None] + np.arange(AHEAD)) % bars[:, None]
    turned = np.take_along_axis(rhythm, at, 1) & (np.arange(AHEAD) < bars[:, None])
    return turned.astype(np.float32)


def _bits(masks: Ints) -> Floats:
    return ((masks[:, None] >> np.arange(PITCHES)) & 1).astype(np.float32)
