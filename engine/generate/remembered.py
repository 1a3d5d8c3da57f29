"""A generator that makes no take twice, for a program that composes the same score again after every edit."""

from collections.abc import Sequence
from typing import Final

from cachetools import LRUCache

from engine.generate.request import Request, Take
from engine.generate.sampling import Generator, Progress

REMEMBERED: Final = 4_000
"""Takes kept ready; the longest unused go first."""


class RememberingGenerator(Generator):
    """Shares the weights of the generator it is made from and gives the same takes: take k of a request
    depends on the request and k alone. Not for several threads at a time. `forgetting`: the one that it is
    made from."""

    def __init__(self, generator: Generator) -> None:
        super().__init__(generator.networks)
        vars(self).update(vars(generator))  # all that it writes with, whatever else it will be given
        self.forgetting = generator
        self._takes: LRUCache[tuple[Request, int], Take] = LRUCache(REMEMBERED)

    def compose(
        self, requests: Sequence[Request], takes: Sequence[int], progress: Progress | None = None
    ) -> list[list[Take]]:
        """As `Generator.compose`; only takes that are not remembered are made."""
        missing: dict[tuple[int, ...], list[Request]] = {}
        found: dict[tuple[Request, int], Take] = {}
        for request in dict.fromkeys(requests):
            known = {k: take for k in takes if (take := self._takes.get((request, k))) is not None}
            found |= {(request, k): take for k, take in known.items()}
            wanted = tuple(k for k in takes if k not in known)
            if wanted:
                missing.setdefault(wanted, []).append(request)
        for numbers, some in missing.items():
            for request, made in zip(some, super().compose(some, numbers, progress), strict=True):
                fresh = {(request, k): take for k, take in zip(numbers, made, strict=True)}
                found |= fresh
                self._takes.update(fresh)
        return [[found[request, k] for k in takes] for request in requests]
