"""What is usual: which way each thing about the music goes with valence and arousal, where listeners agree
(Gabrielsson and Lindström, "The role of structure in the musical expression of emotions", 2010; Eerola,
Friberg and Bresin, "Emotional expression in music", Frontiers in Psychology 4:487, 2013). A recogniser that
hears it the other way in a few bars may err: that is marked. Beginners are taught
what listeners agree on alone.
"""

from collections.abc import Mapping
from typing import Final

from engine.report import Feeling
from engine.teach.parameters import ParameterName
from engine.teach.smallest import DIRECTION, SmallestChange

USUAL: Final[Mapping[ParameterName, tuple[int, int]]] = {
    "mode": (1, 0),
    "tempo": (1, 1),
    "register": (1, 0),
    "density": (0, 1),
    "dynamics": (0, 1),
    "articulation": (0, -1),
    "dissonance": (-1, 1),
    "percussion": (0, 1),
}
"""The signs of valence and arousal that more of it brings; 0 where listeners do not agree."""
NOTICED: Final = 0.04
"""A smaller effect is not told to beginners, and not called unusual."""


def unusual(name: ParameterName, more: bool, effect: Feeling, least: float = NOTICED) -> tuple[bool, bool]:
    """Whether the valence and the arousal of an effect go against what more, or less, of it brings."""
    sign = 1 if more else -1
    valence, arousal = USUAL[name]
    return sign * valence * effect.valence < -least, sign * arousal * effect.arousal < -least


def unusual_way(change: SmallestChange) -> bool:
    """Whether what leads to the goal, valence or arousal, whichever does more for it, is against what is
    usual."""
    direction, effect = DIRECTION[change.towards], change.measured
    against = unusual(change.name, change.changed > change.value, effect, 0.0)
    by_valence = effect.valence * direction.valence >= effect.arousal * direction.arousal
    return against[0] if by_valence else against[1]
