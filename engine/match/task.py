"""A cue as a task for the generator: what decides its takes and nothing else, for the memory to know it
again.

It is looked at as if it began at 0 s and to the microsecond, so that its music depends on what is asked of it
and not on what stands before it: an edit elsewhere leaves it as it was, and it need not be made again.
"""

from dataclasses import dataclass, replace
from typing import Final, TypeVar

from dsl.cue_times import with_times
from dsl.diagnostics import Span
from dsl.plan import PlannedCue
from engine.cues import AskedCue
from engine.emotion.curve import WantedCurve
from engine.emotion.transfer import Transfer
from engine.generate.request import Request
from engine.music.intent import Intent

_DIGITS: Final = 6
_NOWHERE: Final = Span(1, 1, 1, 1)

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Task:
    """A cue to be composed, moved to begin at 0 s (see `task_of`), with the requests of its sections.
    `curve` is what should be heard."""

    cue: PlannedCue
    curve: WantedCurve
    intents: tuple[Intent, ...]
    requests: tuple[tuple[int, Request], ...]


def task_of(asked: AskedCue, transfer: Transfer) -> Task:
    """The cue moved to 0 s, without its words and events, its times rounded. Its curve is what should
    be heard (`Transfer.wanted`)."""
    bare = replace(
        asked.cue,
        id="",
        title="",
        span=_NOWHERE,
        lines=(),
        emotion=(),
        events=(),
        tempo_steps=(),
        end_free=False,
    )
    home = at_home(bare, asked.cue.start_s)
    home = replace(home, tempo_map=tuple(replace(point, bpm=_round(point.bpm)) for point in home.tempo_map))
    curve = at_home(transfer.wanted(asked.curve), asked.cue.start_s)
    samples = tuple(replace(s, valence=_round(s.valence), arousal=_round(s.arousal)) for s in curve.samples)
    return Task(home, WantedCurve(samples), asked.intents, asked.requests)


def unnamed(task: Task) -> Task:
    """The task whichever take the writer names: the takes are the same."""
    return task if task.cue.take is None else replace(task, cue=replace(task.cue, take=None))


def words_of(cue: PlannedCue) -> object:
    """The words and events of a cue, as if it began at 0 s: what arranging looks at beside the task."""
    home = at_home(cue, cue.start_s)
    return tuple(tuple(replace(one, span=_NOWHERE) for one in own) for own in (home.lines, home.events))


def at_home(value: T, start_s: float) -> T:
    """A cue, or what is known of it, that begins at `start_s` moved to 0 s and to the microsecond."""
    return with_times(value, lambda t_s: _round(t_s - start_s))


def _round(value: float) -> float:
    return round(value, _DIGITS) + 0.0
