"""Small plans of lines for tests."""

import numpy as np

from engine.generate.grid import METER_STEPS, STEPS
from engine.generate.lines.conditions import GIST, SOURCES, BarTable, slots_of
from engine.generate.lines.open_line import LinePlan
from engine.generate.lines.returns import How


def plan(
    bars: int,
    seed: int = 1,
    meter: int = 0,
    playing: "np.ndarray[tuple[int, ...], np.dtype[np.bool_]] | None" = None,
    pentatonic: bool = False,
    given: "np.ndarray[tuple[int, ...], np.dtype[np.uint8]] | None" = None,
    fixed: "np.ndarray[tuple[int, ...], np.dtype[np.bool_]] | None" = None,
    source: "np.ndarray[tuple[int, ...], np.dtype[np.int64]] | None" = None,
    how: int = How.SAME,
) -> LinePlan:
    """Bars of C major on I, told nothing else."""
    chords = np.zeros((bars, 4, 3), np.int8)
    source = np.full((3, bars), -1) if source is None else source
    table = BarTable(
        slots_of(chords),
        np.full(bars, meter),
        np.zeros(bars, np.bool_),
        np.zeros(bars, np.int64),
        np.ones((3, bars), np.bool_) if playing is None else playing,
        np.full((bars, 7), 0.5, np.float32),
        np.ones(bars, np.bool_),
        np.arange(bars) % 4,
        3 - np.arange(bars) % 4,
        np.arange(bars)[::-1].copy(),
        np.where(source >= 0, how, int(How.NEW)),
        np.zeros((3, bars, GIST), np.float32),
        np.full(bars, -1.0, np.float32),
        np.tile(np.eye(len(SOURCES), dtype=np.float32)[1], (bars, 1)),
    )
    return LinePlan(
        table,
        table,
        np.full(bars, METER_STEPS[meter]),
        source,
        np.zeros((3, bars), np.int64),
        pentatonic,
        np.zeros((3, bars, STEPS), np.uint8) if given is None else given,
        np.zeros((3, bars), np.bool_) if fixed is None else fixed,
        (seed,),
    )
