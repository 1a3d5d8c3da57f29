"""Which known word an unknown one was most likely meant to be."""

from collections.abc import Sequence

from dsl.vocabulary import fold


def nearest(name: str, names: Sequence[str]) -> str | None:
    """The known name that `name` was most likely meant to be, or None when nothing is close.

    Close is: at most a third of its letters to change, a swap of neighbours counting once (Damerau 1964).
    `sad` may mean sadness, and a Chinese name may be meant by any of its characters. Of two characters of
    Chinese another one makes another word (放心 is not 伤心): there only their order may be wrong, or one be
    missing or too many.
    """
    wanted = fold(name[:64])
    limit = max(1, len(wanted) // 3)
    best: str | None = None
    best_distance = limit + 1
    letters = set(wanted)
    for candidate in names:
        known = fold(candidate)
        if len(wanted) <= 2 and not wanted.isascii() and len(known) == len(wanted) and letters != set(known):
            continue
        if abs(len(known) - len(wanted)) >= best_distance or len(letters & set(known)) * 2 < len(letters):
            continue
        distance = _distance(wanted, known, best_distance)
        if distance < best_distance:
            best, best_distance = candidate, distance
    if best is not None:
        return best
    if wanted.isascii():
        return next((word for word in names if len(wanted) > 2 and word.startswith(wanted[:5])), None)
    sharing = [word for word in names if not word.isascii() and (wanted in word or fold(word) in wanted)]
    return min(sharing, key=len, default=None)


def _distance(one: str, other: str, limit: int) -> int:
    """Edit distance with swaps of neighbours, `limit` where it is that or more."""
    before: list[int] = []
    above = list(range(len(other) + 1))
    for row, letter in enumerate(one, 1):
        current = [row]
        for column, against in enumerate(other, 1):
            cost = min(above[column] + 1, current[-1] + 1, above[column - 1] + (letter != against))
            if row > 1 and column > 1 and letter == other[column - 2] and one[row - 2] == against:
                cost = min(cost, before[column - 2] + 1)
            current.append(cost)
        if min(current) >= limit:
            return limit
        before, above = above, current
    return min(above[-1], limit)
