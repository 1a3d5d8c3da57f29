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
    """A speaker, with the theme that enters when they speak (None: none) and the register of their lines."""

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
    """A feeling of the writer's own by name: valence and arousal, each −1…1."""

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
    """A style of the writer's own: instruments by role on top of `base`; without a base only the roles
    named here sound."""

    palette: Name
    base: StyleName | None
    instruments: tuple[Assignment, ...]


@dataclass(frozen=True, slots=True)
class IncludeDirective(Directive):
    """Declarations of another score; `path` as written, relative to this file."""

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
class FeelDirective(Directive):
    """How `words` (a line, a sentence, a phrase or a word) are to be read, wherever they stand."""

    words: String
    target: EmotionTarget


@dataclass(frozen=True, slots=True)
class EmotionDirective(Directive):
    """`ramp` None is `@emotion auto`. `blend` 0…1 is the directive's share against the text's, 1 where not
    written.
    """

    ramp: Ramp[EmotionTarget] | None
    blend: float = 1.0


@dataclass(frozen=True, slots=True)
class StyleDirective(Directive):
    """The style from here on: one of the language's or a palette's name."""

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
    """The tempo from here on: a number, a range or a factor on what the feeling asks for."""

    tempo: TempoValue


@dataclass(frozen=True, slots=True)
class KeyDirective(Directive):
    """`key` None is `@key auto`."""

    key: Key | None


@dataclass(frozen=True, slots=True)
class MeterDirective(Directive):
    """The time signature from here on."""

    meter: Meter


@dataclass(frozen=True, slots=True)
class DynamicsDirective(Directive):
    """Loudness 0…1 as `dsl.vocabulary.DYNAMICS` places the marks."""

    ramp: Ramp[Number]


@dataclass(frozen=True, slots=True)
class DensityDirective(Directive):
    """How many notes, 0…1 as a percentile of all music; at once, or as a ramp over a duration."""

    ramp: Ramp[Number]


@dataclass(frozen=True, slots=True)
class TensionDirective(Directive):
    """Harmonic tension 0…1; at once, or as a ramp over a duration."""

    ramp: Ramp[Number]


@dataclass(frozen=True, slots=True)
class RegisterDirective(Directive):
    """Range 0…1 as `dsl.vocabulary.REGISTER_VALUES` places low, mid and high."""

    ramp: Ramp[Number]


@dataclass(frozen=True, slots=True)
class InstrumentsDirective(Directive):
    """Who plays which role from here on; "none" silences one."""

    instruments: tuple[Assignment, ...]


@dataclass(frozen=True, slots=True)
class MuteDirective(Directive):
    """The roles that are silent from here on; those not named sound."""

    roles: tuple[RoleName, ...]


@dataclass(frozen=True, slots=True)
class PaceDirective(Directive):
    """Words (en) or characters (zh) a minute."""

    pace: float


@dataclass(frozen=True, slots=True)
class TempDirective(Directive):
    """A recording (temp track) that the cue is to sound like; `path` as written, relative to this file."""

    path: String


@dataclass(frozen=True, slots=True)
class VoiceDirective(Directive):
    """The recording of the cue's words (before the first cue: of the whole score's), whose times hold; `path`
    as written, relative to this file."""

    path: String


@dataclass(frozen=True, slots=True)
class PictureDirective(Directive):
    """The film that a cue (before the first one: the whole score) is for; `path` as written, relative to this
    file. Its pace counts `blend` 0…1 in what the text arouses, the text the rest."""

    path: String
    blend: float


@dataclass(frozen=True, slots=True)
class AtDirective(Directive):
    """This place of the text is heard at `time`, on the film's clock or the score's."""

    time: Timecode


@dataclass(frozen=True, slots=True)
class OutDirective(Directive):
    """Where the cue ends."""

    time: Timecode


@dataclass(frozen=True, slots=True)
class FitDirective(Directive):
    """The cue lasts exactly this long; its text is squeezed or stretched."""

    duration: Duration


@dataclass(frozen=True, slots=True)
class PauseDirective(Directive):
    """Nobody speaks for this long; the music goes on."""

    duration: Duration


@dataclass(frozen=True, slots=True)
class SilenceDirective(Directive):
    """Nothing sounds for this long."""

    duration: Duration


@dataclass(frozen=True, slots=True)
class HitDirective(Directive):
    """An accent at this place of the text, and what it is called."""

    label: Name | None


@dataclass(frozen=True, slots=True)
class MotifEntry(Directive):
    """A declared theme enters here, at the next bar line."""

    motif: Name


@dataclass(frozen=True, slots=True)
class TransitionDirective(Directive):
    """`duration` only with crossfade, and None there where none was written. `to`: the cue that it leads to,
    by its number or title; None is the next one."""

    kind: TransitionKind
    duration: Duration | None
    to: Name | String | None = None

    @property
    def target(self) -> str | None:
        """What `to=` says, as written."""
        return self.to.value if isinstance(self.to, String) else self.to.text if self.to else None


@dataclass(frozen=True, slots=True)
class SeedDirective(Directive):
    """The number that the cue's music is drawn from."""

    seed: int


@dataclass(frozen=True, slots=True)
class TakeDirective(Directive):
    """The take's number, from 1."""

    take: int


@dataclass(frozen=True, slots=True)
class BarsDirective(Directive):
    """The cue has this many bars, whatever its text takes."""

    bars: int


@dataclass(frozen=True, slots=True)
class LoopDirective(Directive):
    """The cue ends so that it can be played round and round."""


@dataclass(frozen=True, slots=True)
class LayersDirective(Directive):
    """A game gets the cue in so many layers, from sparse to full."""

    layers: int


@dataclass(frozen=True, slots=True)
class FreezeDirective(Directive):
    """The cue's music is this MIDI file, whatever is composed; `path` as written, relative to this file."""

    path: String


DECLARATIONS: tuple[type[Directive], ...] = (
    CharacterDirective,
    MotifDeclaration,
    MoodDirective,
    PaletteDirective,
    IncludeDirective,
    FeelDirective,
)
"""The directives that hold for the whole file and take no part in time."""
