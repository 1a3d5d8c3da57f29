"""The accompaniment writer's weights folder: safetensors, and `config.json` with its sizes."""

from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

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
BLUR = 0.8
"""How blurred the gist is said to be, in standard deviations, to a writer that never learnt from the
generator's."""
KIND = "melodrama-accompaniment"
FORMAT = 1


@dataclass(frozen=True, slots=True)
class AccompanimentModel:
    """What writes accompaniments: `writer`, on the CPU, and how its events are drawn; `gist_blur`: how
    blurred the generator's gist is said to be (`MADE` where it learnt from gists that it made); `asked_over`:
    bars over which what is asked was averaged in training."""

    writer: AccompanimentWriter
    sampling: FigureSampling
    version: str
    gist_blur: float = BLUR
    asked_over: int = 1


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
        "gist_blur": model.gist_blur,
        "asked_over": model.asked_over,
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
        drawing: dict[str, Any] = dict(config["sampling"])
        if "lean" in drawing:
            drawing["lean"] = tuple(map(float, drawing["lean"]))
        sampling = FigureSampling(**drawing)
        version = str(config["version"])
        gist_blur, asked_over = float(config.get("gist_blur", BLUR)), int(config.get("asked_over", 1))
    except (KeyError, TypeError, ValueError) as error:
        raise WeightsError(
            f"{where / 'config.json'}: not an accompaniment writer's configuration ({error})"
        ) from error
    path = where / FILE
    load_into(writer, {name: value.float() for name, value in read_tensors(path).items()}, path)
    return AccompanimentModel(_ready(writer), sampling, version, gist_blur, asked_over)
