"""Scene headings of screenplays: `INT. HOUSE - DAY`, `I/E CAR`, `1. 内景 咖啡馆 日`, `2、外景 街道 夜`.

Shared by the readers of Fountain and of plain text, and by what tells the two apart.
"""

import re

_NUMBER = (
    r"(?:[A-Z]{0,2}[0-9０-９]{1,4}[A-Za-z]{0,2}(?:-[0-9]{1,3})?[.．)）、:：]?\s+"
    r"|[0-9０-９]{1,4}[A-Za-z]{0,2}[.)]\s*)"
)
_ENGLISH = re.compile(
    rf"(?:{_NUMBER})?(?:INT\.?\s?/\s?EXT|EXT\.?\s?/\s?INT|INT|EXT|EST|I\.?\s?/\s?E|E\.?\s?/\s?I)(?:[.:：\s]|$)"
    r"|(?:INTERIOR|EXTERIOR)[.:：]",
    re.I,
)
_SHOUTED = re.compile(rf"(?:{_NUMBER})?(?:INT|EXT|I\.?/E|E\.?/I)[./].*[^.!?。！？]$")
_PLACE = "内外景|內外景|内/外景|外/内景|內/外景|外/內景|内景|內景|外景"
_HALL = "内/外|外/内|內/外|外/內|内外|內外|内|內|外"
_HAN_NUMBER = "[0-9０-９一二三四五六七八九十百零〇两]"
_CHINESE_NUMBER = (
    rf"(?:第\s?{_HAN_NUMBER}{{1,6}}\s?[场場幕]|[场場]景?\s?{_HAN_NUMBER}{{1,6}}"
    rf"|[SsCc]?[0-9０-９]{{1,4}}[A-Za-z]?(?:\s?[-–—.]\s?[0-9]{{1,4}})?\s?[场場]?|[一二三四五六七八九十百]{{1,5}}(?=[、.．场場]))"
)
_BETWEEN = r"[\s.．、:：,，。/／|｜·—–()（）－-]"
_HOURS = (
    "日|夜|晨|昏|晚|白天|夜晚|夜里|清晨|早晨|上午|中午|下午|傍晚|黄昏|黃昏|深夜|凌晨|午夜|日出|日落|雨夜|雪夜"
)
_HALL_AND_HOUR = re.compile(rf"(?:{_HALL})(?:{_HOURS})|(?:{_HOURS})(?:{_HALL})")
"""`日内`, `夜外`: as one word."""
_LONGEST_BARE = 30
_NAMED = re.compile(rf"(?:{_CHINESE_NUMBER}{_BETWEEN}*)?(?:{_PLACE})(?:{_BETWEEN}|$)")
_NUMBERED = re.compile(rf"{_CHINESE_NUMBER}{_BETWEEN}+(.+)$")
_WRAPPED = re.compile(r"[【\[〔(（](.{1,80})[】\]〕)）]$")
_LONGEST = 60


def is_english_heading(line: str) -> bool:
    """`INT.`, `EXT.`, `EST.`, `INT./EXT.`, `I/E`, `I./E.` and what follows, a shooting number before it."""
    found = _ENGLISH.match(line)
    if found is None:
        return False
    # `Ext is fine.` is a sentence, `ext brick's pool` a heading.
    return not (line[: found.end()][-1:] == " " and line[-1:] in ".!?" and line != line.upper())


def is_chinese_heading(line: str) -> bool:
    """内景, 外景, 内/外景 and what follows, numbered or not; with a number also 内 or 外 and an hour."""
    if len(line) > _LONGEST + 20 or line.isascii():
        return False
    wrapped = _WRAPPED.match(line)
    bare = (wrapped.group(1) if wrapped else line).strip()
    if len(bare) > _LONGEST or bare[-1:] in "。！？!?…；;":
        return False
    if _NAMED.match(bare):
        return True
    numbered = _NUMBERED.match(bare)
    words = [word for word in re.split(_BETWEEN, bare if numbered is None else numbered.group(1)) if word]
    both = any(_HALL_AND_HOUR.fullmatch(word) for word in words)
    indoors = both or any(re.fullmatch(_HALL, word) for word in words)
    hour = both or any(re.fullmatch(_HOURS, word) for word in words)
    if numbered is not None:
        return indoors and (hour or len(words) > 1)
    # Without a number: a place, an hour, and which side of the door.
    return indoors and hour and len(words) + both >= 3 and len(bare) <= _LONGEST_BARE


def is_hour_only(line: str) -> bool:
    """`日/内`, `夜 外`: an hour and which side of the door, with no place."""
    words = [word for word in re.split(_BETWEEN, line) if word]
    both = any(_HALL_AND_HOUR.fullmatch(word) for word in words)
    sides = sum(re.fullmatch(_HALL, word) is not None for word in words)
    hours = sum(re.fullmatch(_HOURS, word) is not None for word in words)
    return (both and len(words) == 1) or (sides == 1 and hours == 1 and len(words) == 2)


def is_shouted(line: str) -> bool:
    """Whether an English heading is in capitals, as no sentence is."""
    return re.match(r"[\W\d]*[A-Za-z]{0,2}[\W\d]*(?:INT|EXT|EST|I\.?\s?/|E\.?\s?/)", line) is not None


def is_heading_anywhere(line: str) -> bool:
    """Whether a line reads as a heading even where no empty line stands above it: all in capitals, or
    Chinese."""
    if line.isascii():
        return line == line.upper() and _SHOUTED.match(line) is not None
    return is_chinese_heading(line) or (line == line.upper() and _SHOUTED.match(line) is not None)


def is_heading(line: str) -> bool:
    """Whether a line alone, without its neighbours, reads as a scene heading (`INT. BAR – NIGHT`, `第一场
    …`)."""
    return is_english_heading(line) or is_chinese_heading(line)
