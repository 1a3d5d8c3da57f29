"""Events, and troubles, that come by the thousand."""

from dataclasses import dataclass, field

from engine.live.events import (
    HitEvent,
    IntensityEvent,
    LiveEvent,
    PauseEvent,
    ResumeEvent,
    StopEvent,
    TextEvent,
)
from engine.live.floods import Flood, Seldom


@dataclass
class Clock:
    t: float = 0.0
    heard: list[LiveEvent] = field(default_factory=list)
    told: list[str] = field(default_factory=list)

    def __call__(self) -> float:
        return self.t


def test_of_a_thousand_events_a_second_the_newest_wins_and_it_is_told_once() -> None:
    clock = Clock()
    flood = Flood(clock.heard.append, clock.told.append, clock)
    for number in range(3000):
        clock.t = number / 1000
        flood.put(IntensityEvent(number / 3000))
        flood.flow()
    clock.t += 0.2
    flood.flow()
    assert clock.heard[-1] == IntensityEvent(2999 / 3000)
    assert 40 <= len(clock.heard) <= 60
    assert clock.told == ["events come faster than the music can follow; the newest of a kind wins"]
    assert not flood.is_waiting


def test_a_dozen_lines_at_once_are_no_flood_and_kinds_do_not_wait_for_each_other() -> None:
    clock = Clock()
    flood = Flood(clock.heard.append, clock.told.append, clock)
    events: list[LiveEvent] = [TextEvent(f"line {n}") for n in range(12)]
    for _ in range(50):
        flood.put(IntensityEvent(0.5))
    for event in events:
        flood.put(event)
    flood.put(HitEvent(None))
    assert [event for event in clock.heard if not isinstance(event, IntensityEvent)] == [
        *events,
        HitEvent(None),
    ]


def test_the_last_word_of_pausing_and_resuming_holds_and_stop_never_waits() -> None:
    clock = Clock()
    flood = Flood(clock.heard.append, clock.told.append, clock)
    for _ in range(100):
        flood.put(ResumeEvent())
        flood.put(PauseEvent())
    flood.put(StopEvent())
    assert clock.heard[-1] == StopEvent()
    clock.t = 1.0
    flood.flow()
    assert clock.heard[-1] == PauseEvent()


def test_a_trouble_by_the_thousand_is_told_a_few_times_with_their_number() -> None:
    clock = Clock()
    tell = Seldom(clock.told.append, 5, clock)
    for number in range(1000):
        clock.t = number / 2000
        tell("bad")
    clock.t = 2.0
    tell("worse")
    assert clock.told == ["bad"] * 5 + ["worse (and 995 more such)"]
