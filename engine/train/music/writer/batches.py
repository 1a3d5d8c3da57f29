"""Stretches of real lines drawn for training, with what they are told blurred or hidden as it may be at
composing time."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace

import numpy as np
import numpy.typing as npt
import torch
from torch import Tensor

from engine.generate.lines.conditions import MADE, SOURCES, BarTable, Led, event_features, smoothed
from engine.generate.lines.events import NO_INTERVAL, NOTHING, PITCHES, RECENT, intervals_of
from engine.generate.lines.returns import How
from engine.generate.lines.writer import Heard
from engine.train.music.fits import middle_of
from engine.train.music.writer.data import LineSet, led_by

Ints = npt.NDArray[np.int64]

IGNORED = -100
"""Target of what is not learnt from (filling)."""


@dataclass(frozen=True, slots=True)
class Shares:
    """How often collections and roles are drawn, and how often what is hidden. `blur` is the largest standard
    deviation added to the gist (drawn evenly in its logarithm); `plain` the share of stretches that are told
    nothing at all."""

    roles: tuple[float, float, float] = (0.66, 0.17, 0.17)
    melody: dict[str, float] = field(
        default_factory=lambda: {
            "pop909": 0.30,
            "openscore_lieder": 0.26,
            "openewld": 0.14,
            "vgmidi": 0.05,
            "openscore_quartets": 0.06,
            "openscore_orchestra": 0.05,
            "nesmdb": 0.07,
            "jsb": 0.03,
            "js_fakes": 0.02,
            "freedoom": 0.02,
        }
    )
    gist_hidden: float = 0.3
    asked_hidden: float = 0.25
    phrase_hidden: float = 0.1
    returns_hidden: float = 0.12
    collection_hidden: float = 0.1
    plain: float = 0.08
    blur: tuple[float, float] = (0.3, 4.0)
    asked_noise: float = 0.08
    even_blur: bool = False
    """Draw the blur evenly, not in its logarithm (recipe 2.0)."""
    misheard: float = 0.06
    """Share of events that are heard wrongly once written: when composing, the writer hears its own slips,
    and must come back from them. Intervals and the durations before the last are heard rightly all the
    same."""
    made: float = 0.0
    """Share of stretches whose gist is the generator's for their conditions, told as blurred by `MADE`."""
    asked_over: tuple[int, ...] = ()
    """What is asked is told as its mean over so many bars, one of these lengths a stretch, as a cue asks;
    none: bar by bar."""


class Stretches:
    """Draws batches of W stretches of T events of a split."""

    def __init__(self, lines: LineSet, split: int, shares: Shares, length: int, seed: int) -> None:
        self.lines, self.shares, self.length = lines, shares, length
        self.rng = np.random.default_rng(seed)
        self._starts: list[dict[int, Ints]] = []
        self._intervals: list[tuple[Ints, Ints]] = []
        self._end: list[Ints] = []
        for role, events in enumerate(lines.lines):
            run = lines.table.run[events.row]
            self._intervals.append(intervals_of(events.pitch, run))
            new = np.r_[True, run[1:] != run[:-1]]
            begins = np.flatnonzero(new)
            ends = np.append(begins[1:], len(events))
            self._end.append(ends[np.cumsum(new) - 1])
            bar_starts = np.flatnonzero(np.r_[True, events.row[1:] != events.row[:-1]])
            mine = lines.split[events.row[bar_starts]] == split
            long_enough = self._end[role][bar_starts] - bar_starts >= 16
            usable = bar_starts[mine & long_enough]
            if role == 0:
                # A song's melody comes from its labelled edition, not from both.
                pop = lines.source[events.row[usable]] == SOURCES.index("pop909")
                usable = usable[~pop | lines.labelled[events.row[usable]]]
            source = lines.source[events.row[usable]]
            self._starts.append({int(s): usable[source == s] for s in np.unique(source)})

    def draw(self, count: int) -> tuple[Heard, Tensor, Tensor]:
        """(what is heard, pitch targets, duration targets) of W = `count` stretches."""
        picks = []
        for _ in range(count):
            role = int(self.rng.choice(3, p=np.array(self.shares.roles)))
            starts = self._starts[role]
            if role == 0:
                weight = np.array([self.shares.melody.get(SOURCES[s], 0.0) for s in starts])
            else:
                weight = np.array([len(own) ** 0.5 for own in starts.values()])
            source = list(starts)[int(self.rng.choice(len(starts), p=weight / weight.sum()))]
            first = int(self.rng.choice(starts[source]))
            picks.append((role, first, min(first + self.length, int(self._end[role][first]))))
        return self.assemble(picks)

    def all_of(self, role: int, source: str, most: int) -> list[tuple[int, int, int]]:
        """Stretches (role, first, end) that cover a collection without overlap, at most so many."""
        starts = self._starts[role].get(SOURCES.index(source), np.zeros(0, np.int64))
        picks, reached = [], -1
        for first in starts.tolist():
            if first >= reached:
                reached = min(first + self.length, int(self._end[role][first]))
                picks.append((role, first, reached))
        order = np.random.default_rng(5).permutation(len(picks))[:most]
        return [picks[i] for i in order]

    def assemble(
        self, picks: Sequence[tuple[int, int, int]], hide: bool = True
    ) -> tuple[Heard, Tensor, Tensor]:
        """The same for given stretches; without `hide` everything is told as it is, the gist not."""
        count, length = len(picks), max(end - first for _, first, end in picks)
        tables, parts, rows, steps, roles, which = [], [], [], [], [], []
        offset = 0
        for number, (role, first, end) in enumerate(picks):
            events = self.lines.lines[role]
            index = np.minimum(np.arange(first, first + length), end - 1)
            row, step = events.row[index], events.step[index]
            low, high = int(row[0]), min(int(row[-1]) + 2, len(self.lines))
            table, hidden = self._blurred_bars(low, high, number, role, hide)
            led = led_by(self.lines, role, row, step, np.full(length, hidden))
            tables.append(table)
            parts.append(led)
            rows.append(row - low + offset)
            steps.append(step)
            roles.append(np.full(length, role))
            which.append(index)
            offset += high - low
        table, led = joined_tables(tables), joined_led(parts)
        flat_row, flat_step = np.concatenate(rows), np.concatenate(steps)
        features = event_features(table, flat_row, flat_step, np.concatenate(roles), led)
        pitch, duration = np.full((count, length), IGNORED), np.full((count, length), IGNORED)
        before_pitch, before_steps = np.full((count, length), NOTHING), np.zeros((count, length), np.int64)
        time = np.zeros((count, length), np.float32)
        intervals = np.full((count, length, RECENT), NO_INTERVAL)
        durations = np.zeros((count, length, RECENT), np.int64)
        anchor = np.full((count, length), NOTHING)
        for number, ((role, first, end), index) in enumerate(zip(picks, which, strict=True)):
            events = self.lines.lines[role]
            own = end - first
            pitch[number, :own] = events.pitch[index[:own]]
            duration[number, :own] = events.steps[index[:own]] - 1
            before = np.maximum(index - 1, 0)
            same = self.lines.table.run[events.row[before]] == self.lines.table.run[events.row[index]]
            same &= index > 0
            before_pitch[number] = np.where(same, events.pitch[before], NOTHING)
            before_steps[number] = np.where(same, events.steps[before], 0)
            if hide and self.shares.misheard > 0:
                self._mishear(before_pitch[number], before_steps[number])
            anchor[number] = self._intervals[role][1][index]
            for back in range(RECENT):
                earlier = np.maximum(index - 1 - back, 0)
                same = self.lines.table.run[events.row[earlier]] == self.lines.table.run[events.row[index]]
                same &= index > back
                intervals[number, :, back] = np.where(same, self._intervals[role][0][earlier], NO_INTERVAL)
                durations[number, :, back] = np.where(same, events.steps[earlier], 0)
            start = self.lines.time[events.row[index]] + events.step[index]
            time[number] = start - start[0]

        def shaped(values: Ints) -> Tensor:
            return torch.from_numpy(values.reshape(count, length))

        heard = Heard(
            torch.from_numpy(features).view(count, length, -1),
            torch.from_numpy(before_pitch),
            torch.from_numpy(before_steps),
            shaped(led.pitch),
            shaped(led.next_pitch),
            shaped(led.other),
            torch.from_numpy(time),
            torch.from_numpy(intervals),
            torch.from_numpy(durations),
            torch.from_numpy(anchor),
        )
        return heard, torch.from_numpy(pitch), torch.from_numpy(duration)

    def _mishear(self, pitch: Ints, steps: Ints) -> None:
        """Changes some of the events heard, in place: pitches by a few semitones, durations to another's."""
        wrong = self.rng.random(len(pitch)) < self.shares.misheard
        moved = np.clip(pitch + self.rng.integers(-4, 5, len(pitch)), 0, PITCHES - 1)
        pitch[:] = np.where(wrong & (pitch < PITCHES), moved, pitch)
        wrong = self.rng.random(len(steps)) < self.shares.misheard
        steps[:] = np.where(wrong & (steps > 0), self.rng.permutation(np.maximum(steps, 1)), steps)

    def _blurred_bars(self, low: int, high: int, number: int, role: int, hide: bool) -> tuple[BarTable, bool]:
        """The bars of one stretch, blurred and hidden, and whether its returns are hidden."""
        t, rng, shares = self.lines.table, self.rng, self.shares
        count = high - low
        here = slice(low, high)
        run = np.where(t.run[here] == t.run[low], number, -1 - number)
        plain = hide and rng.random() < shares.plain

        def hidden(share: float) -> bool:
            return plain or (hide and bool(rng.random() < share))

        asked = t.asked[here]
        if shares.asked_over:
            over = int(rng.choice(shares.asked_over)) if hide else middle_of(shares.asked_over)
            asked = smoothed(asked, run, over)
        if hide:
            asked = np.clip(asked + rng.normal(0, shares.asked_noise, asked.shape), 0, 1).astype(np.float32)
        gist_hidden = hidden(shares.gist_hidden) or bool(t.blur[low] < 0) or not hide
        low_blur, high_blur = shares.blur
        blur = float(
            rng.uniform(low_blur, high_blur)
            if shares.even_blur
            else np.exp(rng.uniform(np.log(low_blur), np.log(high_blur)))
        )
        gist = t.gist[:, here].astype(np.float32)
        told = np.full(count, -1.0 if gist_hidden else blur, np.float32)
        lines = self.lines
        if gist_hidden:
            pass
        elif lines.made is not None and lines.made_there is not None and rng.random() < shares.made:
            gist = lines.made[:, here].astype(np.float32)
            told = np.where(lines.made_there[here], np.float32(MADE), np.float32(-1.0))
        else:
            gist = gist + (blur * rng.standard_normal(gist.shape)).astype(np.float32)
        returns_hidden = hidden(shares.returns_hidden)
        phrase_hidden = hidden(shares.phrase_hidden)
        table = BarTable(
            t.slots[here],
            t.meter[here],
            t.minor[here],
            run,
            t.playing[:, here],
            asked,
            np.full(count, not hidden(shares.asked_hidden)),
            np.full(count, -1) if phrase_hidden else t.phrase_bar[here],
            np.full(count, -1) if phrase_hidden else t.phrase_left[here],
            t.left[here],
            np.full((3, count), int(How.UNKNOWN)) if returns_hidden else t.how[:, here],
            gist,
            told,
            t.collection[here] * (0.0 if hidden(shares.collection_hidden) else 1.0),
        )
        if plain:
            table = replace(table, slots=np.zeros_like(table.slots))
        return table, returns_hidden


def joined_tables(tables: Sequence[BarTable]) -> BarTable:
    """Tables of bars behind each other."""
    by_line = ("playing", "how", "gist")
    return BarTable(
        *(
            np.concatenate([getattr(t, name) for t in tables], 1 if name in by_line else 0)
            for name in BarTable.__slots__
        )
    )


def joined_led(parts: Sequence[Led]) -> Led:
    """What leads the events of several stretches, behind each other."""
    return Led(*(np.concatenate([getattr(part, name) for part in parts]) for name in Led.__slots__))
