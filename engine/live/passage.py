"""What is written at a time while music plays: an order for a few bars, and the passage that comes of it.
Plain values, so that whoever writes them may be a process of its own.
"""

from dataclasses import dataclass
from typing import Protocol

from dsl.plan import Key, Meter
from engine.music.score import ChordSpan, Track
from engine.music.theme_key import ThemeNote
from engine.music.theory import Quality

FeltPoint = tuple[float, float]
"""Valence and arousal, each −1…1."""


@dataclass(frozen=True, slots=True)
class HeardBefore:
    """What the bars before a passage left in the ear: their key, the last chord (root pitch class 0–11), and
    the tempo, from which a passage may bend away by the share `bend` (1: as far as it likes)."""

    key: Key
    root: int
    quality: Quality
    bpm: float
    bend: float


@dataclass(frozen=True, slots=True)
class PassageOrder:
    """A few bars to be written, in terms of the base score.

    `cue` is the id of the cue whose settings hold ("": the first one's), read at its bar `from_bar`; `style`,
    `meter`, `key` and `tempo` (a range in quarter notes a minute) stand above them. `feeling` are points by
    their share of the passage (0…1, ascending); without any the cue's own hold. `theme` is what the melody
    begins with, `motif` the name of a declared theme that enters. `closing`: the music ends with it.
    """

    bars: int
    seed: int
    takes: int
    style: str
    meter: Meter
    key: Key | None
    tempo: tuple[float, float]
    cue: str = ""
    from_bar: int = 0
    tempo_factor: float = 1.0
    feeling: tuple[tuple[float, FeltPoint], ...] = ()
    before: HeardBefore | None = None
    motif: str | None = None
    theme: tuple[ThemeNote, ...] = ()
    loop: bool = False
    closing: bool = False


@dataclass(frozen=True, slots=True)
class LivePassage:
    """Bars of music: tracks with beats and seconds counted from its start at one tempo, its harmony, what is
    felt in its middle (`feeling`) and at its end, how well that is heard (`match` 0…1), and its melody's
    beginning (`theme`)."""

    bars: int
    meter: Meter
    bpm: float
    key: Key
    style: str
    tracks: tuple[Track, ...]
    harmony: tuple[ChordSpan, ...]
    feeling: FeltPoint
    feeling_end: FeltPoint
    match: float
    theme: tuple[ThemeNote, ...] = ()

    @property
    def beats(self) -> float:
        """Quarter notes."""
        return self.bars * self.meter.beats_per_bar

    @property
    def seconds_a_beat(self) -> float:
        """Seconds of a quarter note."""
        return 60.0 / self.bpm


class PassageWriter(Protocol):
    """Whoever writes passages and reads texts, here or in another process. Both may take their time, and
    raise."""

    def read(self, scene: tuple[str, ...]) -> FeltPoint:
        """What the last line of a scene feels, the others being heard before it. Raises MelodramaError."""
        ...

    def write(self, order: PassageOrder) -> LivePassage:
        """The bars of an order: the same order gives the same bars. Raises MelodramaError."""
        ...
