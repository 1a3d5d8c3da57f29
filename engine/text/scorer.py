"""Our own weights at work: loads a folder of safetensors, tokenizer and calibration, and scores texts in
batches."""

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np
import torch
from safetensors import SafetensorError
from safetensors.torch import load_file
from torch import Tensor

from engine.errors import WeightsError
from engine.text.analyze import Progress, Scorer, Scores
from engine.text.encoder import TINY, Encoder, EncoderConfig, build_float, build_quantised, widen
from engine.text.model import EMOTIONS, EmotionModel, decode
from engine.text.tokens import CharacterTokens, PieceTokens, Tokens, framed

KIND = "melodrama-text"
FORMAT = 1
UNKNOWN = 3
"""XLM-RoBERTa's <unk>."""


@dataclass(frozen=True, slots=True)
class Calibration:
    """What turns raw answers into readings, fitted on dev data and stored with the weights.

    `threshold`: positive − negative score that counts as intensity 1; `neutral`: signed intensity below
    which nothing
    is claimed; `valence`, `arousal`, `dominance`: (weight of the story head, of EmoBank's, of positive −
    negative, constant); `doubt`: (constant, weight of the heads' disagreement, of both scores being high).
    """

    threshold: float = 1.0
    neutral: float = 0.1
    valence: tuple[float, float, float, float] = (1.0, 0.0, 0.0, 0.0)
    arousal: tuple[float, float, float, float] = (1.0, 0.0, 0.0, 0.0)
    dominance: tuple[float, float, float, float] = (1.0, 0.0, 0.0, 0.0)
    doubt: tuple[float, float, float] = (0.2, 0.4, 0.5)

    def scores(self, raw: Tensor, strange: np.ndarray) -> Scores:
        """`raw`: n × targets; `strange`: the share of unknown tokens in each text."""
        answers = decode(raw)
        positive, negative = answers["polarity"].numpy().T
        vad = np.empty((len(raw), 3), np.float32)
        for axis, weights in enumerate((self.valence, self.arousal, self.dominance)):
            story, bank = answers["story"][:, axis].numpy(), answers["emobank"][:, axis].numpy()
            vad[:, axis] = (
                weights[0] * story + weights[1] * bank + weights[2] * (positive - negative) + weights[3]
            )
        disagreement = np.abs(answers["story"][:, 0].numpy() - (positive - negative))
        doubt = (
            self.doubt[0]
            + self.doubt[1] * disagreement
            + self.doubt[2] * np.minimum(positive, negative)
            + strange
        )
        return Scores(
            positive, negative, vad, answers["emotions"].numpy(), np.clip(doubt, 0.0, 1.0).astype(np.float32)
        )


class EmotionScorer:
    """Implements `Scorer` with an `EmotionModel`. On the CPU the encoder computes in int8."""

    names = EMOTIONS

    def __init__(
        self,
        model: EmotionModel,
        tokens: Tokens,
        calibration: Calibration,
        version: str,
        longest: int,
        device: str,
    ) -> None:
        self.model = model.eval()
        self.tokens = tokens
        self.calibration = calibration
        self.version = version
        self.longest = longest
        self.device = device
        self.budget = 512 if device == "cpu" else 16384  # tokens a batch: small ones stay in a core's cache
        self.threshold = calibration.threshold
        self.neutral = calibration.neutral

    def score(self, texts: Sequence[str], befores: Sequence[str], progress: Progress | None = None) -> Scores:
        raw, strange = self.raw(texts, befores, progress)
        return self.calibration.scores(torch.from_numpy(raw), strange)

    def raw(
        self, texts: Sequence[str], befores: Sequence[str], progress: Progress | None = None
    ) -> tuple[np.ndarray, np.ndarray]:
        """The head's raw outputs (texts × targets) and each text's share of unknown tokens."""
        raw = np.empty((len(texts), self.model.head.out_features), np.float32)
        strange = np.zeros(len(texts), np.float32)
        # Many thousands of texts go through in chunks, so that memory stays bounded and progress is told.
        chunk = 1024
        for start in range(0, len(texts), chunk):
            part = slice(start, start + chunk)
            raw[part], strange[part] = self._chunk(texts[part], befores[part])
            if progress is not None:
                progress(min(start + chunk, len(texts)), len(texts))
        return raw, strange

    def _chunk(self, texts: Sequence[str], befores: Sequence[str]) -> tuple[np.ndarray, np.ndarray]:
        ids, ahead = self.tokens.encode(texts), self.tokens.encode(befores)
        pieces: list[tuple[int, list[int], int]] = []  # (text, framed ids, where it begins to be read)
        for index, own in enumerate(ids):
            room = self.longest - 8
            windows = [own[at : at + room] for at in range(0, len(own), room)] or [[]]
            before = ahead[index] if befores[index] and len(windows) == 1 else []
            pieces += [
                (index, *framed(self.tokens.prefix, window, before, self.longest)) for window in windows
            ]
        raw = np.zeros((len(texts), self.model.head.out_features), np.float32)
        share = np.zeros((len(texts), 1), np.float32)
        order = sorted(range(len(pieces)), key=lambda place: len(pieces[place][1]))
        start = 0
        while start < len(order):
            # Sorted by length: a batch's first is its shortest, so that its length bounds the count closely.
            count = max(1, self.budget // len(pieces[order[start]][1]))
            batch = [pieces[place] for place in order[start : start + count]]
            answers = self._batch(batch)
            for (index, own, _), answer in zip(batch, answers, strict=True):
                raw[index] += len(own) * answer
                share[index] += len(own)
            start += count
        strange = np.array([own.count(UNKNOWN) / max(1, len(own)) for own in ids], np.float32)
        return raw / share, strange

    @torch.inference_mode()
    def _batch(self, batch: Sequence[tuple[int, list[int], int]]) -> np.ndarray:
        longest = max(len(own) for _, own, _ in batch)
        ids = torch.ones((len(batch), longest), dtype=torch.long)
        lengths = torch.tensor([len(own) for _, own, _ in batch])
        for place, (_, own, _) in enumerate(batch):
            ids[place, : len(own)] = torch.tensor(own)
        places = torch.arange(longest)
        mask = places < lengths[:, None]
        read = mask & (places >= torch.tensor([first for _, _, first in batch])[:, None])
        ids, mask, read = (part.to(self.device) for part in (ids, mask, read))
        hidden = self.model.encoder.embed(ids)
        if bool(mask.all()):
            pooled = self.model.pool(self.model.encoder.run(hidden, None), read)
        else:
            pooled = self.model.pool(self.model.encoder.run(hidden, mask), read)
        answers: np.ndarray = self.model.head(pooled).float().cpu().numpy()
        return answers


def load_scorer(folder: Path | str, device: str) -> Scorer:
    """See `TextModel.load`."""
    if str(folder) == "debug":
        return debug_scorer()
    folder = Path(folder)
    try:
        facts = json.loads((folder / "config.json").read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise WeightsError(f"{folder}: no text model here (config.json is missing)") from None
    except (OSError, ValueError) as error:
        raise WeightsError(f"{folder / 'config.json'}: cannot be read ({error})") from None
    if not isinstance(facts, dict) or facts.get("kind") != KIND:
        # Deferred: transformers takes seconds to import, and only other people's models need it.
        from engine.text.foreign import load_foreign

        return load_foreign(folder, device)
    if facts.get("format") != FORMAT:
        raise WeightsError(
            f"{folder}: text weights of format {facts.get('format')}; this version reads {FORMAT}"
        )
    try:
        return own_scorer(folder, facts, device)
    except (OSError, KeyError, TypeError, ValueError, RuntimeError, SafetensorError) as error:
        raise WeightsError(f"{folder}: damaged text weights ({type(error).__name__}: {error})") from None


def own_scorer(folder: Path, facts: dict[str, Any], device: str) -> EmotionScorer:
    config = EncoderConfig(**facts["encoder"])
    packed = load_file(folder / "model.safetensors")
    encoder_part = {
        name.removeprefix("encoder."): value for name, value in packed.items() if name.startswith("encoder.")
    }
    if device == "cpu":
        encoder = build_quantised(config, encoder_part)
    else:
        encoder = build_float(config, widen(encoder_part))
    model = assemble(encoder, packed["query"], packed["head.weight"], packed["head.bias"]).to(device)
    known: dict[str, Any] = {
        name: tuple(value) if isinstance(value, list) else value
        for name, value in facts["calibration"].items()
    }
    calibration = Calibration(**known)
    pieces = facts.get("tokens", "pieces") == "pieces"
    tokens = PieceTokens(folder / "tokenizer.json") if pieces else CharacterTokens(config.vocabulary)
    return EmotionScorer(model, tokens, calibration, str(facts["version"]), int(facts["longest"]), device)


def assemble(encoder: Encoder, query: Tensor, weight: Tensor, bias: Tensor) -> EmotionModel:
    model = EmotionModel(encoder)
    model.load_state_dict(
        {"query": query.float(), "head.weight": weight.float(), "head.bias": bias.float()}, strict=False
    )
    return model.eval().requires_grad_(False)


def debug_scorer() -> EmotionScorer:
    """Tiny and random, the same numbers every time: for tests of whatever stands around the model."""
    generator = torch.Generator().manual_seed(0)
    model = EmotionModel(Encoder(TINY).initialise(generator, spread=0.3))
    with torch.no_grad():
        model.query.zero_()
        model.head.weight.copy_(torch.randn(model.head.weight.shape, generator=generator) * 0.3)
        model.head.bias.zero_()
    tokens = CharacterTokens(TINY.vocabulary)
    return EmotionScorer(
        model.requires_grad_(False),
        tokens,
        Calibration(threshold=0.5, doubt=(0.3, 0.0, 0.0)),
        "text-debug",
        96,
        "cpu",
    )


def config_of(encoder: EncoderConfig, calibration: Calibration, version: str, longest: int) -> dict[str, Any]:
    """The contents of config.json."""
    return {
        "kind": KIND,
        "format": FORMAT,
        "version": version,
        "longest": longest,
        "encoder": asdict(encoder),
        "calibration": asdict(calibration),
    }
