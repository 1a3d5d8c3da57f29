"""A line of text, as somebody types it or a program writes it, as an event: directives in the words of the
`.score` language and the few that only music which is playing has; everything else is text.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace

from dsl.directive_words import DIRECTIVE_NAMES
from dsl.directives import read_directive
from dsl.everyday_words import directive_meant
from dsl.grammar import Clause, parse_clause
from dsl.nearest_word import nearest
from dsl.operands import Operands
from dsl.syntax import (
    Directive,
    Duration,
    EmotionDirective,
    HitDirective,
    MotifEntry,
    Name,
    StyleDirective,
    TempoDirective,
)
from dsl.vocabulary import OVER, canonical, fold
from engine.live.events import (
    EmotionEvent,
    HitEvent,
    IntensityEvent,
    KnownNames,
    LiveEvent,
    MotifEvent,
    PauseEvent,
    Refused,
    ResumeEvent,
    StateEvent,
    StopEvent,
    StyleEvent,
    TempoEvent,
    TextEvent,
    checked,
    printable,
    shown,
)

LONGEST_DIRECTIVE = 1_000
"""Characters of a line that begins with @."""
LONGEST_BEAT = 1e6
"""Beats of a script: a week of music."""

_OWN: Mapping[str, tuple[str, ...]] = {
    "state": ("state", "状态", "场景"),
    "intensity": ("intensity", "强度"),
    "pause": ("pause", "停顿", "暂停"),
    "resume": ("resume", "继续"),
    "stop": ("stop", "停止"),
}
"""Words that the language has not, or in another sense."""
_OWN_NAMES: Mapping[str, str] = {name: own for own, names in _OWN.items() for name in names}
_SHARED = ("emotion", "hit", "motif", "style", "tempo")
_BARE: Mapping[str, LiveEvent] = {"pause": PauseEvent(), "resume": ResumeEvent(), "stop": StopEvent()}
DIRECTIVE_LINES = (
    "emotion",
    "state",
    "intensity",
    "hit",
    "motif",
    "style",
    "tempo",
    "pause",
    "resume",
    "stop",
)
"""The directives that are heard, by their English names."""


@dataclass(frozen=True, slots=True)
class TimedEvent:
    """An event at a beat (quarter notes from the start) of a script; `line` is where it stands, from 1."""

    beat: float
    event: LiveEvent
    line: int


def read_line(line: str, known: KnownNames) -> LiveEvent | Refused | None:
    """One line as an event, or why it is none. None for an empty line and a comment (`// …`). Never raises,
    whatever the line holds."""
    text = line.strip().lstrip("\ufeff")
    if not text or text.startswith("//"):
        return None
    if text.startswith("\\"):
        return checked(TextEvent(text[1:]), known)
    if not text.startswith(("@", "＠")):
        return checked(TextEvent(text), known)
    if len(text) > LONGEST_DIRECTIVE:
        return Refused(f"a directive of {len(text):,} characters is too long; {shown(text)}")
    return _directive(printable("@" + text[1:]), known)


def read_script(text: str, known: KnownNames) -> tuple[tuple[TimedEvent, ...], tuple[tuple[int, str], ...]]:
    """The events of a script, by beat, each line `BEAT EVENT` with an event as `read_line` reads it; and
    (line, words) of every line that holds none."""
    events: list[TimedEvent] = []
    problems: list[tuple[int, str]] = []
    for number, line in enumerate(text.splitlines(), 1):
        stripped = line.strip().lstrip("\ufeff")
        if not stripped or stripped.startswith("//"):
            continue
        first, _, rest = stripped.partition(" ")
        beat = _beat(first)
        if beat is None:
            problems.append((number, f"a line begins with its beat, a number from 0, not “{shown(first)}”"))
            continue
        event = read_line(rest, known)
        if isinstance(event, Refused):
            problems.append((number, event.words))
        elif event is None:
            problems.append((number, "nothing happens at this beat"))
        else:
            events.append(TimedEvent(beat, event, number))
    return tuple(sorted(events, key=lambda one: one.beat)), tuple(problems)


def _beat(word: str) -> float | None:
    try:
        beat = float(word)
    except ValueError:
        return None
    return beat if 0.0 <= beat <= LONGEST_BEAT else None


def _directive(text: str, known: KnownNames) -> LiveEvent | Refused:
    word, _, rest = text[1:].partition(" ")
    own = _OWN_NAMES.get(word) or _OWN_NAMES.get(fold(word))
    if own == "state":
        return checked(StateEvent(rest.strip().strip('"“”').lstrip("# ")), known)
    if own is not None and own in _BARE:
        return Refused(f"@{own} takes nothing: {shown(text)}") if rest.strip() else _BARE[own]
    clause, findings = parse_clause(text, "directive")
    if clause is None or clause.name is None:
        return _refused(findings[0].message, findings[0].hint) if findings else _no_directive(word)
    if own == "intensity":
        operands = Operands(clause, "0…1", sign="@")
        level = operands.number(0.0, 1.0, "An intensity").value
        operands.finish()
        if operands.findings:
            return _refused(operands.findings[0].message, operands.findings[0].hint)
        return checked(IntensityEvent(level), known)
    name = canonical(clause.name.text, DIRECTIVE_NAMES)
    if name not in _SHARED:
        return _no_directive(word, name)
    clause, over_s, problem = _without_over(clause)
    if problem is not None:
        return problem
    directive, found = read_directive(clause, in_mark=False)
    if directive is None:
        return _refused(found[0].message, found[0].hint)
    event = _event_of(directive, over_s)
    return event if isinstance(event, Refused) else checked(event, known)


def _no_directive(word: str, name: str | None = None) -> Refused:
    heard = ", ".join(f"@{one}" for one in DIRECTIVE_LINES)
    if name is not None:
        return Refused(f"@{name} cannot be asked for while music plays; heard are {heard}")
    meant = directive_meant(word[:64])
    near = meant if meant in DIRECTIVE_LINES else nearest(word[:64], DIRECTIVE_LINES) if word else None
    hint = f"did you mean @{near}?" if near else f"heard are {heard}"
    return Refused(f"there is no @{shown(word)} here: {hint}")


def _without_over(clause: Clause) -> tuple[Clause, float, Refused | None]:
    """The clause without an `over 8s` at its end, and its seconds."""
    if len(clause.operands) < 2 or not _is_over(clause.operands[-2]):
        return clause, 0.0, None
    length = clause.operands[-1]
    if not isinstance(length, Duration) or length.seconds is None:
        return clause, 0.0, Refused("over takes seconds: @emotion hope over 8s")
    return replace(clause, operands=clause.operands[:-2]), length.seconds, None


def _is_over(operand: object) -> bool:
    return isinstance(operand, Name) and fold(operand.text) in OVER


def _event_of(directive: Directive, over_s: float) -> LiveEvent | Refused:
    reader = _EVENTS.get(type(directive))
    if reader is None:  # a theme written out, where one is to be brought in
        return Refused("themes are declared in the score; here one is brought in: @motif NAME")
    return reader(directive, over_s)


def _emotion(directive: Directive, over_s: float) -> LiveEvent | Refused:
    assert isinstance(directive, EmotionDirective)
    ramp = directive.ramp
    if ramp is None:
        return Refused("@emotion auto needs no asking: the next text is felt by itself")
    if ramp.end is not None:
        return Refused("a feeling leads on from what is felt now: @emotion hope 0.6 over 8s")
    target = ramp.start
    if target.name is None and target.point is not None:
        return EmotionEvent(target.point.valence, target.point.arousal, over_s)
    return EmotionEvent(over_s=over_s, name=target.written or target.name, intensity=target.intensity)


def _tempo(directive: Directive, over_s: float) -> LiveEvent | Refused:
    assert isinstance(directive, TempoDirective)
    tempo = directive.tempo
    if tempo.factor is not None:
        return TempoEvent(factor=tempo.factor)
    return TempoEvent(tempo.low or 0.0, tempo.high or 0.0)


def _hit(directive: Directive, over_s: float) -> LiveEvent:
    assert isinstance(directive, HitDirective)
    return HitEvent(directive.label.text if directive.label else None)


def _motif(directive: Directive, over_s: float) -> LiveEvent:
    assert isinstance(directive, MotifEntry)
    return MotifEvent(directive.motif.text)


def _style(directive: Directive, over_s: float) -> LiveEvent:
    assert isinstance(directive, StyleDirective)
    return StyleEvent(directive.style.name)


_EVENTS: Mapping[type[Directive], Callable[[Directive, float], LiveEvent | Refused]] = {
    EmotionDirective: _emotion,
    TempoDirective: _tempo,
    HitDirective: _hit,
    MotifEntry: _motif,
    StyleDirective: _style,
}


def _refused(message: str, hint: str | None) -> Refused:
    return Refused(printable(f"{message} {hint or ''}"))
