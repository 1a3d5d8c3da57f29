"""What music that is playing may be asked for: one class a line of what `melodrama live` hears.

Events are plain values, whoever made them: a line on stdin or in a script (`engine.live.event_lines`), a
message over a network. `checked` says whether one makes sense for the score that is played, in one place for
all of them; whatever does not is a `Refused` with one printable line, never an exception.
"""

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace

from dsl.everyday_words import emotion_meant, style_meant
from dsl.nearest_word import nearest
from dsl.plan import EmotionPoint
from dsl.value_readers import FACTOR_RANGE, TEMPO_RANGE
from dsl.vocabulary import EMOTION_NAMES, EMOTIONS, STYLE_NAMES, canonical, fold

LONGEST_TEXT = 20_000
"""Characters of one text: some pages. More is no line that somebody says."""
LONGEST_NAME = 200
LONGEST_OVER_S = 600.0
"""Seconds over which a feeling may be led to another."""
_SHOWN = 40
"""Characters of a bad input that are shown again."""
_OFFERED = 500
"""Names of a score's own among which the nearest one is looked for."""


@dataclass(frozen=True, slots=True)
class TextEvent:
    """Words of the story, heard now: they are read in the scene so far."""

    text: str


@dataclass(frozen=True, slots=True)
class EmotionEvent:
    """A feeling asked outright, led to over `over_s` seconds (0: at once): a point, or a `name` under an
    `intensity` 0…1, which `checked` turns into its point."""

    valence: float = 0.0
    arousal: float = 0.0
    over_s: float = 0.0
    name: str | None = None
    intensity: float = 1.0


@dataclass(frozen=True, slots=True)
class StateEvent:
    """A cue of the score by its number or title, as `checked` has it by its id: its style, key, motif, loop
    from here on."""

    cue: str


@dataclass(frozen=True, slots=True)
class IntensityEvent:
    """How much of the orchestra is heard, 0…1: layers come and go, nothing is composed anew."""

    level: float


@dataclass(frozen=True, slots=True)
class HitEvent:
    """An accent on the next beat."""

    name: str | None = None


@dataclass(frozen=True, slots=True)
class MotifEvent:
    """A declared theme enters at the next bar."""

    name: str


@dataclass(frozen=True, slots=True)
class StyleEvent:
    """A style of the language or a palette of the score, from the next bar on."""

    name: str


@dataclass(frozen=True, slots=True)
class TempoEvent:
    """Quarter notes a minute, as a range (equal ends: fixed), or a factor on what is played now."""

    low: float = 0.0
    high: float = 0.0
    factor: float | None = None


@dataclass(frozen=True, slots=True)
class PauseEvent:
    """What sounds rings out, and the music waits."""


@dataclass(frozen=True, slots=True)
class ResumeEvent:
    """The music goes on where it was paused."""


@dataclass(frozen=True, slots=True)
class StopEvent:
    """The music comes to its end."""


LiveEvent = (
    TextEvent
    | EmotionEvent
    | StateEvent
    | IntensityEvent
    | HitEvent
    | MotifEvent
    | StyleEvent
    | TempoEvent
    | PauseEvent
    | ResumeEvent
    | StopEvent
)


@dataclass(frozen=True, slots=True)
class Refused:
    """Why an input is no event, in one printable line."""

    words: str


@dataclass(frozen=True, slots=True)
class KnownNames:
    """What events may name besides the language's own words: the score's cues as (id, title) in order, its
    motifs and palettes, and its moods with their points."""

    cues: tuple[tuple[str, str], ...] = ()
    motifs: tuple[str, ...] = ()
    palettes: tuple[str, ...] = ()
    moods: Mapping[str, EmotionPoint] = field(default_factory=dict)


def checked(event: LiveEvent, known: KnownNames) -> LiveEvent | Refused:
    """The event with its names as the score has them, or why it cannot be followed: a number that is none or
    out of range, a name that nobody knows (with the nearest known one), a text too long."""
    match event:
        case TextEvent():
            return _text(event)
        case EmotionEvent():
            return _emotion(event, known)
        case StateEvent():
            return _state(event, known)
        case IntensityEvent():
            said = _outside(event.level, 0.0, 1.0, "an intensity")
            return Refused(said) if said else event
        case HitEvent():
            name = None if event.name is None else printable(event.name)[:LONGEST_NAME]
            return HitEvent(name or None)
        case MotifEvent():
            otherwise = "the score declares no motif" if not known.motifs else ""
            return _named(event.name, known.motifs, "motif", otherwise) or event
        case StyleEvent():
            return _style(event, known)
        case TempoEvent():
            return _tempo(event)
        case _:
            return event


def printable(text: str) -> str:
    """Text as one line that a terminal may show: control characters, line ends and halves of characters are
    spaces, and no two spaces stand together."""
    return " ".join("".join(letter if letter.isprintable() else " " for letter in text).split())


def shown(text: str) -> str:
    """The beginning of a bad input, as it may be shown again."""
    short = printable(text[: 4 * _SHOWN])
    return f"{short[: _SHOWN - 1]}…" if len(short) > _SHOWN or len(text) > 4 * _SHOWN else short


def _text(event: TextEvent) -> TextEvent | Refused:
    if len(event.text) > LONGEST_TEXT:
        return Refused(
            f"a text of {len(event.text):,} characters is too long; {LONGEST_TEXT:,} are read at a time"
        )
    words = printable(event.text)
    if not any(map(str.isalnum, words)):
        return Refused(f"there is no word in “{shown(event.text)}” that could be read")
    return TextEvent(words)


def _emotion(event: EmotionEvent, known: KnownNames) -> EmotionEvent | Refused:
    said = _outside(event.over_s, 0.0, LONGEST_OVER_S, "the time of a feeling (seconds)")
    if event.name is None:
        said = said or _outside(event.valence, -1.0, 1.0, "a valence")
        said = said or _outside(event.arousal, -1.0, 1.0, "an arousal")
        return Refused(said) if said else event
    said = said or _outside(event.intensity, 0.0, 1.0, "an intensity")
    if said:
        return Refused(said)
    point = _point(event.name, known)
    if point is None:
        names = (*EMOTION_NAMES, *known.moods)
        return _unknown(event.name, names, "emotion", emotion_meant(event.name[:LONGEST_NAME]))
    share = event.intensity
    return replace(event, valence=share * point.valence, arousal=share * point.arousal)


def _point(name: str, known: KnownNames) -> EmotionPoint | None:
    """The score's own moods come before the language's emotions."""
    canon = canonical(name, EMOTION_NAMES)
    mood = known.moods.get(name) or known.moods.get(canon or "")
    if mood is not None or canon is None:
        return mood
    return EmotionPoint(EMOTIONS[canon].valence, EMOTIONS[canon].arousal)


def _state(event: StateEvent, known: KnownNames) -> StateEvent | Refused:
    wanted = fold(printable(event.cue[: 4 * LONGEST_NAME]))
    for cue, title in known.cues:
        if wanted and wanted in (fold(cue), fold(title), fold(f"{cue} {title}")):
            return StateEvent(cue)
    if not known.cues:
        return Refused(f"there is no state “{shown(event.cue)}”: states are the cues of a score, name one")
    names = [name for cue, title in known.cues for name in (title, cue) if name]
    return _unknown(event.cue, names, "state")


def _style(event: StyleEvent, known: KnownNames) -> StyleEvent | Refused:
    if event.name in known.palettes:
        return event
    name = canonical(event.name, STYLE_NAMES)
    if name is not None:
        return StyleEvent(name)
    meant = style_meant(event.name[:LONGEST_NAME])
    return _unknown(event.name, (*STYLE_NAMES, *known.palettes), "style", meant)


def _tempo(event: TempoEvent) -> TempoEvent | Refused:
    if event.factor is not None:
        said = _outside(event.factor, *FACTOR_RANGE, "a tempo factor")
        return Refused(said) if said else event
    said = _outside(event.low, *TEMPO_RANGE, "a tempo") or _outside(event.high, *TEMPO_RANGE, "a tempo")
    if said:
        return Refused(said)
    return TempoEvent(min(event.low, event.high), max(event.low, event.high))


def _outside(value: float, low: float, high: float, what: str) -> str:
    """Why a number will not do; empty where it will."""
    if math.isfinite(value) and low <= value <= high:
        return ""
    return f"{what} goes from {low:g} to {high:g}, and is not {value:g}"


def _named(name: str, known: Sequence[str], what: str, otherwise: str) -> Refused | None:
    if name in known:
        return None
    return _unknown(name, known, what, otherwise=otherwise)


def _unknown(
    name: str, known: Iterable[str], what: str, meant: str | None = None, otherwise: str = ""
) -> Refused:
    """There is no such name: with the one that is meant or nearest, else with the first of those that there
    are."""
    names = list(known)[:_OFFERED]
    near = meant or (nearest(printable(name[:LONGEST_NAME]), names) if name.strip() else None)
    hint = f"did you mean {near}?" if near else otherwise or f"known: {', '.join(names[:8])}"
    return Refused(f"there is no {what} “{shown(name)}”: {printable(hint)}")
