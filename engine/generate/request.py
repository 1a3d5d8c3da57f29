"""What is asked of the generator and what it gives back: requests, chords, grid notes, takes.

A cue becomes one or more requests (one per section of constant metre and style); the generator answers all
requests of all cues in one batch. Everything here is plain data without torch.
"""

from dataclasses import dataclass

from dsl.plan import ROLES, Key, Meter, RoleName
from engine.music.intent import Intent
from engine.music.theme_key import ThemeNote
from engine.music.theory import Quality

STEPS_PER_BEAT = 4
"""The grid: sixteenth notes (a quarter has 4 steps)."""

LONGEST_THEME_BEATS = 64
"""Quarter notes of a written theme that are played at the most."""

MOTIF_BARS = 2
"""Bars of a motif drawn by seed; a written one is as long as it is written."""


@dataclass(frozen=True, slots=True)
class Chord:
    """A harmony from grid step `start` for `steps` steps. `root` and `bass` are absolute pitch classes
    0–11."""

    start: int
    steps: int
    root: int
    quality: Quality
    bass: int


@dataclass(frozen=True, slots=True)
class GridNote:
    """A note on the grid: `start` and `steps` in sixteenths from the request's first bar; absolute MIDI
    pitch; velocity 1–127."""

    start: int
    steps: int
    pitch: int
    velocity: int


@dataclass(frozen=True, slots=True)
class MotifPlacement:
    """A theme to be heard from the start of bar `bar`: a latent point (`seed`) or written notes. `exact`:
    at the pitches written, whatever the key."""

    bar: int
    name: str
    seed: int | None = None
    notes: tuple[ThemeNote, ...] = ()
    exact: bool = False

    @property
    def steps(self) -> float:
        """Sixteenths from its beginning to the end of its last note; 0 for a latent point."""
        return max((note.start + note.steps for note in self.notes), default=0.0)


@dataclass(frozen=True, slots=True)
class Request:
    """One section of music: `bars` bars of `meter` in `key`, one intent a bar.

    `style` is one of `dsl.vocabulary`'s style names. `closing` asks for a final cadence in the last bar,
    `loop` for an end that leads back to the start. `seed` derives every take: take k depends on (seed, k)
    alone, not on how many are asked. `opening` (absolute root 0–11, quality) is the chord of the first bar,
    where what was heard before leads to it; a theme that enters there brings its own.
    """

    bars: int
    meter: Meter
    key: Key
    style: str
    intents: tuple[Intent, ...]
    seed: int
    roles: tuple[RoleName, ...] = ROLES
    motifs: tuple[MotifPlacement, ...] = ()
    closing: bool = True
    loop: bool = False
    opening: tuple[int, Quality] | None = None


@dataclass(frozen=True, slots=True)
class PhraseForm:
    """A phrase of `bars` bars from bar `bar`: phrases of one `letter` are alike; `how` it relates to the
    first of its letter: "new", "same", "new ending", "varied" or "sequence"."""

    letter: str
    bar: int
    bars: int
    how: str


@dataclass(frozen=True, slots=True)
class ThemeEntry:
    """A theme heard from bar `bar` for `bars` bars, and `how`: "quoted", "same", "varied", "sequence",
    "answer" or "lengthened"."""

    name: str
    bar: int
    bars: int
    how: str


@dataclass(frozen=True, slots=True)
class Take:
    """One answer to a request. `number` counts from 1. `critic` is the critic's opinion squashed to 0…1.

    `latent` is the point it was decoded from (flattened float32 bytes), kept for optimisation and variation;
    `form` and `themes` are the plan of its melody, empty without a line writer.
    """

    number: int
    chords: tuple[Chord, ...]
    roles: dict[RoleName, tuple[GridNote, ...]]
    critic: float
    latent: bytes = b""
    form: tuple[PhraseForm, ...] = ()
    themes: tuple[ThemeEntry, ...] = ()


@dataclass(frozen=True, slots=True)
class SectionTake:
    """A section of a cue: the bars of one metre, key and style from bar `first_bar` (0-based) of the cue.
    What was asked, and the take that was chosen."""

    first_bar: int
    request: Request
    take: Take


def theme_ends(request: Request) -> list[tuple[MotifPlacement, float]]:
    """Written themes with how many quarter notes each sounds: to its end, to the next theme or to the
    request's end."""
    bar_beats = request.meter.beats_per_bar
    entries = sorted(motif.bar for motif in request.motifs)
    found = []
    for motif in request.motifs:
        following = next((bar for bar in entries if bar > motif.bar), request.bars)
        if motif.notes:
            found.append((motif, min(motif.steps / STEPS_PER_BEAT, (following - motif.bar) * bar_beats)))
    return found
