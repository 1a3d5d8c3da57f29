"""What choosing has answered before, so that a cue that an edit left alone is not made again."""

from dataclasses import dataclass, field
from threading import Lock
from typing import Any, Final

from cachetools import LRUCache

REMEMBERED: Final = 256
"""Answers kept ready, some four a cue, the longest unused go first."""


@dataclass(slots=True)
class Memory:
    """Answers by all that decides them."""

    most: int = REMEMBERED
    _known: "LRUCache[object, Any]" = field(init=False, repr=False)
    _lock: Lock = field(default_factory=Lock, repr=False)

    def __post_init__(self) -> None:
        self._known = LRUCache(self.most)

    def get(self, key: object) -> Any:
        """What `put` was given under this key, or None."""
        with self._lock:
            return self._known.get(key)

    def put(self, key: object, answer: object) -> None:
        """Keep an answer; the one longest unused goes where there are `most`."""
        with self._lock:
            self._known[key] = answer
