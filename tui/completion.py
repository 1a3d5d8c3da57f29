"""What could come next at a place in a line: directives, emotions, styles, instruments, names. No screen.

It looks only at how far the line has got; what is right and wrong stays the parser's business. Names come out
in the language the writer has begun in: Chinese ones after a Chinese letter or in a line whose directive is
Chinese.
"""

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from dsl.directive_words import DIRECTIVE_NAMES, DIRECTIVES, FRONT_MATTER
from dsl.output_words import OUTPUTS
from dsl.vocabulary import (
    DYNAMICS,
    EMOTIONS,
    EXACT,
    LANGUAGES,
    REGISTERS,
    ROLE_NAMES,
    STYLES,
    TRANSITIONS,
    canonical,
)

if TYPE_CHECKING:
    from dsl.syntax import Document  # a file of dataclasses: the first paint need not wait for them

MOST = 60


@dataclass(frozen=True, slots=True)
class Completion:
    """`insert` takes the place of the `typed` characters before the cursor; `about` says what it is."""

    label: str
    about: str
    insert: str
    typed: int


Words = list[tuple[str, str]]
_DIRECTIVE = re.compile(r"^\s*@([\w-]*)$")
_IN_DIRECTIVE = re.compile(r"^\s*@([\w-]+)\s(.*)$")
_MARK = re.compile(r"\{([\w-]*)$")
_IN_MARK = re.compile(r"\{([\w-]+)\s([^{}]*)$")
_WORD = re.compile(r"[\w♯♭-]*$")
_TARGET = re.compile(r"(?:to|到|至)\s*[=＝]\s*(\"[^\"]*|[^\s\"]*)$")
_ENTRY = re.compile(r"^\s*([\w-]+)\s*:\s?(.*)$")


def complete(before: str, document: "Document | None", in_front_matter: bool = False) -> list[Completion]:
    """Completions for a line of which `before` stands before the cursor; the likeliest first."""
    if in_front_matter:
        return _front_matter(before)
    if found := _DIRECTIVE.match(before):
        return _offer(found[1], _directives(in_mark=False), " ")
    if found := _MARK.search(before):
        return _offer(found[1], _directives(in_mark=True), "")
    inside = _IN_DIRECTIVE.match(before) or _IN_MARK.search(before)
    if inside:
        name = canonical(inside[1], DIRECTIVE_NAMES)
        target = _TARGET.search(inside[2]) if name == "transition" else None
        if target:
            return _targets(target[1], document)
        typed = _WORD.search(before)
        chinese = not inside[1].isascii()
        words = _arguments(name or "", inside[2], document, chinese)
        word = typed[0] if typed else ""
        return _offer(word, words, "") or _meant(word, name or "", words)
    speakers: Words = [(name, "character") for name in _declared(document, "characters")]
    word = before.lstrip()
    if word and _WORD.fullmatch(word):
        return _offer(word, [(f"{name}:", about) for name, about in speakers], " ")
    return []


def _offer(typed: str, words: Words, behind: str) -> list[Completion]:
    """Words that begin with what is typed, then those that hold it; none where it is a whole word already."""
    low = typed.lower()
    starting = [w for w in words if w[0].lower().startswith(low)]
    holding = [w for w in words if len(low) > 1 and w[0].lower().find(low) > 0]
    found = [Completion(w, about, w + behind, len(typed)) for w, about in (starting + holding)[:MOST]]
    if len(found) == 1 and found[0].label == typed:
        return []
    return found


def _meant(typed: str, name: str, words: Words) -> list[Completion]:
    """For everyday words (happy, 难过), what the language calls them."""
    # Deferred: a long table that only a word unknown to the language wants.
    from dsl.everyday_words import EMOTIONS_MEANT, STYLES_MEANT, emotion_meant, style_meant

    feelings = (EMOTIONS_MEANT, emotion_meant)
    tables = {"emotion": feelings, "feel": feelings, "style": (STYLES_MEANT, style_meant)}
    if name not in tables or not typed or (typed.isascii() and len(typed) < 3):
        return []
    table, meant = tables[name]
    about = dict(words)
    low = typed.lower()
    found = {meant(said): said for said in table if said.startswith(low)}
    return [
        Completion(word, f"{said}: {about.get(word, '')}".rstrip(": "), word, len(typed))
        for word, said in found.items()
        if word is not None
    ]


def _directives(in_mark: bool) -> Words:
    order = ("setting", "event", "cue", "declaration")
    allowed = [w for w in DIRECTIVES.values() if w.in_mark or not in_mark]
    words = sorted(allowed, key=lambda word: order.index(word.group))
    english = [(w.name, w.usage) for w in words]
    chinese = [(name, f"{w.name}: {w.usage}") for w in words for name in w.chinese]
    return english + chinese


def _front_matter(before: str) -> list[Completion]:
    entry = _ENTRY.match(before)
    if entry is None:
        return _offer(before.strip(), [(w.name, w.usage) for w in FRONT_MATTER.values()], ": ")
    typed = _WORD.search(entry[2])
    values: dict[str, Callable[[], Words]] = {
        "style": lambda: _styles(None, chinese=False),
        "language": lambda: _plain(LANGUAGES),
        "output": lambda: _plain(OUTPUTS),
        "key": _keys,
    }
    words = values.get(entry[1], list)()
    return _offer(typed[0] if typed else "", words, "")


def _arguments(name: str, already: str, document: "Document | None", chinese: bool) -> Words:
    """What a directive may be given, after what stands there already."""
    value = already.rpartition("=")[2] if "=" in already.split(" ")[-1] else None
    match name:
        case "feel" if re.search(r"""["”]\s""", already):
            return [*((m, "mood of this score") for m in _declared(document, "moods")), *_emotions(chinese)]
        case "emotion":
            moods = [(m, "mood of this score") for m in _declared(document, "moods")]
            over = [("over", "DURATION")] if "->" in already else []
            return [*moods, *_emotions(chinese), ("auto", "what the text says"), ("blend=", "0…1"), *over]
        case "picture":
            return [("blend=", "0…1")]
        case "style":
            return _styles(document, chinese)
        case "motif" if re.search(r"""[=＝].*[\]"”]""", already):
            return _plain(EXACT, chinese)
        case "motif":
            return [(m, "motif of this score") for m in _declared(document, "motifs")]
        case "key":
            return (
                _keys()
                if not already.strip() or " " not in already.strip()
                else [("major", ""), ("minor", "")]
            )
        case "dynamics":
            return _plain(DYNAMICS, chinese)
        case "register":
            return _plain(REGISTERS, chinese)
        case "transition":
            to = "到=" if chinese else "to="
            return [*_plain(TRANSITIONS, chinese), (to, "the number or title of a cue")]
        case "mute":
            return _plain(ROLE_NAMES, chinese)
        case "instruments" | "palette":
            if value is not None:
                return _instruments(chinese)
            return [(f"{role}=", "") for role, _ in _plain(ROLE_NAMES, chinese)] + [("from=", "STYLE")]
        case "character":
            if value is not None:
                motifs = [(m, "motif") for m in _declared(document, "motifs")]
                return motifs if "motif" in already.split(" ")[-1] else _plain(REGISTERS, chinese)
            return [("motif=", "NAME"), ("register=", "low, mid, high")]
        case _:
            return []


def _emotions(chinese: bool) -> Words:
    names = [
        ((e.chinese[0] if chinese else e.name), e.name if chinese else " ".join(e.chinese[:1]), e)
        for e in EMOTIONS.values()
    ]
    return [(word, f"{other}  v{e.valence:+.2f} a{e.arousal:+.2f}") for word, other, e in names]


def _styles(document: "Document | None", chinese: bool) -> Words:
    own: Words = [(name, "palette of this score") for name in _declared(document, "palettes")]
    if chinese:
        return own + [(style.chinese[0], style.name) for style in STYLES.values()]
    return own + [(style.name, style.chinese[0]) for style in STYLES.values()]


def _instruments(chinese: bool) -> Words:
    # Deferred: a long table that only two directives want.
    from dsl.instruments import KIT_NAMES, PITCHED_NAMES

    names = [
        (n, canon) for n, canon in (*PITCHED_NAMES.items(), *KIT_NAMES.items()) if n.isascii() != chinese
    ]
    return [(name, "" if name == canon else canon) for name, canon in names] + [("none", "silent")]


def _keys() -> Words:
    tonics = ("C", "D", "E", "F", "G", "A", "B", "Bb", "Eb", "Ab", "Db", "F#", "C#")
    return [("auto", "the engine chooses")] + [(f"{t} {m}", "") for t in tonics for m in ("minor", "major")]


def _targets(typed: str, document: "Document | None") -> list[Completion]:
    """The cues that a transition may lead to; quotes are no part of a name, typed or not."""
    words = dict(_cues(document))
    bare = {word.strip('"'): word for word in words}
    found = _offer(typed.strip('"'), [(name, words[word]) for name, word in bare.items()], "")
    return [Completion(bare[one.label], one.about, bare[one.label], len(typed)) for one in found]


def _cues(document: "Document | None") -> Words:
    """The score's cues as `to=` names them: by number where they have one, else by title."""
    # Deferred: what reads cues is not needed until a transition is written.
    from dsl.cue_targets import quoted_name

    headings = [cue.heading for cue in document.cues() if cue.heading] if document else []
    return [
        (quoted_name(one.number.text if one.number else one.title), one.title if one.number else "cue")
        for one in headings
        if one.number or one.title
    ]


def _plain(names: Iterable[str], chinese: bool = False) -> Words:
    return [(name, "") for name in names if name.isascii() != chinese]


def _declared(document: "Document | None", kind: str) -> list[str]:
    return list(getattr(document.declarations, kind)) if document else []
