"""Vectors of texts as the product itself reads them, kept in files: what is fitted at the end of training is
fitted to exactly what ships, int8 rows and all."""

import hashlib
import os
from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np
from safetensors.numpy import load_file

from engine.text.scores import Floats, Scorer
from engine.train.text.data import Example

PART = 1024
"""Texts a file: an interrupted run loses no more."""


def read_vectors(
    scorer: Scorer,
    weights: str,
    examples: Sequence[Example],
    folder: Path,
    progress: Callable[[int, int], None],
) -> Floats:
    """The scorer's vectors of the examples, a row each; `weights` names it (a checksum) in the files' names.
    Files that are there are not made again."""
    folder.mkdir(parents=True, exist_ok=True)
    parts: list[Floats] = []
    for start in range(0, len(examples), PART):
        texts = [example.text for example in examples[start : start + PART]]
        digest = hashlib.sha256(weights.encode())
        for text in texts:
            digest.update(f"{text}\0".encode(errors="replace"))
        path = folder / f"vectors-{digest.hexdigest()[:16]}.npy"
        if not path.exists():
            with path.with_suffix(".part").open("wb") as file:
                np.save(file, scorer.vectors(texts), allow_pickle=False)
            os.replace(path.with_suffix(".part"), path)
        parts.append(np.load(path, allow_pickle=False))
        progress(min(start + PART, len(examples)), len(examples))
    return np.concatenate(parts)


def network_checksum(folder: Path) -> str:
    """SHA-256 of the tensors in a folder of text weights, by name, without the scene head: what its vectors
    depend on."""
    digest = hashlib.sha256()
    for name, value in sorted(load_file(folder / "model.safetensors").items()):
        if not name.startswith("scene_head."):
            digest.update(f"{name} {value.dtype} {value.shape}".encode())
            digest.update(value.tobytes())
    return digest.hexdigest()


def data_checksum(examples: Sequence[Example]) -> str:
    """SHA-256 of all that is learnt from: source, split, text and labels of each example."""
    digest = hashlib.sha256()
    for example in examples:
        digest.update(f"{example.source}\0{example.split}\0{example.text}\0".encode(errors="replace"))
        digest.update(example.targets.tobytes())
    return digest.hexdigest()
