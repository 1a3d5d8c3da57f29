"""What is asked of the music from here on: the settings of a state, and what events have changed in them
since. Frozen values: an event makes another one.
"""

from dataclasses import dataclass, replace
from typing import Final

from dsl.plan import Key, Meter, Plan, PlannedCue
from engine.live.events import EmotionEvent, MotifEvent, StateEvent, StyleEvent, TempoEvent, TextEvent
from engine.live.passage import FeltPoint

SCENE_LINES: Final = 12
"""So many lines of the scene are read with the newest one."""
_ANY_TEMPO: Final = (48.0, 152.0)
"""Quarter notes a minute where nobody asked for a tempo."""

Change = TextEvent | EmotionEvent | StateEvent | MotifEvent | StyleEvent | TempoEvent
"""The events that have music written anew."""


@dataclass(frozen=True, slots=True)
class FeelingLead:
    """From `start` to `end` over `over_s` seconds from `from_s` on (the music's clock)."""

    start: FeltPoint
    end: FeltPoint
    from_s: float = 0.0
    over_s: float = 0.0

    def at(self, t_s: float) -> FeltPoint:
        """What is felt at a time."""
        if t_s >= self.from_s + self.over_s:
            return self.end
        if t_s <= self.from_s:
            return self.start
        share = (t_s - self.from_s) / self.over_s
        return (
            self.start[0] + share * (self.end[0] - self.start[0]),
            self.start[1] + share * (self.end[1] - self.start[1]),
        )

    def over(self, start_s: float, end_s: float) -> tuple[tuple[float, FeltPoint], ...]:
        """The feeling from `start_s` to `end_s` as points by their share of that time."""
        times = {start_s, end_s}
        times |= {t for t in (self.from_s, self.from_s + self.over_s) if start_s < t < end_s}
        length = max(end_s - start_s, 1e-6)
        return tuple(((t - start_s) / length, self.at(t)) for t in sorted(times))


@dataclass(frozen=True, slots=True)
class Direction:
    """The state (a cue's id, its title, its bars where it loops, its layers) and what is asked in it.
    `lead` None: what the cue itself feels. `jumps`: the tempo need not bend from the one before."""

    cue: str
    title: str
    style: str
    meter: Meter
    key: Key | None
    tempo: tuple[float, float]
    tempo_factor: float
    seed: int
    bars: int
    loop: bool
    layers: int | None = None
    lead: FeelingLead | None = None
    scene: tuple[str, ...] = ()
    motif: str | None = None
    jumps: bool = True
    closing: bool = False


def direction_of(cue: PlannedCue) -> Direction:
    """The settings that a cue begins with."""
    return Direction(
        cue.id,
        cue.title,
        cue.styles[0].value if cue.styles else "piano",
        cue.meters[0].value if cue.meters else Meter(),
        cue.keys[0].value if cue.keys else None,
        cue.tempo_range if cue.tempo_asked else _ANY_TEMPO,
        cue.tempo_factor,
        cue.seed,
        cue.bars,
        cue.loop,
        cue.layers,
    )


def changed(direction: Direction, event: Change, base: Plan, felt: FeltPoint, t_s: float) -> Direction:
    """The direction after an event that takes effect at `t_s`, where `felt` is felt until then. A text only
    joins the scene: what it feels is found by reading it (`with_reading`)."""
    match event:
        case TextEvent():
            return replace(direction, scene=(*direction.scene, event.text)[-SCENE_LINES:])
        case EmotionEvent():
            lead = FeelingLead(felt, (event.valence, event.arousal), t_s, event.over_s)
            return replace(direction, lead=lead)
        case StateEvent():
            cue = next(cue for cue in base.cues if cue.id == event.cue)
            return direction_of(cue)
        case MotifEvent():
            return replace(direction, motif=event.name)
        case StyleEvent():
            return replace(direction, style=event.name, loop=False)
        case TempoEvent():
            return _with_tempo(direction, event)


def with_reading(direction: Direction, felt: FeltPoint) -> Direction:
    """The direction once the newest line of its scene has been read."""
    return replace(direction, lead=FeelingLead(felt, felt))


def _with_tempo(direction: Direction, event: TempoEvent) -> Direction:
    if event.factor is None:
        return replace(direction, tempo=(event.low, event.high), tempo_factor=1.0, jumps=True)
    low, high = direction.tempo
    return replace(
        direction,
        tempo=(low * event.factor, high * event.factor),
        tempo_factor=direction.tempo_factor * event.factor,
        jumps=True,
    )
