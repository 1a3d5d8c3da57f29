"""Recipes of the text model: all that decides what comes out, by name."""

from dataclasses import dataclass, field
from pathlib import Path

from engine.text.window import WindowConfig
from engine.train.text.data import FICTION, STORYLINES
from engine.train.text.finish import SceneFit
from engine.train.text.fit import Fit


@dataclass(frozen=True, slots=True)
class TextRecipe:
    """`stages`: texts alone, then scenes; None: the recipe goes on from given weights (`network_sha256` says
    which), whose upper layers learn by `further` (None: they are kept). `scene_fit`: the closed form at the
    end; `goemotions`, `neutral`: comments and neutral lines of film used; `contrast`: whether the contrast
    set's training scenes are; `lexicon`: whether the word lexicon is derived; `blend`: what the weights
    before the last stage count in the average that ships."""

    stages: tuple[Fit, Fit] | None
    scene_fit: SceneFit = field(default_factory=SceneFit)
    network_sha256: str = ""
    goemotions: int | None = 16000
    neutral: int = 3000
    blend: float = 0.3
    further: Fit | None = None
    window: WindowConfig = field(default_factory=WindowConfig)
    contrast: bool = False
    lexicon: bool = True
    storylines: Path = STORYLINES
    fiction: Path = FICTION


SCENES = Fit(steps=1400, batch=16, rate=1e-4, head_rate=5e-4, scenes=4)
RECIPES: dict[str, TextRecipe] = {
    "4.0": TextRecipe(
        None,
        network_sha256="b34b708dfc2417c944d9e8f2f9bf2c5d468b04b4ea36bc91b7d0cc0394532e55",
        goemotions=4000,
        neutral=1000,
        further=Fit(
            steps=2600,
            batch=8,
            rate=1e-4,
            head_rate=3e-4,
            scenes=3,
            layer_dropout=0.1,
            average=0.995,
            check_every=1300,
            seed=7,
        ),
        contrast=True,
        blend=0.15,
    ),
    "full": TextRecipe((Fit(steps=2700), SCENES)),
    "small": TextRecipe(
        (Fit(steps=4, batch=4, frozen=1), Fit(steps=2, batch=4, frozen=1, scenes=2)),
        window=WindowConfig(first=1, reach=2),
    ),
}
"""4.0 makes what ships: it begins with the weights 3.3 (an hour on one core). "full" begins with the cut
encoder and makes weights like these (hours on one core). "small" is for tests."""
