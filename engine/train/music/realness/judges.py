"""Judges that tell two sets of windows apart: a forest over plain figures and a small network over notes.

Both are fitted here and now, in folds that keep a work's windows together, on equal numbers of both sides;
the figure is the area under the ROC curve (AUC) of what they say about windows they were not fitted on: .5
where the sets cannot be told apart. They measure and do nothing else: no take is ever chosen by them and
nothing is trained on what they say.
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import torch
from torch import Tensor, nn

from engine.generate.grid import SPECS, set_notes
from engine.train.music.realness.line_features import feature_table
from engine.train.music.realness.lines import BARS, STEPS, Windows, notes_of
from engine.train.music.realness.texture_features import accompaniment_table, whole_table

Floats = npt.NDArray[np.float64]
Floats32 = npt.NDArray[np.float32]
Ints = npt.NDArray[np.int64]
Bools = npt.NDArray[np.bool_]

FOLDS = 5
TREES = 300
NETWORK_EPOCHS = 20
NOTE_SIZE = 27 + 17 + 18 + STEPS + 12 + 4 + 3
ROLES = {"melody": 0, "counter": 1, "bass": 3}


@dataclass(frozen=True, slots=True)
class Verdict:
    """How surely two sets are told apart. `auc` .5…1, `error` its standard error over works drawn again;
    `windows` on each side; `telling` the figures that give most away: (name, mean of the first set, mean of
    the second)."""

    auc: float
    error: float
    windows: int
    telling: tuple[tuple[str, float, float], ...] = ()


def figures_of(windows: Windows, what: str) -> tuple[list[str], Floats]:
    """Names and figures [W, F] of "melody", "counter", "bass", "accompaniment" or "whole"."""
    if what == "accompaniment":
        return accompaniment_table(windows)
    if what == "whole":
        return whole_table(windows)
    minor = windows.phrases.minor.reshape(len(windows), BARS)[:, 0]
    return feature_table(notes_of(windows, ROLES[what]), minor)


def forest(first: Windows, second: Windows, what: str, seed: int = 1, tell: int = 8) -> Verdict:
    """A random forest over the figures of `what`, five folds grouped by work."""
    from sklearn.ensemble import RandomForestClassifier

    names, a = figures_of(first, what)
    other, b = figures_of(second, what)
    both = [name for name in names if name in other]
    a, b = a[:, [names.index(n) for n in both]], b[:, [other.index(n) for n in both]]

    def fit_predict(x: Floats, y: npt.NDArray[np.int64], test: Floats) -> Floats:
        trees = RandomForestClassifier(TREES, min_samples_leaf=2, random_state=seed, n_jobs=1)
        return np.asarray(trees.fit(x, y).predict_proba(test)[:, 1])

    verdict = _judged(a, b, first.piece, second.piece, fit_predict, seed)
    return Verdict(verdict.auc, verdict.error, verdict.windows, _telling(both, a, b, tell))


def network(first: Windows, second: Windows, what: str, seed: int = 1) -> Verdict:
    """A small convolutional network over notes, five folds grouped by work."""
    a, a_there = note_rows(first, what)
    b, b_there = note_rows(second, what)
    size = max(a.shape[1], b.shape[1])

    def filled(values: npt.NDArray[np.generic]) -> npt.NDArray[np.generic]:
        extra = [(0, 0)] * values.ndim
        extra[1] = (0, size - values.shape[1])
        return np.pad(values, extra)

    # The mask travels as a last column.
    x = np.concatenate([filled(a), filled(a_there)[..., None]], -1).astype(np.float32)
    y = np.concatenate([filled(b), filled(b_there)[..., None]], -1).astype(np.float32)

    def fit_predict(train: Floats32, truth: Ints, test: Floats32) -> Floats:
        return _fitted_network(
            train[..., :-1], train[..., -1] > 0, truth, test[..., :-1], test[..., -1] > 0, seed
        )

    return _judged(x, y, first.piece, second.piece, fit_predict, seed)


def note_rows(windows: Windows, what: str) -> tuple[npt.NDArray[np.float32], npt.NDArray[np.bool_]]:
    """What the network reads of each window: its notes in order, float [W, N, NOTE_SIZE], and which of the N
    places hold one. A note is told by its interval from the note of its role before it, how long it lasts
    and waited, its place in the bar and window, its pitch class and height, its role."""
    parts = {"melody": (0,), "counter": (1,), "bass": (3,), "accompaniment": (2, 3), "whole": (0, 1, 2, 3)}
    rows: list[list[npt.NDArray[np.float32]]] = [[] for _ in range(len(windows))]
    for role in parts[what]:
        for number, notes in enumerate(_notes(windows, role)):
            rows[number].append(_note_rows(notes, role))
    most = max((sum(map(len, own)) for own in rows), default=1)
    table = np.zeros((len(windows), max(most, 1), NOTE_SIZE + 1), np.float32)
    there = np.zeros(table.shape[:2], np.bool_)
    for number, own in enumerate(rows):
        notes = np.concatenate(own)
        notes = notes[np.argsort(notes[:, -1], kind="stable")]
        table[number, : len(notes)] = notes
        there[number, : len(notes)] = True
    return table[..., :-1], there


def _notes(windows: Windows, role: int) -> list[npt.NDArray[np.int64]]:
    if SPECS[role].line:
        return notes_of(windows, role)
    on = windows.phrases.onsets[0].reshape(len(windows), -1)
    sound = windows.phrases.sounds[0].reshape(len(windows), -1)
    found = []
    for row in range(len(windows)):
        start, end, pitch = set_notes(on[row], sound[row], SPECS[role].low, SPECS[role].pitches)
        found.append(np.stack([start, end - start, pitch], 1))
    return found


def _note_rows(notes: npt.NDArray[np.int64], role: int) -> npt.NDArray[np.float32]:
    """Rows [N, NOTE_SIZE + 1] of one role's notes; the last column is the order."""
    start, steps, pitch = notes.T
    leap = np.diff(pitch, prepend=pitch[:1])
    wait = np.diff(start, prepend=start[:1])
    floats = np.stack([start / 128, (pitch - 60) / 24, steps / 16], 1)
    hot = (
        np.clip(leap, -13, 13)[:, None] == np.arange(-13, 14),
        np.minimum(steps, 17)[:, None] == np.arange(1, 18),
        np.minimum(wait, 17)[:, None] == np.arange(18),
        (start % STEPS)[:, None] == np.arange(STEPS),
        (pitch % 12)[:, None] == np.arange(12),
        np.full(len(notes), role)[:, None] == np.arange(4),
    )
    order = (start * 8 + role)[:, None]
    return np.concatenate([*hot, floats, order], 1).astype(np.float32)


class _Ear(nn.Module):
    """Three convolutions over the notes in order, the last two looking wider, then one opinion."""

    def __init__(self) -> None:
        super().__init__()
        self.net = nn.ModuleList(
            [
                nn.Conv1d(NOTE_SIZE, 48, 3, padding=1),
                nn.Conv1d(48, 48, 3, padding=2, dilation=2),
                nn.Conv1d(48, 48, 3, padding=6, dilation=6),
            ]
        )
        self.out = nn.Sequential(nn.Dropout(0.4), nn.Linear(96, 1))

    def forward(self, notes: Tensor, there: Tensor) -> Tensor:
        state, mask = notes.transpose(1, 2), there.unsqueeze(1).float()
        for layer in self.net:
            state = torch.relu(layer(state)) * mask
        mean = state.sum(-1) / mask.sum(-1).clamp(min=1)
        said: Tensor = self.out(torch.cat([mean, state.amax(-1)], -1)).squeeze(-1)
        return said


def _fitted_network(
    x: Floats32, there: Bools, y: Ints, test: Floats32, test_there: Bools, seed: int
) -> Floats:
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(seed)
        ear = _Ear()
        notes, mask, truth = torch.from_numpy(x), torch.from_numpy(there), torch.from_numpy(y).float()
        batches = max(1, len(x) // 32)
        optimiser = torch.optim.AdamW(ear.parameters(), 1e-3, weight_decay=0.05)
        schedule = torch.optim.lr_scheduler.OneCycleLR(optimiser, 3e-3, NETWORK_EPOCHS * batches)
        for _ in range(NETWORK_EPOCHS):
            for some in torch.randperm(len(x)).chunk(batches):
                # A tenth of the notes is hidden: what is learnt must not hang on single ones.
                kept = mask[some] & (torch.rand(mask[some].shape) > 0.1)
                said = ear(notes[some] * kept.unsqueeze(-1), kept)
                loss = nn.functional.binary_cross_entropy_with_logits(said, truth[some])
                optimiser.zero_grad()
                loss.backward()  # type: ignore[no-untyped-call]
                optimiser.step()
                schedule.step()
        ear.eval()
        with torch.no_grad():
            said = ear(torch.from_numpy(test), torch.from_numpy(test_there))
            return np.asarray(said.numpy(), np.float64)


def _judged(
    a: npt.NDArray[np.floating],
    b: npt.NDArray[np.floating],
    works_a: npt.NDArray[np.int64],
    works_b: npt.NDArray[np.int64],
    fit_predict: "Callable[..., Floats]",
    seed: int,
) -> Verdict:
    """Equal numbers of both sides, folds grouped by work, AUC over all windows."""
    from sklearn.metrics import roc_auc_score

    rng = np.random.default_rng(seed)
    count = min(len(a), len(b))
    if count < 2 * FOLDS:
        return Verdict(float("nan"), float("nan"), count)
    left = np.sort(rng.choice(len(a), count, replace=False))
    right = np.sort(rng.choice(len(b), count, replace=False))
    x = np.concatenate([a[left], b[right]])
    y = np.repeat([0, 1], count)
    works = np.concatenate([works_a[left], works_b[right] + int(works_a.max()) + 1])
    fold = np.empty(len(x), np.int64)
    for side in (0, 1):
        mine = rng.permutation(np.unique(works[y == side]))
        turn = {int(work): number % FOLDS for number, work in enumerate(mine)}
        for row in np.flatnonzero(y == side):
            fold[row] = turn[int(works[row])]
    said = np.zeros(len(x))
    for number in range(FOLDS):
        test = fold == number
        if test.any() and len(np.unique(y[~test])) == 2:
            said[test] = _ranks(fit_predict(x[~test], y[~test], x[test]))
    auc = float(roc_auc_score(y, said))
    return Verdict(auc, _error(y, said, works, rng), count)


def _ranks(said: Floats) -> Floats:
    """Ranks 0…1 inside a fold: networks of different folds have scales of their own."""
    order: Floats = np.argsort(np.argsort(said)) / max(1, len(said) - 1)
    return order


def _error(
    y: npt.NDArray[np.int64], said: Floats, works: npt.NDArray[np.int64], rng: np.random.Generator
) -> float:
    """Standard error of the AUC by drawing works again, 200 times."""
    from sklearn.metrics import roc_auc_score

    rows = {work: np.flatnonzero(works == work) for work in np.unique(works)}
    sides = [[w for w in rows if y[rows[w][0]] == side] for side in (0, 1)]
    found = []
    for _ in range(200):
        drawn = [rng.choice(len(side), len(side)) for side in sides]
        some = np.concatenate([rows[side[i]] for side, own in zip(sides, drawn, strict=True) for i in own])
        found.append(float(roc_auc_score(y[some], said[some])))
    return float(np.std(found))


def _telling(names: list[str], a: Floats, b: Floats, count: int) -> tuple[tuple[str, float, float], ...]:
    """The figures by how well each alone tells the sets apart (AUC), with both means."""
    from sklearn.metrics import roc_auc_score

    y = np.repeat([0, 1], [len(a), len(b)])
    both = np.concatenate([a, b])
    alone = [abs(roc_auc_score(y, both[:, column]) - 0.5) for column in range(both.shape[1])]
    order = np.argsort(alone)[::-1][:count]
    return tuple((names[i], float(a[:, i].mean()), float(b[:, i].mean())) for i in order)
