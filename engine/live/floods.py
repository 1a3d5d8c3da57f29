"""Events that come faster than music can follow: the newest of a kind wins, and that is told once.

A game may send a hundred times a second what changes once, and a bar takes one to three seconds. A handful of
a kind goes through at once, whatever its pace; beyond that, ten a second.
"""

import time
from collections.abc import Callable
from dataclasses import dataclass, field

from engine.live.events import LiveEvent, PauseEvent, ResumeEvent, StopEvent

BURST = 20
"""Of a kind, at once: a dozen lines of dialogue in one breath are no flood."""
PACE_S = 0.1
"""Seconds between two of a kind from there on."""
_OVER_S = 10.0
"""So long after its last superseded event a flood is over; the next is told again."""
_TRANSPORT = (PauseEvent, ResumeEvent)


@dataclass(slots=True)
class _Kind:
    """What is left of the burst, when that was counted, and the event that waits."""

    left: float = BURST
    at: float = 0.0
    waiting: LiveEvent | None = None


@dataclass(slots=True)
class Flood:
    """Passes events on to `hear`, each kind at a pace of its own; `tell` gets one line a flood. Used from one
    thread, which calls `flow` at least every `PACE_S` while `is_waiting`. `clock` counts seconds."""

    hear: Callable[[LiveEvent], None]
    tell: Callable[[str], None]
    clock: Callable[[], float] = time.monotonic
    superseded: int = 0
    """Events that a newer one of their kind took the place of."""
    _kinds: dict[type, _Kind] = field(default_factory=dict, repr=False)
    _flooded_at: float = field(default=float("-inf"), repr=False)

    def put(self, event: LiveEvent) -> None:
        """Goes on at once, or when its kind's turn comes, unless a newer one comes before. Stop never
        waits."""
        if isinstance(event, StopEvent):
            self.hear(event)
            return
        name = PauseEvent if isinstance(event, _TRANSPORT) else type(event)
        kind = self._kinds.setdefault(name, _Kind(at=self.clock()))
        self._count(kind)
        if kind.waiting is None and kind.left >= 1.0:
            kind.left -= 1.0
            self.hear(event)
            return
        if kind.waiting is not None:
            self._tell_once()
            self.superseded += 1
            self._kinds[name] = self._kinds.pop(name)  # what came last goes last
        kind.waiting = event

    def flow(self) -> None:
        """Pass on what has waited long enough."""
        for kind in list(self._kinds.values()):
            self._count(kind)
            if kind.waiting is not None and kind.left >= 1.0:
                event, kind.waiting = kind.waiting, None
                kind.left -= 1.0
                self.hear(event)

    @property
    def is_waiting(self) -> bool:
        """Whether something waits for its turn."""
        return any(kind.waiting is not None for kind in self._kinds.values())

    def _count(self, kind: _Kind) -> None:
        now = self.clock()
        kind.left = min(kind.left + (now - kind.at) / PACE_S, float(BURST))
        kind.at = now

    def _tell_once(self) -> None:
        now = self.clock()
        if now - self._flooded_at > _OVER_S:
            self.tell("events come faster than the music can follow; the newest of a kind wins")
        self._flooded_at = now


@dataclass(slots=True)
class Seldom:
    """Says troubles that may come by the thousand: each the first time, then no more than `most` a second,
    with how many were left out."""

    say: Callable[[str], None]
    most: int = 5
    clock: Callable[[], float] = time.monotonic
    _said_at: list[float] = field(default_factory=list, repr=False)
    _left_out: int = field(default=0, repr=False)

    def __call__(self, words: str) -> None:
        now = self.clock()
        self._said_at = [at for at in self._said_at if now - at < 1.0]
        if len(self._said_at) >= self.most:
            self._left_out += 1
            return
        if self._left_out:
            words = f"{words} (and {self._left_out:,} more such)"
            self._left_out = 0
        self._said_at.append(now)
        self.say(words)
