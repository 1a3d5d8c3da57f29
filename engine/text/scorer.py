"""Our own weights at work: loads a folder of safetensors, tokenizer and calibration, and scores texts in
batches."""

import copy
import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import torch
from safetensors import SafetensorError
from safetensors.torch import load_file
from torch import Tensor

from engine.errors import WeightsError
from engine.text.analyze import Floats, Scorer, Scores
from engine.text.encoder import TINY, Encoder, EncoderConfig, build_float, build_quantised, widen
from engine.text.mixer import MixerConfig, company_of
from engine.text.model import EMOTIONS, IN_CONTEXT, EmotionModel, decode, together
from engine.text.settle import Settling
from engine.text.tokens import CharacterTokens, PieceTokens, Tokens, framed

KIND = "melodrama-text"
FORMAT = 2
CHUNK = 1024
"""Texts that are encoded, or mixed, before progress is told."""
UNKNOWN = 3
"""XLM-RoBERTa's <unk>."""


Mixture = tuple[float, float, float, float]


@dataclass(frozen=True, slots=True)
class Calibration:
    """What turns raw answers into readings, fitted on dev data and stored with the weights.

    `threshold`: positive − negative score that counts as intensity 1; `neutral`: signed intensity below
    which nothing is claimed. `alone` and `together` (texts by themselves, texts among neighbours): for
    valence, arousal and dominance the weights of the story head, of EmoBank's, of positive − negative, and a
    constant. `settling`: how far a line's feeling is drawn to its neighbours'. `doubt`: constant, weight of
    the heads' disagreement, of both scores being high.
    """

    threshold: float = 1.0
    neutral: float = 0.1
    alone: tuple[Mixture, Mixture, Mixture] = ((1.0, 0.0, 0.0, 0.0),) * 3
    together: tuple[Mixture, Mixture, Mixture] = ((1.0, 0.0, 0.0, 0.0),) * 3
    doubt: tuple[float, float, float] = (0.2, 0.4, 0.5)
    settling: Settling = field(default_factory=Settling)

    def scores(self, raw: Tensor, strange: Floats, accompanied: npt.NDArray[np.bool_]) -> Scores:
        """`raw`: n × targets; `strange`: the share of unknown tokens in each text; `accompanied`: whether
        each was read among neighbours."""
        answers = {name: value.numpy() for name, value in decode(raw).items()}
        positive, negative = answers["polarity"].T
        vad = np.empty((len(raw), 3), np.float32)
        for axis in range(3):
            columns = (answers["story"][:, axis], answers["emobank"][:, axis], positive - negative)
            mixed = [
                sum(w * c for w, c in zip(weights[axis], columns, strict=False)) + weights[axis][3]
                for weights in (self.alone, self.together)
            ]
            vad[:, axis] = np.where(accompanied, mixed[1], mixed[0])
        disagreement = np.abs(answers["story"][:, 0] - (positive - negative))
        reasons = (1.0, disagreement, np.minimum(positive, negative))
        doubt = sum(w * reason for w, reason in zip(self.doubt, reasons, strict=True)) + strange
        return Scores(
            positive.astype(np.float32),
            negative.astype(np.float32),
            vad,
            answers["emotions"].astype(np.float32),
            np.clip(doubt, 0.0, 1.0).astype(np.float32),
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
        # In float64 on the CPU, a thousandth of the encoder's work: float32's last digit depends on how many
        # texts are asked for at once, and readings should not.
        self.head = copy.deepcopy(model.head).cpu().double()
        self.mixer = copy.deepcopy(model.mixer).cpu().double()
        self.tokens = tokens
        self.calibration = calibration
        self.version = version
        self.longest = longest
        self.device = device
        self.budget = 512 if device == "cpu" else 16384  # tokens a batch: small ones stay in a core's cache
        self.settling: Settling | None = calibration.settling
        self.threshold = calibration.threshold
        self.neutral = calibration.neutral

    def vectors(self, texts: Sequence[str]) -> Floats:
        """Pooled vectors, and in the last column each text's share of unknown tokens: n × (2·width + 1)."""
        found = np.empty((len(texts), 2 * self.model.encoder.config.width + 1), np.float32)
        # Many thousands of texts go through in chunks, so that memory stays bounded.
        for start in range(0, len(texts), CHUNK):
            part = slice(start, start + CHUNK)
            found[part] = self._chunk(texts[part])
        return found

    def scores(self, vectors: Floats, scenes: Sequence[int] | None, speakers: Sequence[str]) -> Scores:
        raw = self.raw(vectors, scenes, speakers)
        number = np.zeros(0) if scenes is None else np.asarray(scenes)
        accompanied = np.zeros(len(vectors), bool)
        if len(number) > 1:
            joined = number[1:] == number[:-1]
            accompanied[1:] |= joined
            accompanied[:-1] |= joined
        return self.calibration.scores(raw, vectors[:, -1], accompanied)

    @torch.inference_mode()
    def raw(self, vectors: Floats, scenes: Sequence[int] | None, speakers: Sequence[str]) -> Tensor:
        """The head's raw outputs, n × targets, float64."""
        pooled = torch.from_numpy(vectors[:, :-1]).double()
        raw: Tensor = self.head(pooled)
        if scenes is None:
            return raw
        company = company_of(scenes, speakers, self.mixer.config.reach)
        halo = self.mixer.config.reach * self.mixer.config.layers
        found = torch.empty_like(raw)
        for start in range(0, len(raw), CHUNK):
            # With all that they hear, and what those hear, at both ends.
            first, last = max(0, start - halo), min(len(raw), start + CHUNK + halo)
            mixed = together(self.mixer, pooled[first:last], raw[first:last], company.part(first, last))
            found[start : start + CHUNK] = mixed[start - first : start - first + CHUNK]
        return found

    def _chunk(self, texts: Sequence[str]) -> Floats:
        ids = self.tokens.encode(texts)
        room = self.longest - 8
        pieces: list[tuple[int, list[int]]] = []  # (text, framed ids); a long text has several
        for index, own in enumerate(ids):
            windows = [own[at : at + room] for at in range(0, len(own), room)] or [[]]
            pieces += [(index, framed(self.tokens.prefix, window, self.longest)) for window in windows]
        total = np.zeros((len(texts), 2 * self.model.encoder.config.width), np.float32)
        share = np.zeros((len(texts), 1), np.float32)
        order = sorted(range(len(pieces)), key=lambda place: len(pieces[place][1]))
        start = 0
        while start < len(order):
            # Sorted by length: a batch's first is its shortest, so that its length bounds the count closely.
            count = max(1, self.budget // len(pieces[order[start]][1]))
            batch = [pieces[place] for place in order[start : start + count]]
            for (index, own), vector in zip(batch, self._batch([own for _, own in batch]), strict=True):
                total[index] += len(own) * vector
                share[index] += len(own)
            start += count
        strange = np.array([own.count(UNKNOWN) / max(1, len(own)) for own in ids], np.float32)
        return np.concatenate([total / share, strange[:, None]], 1)

    @torch.inference_mode()
    def _batch(self, batch: Sequence[list[int]]) -> Floats:
        longest = max(len(own) for own in batch)
        ids = torch.ones((len(batch), longest), dtype=torch.long)
        lengths = torch.tensor([len(own) for own in batch])
        for place, own in enumerate(batch):
            ids[place, : len(own)] = torch.tensor(own)
        mask = torch.arange(longest) < lengths[:, None]
        ids, mask = ids.to(self.device), mask.to(self.device)
        states = self.model.encoder.run(self.model.encoder.embed(ids), None if bool(mask.all()) else mask)
        # Summed in float64, so that padding does not show in the last digit.
        vectors: Floats = self.model.pool(states.double(), mask).float().cpu().numpy()
        return vectors


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
    model = EmotionModel(encoder, MixerConfig(**facts["mixer"]))
    rest = {name: value for name, value in widen(packed).items() if not name.startswith("encoder.")}
    missing, foreign = model.load_state_dict(rest, strict=False)
    if foreign or any(not name.startswith("encoder.") for name in missing):
        raise KeyError(f"names that do not fit: {[*missing, *foreign][:3]}")
    known = {name: nested(value) for name, value in facts["calibration"].items()}
    known["settling"] = Settling(**known["settling"])
    pieces = facts.get("tokens", "pieces") == "pieces"
    tokens = PieceTokens(folder / "tokenizer.json") if pieces else CharacterTokens(config.vocabulary)
    model = model.to(device).eval().requires_grad_(False)
    return EmotionScorer(
        model, tokens, Calibration(**known), str(facts["version"]), int(facts["longest"]), device
    )


def nested(value: Any) -> Any:
    """Lists of JSON as the tuples they were."""
    if isinstance(value, dict):
        return {name: nested(part) for name, part in value.items()}
    return tuple(nested(part) for part in value) if isinstance(value, list) else value


def debug_scorer() -> EmotionScorer:
    """Tiny and random, the same numbers every time: for tests of whatever stands around the model."""
    generator = torch.Generator().manual_seed(0)
    model = EmotionModel(
        Encoder(TINY).initialise(generator, spread=0.3),
        MixerConfig(inputs=2 * TINY.width, width=16, layers=1, heads=2, reach=3, outputs=IN_CONTEXT),
    )
    with torch.no_grad():
        for value in model.mixer.parameters():
            value.copy_(torch.randn(value.shape, generator=generator) * 0.2)
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


def config_of(model: EmotionModel, calibration: Calibration, version: str, longest: int) -> dict[str, Any]:
    """The contents of config.json."""
    return {
        "kind": KIND,
        "format": FORMAT,
        "version": version,
        "longest": longest,
        "encoder": asdict(model.encoder.config),
        "mixer": asdict(model.mixer.config),
        "calibration": asdict(calibration),
    }
