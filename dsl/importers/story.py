"""What a foreign script comes to before it is a score: scenes of prose, speech, comments and moments.

Readers fill it, `dsl.importers.score_text` writes it. Texts here are plain: no escapes, no marks, no
directives.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

Kind = Literal["fountain", "fdx", "srt", "vtt", "edl", "markers", "otio", "fcpxml", "xmeml", "aaf", "text"]
KINDS: tuple[Kind, ...] = (
    *("fountain", "fdx", "srt", "vtt", "edl", "markers", "otio", "fcpxml", "xmeml", "aaf", "text"),
)
TIMELINES: tuple[Kind, ...] = ("otio", "fcpxml", "xmeml", "aaf")
"""Those that OpenTimelineIO reads."""
LISTS: tuple[Kind, ...] = ("edl", "markers", *TIMELINES)
"""Those that hold times and no script: cuts and markers of a film."""


@dataclass(frozen=True, slots=True)
class Remark:
    """Something of the source that the score says otherwise or not at all. `line` and `column` count from 1;
    line 0 is the whole file, column 0 the whole line.

    `what` names the thing and is the same for all of its kind; `became` says what became of it.
    """

    line: int
    what: str
    became: str
    column: int = 0


@dataclass(frozen=True, slots=True)
class Prose:
    """A line of narration."""

    text: str
    line: int


@dataclass(frozen=True, slots=True)
class Speech:
    """A line that `speaker` says; the name as the source has it."""

    speaker: str
    text: str
    line: int


@dataclass(frozen=True, slots=True)
class Aside:
    """What a reader should see and nobody should hear: a comment in the score."""

    text: str
    line: int


@dataclass(frozen=True, slots=True)
class Gap:
    """A paragraph's end."""


@dataclass(frozen=True, slots=True)
class Moment:
    """What follows begins at `at_ms`, milliseconds from the start, and lasts `lasts_ms`, where that is
    known."""

    at_ms: int
    lasts_ms: int | None
    line: int


Part = Prose | Speech | Aside | Gap | Moment


@dataclass(frozen=True, slots=True)
class Scene:
    """A cue to be. `title` None is what stands before the first heading. `handover`: an `@transition` as
    written."""

    title: str | None
    parts: tuple[Part, ...]
    line: int
    handover: str | None = None


@dataclass(frozen=True, slots=True)
class Story:
    """A whole script. `pace` is in characters (zh) or words (en) a minute, None for the language's
    default. `problem`: why there is none."""

    kind: Kind
    title: str | None
    scenes: tuple[Scene, ...]
    remarks: tuple[Remark, ...] = ()
    author: str | None = None
    pace: float | None = None
    opening: tuple[Aside, ...] = ()
    problem: str | None = None


def trimmed(parts: Iterable[Part]) -> tuple[Part, ...]:
    """The parts without gaps at the ends and with single gaps between."""
    kept: list[Part] = []
    for part in parts:
        if not (isinstance(part, Gap) and (not kept or isinstance(kept[-1], Gap))):
            kept.append(part)
    if kept and isinstance(kept[-1], Gap):
        kept.pop()
    return tuple(kept)


def speaks(parts: Iterable[Part]) -> bool:
    """Whether anything of it is heard."""
    return any(isinstance(part, Prose | Speech) for part in parts)
