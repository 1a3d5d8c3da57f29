"""Intent: what an emotion asks of music, bar by bar, in measurable terms.

Values from 0 to 1 marked "percentile" are ranks among real music of the training corpus (0.5 = the median
bar), so that a directive such as `@density 0.3` and a measurement on any MIDI are on the same scale. The
map from emotion to intent lives in `engine.music.mapping`, measuring it on notes in
`engine.music.descriptors`.
"""

from dataclasses import astuple, dataclass
from typing import Final

_DIGITS: Final = 6


@dataclass(frozen=True, slots=True)
class Intent:
    """What one bar should be like."""

    valence: float
    """−1…1, the emotion asked."""
    arousal: float
    """−1…1."""
    tension: float
    """0…1 percentile: harmonic dissonance and distance from the tonic."""
    mode: float
    """−1 clearly minor … 1 clearly major."""
    density: float
    """0…1 percentile: note onsets per beat over the pitched roles."""
    register: float
    """0…1 percentile: mean pitch of the pitched roles."""
    harmonic_rhythm: float
    """0…1 percentile: chord changes per bar."""
    dynamics: float
    """0 ppp … 1 fff."""
    articulation: float
    """0 legato … 1 staccato."""
    brightness: float
    """0 dark … 1 bright: timbre and doubling."""
    tempo_bpm: float
    """Quarter notes a minute that suit this bar."""

    def rounded(self) -> "Intent":
        """To the millionth: what is asked must not depend on where on the clock its bar stands, by the last
        bits of a sum."""
        return Intent(*(round(value, _DIGITS) + 0.0 for value in astuple(self)))
