"""The conditions of the line writer at each event, in one layout for training and for composing.

`BarTable` holds what is known of every bar before a note is written: harmony, metre, who plays, what is
asked, where the bar stands in its phrase and in the piece, what it brings back, the gist. `Led` holds what is
known step by step: what the bar that returns did at this place, and the line that is already there (for a
counter-melody and a bass: the melody).
"""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from engine.generate.chord_features import SLOT_FEATURES, SLOT_OF_STEP, slot_features
from engine.generate.grid import STEPS
from engine.generate.lines.events import NOTHING
from engine.generate.lines.returns import How
from engine.music.descriptors import CONDITIONS

Ints = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float32]

ASKED = len(CONDITIONS)
MADE = 3.0
"""How blurred a gist is said to be that the generator made: beyond what is added to real ones."""
GIST = 28
"""Width of the gist: the widest line latent; narrower ones are filled up with zeros."""
PHRASE = 8
"""Bars of a phrase that are told apart; further ones count as the last."""
LAST = 5
HOWS = len(How)

SOURCES = (
    "pop909",
    "openscore_lieder",
    "openewld",
    "vgmidi",
    "openscore_quartets",
    "openscore_orchestra",
    "nesmdb",
    "jsb",
    "js_fakes",
    "freedoom",
)
"""The collections of training data that the writer can be conditioned on, in the order of its inputs."""

SIZE = (
    STEPS + 3 + 1  # place, metre, mode
    + SLOT_FEATURES + 24 + 24  # the chord here, in the next quarter, at the next bar
    + 2 + ASKED + 1  # this and the next bar play, what is asked, whether it is known
    + 1 + 2 * PHRASE + LAST  # phrase known, bar in it, bars left in it, bars left in the piece
    + 2 * HOWS  # how this and the next bar relate to an earlier one
    + GIST + 2  # gist, how blurred it is, whether it is known
    + len(SOURCES) + 3  # collection, role
    + 5  # led: an onset there, what it left to sound; the other line sounds, begins here, is about to begin
)  # fmt: skip

MINOR_AT = STEPS + 3
"""Where in it the mode stands: 1 in minor."""


@dataclass(frozen=True, slots=True)
class BarTable:
    """B bars in order of time, pieces behind each other. `slots` uint8 [B, 4, 37]; `meter`, `minor`, `run`
    [B]; `playing` bool [3, B] by line; `asked` float [B, 7] percentiles and `known` bool [B];
    `phrase_bar`, `phrase_left` int [B] (−1 unknown); `left` int [B]; `how` int [3, B]; `gist` float [3, B,
    28] standardised, `blur` float [B] (standard deviations of what was added, below 0: not known);
    `collection` float [B, 10] weights, all 0 where not told."""

    slots: npt.NDArray[np.uint8]
    meter: Ints
    minor: npt.NDArray[np.bool_]
    run: Ints
    playing: npt.NDArray[np.bool_]
    asked: Floats
    known: npt.NDArray[np.bool_]
    phrase_bar: Ints
    phrase_left: Ints
    left: Ints
    how: Ints
    gist: Floats
    blur: Floats
    collection: Floats

    def __len__(self) -> int:
        return len(self.meter)


@dataclass(frozen=True, slots=True)
class Led:
    """Step by step, for E events: `pitch` index that the returning bar has sounding at this place (REST,
    NOTHING), `onset` bool: its note begins here, `steps` until its event ends, `next_pitch` of the event
    after it; `other` pitch index of the line already there (NOTHING: none), `other_onset` bool: it begins
    here, `other_soon` bool: it begins within a quarter. All [E]."""

    pitch: Ints
    onset: npt.NDArray[np.bool_]
    steps: Ints
    next_pitch: Ints
    other: Ints
    other_onset: npt.NDArray[np.bool_]
    other_soon: npt.NDArray[np.bool_]


def smoothed(values: Floats, run: Ints, over: int) -> Floats:
    """Running means of values [B, C] over `over` bars around each bar, within its stretch (`run` [B])."""
    index = np.arange(len(values))
    stretch = np.cumsum(np.r_[False, run[1:] != run[:-1]])
    begins = np.searchsorted(stretch, stretch, side="left")
    ends = np.searchsorted(stretch, stretch, side="right")
    low = np.maximum(begins, index - over // 2)
    high = np.minimum(ends, low + over)
    low = np.maximum(begins, high - over)
    total = np.concatenate([np.zeros((1, values.shape[1])), np.cumsum(values, 0, dtype=np.float64)])
    return np.asarray((total[high] - total[low]) / (high - low)[:, None], np.float32)


def slots_of(chords: npt.NDArray[np.integer]) -> npt.NDArray[np.uint8]:
    """Chord features [B, 4, 37] of chords [B, 4, 3], as whole numbers: all are 0 or 1."""
    return np.asarray(slot_features(chords).astype(np.uint8))


def event_features(table: BarTable, row: Ints, step: Ints, role: int | Ints, led: Led) -> Floats:
    """What each of E events is told: float [E, SIZE]; `row`, `step` int [E]; `role` 0 melody, 1
    counter-melody, 2 bass."""
    count = len(row)
    roles = np.broadcast_to(np.asarray(role), (count,))
    last = len(table) - 1
    after = np.minimum(row + 1, last)
    goes_on = (table.run[after] == table.run[row]) & (row < last)
    meter = table.meter[row]
    slot = SLOT_OF_STEP[meter, step]
    size = SLOT_OF_STEP[meter].max(1)
    ahead = np.where(slot < size, slot + 1, 0)
    ahead_row = np.where(slot < size, row, after)
    later = table.slots[ahead_row, ahead, :24] * ((slot < size) | goes_on)[:, None]
    next_bar = table.slots[after, 0, :24] * goes_on[:, None]
    phrase_known = table.phrase_bar[row] >= 0
    known = table.known[row].astype(np.float32)[:, None]
    blur = table.blur[row]
    gist_known = (blur >= 0)[:, None]
    return np.concatenate(
        [
            hot_rows(step, STEPS),
            hot_rows(meter, 3),
            table.minor[row].astype(np.float32)[:, None],
            table.slots[row, slot].astype(np.float32),
            later.astype(np.float32),
            next_bar.astype(np.float32),
            table.playing[roles, row].astype(np.float32)[:, None],
            (table.playing[roles, after] & goes_on).astype(np.float32)[:, None],
            (2 * table.asked[row] - 1) * known,
            known,
            phrase_known.astype(np.float32)[:, None],
            hot_rows(np.minimum(table.phrase_bar[row], PHRASE - 1), PHRASE),
            hot_rows(np.minimum(table.phrase_left[row], PHRASE - 1), PHRASE),
            hot_rows(np.minimum(table.left[row], LAST - 1), LAST),
            hot_rows(table.how[roles, row], HOWS),
            hot_rows(np.where(goes_on, table.how[roles, after], -1), HOWS),
            table.gist[roles, row] * gist_known,
            (np.maximum(blur, 0) * gist_known[:, 0])[:, None],
            gist_known.astype(np.float32),
            table.collection[row],
            hot_rows(roles, 3),
            led.onset.astype(np.float32)[:, None],
            (led.steps / 16)[:, None].astype(np.float32),
            (led.other < NOTHING - 1).astype(np.float32)[:, None],
            led.other_onset.astype(np.float32)[:, None],
            led.other_soon.astype(np.float32)[:, None],
        ],
        1,
        dtype=np.float32,
    )


def hot_rows(value: Ints, size: int) -> Floats:
    """One-hot rows [E, size]; all 0 where the value is below 0."""
    result: Floats = (value[:, None] == np.arange(size)).astype(np.float32)
    return result
