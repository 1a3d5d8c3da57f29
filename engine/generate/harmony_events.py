"""The events of a piece of harmony before they have names: where chords change, what comes back, where
phrases rest. Naming them is `harmony`.
"""

from dataclasses import dataclass, field
from typing import Final

import numpy as np
import numpy.typing as npt

from engine.generate.cadence import STYLES, StyleHarmony, with_seventh
from engine.music.theory import NO_CHORD

PHRASE: Final = 8
"""Bars of a phrase."""
FREE: Final = -2
"""Root in `Brief.given` where the model may choose."""

_Floats = npt.NDArray[np.float64]
_Ints = npt.NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Brief:
    """What one stretch of harmony shall be, in M bars of 4/4, 3/4 or 6/8 (`meter` int [M]: 0, 1, 2).

    `tension`, `harmonic_rhythm` float [M] percentiles 0…1; `origin` int [M]: the earlier bar whose chords
    return, −1 new; `given` int [M, 4, 3] chords (relative root, quality, bass) that are fixed, root `FREE`
    where not, or none.
    """

    meter: _Ints
    minor: bool
    style: str
    tension: _Floats
    harmonic_rhythm: _Floats
    origin: _Ints
    closing: bool
    loop: bool
    rng: np.random.Generator
    given: npt.NDArray[np.int8] | None = None
    ends: tuple[int, ...] | None = None
    """Last bars of the phrases, where a form is planned; phrases of eight bars otherwise."""


def style_of(brief: Brief) -> StyleHarmony:
    """The style's habits; piano's for styles unknown here."""
    return STYLES.get(brief.style, STYLES["piano"])


@dataclass(slots=True)
class Events:
    """Events of one brief while they are named. Lists are parallel; `cell[b][s]` is the event sounding in
    slot s of bar b."""

    bar: list[int] = field(default_factory=list)
    slot: list[int] = field(default_factory=list)
    copy_of: list[int] = field(default_factory=list)
    forced: list[int] = field(default_factory=list)
    cell: list[list[int]] = field(default_factory=list)
    target: dict[int, tuple[int, ...]] = field(default_factory=dict)
    rooted: set[int] = field(default_factory=set)

    def add(self, bar: int, slot: int, copy_of: int = -1, forced: int = -1) -> int:
        """Appends a chord that begins in slot `slot` of bar `bar` and gives its number. `copy_of`: the
        event that it repeats; `forced`: the chord number it must have (−1: neither)."""
        self.bar.append(bar)
        self.slot.append(slot)
        self.copy_of.append(copy_of)
        self.forced.append(forced)
        return len(self.bar) - 1


def given_bar(events: Events, given: npt.NDArray[np.int8], bar: int, slots: int) -> None:
    """A bar whose chords are given: an event where the chord changes. `given` int8 [slots, 2]: root
    and quality, −1 for none (taken as chord 0)."""
    row: list[int] = []
    for slot in range(slots):
        root, quality = int(given[slot, 0]), int(given[slot, 1])
        chord = quality * 12 + root if root >= 0 and quality < NO_CHORD else 0
        if slot == 0 or chord != events.forced[row[-1]]:
            row.append(events.add(bar, slot, forced=chord))
        else:
            row.append(row[-1])
    events.cell.append(row)


def returning_bar(events: Events, bar: int, source: int, slots: int, runs_on: bool) -> None:
    """Takes over the chords of an earlier bar; where the one before is brought back too, held chords stay
    held."""
    row: list[int] = []
    for slot in range(slots):
        original = events.cell[source][slot]
        held = events.bar[original] < source and slot == 0
        if slot == 0 and held and runs_on:
            row.append(events.cell[bar - 1][-1])
        elif slot > 0 and original == events.cell[source][slot - 1]:
            row.append(row[-1])
        else:
            row.append(events.add(bar, slot, copy_of=original))
    events.cell.append(row)


def new_bar(events: Events, bar: int, slots: int, code: int) -> None:
    """A bar whose chords are to be found. Bit s of `code` says whether a new chord may begin in slot
    s; elsewhere the last goes on."""
    row: list[int] = []
    for slot in range(slots):
        if code >> slot & 1:
            row.append(events.add(bar, slot))
        else:
            row.append(row[-1] if row else events.cell[-1][-1])
    events.cell.append(row)


def ended_pattern(brief: Brief, bar: int, pattern: int) -> int:
    """A bar's pattern as the end needs it: the last chord of a closing cue fills its bar, and the one before
    is new in its own; a loop's last chord is new, so that it can lead back."""
    left = len(brief.meter) - 1 - bar
    if brief.loop:
        return pattern or 1 if left == 0 else pattern
    if not brief.closing or left > 1:
        return pattern
    return pattern or 1 if left == 1 else 1


HALF_CADENCES: Final = 0.15
FULL_CADENCES: Final = 0.3
"""How often an odd phrase is made to rest on the style's half cadence, an even one to close. The others end
as the model writes them: of real phrases .31 end on the tonic and .21 on the fifth degree (all styles'
music); made to rest every time, .37 and .47 of ours did."""


def set_cadences(brief: Brief, style: StyleHarmony, events: Events) -> None:
    """Targets: some half cadences after odd phrases, authentic ones after even, a close or a turn back at the
    end."""
    bars, minor = len(brief.meter), brief.minor
    ends = range(PHRASE - 1, bars, PHRASE) if brief.ends is None else brief.ends
    for number, end in enumerate(ends):
        chance = brief.rng.random()
        if end >= bars - 1:
            continue
        last = events.cell[end][-1]
        if number % 2 == 0 and chance < HALF_CADENCES:
            _aim(events, last, style.half[minor])
        elif number % 2 and chance < FULL_CADENCES and events.bar[last] >= end - 1:
            _aim(events, last, style.final[minor])
            _aim(events, last - 1, style.dominant[minor])
    if bars < 2:
        return
    last = events.cell[bars - 1][-1]
    if brief.loop:
        _aim(events, last, style.dominant[minor])
    elif brief.closing:
        _aim(events, last, style.final[minor])
        _aim(events, last - 1, style.dominant[minor])


def _aim(events: Events, event: int, chords: tuple[int, ...]) -> None:
    if event >= 1 and events.copy_of[event] < 0 and events.forced[event] < 0:
        events.target[event] = chords
        events.rooted.add(event)


def finish_chords(brief: Brief, events: Events, chords: _Ints, degrees: _Ints, draws: _Floats) -> None:
    """Root position where it counts, sevenths where the style adds them; what returns, returns in all of
    it."""
    style = style_of(brief)
    degrees[0] = 0
    for k in range(len(chords)):
        copied = events.copy_of[k]
        if copied >= 0:
            chords[k], degrees[k] = chords[copied], degrees[copied]
            continue
        if events.forced[k] < 0 and k not in events.target and draws[k] < style.sevenths:
            chords[k] = with_seventh(int(chords[k]), brief.minor)
        if k in events.rooted:
            degrees[k] = 0
