"""The directives, one class each: what a directive line or a mark says, typed and in canonical names."""

from dataclasses import dataclass

from dsl.plan import EmotionPoint, Key, Meter, Register, RoleName, TransitionKind
from dsl.values import Columns, Duration, Name, Notes, Number, Ramp, String, Timecode


@dataclass(frozen=True, slots=True)
class Directive:
    """What all directives have: the name as written, and the place of the whole (from the `@`, or inside the
    braces).
    """

    name: Name
    columns: Columns


@dataclass(frozen=True, slots=True)
class CharacterDirective(Directive):
    character: Name
    motif: Name | None
    register: Register | None


@dataclass(frozen=True, slots=True)
class MotifDeclaration(Directive):
    """Exactly one of `notes`, `seed`, `file` is set; `file` is relative to the score's folder.

    (In the source it is relative to the file it stands in; `dsl.include` makes the difference good.)
    `exact`: at the pitches written, whatever the key.
    """

    motif: Name
    notes: Notes | None = None
    seed: int | None = None
    file: String | None = None
    exact: bool = False


@dataclass(frozen=True, slots=True)
class MoodDirective(Directive):
    mood: Name
    valence: float
    arousal: float


@dataclass(frozen=True, slots=True)
class Assignment:
    """`melody=cello`: the instrument's canonical name (`dsl.instruments`), or "none"."""

    role: RoleName
    instrument: str
    columns: Columns


@dataclass(frozen=True, slots=True)
class StyleName:
    """A style: one of the language's own (canonical), or a palette of the writer's (as written)."""

    name: str
    is_palette: bool
    columns: Columns


@dataclass(frozen=True, slots=True)
class PaletteDirective(Directive):
    palette: Name
    base: StyleName | None
    instruments: tuple[Assignment, ...]


@dataclass(frozen=True, slots=True)
class IncludeDirective(Directive):
    path: String


@dataclass(frozen=True, slots=True)
class EmotionTarget:
    """Where an `@emotion` leads. `point` is before `intensity`, None where `name` is a mood of the writer's.

    `name` is canonical for the language's own emotions, as written for moods, None for a `v= a=` point;
    `written` is the name as written. A mood may redefine an emotion of the language: `document.point` knows.
    """

    name: str | None
    point: EmotionPoint | None
    intensity: float
    columns: Columns
    written: str = ""


@dataclass(frozen=True, slots=True)
class EmotionDirective(Directive):
    """`ramp` None is `@emotion auto`. `blend` 0…1 is the directive's share against the text's, 1 where not
    written.
    """

    ramp: Ramp[EmotionTarget] | None
    blend: float = 1.0


@dataclass(frozen=True, slots=True)
class StyleDirective(Directive):
    style: StyleName


@dataclass(frozen=True, slots=True)
class TempoValue:
    """Either a range in quarter notes a minute (equal ends = fixed) or a factor: on the last tempo written,
    where none was on what the engine would choose.
    """

    low: float | None
    high: float | None
    factor: float | None
    columns: Columns


@dataclass(frozen=True, slots=True)
class TempoDirective(Directive):
    tempo: TempoValue


@dataclass(frozen=True, slots=True)
class KeyDirective(Directive):
    """`key` None is `@key auto`."""

    key: Key | None


@dataclass(frozen=True, slots=True)
class MeterDirective(Directive):
    meter: Meter


@dataclass(frozen=True, slots=True)
class DynamicsDirective(Directive):
    """Loudness 0…1 as `dsl.vocabulary.DYNAMICS` places the marks."""

    ramp: Ramp[Number]


@dataclass(frozen=True, slots=True)
class DensityDirective(Directive):
    ramp: Ramp[Number]


@dataclass(frozen=True, slots=True)
class TensionDirective(Directive):
    ramp: Ramp[Number]


@dataclass(frozen=True, slots=True)
class RegisterDirective(Directive):
    """Range 0…1 as `dsl.vocabulary.REGISTER_VALUES` places low, mid and high."""

    ramp: Ramp[Number]


@dataclass(frozen=True, slots=True)
class InstrumentsDirective(Directive):
    instruments: tuple[Assignment, ...]


@dataclass(frozen=True, slots=True)
class MuteDirective(Directive):
    roles: tuple[RoleName, ...]


@dataclass(frozen=True, slots=True)
class PaceDirective(Directive):
    """Words (en) or characters (zh) a minute."""

    pace: float


@dataclass(frozen=True, slots=True)
class TempDirective(Directive):
    path: String


@dataclass(frozen=True, slots=True)
class AtDirective(Directive):
    time: Timecode


@dataclass(frozen=True, slots=True)
class OutDirective(Directive):
    """Where the cue ends."""

    time: Timecode


@dataclass(frozen=True, slots=True)
class FitDirective(Directive):
    duration: Duration


@dataclass(frozen=True, slots=True)
class PauseDirective(Directive):
    duration: Duration


@dataclass(frozen=True, slots=True)
class SilenceDirective(Directive):
    duration: Duration


@dataclass(frozen=True, slots=True)
class HitDirective(Directive):
    label: Name | None


@dataclass(frozen=True, slots=True)
class MotifEntry(Directive):
    motif: Name


@dataclass(frozen=True, slots=True)
class TransitionDirective(Directive):
    """`duration` only with crossfade, and None there where none was written."""

    kind: TransitionKind
    duration: Duration | None


@dataclass(frozen=True, slots=True)
class SeedDirective(Directive):
    seed: int


@dataclass(frozen=True, slots=True)
class TakeDirective(Directive):
    """The take's number, from 1."""

    take: int


@dataclass(frozen=True, slots=True)
class BarsDirective(Directive):
    bars: int


@dataclass(frozen=True, slots=True)
class LoopDirective(Directive):
    pass


@dataclass(frozen=True, slots=True)
class FreezeDirective(Directive):
    path: String


DECLARATIONS: tuple[type[Directive], ...] = (
    CharacterDirective,
    MotifDeclaration,
    MoodDirective,
    PaletteDirective,
    IncludeDirective,
)
"""The directives that hold for the whole file and take no part in time."""
