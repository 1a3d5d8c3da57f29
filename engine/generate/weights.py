"""The generator's weights folder: `config.json`, `model.safetensors` (float16) and a model card."""

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from torch import Tensor

from engine.errors import WeightsError
from engine.generate.codec import Codec
from engine.generate.config import CodecConfig, GanConfig, GeneratorConfig, load_config
from engine.generate.critic import PhraseCritic
from engine.generate.form import Shapes, plain_shapes
from engine.generate.generator import PhraseGenerator
from engine.weights import SHIPPED, load_into, read_tensors, write_files

FOLDER = SHIPPED / "generator"
FILE = "model.safetensors"
SHAPE_FIELDS = ("present", "source", "texture", "density", "style", "meter")


@dataclass(frozen=True, slots=True)
class Networks:
    """Everything learnt. Networks live on the device, tables on the CPU: `mean`, `scale` are the latent
    tables as tensors [total]; `directions` [2, Z] are the shortest ways through the melody's standardised
    latents to one more percentile (0…1) of melody density and of melody register."""

    config: GeneratorConfig
    codec: Codec
    generator: PhraseGenerator
    critic: PhraseCritic
    shapes: Shapes
    mean: Tensor
    scale: Tensor
    directions: Tensor

    @property
    def version(self) -> str:
        """What a report names."""
        return self.config.version


def debug_networks() -> Networks:
    """A tiny model with seeded random weights, for tests: it plays noise, but through the whole path."""
    codec = CodecConfig(latents=(6, 6, 6, 6, 6), hidden=(16, 16, 16, 16, 16), encoder=24, sketch=16)
    gan = GanConfig(32, 1, 32, 1, 8, 8, 16, ("debug",))
    config = GeneratorConfig(codec, gan, (0.0,) * codec.total, (1.0,) * codec.total, version="debug")
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(0)
        networks = _build(config, plain_shapes(1))
        with torch.no_grad():
            for role in networks.codec.roles:
                for name, value in role.named_parameters():
                    if name.startswith(("out.weight", "start.weight", "plan.weight")):
                        value.mul_(3.0)
                    if name == "out.bias":
                        value.fill_(-1.0)
    return networks


def _build(config: GeneratorConfig, shapes: Shapes) -> Networks:
    mean, scale = torch.tensor(config.mean), torch.tensor(config.scale)
    codec, generator, critic = Codec(config.codec), PhraseGenerator(config), PhraseCritic(config)
    for module in (codec, generator, critic):
        module.eval().requires_grad_(False)
    directions = torch.zeros(2, config.codec.latents[0])
    return Networks(config, codec, generator, critic, shapes, mean, scale, directions)


def save_networks(networks: Networks, folder: Path) -> None:
    """Writes the folder atomically file by file, in float16."""
    from safetensors.torch import save

    state: dict[str, Tensor] = {}
    for name in ("codec", "generator", "critic"):
        for key, value in getattr(networks, name).state_dict().items():
            state[f"{name}.{key}"] = value.detach().to("cpu", torch.float16).contiguous()
    state["directions"] = networks.directions.to("cpu", torch.float16).contiguous()
    for name in SHAPE_FIELDS:
        values = getattr(networks.shapes, name)
        kind = (
            np.float16 if values.dtype.kind == "f" else np.int16 if name in ("style", "meter") else np.uint8
        )
        state[f"shapes.{name}"] = torch.from_numpy(np.ascontiguousarray(values.astype(kind)))
    write_files(folder, {FILE: save(state), "config.json": networks.config.to_json().encode()})


def load_networks(folder: Path | None = None, device: str = "cpu") -> Networks:
    """Reads a weights folder (the shipped one by default). Raises WeightsError naming what is missing,
    damaged or foreign."""
    where = FOLDER if folder is None else folder
    config = load_config(where)
    path = where / FILE
    state = read_tensors(path)
    if not len(config.mean) == len(config.scale) == config.codec.total:
        raise WeightsError(f"{where / 'config.json'}: latent tables do not match the codec's sizes")
    missing = [name for name in ("directions", *(f"shapes.{n}" for n in SHAPE_FIELDS)) if name not in state]
    if missing:
        raise WeightsError(f"{path}: tables are missing ({', '.join(missing)})")
    directions = state.pop("directions").float()
    arrays = {name: state.pop(f"shapes.{name}").numpy() for name in SHAPE_FIELDS}
    shapes = Shapes(
        arrays["present"].astype(bool),
        arrays["source"].astype(np.int64),
        arrays["texture"].astype(np.float32),
        arrays["density"].astype(np.float32),
        arrays["style"].astype(np.float32),
        arrays["meter"].astype(np.int64),
    )
    networks = _build(config, shapes)
    for name in ("codec", "generator", "critic"):
        part = {k[len(name) + 1 :]: v.float() for k, v in state.items() if k.startswith(f"{name}.")}
        load_into(getattr(networks, name), part, path)
        getattr(networks, name).to(device)
    return Networks(
        config,
        networks.codec,
        networks.generator,
        networks.critic,
        shapes,
        networks.mean,
        networks.scale,
        directions,
    )
