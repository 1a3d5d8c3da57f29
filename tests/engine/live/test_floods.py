"""Events, and troubles, that come by the thousand."""

from dataclasses import dataclass, field

from engine.live.events import (
    EmotionEvent,
    HitEvent,
    IntensityEvent,
    LiveEvent,
    PauseEvent,
    ResumeEvent,
    StateEvent,
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
    assert clock.told == []
    clock.t += 1.2
    flood.flow()
    assert clock.heard[-1] == IntensityEvent(2999 / 3000)
    assert 40 <= len(clock.heard) <= 60
    gone = 3000 - len(clock.heard)
    (told,) = clock.told
    assert told.startswith(f"{gone:,} of 2,97")
    assert flood.superseded == gone
    assert not flood.is_waiting


def test_a_flood_that_does_not_end_is_told_every_ten_seconds_and_what_is_left_at_the_end() -> None:
    clock = Clock()
    flood = Flood(clock.heard.append, clock.told.append, clock)
    for number in range(25_000):
        clock.t = number / 1000
        flood.put(TextEvent(f"line {number}"))
        flood.flow()
    flood.end()
    flood.end()
    assert len(clock.told) == 3
    assert sum(int(line.split()[0].replace(",", "")) for line in clock.told) == flood.superseded


def test_no_hit_pause_or_stop_is_lost_in_a_flood() -> None:
    clock = Clock()
    flood = Flood(clock.heard.append, clock.told.append, clock)
    asked: list[LiveEvent] = []
    for number in range(2000):
        clock.t = number / 1000
        event = (HitEvent(str(number)), PauseEvent(), IntensityEvent(0.1), ResumeEvent())[number % 4]
        flood.put(event)
        asked += [event] if not isinstance(event, IntensityEvent) else []
    flood.put(StopEvent())
    assert [event for event in clock.heard if not isinstance(event, IntensityEvent)] == [*asked, StopEvent()]


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


def test_what_is_asked_for_in_a_state_does_not_come_before_it() -> None:
    clock = Clock()
    flood = Flood(clock.heard.append, clock.told.append, clock)
    for number in range(200):
        flood.put(StateEvent(f"S{number}"))
    flood.put(EmotionEvent(0.5, 0.5))
    flood.put(IntensityEvent(0.3))
    assert clock.heard[-1] == IntensityEvent(0.3)
    for _ in range(5):
        clock.t += 0.1
        flood.flow()
    assert clock.heard[-2:] == [StateEvent("S199"), EmotionEvent(0.5, 0.5)]


def test_a_trouble_by_the_thousand_is_told_a_few_times_with_their_number() -> None:
    clock = Clock()
    tell = Seldom(clock.told.append, 5, clock)
    for number in range(1000):
        clock.t = number / 2000
        tell(f"bad {number}")
    clock.t = 2.0
    tell("worse")
    assert clock.told == [f"bad {n}" for n in range(5)] + ["worse (and 995 more such)"]


def test_the_same_trouble_is_told_again_after_a_while_with_its_number() -> None:
    clock = Clock()
    tell = Seldom(clock.told.append, 5, clock)
    for number in range(220):
        clock.t = number / 10
        tell("bad")
    assert clock.told == ["bad", "bad (and 99 more such)", "bad (and 99 more such)"]
