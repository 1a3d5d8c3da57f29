"""The document: what was written, line by line, typed and with exact places. No meaning in time; that is the plan's.

Line n of the source is `document.items[n - 1]`, always: one item a line, blank and broken lines too. Places inside
a line are `Columns` (from 1, code points, end exclusive); `columns.on(line)` makes the `Span` that findings carry.
Items know no line number, so that a line that moved is still the same value and re-parsing may reuse it.

Names are resolved here as far as the language's own tables go: an emotion, style, instrument or role is its
canonical English name, whatever the writer used. The writer's own names stay `Name`s; look them up in
`document.declarations`. An item with an error in it is `Invalid` and says nothing; its findings do.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Generic, Literal, TypeVar

from dsl.diagnostics import Finding, Span
from dsl.plan import EmotionPoint, Key, Meter, Register, RoleName, TransitionKind

T = TypeVar("T", covariant=True)
Unit = Literal["s", "ms", "bars", "beats"]


@dataclass(frozen=True, slots=True)
class Columns:
    """A stretch of one line: columns from 1 in code points, the end exclusive."""

    start: int
    end: int

    def on(self, line: int) -> Span:
        return Span(line, self.start, line, self.end)

    def slice(self, text: str) -> str:
        """What the stretch covers in its line's text."""
        return text[self.start - 1 : self.end - 1]


# ---------------------------------------------------------------------------------------------- values


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
        if self.unit == "s":
            return self.value
        return self.value / 1000.0 if self.unit == "ms" else None


@dataclass(frozen=True, slots=True)
class Timecode:
    """A moment: `whole_s` seconds (with fraction, where written so) and `frames` film frames on top, or None."""

    whole_s: float
    frames: int | None
    columns: Columns

    def at(self, fps: float | None) -> float:
        """Seconds, under the film's frame rate; frames count nothing without one (a finding says so)."""
        return self.whole_s + (self.frames / fps if self.frames and fps else 0.0)


@dataclass(frozen=True, slots=True)
class Range:
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
class Note:
    """One element of written notes: MIDI pitches (empty = rest, several = chord) lasting `beats` quarter notes."""

    pitches: tuple[int, ...]
    beats: float
    columns: Columns


@dataclass(frozen=True, slots=True)
class Notes:
    notes: tuple[Note, ...]
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

    `end` None: constant at `start`. Else linear from `start` to `end` over `over`, or over what is left of the cue
    where `over` is None; after it `end` holds.
    """

    start: T
    end: T | None
    over: Duration | None


# ------------------------------------------------------------------------------------------ directives


@dataclass(frozen=True, slots=True)
class Directive:
    """What all directives have: the name as written, and the place of the whole (from the `@`, or inside the braces)."""

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
    """

    motif: Name
    notes: Notes | None = None
    seed: int | None = None
    file: String | None = None


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

    `name` is canonical for the language's own emotions, as written for moods, None for a `v= a=` point; `written` is
    the name as written. A mood may redefine an emotion of the language: `document.point` knows.
    """

    name: str | None
    point: EmotionPoint | None
    intensity: float
    columns: Columns
    written: str = ""


@dataclass(frozen=True, slots=True)
class EmotionDirective(Directive):
    """`ramp` None is `@emotion auto`. `blend` 0…1 is the directive's share against the text's, 1 where not written."""

    ramp: Ramp[EmotionTarget] | None
    blend: float = 1.0


@dataclass(frozen=True, slots=True)
class StyleDirective(Directive):
    style: StyleName


@dataclass(frozen=True, slots=True)
class TempoValue:
    """Either a range in quarter notes a minute (equal ends = fixed) or a factor on what the engine would choose."""

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


# --------------------------------------------------------------------------------------------- items


@dataclass(frozen=True, slots=True)
class TextRun:
    """Script text as it reads (escapes resolved); `columns` is where it stands in the source, escapes included."""

    text: str
    columns: Columns


@dataclass(frozen=True, slots=True)
class Mark:
    """A directive pinned in the text before the character at `position` (from 0) of the line's readable text.

    `columns` covers the braces.
    """

    directive: Directive
    position: int
    columns: Columns


@dataclass(frozen=True, slots=True)
class Blank:
    columns: Columns


@dataclass(frozen=True, slots=True)
class Comment:
    """`// …`; `text` without the slashes, stripped."""

    text: str
    columns: Columns


@dataclass(frozen=True, slots=True)
class CueHeading:
    """`# 1m1 The cliff`. `number` is None where the writer gave none, `title` may be empty."""

    number: Name | None
    title: str
    columns: Columns


@dataclass(frozen=True, slots=True)
class DirectiveLine:
    directive: Directive
    comment: Comment | None
    columns: Columns


@dataclass(frozen=True, slots=True)
class Text:
    """A line of narration. `text` is what is read: no marks, escapes resolved, ends stripped.

    `speech` is how the same line reads as dialogue, should its name turn out to be a character's; the document
    has put `Dialogue` in its place where it did, so that consumers need not look at it.
    """

    text: str
    runs: tuple[TextRun | Mark, ...]
    columns: Columns
    speech: "Dialogue | None" = field(default=None, repr=False)

    @property
    def marks(self) -> tuple[Mark, ...]:
        return tuple(run for run in self.runs if isinstance(run, Mark))


@dataclass(frozen=True, slots=True)
class Dialogue:
    """A line that a character speaks; `text` is what is spoken, without the name."""

    speaker: Name
    text: str
    runs: tuple[TextRun | Mark, ...]
    columns: Columns

    @property
    def marks(self) -> tuple[Mark, ...]:
        return tuple(run for run in self.runs if isinstance(run, Mark))


@dataclass(frozen=True, slots=True)
class FrontMatterEntry:
    """`key: value` above the `---`. `key` as written; the typed value is in `document.front_matter`."""

    key: Name
    value: str
    value_columns: Columns
    comment: Comment | None
    columns: Columns


@dataclass(frozen=True, slots=True)
class FrontMatterEnd:
    columns: Columns


@dataclass(frozen=True, slots=True)
class Invalid:
    """A line that could not be understood; its findings say why. It has no effect on anything else."""

    text: str
    columns: Columns


Item = (
    Blank
    | Comment
    | CueHeading
    | DirectiveLine
    | Text
    | Dialogue
    | FrontMatterEntry
    | FrontMatterEnd
    | Invalid
)


@dataclass(frozen=True, slots=True)
class ParsedLine:
    """One line on its own: its item, its findings (all on line 1), and the dialogue it is if its speaker exists."""

    item: Item
    findings: tuple[Finding, ...]
    speech: Dialogue | None = None
    speaker: str | None = None
    declares: bool = False
    directives: tuple[Directive, ...] = ()


# ------------------------------------------------------------------------------------------- document


@dataclass(frozen=True, slots=True)
class FrontMatter:
    """The file's defaults, typed; None where the writer said nothing (or nothing that could be understood)."""

    format: int | None = None
    title: str | None = None
    author: str | None = None
    language: Literal["auto", "zh", "en"] | None = None
    style: StyleName | None = None
    tempo: TempoValue | None = None
    key: Key | None = None
    meter: Meter | None = None
    pace: float | None = None
    seed: int | None = None
    fps: float | None = None
    start: Timecode | None = None
    output: tuple[str, ...] | None = None


D = TypeVar("D", bound=Directive, covariant=True)


@dataclass(frozen=True, slots=True)
class Declared(Generic[D]):
    """A declaration and where it stands: `file` None is the document itself, else the included path.

    `file` is relative to the score's folder, with `/`.
    """

    directive: D
    line: int
    file: str | None = None

    @property
    def span(self) -> Span:
        return self.directive.columns.on(self.line)


@dataclass(frozen=True, slots=True)
class Declarations:
    """What the file and its includes declare, by name as written. The first declaration of a name counts."""

    characters: Mapping[str, Declared[CharacterDirective]] = field(default_factory=dict)
    motifs: Mapping[str, Declared[MotifDeclaration]] = field(default_factory=dict)
    moods: Mapping[str, Declared[MoodDirective]] = field(default_factory=dict)
    palettes: Mapping[str, Declared[PaletteDirective]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class CueBlock:
    """A cue's stretch of lines: its heading's line (or that of its first line, for the implicit cue) and its body.

    `body` are line numbers, heading excluded.
    """

    heading: CueHeading | None
    line: int
    body: range


@dataclass(frozen=True, slots=True)
class Document:
    """A parsed score. `lines[n - 1]` is line n's text without its ending, `items[n - 1]` what it is.

    `findings` are the parser's own (syntax and values); `dsl.check` adds those of meaning.
    """

    lines: tuple[str, ...]
    items: tuple[Item, ...]
    front_matter: FrontMatter
    declarations: Declarations
    findings: tuple[Finding, ...]
    parsed: tuple[ParsedLine, ...] = field(default=(), repr=False, compare=False)

    def numbered(self) -> Iterator[tuple[int, Item]]:
        """Every item with its line number."""
        return enumerate(self.items, 1)

    def item(self, line: int) -> Item:
        return self.items[line - 1]

    def front_matter_end(self) -> int:
        """The line of the `---` that ends the front matter, 0 where there is none."""
        return next((line for line, item in self.numbered() if isinstance(item, FrontMatterEnd)), 0)

    def cues(self) -> tuple[CueBlock, ...]:
        """The cues in order. Lines before the first heading are an implicit cue when they hold text or directives.

        Declarations, comments and broken lines alone do not make one.
        """
        first = self.front_matter_end() + 1
        heads = [
            line for line in range(first, len(self.items) + 1) if type(self.items[line - 1]) is CueHeading
        ]
        stop = heads[0] if heads else len(self.items) + 1
        blocks: list[CueBlock] = []
        opening = next((line for line in range(first, stop) if _makes_a_cue(self.items[line - 1])), 0)
        if opening:
            blocks.append(CueBlock(None, opening, range(first, stop)))
        for line, end in pairwise([*heads, len(self.items) + 1]):
            heading = self.items[line - 1]
            assert isinstance(heading, CueHeading)
            blocks.append(CueBlock(heading, line, range(line + 1, end)))
        return tuple(blocks)

    def point(self, target: EmotionTarget) -> EmotionPoint:
        """An emotion target's point under its intensity, the writer's moods before the language's emotions.

        Neutral for a name that nobody declared.
        """
        moods = self.declarations.moods
        mood = moods.get(target.written) or moods.get(target.name or "")
        point = target.point or EmotionPoint(0.0, 0.0)
        if mood is not None:
            point = EmotionPoint(mood.directive.valence, mood.directive.arousal)
        return EmotionPoint(point.valence * target.intensity, point.arousal * target.intensity)


DECLARATIONS: tuple[type[Directive], ...] = (
    CharacterDirective,
    MotifDeclaration,
    MoodDirective,
    PaletteDirective,
    IncludeDirective,
)
"""The directives that hold for the whole file and take no part in time."""


def _makes_a_cue(item: Item) -> bool:
    if isinstance(item, DirectiveLine):
        return not isinstance(item.directive, DECLARATIONS)
    return isinstance(item, (Text, Dialogue))
