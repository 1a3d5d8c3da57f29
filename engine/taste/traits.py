"""The measured properties of a take that a listener may like: their names, how they are spread over the
takes that are made here, and the words for more and less of each. Measuring is `engine.match.take_traits`.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np


@dataclass(frozen=True, slots=True)
class Trait:
    """`mean` and `spread` in the measure's own unit; words for less and more of it, in English and
    Chinese."""

    name: str
    mean: float
    spread: float
    less: str
    more: str
    less_zh: str
    more_zh: str


_CHINESE: Final = {
    "activity": ("音符更少", "音符更多"),
    "melody_density": ("旋律更疏", "旋律更密"),
    "melody_rests": ("旋律停顿更少", "旋律停顿更多"),
    "thickness": ("织体更薄", "织体更厚"),
    "melody_register": ("旋律更低", "旋律更高"),
    "chord_register": ("和弦更低", "和弦更高"),
    "bass_register": ("低音更深", "低音更高"),
    "melody_range": ("旋律音域更窄", "旋律音域更宽"),
    "leaps": ("旋律多级进", "旋律多跳进"),
    "repetition": ("旋律重复更少", "旋律重复更多"),
    "rhythm_variety": ("节奏更匀", "节奏更多变"),
    "legato": ("奏法更断", "奏法更连"),
    "loudness": ("演奏更轻", "演奏更响"),
    "loudness_range": ("力度更平", "力度起伏更大"),
    "melody_lead": ("旋律更退后", "旋律更突出"),
    "counter_melody": ("副旋律更少", "副旋律更多"),
    "drums": ("鼓更少", "鼓更多"),
    "major_colour": ("小调色彩更浓", "大调色彩更浓"),
    "dissonance": ("更协和", "更不协和"),
    "harmonic_motion": ("和声变化更慢", "和声变化更快"),
    "chromaticism": ("和声更朴素", "和声更多半音"),
    "brighter_than_asked": ("比要求更暗", "比要求更亮"),
    "livelier_than_asked": ("比要求更静", "比要求更活跃"),
}

_TABLE: Final = (
    ("activity", 3.621, 1.060, "fewer notes", "more notes"),
    ("melody_density", 1.661, 0.834, "sparser melodies", "busier melodies"),
    ("melody_rests", 0.172, 0.129, "melodies with fewer rests", "melodies with more rests"),
    ("thickness", 5.234, 1.025, "thinner textures", "fuller textures"),
    ("melody_register", 76.056, 4.114, "lower melodies", "higher melodies"),
    ("chord_register", 60.811, 2.721, "lower chords", "higher chords"),
    ("bass_register", 47.325, 3.843, "deeper basses", "higher basses"),
    ("melody_range", 3.501, 0.998, "narrower melodies", "wider melodies"),
    ("leaps", 2.747, 0.779, "stepwise melodies", "leaping melodies"),
    ("repetition", 0.073, 0.133, "melodies that repeat less", "melodies that repeat more"),
    ("rhythm_variety", 0.508, 0.190, "even rhythms", "varied rhythms"),
    ("legato", 0.818, 0.089, "shorter articulation", "longer articulation"),
    ("loudness", 83.095, 3.906, "softer playing", "louder playing"),
    ("loudness_range", 2.598, 0.599, "more even dynamics", "wider dynamics"),
    ("melody_lead", 13.129, 1.746, "melodies further back", "melodies further forward"),
    ("counter_melody", 0.911, 0.820, "less counter-melody", "more counter-melody"),
    ("drums", 0.888, 0.882, "less drumming", "more drumming"),
    ("major_colour", 0.151, 0.232, "more minor colour", "more major colour"),
    ("dissonance", 0.219, 0.046, "more consonant sounds", "more dissonant sounds"),
    ("harmonic_motion", 0.210, 0.058, "slower harmony", "quicker harmony"),
    ("chromaticism", 0.027, 0.038, "plainer harmony", "more chromatic harmony"),
    ("brighter_than_asked", 0.163, 0.284, "darker than asked", "brighter than asked"),
    ("livelier_than_asked", 0.013, 0.238, "calmer than asked", "livelier than asked"),
)

TRAITS: Final = tuple(Trait(*row, *_CHINESE[row[0]]) for row in _TABLE)
"""In the order in which they are kept. Means and spreads were measured on 432 takes, sixteen each of 27 cues
in all styles; a spread is the geometric mean of the deviation among the takes of one cue and among all takes:
within a cue some hardly differ (loudness by one step of velocity), which nobody should be held to prefer."""

MOST: Final = 4.0
"""Standardised values beyond this count as this: one odd take must not teach much."""


def standard_traits(values: Sequence[float]) -> tuple[float, ...]:
    """Values in the order of `TRAITS` and their own units, standardised and cut at ±`MOST`; NaN becomes 0."""
    mean = np.array([trait.mean for trait in TRAITS])
    spread = np.array([trait.spread for trait in TRAITS])
    standard = np.nan_to_num((np.asarray(values, dtype=np.float64) - mean) / spread, nan=0.0)
    return tuple(round(float(value), 3) for value in standard.clip(-MOST, MOST))
