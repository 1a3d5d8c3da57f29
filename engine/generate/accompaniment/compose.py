"""Writing accompaniments: what is struck together, event by event over whole takes, several at once.

Takes are written in groups of one size (filled up), each with random numbers of its own: what a take becomes
does not depend on the others. Rules, so that nobody takes them for learning: in pentatonic styles no note
lies outside the scale; notes outside the chord are handicapped on strong beats, the more the calmer the bar.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace

import numpy as np
import numpy.typing as npt
import torch
from torch import Tensor

from engine.generate.accompaniment.conditions import Before, FigureTable, event_features
from engine.generate.accompaniment.events import END, LONGEST, PITCHES, SPEC
from engine.generate.accompaniment.writer import AccompanimentWriter
from engine.generate.cadence import PENTATONIC
from engine.generate.chord_features import SLOT_OF_STEP
from engine.generate.grid import STEPS
from engine.generate.lines.writer import KeyValueCache

Ints = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]
Bools = npt.NDArray[np.bool_]

GROUP = 8
"""Takes written at once, always this many."""

NUDGE = (2.0, 0.0)
"""Logits taken from tones outside the chord on strong beats, in the calmest and in the tensest bars."""

WEAK_BEAT = 0.5
"""Of that, what counts on beats that are not strong."""

MOST = 8
"""Notes struck together at the most."""

_CLASSES = (np.arange(PITCHES) + SPEC.low) % 12
_OCTAVES = (np.arange(PITCHES) + SPEC.low - 60) / 12.0
"""Octaves above the middle of the role [52]."""


@dataclass(frozen=True, slots=True)
class FigureSampling:
    """How events are drawn: temperatures, and the share that the likeliest make up which are drawn from."""

    pitch_temperature: float = 0.9
    steps_temperature: float = 0.9
    wait_temperature: float = 0.9
    nucleus: float = 0.98
    steps_nucleus: float = 0.99
    end_bias: float = -0.8
    """Added to the logit of a chord's end once it has a note: brings the notes struck together in what is
    written to their number in real accompaniments."""
    thin_end_bias: float = 0.6
    """The same where the least density is told; at the median and above it is `end_bias`. Thick chords stir,
    and a calm bar is to be calm."""
    lean: tuple[float, float] = (0.0, 0.0)
    """Logits an octave of height, where the highest register is asked rather than the lowest, and taken a
    doubling of the wait, where the greatest density is told."""


@dataclass(frozen=True, slots=True)
class FigurePlan:
    """One take's accompaniment to be: `table` of its M bars; `steps` sixteenths of each bar [M]; `root` of
    the chord at each step [M, 16]; `pentatonic`; `seed` of its randomness."""

    table: FigureTable
    steps: Ints
    root: Ints
    pentatonic: bool
    seed: tuple[int, ...]

    def __len__(self) -> int:
        return len(self.table)


@dataclass(slots=True)
class _Figure:
    """One take's accompaniment while it is written: `ends` [52] the sixteenth at which each pitch stops, and
    what was struck last."""

    plan: FigurePlan
    draws: Floats
    row: int = 0
    step: int = 0
    done: bool = False
    drawn: int = 0
    struck: int = 0
    mean_steps: float = 0.0
    struck_at: int = 0
    ends: Ints = field(default_factory=lambda: np.zeros(PITCHES, np.int64))
    time: Ints = field(init=False)
    onsets: Ints = field(init=False)
    sounds: Ints = field(init=False)

    def __post_init__(self) -> None:
        self.time = np.cumsum(self.plan.steps) - self.plan.steps
        self.onsets = np.zeros((len(self.plan), STEPS), np.int64)
        self.sounds = np.zeros((len(self.plan), STEPS), np.int64)
        self._skip()

    def _skip(self) -> None:
        """Goes to the next bar that plays."""
        while self.row < len(self.plan) and not self.plan.table.playing[self.row]:
            self.row, self.step = self.row + 1, 0
        self.done = self.row >= len(self.plan)

    def draw(self) -> float:
        self.drawn += 1
        return float(self.draws[(self.drawn - 1) % len(self.draws)])

    @property
    def now(self) -> int:
        return int(self.time[self.row]) + self.step

    def write(self, notes: list[tuple[int, int]], wait: int) -> None:
        """Strikes the notes (pitch index, sixteenths) here and moves on."""
        total = int(self.time[-1] + self.plan.steps[-1])
        for pitch, steps in notes:
            end = min(self.now + steps, total)
            self._silence(pitch)
            self.ends[pitch] = end
            self.onsets[self.row, self.step] |= 1 << pitch
            row, step = self.row, self.step
            for _ in range(end - self.now):
                if step >= self.plan.steps[row]:
                    row, step = row + 1, 0
                    if not self.plan.table.playing[row]:
                        break
                self.sounds[row, step] |= 1 << pitch
                step += 1
        if notes:
            self.struck = int(self.onsets[self.row, self.step])
            self.mean_steps = float(np.mean([steps for _, steps in notes]))
            self.struck_at = self.now
        self.step += min(wait, int(self.plan.steps[self.row]) - self.step)
        if self.step >= self.plan.steps[self.row]:
            self.row, self.step = self.row + 1, 0
            self._skip()

    def _silence(self, pitch: int) -> None:
        """A pitch struck again ends the note before."""
        row, step = self.row, self.step
        for _ in range(max(0, int(self.ends[pitch]) - self.now)):
            if step >= self.plan.steps[row]:
                row, step = row + 1, 0
            self.sounds[row, step] &= ~(1 << pitch)
            step += 1


def write_figures(
    writer: AccompanimentWriter, plans: Sequence[FigurePlan], sampling: FigureSampling
) -> tuple[Ints, Ints]:
    """Masks of onsets and of sounding pitches int64 [bars of all plans, 16], as in `grid`."""
    onsets, sounds = [], []
    for first in range(0, len(plans), GROUP):
        some = list(plans[first : first + GROUP])
        written = _write_group(writer, some + [some[0]] * (GROUP - len(some)), sampling)[: len(some)]
        onsets += [figure.onsets for figure in written]
        sounds += [figure.sounds | figure.onsets for figure in written]
    return np.concatenate(onsets), np.concatenate(sounds)


def _write_group(
    writer: AccompanimentWriter, plans: Sequence[FigurePlan], sampling: FigureSampling
) -> list[_Figure]:
    figures = [
        _Figure(plan, np.random.default_rng(np.random.SeedSequence(plan.seed)).random(64 * len(plan) + 64))
        for plan in plans
    ]
    table = joined([plan.table for plan in plans])
    offset = np.cumsum([0] + [len(plan) for plan in plans])[:-1]
    onsets = np.concatenate([figure.onsets for figure in figures])
    forbidden = np.stack([_forbidden(plan) for plan in plans])
    cache = KeyValueCache([], [])
    with torch.no_grad():
        while not all(figure.done for figure in figures):
            row = np.array([min(f.row, len(f.plan) - 1) for f in figures])
            step = np.array([0 if f.done else f.step for f in figures])
            told = event_features(table, onsets, row + offset, step, _before(figures))
            time = np.array([f.plan.steps[:r].sum() + s for f, r, s in zip(figures, row, step, strict=True)])
            state = writer.advance(torch.from_numpy(told), torch.from_numpy(time).float(), cache)
            bent = forbidden + _agreement(figures, row, step)
            _strike(writer, figures, state, bent, row, step, sampling)
            for number, figure in enumerate(figures):
                onsets[offset[number] + row[number]] = figure.onsets[row[number]]
    return figures


def _before(figures: Sequence[_Figure]) -> Before:
    sounding, ago = np.zeros(len(figures), np.int64), np.zeros(len(figures), np.float32)
    bits = np.int64(1) << np.arange(PITCHES)
    for number, figure in enumerate(figures):
        if not figure.done:
            sounding[number] = int(bits[figure.ends > figure.now].sum())
            ago[number] = min(figure.now - figure.struck_at, 32) if figure.struck else 0
    return Before(
        sounding,
        np.array([figure.struck for figure in figures], np.int64),
        np.array([figure.mean_steps for figure in figures], np.float32),
        ago,
    )


def _strike(
    writer: AccompanimentWriter,
    figures: Sequence[_Figure],
    state: Tensor,
    bent: Floats,
    row: Ints,
    step: Ints,
    sampling: FigureSampling,
) -> None:
    """Names the notes of the next event of every take from the lowest up, then how soon the next one is."""
    count = len(figures)
    root = torch.from_numpy(
        np.array([f.plan.root[r, s] for f, r, s in zip(figures, row, step, strict=True)], np.int64)
    )
    below = np.zeros((count, PITCHES), np.float32)
    lasting = np.zeros(count, np.int64)
    lowest = np.zeros(count, np.int64)
    notes: list[list[tuple[int, int]]] = [[] for _ in figures]
    wait = np.ones(count, np.int64)
    going = np.array([not figure.done for figure in figures])
    while going.any():
        hidden, length, ending = writer.heads(state, torch.from_numpy(below), torch.from_numpy(lasting))
        logits = writer.pitch_logits(hidden, root).double().numpy() + bent
        chosen = np.full(count, END)
        for number in np.flatnonzero(going).tolist():
            logits[number, : lowest[number]] = -np.inf
            asked = figures[number].plan.table.asked[row[number]]
            density = float(asked[0])
            logits[number, :PITCHES] += sampling.lean[0] * (float(asked[1]) - 0.5) * _OCTAVES
            bias = float(np.interp(density, (0.0, 0.5), (sampling.thin_end_bias, sampling.end_bias)))
            logits[number, END] += bias if notes[number] else 0.0
            if len(notes[number]) < MOST:
                chosen[number] = _next(logits[number], figures[number], sampling)
        ends = chosen == END
        if not ends.all():
            lengths = writer.steps_logits(length, torch.from_numpy(chosen)).double().numpy()
        if ends.any():
            waits = writer.wait_logits(ending).double().numpy()
        for number in np.flatnonzero(going).tolist():
            figure, pitch = figures[number], int(chosen[number])
            if pitch == END:
                going[number] = False
                left = int(figure.plan.steps[row[number]] - step[number])
                waits[number, left:] = -np.inf
                density = float(figure.plan.table.asked[row[number], 0])
                waits[number] -= sampling.lean[1] * (density - 0.5) * np.log2(1 + np.arange(waits.shape[1]))
                wait[number] = 1 + drawn(
                    waits[number], figure.draw(), sampling.wait_temperature, sampling.nucleus
                )
                continue
            steps = 1 + drawn(
                lengths[number], figure.draw(), sampling.steps_temperature, sampling.steps_nucleus
            )
            notes[number].append((pitch, min(steps, LONGEST)))
            below[number, pitch], lasting[number], lowest[number] = 1.0, steps, pitch + 1
    for figure, own, then in zip(figures, notes, wait, strict=True):
        if not figure.done:
            figure.write(own, int(then))


def _next(logits: Floats, figure: _Figure, sampling: FigureSampling) -> int:
    """The next note up or the end. Whether a chord ends is drawn as it was learnt: a temperature would make
    an end, one choice among many notes, likelier than it is."""
    share = np.exp(logits - logits.max())
    ends = float(share[END] / share.sum())
    if figure.draw() < ends or not np.isfinite(logits[:END]).any():
        return END
    return drawn(logits[:END], figure.draw(), sampling.pitch_temperature, sampling.nucleus)


def drawn(logits: Floats, chance: float, temperature: float, nucleus: float) -> int:
    """An index drawn by `chance` 0…1 from the likeliest that make up the share `nucleus` at this
    temperature."""
    share = np.exp((logits - logits.max()) / temperature)
    share /= share.sum()
    order = np.argsort(-share, kind="stable")
    total = np.cumsum(share[order])
    kept = min(int(np.searchsorted(total, nucleus)) + 1, len(total))
    place = int(np.searchsorted(total[:kept] / total[kept - 1], chance, side="right"))
    return int(order[min(place, kept - 1)])


def _forbidden(plan: FigurePlan) -> Floats:
    added = np.zeros(PITCHES + 1)
    if plan.pentatonic:
        added[:PITCHES][~np.isin(_CLASSES, PENTATONIC[bool(plan.table.minor[0])])] = -1e9
    return added


def _agreement(figures: Sequence[_Figure], row: Ints, step: Ints) -> Floats:
    """What the chord under each take's next event adds to the logits [takes, 53]."""
    added = np.zeros((len(figures), PITCHES + 1))
    calm, tense = NUDGE
    for number, figure in enumerate(figures):
        here, place = int(row[number]), int(step[number])
        meter = int(figure.plan.table.meter[here])
        if place % (6 if meter == 2 else 4):
            continue
        strong = 1.0 if place == 0 or (meter == 0 and place == 8) else WEAK_BEAT
        chord = figure.plan.table.slots[here, SLOT_OF_STEP[meter, place], :12]
        if chord.any():
            nudge = calm + (tense - calm) * float(figure.plan.table.asked[here, 2])
            added[number, :PITCHES] = np.where(chord[_CLASSES] > 0, 0.0, -nudge * strong)
    return added


def joined(tables: Sequence[FigureTable]) -> FigureTable:
    """Tables behind each other, each a run of its own."""
    columns = [np.concatenate([getattr(t, name) for t in tables]) for name in FigureTable.__slots__]
    sizes = [len(t) for t in tables]
    offset = np.repeat(np.cumsum([0, *sizes])[:-1], sizes)
    whole = FigureTable(*columns)
    source = np.where(whole.source >= 0, whole.source + offset, -1)
    return replace(whole, run=np.repeat(np.arange(len(tables)), sizes), source=source)
