"""Our own weights at work: loads a folder of safetensors, tokenizer and calibration, and scores texts in
batches."""

import copy
import json
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any, cast

import numpy as np
import torch
from safetensors import SafetensorError
from safetensors.torch import load_file
from torch import Tensor

from engine.errors import WeightsError
from engine.text.calibration import Calibration
from engine.text.encoder import TINY, Encoder, EncoderConfig, build_float, build_quantised, quantise, widen
from engine.text.exact_linear import exact
from engine.text.in_windows import MARGIN, InWindows
from engine.text.leave_out import LeavingOut
from engine.text.model import EMOTIONS, TARGETS, EmotionModel
from engine.text.scene_head import AXES, SceneHead, SceneHeadConfig, features_of
from engine.text.scene_mood import NEIGHBOURS, SceneMood
from engine.text.scores import Floats, LinesAround, Scorer, Scores, Stretch, cut_out
from engine.text.tokens import CharacterTokens, PieceTokens, Tokens, framed
from engine.text.window import States, WindowConfig
from engine.threads import deal, even_share, reading_threads

KIND = "melodrama-text"
FORMAT = 2
CHUNK = 1024
"""Texts that are encoded, or mixed, before progress is told."""
UNKNOWN = 3
"""XLM-RoBERTa's <unk>."""
_STORED_NAMES = {"scene_mood": "settling"}
"""Fields of the calibration that have another name in config.json: folders of weights that exist keep theirs.
"""


class EmotionScorer:
    """Implements `Scorer` with an `EmotionModel`. On the CPU the encoder computes in int8, and a text's
    scores are the same bits however texts are batched: whatever is done works row by row or text by text,
    on one thread each."""

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
        # On the CPU: a thousandth of the encoder's work.
        self.head = exact(copy.deepcopy(model.head).cpu())
        self.scene_head = (
            None
            if model.scene_head is None
            else cast(SceneHead, exact(copy.deepcopy(model.scene_head).cpu()))
        )
        self.tokens = tokens
        self.leaving_out = LeavingOut(model, tokens, longest)
        self.calibration = calibration
        self.version = version
        self.longest = longest
        self.device = device
        self.reach = 0 if model.window is None else model.window.config.reach
        self.listen(None if model.scene_head is None else model.scene_head.config.layer)
        self.budget = 512 if device == "cpu" else 16384  # tokens a batch: small ones stay in a core's cache
        self.scene_mood: SceneMood | None = calibration.scene_mood
        self.threshold = calibration.threshold
        self.neutral = calibration.neutral
        self.gain = calibration.gain

    def listen(self, layer: int | None) -> None:
        """Gives of each text the mean of its states before a layer as well (None: of none)."""
        self.deep = () if layer is None else (layer,)
        model = self.model
        own = None if model.window is None else InWindows(model, self.tokens, self.longest, layer)
        self.in_windows = own

    @property
    def width(self) -> int:
        """How many numbers `vectors` gives of a text, but for the last."""
        return (2 + len(self.deep)) * self.model.encoder.config.width

    def vectors(self, texts: Sequence[str]) -> Floats:
        """Pooled vectors, the mean of deeper states where the scene head hears them, and in the last column
        each text's share of unknown tokens: n × (2 or 3 times the width, + 1)."""
        found = np.empty((len(texts), self.width + 1), np.float32)
        # Many thousands of texts go through in chunks, so that memory stays bounded.
        for start in range(0, len(texts), CHUNK):
            part = slice(start, start + CHUNK)
            found[part] = self._chunk(texts[part])
        return found

    def vectors_among(self, lines: Sequence[LinesAround]) -> Floats:
        """As `engine.text.scores.Scorer.vectors_among` says, n × `width`. A line that is longer than the
        encoder takes at once is read by itself."""
        assert self.in_windows is not None
        room = self.longest - MARGIN
        own = [around[place] for around, place in lines]
        long = np.array([len(ids) > room for ids in self.tokens.encode(own)], bool)
        found = np.empty((len(lines), self.width), np.float32)
        if long.any():
            found[long] = self.vectors([text for text, far in zip(own, long, strict=True) if far])[:, :-1]
        if not long.all():
            asked = [line for line, far in zip(lines, long, strict=True) if not far]
            found[~long] = self.in_windows.vectors(asked)
        return found

    def vectors_without(self, texts: Sequence[str], left_out: Sequence[Sequence[Stretch]]) -> list[Floats]:
        """As `vectors`, roughly (`leave_out`); on a GPU, where a pass costs little, exactly. What only lines
        among neighbours need (the deeper states) is left 0."""
        if self.device != "cpu":
            return cut_out(self, texts, left_out)
        asked = list(zip(texts, left_out, strict=True))
        at_once = [len(ids) <= self.longest - MARGIN for ids in self.tokens.encode(texts)]
        short, stretches = _parts(asked, at_once)
        layer, windows = self.leaving_out.first, self.in_windows
        kept = [None if windows is None else windows.kept(text, layer) for text in short]
        near = iter(self.leaving_out.vectors(short, stretches, kept))
        exact = iter(cut_out(self, *_parts(asked, [not fits for fits in at_once])))
        more = self.width + 1 - 2 * self.model.encoder.config.width
        return [np.pad(next(near), ((0, 0), (0, more))) if fits else next(exact) for fits in at_once]

    def scores(self, vectors: Floats, scenes: Sequence[int] | None) -> Scores:
        """As `engine.text.analyze.Scorer.scores` says: vectors [n, size] → scores of n texts."""
        raw = self.raw(vectors, scenes)
        number = np.zeros(0) if scenes is None else np.asarray(scenes)
        accompanied = np.zeros(len(vectors), bool)
        if len(number) > 1:
            joined = number[1:] == number[:-1]
            accompanied[1:] |= joined
            accompanied[:-1] |= joined
        return self.calibration.scores(raw, vectors[:, -1], accompanied)

    def raw(self, vectors: Floats, scenes: Sequence[int] | None) -> Tensor:
        """The head's raw outputs, n × targets, float64; among neighbours those of the scene head, where
        there is one, behind them."""
        (found,) = deal(lambda given: self._raw(given, scenes), [vectors])
        return found

    @torch.inference_mode()
    def _raw(self, vectors: Floats, scenes: Sequence[int] | None) -> Tensor:
        if scenes is not None and self.reach:
            vectors = vectors[:, self.width :]  # as heard among the lines around
        pooled = torch.from_numpy(vectors[:, : 2 * self.model.encoder.config.width]).double()
        raw: Tensor = self.head(pooled)
        if scenes is None:
            return raw
        head = self.scene_head
        if head is None:
            return raw
        found = raw.new_empty(len(raw), TARGETS + 2 * AXES)
        found[:, :TARGETS] = raw
        for start in range(0, len(raw), CHUNK):
            # With all that they hear at both ends.
            first, last = max(0, start - NEIGHBOURS), min(len(raw), start + CHUNK + NEIGHBOURS)
            heard = features_of(vectors[first:last, :-1], scenes[first:last], head.config)
            both = torch.cat(head(torch.from_numpy(heard)), 1)
            found[start : start + CHUNK, TARGETS:] = both[start - first : start - first + CHUNK]
        return found

    def _chunk(self, texts: Sequence[str]) -> Floats:
        ids = self.tokens.encode(texts)
        room = self.longest - MARGIN
        pieces: list[tuple[int, list[int]]] = []  # (text, framed ids); a long text has several
        for index, own in enumerate(ids):
            windows = [own[at : at + room] for at in range(0, len(own), room)] or [[]]
            pieces += [(index, framed(self.tokens.prefix, window, self.longest)) for window in windows]
        total = np.zeros((len(texts), self.width), np.float32)
        share = np.zeros((len(texts), 1), np.float32)
        # By length: texts of one length go through attention together, and on a GPU little is padding.
        order = sorted(range(len(pieces)), key=lambda place: len(pieces[place][1]))
        batches = self._batches([len(pieces[place][1]) for place in order])
        cores = reading_threads()
        found = deal(
            lambda batch: self._batch([pieces[place][1] for place in order[batch]]),
            batches,
            torch.device(self.device),
            cores,
        )
        vectors = np.empty((len(pieces), total.shape[1]), np.float32)
        vectors[order] = np.concatenate([own for own, _ in found])
        if self.in_windows is not None and self.device == "cpu":
            count = np.bincount([index for index, _ in pieces], minlength=len(texts))
            states = {pieces[place][0]: one for place, one in zip(order, chain_of(found), strict=True)}
            short = [index for index in range(len(texts)) if count[index] == 1]
            self.in_windows.keep([texts[index] for index in short], [states[index] for index in short])
        # In the order of the text, so that a long one's parts are added up in one order.
        for (index, own), vector in zip(pieces, vectors, strict=True):
            total[index] += len(own) * vector
            share[index] += len(own)
        strange = np.array([own.count(UNKNOWN) / max(1, len(own)) for own in ids], np.float32)
        return np.concatenate([total / share, strange[:, None]], 1)

    def _batches(self, lengths: Sequence[int]) -> list[slice]:
        """Texts by their lengths in tokens, rising, cut into batches of about `budget` tokens, or so that
        every core has one."""
        cores = reading_threads() if self.device == "cpu" else 1
        budget = even_share(sum(lengths), self.budget, cores)
        batches: list[slice] = []
        start, tokens = 0, 0
        for place, length in enumerate(lengths):
            tokens += length
            if tokens >= budget or place + 1 == len(lengths):
                batches.append(slice(start, place + 1))
                start, tokens = place + 1, 0
        return batches

    @torch.inference_mode()
    def _batch(self, batch: Sequence[list[int]]) -> tuple[Floats, list[States]]:
        """Vectors of framed texts, n × `width`; on the CPU also what the lines around them hear."""
        depth = len(self.model.encoder.layers)
        if self.device == "cpu":
            upper = () if self.in_windows is None else self.in_windows.before
            before = sorted({*self.deep, *upper, depth})
            read = dict(zip(before, self.model.encoder.read_layers(batch, before), strict=True))
            states, deep = read[depth], [read[layer] for layer in self.deep]
            heard: list[States] = list(zip(*(read[layer] for layer in upper), strict=True))
            # Text by text and in float64, so that nothing depends on what else is in the batch.
            pooled = [
                self.model.pool(own[None].double(), torch.ones(1, len(own), dtype=torch.bool))
                for own in states
            ]
            means = [torch.stack([own.double().mean(0) for own in layer]) for layer in deep]
            return as_floats(torch.cat([torch.cat(pooled), *means], 1)), heard
        longest = max(len(own) for own in batch)
        ids = torch.ones((len(batch), longest), dtype=torch.long)
        lengths = torch.tensor([len(own) for own in batch])
        for place, own in enumerate(batch):
            ids[place, : len(own)] = torch.tensor(own)
        mask = (torch.arange(longest) < lengths[:, None]).to(self.device)
        padding = None if bool(mask.all()) else mask
        padded, done = self.model.encoder.embed(ids.to(self.device)), 0
        means = []
        for layer in self.deep:
            padded, done = self.model.encoder.run(padded, padding, done, layer), layer
            summed = padded.double() * mask[:, :, None]
            means.append(summed.sum(1) / mask.sum(1, keepdim=True))
        padded = self.model.encoder.run(padded, padding, done)
        # Summed in float64, so that padding does not show in the last digit.
        return as_floats(torch.cat([self.model.pool(padded.double(), mask), *means], 1)), []


def chain_of(found: Sequence[tuple[Floats, list[States]]]) -> list[States]:
    """The states of all batches, in order."""
    return [states for _, part in found for states in part]


def _parts(
    asked: Sequence[tuple[str, Sequence[Stretch]]], chosen: Sequence[bool]
) -> tuple[list[str], list[Sequence[Stretch]]]:
    """The texts that are chosen, and their stretches."""
    own = [one for one, wanted in zip(asked, chosen, strict=True) if wanted]
    return [text for text, _ in own], [stretches for _, stretches in own]


def as_floats(x: Tensor) -> Floats:
    """A tensor on any device as a float32 array."""
    return np.asarray(x.float().cpu().numpy())


def load_scorer(folder: Path | str, device: str) -> Scorer:
    """See `TextModel.load`. Raises WeightsError where the folder holds no model that can be read."""
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
    """The scorer of a weights folder of ours; `facts` is its config.json. On the CPU the encoder runs on
    int8 rows, elsewhere as floats. Raises KeyError where names in the file do not fit."""
    config = EncoderConfig(**facts["encoder"])
    packed = load_file(folder / "model.safetensors")
    encoder_part = {
        name.removeprefix("encoder."): value for name, value in packed.items() if name.startswith("encoder.")
    }
    if device == "cpu":
        encoder = build_quantised(config, encoder_part)
    else:
        encoder = build_float(config, widen(encoder_part))
    scene_head = SceneHeadConfig(**facts["scene_head"]) if facts.get("scene_head") else None
    window = WindowConfig(**facts["window"]) if facts.get("window") else None
    model = EmotionModel(encoder, scene_head=scene_head, window=window)
    # Weights of before 4.0 have a mixer of their neighbours' vectors, which nothing hears any more.
    other = ("encoder.", "mixer.")
    rest = {name: value for name, value in widen(packed).items() if not name.startswith(other)}
    missing, foreign = model.load_state_dict(rest, strict=False)
    if foreign or any(not name.startswith("encoder.") for name in missing):
        raise KeyError(f"names that do not fit: {[*missing, *foreign][:3]}")
    known = {name: nested(value) for name, value in facts["calibration"].items()}
    known["scene_mood"] = SceneMood(**known.pop(_STORED_NAMES["scene_mood"]))
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
    random = Encoder(TINY).initialise(generator, spread=0.3)
    model = EmotionModel(
        build_quantised(TINY, quantise(random.state_dict())),
        scene_head=SceneHeadConfig(2 * TINY.width, TINY.width, layer=1),
        window=WindowConfig(first=1, reach=2),
    )
    with torch.no_grad():
        model.query.zero_()
        model.head.weight.copy_(torch.randn(model.head.weight.shape, generator=generator) * 0.3)
        model.head.bias.zero_()
        assert model.scene_head is not None
        for value in model.scene_head.parameters():
            value.copy_(torch.randn(value.shape, generator=generator) * 0.1)
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
        "scene_head": None if model.scene_head is None else asdict(model.scene_head.config),
        "window": None if model.window is None else asdict(model.window.config),
        "calibration": {_STORED_NAMES.get(n, n): value for n, value in asdict(calibration).items()},
    }
