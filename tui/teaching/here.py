"""The music at one place of a cue in words: the chord that sounds, its bar, a cadence, the phrase and the
motifs there. The whole cue is `tui.teaching.lesson`.
"""

from engine.teach.explanation import Explanation
from engine.teach.harmony_reading import ReadChord
from tui.locale_language import Language
from tui.teaching.lesson import colon, comma, figure_text, function_text, key_name, say
from tui.teaching.words import CADENCES, MOTIFS, PHRASES

_AT_ONCE = 0.13
"""A chord that begins so many quarter notes after the bar line begins on it."""


def here_text(one: Explanation, bar: int, language: Language, beat: float | None = None) -> str:
    """The chords of a bar (from 1) with their functions (that of the bar before where it sounds on), a
    cadence in it, its phrase, and motifs that sound; with a `beat` (quarter notes in the bar, from 1) the
    chord that sounds there comes first, in a line of its own. Nothing where nothing is known."""
    own = [read for read in one.harmony if read.bar == bar]
    if not own or own[0].beat > 1.0 + _AT_ONCE:
        own = [read for read in one.harmony if read.bar < bar][-1:] + own  # it sounds on into the bar
    parts = []
    if own:
        chords = " · ".join(_chord(read, language) for read in own)
        parts.append(f"{key_name(own[0].key, language)}{colon(language)}{chords}")
    parts += [CADENCES[cadence.kind][language] for cadence in one.cadences if cadence.bar == bar]
    phrase = next((p for p in one.form if p.bar <= bar < p.bar + p.bars), None)
    if phrase is not None:
        parts.append(
            f"{phrase.name}{comma(language)}{PHRASES.get(phrase.how, {language: phrase.how})[language]}"
        )
    parts += [
        f"“{motif.name}” {MOTIFS.get(motif.how, {language: motif.how})[language]}"
        for motif in one.motifs
        if motif.bar <= bar < motif.bar + max(motif.bars, 1)
    ]
    head = say("bar", language, bar=bar)
    lines = (
        [f"{head[:1].upper()}{head[1:]}{comma(language)}{('；' if language == 'zh' else '; ').join(parts)}"]
        if parts
        else []
    )
    sounding = None if beat is None else _sounding(one, bar, beat)
    if sounding is not None and beat is not None:
        place = say("place", language, bar=bar, beat=int(max(beat, 1.0)))
        lines.insert(0, f"{place}{colon(language)}{_chord(sounding, language)}")
    return "\n".join(lines)


def _sounding(one: Explanation, bar: int, beat: float) -> ReadChord | None:
    """The chord in force at a place: the last that began by then."""
    begun = [read for read in one.harmony if (read.bar, read.beat) <= (bar, beat + 1e-6)]
    return begun[-1] if begun else None


def _chord(read: ReadChord, language: Language) -> str:
    return f"{figure_text(read, language)} {function_text(read, language)}"
