"""What the panes are given to show, as plain values: the session makes them, the widgets draw them. No
Textual."""

from collections.abc import Callable
from dataclasses import dataclass

POOR_MATCH = 0.5
"""Below this the list says so, and the cue's tip offers what helps."""


@dataclass(frozen=True, slots=True)
class CueRow:
    """What is shown of a cue. `match` 0…1 is None until it has been composed; `busy` while it is being
    composed."""

    id: str
    title: str
    start_s: float
    end_s: float
    match: float | None = None
    take: int | None = None
    takes: int = 0
    kept: bool = False
    busy: bool = False


@dataclass(frozen=True, slots=True)
class ArcCue:
    """One cue's stretch of the arc: what is asked at a time, and what was heard, once something was.

    `asked` gives (valence, arousal), each −1…1; `heard` the recogniser's mean.
    """

    start_s: float
    end_s: float
    asked: Callable[[float], tuple[float, float]]
    heard: tuple[float, float] | None = None


@dataclass(frozen=True, slots=True)
class TakeRow:
    """One candidate of a cue: its match 0…1, whether it sounds now, is the best match, is named by
    `@take`, may still gain when it is tried (`open`), and is probably liked most."""

    number: int
    match: float
    sounds: bool = False
    best: bool = False
    kept: bool = False
    open: bool = False
    liked: bool = False
