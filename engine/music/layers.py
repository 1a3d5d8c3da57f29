"""A cue's tracks in layers, from sparse to full, for whoever lets them come and go with a game's
intensity."""

from collections.abc import Sequence

from dsl.plan import RoleName
from engine.music.score import Track

SPARSE_TO_FULL: tuple[RoleName, ...] = ("chords", "bass", "melody", "counter", "drums")
"""What stands by itself comes first; what drives comes last (vertical layering: Sweet 2014, chapter 9)."""


def layers_of(tracks: Sequence[Track], count: int) -> tuple[tuple[Track, ...], ...]:
    """The tracks in `count` layers, every track in one of them. Roles stay together where there are enough of
    them, else instruments of one role are told apart; where there are fewer tracks than layers, the last
    layers are empty."""
    by_role = [[track for track in tracks if track.role == role] for role in SPARSE_TO_FULL]
    units = [unit for unit in by_role if unit]
    while len(units) < count and any(len(unit) > 1 for unit in units):
        at = max(range(len(units)), key=lambda place: len(units[place]))
        half = -(-len(units[at]) // 2)
        units[at : at + 1] = [units[at][:half], units[at][half:]]
    each, more = divmod(len(units), count)
    found: list[tuple[Track, ...]] = []
    start = 0
    for layer in range(count):
        stop = start + each + (layer < more)
        found.append(tuple(track for unit in units[start:stop] for track in unit))
        start = stop
    return tuple(found)


def enters_at(layer: int, count: int) -> float:
    """The intensity (0…1) from which on a layer (from 0) is heard: the first always, the others in even
    steps."""
    return round(layer / count, 3)
