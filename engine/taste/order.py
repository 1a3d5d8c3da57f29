"""Takes ordered by match and liking together, with a share of exploration.

What liking can do is bounded: it decides among takes that match nearly as well as the best one does, and
among them a take that matches less must be liked more. Where nothing is liked, the order is that of the
matches.
"""

from collections.abc import Sequence
from typing import Final

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]

MARGIN: Final = 0.15
"""The most that the match of the take that is chosen may lie below the best match, for its being liked."""

WORTH: Final = 0.5
"""The difference in liking (log odds) that is worth `MARGIN` of match."""

EXPLORED_EVERY: Final = 4
"""Of so many places in the list, the last goes to the take that might most surprise."""

_DIGITS: Final = 4
_LAST: Final = 1e6
"""After all that anybody could like."""


def places(matches: Sequence[float], liking: Floats) -> list[float]:
    """By take, a number that is smaller the earlier it comes: `matches` 0…1, `liking` [N] in log odds. Those
    that match worse than the best by more than `MARGIN` come after all others. Takes with the same number are
    alike to this order."""
    if not len(liking):
        return []
    best = max(matches)
    lift = lifts(liking)
    return [
        round((0.0 if best - match <= MARGIN else _LAST) - round(match, 2) - float(own), _DIGITS)
        for match, own in zip(matches, lift, strict=True)
    ]


def lifts(liking: Floats) -> Floats:
    """What liking is worth, in units of match: [N] log odds → [N], about their mean."""
    centred = liking - liking.mean() if len(liking) else liking
    return np.asarray(np.round(MARGIN / WORTH * centred, _DIGITS))


def exploring(order: Sequence[int], surprise: Floats) -> list[int]:
    """`order` (places of takes, the best first) with every fourth place given to whichever of those that
    follow has the largest `surprise` [by place]."""
    left = list(order)
    made: list[int] = []
    while left:
        explores = len(made) % EXPLORED_EVERY == EXPLORED_EVERY - 1
        pick = (
            max(left, key=lambda place: (round(float(surprise[place]), 6), -place)) if explores else left[0]
        )
        left.remove(pick)
        made.append(pick)
    return made
