"""Fits the form model to the phrases and returns of real melodies."""

from collections.abc import Callable

import numpy as np
import numpy.typing as npt
import torch
from torch import Tensor
from torch.nn import functional as F

from engine.generate.lines.conditions import SOURCES
from engine.generate.lines.form_model import GOES_ON, FormModel, inputs
from engine.generate.lines.returns import How
from engine.train.music.writer.data import LineSet

Ints = npt.NDArray[np.int64]
LENGTH = 96
MELODIES = ("pop909", "openscore_lieder", "openewld", "vgmidi", "nesmdb", "jsb", "openscore_quartets")


def sequences(lines: LineSet, split: int, length: int = LENGTH) -> list[dict[str, npt.NDArray[np.generic]]]:
    """Inputs and targets of every run of melody of a split, from its beginning, cut after `length` bars."""
    table, returns = lines.table, lines.returns[0]
    begins_run = np.flatnonzero(np.r_[True, table.run[1:] != table.run[:-1]])
    ends = np.append(begins_run[1:], len(table))
    result = []
    for first, end in zip(begins_run.tolist(), ends.tolist(), strict=True):
        name = SOURCES[int(lines.source[first])]
        if lines.split[first] != split or name not in MELODIES or end - first < 8:
            continue
        if name == "pop909" and not lines.labelled[first]:
            continue
        stop = min(end, first + length)
        here = slice(first, stop)
        distance = np.where(returns.source[here] >= 0, np.arange(first, stop) - returns.source[here], 0)
        distance = np.where(returns.source[here] >= first, distance, 0)
        how = np.where(distance > 0, returns.how[here], int(How.NEW))
        begins = table.phrase_bar[here] == 0
        goes_on = np.r_[False, (distance[1:] == distance[:-1]) & (distance[1:] > 0)]
        left = end - 1 - np.arange(first, stop)
        result.append(
            {
                "inputs": inputs(how, distance, begins, left, table.meter[here], table.collection[first]),
                "begins": begins.astype(np.int64),
                "how": how,
                "distance": np.where(goes_on, GOES_ON, distance),
                "shift": returns.shift[here] + 7,
                "counts": table.playing[0, here] & (np.arange(stop - first) > 0),
                "source": lines.source[here],
            }
        )
    return result


def batch_of(some: list[dict[str, npt.NDArray[np.generic]]]) -> dict[str, Tensor]:
    """Sequences of unequal length as one batch, filled up with bars that do not count."""
    longest = max(len(each["how"]) for each in some)
    return {
        name: torch.from_numpy(
            np.stack(
                [
                    np.pad(each[name], [(0, longest - len(each["how"]))] + [(0, 0)] * (each[name].ndim - 1))
                    for each in some
                ]
            )
        )
        for name in some[0]
    }


def losses(model: FormModel, batch: dict[str, Tensor]) -> Tensor:
    """Mean cross-entropies [4] of phrase beginnings, relations, distances, shifts."""
    state, _ = model.states(batch["inputs"].float())
    counts = batch["counts"]
    state = state[counts]
    begins, how, distance, shift = (batch[name][counts] for name in ("begins", "how", "distance", "shift"))
    related = how > 0
    moved = how == int(How.SEQUENCE)
    found = [
        F.binary_cross_entropy_with_logits(model.begin(state)[:, 0], begins.float()),
        F.cross_entropy(model.how_logits(state, begins), how),
        F.cross_entropy(model.distance_logits(state, begins, how)[related], distance[related]),
        F.cross_entropy(model.shift(state)[moved], shift[moved]) if moved.any() else torch.zeros(()),
    ]
    return torch.stack(found)


def fit_form(lines: LineSet, steps: int, seed: int, log: Callable[[str], None], batch: int = 32) -> FormModel:
    """A model after so many steps; the collections by the square root of their number of bars."""
    torch.manual_seed(seed)
    rng = np.random.default_rng(seed)
    model = FormModel()
    train, dev = sequences(lines, 0), sequences(lines, 1)
    source = np.array([int(each["source"][0]) for each in train])
    size = np.bincount(source, [len(each["how"]) for each in train], minlength=len(SOURCES))
    weight = np.array([len(each["how"]) for each in train]) / np.sqrt(np.maximum(size[source], 1))
    optimiser = torch.optim.AdamW(model.parameters(), 3e-3, weight_decay=0.02)
    schedule = torch.optim.lr_scheduler.OneCycleLR(optimiser, 4e-3, steps)
    best, kept = float("inf"), {k: v.clone() for k, v in model.state_dict().items()}
    for step in range(1, steps + 1):
        some = rng.choice(len(train), batch, p=weight / weight.sum())
        found = losses(model, batch_of([train[i] for i in some]))
        optimiser.zero_grad()
        found.sum().backward()  # type: ignore[no-untyped-call]
        torch.nn.utils.clip_grad_norm_(model.parameters(), 1.0)
        optimiser.step()
        schedule.step()
        if step % 100 == 0 or step == steps:
            with torch.no_grad():
                judged = [losses(model, batch_of(dev[i : i + 64])) for i in range(0, len(dev), 64)]
                # A few toy pieces may hold no melody to judge by.
                held = torch.stack(judged or [found]).mean(0)
            log(f"form, step {step}: train {found.detach().sum():.3f}, held out {held.tolist()}")
            if float(held.sum()) < best:
                best, kept = float(held.sum()), {k: v.clone() for k, v in model.state_dict().items()}
    model.load_state_dict(kept)
    return model
