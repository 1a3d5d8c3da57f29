"""Which things of one list are those of another: the longest common subsequence, fast also where few differ
from each other.

`difflib` looks for the longest run over and over, which takes cubic time where lines repeat. Here a row of
the dynamic programme is one long integer, a bit an element (Hyyrö, "Bit-parallel LCS-length computation
revisited", 2004); rows are kept and walked back while they fit, and halved after Hirschberg (1975) before.
"""

from collections.abc import Hashable, Sequence

from dsl.limits import MOST_LINES

MOST_CELLS = MOST_LINES**2
"""Old × new elements, common ends left out: the longest score against another takes some 6 s. Beyond it
nothing in between is matched."""
_KEPT_BITS = 1 << 28
"""Rows of so many bits in all are kept at once: 32 MB."""


def matches(old: Sequence[Hashable], new: Sequence[Hashable]) -> list[tuple[int, int]]:
    """Pairs (index in `old`, index in `new`) of equal elements, both rising: as many as there can be."""
    ends = min(len(old), len(new))
    first = next((place for place in range(ends) if old[place] != new[place]), ends)
    last = next((place for place in range(ends - first) if old[-1 - place] != new[-1 - place]), ends - first)
    inner_old, inner_new = old[first : len(old) - last], new[first : len(new) - last]
    found = [(place, place) for place in range(first)]
    if len(inner_old) * len(inner_new) <= MOST_CELLS:
        found += [(first + one, first + other) for one, other in _between(inner_old, inner_new)]
    return found + [(len(old) - place, len(new) - place) for place in range(last, 0, -1)]


def _between(old: Sequence[Hashable], new: Sequence[Hashable]) -> list[tuple[int, int]]:
    """The same for lists of any ends."""
    if not old or not new:
        return []
    if len(new) == 1 or len(old) * len(new) <= _KEPT_BITS:
        return _walked_back(old, new)
    middle = len(new) // 2
    upper = _counts(_rows(old, new[:middle])[-1], len(old))
    lower = _counts(_rows(old[::-1], new[middle:][::-1])[-1], len(old))
    cut = max(range(len(old) + 1), key=lambda place: upper[place] + lower[len(old) - place])
    later = _between(old[cut:], new[middle:])
    return _between(old[:cut], new[:middle]) + [(cut + one, middle + other) for one, other in later]


def _walked_back(old: Sequence[Hashable], new: Sequence[Hashable]) -> list[tuple[int, int]]:
    rows = _rows(old, new, keep=True)
    found: list[tuple[int, int]] = []
    row, column = len(new), len(old)
    while row and column:
        if rows[row - 1] >> (column - 1) & 1:
            column -= 1
            continue
        row -= 1
        if not row or rows[row - 1] >> (column - 1) & 1:
            column -= 1
            found.append((column, row))
    return found[::-1]


def _rows(old: Sequence[Hashable], new: Sequence[Hashable], keep: bool = False) -> list[int]:
    """For each element of `new` (or the last only) a row over `old`: bit i is 0 where the longest common
    subsequence grows with `old[i]`."""
    wanted = set(new)
    places: dict[Hashable, int] = {}
    for place, element in enumerate(old):
        if element in wanted:
            places[element] = places.get(element, 0) | 1 << place
    full = (1 << len(old)) - 1
    row = full
    rows: list[int] = []
    for element in new:
        growing = row & places.get(element, 0)
        if growing:
            row = ((row + growing) | (row - growing)) & full
        if keep:
            rows.append(row)
    return rows if keep else [row]


def _counts(row: int, width: int) -> list[int]:
    """How long the longest common subsequence is with the first 0, 1, … elements of `old`."""
    counts = [0]
    for bit in reversed(f"{row:0{width}b}"):
        counts.append(counts[-1] + (bit == "0"))
    return counts
