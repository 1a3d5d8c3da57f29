"""The generator's weights folder: `config.json`, `generator.safetensors` (float16) and a model card."""

import os
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from torch import Tensor

from engine.errors import WeightsError
from engine.generate.codec import Codec
from engine.generate.config import CodecConfig, GanConfig, GeneratorConfig, read_config
from engine.generate.critic import PhraseCritic
from engine.generate.form import Shapes, plain_shapes
from engine.generate.generator import PhraseGenerator

SHIPPED = Path(__file__).resolve().parent.parent / "weights" / "generator"
FILE = "generator.safetensors"
SHAPE_FIELDS = ("present", "source", "texture", "density", "style", "meter")


@dataclass(frozen=True, slots=True)
class Networks:
    """Everything learnt. `mean`, `scale` are the latent tables as tensors [total]."""

    config: GeneratorConfig
    codec: Codec
    generator: PhraseGenerator
    critic: PhraseCritic
    shapes: Shapes
    mean: Tensor
    scale: Tensor


def debug_networks() -> Networks:
    """A tiny model with seeded random weights, for tests: it plays noise, but through the whole path."""
    codec = CodecConfig(latents=(6, 6, 6, 6, 6), hidden=(16, 16, 16, 16, 16), encoder=24, sketch=16)
    gan = GanConfig(32, 1, 32, 1, 8, 8, 16, ("debug",))
    config = GeneratorConfig(codec, gan, (0.0,) * codec.total, (1.0,) * codec.total)
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
    return Networks(config, codec, generator, critic, shapes, mean, scale)


def save_networks(networks: Networks, folder: Path) -> None:
    """Writes the folder atomically file by file, in float16."""
    from safetensors.torch import save

    folder.mkdir(parents=True, exist_ok=True)
    state: dict[str, Tensor] = {}
    for name in ("codec", "generator", "critic"):
        for key, value in getattr(networks, name).state_dict().items():
            state[f"{name}.{key}"] = value.detach().to("cpu", torch.float16).contiguous()
    for name in SHAPE_FIELDS:
        values = getattr(networks.shapes, name)
        kind = (
            np.float16 if values.dtype.kind == "f" else np.int16 if name in ("style", "meter") else np.uint8
        )
        state[f"shapes.{name}"] = torch.from_numpy(np.ascontiguousarray(values.astype(kind)))
    for path, content in (
        (folder / FILE, save(state)),
        (folder / "config.json", networks.config.to_json().encode()),
    ):
        partial = path.with_suffix(".partial")
        with partial.open("wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        partial.replace(path)


def load_networks(folder: Path | None = None, device: str = "cpu") -> Networks:
    """Reads a weights folder (the shipped one by default). Raises WeightsError naming what is missing,
    damaged or foreign."""
    from safetensors import SafetensorError
    from safetensors.torch import load_file

    where = SHIPPED if folder is None else folder
    config = read_config(where / "config.json")
    path = where / FILE
    try:
        state = load_file(path)
    except OSError as error:
        raise WeightsError(f"{path}: cannot be read ({error})") from error
    except SafetensorError as error:
        raise WeightsError(f"{path}: damaged, not a safetensors file ({error})") from error
    try:
        arrays = {name: state.pop(f"shapes.{name}").numpy() for name in SHAPE_FIELDS}
        shapes = Shapes(
            arrays["present"].astype(bool),
            arrays["source"].astype(np.int64),
            arrays["texture"].astype(np.float32),
            arrays["density"].astype(np.float32),
            arrays["style"].astype(np.int64),
            arrays["meter"].astype(np.int64),
        )
        networks = _build(config, shapes)
        for name in ("codec", "generator", "critic"):
            part = {k[len(name) + 1 :]: v.float() for k, v in state.items() if k.startswith(f"{name}.")}
            getattr(networks, name).load_state_dict(part)
            getattr(networks, name).to(device)
    except (KeyError, RuntimeError) as error:
        raise WeightsError(f"{path}: does not fit its config.json ({str(error).splitlines()[0]})") from error
    if len(config.mean) != config.codec.total or len(config.scale) != config.codec.total:
        raise WeightsError(f"{where / 'config.json'}: latent tables do not match the codec's sizes")
    return Networks(
        config,
        networks.codec,
        networks.generator,
        networks.critic,
        shapes,
        networks.mean.to(device),
        networks.scale.to(device),
    )
