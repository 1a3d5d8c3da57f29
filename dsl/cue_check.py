"""What cannot be meant in a cue: settings that nothing follows, settings overruled at once, wishes that
contradict.
"""

from collections.abc import Iterable, Iterator

from dsl.diagnostics import Finding, warning
from dsl.syntax import (
    AtDirective,
    BarsDirective,
    CueBlock,
    CueHeading,
    DensityDirective,
    Dialogue,
    Directive,
    DirectiveLine,
    Document,
    DynamicsDirective,
    EmotionDirective,
    FitDirective,
    FreezeDirective,
    HitDirective,
    InstrumentsDirective,
    KeyDirective,
    LayersDirective,
    LoopDirective,
    MeterDirective,
    MotifEntry,
    MuteDirective,
    OutDirective,
    PaceDirective,
    PauseDirective,
    PictureDirective,
    RegisterDirective,
    SeedDirective,
    SilenceDirective,
    StyleDirective,
    TakeDirective,
    TempDirective,
    TempoDirective,
    TensionDirective,
    Text,
    TransitionDirective,
    VoiceDirective,
)

_ONCE: tuple[type[Directive], ...] = (
    BarsDirective,
    FreezeDirective,
    LayersDirective,
    LoopDirective,
    OutDirective,
    SeedDirective,
    TakeDirective,
    TransitionDirective,
    VoiceDirective,
    PictureDirective,
)
_SETTINGS: frozenset[type[Directive]] = frozenset(
    {
        DensityDirective,
        DynamicsDirective,
        EmotionDirective,
        InstrumentsDirective,
        KeyDirective,
        MeterDirective,
        MuteDirective,
        PaceDirective,
        RegisterDirective,
        StyleDirective,
        TempDirective,
        TempoDirective,
        TensionDirective,
    }
)
_EVENTS: frozenset[type[Directive]] = frozenset(
    {AtDirective, FitDirective, HitDirective, MotifEntry, PauseDirective, SilenceDirective}
)
_ADDING: tuple[type[Directive], ...] = (InstrumentsDirective, MuteDirective)


def check_cues(document: Document, cues: Iterable[CueBlock]) -> tuple[Finding, ...]:
    """Findings about headings, settings and marks of each cue by itself, in the order of lines: numbers
    used twice, settings that contradict each other or that nothing follows."""
    findings: list[Finding] = []
    numbers: dict[str, int] = {}
    for cue in cues:
        if cue.heading is not None:
            findings += _number(cue.heading, cue.line, numbers)
        lines = list(_directive_lines(document, cue))
        if lines:
            findings += _once(lines)
            findings += _contradictions(lines)
            findings += _without_effect(document, cue)
    return tuple(findings)


def _directive_lines(document: Document, cue: CueBlock) -> Iterator[tuple[int, Directive]]:
    items = document.items
    for number in cue.body:
        item = items[number - 1]
        if type(item) is DirectiveLine:
            yield number, item.directive


def _number(heading: CueHeading, line: int, numbers: dict[str, int]) -> Iterable[Finding]:
    if heading.number is None:
        return
    earlier = numbers.setdefault(heading.number.text.lower(), line)
    if earlier != line:
        message = f"The cue number {heading.number.text} stands in line {earlier} already."
        yield warning("W336", message, heading.number.columns.on(line), "Give each cue a number of its own.")


def _once(lines: Iterable[tuple[int, Directive]]) -> Iterator[Finding]:
    seen: dict[type[Directive], int] = {}
    for number, directive in lines:
        kind = type(directive)
        if kind not in _ONCE or _has_target(directive):
            continue
        if kind in seen:
            message = f"@{directive.name.text} stands in line {seen[kind]} already; this one counts."
            yield warning("W323", message, directive.columns.on(number), "Keep one of them.")
        seen[kind] = number


def _contradictions(lines: Iterable[tuple[int, Directive]]) -> Iterator[Finding]:
    found = {
        type(directive): (number, directive) for number, directive in lines if not _has_target(directive)
    }
    if FreezeDirective in found:
        for kind in (TakeDirective, SeedDirective):
            if kind in found:
                number, directive = found[kind]
                message = (
                    f"@{directive.name.text} says nothing beside @freeze: the frozen take is what sounds."
                )
                yield warning("W322", message, directive.columns.on(number), "Delete one of them.")
    if LoopDirective in found and TransitionDirective in found:
        number, directive = found[TransitionDirective]
        assert isinstance(directive, TransitionDirective)
        if directive.kind not in ("cut", "segue"):
            message = f"A looping cue has no {directive.kind}: its end is its beginning."
            yield warning("W322", message, directive.columns.on(number), "Delete @loop or this.")


def _has_target(directive: Directive) -> bool:
    """Whether it is a transition to a cue by name: a cue has several, and a loop ends with any of them."""
    return isinstance(directive, TransitionDirective) and directive.to is not None


def _without_effect(document: Document, cue: CueBlock) -> Iterator[Finding]:
    """Settings behind a cue's last text or event, and settings overruled before anything sounds."""
    waiting: dict[type[Directive], tuple[int, Directive]] = {}
    overruled: list[tuple[int, Directive, int]] = []
    sounding = False
    for number in cue.body:
        item = document.items[number - 1]
        kind = type(item)
        if kind is Text or kind is Dialogue:
            sounding = True
            waiting.clear()
            continue
        if kind is not DirectiveLine:
            continue
        assert isinstance(item, DirectiveLine)
        directive = item.directive
        of = type(directive)
        if of in _EVENTS:
            sounding = True
            waiting.clear()
        elif of in _SETTINGS:
            earlier = waiting.get(of)
            if earlier is not None and of not in _ADDING:
                overruled.append((*earlier, number))
            waiting[of] = (number, directive)
    for number, directive, later in overruled:
        message = f"@{directive.name.text} is overruled in line {later} before anything sounds."
        yield warning("W337", message, directive.columns.on(number), "Keep one of them.")
    if sounding:
        for number, directive in waiting.values():
            message = f"Nothing follows @{directive.name.text} in this cue."
            hint = "Settings hold from where they stand; put it before the text it is about."
            yield warning("W321", message, directive.columns.on(number), hint)
