"""The line writer's weights folder: writer and form model as safetensors, `config.json` with their sizes."""

import json
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import torch
from torch import Tensor

from engine.errors import WeightsError
from engine.generate.lines.compose import Sampling
from engine.generate.lines.conditions import ASKED, SIZE, SOURCES
from engine.generate.lines.form_model import FormModel
from engine.generate.lines.writer import LineWriter, WriterConfig
from engine.weights import SHIPPED, load_into, read_config, read_tensors, write_files

FOLDER = SHIPPED / "lines"
FILE = "model.safetensors"
KIND = "melodrama-lines"
FORMAT = 1
BLUR = 1.2
"""How blurred the gist is said to be, in standard deviations, to a writer that never learnt from the
generator's."""
QUANTILES = 21
"""Places 0, .05 … 1 at which what is asked is tabled."""


@dataclass(frozen=True, slots=True)
class LineModels:
    """What writes lines: `writer` on its device, `form` in double precision on the CPU; how events are drawn;
    `quantiles` float [10, 7, Q]: what is asked, from least to most, in the music of each collection;
    `gist_blur`: how blurred the generator's gist is said to be (`conditions.MADE` where the writer learnt
    from gists that it made); `asked_over`: bars over which what is asked was averaged in training."""

    writer: LineWriter
    form: FormModel
    sampling: Sampling
    quantiles: npt.NDArray[np.float32]
    version: str
    gist_blur: float = BLUR
    asked_over: int = 1


def debug_lines() -> LineModels:
    """A tiny model with seeded random weights, for tests."""
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(0)
        writer = LineWriter(WriterConfig(width=32, layers=1, heads=2, window=64))
        form = FormModel(16)
    plain = np.broadcast_to(np.linspace(0, 1, QUANTILES, dtype=np.float32), (len(SOURCES), ASKED, QUANTILES))
    return _ready(writer, form, Sampling(), plain.copy(), "debug", torch.device("cpu"))


def _ready(
    writer: LineWriter,
    form: FormModel,
    sampling: Sampling,
    quantiles: npt.NDArray[np.float32],
    version: str,
    device: torch.device,
    gist_blur: float = BLUR,
    asked_over: int = 1,
) -> LineModels:
    writer.eval().requires_grad_(False).to(device)
    form.eval().requires_grad_(False).double()
    return LineModels(writer, form, sampling, quantiles, version, gist_blur, asked_over)


def save_lines(models: LineModels, folder: Path, extra: dict[str, object] | None = None) -> None:
    """Writes the folder atomically file by file, tensors in float16; `extra` goes into `config.json`."""
    from safetensors.torch import save

    state: dict[str, Tensor] = {}
    for name, module in (("writer", models.writer), ("form", models.form)):
        for key, value in module.state_dict().items():
            state[f"{name}.{key}"] = value.detach().to("cpu", torch.float16).contiguous()
    state["quantiles"] = torch.from_numpy(models.quantiles)
    config = {
        "kind": KIND,
        "format": FORMAT,
        "version": models.version,
        "writer": asdict(models.writer.config),
        "form": models.form.hidden,
        "sampling": asdict(models.sampling),
        "gist_blur": models.gist_blur,
        "asked_over": models.asked_over,
        "told": SIZE,
        "collections": SOURCES,
        **(extra or {}),
    }
    text = json.dumps(config, ensure_ascii=False, indent=1) + "\n"
    write_files(folder, {FILE: save(state), "config.json": text.encode()})


def load_lines(folder: Path | None = None, device: str = "cpu") -> LineModels:
    """Reads a weights folder (the shipped one by default). Raises WeightsError naming what is missing,
    damaged or foreign."""
    where = FOLDER if folder is None else folder
    config = read_config(where, KIND)
    if config.get("format") != FORMAT or config.get("told") != SIZE:
        raise WeightsError(f"{where / 'config.json'}: line weights of another format than this version reads")
    try:
        writer = LineWriter(WriterConfig(**config["writer"]))
        form = FormModel(int(config["form"]))
        drawing: dict[str, Any] = dict(config["sampling"])
        for pair in ("nudge", "led_rest_bias", "lean"):
            if pair in drawing:
                drawing[pair] = tuple(map(float, drawing[pair]))
        drawing.setdefault("led_rest_bias", (drawing["rest_bias"], drawing["rest_bias"]))
        sampling = Sampling(**drawing)
        version = str(config["version"])
        gist_blur, asked_over = float(config.get("gist_blur", BLUR)), int(config.get("asked_over", 1))
    except (KeyError, TypeError, ValueError) as error:
        raise WeightsError(f"{where / 'config.json'}: not a line writer's configuration ({error})") from error
    path = where / FILE
    state = read_tensors(path)
    quantiles = state.pop("quantiles", torch.zeros(0)).float().numpy()
    if quantiles.shape != (len(SOURCES), ASKED, QUANTILES):
        raise WeightsError(f"{path}: the table of quantiles is missing or of another shape")
    for name, module in (("writer", writer), ("form", form)):
        part = {k[len(name) + 1 :]: v.float() for k, v in state.items() if k.startswith(f"{name}.")}
        load_into(module, part, path)
    on = torch.device(device)
    return _ready(writer, form, sampling, quantiles, version, on, gist_blur, asked_over)
