"""Words behind an `@` that are no directives of their own: what another directive takes (`@joy 0.8`,
`@piano`, `@pp`), and what is written in another way (a scene is a heading, a remark a comment).
"""

from collections.abc import Mapping
from typing import Final

from dsl.directive_words import DIRECTIVES, FRONT_MATTER, FRONT_MATTER_NAMES
from dsl.everyday_words import emotion_meant, style_meant
from dsl.instruments import PITCHED_NAMES
from dsl.vocabulary import DYNAMICS, EMOTION_NAMES, STYLE_NAMES, TRANSITIONS, canonical, fold

_HEADING_WORDS: Final = """cue scene section part chapter act sequence segment heading track song piece
    场 场景 场次 章 章节 幕 段 段落 曲 曲目 歌曲 片段"""
_COMMENT_WORDS: Final = """comment note notes remark todo fixme
    注释 备注 注 说明 批注 待办"""
_HEADINGS: Final = frozenset(_HEADING_WORDS.split())
_COMMENTS: Final = frozenset(_COMMENT_WORDS.split())
_MARKS: Final[Mapping[str, str]] = {
    "forte": "f",
    "fortissimo": "ff",
    "mezzoforte": "mf",
    "mezzo-forte": "mf",
    "pianissimo": "pp",
    "mezzopiano": "mp",
    "mezzo-piano": "mp",
}
"""Marks of loudness by their long names; piano is a style first."""


def said_with(name: str) -> str | None:
    """The directive and its first value for a word that is a value itself, in the language of the word:
    `emotion joy` for joy or happy, `风格 民谣` for 民谣. None for what is no value known."""
    found = _value(name)
    if found is None:
        return None
    directive, value = found
    word = DIRECTIVES[directive]
    return f"{word.name if name.isascii() else word.chinese[0]} {value}"


def written_otherwise(name: str) -> str | None:
    """How that is written which no directive says: a hint. None where a directive may have been meant."""
    word = fold(name)
    if word in _HEADINGS:
        return "A cue begins with a heading, a line of its own: # 1m1 Title."
    if word in _COMMENTS:
        return "A comment is a line of its own: // …"
    key = canonical(name, FRONT_MATTER_NAMES)
    if key is not None:
        shown = FRONT_MATTER[key].name if name.isascii() else name
        return f"It belongs to the front matter, at the head of the file: {shown}: …, and --- below it."
    return None


def _value(name: str) -> tuple[str, str] | None:
    word = fold(name)
    if word in DYNAMICS or word in _MARKS:
        return "dynamics", _MARKS.get(word, word)
    if canonical(name, STYLE_NAMES) is not None:
        return "style", word
    if canonical(name, EMOTION_NAMES) is not None:
        return "emotion", word
    if word in TRANSITIONS:
        return "transition", word
    if word in PITCHED_NAMES:
        return "instruments", f"melody={word}" if name.isascii() else f"旋律={word}"
    if (emotion := emotion_meant(name)) is not None:
        return "emotion", emotion
    if (style := style_meant(name)) is not None:
        return "style", style
    return None
