"""Emotion over the time of a cue: what is felt, and what should be heard. Two types, so that one is never
taken for the other: takes are chosen by what should be heard, and every figure that is shown is against what
is felt.
"""

from bisect import bisect_right
from dataclasses import dataclass

from dsl.plan import EmotionSource


@dataclass(frozen=True, slots=True)
class CurveSample:
    """Valence and arousal at a time (s, on the score's clock), −1…1 each, and who says so."""

    t_s: float
    valence: float
    arousal: float
    source: EmotionSource


@dataclass(frozen=True, slots=True)
class EmotionCurve:
    """Samples by ascending time, at least one. Between samples it is linear, outside them constant; it may
    step."""

    samples: tuple[CurveSample, ...]

    def at(self, t_s: float) -> tuple[float, float]:
        """Valence and arousal at a time, each −1…1. At a step the later side counts."""
        after = bisect_right(self.samples, t_s, key=lambda sample: sample.t_s)
        if after == 0 or after == len(self.samples):
            edge = self.samples[max(after - 1, 0)]
            return edge.valence, edge.arousal
        left, right = self.samples[after - 1], self.samples[after]
        share = (t_s - left.t_s) / (right.t_s - left.t_s)
        return (
            left.valence + share * (right.valence - left.valence),
            left.arousal + share * (right.arousal - left.arousal),
        )


@dataclass(frozen=True, slots=True)
class FeltCurve(EmotionCurve):
    """What the story feels, as text and directives say it (`engine.emotion.felt`)."""


@dataclass(frozen=True, slots=True)
class WantedCurve(EmotionCurve):
    """What should be heard in the music (`engine.emotion.transfer`)."""
