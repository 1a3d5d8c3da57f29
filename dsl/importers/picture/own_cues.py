"""Which cue of a score each cue is that a list names, where the list was written from a score: by the name
that it was written out under, whatever numbers and titles look like.
"""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import replace

from dsl.importers.picture.roles import Wanted, plain
from dsl.importers.picture.score_pins import ScoreBlock
from dsl.vocabulary import fold


def with_own_cues(wanted: Sequence[Wanted], blocks: Sequence[ScoreBlock]) -> list[Wanted]:
    """The moments, those of own lists with the key of the score's cue that they begin or end. Of cues called
    alike each is the one whose beginning is nearest; an end is that of the cue of its name that has begun
    last. `wanted` is in the order of time."""
    free: dict[str, list[ScoreBlock]] = defaultdict(list)
    for block in blocks:
        if block.label:
            free[_written(block.label)].append(block)
    keys: dict[int, str] = {}
    new: list[int] = []
    for index, one in enumerate(wanted):
        if one.is_own and one.role == "cue":
            there = free[_written(one.name)]
            if there:
                nearest = min(there, key=lambda block: abs(block.start_s - one.t_s))
                there.remove(nearest)
                keys[index] = nearest.key
            else:
                new.append(index)
    taken = set(keys.values())
    for index in new:  # as they will be called there
        base, number = wanted[index].key[1], 1
        while (key := base if number == 1 else f"{base} ({number})") in taken:
            number += 1
        taken.add(key)
        keys[index] = key
    begun: dict[str, str] = {}
    found: list[Wanted] = []
    for index, one in enumerate(wanted):
        if index in keys:
            begun[one.name] = keys[index]
        is_own = one.is_own and one.role in ("cue", "out")
        found.append(replace(one, called=begun.get(one.name)) if is_own else one)
    return found


def _written(name: str) -> str:
    """A name as lists write it, in which a bar parts fields."""
    return fold(plain(name).replace("|", "/"))
