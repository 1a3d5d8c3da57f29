"""The document: what was written, line by line, typed and with exact places. No meaning in time; that is the
plan's.

Line n of the source is `document.items[n - 1]`, always: one item a line, blank and broken lines too. Places
inside a line are `Columns` (from 1, code points, end exclusive); `columns.on(line)` makes the `Span` that
findings carry. Items know no line number, so that a line that moved is still the same value and re-parsing
may reuse it.

Names are resolved here as far as the language's own tables go: an emotion, style, instrument or role is its
canonical English name, whatever the writer used. The writer's own names stay `Name`s; look them up in
`document.declarations`. An item with an error in it is `Invalid` and says nothing; its findings do.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Generic, Literal, TypeVar

from dsl.diagnostics import Finding, Span
from dsl.directive_syntax import (
    DECLARATIONS,
    Assignment,
    AtDirective,
    BarsDirective,
    CharacterDirective,
    DensityDirective,
    Directive,
    DynamicsDirective,
    EmotionDirective,
    EmotionTarget,
    FeelDirective,
    FitDirective,
    FreezeDirective,
    HitDirective,
    IncludeDirective,
    InstrumentsDirective,
    KeyDirective,
    LayersDirective,
    LoopDirective,
    MeterDirective,
    MoodDirective,
    MotifDeclaration,
    MotifEntry,
    MuteDirective,
    OutDirective,
    PaceDirective,
    PaletteDirective,
    PauseDirective,
    PictureDirective,
    RegisterDirective,
    SeedDirective,
    SilenceDirective,
    StyleDirective,
    StyleName,
    TakeDirective,
    TempDirective,
    TempoDirective,
    TempoValue,
    TensionDirective,
    TransitionDirective,
    VoiceDirective,
)
from dsl.items import (
    Blank,
    Comment,
    CueHeading,
    Dialogue,
    DirectiveLine,
    FrontMatterEnd,
    FrontMatterEntry,
    Invalid,
    Item,
    Mark,
    Text,
    TextRun,
)
from dsl.plan import EmotionPoint, Key, Meter
from dsl.values import (
    Columns,
    Duration,
    Factor,
    Fraction,
    KeyValue,
    Name,
    Notes,
    Number,
    Ramp,
    Range,
    Scalar,
    String,
    Timecode,
    Unit,
    WrittenNote,
)

__all__ = [
    "DECLARATIONS",
    "Assignment",
    "AtDirective",
    "BarsDirective",
    "Blank",
    "CharacterDirective",
    "Columns",
    "Comment",
    "CueBlock",
    "CueHeading",
    "Declarations",
    "Declared",
    "DensityDirective",
    "Dialogue",
    "Directive",
    "DirectiveLine",
    "Document",
    "Duration",
    "DynamicsDirective",
    "EmotionDirective",
    "EmotionTarget",
    "Factor",
    "FeelDirective",
    "FitDirective",
    "Fraction",
    "FreezeDirective",
    "FrontMatter",
    "FrontMatterEnd",
    "FrontMatterEntry",
    "HitDirective",
    "IncludeDirective",
    "InstrumentsDirective",
    "Invalid",
    "Item",
    "KeyDirective",
    "KeyValue",
    "LayersDirective",
    "LoopDirective",
    "Mark",
    "MeterDirective",
    "MoodDirective",
    "MotifDeclaration",
    "MotifEntry",
    "MuteDirective",
    "Name",
    "Notes",
    "Number",
    "OutDirective",
    "PaceDirective",
    "PaletteDirective",
    "ParsedLine",
    "PauseDirective",
    "PictureDirective",
    "Ramp",
    "Range",
    "RegisterDirective",
    "Scalar",
    "SeedDirective",
    "SilenceDirective",
    "String",
    "StyleDirective",
    "StyleName",
    "TakeDirective",
    "TempDirective",
    "TempoDirective",
    "TempoValue",
    "TensionDirective",
    "Text",
    "TextRun",
    "Timecode",
    "TransitionDirective",
    "Unit",
    "VoiceDirective",
    "WrittenNote",
]


@dataclass(frozen=True, slots=True)
class ParsedLine:
    """One line on its own: its item, its findings (all on line 1), and the dialogue it is if its speaker
    exists.
    """

    item: Item
    findings: tuple[Finding, ...]
    speech: Dialogue | None = None
    speaker: str | None = None
    declares: bool = False
    directives: tuple[Directive, ...] = ()


@dataclass(frozen=True, slots=True)
class FrontMatter:
    """The file's defaults, typed; None where the writer said nothing (or nothing understandable)."""

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

    `file` is relative to the score's folder, with `/`; `brought` is the score's own `@include` for it.
    """

    directive: D
    line: int
    file: str | None = None
    brought: Span | None = None

    @property
    def span(self) -> Span:
        """Where the declaration stands in the source."""
        return self.directive.columns.on(self.line)


@dataclass(frozen=True, slots=True)
class Declarations:
    """What the file and its includes declare, by name as written. The first declaration of a name counts."""

    characters: Mapping[str, Declared[CharacterDirective]] = field(default_factory=dict)
    motifs: Mapping[str, Declared[MotifDeclaration]] = field(default_factory=dict)
    moods: Mapping[str, Declared[MoodDirective]] = field(default_factory=dict)
    palettes: Mapping[str, Declared[PaletteDirective]] = field(default_factory=dict)
    feelings: Mapping[str, Declared[FeelDirective]] = field(default_factory=dict)
    """By the words as `dsl.feelings.compared` makes them."""


@dataclass(frozen=True, slots=True)
class CueBlock:
    """A cue's stretch of lines: its heading's line (or that of its first line, for the implicit cue) and its
    body.

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
        """What stands in a line, counted from 1."""
        return self.items[line - 1]

    def front_matter_end(self) -> int:
        """The line of the `---` that ends the front matter, 0 where there is none."""
        return next((line for line, item in self.numbered() if isinstance(item, FrontMatterEnd)), 0)

    def cues(self) -> tuple[CueBlock, ...]:
        """The cues in order. Lines before the first heading are an implicit cue when they hold text or
        directives.

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


def _makes_a_cue(item: Item) -> bool:
    if isinstance(item, DirectiveLine):
        return not isinstance(item.directive, (*DECLARATIONS, VoiceDirective, PictureDirective))
    return isinstance(item, (Text, Dialogue))
