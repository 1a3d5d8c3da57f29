"""Reads sentences for their emotion: the one door to the text model for the pipeline, the commands and
the app.

Importing this module loads no torch; `TextModel.load` does. What scores a text (the shipped weights, the
debug
model, somebody's Hugging Face folder) is a `Scorer`; everything around it lives here: batches, empty lines,
context, polarity, intensity, confidence.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Protocol

import numpy as np
import numpy.typing as npt

from engine.text.reading import Keyword, Polarity, Reading
from engine.text.segment import has_words, known_share, language_of

Floats = npt.NDArray[np.float32]
Progress = Callable[[int, int], None]
SHIPPED = Path(__file__).resolve().parents[1] / "weights" / "text"
REMEMBERED = 4096
"""Sentences whose scores are kept, so that an edit costs only what changed."""


@dataclass(frozen=True, slots=True)
class Scores:
    """What a scorer says of n texts. `positive`, `negative`, `doubt`: n, 0…1; `vad`: n × 3, −1…1;
    `emotions`: n × names, 0…1."""

    positive: Floats
    negative: Floats
    vad: Floats
    emotions: Floats
    doubt: Floats


class Scorer(Protocol):
    """A trained judge of texts. `threshold` and `neutral` are its calibration, `names` its emotions."""

    version: str
    names: tuple[str, ...]
    threshold: float
    neutral: float

    def score(self, texts: Sequence[str], befores: Sequence[str], progress: Progress | None) -> Scores:
        """Scores of `texts`, each read after the text beside it in `befores` ("" for none)."""
        ...


class TextModel:
    """The text-emotion model, ready to read. `version` names the weights for reports and cache keys."""

    def __init__(self, scorer: Scorer) -> None:
        self.scorer = scorer
        self._known: dict[tuple[str, str], Reading] = {}

    @property
    def version(self) -> str:
        return self.scorer.version

    @classmethod
    def load(cls, folder: Path | str | None = None, device: str = "cpu") -> "TextModel":
        """The shipped weights (None), the tiny random model ("debug"), or a folder: ours, or a Hugging
        Face one.

        Raises WeightsError when the folder is missing, damaged or holds what cannot answer.
        """
        # Deferred: torch takes seconds to import, and this module is read where no model runs.
        from engine.text.scorer import load_scorer

        return cls(load_scorer(SHIPPED if folder is None else folder, device))

    def read(
        self,
        sentences: Sequence[str],
        *,
        context: bool = True,
        explain: bool = False,
        progress: Progress | None = None,
    ) -> list[Reading]:
        """One reading a sentence, in order. Any text is answered; without a word in it neutral, confidence
        0.

        `context` reads each with the one before it in the list, `explain` adds the words that decided,
        `progress` is called with (done, all) sentences.
        """
        keys = list(zip(sentences, before_each(sentences) if context else [""] * len(sentences), strict=True))
        fresh = [key for key in dict.fromkeys(keys) if key not in self._known and has_words(key[0])]
        found = {key: self._known[key] for key in keys if key in self._known}
        if fresh:
            scores = self.scorer.score([text for text, _ in fresh], [before for _, before in fresh], progress)
            for index, key in enumerate(fresh):
                found[key] = self._reading(key[0], scores, index)
            self._remember({key: found[key] for key in fresh})
        readings = [found[key] if key in found else nothing(key[0], self.scorer.names) for key in keys]
        if progress is not None:
            progress(len(keys), len(keys))
        return self._explained(readings) if explain else readings

    def _remember(self, fresh: dict[tuple[str, str], Reading]) -> None:
        if len(self._known) + len(fresh) > REMEMBERED:
            self._known.clear()
        self._known.update(list(fresh.items())[:REMEMBERED])

    def signed(self, texts: Sequence[str]) -> Floats:
        """Signed intensity of each text on its own, unclipped: what explanation and lexicon compare."""
        scores = self.scorer.score(texts, [""] * len(texts), None)
        return np.asarray((scores.positive - scores.negative) / self.scorer.threshold, np.float32)

    def feel(self, texts: Sequence[str]) -> Floats:
        """Valence, arousal, dominance of each text on its own, n × 3."""
        return self.scorer.score(texts, [""] * len(texts), None).vad

    def _explained(self, readings: list[Reading]) -> list[Reading]:
        # Deferred: only explanations need words, and words need jieba's dictionary.
        from engine.text.explain import keywords

        chosen = keywords(self.signed, readings)
        return [replace(reading, keywords=words) for reading, words in zip(readings, chosen, strict=True)]

    def _reading(self, text: str, scores: Scores, index: int) -> Reading:
        raw = float(scores.positive[index] - scores.negative[index]) / self.scorer.threshold
        signed = max(-1.0, min(1.0, raw))
        # Two digits more than anybody hears: which texts shared a batch shows in the seventh digit, and must
        # not
        # show in the music.
        signed = round(signed, 4)
        valence, arousal, dominance = (round(float(v), 4) for v in np.clip(scores.vad[index], -1.0, 1.0))
        return Reading(
            text=text,
            language=language_of(text),
            polarity=polarity_of(signed, self.scorer.neutral),
            intensity=abs(signed),
            signed_intensity=signed,
            valence=valence,
            arousal=arousal,
            dominance=dominance,
            emotions={
                name: round(float(value), 4)
                for name, value in zip(self.scorer.names, scores.emotions[index], strict=True)
            },
            confidence=round(max(0.0, 1.0 - float(scores.doubt[index])) * known_share(text), 4),
        )


def before_each(sentences: Sequence[str]) -> list[str]:
    """For each sentence the nearest one before it that has words, "" for the first."""
    found: list[str] = []
    last = ""
    for sentence in sentences:
        found.append(last)
        if has_words(sentence):
            last = sentence
    return found


def polarity_of(signed: float, neutral: float) -> Polarity:
    """The larger score's side, or neutral while they differ by less than `neutral` (of the threshold)."""
    if abs(signed) < neutral:
        return "neutral"
    return "positive" if signed > 0 else "negative"


def nothing(text: str, names: Sequence[str]) -> Reading:
    """The reading of a text without words."""
    no_keywords: tuple[Keyword, ...] = ()
    emotions = dict.fromkeys(names, 0.0)
    return Reading(text, language_of(text), "neutral", 0.0, 0.0, 0.0, 0.0, 0.0, emotions, 0.0, no_keywords)
