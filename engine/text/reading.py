"""What the text analysis says of a sentence: plain data, no torch, so that the command line and the app can
import it freely."""

from dataclasses import dataclass
from typing import Literal

from dsl.plan import Feeling

Polarity = Literal["positive", "negative", "neutral"]
Language = Literal["zh", "en", "mixed"]


@dataclass(frozen=True, slots=True)
class Keyword:
    """A word that helped to decide. `weight` 0…1 is its share of the decision, `pos` its part of speech
    (jieba's / universal tag)."""

    word: str
    pos: str
    polarity: Polarity
    weight: float


@dataclass(frozen=True, slots=True)
class Reading:
    """One sentence's emotion.

    valence, arousal, dominance, signed_intensity −1…1; intensity, confidence and each of `emotions` 0…1.
    `polarity` is the larger of the positive and negative score; `signed_intensity` = (positive − negative) /
    threshold, clipped; intensity is its size. All three say what valence says: `signed_intensity` is valence
    times a fixed gain (`one_scale`), polarity its side, neutral near 0.
    `own` are the writer's readings that stand in place of the model's; nearly always none. `heard`: the text
    as the model read it, with plain names for names that are words of feeling; "" where nothing differs.
    """

    text: str
    language: Language
    polarity: Polarity
    intensity: float
    signed_intensity: float
    valence: float
    arousal: float
    dominance: float
    emotions: dict[str, float]
    confidence: float
    keywords: tuple[Keyword, ...] = ()
    own: tuple[Feeling, ...] = ()
    heard: str = ""


@dataclass(frozen=True, slots=True)
class Sentence:
    """A sentence of the script where it is heard, and what it feels."""

    cue: int
    start_s: float
    end_s: float
    reading: Reading
