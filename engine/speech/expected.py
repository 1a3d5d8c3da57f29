"""What is to be expected of a text read aloud, before anybody has heard it: how long its clauses are in
syllables, how much of them hisses, and which pauses lie between.

English syllables are counted by rule, Chinese ones are its characters. All lengths are in syllables of an
average voice; how many seconds one takes is the aligner's business.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from enum import IntEnum
from functools import lru_cache
from typing import Final

from dsl.spoken import ScriptLine


class Break(IntEnum):
    """What ends a clause, from the least pause to the longest."""

    COMMA = 0
    SENTENCE = 1
    LINE = 2
    """The end of a line without a mark of its own."""
    FULL_LINE = 3
    PARAGRAPH = 4


@dataclass(frozen=True, slots=True)
class SpokenClause:
    """Text between two places where a voice may pause. `line` counts the script's lines from 0, `at` is the
    character of its text at which the clause begins; `length`, `syllables`, `hiss` are expected amounts."""

    line: int
    at: int
    length: float
    syllables: float
    hiss: float
    ends: Break


_SIGNS = "\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\u3041-\u309f\u30a1-\u30fa\uac00-\ud7a3\U00020000-\U0003ffff"
_TOKEN = re.compile(
    f"(?P<sign>[{_SIGNS}])|(?P<number>\\d+(?:[.,:]\\d+)*)|(?P<word>[^\\W\\d_{_SIGNS}]+(?:['’][^\\W\\d_{_SIGNS}]+)*)"
    "|(?P<strong>[.。!！?？…⋯;；:：—–]+)|(?P<weak>[,，、()（）]+)"
)
_VOWELS = re.compile("[aeiouyàáâäèéêëìíîïòóôöùúûü]+")
_CONSONANTS = re.compile(r"ph|th|sh|ch|ck|gh|ng|wh|qu|([bcdfgjklmnpqrstvwxz])\1?")
_HISSES: Final = (
    ("sh|ch|tch|ss|x|[st]io|c(?=[eiy])", 1.0),
    ("s", 0.8),
    ("z|j|g(?=[eiy])", 0.5),
)
_HISSING = re.compile("|".join(f"({pattern})" for pattern, _ in _HISSES))
_PER_SYLLABLE, _PER_CONSONANT = 0.55, 0.16
_LAST_LENGTHENED: Final = 0.3
"""The last syllable before a pause is longer, in every language (Vaissière 1983)."""
_LONGEST_CLAUSE: Final = 200

# GB 2312 orders its 3,755 usual characters by pinyin, so that a code tells the initial sound: the first
# character of each letter, and how much of the syllable hisses.
_INITIALS: Final = (
    (0xB0A1, 0.0),  # a, b
    (0xB2C1, 1.0),  # c, ch
    (0xB4EE, 0.0),  # d … h
    (0xBBF7, 0.6),  # j
    (0xBFA6, 0.0),  # k … p
    (0xC6DA, 1.0),  # q
    (0xC8BB, 0.2),  # r
    (0xC8F6, 1.0),  # s, sh
    (0xCBFA, 0.0),  # t, w
    (0xCEF4, 1.0),  # x
    (0xD1B9, 0.0),  # y
    (0xD4D1, 0.6),  # z, zh
    (0xD7FA, 0.3),  # rarer characters, by radical
)


def clauses_of(lines: Sequence[ScriptLine]) -> tuple[SpokenClause, ...]:
    """The clauses of a script's lines in order; a line without a word that could be spoken has none."""
    found: list[SpokenClause] = []
    for number, line in enumerate(lines):
        own = _clauses(number, line.text)
        if not own:
            continue
        if found and line.begins_paragraph:
            found[-1] = _ending(found[-1], Break.PARAGRAPH)
        found += own
    return tuple(found)


def _ending(clause: SpokenClause, ends: Break) -> SpokenClause:
    return SpokenClause(clause.line, clause.at, clause.length, clause.syllables, clause.hiss, ends)


def _clauses(number: int, text: str) -> list[SpokenClause]:
    found: list[SpokenClause] = []
    at: int | None = None
    length = syllables = hiss = 0.0
    ends = Break.LINE
    for token in _TOKEN.finditer(text):
        kind = token.lastgroup
        if kind in ("strong", "weak"):
            ends = Break.SENTENCE if kind == "strong" else Break.COMMA
            if at is not None:
                found.append(SpokenClause(number, at, length + _LAST_LENGTHENED, syllables, hiss, ends))
                at, length, syllables, hiss = None, 0.0, 0.0, 0.0
            continue
        own = _spoken(token.group(), str(kind))
        at = token.start() if at is None else at
        length, syllables, hiss = length + own[0], syllables + own[1], hiss + own[2]
        ends = Break.LINE
    if at is not None:
        found.append(SpokenClause(number, at, length + _LAST_LENGTHENED, syllables, hiss, Break.LINE))
    if found:
        last = Break.LINE if found[-1].ends is Break.LINE else Break.FULL_LINE
        found[-1] = _ending(found[-1], last)
    return found


@lru_cache(maxsize=1 << 14)
def _spoken(word: str, kind: str) -> tuple[float, float, float]:
    """Length, syllables and hiss of a word, a number, or one Chinese character."""
    if kind == "sign":
        return 1.0, 1.0, _hiss_of_sign(word)
    if kind == "number":
        digits = float(sum(c.isdigit() for c in word[:_LONGEST_CLAUSE]))
        return 1.4 * digits, 1.4 * digits, 0.4 * digits
    if len(word) > 1 and word.isupper() and word.isascii() and not _VOWELS.search(word.lower()):
        return float(len(word)), float(len(word)), 0.3 * len(word)
    lower = word.lower()
    count = syllables_of(lower)
    consonants = sum(1 for _ in _CONSONANTS.finditer(lower))
    return _PER_SYLLABLE * count + _PER_CONSONANT * consonants, float(count), _hiss_of_word(lower)


def syllables_of(word: str) -> int:
    """Syllables of an English word in small letters, by rule: groups of vowels, without those that are
    silent (stopped, lake), with those that are not (added, table)."""
    groups = len(_VOWELS.findall(word))
    silent_e = word.endswith("e") and not re.search("(ee|ie|ye|oe|[^aeiouy]le)$", word)
    if silent_e or re.search("[^aeioutdy]ed$|[^aeiouyscxzgh]es$", word):
        groups -= 1
    return max(groups, 1)


def _hiss_of_word(word: str) -> float:
    return sum(_HISSES[(match.lastindex or 1) - 1][1] for match in _HISSING.finditer(word))


def _hiss_of_sign(sign: str) -> float:
    try:
        data = sign.encode("gb2312")
    except UnicodeEncodeError:
        return 0.3
    code = int.from_bytes(data, "big")
    return next((hiss for first, hiss in reversed(_INITIALS) if code >= first), 0.0)
