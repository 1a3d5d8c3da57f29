"""A cue's sketch: its lines and directives laid out by reading time alone, before any clock is known.

The sketch is cut into segments at each `@at`; inside a segment, places are seconds of unhurried reading
from its beginning. `dsl.cue_layout` makes it from a cue's lines; `dsl.placement` gives segments their real
times.
"""

from dataclasses import dataclass, field
from typing import NamedTuple

from dsl.diagnostics import Finding, Span
from dsl.rests import Rests, rests_at
from dsl.syntax import (
    Columns,
    Directive,
    PauseDirective,
    SilenceDirective,
)


@dataclass(slots=True)
class Place:
    """Somewhere in a cue: a segment and seconds of unhurried reading from its start."""

    segment: int
    offset_s: float


class SketchLine(NamedTuple):
    """A line of script from one place to another; a tuple, since a score has thousands of them."""

    text: str
    speaker: str | None
    line: int
    columns: Columns
    segment: int
    start_s: float
    end_segment: int
    end_s: float


@dataclass(slots=True)
class Moment:
    """A directive in its place. `duration_s`: of a pause or silence, or a ramp's own length (None: to the
    end)."""

    directive: Directive
    line: int
    place: Place
    duration_s: float | None = None

    @property
    def span(self) -> Span:
        """Where the directive stands in the source."""
        return self.directive.columns.on(self.line)

    @property
    def is_rest(self) -> bool:
        """Whether it is a pause or a silence, which takes time of its own."""
        return isinstance(self.directive, PauseDirective | SilenceDirective)


@dataclass(slots=True)
class Fit:
    """A paragraph under `@fit`, from place to place."""

    moment: Moment
    start: Place
    end: Place


@dataclass(slots=True)
class Segment:
    """A stretch that starts at an `@at` (`pin`), or where the cue does; `natural_s` is its unhurried
    length."""

    pin: Moment | None
    natural_s: float = 0.0


@dataclass(slots=True)
class CueSketch:
    """`of_cue` holds the last directive of each kind that is about the whole cue, `leads` the transitions
    that name the cue they lead to. `silent`: nothing to score."""

    lines: list[SketchLine] = field(default_factory=list)
    moments: list[Moment] = field(default_factory=list)
    segments: list[Segment] = field(default_factory=lambda: [Segment(None)])
    fits: list[Fit] = field(default_factory=list)
    of_cue: dict[type[Directive], Moment] = field(default_factory=dict)
    leads: list[Moment] = field(default_factory=list)
    findings: list[Finding] = field(default_factory=list)
    silent: bool = True


def rests_by_segment(cue: CueSketch) -> list[Rests]:
    """The pauses and silences of each segment of a cue, in its own seconds."""
    found: list[list[tuple[float, float]]] = [[] for _ in cue.segments]
    for one in cue.moments:
        if one.is_rest:
            found[one.place.segment].append((one.place.offset_s, one.duration_s or 0.0))
    return [rests_at(rests) for rests in found]
