"""Recipes of the line writer: all that decides what comes out, by name."""

from dataclasses import dataclass, field

from engine.generate.lines.writer import WriterConfig
from engine.train.music.writer.batches import Shares
from engine.train.music.writer.fit import Recipe


@dataclass(frozen=True, slots=True)
class LinesRecipe:
    """The writer's recipe and the steps and seed of the form model."""

    writer: Recipe = field(default_factory=Recipe)
    form_steps: int = 900
    form_seed: int = 5


RECIPES: dict[str, LinesRecipe] = {
    "2.0": LinesRecipe(
        Recipe(
            WriterConfig(layers=5, dropout=0.1),
            Shares(blur=(0.3, 1.5), misheard=0.0, even_blur=True),
            steps=3600,
        )
    ),
    "2.1": LinesRecipe(Recipe(WriterConfig(layers=5, dropout=0.15), Shares(), steps=4000)),
    "large": LinesRecipe(
        Recipe(
            WriterConfig(width=384, layers=8, heads=8, dropout=0.2),
            Shares(),
            steps=12000,
            batch=64,
            length=256,
            rate=8e-4,
        )
    ),
    "small": LinesRecipe(
        Recipe(WriterConfig(width=32, layers=1, heads=2, window=64), steps=6, batch=4, length=32, warmup=2),
        form_steps=4,
    ),
}
"""2.0 and 2.1 are for one core in about an hour, "large" for a GPU, "small" for tests."""
