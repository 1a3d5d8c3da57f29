"""The accompaniment writer's weights folder: safetensors, and `config.json` with its sizes."""

from dataclasses import asdict, dataclass
from pathlib import Path

import torch

from engine.errors import WeightsError
from engine.generate.accompaniment.compose import FigureSampling
from engine.generate.accompaniment.conditions import SIZE
from engine.generate.accompaniment.writer import AccompanimentWriter
from engine.generate.lines.conditions import SOURCES
from engine.generate.lines.writer import WriterConfig
from engine.weights import SHIPPED, load_into, read_config, read_tensors, write_files

FOLDER = SHIPPED / "accompaniment"
FILE = "model.safetensors"
KIND = "melodrama-accompaniment"
FORMAT = 1


@dataclass(frozen=True, slots=True)
class AccompanimentModel:
    """What writes accompaniments: `writer`, on the CPU, and how its events are drawn."""

    writer: AccompanimentWriter
    sampling: FigureSampling
    version: str


def debug_accompaniment() -> AccompanimentModel:
    """A tiny model with seeded random weights, for tests."""
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(0)
        writer = AccompanimentWriter(WriterConfig(32, 1, 2, 64))
    return AccompanimentModel(_ready(writer), FigureSampling(), "debug")


def _ready(writer: AccompanimentWriter) -> AccompanimentWriter:
    writer.eval().requires_grad_(False)
    return writer


def save_accompaniment(
    model: AccompanimentModel, folder: Path, extra: dict[str, object] | None = None
) -> None:
    """Writes the folder atomically file by file, tensors in float16; `extra` goes into `config.json`."""
    import json

    from safetensors.torch import save

    state = {
        name: value.detach().to("cpu", torch.float16).contiguous()
        for name, value in model.writer.state_dict().items()
    }
    config = {
        "kind": KIND,
        "format": FORMAT,
        "version": model.version,
        "writer": asdict(model.writer.config),
        "sampling": asdict(model.sampling),
        "told": SIZE,
        "collections": SOURCES,
        **(extra or {}),
    }
    text = json.dumps(config, ensure_ascii=False, indent=1) + "\n"
    write_files(folder, {FILE: save(state), "config.json": text.encode()})


def load_accompaniment(folder: Path | None = None) -> AccompanimentModel:
    """Reads a weights folder (the shipped one by default). Raises WeightsError naming what is missing,
    damaged or foreign."""
    where = FOLDER if folder is None else folder
    config = read_config(where, KIND)
    if config.get("format") != FORMAT or config.get("told") != SIZE:
        raise WeightsError(
            f"{where / 'config.json'}: accompaniment weights of another format than this version reads"
        )
    try:
        writer = AccompanimentWriter(WriterConfig(**config["writer"]))
        sampling = FigureSampling(**config["sampling"])
        version = str(config["version"])
    except (KeyError, TypeError, ValueError) as error:
        raise WeightsError(
            f"{where / 'config.json'}: not an accompaniment writer's configuration ({error})"
        ) from error
    path = where / FILE
    load_into(writer, {name: value.float() for name, value in read_tensors(path).items()}, path)
    return AccompanimentModel(_ready(writer), sampling, version)
