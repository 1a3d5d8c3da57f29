"""Form, learnt: where phrases begin and which earlier bar each bar brings back, before any note is written.

A small recurrent network, trained on the phrases and returns of real melodies, hears the plan so far and how
many bars are left, and draws for each bar whether a phrase begins, how the bar relates to an earlier one and
to which. Double precision and one plan at a time: plans do not vary.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import torch
from torch import Tensor, nn

from engine.generate.lines.conditions import SOURCES, hot_rows
from engine.generate.lines.returns import LOOK_BACK_BARS, How
from engine.music.score import phrase_letter

Ints = npt.NDArray[np.int64]

KINDS = 5
"""NEW … RHYTHM."""
GOES_ON = 0
"""Distance index of "as far back as the bar before"; n is n bars back."""
SHIFTS = 15
"""Scale degrees −7…7."""
PLACES = 13
FINAL = 9
LONGEST_PHRASE = 12
NEW_BIAS = 0.18
"""Added to the logit of a new bar: hearing its own plan the network brings more back than the first sixteen
bars of real songs do (Lieder .22 of the bars within eight bars, real .18)."""
NEXT_BIAS = -0.3
"""Added to the logit of the bar just before as what comes back (.08 of the bars, real .05)."""
SIZE = KINDS + 1 + LOOK_BACK_BARS + 1 + 1 + PLACES + 4 + 8 + 1 + FINAL + 3 + len(SOURCES)


@dataclass(frozen=True, slots=True)
class FormPlan:
    """The form of M bars. `begins` bool [M]: a phrase begins; `source` int [M] the bar that comes back (−1
    new); `how` [M]; `shift` [M] scale degrees of a sequence."""

    begins: npt.NDArray[np.bool_]
    source: Ints
    how: Ints
    shift: Ints

    def __len__(self) -> int:
        return len(self.how)

    @property
    def phrase_bar(self) -> Ints:
        """Number of each bar in its phrase [M]."""
        index = np.arange(len(self))
        return np.asarray(index - np.maximum.accumulate(np.where(self.begins, index, 0)))

    @property
    def phrase_left(self) -> Ints:
        """Bars of the phrase after each bar [M]."""
        ends = np.append(np.flatnonzero(self.begins[1:]) + 1, len(self))
        index = np.arange(len(self))
        return np.asarray(ends[np.searchsorted(ends, index, side="right")] - index - 1)

    def letters(self) -> list[tuple[str, int, str]]:
        """The phrases as (letter, bars, how): the same letter for phrases of which half the bars or more come
        from a phrase of that letter; how: "new", "same", "new ending", "varied", "sequence"."""
        firsts = np.flatnonzero(self.begins).tolist()
        ends = [*firsts[1:], len(self)]
        names: list[str] = []
        result: list[tuple[str, int, str]] = []
        owner = np.searchsorted(firsts, np.arange(len(self)), side="right") - 1
        for number, (first, end) in enumerate(zip(firsts, ends, strict=True)):
            source = self.source[first:end]
            earlier = owner[source[(source >= 0) & (source < first)]]
            close = np.isin(self.how[first:end], (How.SAME, How.VARIED, How.SEQUENCE))
            if len(earlier) and close[(source >= 0) & (source < first)].sum() * 2 >= end - first:
                letter = names[int(np.bincount(earlier).argmax())]
                names.append(letter)
                result.append((letter, end - first, _kind_of_return(self.how[first:end], close)))
            else:
                names.append(phrase_letter(len(set(names))))
                result.append((names[number], end - first, "new"))
        return result


def _kind_of_return(how: Ints, close: npt.NDArray[np.bool_]) -> str:
    if (how == How.SEQUENCE).sum() * 2 >= len(how):
        return "sequence"
    if (how == How.SAME).all():
        return "same"
    return "new ending" if close[:-1].all() and not close[-1] else "varied"


class FormModel(nn.Module):
    """The network. Inputs [W, T, SIZE] as `inputs` makes them."""

    def __init__(self, hidden: int = 96) -> None:
        super().__init__()
        self.hidden = hidden
        self.enter = nn.Linear(SIZE, hidden)
        self.recur = nn.GRU(hidden, hidden, batch_first=True)
        self.begin = nn.Linear(hidden, 1)
        self.of_begin = nn.Embedding(2, hidden)
        self.how = nn.Sequential(nn.Linear(hidden, hidden), nn.GELU(), nn.Linear(hidden, KINDS))
        self.of_how = nn.Embedding(KINDS * 2, hidden)
        self.distance = nn.Sequential(
            nn.Linear(hidden, hidden), nn.GELU(), nn.Linear(hidden, LOOK_BACK_BARS + 1)
        )
        self.shift = nn.Linear(hidden, SHIFTS)

    def states(self, inputs: Tensor, before: Tensor | None = None) -> tuple[Tensor, Tensor]:
        """Hidden states [W, T, H] and the last one."""
        state, last = self.recur(torch.tanh(self.enter(inputs)), before)
        return state, last

    def how_logits(self, state: Tensor, begins: Tensor) -> Tensor:
        """Logits [..., 5] of how a bar relates to an earlier one, `begins` (0 or 1) being known."""
        result: Tensor = self.how(state + self.of_begin(begins))
        return result

    def distance_logits(self, state: Tensor, begins: Tensor, how: Tensor) -> Tensor:
        """Logits [..., 49] of how far back it lies (`GOES_ON`, 1 … 48 bars), the relation being known."""
        result: Tensor = self.distance(state + self.of_how(how * 2 + begins))
        return result


def inputs(
    how: Ints,
    distance: Ints,
    begins: npt.NDArray[np.bool_],
    left: Ints,
    meter: Ints,
    collection: npt.NDArray[np.float32],
) -> npt.NDArray[np.float32]:
    """What is heard before each bar [T, SIZE] of plans known so far. Row t hears `how`, `distance` (bars
    back, 0 none), `begins` of bar t − 1; `left` bars after t; `collection` [10]."""
    count = len(left)
    index = np.arange(count)
    before = np.maximum(index - 1, 0)
    first = index == 0
    place = np.zeros(count, np.int64)
    for bar in range(1, count):
        place[bar] = 1 if begins[bar - 1] else place[bar - 1] + 1
    return np.concatenate(
        [
            hot_rows(np.where(first, KINDS, how[before]), KINDS + 1),
            hot_rows(np.where(first, 0, distance[before]), LOOK_BACK_BARS + 1),
            (begins[before] & ~first).astype(np.float32)[:, None],
            hot_rows(np.minimum(place, PLACES - 1), PLACES),
            hot_rows(index % 4, 4),
            hot_rows(index % 8, 8),
            np.minimum(index, 64).astype(np.float32)[:, None] / 64,
            hot_rows(np.minimum(left, FINAL - 1), FINAL),
            hot_rows(meter, 3),
            np.broadcast_to(collection, (count, len(SOURCES))).astype(np.float32),
        ],
        1,
        dtype=np.float32,
    )


def draw_form(
    model: FormModel, meter: Sequence[int], collection: npt.NDArray[np.float32], rng: np.random.Generator
) -> FormPlan:
    """A form for bars of these metres. `model` in double precision."""
    bars = len(meter)
    how, distance, shift = (np.zeros(bars, np.int64) for _ in range(3))
    begins = np.zeros(bars, np.bool_)
    left = np.arange(bars)[::-1].copy()
    chance = rng.random((bars, 4))
    memory: Tensor | None = None
    place = 0
    with torch.no_grad():
        for bar in range(bars):
            features = inputs(
                how[: bar + 1], distance[: bar + 1], begins[: bar + 1], left[: bar + 1],
                np.asarray(meter[: bar + 1]), collection,
            )[bar:]  # fmt: skip
            state, memory = model.states(torch.from_numpy(features).double().unsqueeze(0), memory)
            here = state[0, 0]
            opening = float(torch.sigmoid(model.begin(here))[0])
            begins[bar] = bar == 0 or place >= LONGEST_PHRASE or chance[bar, 0] < opening
            place = 1 if begins[bar] else place + 1
            begin = torch.tensor(int(begins[bar]))
            kinds = model.how_logits(here, begin).numpy().copy()
            kinds[How.NEW] += NEW_BIAS
            if bar == 0:
                continue
            how[bar] = _draw(kinds, chance[bar, 1])
            if how[bar] == How.NEW:
                continue
            far = model.distance_logits(here, begin, torch.tensor(int(how[bar]))).numpy().copy()
            far[bar + 1 :] = -np.inf
            far[1] += NEXT_BIAS
            if distance[bar - 1] == 0:
                far[GOES_ON] = -np.inf
            for back in range(1, min(bar, LOOK_BACK_BARS) + 1):
                if meter[bar - back] != meter[bar]:
                    far[back] = -np.inf
            if not np.isfinite(far).any():
                how[bar] = How.NEW
                continue
            chosen = _draw(far, chance[bar, 2])
            distance[bar] = distance[bar - 1] if chosen == GOES_ON else chosen
            if meter[bar - int(distance[bar])] != meter[bar]:
                how[bar], distance[bar] = How.NEW, 0
            elif how[bar] == How.SEQUENCE:
                logits = model.shift(here).numpy().copy()
                logits[7] = -np.inf
                shift[bar] = _draw(logits, chance[bar, 3]) - 7
    source = np.where(distance > 0, np.arange(bars) - distance, -1)
    return FormPlan(begins, source, how, shift)


def _draw(logits: npt.NDArray[np.float64], chance: float) -> int:
    share = np.exp(logits - logits.max())
    total = np.cumsum(share)
    return int(min(np.searchsorted(total, chance * total[-1], side="right"), len(share) - 1))
