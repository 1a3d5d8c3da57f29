"""The typed values of directives, each with its place in the line: numbers, durations, names, notes."""

from dataclasses import dataclass
from typing import Generic, Literal, TypeVar

from dsl.diagnostics import Span
from dsl.timecode import frame_number, is_drop_rate

T = TypeVar("T", covariant=True)
Unit = Literal["s", "ms", "bars", "beats"]


@dataclass(frozen=True, slots=True)
class Columns:
    """A stretch of one line: columns from 1 in code points, the end exclusive."""

    start: int
    end: int

    def on(self, line: int) -> Span:
        """These columns as a place in the source."""
        return Span(line, self.start, line, self.end)

    def slice(self, text: str) -> str:
        """What the stretch covers in its line's text."""
        return text[self.start - 1 : self.end - 1]


@dataclass(frozen=True, slots=True)
class Number:
    """A finite number; `80%` is 0.8 with `percent` set."""

    value: float
    columns: Columns
    percent: bool = False


@dataclass(frozen=True, slots=True)
class Duration:
    """A length as written. `seconds` is None where it counts bars or beats: only a tempo map can tell."""

    value: float
    unit: Unit
    columns: Columns

    @property
    def seconds(self) -> float | None:
        """The duration in seconds; None where it is counted in bars or beats, which have no length without
        a tempo."""
        if self.unit == "s":
            return self.value
        return self.value / 1000.0 if self.unit == "ms" else None


@dataclass(frozen=True, slots=True)
class Timecode:
    """A moment: `whole_s` seconds (with fraction, where written so) and `frames` film frames on top, or
    None. `drop`: the frames are counted drop-frame.
    """

    whole_s: float
    frames: int | None
    columns: Columns
    drop: bool = False

    def at(self, fps: float | None) -> float:
        """Seconds by the clock, under the film's frame rate; frames count nothing without one (a finding
        says so)."""
        return self.whole_s + (self.frames / fps if self.frames and fps else 0.0)

    def film_s(self, fps: float | None) -> float:
        """Seconds of film since 00:00:00:00 (SMPTE ST 12-1): where no labels are dropped, 24 frames are one
        second of timecode at 23.976 a second, which takes 1.001 s."""
        if not fps:
            return self.whole_s
        if self.drop and is_drop_rate(fps):
            return frame_number(int(self.whole_s), self.frames or 0, fps, drop=True) / fps
        return (self.whole_s * round(fps) + (self.frames or 0)) / fps


@dataclass(frozen=True, slots=True)
class Range:
    """`LOW..HIGH` as written."""

    low: float
    high: float
    columns: Columns


@dataclass(frozen=True, slots=True)
class Fraction:
    """`3/4`."""

    numerator: int
    denominator: int
    columns: Columns


@dataclass(frozen=True, slots=True)
class Factor:
    """`x0.8`."""

    value: float
    columns: Columns


@dataclass(frozen=True, slots=True)
class Name:
    """A name as written."""

    text: str
    columns: Columns


@dataclass(frozen=True, slots=True)
class String:
    """A quoted string, without its quotes; `columns` covers them."""

    value: str
    columns: Columns


@dataclass(frozen=True, slots=True)
class WrittenNote:
    """One element of written notes: MIDI pitches (empty = rest, several = chord) lasting `beats` quarter
    notes.
    """

    pitches: tuple[int, ...]
    beats: float
    columns: Columns


@dataclass(frozen=True, slots=True)
class Notes:
    """`[ … ]`: a theme as written."""

    notes: tuple[WrittenNote, ...]
    columns: Columns


Scalar = Number | Duration | Timecode | Range | Fraction | Factor | Name | String | Notes


@dataclass(frozen=True, slots=True)
class KeyValue:
    """`key=value`."""

    key: Name
    value: Scalar
    columns: Columns


@dataclass(frozen=True, slots=True)
class Ramp(Generic[T]):
    """A value, or a way from one to another.

    `end` None: constant at `start`. Else linear from `start` to `end` over `over`, or over what is left of
    the cue where `over` is None; after it `end` holds.
    """

    start: T
    end: T | None
    over: Duration | None
