"""The untrained encoder as a judge's eyes: mean vectors of texts, for the baseline that fine-tuning has to
beat."""

from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np
import numpy.typing as npt
import torch
from safetensors.torch import load_file

from engine.text.encoder import EncoderConfig, build_quantised, from_bert, quantise
from engine.text.tokens import PieceTokens, framed

LONGEST = 160


def vectors_of(start: Path) -> Callable[[Sequence[str]], npt.NDArray[np.float64]]:
    """A function texts → n × width, remembering what it has seen."""
    encoder = build_quantised(EncoderConfig(), quantise(from_bert(load_file(start / "model.safetensors"))))
    tokens = PieceTokens(start / "tokenizer.json")
    known: dict[str, npt.NDArray[np.float32]] = {}

    @torch.inference_mode()
    def vectors(texts: Sequence[str]) -> npt.NDArray[np.float64]:
        fresh = [text for text in dict.fromkeys(texts) if text not in known]
        ids_of = {
            text: framed(tokens.prefix, ids, LONGEST)
            for text, ids in zip(fresh, tokens.encode(fresh), strict=True)
        }
        fresh.sort(key=lambda text: len(ids_of[text]))
        for start_at in range(0, len(fresh), 16):
            batch = fresh[start_at : start_at + 16]
            states = encoder.read([ids_of[text] for text in batch])
            known.update((text, own.mean(0).numpy()) for text, own in zip(batch, states, strict=True))
        return np.stack([known[text] for text in texts]).astype(np.float64)

    return vectors
