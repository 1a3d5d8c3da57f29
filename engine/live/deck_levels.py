"""The levels of two musics at once (`engine.live.decks`) as they are written down: expression over time."""

import math
from dataclasses import dataclass, field

from engine.live.outputs import DeckLevel, NoteDue

FULL = 127


def expression_of(level: float) -> int:
    """Controller 11 for an amplitude 0…1: General MIDI's is the square of the controller."""
    return min(max(round(FULL * math.sqrt(max(level, 0.0))), 0), FULL)


def velocity_at(velocity: int, level: float) -> int:
    """What is left of a velocity 1–127 at an amplitude 0…1, where there is nothing but velocity to tell it
    by; its amplitude is a square as well."""
    return min(max(round(velocity * math.sqrt(max(level, 0.0))), 1), FULL)


@dataclass(slots=True)
class WrittenLevels:
    """What each deck was told, as (time in seconds, controller 11), each other than the one before."""

    _changes: dict[int, list[tuple[float, int]]] = field(default_factory=dict)

    def take(self, message: DeckLevel) -> None:
        """The next level of a deck."""
        own = self._changes.setdefault(message.deck, [(0.0, FULL)])
        value = expression_of(message.level)
        if own[-1][1] != value:
            own.append((message.t_s, value))

    def expression(self, deck: int, start_s: float, end_s: float) -> tuple[tuple[float, int], ...]:
        """A deck's changes from one time to another, counted from there, with what holds where it begins;
        empty where it is always in full."""
        own = self._changes.get(deck, [])
        held = next((value for t_s, value in reversed(own) if t_s <= start_s + 1e-6), FULL)
        within = [(t_s - start_s, value) for t_s, value in own if start_s + 1e-6 < t_s < end_s]
        if held == FULL and not within:
            return ()
        return ((0.0, held), *within)

    def velocity(self, note: NoteDue) -> int:
        """A note's velocity under the level that its deck had when it began."""
        own = self._changes.get(note.deck, [])
        held = next((value for t_s, value in reversed(own) if t_s <= note.t_s + 1e-6), FULL)
        return velocity_at(note.velocity, (held / FULL) ** 2)

    def forget_before(self, t_s: float) -> None:
        """Drops what no longer holds then."""
        for deck, own in self._changes.items():
            past = [one for one in own if one[0] <= t_s]
            self._changes[deck] = past[-1:] + own[len(past) :]
