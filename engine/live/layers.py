"""How much of the orchestra is heard: roles come in and go by an intensity, from sparse to full. Nothing is
composed for it; the same bars are played by more or by fewer.
"""

from collections.abc import Collection
from typing import Final

from dsl.plan import RoleName

ENTRY: Final[tuple[RoleName, ...]] = ("chords", "bass", "melody", "counter", "drums")
"""The order in which roles come in: harmony first, then its ground, the tune, what answers it, the beat."""


def roles_at(intensity: float, playing: Collection[RoleName]) -> frozenset[RoleName]:
    """The roles that are heard at an intensity 0…1 of those that play: one at 0, all at 1, each as many steps
    apart."""
    order = [role for role in ENTRY if role in playing]
    count = 1 + int(intensity * (len(order) - 1) + 1e-9) if order else 0
    return frozenset(order[:count])
