"""Shipped weights: where they lie and how they are read. Safetensors and JSON only; nothing is ever unpickled
or fetched.

A weights folder holds `model.safetensors`, `config.json` (with "format" and "version") and `MODEL_CARD.md`.
"""

import json
import os
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from engine.errors import WeightsError

if TYPE_CHECKING:
    import torch

SHIPPED = Path(__file__).parent
"""The folder of what the package ships, one folder a model."""


def read_config(folder: Path, kind: str) -> dict[str, Any]:
    """The folder's `config.json`. Raises WeightsError where it is missing, damaged, or made for another kind
    of model."""
    path = folder / "config.json"
    try:
        config = json.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise WeightsError(f"no weights at {folder}: {error.strerror or error}") from error
    except ValueError as error:
        raise WeightsError(f"damaged weights: {path} is not JSON ({error})") from error
    if not isinstance(config, dict) or config.get("kind") != kind:
        found = config.get("kind") if isinstance(config, dict) else type(config).__name__
        raise WeightsError(f"foreign weights: {path} is of kind {found!r}, not {kind!r}")
    return config


def check_constants(config: Mapping[str, Any], used: Mapping[str, float], folder: Path) -> None:
    """That weights were made with the constants that they are used with, where their `config.json` says.
    Raises WeightsError naming the first that differs."""
    for name, value in used.items():
        if config.get(name, value) != value:
            raise WeightsError(
                f"weights of another version: {folder} was made with {name} {config[name]}, not {value:g}"
            )


def read_tensors(path: Path) -> dict[str, "torch.Tensor"]:
    """All tensors of a safetensors file, on the CPU. Raises WeightsError naming the file when it cannot be
    read."""
    import safetensors
    from safetensors.torch import load_file

    try:
        return load_file(path)
    except (OSError, safetensors.SafetensorError, ValueError) as error:
        raise WeightsError(f"damaged or missing weights: {path} ({error})") from error


def write_files(folder: Path, files: Mapping[str, bytes]) -> None:
    """Writes the files of a weights folder in order, each whole or not at all; the folder is made."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, content in files.items():
        partial = (folder / name).with_suffix(".partial")
        with partial.open("wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        partial.replace(folder / name)


def load_into(module: "torch.nn.Module", tensors: Mapping[str, "torch.Tensor"], path: Path) -> None:
    """Put tensors into a module. Raises WeightsError naming the first mismatch in names or shapes."""
    try:
        module.load_state_dict(dict(tensors))
    except RuntimeError as error:
        reason = str(error).strip().splitlines()[-1].strip()
        raise WeightsError(f"weights of another shape: {path} ({reason})") from error


def version_of(folder: Path) -> str:
    """The version a report names: what config.json says, "unknown" where it says nothing."""
    try:
        config = json.loads((folder / "config.json").read_text(encoding="utf-8"))
        return str(config.get("version", "unknown"))
    except (OSError, ValueError, AttributeError):
        return "unknown"


def inventory() -> list[tuple[str, str, str | None]]:
    """Every shipped model: (name, version and size, problem or None). Reads headers, not weights."""
    found = []
    for folder in sorted(
        path for path in SHIPPED.iterdir() if path.is_dir() and not path.name.startswith("_")
    ):
        files = sorted(folder.glob("*.safetensors"))
        problem = None
        if not (folder / "config.json").is_file():
            problem = f"{folder / 'config.json'} is missing"
        for path in files:
            problem = problem or _header_problem(path)
        size = sum(path.stat().st_size for path in folder.iterdir() if path.is_file()) / 1e6
        found.append((folder.name, f"version {version_of(folder)}, {size:.1f} MB", problem))
    return found


def _header_problem(path: Path) -> str | None:
    import safetensors

    try:
        with safetensors.safe_open(path, "np") as stream:
            stream.keys()
    except (OSError, safetensors.SafetensorError) as error:
        return f"{path} is damaged ({error})"
    return None
