"""A line while it is written: its plan, what is written of it, and what its later bars are led by."""

from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt

from engine.generate.grid import FIRST_PITCH, HOLD, STEPS
from engine.generate.lines.conditions import BarTable
from engine.generate.lines.events import (
    LONGEST,
    LOWEST,
    NO_INTERVAL,
    NOTHING,
    RECENT,
    REST,
    ROLE_SPECS,
    interval_number,
)

Ints = npt.NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class LinePlan:
    """One take's lines to be: `table` of its M bars (one run) as the melody is told them, `support` as
    counter-melody and bass are; `steps` sixteenths played of each bar [M],
    `source` int [3, M] the bar that each bar of a line brings back (−1 new), `shift` [3, M] scale degrees,
    `pentatonic`; `given` uint8 [3, M, 16] tokens of bars that are fixed where `fixed` bool [3, M]; `seed`
    of its randomness."""

    table: BarTable
    support: BarTable
    steps: Ints
    source: Ints
    shift: Ints
    pentatonic: bool
    given: npt.NDArray[np.uint8]
    fixed: npt.NDArray[np.bool_]
    seed: tuple[int, ...]

    def __len__(self) -> int:
        return len(self.table)


@dataclass(slots=True)
class OpenLine:
    """One take's line while it is written: `tokens` [M, 16] and, step by step, what later bars are led by."""

    plan: LinePlan
    role: int
    melody: "OpenLine | None"
    draws: npt.NDArray[np.float64]
    row: int = 0
    step: int = 0
    done: bool = False
    drawn: int = 0
    before_pitch: int = NOTHING
    before_steps: int = 0
    anchor: int = NOTHING
    intervals: list[int] = field(default_factory=lambda: [NO_INTERVAL] * RECENT)
    durations: list[int] = field(default_factory=lambda: [0] * RECENT)
    tokens: npt.NDArray[np.uint8] = field(init=False)
    pitch: Ints = field(init=False)
    onset: npt.NDArray[np.bool_] = field(init=False)
    left: Ints = field(init=False)
    following: Ints = field(init=False)
    time: Ints = field(init=False)

    def __post_init__(self) -> None:
        bars = len(self.plan)
        self.tokens = np.zeros((bars, STEPS), np.uint8)
        self.pitch = np.full((bars, STEPS), NOTHING)
        self.onset = np.zeros((bars, STEPS), np.bool_)
        self.left = np.zeros((bars, STEPS), np.int64)
        self.following = np.full((bars, STEPS), NOTHING)
        self.time = np.cumsum(self.plan.steps) - self.plan.steps
        self._skip()

    def _skip(self) -> None:
        """Goes to the next bar that plays."""
        playing = self.plan.table.playing[self.role]
        while self.row < len(self.plan) and not playing[self.row]:
            self.row, self.step = self.row + 1, 0
        self.done = self.row >= len(self.plan)

    def room(self, given: bool = False) -> int:
        """Sixteenths that a note may last from here: not into a given bar, unless it is `given` itself."""
        total = int(self.plan.steps[self.row]) - self.step
        row = self.row + 1
        while total < LONGEST and row < len(self.plan) and self.plan.table.playing[self.role, row]:
            if self.plan.fixed[self.role, row] and not given:
                break
            total += int(self.plan.steps[row])
            row += 1
        return min(total, LONGEST)

    def bar_left(self) -> int:
        """Sixteenths to the bar line."""
        return int(self.plan.steps[self.row]) - self.step

    def forced(self) -> tuple[int, int] | None:
        """The given event (pitch index, steps) that begins here, if the bar is fixed."""
        if not self.plan.fixed[self.role, self.row]:
            return None
        token = int(self.plan.given[self.role, self.row, self.step])
        steps = 1
        row, step = self.row, self.step + 1
        note = token >= FIRST_PITCH
        while steps < self.room(given=True):
            if step >= self.plan.steps[row]:
                row, step = row + 1, 0
                if not note or row >= len(self.plan) or not self.plan.fixed[self.role, row]:
                    break
            following = int(self.plan.given[self.role, row, step])
            if (following != HOLD) if note else (following >= FIRST_PITCH):
                break
            steps, step = steps + 1, step + 1
        if not note:
            return REST, min(steps, self.bar_left())
        return token - FIRST_PITCH + ROLE_SPECS[self.role].low - LOWEST, steps

    def draw(self) -> float:
        """The next of the line's random numbers, 0…1."""
        self.drawn += 1
        return float(self.draws[(self.drawn - 1) % len(self.draws)])

    def write(self, pitch: int, steps: int) -> None:
        """Puts an event here and moves on behind it."""
        last = self.time[self.row] + self.step - 1
        if last >= 0:
            row = int(np.searchsorted(self.time, last, side="right")) - 1
            if self.pitch[row, last - self.time[row]] != NOTHING:
                self._follow(pitch)
        row, step = self.row, self.step
        for ahead in range(steps):
            if step >= self.plan.steps[row]:
                row, step = row + 1, 0
            self.pitch[row, step] = pitch
            self.left[row, step] = steps - ahead
            if pitch < REST:
                token = FIRST_PITCH + pitch + LOWEST - ROLE_SPECS[self.role].low
                self.tokens[row, step] = token if ahead == 0 else HOLD
            step += 1
        self.onset[self.row, self.step] = pitch < REST
        self.before_pitch, self.before_steps = pitch, steps
        interval = interval_number(np.array(pitch), np.array(self.anchor))
        self.intervals = [int(interval), *self.intervals[:-1]]
        self.durations = [steps, *self.durations[:-1]]
        if pitch < REST:
            self.anchor = pitch
        if step >= self.plan.steps[row]:
            row, step = row + 1, 0
        self.row, self.step = row, step
        if row >= len(self.plan):
            self.done = True
        else:
            self._skip()

    def _follow(self, pitch: int) -> None:
        """Tells the event before what follows it."""
        at = int(self.time[self.row]) + self.step - 1
        for _ in range(self.before_steps):
            row = int(np.searchsorted(self.time, at, side="right")) - 1
            if row < 0:
                return
            self.following[row, at - self.time[row]] = pitch
            at -= 1
