"""Lines that the writer writes under the conditions of real pieces, recorded event by event, and the real
lines of the same bars recorded in the same way."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace

import numpy as np
import numpy.typing as npt
import torch
from torch import Tensor

from engine.generate.grid import HOLD
from engine.generate.lines.compose import LinePlan, Sampling, write_group
from engine.generate.lines.conditions import SOURCES
from engine.generate.lines.writer import Heard, LineWriter, WriterConfig
from engine.train.music.writer.batches import IGNORED, Shares
from engine.train.music.writer.data import LineSet
from engine.train.music.writer.rewritten import real_plan

Ints = npt.NDArray[np.int64]
Bools = npt.NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Rollout:
    """W lines of at most T events: what was `heard` [W, T]; `pitch` and `steps` int [W, T], the index and the
    sixteenths less one that followed, `IGNORED` behind a line's end; `whole` bool [W, T]: the event lies
    before the line's last bar, so that nothing of it was cut off."""

    heard: Heard
    pitch: Tensor
    steps: Tensor
    whole: Tensor

    def __len__(self) -> int:
        return len(self.pitch)


@dataclass(slots=True)
class _Recorder:
    """Keeps the events of one role of a group."""

    role: int
    heard: list[Heard] = field(default_factory=list)
    pitch: list[Ints] = field(default_factory=list)
    steps: list[Ints] = field(default_factory=list)
    going: list[Bools] = field(default_factory=list)

    def __call__(self, role: int, heard: Heard, pitch: Ints, steps: Ints, going: Bools) -> None:
        if role == self.role:
            self.heard.append(heard)
            self.pitch.append(pitch)
            self.steps.append(steps)
            self.going.append(going)

    def rollout(self, plans: Sequence[LinePlan]) -> Rollout:
        going = torch.from_numpy(np.stack(self.going, 1))
        parts = {name: torch.cat([getattr(h, name) for h in self.heard], 1) for name in Heard.__slots__}
        heard = Heard(**parts)
        pitch, steps = (torch.from_numpy(np.stack(each, 1)) for each in (self.pitch, self.steps))
        end = torch.tensor([float(plan.steps[:-1].sum()) for plan in plans]).unsqueeze(1)
        return Rollout(
            heard,
            torch.where(going, pitch, IGNORED),
            torch.where(going, steps - 1, IGNORED),
            going & (heard.time < end),
        )


class _Nobody(LineWriter):
    """Writes nothing of its own: for lines that are given whole."""

    def __init__(self) -> None:
        super().__init__(WriterConfig(width=8, layers=0, heads=2))


def write_rollout(
    writer: LineWriter, plans: Sequence[LinePlan], role: int, sampling: Sampling
) -> tuple[Rollout, npt.NDArray[np.uint8]]:
    """Lines of one role written for every plan, and their tokens [W, M, 16] (M the longest plan). Counter-
    melody and bass are written to the melodies given in the plans."""
    recorder = _Recorder(role)
    roles = (0,) if role == 0 else (0, role)
    written = write_group(writer, plans, sampling, roles, recorder)
    longest = max(len(plan) for plan in plans)
    tokens = np.stack([np.pad(t[role], ((0, longest - t.shape[1]), (0, 0))) for t in written])
    return recorder.rollout(plans), tokens


def real_rollout(plans: Sequence[LinePlan], role: int, real: Sequence[npt.NDArray[np.uint8]]) -> Rollout:
    """The same for the real lines, tokens [3, M, 16] of every plan."""
    dictated = [
        replace(plan, given=tokens, fixed=np.ones((3, len(plan)), np.bool_))
        for plan, tokens in zip(plans, real, strict=True)
    ]
    return write_rollout(_Nobody(), dictated, role, Sampling())[0]


@dataclass(frozen=True, slots=True)
class Span:
    """Bars `first` … `end` − 1 of a line set."""

    first: int
    end: int


class Spans:
    """Draws spans of real pieces in which a role plays, collections as often as `shares` says."""

    def __init__(self, lines: LineSet, split: int, shares: Shares, bars: int) -> None:
        self.lines, self.bars = lines, bars
        run = lines.table.run
        self._end = np.searchsorted(run, run, side="right") if (np.diff(run) >= 0).all() else _ends(run)
        self._starts: list[dict[int, Ints]] = []
        pop = (lines.source == SOURCES.index("pop909")) & ~lines.labelled
        for role in range(3):
            playing = lines.table.playing[role]
            usable = (lines.split == split) & playing & (lines.tokens[role, :, 0] != HOLD) & ~pop
            usable &= np.minimum(self._end - np.arange(len(run)), bars) >= 6
            enough = np.cumsum(np.r_[0, playing])
            ends = np.minimum(np.arange(len(run)) + bars, self._end)
            usable &= enough[ends] - enough[:-1] >= 6
            starts = np.flatnonzero(usable)
            source = lines.source[starts]
            self._starts.append({int(s): starts[source == s] for s in np.unique(source)})
        self._weight = [
            np.array(
                [
                    shares.melody.get(SOURCES[s], 0.0) if role == 0 else len(own) ** 0.5
                    for s, own in starts.items()
                ]
            )
            for role, starts in enumerate(self._starts)
        ]

    def draw(self, role: int, count: int, rng: np.random.Generator) -> list[Span]:
        """So many spans."""
        starts, weight = self._starts[role], self._weight[role]
        names = list(starts)
        found = []
        for number in rng.choice(len(names), count, p=weight / weight.sum()).tolist():
            first = int(rng.choice(starts[names[number]]))
            found.append(Span(first, int(min(first + self.bars, self._end[first]))))
        return found


def _ends(run: Ints) -> Ints:
    last = np.append(np.flatnonzero(run[1:] != run[:-1]) + 1, len(run))
    return np.asarray(last[np.searchsorted(last, np.arange(len(run)), side="right")])


def told_plan(lines: LineSet, span: Span, role: int, rng: np.random.Generator, blur: float) -> LinePlan:
    """The plan of a span as the writer is told it when composing: what is asked a little off, the gist half
    the time, `blur` standard deviations blurred. For counter-melody and bass the real melody is given."""
    gist = bool(rng.random() < 0.5) and bool(lines.table.blur[span.first] >= 0)
    seed = tuple(rng.integers(0, 2**31, 2).tolist())
    plan = real_plan(lines, span.first, span.end, seed, gist)
    table = plan.table
    asked = np.clip(table.asked + rng.normal(0, 0.05, table.asked.shape), 0, 1).astype(np.float32)
    table = replace(table, asked=asked)
    if gist:
        noise = (blur * rng.standard_normal(table.gist.shape)).astype(np.float32)
        table = replace(table, gist=table.gist + noise, blur=np.full(len(table), blur, np.float32))
    plan = replace(plan, table=table, support=table)
    if role > 0:
        fixed = plan.fixed.copy()
        fixed[0] = True
        plan = replace(plan, given=real_tokens(lines, span), fixed=fixed)
    return plan


def real_tokens(lines: LineSet, span: Span) -> npt.NDArray[np.uint8]:
    """Tokens [3, M, 16] of a span."""
    return lines.tokens[:, span.first : span.end]
