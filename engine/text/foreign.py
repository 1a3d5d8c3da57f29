"""Other people's models: any Hugging Face sequence-classification folder with labels that say what they
mean.

Loaded by `transformers`, from safetensors only, without remote code and without a network. Labels may be
emotions (ours, GoEmotions', Plutchik's), positive/negative/neutral, star ratings, or valence, arousal and
dominance.
"""

import re
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import torch

from dsl.vocabulary import EMOTIONS as POINTS
from engine.errors import WeightsError
from engine.text.model import EMOTIONS
from engine.text.scene_mood import SceneMood
from engine.text.scores import Floats, LinesAround, Scores, Stretch, cut_out
from engine.text.tokens import readable
from engine.threads import deal, reading_threads

_MORE_POINTS: Mapping[str, tuple[float, float]] = {
    "admiration": (0.6, 0.2),
    "amusement": (0.65, 0.45),
    "annoyance": (-0.45, 0.4),
    "anticipation": (0.2, 0.35),
    "approval": (0.4, 0.05),
    "caring": (0.55, -0.1),
    "confusion": (-0.2, 0.2),
    "curiosity": (0.2, 0.3),
    "desire": (0.3, 0.35),
    "disappointment": (-0.5, -0.2),
    "disapproval": (-0.45, 0.15),
    "embarrassment": (-0.4, 0.2),
    "gratitude": (0.65, 0.1),
    "happiness": (0.8, 0.45),
    "happy": (0.8, 0.45),
    "nervousness": (-0.4, 0.5),
    "optimism": (0.55, 0.25),
    "pride": (0.6, 0.35),
    "realization": (0.05, 0.15),
    "relief": (0.5, -0.3),
    "remorse": (-0.6, -0.1),
    "sad": (-0.65, -0.35),
    "trust": (0.45, -0.1),
    "positive": (0.65, 0.2),
    "negative": (-0.65, 0.15),
}
"""Points of common labels that the language does not name; by hand, like the language's own."""
_ALIKE = {
    "pos": "positive",
    "neg": "negative",
    "label_pos": "positive",
    "label_neg": "negative",
    "neu": "neutral",
}
_STARS = re.compile(r"([1-5]) ?stars?")


def point_of(label: str) -> tuple[float, float] | None:
    """Valence and arousal of a label, None when it does not say."""
    name = _ALIKE.get(label.strip().lower(), label.strip().lower())
    stars = _STARS.fullmatch(name)
    if stars:
        return ((int(stars.group(1)) - 3) * 0.35, 0.1)
    if name in POINTS:
        return (POINTS[name].valence, POINTS[name].arousal)
    return _MORE_POINTS.get(name)


class ForeignScorer:
    """Implements `Scorer` with a `transformers` classifier (or regressor of valence, arousal, dominance)."""

    names = EMOTIONS
    threshold = 0.8
    neutral = 0.1
    gain = 1 / threshold
    scene_mood: SceneMood | None = None
    reach = 0

    def __init__(self, model: Any, tokenizer: Any, labels: Sequence[str], version: str, device: str) -> None:
        self.model = model
        self.tokenizer = tokenizer
        self.labels = [label.strip().lower() for label in labels]
        self.version = version
        self.device = device
        self.points = [point_of(label) for label in self.labels]
        problem = getattr(model.config, "problem_type", None)
        self.regression = "valence" in self.labels
        self.several = problem == "multi_label_classification"

    def vectors(self, texts: Sequence[str]) -> Floats:
        """The model's own answers: probabilities, or the regressed values.

        On the CPU text by text, each on one thread: how a float product is added up depends on its shape, and
        a text's answers must not depend on what else is read. On a GPU sixteen at a time.
        """
        size = 1 if self.device == "cpu" else 16
        # Tokenised here: its settings are set anew at each call, which no two threads may do at once.
        batches = [self._tokens(texts[start : start + size]) for start in range(0, len(texts), size)]
        cores = reading_threads()
        parts = deal(self._batch, batches, torch.device(self.device), cores)
        return np.concatenate(parts).astype(np.float32)

    def vectors_among(self, lines: Sequence[LinesAround]) -> Floats:
        """Nothing: such a model reads each text by itself."""
        return np.empty((len(lines), 0), np.float32)

    def vectors_without(self, texts: Sequence[str], left_out: Sequence[Sequence[Stretch]]) -> list[Floats]:
        """As `vectors`, of the texts without each stretch."""
        return cut_out(self, texts, left_out)

    def _tokens(self, texts: Sequence[str]) -> Any:
        clean = [readable(text) for text in texts]
        return self.tokenizer(clean, padding=True, truncation=True, max_length=256, return_tensors="pt")

    @torch.inference_mode()
    def _batch(self, batch: Any) -> Floats:
        logits = self.model(**batch.to(self.device)).logits.float().cpu()
        if not self.regression:
            logits = logits.sigmoid() if self.several else logits.softmax(-1)
        return np.asarray(logits.numpy(), np.float32)

    def scores(self, vectors: Floats, scenes: Sequence[int] | None) -> Scores:
        """Each text on its own, scenes or not: a foreign model was not trained to read neighbours."""
        return self._scores(vectors)

    def _scores(self, given: Floats) -> Scores:
        count = len(given)
        emotions = np.zeros((count, len(self.names)), np.float32)
        for index, label in enumerate(self.labels):
            if label in self.names:
                emotions[:, self.names.index(label)] = given[:, index]
        vad = np.zeros((count, 3), np.float32)
        if self.regression:
            for axis, name in enumerate(("valence", "arousal", "dominance")):
                if name in self.labels:
                    vad[:, axis] = np.clip(given[:, self.labels.index(name)], -1, 1)
            positive, negative = np.maximum(vad[:, 0], 0), np.maximum(-vad[:, 0], 0)
            return Scores(positive, negative, vad, emotions, np.full(count, 0.4, np.float32))
        known = np.array([point or (0.0, 0.0) for point in self.points], np.float32)
        vad[:, :2] = given @ known / np.maximum(given.sum(1, keepdims=True), 1.0)
        positive = (given * np.maximum(known[:, 0], 0)).sum(1)
        negative = (given * np.maximum(-known[:, 0], 0)).sum(1)
        doubt = 1.0 - np.clip(given.max(1), 0.0, 1.0)
        return Scores(np.minimum(positive, 1), np.minimum(negative, 1), vad, emotions, doubt)


def load_foreign(folder: Path, device: str) -> ForeignScorer:
    """A scorer from a Hugging Face folder. WeightsError when there is no safetensors file, no label can be
    used, or transformers (an extra) is not installed."""
    if not any(folder.glob("*.safetensors")):
        raise WeightsError(f"{folder}: no .safetensors file (other formats are not loaded)")
    try:
        from transformers import AutoConfig, AutoModelForSequenceClassification, AutoTokenizer
    except ImportError as error:
        raise WeightsError(
            f"{folder}: models of others need transformers: pip install 'melodrama[text-models]'"
        ) from error
    try:
        config = AutoConfig.from_pretrained(folder, local_files_only=True, trust_remote_code=False)
        labels = [str(config.id2label[index]) for index in range(config.num_labels)]
        if "valence" not in {label.lower() for label in labels} and not any(
            point_of(label) for label in labels
        ):
            shown = ", ".join(labels[:6])
            raise WeightsError(
                f"{folder}: labels that name no emotion ({shown}); a classifier with named labels is needed"
            )
        model = AutoModelForSequenceClassification.from_pretrained(
            folder, local_files_only=True, use_safetensors=True, trust_remote_code=False
        )
        tokenizer = AutoTokenizer.from_pretrained(folder, local_files_only=True, trust_remote_code=False)
    except (OSError, ValueError, KeyError, RuntimeError, ImportError) as error:
        raise WeightsError(
            f"{folder}: cannot be loaded ({type(error).__name__}: {str(error).splitlines()[0]})"
        ) from None
    return ForeignScorer(model.eval().to(device), tokenizer, labels, f"foreign-{folder.name}", device)
