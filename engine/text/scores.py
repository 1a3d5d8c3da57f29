"""What a trained judge of texts says, and what it has to be: the shipped network, the debug model and other
people's models are all asked alike. Plain arrays, no torch."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np
import numpy.typing as npt

from engine.text.scene_mood import SceneMood

Floats = npt.NDArray[np.float32]
Stretch = tuple[int, int]
"""Start and end of some words in a text: code points from 0, the end exclusive."""
LinesAround = tuple[tuple[str, ...], int]
"""A line and those around it in its scene, in order, and which of them it is."""


@dataclass(frozen=True, slots=True)
class Scores:
    """What a scorer says of n texts. `positive`, `negative`, `doubt`: n, 0…1; `vad`: n × 3, −1…1;
    `emotions`: n × names, 0…1."""

    positive: Floats
    negative: Floats
    vad: Floats
    emotions: Floats
    doubt: Floats


class Scorer(Protocol):
    """A trained judge of texts. `threshold`, `neutral`, `gain` (signed intensity at valence 1) and
    `scene_mood` (None: lines are left as they are) are its calibration, `names` its emotions. `reach`: how
    many lines before and after one it hears word by word (0: none)."""

    version: str
    names: tuple[str, ...]
    threshold: float
    neutral: float
    gain: float
    scene_mood: SceneMood | None
    reach: int

    def vectors(self, texts: Sequence[str]) -> Floats:
        """All it needs to know of each text, a row each, whatever stands around it: n × its own size."""
        ...

    def vectors_without(self, texts: Sequence[str], left_out: Sequence[Sequence[Stretch]]) -> list[Floats]:
        """For each text a row for each of its stretches: what `vectors` would say of it without those words,
        or something near it that costs less. The same bits in any company."""
        ...

    def vectors_among(self, lines: Sequence[LinesAround]) -> Floats:
        """What it knows of each line by its own words and those of the lines around it, at most `reach` to
        either side: n × the size of `vectors` less its last column. Asked only where `reach` is not 0."""
        ...

    def scores(self, vectors: Floats, scenes: Sequence[int] | None) -> Scores:
        """Scores of texts by their vectors: each by itself (`scenes` None), or among its neighbours of the
        same scene number, which stand together in order; then `vectors_among` stand before the last column
        where `reach` is not 0."""
        ...


def cut_out(scorer: Scorer, texts: Sequence[str], left_out: Sequence[Sequence[Stretch]]) -> list[Floats]:
    """What `Scorer.vectors_without` asks for, by cutting each stretch out of its text and reading what is
    left."""
    if not texts:
        return []
    cut = [text[:start] + text[end:] for text, own in zip(texts, left_out, strict=True) for start, end in own]
    vectors = scorer.vectors(cut or [""])
    return np.split(vectors[: len(cut)], np.cumsum([len(own) for own in left_out])[:-1])
