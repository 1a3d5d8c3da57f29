"""Notes on named tracks, in beats and seconds: what the engine composes and everything is rendered from.

Beats are quarter notes from the start of the score and are where a note is written; seconds are when it is
played (expressive timing moves them off the grid by milliseconds). Writing files is `engine.render`'s
business.
"""

from dataclasses import dataclass
from typing import Literal

from dsl.plan import Key, Meter, RoleName
from engine.music.theory import Quality

MarkerKind = Literal["cue", "hit", "motif", "line", "section"]


@dataclass(frozen=True, slots=True)
class Note:
    """One note. Pitch is MIDI 0–127 (60 = C4), velocity 1–127; `end_s` > `start_s`, `beats` > 0."""

    pitch: int
    velocity: int
    start_beat: float
    beats: float
    start_s: float
    end_s: float


@dataclass(frozen=True, slots=True)
class Track:
    """One instrument's part. `program` is General MIDI 0–127, ignored for drums. `name` is unique in the
    score."""

    name: str
    role: RoleName
    program: int
    is_drum: bool
    notes: tuple[Note, ...]
    gain_db: float = 0.0
    pan: float = 0.0
    expression: tuple[tuple[float, int], ...] = ()
    """Expression (controller 11) at times in seconds, ascending; 127 before the first."""


@dataclass(frozen=True, slots=True)
class TempoChange:
    """From this beat and time, quarter notes go at `bpm`."""

    beat: float
    t_s: float
    bpm: float


@dataclass(frozen=True, slots=True)
class MeterChange:
    """From this beat (quarter notes from the score's start) and time the metre holds."""

    beat: float
    t_s: float
    meter: Meter


@dataclass(frozen=True, slots=True)
class KeyChange:
    """From this beat (quarter notes from the score's start) and time the key holds."""

    beat: float
    t_s: float
    key: Key


@dataclass(frozen=True, slots=True)
class Marker:
    """A named moment: cue starts, hits, motif entries."""

    t_s: float
    beat: float
    kind: MarkerKind
    text: str


@dataclass(frozen=True, slots=True)
class Lyric:
    """A line of script as it is spoken over the music."""

    start_s: float
    end_s: float
    text: str
    speaker: str | None = None


def phrase_letter(number: int) -> str:
    """The letter of the phrase that is new for the `number`th time, from 0: A … Z, A26 …"""
    return chr(ord("A") + number) if number < 26 else f"A{number}"


def phrase_name(letter: str, how: str) -> str:
    """A phrase's letter, with a stroke where it is not as the first of its letter."""
    return letter if how in ("new", "same") else f"{letter}'"


@dataclass(frozen=True, slots=True)
class ScorePhrase:
    """A phrase of a cue's tune: `bars` bars from bar `bar` (from 1 in the cue), which begins at `start_s`.
    Phrases of one `letter` are alike; `how` it relates to the first of its letter: "new", "same", "new
    ending", "varied" or "sequence"."""

    letter: str
    bar: int
    bars: int
    how: str
    start_s: float

    @property
    def name(self) -> str:
        """The letter, with a stroke where the phrase is not as the first of its letter."""
        return phrase_name(self.letter, self.how)


@dataclass(frozen=True, slots=True)
class ScoreTheme:
    """Where a theme is heard, `bar` from 1 in the cue, and `how`: "quoted", "same", "varied", "sequence",
    "answer" (its rhythm) or "lengthened"."""

    name: str
    bar: int
    bars: int
    how: str


@dataclass(frozen=True, slots=True)
class ScoreCue:
    """Where a cue lies in the score and what it is made of; `form` and `themes` where they were planned."""

    id: str
    title: str
    start_s: float
    end_s: float
    start_beat: float
    end_beat: float
    style: str
    key: Key
    take: int
    loop: bool
    form: tuple[ScorePhrase, ...] = ()
    themes: tuple[ScoreTheme, ...] = ()


@dataclass(frozen=True, slots=True)
class ChordSpan:
    """The harmony in force from `beat` to `end_beat`: root pitch class 0–11 and quality."""

    beat: float
    end_beat: float
    root: int
    quality: Quality


@dataclass(frozen=True, slots=True)
class Score:
    """A finished piece. Tracks are sorted by role then name, notes by start then pitch."""

    title: str
    author: str | None
    duration_s: float
    tracks: tuple[Track, ...]
    tempo: tuple[TempoChange, ...]
    meters: tuple[MeterChange, ...]
    keys: tuple[KeyChange, ...]
    markers: tuple[Marker, ...]
    lyrics: tuple[Lyric, ...]
    cues: tuple[ScoreCue, ...]
    remarks: tuple[str, ...] = ()
    """What could not be arranged as it was asked, in words."""
    harmony: tuple[ChordSpan, ...] = ()
    """The chords that the music was composed on, ascending; none where a take was frozen."""
