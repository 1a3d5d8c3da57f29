"""What an arrangement is made of while it is being made: notes that may still change, and the harmony under
them.

The finished, frozen notes are `engine.music.score.Note`; nothing outside `engine.arrange` sees these.
"""

from bisect import bisect_right
from collections.abc import Iterable
from dataclasses import dataclass

from dsl.plan import ROLES, Key, Meter, PlannedCue, RoleName
from dsl.timing import Bar
from engine.cues import CueMusic
from engine.music.clock import CueClock
from engine.music.intent import Intent
from engine.music.theory import Quality, chord_pitch_classes

PITCHED: tuple[RoleName, ...] = tuple(role for role in ROLES if role != "drums")


@dataclass(slots=True)
class Draft:
    """A note on its way. `beat` and `beats` are written (quarter notes from the cue's start), `start_s` and
    `end_s` played.

    weight: loudness wish of the take, 1–127, until `dynamics` makes it the velocity. pinned: stays at its
    exact time. accent: part of a hit or a button, so more voices join in. final: part of the closing
    chord, held as written. fixed: a theme's note, whose pitch is not to be mended. straight: of a theme
    whose rhythm swing would bend. pad: the harmony held, for voices that only do that. softness: factor on
    the velocity (speech).
    """

    role: RoleName
    beat: float
    beats: float
    pitch: int
    weight: float
    start_s: float = 0.0
    end_s: float = 0.0
    pinned: bool = False
    accent: bool = False
    fixed: bool = False
    straight: bool = False
    pad: bool = False
    final: bool = False
    softness: float = 1.0

    @property
    def end_beat(self) -> float:
        """Written end, quarter notes from the cue's start."""
        return self.beat + self.beats


@dataclass(frozen=True, slots=True)
class Harmony:
    """A chord of the cue: absolute root and bass pitch classes from `beat` to `end_beat`."""

    beat: float
    end_beat: float
    root: int
    quality: Quality
    bass: int

    @property
    def tones(self) -> tuple[int, ...]:
        """Pitch classes 0–11 of the chord from its root upwards."""
        return chord_pitch_classes(self.root, self.quality)


@dataclass(slots=True)
class CueDraft:
    """A cue being arranged."""

    music: CueMusic
    clock: CueClock
    notes: list[Draft]
    harmony: list[Harmony]
    phrases: list[float]
    """First beat of each phrase, the cue's end last."""

    @property
    def cue(self) -> PlannedCue:
        """The cue as planned."""
        return self.music.cue

    @property
    def bars(self) -> tuple[Bar, ...]:
        """Every bar of the cue, times in seconds from the score's start."""
        return self.clock.bars

    @property
    def meter(self) -> Meter:
        """The metre of the first bar."""
        return self.clock.bars[0].meter

    def of(self, role: RoleName) -> list[Draft]:
        """The notes of a role, by time and then from the bottom up."""
        return sorted((n for n in self.notes if n.role == role), key=lambda n: (n.beat, n.pitch))

    def harmony_at(self, beat: float) -> Harmony | None:
        """The chord in force at a beat; the last one before it where there is a hole."""
        following = bisect_right(self.harmony, beat + 1e-6, key=lambda chord: chord.beat)
        return self.harmony[max(0, following - 1)] if self.harmony else None

    def intent_at(self, beat: float) -> Intent:
        """What is asked of the bar that `beat` (from the cue's start) lies in; past the end of the last
        bar."""
        index = self.clock.bar_at(beat).index
        return self.music.intents[min(index, len(self.music.intents) - 1)]

    def key_at(self, beat: float) -> Key:
        """The key of the bar that `beat` (from the cue's start) lies in; past the end of the last bar."""
        index = self.clock.bar_at(beat).index
        return self.music.keys[min(index, len(self.music.keys) - 1)]


def without(notes: Iterable[Draft], unwanted: Iterable[Draft]) -> list[Draft]:
    """The notes that are not among `unwanted` (the same objects, not equal ones)."""
    gone = {id(note) for note in unwanted}
    return [note for note in notes if id(note) not in gone]
