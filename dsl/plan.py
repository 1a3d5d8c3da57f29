"""The plan: what shall be heard when. It is all that the engine gets to know of a score.

Text and time alone decide it: no model runs here. Emotions that only the text model can tell are left open
(`EmotionSegment.source == "text"`), and tempo is a range with a preferred value that the engine may re-fit
(`dsl.refit`) once it knows what the cue feels. Building the plan from a document lives in `dsl.planner`.

All times are seconds from the start of the score; emotions are −1…1; beats are quarter notes.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Generic, Literal, TypeVar

from dsl.diagnostics import Finding, Span

PICTURE_BLEND = 0.3
"""A film's say in arousal, where `@picture` does not give another."""
EmotionSource = Literal["text", "directive", "blend"]
EventKind = Literal["hit", "motif", "pause", "silence", "at"]
TransitionKind = Literal["cut", "segue", "crossfade", "ring-out", "button"]
Register = Literal["low", "mid", "high"]
RoleName = Literal["melody", "counter", "chords", "bass", "drums"]
T = TypeVar("T")
ROLES: tuple[RoleName, ...] = ("melody", "counter", "chords", "bass", "drums")


@dataclass(frozen=True, slots=True)
class Meter:
    """A time signature; `beats_per_bar` counts quarter notes (6/8 has 3.0)."""

    numerator: int = 4
    denominator: int = 4

    @property
    def beats_per_bar(self) -> float:
        """Quarter notes in a bar."""
        return self.numerator * 4.0 / self.denominator

    @property
    def is_compound(self) -> bool:
        """Whether its beats are dotted (3/8, 6/8, 9/16)."""
        return self.denominator >= 8 and self.numerator % 3 == 0

    def __str__(self) -> str:
        return f"{self.numerator}/{self.denominator}"


@dataclass(frozen=True, slots=True)
class Key:
    """A tonality: tonic pitch class 0–11 (C = 0) and mode. `spelling` is the tonic as the writer wrote it."""

    tonic: int
    mode: Literal["major", "minor"]
    spelling: str

    def __str__(self) -> str:
        return f"{self.spelling} {self.mode}"

    def holds(self, pitch: int) -> bool:
        """Whether a pitch lies in the key's scale; in minor the raised sixth and seventh do, too."""
        return (pitch - self.tonic) % 12 in SCALE_TONES[self.mode]


SCALE_TONES: Mapping[str, frozenset[int]] = {
    "major": frozenset({0, 2, 4, 5, 7, 9, 11}),
    "minor": frozenset({0, 2, 3, 5, 7, 8, 9, 10, 11}),
}
"""What counts as in the scale, in semitones above the tonic: minor is natural, harmonic and melodic
together."""


@dataclass(frozen=True, slots=True)
class TempoPoint:
    """From beat `beat` of the cue (0 = its first) and time `t_s`, quarter notes go at `bpm` until the next
    point."""

    beat: float
    t_s: float
    bpm: float


@dataclass(frozen=True, slots=True)
class CurvePoint:
    """A value at a time; between points a curve is linear, before the first and after the last it is
    constant."""

    t_s: float
    value: float


Curve = tuple[CurvePoint, ...]
"""A control over time, empty where the writer asked for nothing. Two points at one time make a step."""


@dataclass(frozen=True, slots=True)
class EmotionPoint:
    """A feeling on the plane: valence and arousal, each −1…1."""

    valence: float
    arousal: float


@dataclass(frozen=True, slots=True)
class Feeling:
    """How some words are to be read, as the writer says (`@feel`): valence and arousal under `intensity`,
    each −1…1. `name` is the emotion's name as written, None for a point; `file` is the included file that
    says so, None the score itself."""

    words: str
    valence: float
    arousal: float
    name: str | None
    intensity: float
    file: str | None
    span: Span


@dataclass(frozen=True, slots=True)
class EmotionSegment:
    """What the music feels from `start_s` to `end_s`: linear from `start` to `end`.

    `source` "text": start and end are None, the text model fills them in. "blend": the directive's points
    count `blend`, the text's 1 − `blend`. `name` is the emotion's name as written, for reports.
    """

    start_s: float
    end_s: float
    source: EmotionSource
    start: EmotionPoint | None = None
    end: EmotionPoint | None = None
    blend: float = 1.0
    name: str | None = None


@dataclass(frozen=True, slots=True)
class PlannedLine:
    """A line (or sentence-bearing paragraph line) of script with its time. `speaker` is None for narration.
    `confidence` 0…1 is how sure it is that a recording (`@voice`) says it then; None: by reading time."""

    text: str
    speaker: str | None
    start_s: float
    end_s: float
    span: Span
    confidence: float | None = None


@dataclass(frozen=True, slots=True)
class PlannedVoice:
    """A recording of the voice (`@voice`) that sounds from `start_s` to `end_s`. `path` is below the score's
    folder."""

    path: str
    start_s: float
    end_s: float
    span: Span


@dataclass(frozen=True, slots=True)
class PlannedEvent:
    """A hit, motif entry, pause, silence or `@at` anchor. `duration_s` for pause and silence, else 0."""

    kind: EventKind
    t_s: float
    name: str | None
    span: Span
    duration_s: float = 0.0


@dataclass(frozen=True, slots=True)
class Setting(Generic[T]):
    """A stepwise setting: `value` holds from `start_s` to `end_s`."""

    start_s: float
    end_s: float
    value: T


@dataclass(frozen=True, slots=True)
class MotifNote:
    """One motif element: MIDI pitches (empty = rest, several = chord) lasting `beats` quarter notes."""

    pitches: tuple[int, ...]
    beats: float


@dataclass(frozen=True, slots=True)
class Motif:
    """A theme: exactly one of `notes`, `seed`, `file` (path relative to the score's folder) is set.
    `exact`: at the pitches written, whatever the key.
    """

    name: str
    notes: tuple[MotifNote, ...] | None = None
    seed: int | None = None
    file: str | None = None
    span: Span | None = None
    exact: bool = False


@dataclass(frozen=True, slots=True)
class Character:
    """Somebody in the story: the motif that stands for them, and the register it lies in."""

    name: str
    motif: str | None = None
    register: Register | None = None


@dataclass(frozen=True, slots=True)
class Palette:
    """A style of the writer's own: instruments by role (GM-like names, "none" silences) over `base` style or
    none."""

    name: str
    base: str | None
    instruments: tuple[tuple[RoleName, str], ...]


@dataclass(frozen=True, slots=True)
class Transition:
    """How a cue hands over; `duration_s` is 0 for all but a crossfade. `to` is the id of the cue that it
    leads to, None for the one that follows in the score. `bars`: a crossfade's length where it is written in
    bars, else 0."""

    kind: TransitionKind = "segue"
    duration_s: float = 0.0
    to: str | None = None
    bars: float = 0.0


@dataclass(frozen=True, slots=True)
class PlannedCue:
    """A stretch of music. Bars fill it exactly: `bars` bars of its meters under `tempo_map` end at `end_s`.

    `tempo_range` is what the planner may use (equal ends = fixed), `tempo_factor` scales what the engine
    would choose, `tempo_asked` says whether the writer asked for a tempo at all. `key` None means the engine
    chooses. Stepwise settings cover the cue without gaps. `tempo_steps` are the ranges where `@tempo` changes
    within the cue (empty where it does not). `bars_asked` is what `@bars` says. `end_free`: no `@at` or
    `@out` pins its end or anything after it, so that it may move and take all that follows with it.
    """

    id: str
    title: str
    start_s: float
    end_s: float
    span: Span
    styles: tuple[Setting[str], ...]
    meters: tuple[Setting[Meter], ...]
    keys: tuple[Setting[Key | None], ...]
    instruments: tuple[Setting[tuple[tuple[RoleName, str], ...]], ...]
    muted: tuple[Setting[tuple[RoleName, ...]], ...]
    tempo_range: tuple[float, float]
    tempo_asked: bool
    tempo_factor: float
    tempo_map: tuple[TempoPoint, ...]
    bars: int
    lines: tuple[PlannedLine, ...]
    emotion: tuple[EmotionSegment, ...]
    events: tuple[PlannedEvent, ...]
    dynamics: Curve
    density: Curve
    tension: Curve
    register: Curve
    seed: int
    take: int | None
    loop: bool
    transition: Transition
    freeze: str | None
    temp: str | None
    tempo_steps: tuple[Setting[tuple[float, float]], ...] = ()
    bars_asked: int | None = None
    end_free: bool = False
    brightness: Curve = ()
    """Timbre, 0 dark … 1 bright. No directive asks for it; a temp track does."""
    end_pinned: bool = False
    """`@out` says where the cue ends."""
    voices: tuple[PlannedVoice, ...] = ()
    """The recordings that begin with this cue; the whole score's begins with the first."""
    leads_to: tuple[Transition, ...] = ()
    """How a game goes from this cue to others, each named by its id; no cue twice."""
    layers: int | None = None
    """In how many layers a game gets the cue; None where nobody asked."""

    picture: str | None = None
    """The film (`@picture`) whose pace has a say in what is felt; its first frame is the score's second 0."""
    picture_blend: float = PICTURE_BLEND
    """How much of a say, 0…1; the text has the rest."""
    picture_arousal: Curve = ()
    """The film's arousal −1…1 over the cue, once somebody has looked at it."""

    @property
    def duration_s(self) -> float:
        """Seconds from the cue's start to its end."""
        return self.end_s - self.start_s


@dataclass(frozen=True, slots=True)
class Plan:
    """The whole timeline. `folder` is the score's folder (motif files, frozen takes and temp tracks lie below
    it)."""

    title: str
    author: str | None
    language: Literal["auto", "zh", "en"]
    seed: int
    duration_s: float
    fps: float | None
    film_start_s: float
    output: tuple[str, ...]
    folder: str
    cues: tuple[PlannedCue, ...]
    motifs: tuple[Motif, ...]
    characters: tuple[Character, ...]
    palettes: tuple[Palette, ...]
    findings: tuple[Finding, ...]
    feelings: tuple[Feeling, ...] = ()
    drop_frame: bool = False
    """Whether the film's timecodes are counted drop-frame (`01:00:10;12`)."""
