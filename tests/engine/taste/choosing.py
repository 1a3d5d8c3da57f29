"""Choices as listeners with a plain taste would make them."""

from collections.abc import Sequence

import numpy as np

from engine.taste.choices import OfferedTake, TasteChoice
from engine.taste.image import IMAGE_SIZE
from engine.taste.traits import TRAITS

NAMES = [trait.name for trait in TRAITS]


def some_takes(count: int, rng: np.random.Generator) -> list[OfferedTake]:
    """Takes of which nothing goes together with anything."""
    return [
        OfferedTake(
            tuple(np.round(rng.normal(size=len(TRAITS)), 3).tolist()),
            tuple(np.round(rng.normal(size=IMAGE_SIZE), 3).tolist()),
            round(float(rng.uniform(0.6, 0.9)), 3),
        )
        for _ in range(count)
    ]


def choices_by(
    weights: dict[str, float],
    count: int,
    seed: int = 0,
    asked: Sequence[tuple[float, float]] = ((0.5, 0.3), (-0.5, -0.4)),
    noise: float = 0.5,
    kind: str = "kept",
) -> list[TasteChoice]:
    """`count` choices among four takes each, of somebody who likes traits by these weights."""
    rng = np.random.default_rng(seed)
    made = []
    for number in range(count):
        takes = some_takes(4, rng)
        liked = [sum(w * take.traits[NAMES.index(name)] for name, w in weights.items()) for take in takes]
        felt = np.array(liked) + noise * rng.gumbel(size=4)
        place = asked[number % len(asked)]
        made.append(
            TasteChoice(kind, "strings", *place, tuple(takes), int(felt.argmax()), 1_764_000_000 + number)
        )
    return made
