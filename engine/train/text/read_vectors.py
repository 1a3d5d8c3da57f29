"""Vectors of texts as the product itself reads them, kept in files: what is fitted at the end of training is
fitted to exactly what ships, int8 rows and all."""

import hashlib
import os
from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np
import numpy.typing as npt
from safetensors.numpy import load_file

from engine.text.analyze import TextModel
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
    """The scorer's vectors of the examples, a row each, as it reads lines of scenes (their lines stand
    together); `weights` names it (a checksum) in the files' names. Files that are there are not made
    again."""
    folder.mkdir(parents=True, exist_ok=True)
    numbers = numbers_of(examples)
    parts: list[Floats] = []
    start = 0
    while start < len(examples):
        end = min(start + PART, len(examples))
        while end < len(examples) and numbers[end] == numbers[end - 1]:
            end += 1  # a scene is read whole
        texts = [example.text for example in examples[start:end]]
        digest = hashlib.sha256(weights.encode())
        for text, number in zip(texts, numbers[start:end], strict=True):
            digest.update(f"{number - numbers[start]} {text}\0".encode(errors="replace"))
        path = folder / f"vectors-{digest.hexdigest()[:16]}.npy"
        if not path.exists():
            read = TextModel(scorer).vectors_in_scenes(texts, numbers[start:end].tolist())
            with path.with_suffix(".part").open("wb") as file:
                np.save(file, read, allow_pickle=False)
            os.replace(path.with_suffix(".part"), path)
        parts.append(np.load(path, allow_pickle=False))
        start = end
        progress(end, len(examples))
    return np.concatenate(parts)


def numbers_of(examples: Sequence[Example]) -> npt.NDArray[np.int64]:
    """A number a scene; a text outside a scene is one of its own. Lines of a scene stand together."""
    names = [example.scene or f"\0{place}" for place, example in enumerate(examples)]
    number = {name: place for place, name in enumerate(dict.fromkeys(names))}
    return np.array([number[name] for name in names], np.int64)


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
