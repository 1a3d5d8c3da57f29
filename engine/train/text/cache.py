"""The frozen part of the encoder, run once: hidden states before the first trained layer, kept in a file.

The embeddings and the lower layers keep the two languages aligned and are not trained, so their output for
a text never changes. On one CPU core this makes an epoch half as long. The file is float16, flat,
memory-mapped.
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

from engine.text.encoder import Encoder, RowEmbedding
from engine.text.tokens import Tokens, framed
from engine.train.text.data import Example

LONGEST = 160
"""Tokens a training text may have; longer ones are cut."""


@dataclass(frozen=True, slots=True)
class Cache:
    """Cached texts. Text i owns `lengths[i]` rows of `hidden[part[i]]` from `starts[i]`.

    `hidden`: files of tokens × width; `targets`: texts × targets; `source`, `split`, `language`, `scene`,
    `speaker`: a word each.
    """

    hidden: tuple[npt.NDArray[np.float16], ...]
    part: npt.NDArray[np.int64]
    starts: npt.NDArray[np.int64]
    lengths: npt.NDArray[np.int64]
    targets: npt.NDArray[np.float32]
    source: npt.NDArray[np.str_]
    split: npt.NDArray[np.str_]
    language: npt.NDArray[np.str_]
    scene: npt.NDArray[np.str_]
    speaker: npt.NDArray[np.str_]

    def states(self, row: int) -> npt.NDArray[np.float16]:
        """The states of one text, tokens × width."""
        start = int(self.starts[row])
        return self.hidden[int(self.part[row])][start : start + int(self.lengths[row])]

    def batch(self, rows: Sequence[int]) -> tuple[torch.Tensor, torch.Tensor]:
        """Padded hidden states (batch × tokens × width, float32) and the mask of real tokens."""
        longest = max(int(self.lengths[row]) for row in rows)
        hidden = np.zeros((len(rows), longest, self.hidden[0].shape[1]), np.float16)
        mask = np.zeros((len(rows), longest), bool)
        for place, row in enumerate(rows):
            states = self.states(int(row))
            hidden[place, : len(states)] = states
            mask[place, : len(states)] = True
        return torch.from_numpy(hidden).float(), torch.from_numpy(mask)


def family_of(example: Example) -> str:
    """The group that an example is kept or held out with: its source and, for numbered scenes, the block
    of fifty."""
    number = example.scene.rpartition("-")[2]
    block = f"{int(number) // 50:02d}" if number.isdigit() else ""
    return example.source.partition("-")[0] + block


def key_of(examples: Sequence[Example], frozen: int) -> str:
    """A hash of the texts and of how many layers are frozen: another one means that the cache is to be
    made anew."""
    digest = hashlib.sha256(str(frozen).encode())
    for example in examples:
        digest.update(f"{example.source}\0{example.text}\0".encode(errors="replace"))
    return digest.hexdigest()[:16]


def build_cache(
    folder: Path,
    examples: Sequence[Example],
    tokens: Tokens,
    encoder: Encoder,
    frozen: int,
    progress: Callable[[int, int], None] | None = None,
) -> Cache:
    """Hidden states of all examples before layer `frozen`, one file a family of sources; finished ones stay.

    A family is a source, of story lines those of about fifty numbers of scenes: when lines are added, only
    they are run.
    """
    families: dict[str, list[int]] = {}
    for row, example in enumerate(examples):
        families.setdefault(family_of(example), []).append(row)
    hidden: list[npt.NDArray[np.float16]] = []
    part, starts, lengths = (np.zeros(len(examples), np.int64) for _ in range(3))
    for number, (family, rows) in enumerate(families.items()):
        members = [examples[row] for row in rows]
        home = folder / f"hidden-{family}-{key_of(members, frozen)}"
        if not (home / "done.json").exists():
            run_lower(home, members, tokens, encoder, frozen, progress)
        places = np.load(home / "places.npz", allow_pickle=False)
        offsets = places["offsets"]
        shape = (int(offsets[-1]), encoder.config.width)
        hidden.append(np.memmap(home / "hidden.f16", np.float16, "r", shape=shape))
        part[rows], starts[rows], lengths[rows] = number, offsets[:-1], np.diff(offsets)
    return Cache(
        tuple(hidden),
        part,
        starts,
        lengths,
        np.stack([example.targets for example in examples]),
        np.array([example.source for example in examples]),
        np.array([example.split for example in examples]),
        np.array([example.language for example in examples]),
        np.array([example.scene for example in examples]),
        np.array([example.speaker for example in examples]),
    )


def lower(encoder: Encoder, ids: list[list[int]], longest: int, frozen: int) -> list[torch.Tensor]:
    """States before layer `frozen`, tokens × width a text. An encoder of int8 rows reads as the product does,
    several times as fast."""
    if isinstance(encoder.words, RowEmbedding):
        return encoder.read(ids, frozen)
    padded = torch.zeros((len(ids), longest), dtype=torch.long)
    for place, own in enumerate(ids):
        padded[place, : len(own)] = torch.tensor(own)
    mask = torch.arange(longest)[None] < torch.tensor([len(own) for own in ids])[:, None]
    states = encoder.run(encoder.embed(padded), None if bool(mask.all()) else mask, 0, frozen)
    return [state[: len(own)] for state, own in zip(states, ids, strict=True)]


@torch.inference_mode()
def run_lower(
    home: Path,
    examples: Sequence[Example],
    tokens: Tokens,
    encoder: Encoder,
    frozen: int,
    progress: Callable[[int, int], None] | None,
) -> None:
    """Runs the embeddings and the first `frozen` layers over the examples, shortest first, into `home`.

    Under construction it is not resumed: building takes minutes.
    """
    home.mkdir(parents=True, exist_ok=True)
    rows_of_ids = [
        framed(tokens.prefix, ids, LONGEST) for ids in tokens.encode([example.text for example in examples])
    ]
    lengths = np.array([len(ids) for ids in rows_of_ids])
    offsets = np.concatenate([[0], np.cumsum(lengths)]).astype(np.int64)
    hidden = np.memmap(home / "hidden.f16", np.float16, "w+", shape=(int(offsets[-1]), encoder.config.width))
    order = np.argsort(lengths, kind="stable")
    start = 0
    while start < len(order):
        rows = order[start : start + max(1, 768 // int(lengths[order[start]]))]
        longest = int(lengths[rows].max())
        states = lower(encoder, [rows_of_ids[row] for row in rows], longest, frozen)
        for row, own in zip(rows, states, strict=True):
            hidden[offsets[row] : offsets[row + 1]] = own.half().numpy()
        start += len(rows)
        if progress is not None:
            progress(start, len(order))
    hidden.flush()
    np.savez(home / "places.npz", offsets=offsets)
    unfinished = home / "done.json.part"
    unfinished.write_text(json.dumps({"texts": len(examples), "tokens": int(offsets[-1]), "frozen": frozen}))
    os.replace(unfinished, home / "done.json")
