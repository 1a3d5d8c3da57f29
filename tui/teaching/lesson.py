"""An explanation in words: headings and plain text, by level and language.

Beginners read what makes it brighter or calmer, without figures; the next level numerals, cadences and
effects; the last all of it, functions and shares too.
"""

from collections.abc import Sequence
from itertools import groupby

from dsl.plan import Key
from engine.music.keys import key_named
from engine.report import Feeling
from engine.teach.explanation import Explanation
from engine.teach.harmony_reading import ReadChord
from engine.teach.parameters import ParameterName
from engine.teach.shares import ParameterShare
from engine.teach.smallest import GOALS, SmallestChange
from tui.locale_language import Language
from tui.match_figure import shown_match
from tui.teaching import words
from tui.teaching.usual import NOTICED, USUAL, unusual, unusual_way
from tui.teaching.words import (
    BRIGHTER,
    CADENCES,
    CADENCES_PLAINLY,
    CALMER,
    CHANGES_PLAINLY,
    DARKER,
    FEELINGS,
    FUNCTIONS,
    HEADINGS,
    LIVELIER,
    MODES,
    MORE_OR_LESS,
    MOTIFS,
    PARAMETER_NAMES,
    PHRASES,
    SENTENCES,
    UNSAID,
    Level,
)

Section = tuple[str, str]
"""A heading and the text under it."""
_SURE = 0.5
_NEUTRAL = 0.08
_STRONGEST = 4


def lesson(one: Explanation, level: Level, language: Language) -> list[Section]:
    """The sections of a cue's explanation; a section that has nothing to say is left out."""
    found = [
        (HEADINGS["felt"][language], _felt(one, level, language)),
        (HEADINGS["music"][language], _music(one, level, language)),
        (HEADINGS["harmony"][language], harmony_text(one, level, language)),
        (HEADINGS["form"][language], _form(one, level, language)),
        (HEADINGS["changes"][language], changes_text(one, level, language)),
        (HEADINGS["unsaid"][language], "\n".join(UNSAID[what][language] for what in one.unsaid)),
    ]
    return [(heading, text) for heading, text in found if text]


def _felt(one: Explanation, level: Level, language: Language) -> str:
    feeling = feeling_name(one.felt, language)
    if level == "beginner":
        lines = [say("felt plainly", language, feeling=feeling)]
    else:
        lines = [
            say("felt", language, feeling=feeling, v=signed(one.felt.valence), a=signed(one.felt.arousal))
        ]
    if one.written_share < 0.999 and one.words:
        if level == "beginner":
            words = _joined([word.word for word in one.words[:3]], language)
        else:
            sides = {"positive": "+", "negative": "−", "neutral": "±"}
            told = [f"{word.word} {sides[word.polarity]}{word.weight:.2f}" for word in one.words]
            words = _joined(told, language)
        lines.append(say("words", language, words=words))
    if 0.001 < one.written_share < 0.999:
        lines.append(say("directed", language, share=f"{one.written_share:.0%}"))
    return "\n".join(lines)


def _music(one: Explanation, level: Level, language: Language) -> str:
    shares = one.shares
    if shares is None:
        return ""
    if level == "beginner":
        lines = [say("heard plainly", language, feeling=feeling_name(shares.heard, language))]
        if shares.confidence < _SURE:
            lines.append(say("unsure", language))
        plain = [_plainly(share, language) for share in shares.parameters[:_STRONGEST]]
        told = [line for line in plain if line]
        return "\n".join(lines + (told or [say("nothing", language)]))
    lines = [
        say(
            "heard",
            language,
            v=signed(shares.heard.valence),
            a=signed(shares.heard.arousal),
            c=f"{shares.confidence:.2f}",
            m=f"{shown_match(one.match):.2f}",
        ),
        say("against neutral", language),
    ]
    shown = [
        share
        for share in shares.parameters
        if _tells(share)
        or (level == "advanced" and (share.value or share.neutral))  # drums that nobody expects
    ]
    lines += [_row(share, level, language) for share in shown]
    if level == "advanced":
        v, a = signed(shares.together.valence), signed(shares.together.arousal)
        lines.append(say("together", language, v=v, a=a))
    lines.append(say("timbre", language))
    return "\n".join(lines)


def _plainly(share: ParameterShare, language: Language) -> str:
    """“The slower tempo makes it calmer.” Nothing where the effect is small, or where listeners do not agree
    on: in one cue it would be taught as brightening, in the next as darkening."""
    how: list[str] = []
    if share.effect is None:
        return ""
    valence, arousal = share.effect.valence, share.effect.arousal
    odd_valence, odd_arousal = _unusual(share)
    agreed_valence, agreed_arousal = USUAL[share.name]
    if abs(valence) >= NOTICED and agreed_valence and not odd_valence:
        how.append((BRIGHTER if valence > 0 else DARKER)[language])
    if abs(arousal) >= NOTICED and agreed_arousal and not odd_arousal:
        how.append((LIVELIER if arousal > 0 else CALMER)[language])
    if not how:
        return ""
    what = MORE_OR_LESS[share.name][share.value > share.neutral][language]
    several = language == "en" and what.endswith(("notes", "chords", "drums"))
    sentence = say("make" if several else "makes", language, what=what, how=say("and", language).join(how))
    return sentence[:1].upper() + sentence[1:]


def _row(share: ParameterShare, level: Level, language: Language) -> str:
    values = {
        "name": PARAMETER_NAMES[share.name][language],
        "value": value_text(share.name, share.value, language),
        "neutral": f"{share.neutral:.0f}"
        if share.name == "dynamics"
        else value_text(share.name, share.neutral, language),
    }
    if share.effect is None or share.share is None:
        return f"  {say('row unknown', language, **values)}"
    sentence = "row mode" if share.name == "mode" else "row"
    v, a = signed(share.effect.valence), signed(share.effect.arousal)
    row = say(sentence, language, **values, v=v, a=a)
    if level == "advanced" and (share.effect.valence or share.effect.arousal):
        row += say("row share", language, sv=f"{share.share.valence:.0%}", sa=f"{share.share.arousal:.0%}")
    if any(_unusual(share)):
        row += say("against usual", language)
    return f"  {row}"


def _unusual(share: ParameterShare) -> tuple[bool, bool]:
    """Whether the valence and the arousal it adds are against what is usual: a recogniser may hear so, a
    musician would not say so."""
    if share.effect is None:
        return False, False
    return unusual(share.name, share.value > share.neutral, share.effect)


def _tells(share: ParameterShare) -> bool:
    return share.effect is not None and max(abs(share.effect.valence), abs(share.effect.arousal)) >= 0.005


def harmony_text(one: Explanation, level: Level, language: Language) -> str:
    """The chords and cadences of a cue."""
    if not one.harmony:
        return ""
    keys = [key for key, _ in groupby(read.key for read in one.harmony)]
    if level == "beginner":
        name = key_name(keys[0], language)
        lines = [say(f"{keys[0].mode} plainly", language, key=name)]
        lines += [
            say("phrase ends", language, bar=cadence.bar, how=CADENCES_PLAINLY[cadence.kind][language])
            for cadence in one.cadences
        ]
        return "\n".join(lines)
    lines = []
    for key, run in groupby(one.harmony, key=lambda read: read.key):
        lines.append(say("in key", language, key=key_name(key, language)))
        lines += chord_rows(tuple(run), level, language)
    lines += [
        f"{CADENCES[cadence.kind][language]}{comma(language)}{say('bar', language, bar=cadence.bar)}"
        for cadence in one.cadences
    ]
    if not one.cadences:
        lines.append(say("no cadence", language))
    return "\n".join(lines)


def chord_rows(chords: Sequence[ReadChord], level: Level, language: Language) -> list[str]:
    """Chords bar by bar: four bars a line; with their functions one bar a line for the advanced."""
    by_bar = [(bar, list(run)) for bar, run in groupby(chords, key=lambda read: read.bar)]
    if level == "advanced":
        return [
            f"  {bar:>3}  "
            + " · ".join(f"{figure_text(read, language)} {function_text(read, language)}" for read in run)
            for bar, run in by_bar
        ]
    rows = []
    for first in range(0, len(by_bar), 4):
        cells = [
            f"{bar}: {' '.join(figure_text(read, language) for read in run)}"
            for bar, run in by_bar[first : first + 4]
        ]
        rows.append("  " + " | ".join(cells))
    return rows


def function_text(read: ReadChord, language: Language) -> str:
    """What a chord does in its key, in brackets."""
    return f"({FUNCTIONS[read.numeral.function][language]})"


def figure_text(read: ReadChord, language: Language) -> str:
    """A chord's numeral, with the bass where that is no tone of it."""
    over = read.numeral.over
    if over is None:
        return read.numeral.figure
    tone = key_named(read.key.tonic + over, read.key.mode).spelling.replace("b", "♭").replace("#", "♯")
    return read.numeral.figure + say("over", language, tone=tone)


def _form(one: Explanation, level: Level, language: Language) -> str:
    lines = []
    if one.form:
        lines.append(" ".join(phrase.name for phrase in one.form))
        if level != "beginner":
            lines += [
                f"  {phrase.name}{comma(language)}{_bars(phrase.bar, phrase.bars, language)}{colon(language)}"
                f"{PHRASES.get(phrase.how, {language: phrase.how})[language]}"
                for phrase in one.form
            ]
    for name, entries in groupby(sorted(one.motifs, key=lambda m: (m.name, m.bar)), key=lambda m: m.name):
        places = [
            f"{say('bar', language, bar=entry.bar)} {MOTIFS.get(entry.how, {language: entry.how})[language]}"
            for entry in entries
        ]
        lines.append(
            say("motif", language, name=name, places=("；" if language == "zh" else "; ").join(places))
        )
    return "\n".join(lines)


def changes_text(one: Explanation, level: Level, language: Language) -> str:
    """For each goal what would lead there: for beginners the smallest way, else those that reach it, for the
    advanced those that fall short, too."""
    if one.shares is None:
        return ""
    lines = []
    for goal in GOALS:
        own = [change for change in one.changes if change.towards == goal]
        if level != "advanced":
            own = [
                change
                for change in own
                if change.reaches and not (level == "beginner" and unusual_way(change))
            ]
            own = own[: 1 if level == "beginner" else 4]
        lines.append(say("goal", language, goal=words.GOALS[goal][language]))
        lines += [f"  {_change(one, change, level, language)}" for change in own] or [
            f"  {say('no way', language)}"
        ]
    return "\n".join(lines)


def _change(one: Explanation, change: SmallestChange, level: Level, language: Language) -> str:
    values = {
        "name": PARAMETER_NAMES[change.name][language],
        "value": value_text(change.name, change.value, language),
        "changed": value_text(change.name, change.changed, language),
    }
    if level == "beginner":
        text = CHANGES_PLAINLY[change.name][change.changed > change.value][language]
    else:
        text = say(
            "change",
            language,
            **values,
            pv=signed(change.predicted.valence),
            pa=signed(change.predicted.arousal),
            mv=signed(change.measured.valence),
            ma=signed(change.measured.arousal),
        )
    if not change.reaches:
        text += say("falls short", language)
    if level != "beginner" and unusual_way(change):
        text += say("against usual", language)
    directive = _directive(one, change)
    return text + (say("write", language, directive=directive) if directive else "")


def _directive(one: Explanation, change: SmallestChange) -> str | None:
    """What a writer writes for it, where the language has the same scale: the key and the tempo."""
    if change.name == "tempo":
        return f"@tempo {change.changed:.0f}"
    if change.name == "mode":
        return f"@key {one.key.split()[0]} {'major' if change.changed > 0 else 'minor'}"
    return None


def feeling_name(point: Feeling, language: Language) -> str:
    """A point of emotion in a few words."""
    signs = [
        "0" if abs(value) < _NEUTRAL else "+" if value > 0 else "-"
        for value in (point.valence, point.arousal)
    ]
    return FEELINGS["".join(signs)][language]


def key_name(key: Key, language: Language) -> str:
    """`E minor`, `E 小调`; ♭ and ♯ as signs."""
    tonic = key.spelling[:1].upper() + key.spelling[1:].replace("b", "♭").replace("#", "♯")
    return f"{tonic} {MODES[key.mode][language]}"


def value_text(name: ParameterName, value: float, language: Language) -> str:
    """A parameter's value with its unit."""
    if name == "mode":
        return MODES["major" if value > 0 else "minor"][language]
    if name == "register":
        return f"{pitch_name(round(value))}"
    beat = "拍" if language == "zh" else "beat"
    texts = {
        "tempo": f"♩={value:.0f}",
        "density": f"{value:.1f}/{beat}",
        "dynamics": f"velocity {value:.0f}" if language == "en" else f"力度值 {value:.0f}",
        "articulation": f"{value:.0%}",
        "dissonance": f"{value:.0%}",
        "percussion": f"{value:.1f}/{beat}",
    }
    return texts[name]


def pitch_name(pitch: int) -> str:
    """A MIDI pitch as a name with its octave: 60 is C4."""
    names = ("C", "C♯", "D", "E♭", "E", "F", "F♯", "G", "A♭", "A", "B♭", "B")
    return f"{names[pitch % 12]}{pitch // 12 - 1}"


def signed(value: float) -> str:
    """`+0.31`, `−0.31`, `0.00`."""
    text = f"{value:+.2f}"
    return "0.00" if text[1:] == "0.00" else text.replace("-", "−")


def _bars(first: int, bars: int, language: Language) -> str:
    if bars == 1:
        return say("bar", language, bar=first)
    return say("bars", language, first=first, last=first + bars - 1)


def _joined(parts: Sequence[str], language: Language) -> str:
    return ("、" if language == "zh" else ", ").join(parts)


def comma(language: Language) -> str:
    """A comma between two parts of a sentence."""
    return "，" if language == "zh" else ", "


def colon(language: Language) -> str:
    """A colon before what is told of a thing."""
    return "：" if language == "zh" else ": "


def say(sentence: str, language: Language, **values: object) -> str:
    """One of `SENTENCES` with its values in place."""
    return SENTENCES[sentence][language].format(**values)
