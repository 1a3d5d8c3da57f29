"""Small plans of accompaniments for tests."""

import numpy as np
import numpy.typing as npt

from engine.generate.accompaniment.compose import FigurePlan
from engine.generate.accompaniment.conditions import GIST, FigureTable
from engine.generate.chord_features import step_roots
from engine.generate.grid import METER_STEPS
from engine.generate.lines.conditions import slots_of
from engine.generate.lines.planning import one_hot


def plan(
    bars: int,
    seed: int = 0,
    meter: int = 0,
    playing: npt.NDArray[np.bool_] | None = None,
    pentatonic: bool = False,
    tension: float = 0.5,
) -> FigurePlan:
    """An accompaniment to I–IV–V–I with a silent melody and bass."""
    roots = [(0, 0, 0), (5, 0, 5), (7, 0, 7), (0, 0, 0)]
    chords = np.array([[roots[bar % 4]] * 4 for bar in range(bars)], np.int8)
    meters = np.full(bars, meter)
    none = np.zeros((bars, 16), np.int64)
    asked = np.full((bars, 7), 0.5, np.float32)
    asked[:, 2] = tension
    table = FigureTable(
        slots_of(chords),
        meters,
        np.zeros(bars, np.bool_),
        np.zeros(bars, np.int64),
        np.ones(bars, np.bool_) if playing is None else playing,
        asked,
        np.ones(bars, np.bool_),
        np.arange(bars) % 4,
        3 - np.arange(bars) % 4,
        np.arange(bars)[::-1].copy(),
        np.zeros((bars, GIST), np.float32),
        np.full(bars, -1.0, np.float32),
        np.tile(one_hot("openscore_lieder"), (bars, 1)),
        none,
        none,
        none,
        none,
        np.full(bars, -1),
    )
    steps = np.full(bars, METER_STEPS[meter])
    return FigurePlan(table, steps, step_roots(chords, meters), pentatonic, (seed, 1))
