"""Events that come faster than music can follow: the newest of a kind wins, and how many gave way is told.

A game may send a hundred times a second what changes once, and a bar takes one to three seconds. A handful of
a kind goes through at once, whatever its pace; beyond that, ten a second, so that the last of a bar is among
them. Hits, pauses and stops are no states of which the newest counts: all of them go through.
"""

import time
from collections.abc import Callable
from dataclasses import dataclass, field

from engine.live.events import (
    EmotionEvent,
    HitEvent,
    LiveEvent,
    MotifEvent,
    PauseEvent,
    ResumeEvent,
    StateEvent,
    StopEvent,
    StyleEvent,
    TempoEvent,
    TextEvent,
)

BURST = 20
"""Of a kind, at once: a dozen lines of dialogue in one breath are no flood."""
PACE_S = 0.1
"""Seconds between two of a kind from there on."""
_OVER_S = 1.0
"""So long after its last superseded event a flood is over, and told."""
_TOLD_EVERY_S = 10.0
"""A flood that does not end is told so often."""
_REMEMBERED = 100
"""Troubles that are known again."""
_ALL = (HitEvent, PauseEvent, ResumeEvent, StopEvent)
_OF_A_STATE = (TextEvent, EmotionEvent, StyleEvent, TempoEvent, MotifEvent)
"""What a state begins anew: asked for after it, these do not come before it."""


@dataclass(slots=True)
class _Kind:
    """What is left of the burst, when that was counted, and the event that waits."""

    left: float = BURST
    at: float = 0.0
    waiting: LiveEvent | None = None


@dataclass(slots=True)
class Flood:
    """Passes events on to `hear`, each kind at a pace of its own; `tell` gets one line a flood. Used by one
    thread at a time; `flow` is called at least every `PACE_S`. `clock` counts seconds."""

    hear: Callable[[LiveEvent], None]
    tell: Callable[[str], None]
    clock: Callable[[], float] = time.monotonic
    superseded: int = 0
    """Events that a newer one of their kind took the place of."""
    _kinds: dict[type, _Kind] = field(default_factory=dict, repr=False)
    _flood: tuple[float, float, int, int] | None = field(default=None, repr=False)
    """When it began, when something gave way last, and of how many events how many."""

    def put(self, event: LiveEvent) -> None:
        """Goes on at once, or when its kind's turn comes, unless a newer one comes before."""
        if self._flood is not None:
            began, last, came, gave_way = self._flood
            self._flood = began, last, came + 1, gave_way
        if isinstance(event, _ALL):
            self.hear(event)
            return
        name = type(event)
        kind = self._kinds.setdefault(name, _Kind(at=self.clock()))
        self._count(kind)
        state = self._kinds.get(StateEvent)
        overtakes = state is not None and state.waiting is not None and name in _OF_A_STATE
        if kind.waiting is None and kind.left >= 1.0 and not overtakes:
            kind.left -= 1.0
            self.hear(event)
            return
        if kind.waiting is not None:
            self._gives_way()
        self._kinds[name] = self._kinds.pop(name)  # what came last goes last
        kind.waiting = event

    def flow(self) -> None:
        """Pass on what has waited long enough, and tell what is over."""
        state_waits = False
        for name, kind in list(self._kinds.items()):
            self._count(kind)
            if kind.waiting is None or (state_waits and name in _OF_A_STATE):
                continue
            if kind.left < 1.0:
                state_waits = state_waits or name is StateEvent
                continue
            event, kind.waiting = kind.waiting, None
            kind.left -= 1.0
            self.hear(event)
        if self._flood is not None:
            now = self.clock()
            began, last, _, _ = self._flood
            if now - last >= _OVER_S or now - began >= _TOLD_EVERY_S:
                self.end()

    def end(self) -> None:
        """Tell what has not been told."""
        if self._flood is not None:
            _, _, came, gave_way = self._flood
            self._flood = None
            self.tell(
                f"{gave_way:,} of {came:,} events gave way to newer ones of their kind: "
                "they come faster than music can follow"
            )

    @property
    def is_waiting(self) -> bool:
        """Whether something waits for its turn."""
        return any(kind.waiting is not None for kind in self._kinds.values())

    def _count(self, kind: _Kind) -> None:
        now = self.clock()
        kind.left = min(kind.left + (now - kind.at) / PACE_S, float(BURST))
        kind.at = now

    def _gives_way(self) -> None:
        now = self.clock()
        began, _, came, gave_way = self._flood or (now, now, 1, 0)
        self._flood = began, now, came, gave_way + 1
        self.superseded += 1


@dataclass(slots=True)
class Seldom:
    """Says troubles that may come by the thousand: no more than `most` a second, and the same one again only
    after `again_s`, with how many were left out."""

    say: Callable[[str], None]
    most: int = 5
    clock: Callable[[], float] = time.monotonic
    again_s: float = 10.0
    _same: dict[str, float] = field(default_factory=dict, repr=False)
    """When each was said, the latest few."""
    _said_at: list[float] = field(default_factory=list, repr=False)
    _left_out: int = field(default=0, repr=False)

    def __call__(self, words: str) -> None:
        now = self.clock()
        self._said_at = [at for at in self._said_at if now - at < 1.0]
        said = self._same.get(words)
        if len(self._said_at) >= self.most or (said is not None and now - said < self.again_s):
            self._left_out += 1
            return
        self._same.pop(words, None)
        self._same[words] = now
        if len(self._same) > _REMEMBERED:
            del self._same[next(iter(self._same))]
        if self._left_out:
            words = f"{words} (and {self._left_out:,} more such)"
            self._left_out = 0
        self._said_at.append(now)
        self.say(words)
