"""Form: which roles play when, what returns, and how thick the texture is.

Inside a phrase this is a `Shape`: who plays in each bar and which earlier bar each role repeats, as counted
in real phrases (structure alone: no notes are stored). Over a cue it is the phrase plan: phrases that come
back with a new ending.
"""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from engine.generate.config import WINDOW
from engine.generate.grid import SPECS

PLANS: dict[int, str] = {
    1: "A",
    2: "AA",
    3: "ABA",
    4: "AABA",
    5: "AABCA",
    6: "AABBCA",
    7: "AABBCAA",
    8: "AABABCAA",
}
"""Phrase plans by number of phrases; longer cues chain plans of eight. A letter that comes again returns."""


@dataclass(frozen=True, slots=True)
class Shapes:
    """N phrase shapes: `present` bool [N, 8, 5], `source` int [N, 8, 5] (the bar each role repeats, itself
    when new), `texture` float [N, 8, 2] (percentiles of melody density and polyphony), `density` float [N]
    mean percentile, `style` float [N, S] style vectors, `meter` int [N]."""

    present: npt.NDArray[np.bool_]
    source: npt.NDArray[np.int64]
    texture: npt.NDArray[np.float32]
    density: npt.NDArray[np.float32]
    style: npt.NDArray[np.float32]
    meter: npt.NDArray[np.int64]

    def __len__(self) -> int:
        return len(self.meter)


def plain_shapes(sources: int) -> Shapes:
    """A shape a source for models without a table: everyone plays, bars 5 and 6 repeat 1 and 2."""
    present = np.ones((sources, WINDOW, len(SPECS)), np.bool_)
    order = np.array([0, 1, 2, 3, 0, 1, 6, 7])
    source = np.broadcast_to(order[:, None], (sources, WINDOW, len(SPECS))).copy()
    texture = np.full((sources, WINDOW, 2), 0.5, np.float32)
    half = np.full(sources, 0.5, np.float32)
    return Shapes(
        present, source, texture, half, np.eye(sources, dtype=np.float32), np.zeros(sources, np.int64)
    )


@dataclass(frozen=True, slots=True)
class FittedShapes:
    """What `choose_shape` needs of the shapes under the roles asked: `score` [N] how well a shape serves
    them, `repeats` float [N, 64] how many roles repeat bar s in bar t (column 8 t + s)."""

    shapes: Shapes
    score: npt.NDArray[np.float64]
    repeats: npt.NDArray[np.float32]


def fit_shapes(shapes: Shapes, roles: npt.NDArray[np.bool_]) -> FittedShapes:
    """Prepares the shapes for requests of these roles [5]: the more of them a shape has the better, and never
    a silent bar."""
    asked = max(1, int(roles.sum()))
    covered = (shapes.present.any(1) & roles).sum(1) / asked
    sounding: npt.NDArray[np.bool_] = np.any(shapes.present[:, :, :4] & roles[:4], axis=2)
    steady = np.all(sounding, axis=1)
    bars = np.arange(WINDOW)[None, :, None]
    repeating = (shapes.source != bars) & shapes.present & roles
    repeats = np.zeros((len(shapes), WINDOW, WINDOW), np.float32)
    which = np.nonzero(repeating)
    np.add.at(repeats, (which[0], which[1], shapes.source[which]), 1.0)
    score = 6.0 * covered + np.where(steady, 0.0, -6.0)
    return FittedShapes(shapes, score, repeats.reshape(len(shapes), -1))


def choose_shape(
    fitted: FittedShapes,
    style: npt.NDArray[np.float32],
    meter: int,
    density: float,
    same: npt.NDArray[np.bool_],
    rng: np.random.Generator,
) -> int:
    """Draws a shape: likelier the more its style is the asked one (`style` [S]), the nearer its density
    percentile lies and the better its repeats fall on bars of equal chords (`same` bool [8, 8]). Another
    metre's shapes serve only where the style has none of its own."""
    shapes = fitted.shapes
    weight = (shapes.style @ style).astype(np.float64) ** 4
    weight *= np.where(shapes.meter == meter, 1.0, 0.02)
    fitting = fitted.repeats @ (0.6 * same.reshape(-1) - 0.3).astype(np.float32)
    logits = fitted.score - 8.0 * np.abs(shapes.density - density) + fitting
    weight = weight * np.exp(logits - logits.max())
    if weight.sum() <= 0:
        weight = np.ones(len(shapes))
    return int(rng.choice(len(shapes), p=weight / weight.sum()))


def returning_bars(bars: int) -> npt.NDArray[np.int64]:
    """For each bar of a cue the earlier bar it brings back, −1 where the music is new: int [bars].

    Phrases follow `PLANS`; a returning phrase keeps its first six bars and ends anew.
    """
    origin = np.full(bars, -1, np.int64)
    phrases = -(-bars // WINDOW)
    plan = PLANS[phrases] if phrases in PLANS else (PLANS[8] * (phrases // 8 + 1))[:phrases]
    for phrase, letter in enumerate(plan):
        before = plan.index(letter)
        if before == phrase:
            continue
        for offset in range(min(WINDOW - 2, bars - phrase * WINDOW)):
            origin[phrase * WINDOW + offset] = before * WINDOW + offset
    return origin


def plain_chords(bars: int, minor: bool, closing: bool) -> npt.NDArray[np.int8]:
    """A plain plan of harmony [bars, 4, 3] (relative root, quality index, bass): I–IV–V–I in four-bar groups,
    in minor i–iv–V–i."""
    tonic, fourth = (0, 1 if minor else 0), (5, 1 if minor else 0)
    cycle = [tonic, fourth, (7, 0), tonic, (9, 1) if not minor else (8, 0), fourth, (7, 0), tonic]
    chosen = [cycle[bar % 8] for bar in range(bars)]
    if closing:
        chosen[-1] = tonic
    return np.array([[(root, quality, root)] * 4 for root, quality in chosen], np.int8)
