"""Recipes of the line writer: all that decides what comes out, by name."""

from dataclasses import dataclass, field

from engine.generate.lines.compose import Sampling
from engine.generate.lines.writer import WriterConfig
from engine.train.music.writer.batches import Shares
from engine.train.music.writer.fit import Recipe


@dataclass(frozen=True, slots=True)
class LinesRecipe:
    """The writer's recipe and the steps and seed of the form model. `begins`: the recipe whose writer it goes
    on from; `sampling`: how what it makes is drawn from, set by how often real dev lines rest and repeat."""

    writer: Recipe = field(default_factory=Recipe)
    begins: str | None = None
    sampling: Sampling = field(default_factory=Sampling)
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
    "2.5": LinesRecipe(
        Recipe(
            WriterConfig(layers=5, dropout=0.15, relative=True),
            Shares(blur=(0.3, 2.5), misheard=0.0, even_blur=True),
            steps=1700,
            rate=8e-4,
            warmup=100,
            seed=31,
        ),
        begins="2.1",
    ),
    "3.0": LinesRecipe(
        Recipe(
            WriterConfig(layers=5, dropout=0.15, relative=True, diatonic=True),
            Shares(blur=(0.3, 2.5), misheard=0.0, even_blur=True),
            steps=1300,
            rate=6e-4,
            warmup=100,
            seed=37,
        ),
        begins="2.5",
        sampling=Sampling(1.0, 1.0, 0.99, 0.998, -0.2, (-0.2, -0.2), -0.3, (0.7, -0.2)),
    ),
    "3.1": LinesRecipe(
        Recipe(
            WriterConfig(layers=5, dropout=0.2, relative=True, diatonic=True),
            Shares(blur=(0.3, 2.5), misheard=0.0, even_blur=True),
            steps=4500,
            seed=41,
            turn=2300,
            then=Shares(blur=(0.3, 2.5), misheard=0.0, even_blur=True, made=0.75, asked_over=(4, 8, 16)),
        ),
        sampling=Sampling(1.0, 1.0, 0.99, 0.998, -0.2, (0.2, 0.6), -0.3, (0.7, -0.2), (1.2, 0.3)),
    ),
    "large": LinesRecipe(
        Recipe(
            WriterConfig(width=384, layers=8, heads=8, dropout=0.2, relative=True, diatonic=True),
            Shares(misheard=0.0),
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
    "small, relative": LinesRecipe(
        Recipe(
            WriterConfig(width=32, layers=1, heads=2, window=64, relative=True),
            steps=3,
            batch=4,
            length=32,
            warmup=1,
        ),
        form_steps=4,
        begins="small",
    ),
    "small, made": LinesRecipe(
        Recipe(
            WriterConfig(width=32, layers=1, heads=2, window=64),
            steps=4,
            batch=4,
            length=32,
            warmup=1,
            turn=2,
            then=Shares(gist_hidden=0.0, plain=0.0, made=1.0, asked_over=(4, 8)),
        ),
        form_steps=4,
    ),
}
"""2.0 and 2.1 are for one core in about an hour; 2.5 and 3.0 go on from 2.1 for three quarters and half an
hour; 3.1 takes an hour and a half from nothing; "large" is for a GPU, the small ones for tests."""
