"""What there is to say of a word of a score: directives, emotions, styles, instruments, names, findings.
Plain text."""

from typing import TYPE_CHECKING

from dsl.diagnostics import Finding
from dsl.directive_words import DIRECTIVE_NAMES, DIRECTIVES, FRONT_MATTER, FRONT_MATTER_NAMES
from dsl.instruments import instrument
from dsl.plan import ROLES
from dsl.vocabulary import (
    DYNAMICS,
    EMOTION_NAMES,
    EMOTIONS,
    ROLE_NAMES,
    STYLE_NAMES,
    STYLES,
    TRANSITIONS,
    canonical,
)

if TYPE_CHECKING:
    from dsl.syntax import Document

_SAYS = {
    "character": "Declares a speaker: its lines are dialogue, its motif sounds when it speaks or is named.",
    "motif": "Declares a theme, or brings it in here, shaped by the emotion in force.",
    "mood": "An emotion of your own: valence and arousal, each −1…1.",
    "palette": "A style of your own: who plays which role, on a known style's base or from nothing.",
    "feel": "A declaration: how these words are to be read, wherever they stand.",
    "include": "Declarations from another file in the score's folder.",
    "emotion": "What the music feels, in place of what the text says; `auto` gives it back, `blend=` mixes.",
    "style": "Instruments, groove, texture and harmony habits.",
    "tempo": "A fixed tempo, a range the planner may use, or a factor.",
    "key": "The tonality, or `auto`.",
    "meter": "The time signature.",
    "dynamics": "Loudness.",
    "density": "How many notes there are, 0…1.",
    "tension": "How dissonant the harmony is, 0…1.",
    "register": "How high it lies.",
    "instruments": "Who plays a role from here on; `none` silences it.",
    "mute": "Roles that are silent from here on.",
    "pace": "Reading speed: words or characters a minute.",
    "temp": "Tempo, key, loudness and brightness follow this recording.",
    "voice": "The recording of this cue's words (before the first cue: the whole score's); its times hold.",
    "picture": "The film's pace and movement, blended into arousal (before the first cue: for all).",
    "at": "The next text or event falls exactly here; the music in between is fitted.",
    "out": "The cue ends exactly here; `@at` says where the next one begins.",
    "fit": "The next paragraph lasts this long.",
    "pause": "No words for so long; the music goes on.",
    "silence": "No music for so long.",
    "hit": "An accent that lands exactly here.",
    "transition": "How this cue hands over to the next, or to the cue that `to=` names; several may stand.",
    "seed": "The number this cue's music grows from.",
    "take": "The N-th candidate in place of the one that matches best. 1000 · k + n is take n "
    "turned a little towards direction k, of 256.",
    "bars": "How many bars the cue has.",
    "loop": "The cue repeats without a seam.",
    "layers": "For games: the cue in so many layers, from sparse to full, that add up to it.",
    "freeze": "Use this MIDI file; generate nothing.",
}
_TRANSITIONS = {
    "cut": "The music stops dead at the bound.",
    "segue": "The music goes on without a break.",
    "crossfade": "The music fades out while the next comes in.",
    "ring-out": "The last chord rings on.",
    "button": "The music ends on a short, clear close.",
}


def word_columns(line: str, column: int) -> tuple[int, int]:
    """(start, end) of the word that `column` stands in or right behind, with the `@` in front of it. Columns
    from 1, the end exclusive."""
    start = end = min(column - 1, len(line))
    while start > 0 and (line[start - 1].isalnum() or line[start - 1] in "_-"):
        start -= 1
    while end < len(line) and (line[end].isalnum() or line[end] in "_-"):
        end += 1
    if start > 0 and line[start - 1] == "@":
        start -= 1
    return start + 1, end + 1


def is_script(document: "Document", line: int, column: int) -> bool:
    """Whether words that are read stand at a place: script text, but no mark and no speaker's name. Both from
    1."""
    # Deferred with the parser's items, which the first paint can do without.
    from dsl.syntax import Dialogue, Mark, Text

    if not 1 <= line <= len(document.items):
        return False
    item = document.item(line)
    if not isinstance(item, Text | Dialogue):
        return False
    if isinstance(item, Dialogue) and column < item.speaker.columns.end:
        return False
    marks = [run for run in item.runs if isinstance(run, Mark)]
    return bool(item.text) and not any(m.columns.start <= column < m.columns.end for m in marks)


def explain_word(word: str, document: "Document | None") -> list[tuple[str, str]]:
    """(heading, text) for everything that the word is; nothing for an ordinary word."""
    found: list[tuple[str, str]] = []
    bare = word.lstrip("@").rstrip(":：")
    if not bare:
        return found
    name = canonical(bare, DIRECTIVE_NAMES)
    if name:
        directive = DIRECTIVES[name]
        also = " · ".join(f"@{c}" for c in directive.chinese)
        mark = " Also as a mark: {" + name + " …}." if directive.in_mark else ""
        found.append((f"@{name} {directive.usage}", f"{_SAYS.get(name, '')}{mark} In Chinese: {also}."))
    if word.startswith("@"):
        return found
    emotion = canonical(bare, EMOTION_NAMES)
    if emotion:
        e = EMOTIONS[emotion]
        feels = f"valence {e.valence:+.2f}, arousal {e.arousal:+.2f}"
        found.append((f"{emotion} – an emotion", f"{feels}. In Chinese: {' · '.join(e.chinese)}."))
    style = canonical(bare, STYLE_NAMES)
    if style:
        found.append((f"{style} – a style", f"In Chinese: {' · '.join(STYLES[style].chinese)}."))
    key = canonical(bare, FRONT_MATTER_NAMES)
    if key:
        found.append((f"{key}: {FRONT_MATTER[key].usage}", "A line of the front matter."))
    if bare in DYNAMICS:
        found.append((f"{bare} – a dynamic", f"Loudness {DYNAMICS[bare]:.2f} of 1."))
    if bare in TRANSITIONS:
        kind = TRANSITIONS[bare]
        found.append((f"{kind} – a transition", _TRANSITIONS[kind]))
    return found + _declared(bare, document) + _cue(bare, document)


def explain_player(name: str) -> list[tuple[str, str]]:
    """(heading, text) for a role or an instrument: words that are the language's own only where a directive
    stands, since scripts have horns and rooms as well."""
    found = []
    role = canonical(name, ROLE_NAMES)
    if role:
        also = " · ".join(word for word, meant in ROLE_NAMES.items() if meant == role and word != role)
        found.append((f"{role} – a role", f"One of {', '.join(ROLES)}. In Chinese: {also}."))
    word = instrument(name)
    if word:
        kind, sound = ("a drum kit", "Kit") if word.is_kit else ("an instrument", "Program")
        also = f" Also: {' · '.join(word.aliases)}." if word.aliases else ""
        found.append((f"{word.name} – {kind}", f"{sound} {word.program + 1} of General MIDI.{also}"))
    return found


def _declared(name: str, document: "Document | None") -> list[tuple[str, str]]:
    if document is None:
        return []
    found = []
    kinds = {"characters": "character", "motifs": "motif", "moods": "mood", "palettes": "palette"}
    for kind, said in kinds.items():
        declared = getattr(document.declarations, kind).get(name)
        if declared is not None:
            where = f"line {declared.line}" + (f" of {declared.file}" if declared.file else "")
            found.append((f"{name} – a {said} of this score", f"Declared in {where}."))
    return found


def _cue(number: str, document: "Document | None") -> list[tuple[str, str]]:
    """A cue of the score by its number."""
    for cue in document.cues() if document and not number.isalpha() else ():
        if cue.heading and cue.heading.number and cue.heading.number.text.lower() == number.lower():
            title = f" It is called {cue.heading.title}." if cue.heading.title else ""
            return [(f"{cue.heading.number.text} – a cue of this score", f"In line {cue.line}.{title}")]
    return []


def explain_finding(finding: Finding) -> tuple[str, str]:
    """(heading, long form) of a finding."""
    # Deferred: pages of prose that only somebody with a question wants.
    from dsl.explain import EXPLANATIONS

    hint = f"\n{finding.hint}" if finding.hint else ""
    return f"{finding.code} {finding.message}", EXPLANATIONS.get(finding.code, "").strip() + hint
