"""What is asked of the generator and what it gives back: requests, chords, grid notes, takes.

A cue becomes one or more requests (one per stretch of constant metre and style); the generator answers all
requests of all cues in one batch. Everything here is plain data without torch.
"""

from dataclasses import dataclass
from typing import Literal

from dsl.plan import Key, Meter, RoleName
from engine.music.intent import Intent

STEPS_PER_BEAT = 4
"""The grid: sixteenth notes (a quarter has 4 steps)."""

Quality = Literal["maj", "min", "dim", "aug", "sus4", "sus2", "7", "maj7", "min7", "m7b5", "dim7", "none"]


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
    """A theme to be heard from bar `bar`: a latent point (`seed`) or written notes (relative to the cue's
    start of bar)."""

    bar: int
    name: str
    seed: int | None = None
    notes: tuple[GridNote, ...] = ()


@dataclass(frozen=True, slots=True)
class Request:
    """One stretch of music: `bars` bars of `meter` in `key`, one intent a bar.

    `style` is one of `dsl.vocabulary`'s style names. `closing` asks for a final cadence in the last bar,
    `loop` for an end that leads back to the start. `seed` derives every take: take k depends on (seed, k)
    alone, not on how many are asked.
    """

    bars: int
    meter: Meter
    key: Key
    style: str
    intents: tuple[Intent, ...]
    seed: int
    roles: tuple[RoleName, ...] = ("melody", "counter", "chords", "bass", "drums")
    motifs: tuple[MotifPlacement, ...] = ()
    closing: bool = True
    loop: bool = False


@dataclass(frozen=True, slots=True)
class Take:
    """One answer to a request. `number` counts from 1. `critic` is the critic's opinion squashed to 0…1.

    `latent` is the point it was decoded from (flattened float32 bytes), kept for optimisation and variation.
    """

    number: int
    chords: tuple[Chord, ...]
    roles: dict[RoleName, tuple[GridNote, ...]]
    critic: float
    latent: bytes = b""
