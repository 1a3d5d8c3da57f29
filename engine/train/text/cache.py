"""The frozen part of the encoder, run once: hidden states before the first trained layer, kept in a file.

The embeddings and the lower layers keep the two languages aligned and are not trained, so their output
for a text
never changes. On one CPU core this makes an epoch half as long. The file is float16, flat, memory-mapped.
"""

import hashlib
import json
import os
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt
import torch

from engine.text.encoder import Encoder
from engine.text.tokens import Tokens
from engine.train.text.data import Example

LONGEST = 160
"""Tokens a training text may have; longer ones are cut."""


@dataclass(frozen=True, slots=True)
class Cache:
    """`hidden`: all tokens × width; text i owns rows `offsets[i]` to `offsets[i+1]`, read from `read[i]` on.

    `targets`: texts × targets; `source`, `split`, `language`, `scene`: one word a text.
    """

    hidden: npt.NDArray[np.float16]
    offsets: npt.NDArray[np.int64]
    read: npt.NDArray[np.int64]
    targets: npt.NDArray[np.float32]
    source: npt.NDArray[np.str_]
    split: npt.NDArray[np.str_]
    language: npt.NDArray[np.str_]
    scene: npt.NDArray[np.str_]

    def __len__(self) -> int:
        return len(self.offsets) - 1

    def batch(self, rows: Sequence[int]) -> tuple[torch.Tensor, torch.Tensor, torch.Tensor]:
        """Padded hidden states (batch × tokens × width, float32), mask of real tokens, mask of the text's
        own tokens."""
        lengths = [int(self.offsets[row + 1] - self.offsets[row]) for row in rows]
        hidden = np.zeros((len(rows), max(lengths), self.hidden.shape[1]), np.float16)
        mask = np.zeros((len(rows), max(lengths)), bool)
        read = np.zeros_like(mask)
        for place, (row, length) in enumerate(zip(rows, lengths, strict=True)):
            start = self.offsets[row]
            hidden[place, :length] = self.hidden[start : start + length]
            mask[place, :length] = True
            read[place, self.read[row] : length] = True
        return torch.from_numpy(hidden).float(), torch.from_numpy(mask), torch.from_numpy(read)


def key_of(examples: Sequence[Example], frozen: int) -> str:
    digest = hashlib.sha256(str(frozen).encode())
    for example in examples:
        digest.update(f"{example.source}\0{example.before}\0{example.text}\0".encode(errors="replace"))
    return digest.hexdigest()[:16]


def open_cache(folder: Path, examples: Sequence[Example], width: int) -> Cache:
    """Opens a finished cache for exactly these examples (targets come from them, hidden states from the
    file)."""
    places = np.load(folder / "places.npz", allow_pickle=False)
    offsets, read = places["offsets"], places["read"]
    hidden = np.memmap(folder / "hidden.f16", np.float16, "r", shape=(int(offsets[-1]), width))
    return Cache(
        hidden,
        offsets,
        read,
        np.stack([example.targets for example in examples]),
        np.array([example.source for example in examples]),
        np.array([example.split for example in examples]),
        np.array([example.language for example in examples]),
        np.array([example.scene for example in examples]),
    )


@torch.inference_mode()
def build_cache(
    folder: Path,
    examples: Sequence[Example],
    tokens: Tokens,
    encoder: Encoder,
    frozen: int,
    progress: Callable[[int, int], None] | None = None,
) -> Cache:
    """Runs the embeddings and the first `frozen` layers over all examples, shortest first, and keeps the
    result.

    An existing cache of the same examples is opened instead. A cache under construction is not resumed:
    building takes minutes.
    """
    home = folder / f"hidden-{key_of(examples, frozen)}"
    if (home / "done.json").exists():
        return open_cache(home, examples, encoder.config.width)
    home.mkdir(parents=True, exist_ok=True)
    framed = [tokens.frame(example.text, example.before, LONGEST) for example in examples]
    lengths = np.array([len(ids) for ids, _ in framed])
    offsets = np.concatenate([[0], np.cumsum(lengths)]).astype(np.int64)
    hidden = np.memmap(home / "hidden.f16", np.float16, "w+", shape=(int(offsets[-1]), encoder.config.width))
    order = np.argsort(lengths, kind="stable")
    start = 0
    while start < len(order):
        rows = order[start : start + max(1, 768 // int(lengths[order[start]]))]
        longest = int(lengths[rows].max())
        ids = torch.zeros((len(rows), longest), dtype=torch.long)
        for place, row in enumerate(rows):
            ids[place, : lengths[row]] = torch.tensor(framed[row][0])
        mask = torch.arange(longest)[None] < torch.from_numpy(lengths[rows])[:, None]
        states = encoder.run(encoder.embed(ids), None if bool(mask.all()) else mask, 0, frozen).half().numpy()
        for place, row in enumerate(rows):
            hidden[offsets[row] : offsets[row + 1]] = states[place, : lengths[row]]
        start += len(rows)
        if progress is not None:
            progress(start, len(order))
    hidden.flush()
    np.savez(home / "places.npz", offsets=offsets, read=np.array([first for _, first in framed], np.int64))
    unfinished = home / "done.json.part"
    unfinished.write_text(json.dumps({"texts": len(examples), "tokens": int(offsets[-1]), "frozen": frozen}))
    os.replace(unfinished, home / "done.json")
    return open_cache(home, examples, encoder.config.width)
