"""Palettes that stand on themselves, by way of others or not."""

from collections.abc import Mapping


def circles(bases: Mapping[str, str]) -> set[str]:
    """The names in `bases` (a palette's name → the name that it is built on) that following leads back to.
    Each is followed once, however long the chain."""
    followed: set[str] = set()
    found: set[str] = set()
    for name in bases:
        path: dict[str, int] = {}
        at = name
        while at in bases and at not in followed:
            followed.add(at)
            path[at] = len(path)
            at = bases[at]
        if at in path:
            found.update(list(path)[path[at] :])
    return found
