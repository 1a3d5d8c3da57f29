"""What subtitles show and nobody says: sounds and manners in brackets, and who made the subtitles.

Captions for those who do not hear say `[door slams]` and `(sighs) Fine.`; files from the web begin and end
with whoever made them. Read aloud, both would be scored as the story.
"""

import re
from collections import Counter
from collections.abc import Iterable

_SQUARE = r"\[[^\[\]]{1,120}\]|【[^【】]{1,120}】|〔[^〔〕]{1,120}〕"
_ROUND = r"\([^()]{1,120}\)|（[^（）]{1,120}）"
_LEADING = re.compile(
    rf"(?:[-–—‐]\s*)?({_SQUARE}|{_ROUND})(?!\s*[,，;；'’?？!！]|\s*[.。](?![.。]|\s*$))\s*([:：]?)\s*"
)
"""Not `[bleep], no!`: a name or a word that was taken out is part of the sentence."""
_TRAILING = re.compile(
    rf"(?:(?<=[.!?…。！？♪,，-])\s*({_SQUARE}|{_ROUND})|\s(\[[a-z][^\[\]]{{1,60}}\]))[.。]?$"
)
_DASH_LEFT = re.compile(r"(?:^|\s+)[-–—‐]$")
_NOTES_ONLY = re.compile(r"[-–—‐\s]*[♪♫♬♩#＃*～~\s]*[♪♫♬♩][♪♫♬♩#＃*～~\s]*$")
_CREDIT = re.compile(
    r"(?:downloaded from|(?:english |original |chinese )?(?:subtitles?|subs?|captions?|captioning|captioned"
    r"|subtitled|synced|sync|synchroni[sz]ed|corrected|corrections?|resync|re-sync|transcripts?|transcribed|translated|translation"
    r"|ripped|rip|encoded|provided|edited)"
    r"(?:\s*(?:&|and|,|/)\s*[a-z-]{3,16}){0,3}\s+by\b"
    r"|.{0,80}\b(?:opensubtitles|addic7ed|tvsubtitles|subscene|podnapisi|yts|yify|yyets|zimuku|amara)\.?"
    r"(?:org|com|net|mx|am|to)?\b"
    r"|advertise your product|support us and become vip"
    r"|.{0,12}(?:字幕组|字幕組|字幕社|人人影视|射手网|字幕库)"
    r"|(?:翻译|翻譯|校对|校對|时间轴|時間軸|时间|压制|壓製|后期|後期|总监|監製|字幕|听译|听写)\s*[:：]\s*\S+"
    r"(?:\s+(?:翻译|翻譯|校对|校對|时间轴|時間軸|压制|壓製|后期|後期|总监|字幕|听译)\s*[:：]\s*\S+)+)",
    re.I,
)
_LEAST = 2


def is_credit(words: str) -> bool:
    """Whether a whole subtitle says who made, translated or hosts the subtitles."""
    return _CREDIT.match(words) is not None


def bracketed_names(texts: Iterable[str]) -> frozenset[str]:
    """Who is named in brackets before what is said, again and again: `[Walter] Hey.`, `[SPEAKER_00]: Hi`."""
    counts: Counter[str] = Counter()
    for text in texts:
        found = _LEADING.match(text)
        if found is None or not text[found.end() :].strip():
            continue
        name = found.group(1)[1:-1].strip()
        is_written_so = name[:1].isupper() and not name.isupper() and len(name.split()) <= 2
        if found.group(2) and not name.islower():
            counts[name] += _LEAST
        elif is_written_so and found.group(1)[0] == "[":
            counts[name] += 1
    return frozenset(name for name, count in counts.items() if count >= _LEAST)


def apart(text: str, names: frozenset[str]) -> tuple[str | None, str, list[str]]:
    """(who is named in brackets, what is said, what is only shown) of a line; nothing said is ""."""
    speaker: str | None = None
    shown: list[str] = []
    while (found := _LEADING.match(text)) is not None:
        inner = found.group(1)[1:-1].strip()
        rest = text[found.end() :]
        if speaker is None and inner in names and rest:
            speaker = inner
        else:
            shown.append(found.group(1))
        text = rest
    while (found := _TRAILING.search(text)) is not None:
        shown.append(found.group(1) or found.group(2))
        text = _DASH_LEFT.sub("", text[: found.start()].rstrip())
    if _NOTES_ONLY.match(text):
        return None, "", [text.lstrip("-–—‐ "), *shown]
    return speaker, text, shown
