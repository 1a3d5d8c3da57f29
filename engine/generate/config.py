"""The generator's shape and tables: everything in `config.json` beside the weights."""

import json
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from engine.errors import WeightsError
from engine.weights import read_config

KIND = "melodrama-generator"
"""What `config.json` calls these weights."""

FORMAT = 1
"""Version of the weights folder's layout; another one is refused."""

WINDOW = 8
"""Bars that the generator writes at once: a phrase."""

CONTEXT = 2
"""Bars before the phrase that are its context."""


@dataclass(frozen=True, slots=True)
class CodecConfig:
    """Sizes of the role codecs. `latents` and `hidden` by role: melody, counter, chords, bass, drums.

    `sketch_pitches` is 3 where a sketch tells mean, first and last pitch of a bar, 1 where the mean alone.
    """

    latents: tuple[int, ...] = (28, 24, 36, 16, 16)
    hidden: tuple[int, ...] = (144, 112, 208, 96, 80)
    encoder: int = 256
    sketch: int = 128
    sketch_pitches: int = 3

    @property
    def looks(self) -> int:
        """Numbers in one role's sketch of a bar."""
        return 64 + self.sketch_pitches

    @property
    def total(self) -> int:
        """Latent dimensions of all roles together."""
        return sum(self.latents)


@dataclass(frozen=True, slots=True)
class GanConfig:
    """Sizes of generator and critic. `sources` are the style tags in the order of their embeddings; with
    `joins` the critic also sees the bars before the phrase and how lines go on over bar lines."""

    width: int = 160
    layers: int = 4
    critic_width: int = 160
    critic_layers: int = 3
    noise: int = 32
    noise_global: int = 32
    chord_width: int = 48
    sources: tuple[str, ...] = ()
    joins: bool = True


@dataclass(frozen=True, slots=True)
class GeneratorConfig:
    """Codec and GAN shapes, and the tables between them.

    `mean`, `scale` standardise the latents per dimension (a scale of 0 marks a dimension that carries
    nothing); `styles` maps a style name to weights over `GanConfig.sources`; `critic_center`, `critic_scale`
    bring critic scores of real music to about 0 ± 1; `guidance` is how far the style is driven beyond its
    learnt influence (1: as learnt).
    """

    codec: CodecConfig = field(default_factory=CodecConfig)
    gan: GanConfig = field(default_factory=GanConfig)
    mean: tuple[float, ...] = ()
    scale: tuple[float, ...] = ()
    styles: dict[str, dict[str, float]] = field(default_factory=dict)
    critic_center: float = 0.0
    critic_scale: float = 1.0
    version: str = "0"
    guidance: float = 1.0

    def to_json(self) -> str:
        """The contents of config.json, with kind and format of the weights folder."""
        return (
            json.dumps({"kind": KIND, "format": FORMAT, **asdict(self)}, ensure_ascii=False, indent=1) + "\n"
        )


def load_config(folder: Path) -> GeneratorConfig:
    """Reads `config.json` of a weights folder. Raises WeightsError, naming the file, when it is missing,
    damaged, foreign or of another format."""
    raw = read_config(folder, KIND)
    path = folder / "config.json"
    if raw.get("format") != FORMAT:
        raise WeightsError(
            f"{path}: generator weights of format {raw.get('format')!r}, this version reads {FORMAT}"
        )
    try:
        return GeneratorConfig(
            CodecConfig(**{"sketch_pitches": 1} | _tuples(raw["codec"])),
            GanConfig(**{"joins": False} | _tuples(raw["gan"])),
            tuple(float(x) for x in raw["mean"]),
            tuple(float(x) for x in raw["scale"]),
            {str(k): {str(s): float(w) for s, w in v.items()} for k, v in raw["styles"].items()},
            float(raw["critic_center"]),
            float(raw["critic_scale"]),
            str(raw["version"]),
            float(raw.get("guidance", 1.0)),
        )
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise WeightsError(f"{path}: not a generator configuration ({error})") from error


def _tuples(values: dict[str, Any]) -> dict[str, Any]:
    """JSON's lists as tuples."""
    return {key: tuple(value) if isinstance(value, list) else value for key, value in values.items()}
