"""Recipes of the text model: all that decides what comes out, by name."""

from dataclasses import dataclass, field

from engine.train.text.finish import SceneFit
from engine.train.text.fit import Fit


@dataclass(frozen=True, slots=True)
class TextRecipe:
    """`stages`: texts alone, then scenes (None: the network of given weights is kept, `network_sha256` says
    which); `scene_fit`: the closed form at the end; `goemotions`: comments used; `blend`: what the first
    stage's weights count in the average that ships."""

    stages: tuple[Fit, Fit] | None
    scene_fit: SceneFit = field(default_factory=SceneFit)
    network_sha256: str = ""
    goemotions: int | None = 16000
    blend: float = 0.3


SCENES = Fit(steps=1400, batch=16, rate=1e-4, head_rate=5e-4, scenes=4)
RECIPES: dict[str, TextRecipe] = {
    "3.3": TextRecipe(
        None, network_sha256="b34b708dfc2417c944d9e8f2f9bf2c5d468b04b4ea36bc91b7d0cc0394532e55"
    ),
    "full": TextRecipe((Fit(steps=2700), SCENES)),
    "small": TextRecipe((Fit(steps=4, batch=4, frozen=1), Fit(steps=2, batch=4, frozen=1, scenes=2))),
}
"""3.3 makes what ships: it begins with the shipped weights, keeps encoder, heads and mixer, and fits the
scene head and the calibration in scenes anew (minutes). "full" begins with the cut encoder and makes weights
like these (hours on one core). "small" is for tests."""
