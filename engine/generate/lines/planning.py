"""From a take's plan and latents to the conditions of the line writer: the bridge between generator and
writer."""

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from engine.generate.grid import LINES, STEPS
from engine.generate.lines.conditions import GIST, SOURCES, BarTable, slots_of, smoothed
from engine.generate.lines.form_model import FormPlan
from engine.generate.lines.open_line import LinePlan
from engine.generate.lines.returns import How
from engine.generate.score_plan import TakePlan
from engine.music.palettes import style_palette

if TYPE_CHECKING:
    from engine.generate.lines.weights import LineModels

Ints = npt.NDArray[np.int64]

REACH: dict[int, tuple[float, float]] = {0: (1.8, 1.2), 1: (1.6, 1.6), 5: (2.2, 1.2)}
"""How much farther than asked density, register and melody density are told a melody, below and above the
median, where the writer learnt from averages: it leans to the middle, most where little is asked; told more
than much, it writes sixteenths. Counter-melody and bass are told what is asked."""


def melody_collection(style: str, rng: np.random.Generator) -> npt.NDArray[np.float32]:
    """One-hot weights [10] of the collection whose melodies the melody of a take is written like, drawn
    from the style's `melody_like`."""
    shares = style_palette(style).melody_like
    names = list(shares)
    share = np.array([shares[name] for name in names])
    return one_hot(names[int(rng.choice(len(names), p=share / share.sum()))])


def one_hot(collection: str) -> npt.NDArray[np.float32]:
    """Weights [10] of one collection."""
    return np.asarray(np.eye(len(SOURCES), dtype=np.float32)[SOURCES.index(collection)])


def line_plan(
    plan: TakePlan,
    form: FormPlan,
    melody: FormPlan,
    latents: npt.NDArray[np.float32],
    sizes: tuple[int, ...],
    collection: npt.NDArray[np.float32],
    pentatonic: bool,
    given: npt.NDArray[np.uint8],
    fixed: npt.NDArray[np.bool_],
    seed: tuple[int, ...],
    models: "LineModels",
    style: str,
) -> LinePlan:
    """The lines of a take in a style, as `models` are told them. `form` is theirs, `melody` the melody's
    with its themes developed. `latents` float [M, total] standardised, of `sizes` by role; `given`
    tokens [3, M, 16] of the bars `fixed` [3, M]."""
    bars = len(plan)
    starts = np.concatenate([[0], np.cumsum(sizes)])
    gist = np.zeros((len(LINES), bars, GIST), np.float32)
    for line, role in enumerate(LINES):
        gist[line, :, : sizes[role]] = latents[:, starts[role] : starts[role] + sizes[role]]
    index = np.arange(bars)
    asked = smoothed(plan.asked[:bars].astype(np.float32), np.zeros(bars, np.int64), models.asked_over)
    own = (melody, form, form)
    source = np.stack([each.source for each in own])
    how = np.where(source < 0, int(How.NEW), np.stack([each.how for each in own]))
    table = BarTable(
        slots_of(plan.chords),
        plan.meter,
        plan.minor,
        np.zeros(bars, np.int64),
        plan.present[:bars, list(LINES)].T.copy(),
        as_in_collection(_driven(asked, models.asked_over), collection, models.quantiles),
        np.ones(bars, np.bool_),
        form.phrase_bar,
        form.phrase_left,
        np.maximum(plan.end - index, 0),
        how,
        gist,
        np.full(bars, models.gist_blur, np.float32),
        np.tile(collection, (bars, 1)),
    )
    support = replace(
        table,
        asked=asked,
        collection=np.tile(one_hot(style_palette(style).accompanied_like), (bars, 1)),
    )
    return LinePlan(
        table,
        support,
        plan.steps,
        source,
        np.stack([each.shift for each in own]),
        pentatonic,
        given,
        fixed,
        seed,
    )


def _driven(asked: npt.NDArray[np.float32], asked_over: int) -> npt.NDArray[np.float32]:
    told = asked.copy()
    if asked_over > 1:
        for column, (below, above) in REACH.items():
            off = told[:, column] - 0.5
            told[:, column] = np.clip(0.5 + np.where(off < 0, below, above) * off, 0.0, 1.0)
    return told


def as_in_collection(
    asked: npt.NDArray[np.float32], collection: npt.NDArray[np.float32], quantiles: npt.NDArray[np.float32]
) -> npt.NDArray[np.float32]:
    """What is asked, percentiles over all music [M, 7], as the same place in the music of one collection:
    a dense song has fewer notes than a dense console tune."""
    table = quantiles[int(collection.argmax())]
    places = np.linspace(0, 1, table.shape[1])
    columns = [np.interp(asked[:, column], places, table[column]) for column in range(asked.shape[1])]
    return np.stack(columns, 1).astype(np.float32)


def chord_returns(form: FormPlan, closing: bool) -> Ints:
    """The earlier bar whose chords (and latents) come back in each bar [M], −1 none: where the tune does, the
    same or varied; a closing end is written for itself."""
    near = np.isin(form.how, (How.SAME, How.VARIED)) & (form.source >= 0)
    origin = np.where(near, form.source, -1)
    if closing:
        origin[-2:] = -1
    return np.asarray(origin)


def nothing_given(bars: int) -> tuple[npt.NDArray[np.uint8], npt.NDArray[np.bool_]]:
    """No bar is fixed: tokens [3, M, 16] and the mask [3, M]."""
    return np.zeros((len(LINES), bars, STEPS), np.uint8), np.zeros((len(LINES), bars), np.bool_)
