"""Who speaks, in texts that only show it: `MARA: …`, `林：…`; told from prose that holds a colon."""

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

_ASIDE = r"[(（][^()（）]{1,30}[)）]"
_PREFIX = re.compile(rf"([^\W\d_][\w .'’·-]{{0,30}}?)[ \t]*({_ASIDE})?[ \t]*[:：][ \t]*(?=\S)(.+)$", re.S)
_NAME_ALONE = re.compile(rf"([^\W\d_][\w .'’·-]{{0,30}}?)[ \t]*({_ASIDE})?[ \t]*[:：]$")
_OPENING_ASIDE = re.compile(rf"({_ASIDE})[ \t]*(?=\S)")
_CJK = re.compile(r"[\u3400-\u9fff\u3040-\u30ff\uac00-\ud7af·]+\Z")
_SAYING = re.compile(r"[说說道问問答喊叫想曰笑云唱念骂罵写寫是为為有到了的着]\Z")
"""A Chinese prefix that ends so is a sentence's beginning: 他说："""
_NOT_NAMES = frozenset(
    (
        *(
            "http",
            "https",
            "ftp",
            "mailto",
            "note",
            "notes",
            "ps",
            "nb",
            "warning",
            "example",
            "chapter",
            "part",
        ),
        *("注", "附", "注意", "例如", "比如", "其中", "原文", "备注", "时间", "地点", "人物", "译者"),
    )
)
_SHORT_CJK = 6


@dataclass(frozen=True, slots=True)
class Spoken:
    """`林（低声）：我不会回头。` → who, what, and how (in its parentheses; None where it is not said)."""

    speaker: str
    words: str
    aside: str | None


def speech_of(line: str, names: frozenset[str]) -> Spoken | None:
    """The speech where the line is one of `names`'."""
    found = _PREFIX.match(line)
    if found is None or found.group(1).strip() not in names:
        return None
    aside, words = found.group(2), found.group(3).strip()
    opening = _OPENING_ASIDE.match(words) if aside is None else None
    if opening is not None:
        aside, words = opening.group(1), words[opening.end() :]
    return Spoken(found.group(1).strip(), words, aside)


def only_speaker(line: str) -> str | None:
    """Who is named where a line is a name with its colon and nothing else: `MRS. SMITH:`, `林（笑）：`."""
    found = _NAME_ALONE.match(line)
    return found.group(1).strip() if found is not None else None


def usual_speakers(lines: Sequence[str]) -> frozenset[str]:
    """The prefixes that are names: in capitals, or short and standing before a colon again and again."""
    counts: Counter[str] = Counter()
    for line in lines:
        found = _PREFIX.match(line.lstrip("-–—>＞ \t"))
        if found is not None and not found.group(3).startswith("//"):
            counts[found.group(1).strip()] += 1
    return frozenset(name for name, count in counts.items() if _is_name(name, count))


def _is_name(name: str, count: int) -> bool:
    if name.lower() in _NOT_NAMES or len(name.split()) > 3:
        return False
    if _CJK.match(name):
        return len(name) <= _SHORT_CJK and count >= 2 and not _SAYING.search(name)
    if name.upper() == name and name.lower() != name:
        return len(name) > 1
    return count >= 2 and name[0].isupper() and len(name.split()) <= 2
