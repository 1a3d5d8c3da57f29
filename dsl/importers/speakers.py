"""Who speaks, in texts that only show it: `MARA: …`, `林：…`, `HAMLET. …`, `鲁贵　…`, a name above its words;
told from prose that holds a colon."""

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from dsl.importers.scene_headings import is_chinese_heading

_ASIDE = r"[(（][^()（）]{1,30}[)）]"
_NAME = r"[^\W\d_][\w .'’·、/／&＆\u3000-]{0,30}?"
_PREFIX = re.compile(rf"({_NAME})(?:[ \t\u3000]*({_ASIDE}))?[ \t\u3000]*[:：][ \t\u3000]*(?=\S)(.+)$", re.S)
_NAME_ALONE = re.compile(rf"({_NAME})(?:[ \t\u3000]*({_ASIDE}))?[ \t\u3000]*[:：]$")
_BARE_NAME = re.compile(rf"({_NAME})[ \t\u3000]*({_ASIDE})?[ \t\u3000]*[:：.]?$")
_SPACED = re.compile(
    rf"([\u3400-\u9fff·]{{1,5}})(?:\u3000+|\t+| {{2,}})({_ASIDE})?[ \t\u3000]*([^\s\u3000].*)$"
)
"""`鲁贵　（喘着气）四凤！`: printed plays have a wide space for a colon."""
_STOPPED = re.compile(rf"([A-Z][A-Z'’ -]{{1,30}})\.[ \t]+({_ASIDE}|\[[^\[\]]{{1,60}}\])?[ \t]*(\S.*)$")
"""`HAMLET. To be, or not to be.`"""
_VOICED = re.compile(rf"[(（]({_NAME})[ \t]*((?:O\.?S|V\.?O)\.?|画外音|畫外音)[)）][ \t]*(\S.*)$", re.I)
_VOICE = re.compile(
    r"(?:(?<=[\u3400-\u9fff])|(?<=\w )) ?((?:O\.?S|V\.?O)\.?|画外音|畫外音|内心独白|(?<!内心)独白)\Z", re.I
)
"""`林岚OS：`: how she is heard is no part of her name."""
_OPENING_ASIDE = re.compile(rf"({_ASIDE})[ \t]*(?=\S)")
_CJK = re.compile(
    r"[\u3400-\u9fff\u3040-\u30ff\uac00-\ud7af]+(?:[·、/／&＆][\u3400-\u9fff\u3040-\u30ff\uac00-\ud7af]+)*\Z"
)
_PADDED = re.compile(r"(?<=[\u3400-\u9fff])[ \u3000]+(?=[\u3400-\u9fff])")
"""Names of two characters are often set as wide as those of three: `林　岚`."""
_SAYING = re.compile(
    r"[说說道问問答喊叫想曰笑云唱念骂罵写寫是为為有到了的着]\Z|(?:通知|宣布|表示|告诉|解释|补充|提醒|公告|强调)\Z"
)
"""A Chinese prefix that ends so is a sentence's beginning: 他说："""
_SAYS = frozenset(
    ("said", "says", "asked", "asks", "replied", "whispered", "shouted", "added", "wrote", "thought")
)
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
        *("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"),
        *("sfx", "fx", "sound", "music", "ambience", "atmos", "grams", "bgm", "配乐", "时", "時", "景", "人"),
        *("時間", "地點", "場景", "場次", "音樂", "編劇", "導演"),
        *("act", "scene", "int", "ext", "from", "to", "cc", "subject", "date", "sent", "title", "author"),
        *(
            "注",
            "附",
            "注意",
            "例如",
            "比如",
            "其中",
            "原文",
            "备注",
            "时间",
            "地点",
            "人物",
            "译者",
            "字幕",
            "镜头",
        ),
        *(
            "场景",
            "场次",
            "特写",
            "空镜",
            "音效",
            "音乐",
            "道具",
            "标题",
            "编剧",
            "导演",
            "监制",
            "角色",
            "景别",
            "画面",
        ),
        *(
            "转场",
            "提示",
            "日期",
            "作者",
            "翻译",
            "校对",
            "来源",
            "简介",
            "梗概",
            "主题",
            "结果",
            "真相",
            "问题",
            "结论",
        ),
    )
)
_SHORT_CJK = 6
_LONG_CJK = 12
_ONCE = 4
"""Who speaks a single time, in a script, has a name of so many characters at most: 众人, 服务员."""
_LONGEST_ALONE = 40
_SCENE = re.compile(r"(?:ACT|SCENE|Act|Scene)\s+(?:[0-9]|[IVXivx]+\b)|第.{1,6}[幕场場]")
_LEAST_TURNS = 4
_LEAST_SHARE_SHOWN = 0.15
_LEAST_LINES = 3
_LEAST_SHARE = 0.3


@dataclass(frozen=True, slots=True)
class Spoken:
    """`林（低声）：我不会回头。` → who, what, and how (in its parentheses; None where it is not said)."""

    speaker: str
    words: str
    aside: str | None


def named(written: str) -> tuple[str, str | None]:
    """(name, how its voice is heard) of a name as it is written: `林 岚VO` → 林岚, VO."""
    name = _PADDED.sub("", written.strip())
    found = _VOICE.search(name)
    if found is None or not name[: found.start()].strip():
        return name, None
    return name[: found.start()].strip(), found.group(1)


def speech_of(line: str, names: frozenset[str], spaced: bool = False) -> Spoken | None:
    """The speech where the line is one of `names`'. `spaced`: a wide space or a full stop may stand for the
    colon."""
    found = _PREFIX.match(line)
    if (found is None or named(found.group(1))[0] not in names) and spaced:
        found = _SPACED.match(line) or _STOPPED.match(line)
    if found is None or named(found.group(1))[0] not in names:
        voiced = _VOICED.match(line)
        if voiced is None or named(voiced.group(1))[0] not in names:
            return None
        return Spoken(named(voiced.group(1))[0], voiced.group(3).strip(), f"（{voiced.group(2)}）")
    name, voice = named(found.group(1))
    aside, words = found.group(2), found.group(3).strip()
    opening = _OPENING_ASIDE.match(words) if aside is None else None
    if opening is not None:
        aside, words = opening.group(1), words[opening.end() :]
    if voice is not None:
        aside = f"（{voice}）{aside or ''}"
    return Spoken(name, words, aside)


def only_speaker(line: str) -> str | None:
    """Who is named where a line is a name with its colon and nothing else: `MRS. SMITH:`, `林（笑）：`."""
    found = _NAME_ALONE.match(line)
    return named(found.group(1))[0] if found is not None else None


def speaker_above(line: str, names: frozenset[str]) -> tuple[str, str | None] | None:
    """(name, how) where a line is the name of one of `names`, who says what stands below it."""
    found = _BARE_NAME.match(line) if len(line) <= 60 else None
    if found is None:
        return None
    name, voice = named(found.group(1))
    aside = (f"（{voice}）" if voice else "") + (found.group(2) or "")
    return (name, aside or None) if name in names else None


def usual_speakers(lines: Sequence[str]) -> frozenset[str]:
    """The prefixes that are names: in capitals, or short and standing before a colon again and again."""
    counts: Counter[str] = Counter()
    for line in lines:
        found = _PREFIX.match(line.lstrip("-–—>＞ \t"))
        if found is not None and not found.group(3).startswith("//"):
            counts[named(found.group(1))[0]] += 1
    return frozenset(name for name, count in counts.items() if _is_name(name, count))


def speakers_of_script(lines: Sequence[str]) -> frozenset[str]:
    """Who speaks in a text that may be a script: also by a wide space, a full stop, a name above the words;
    and in Chinese whoever speaks once, where a good part of the lines is speech."""
    has_scenes = any(_SCENE.match(line) is not None or is_chinese_heading(line) for line in lines)
    total = sum(bool(line) for line in lines)
    names = usual_speakers(lines)
    alone = _names_alone(lines)
    shown = [name for name in alone if name.isascii() or has_scenes]
    for line in lines:
        found = _SPACED.match(line) or _STOPPED.match(line) or _NAME_ALONE.match(line)
        shown += [found.group(1)] if found is not None else []
    names |= _shown(shown, total, has_scenes)
    if has_scenes and len(alone) >= _LEAST_LINES and names.intersection(alone):
        names |= {name for name in alone if len(name) < _ONCE and _CJK.match(name) and _is_name(name, 2)}
    prefixed = [named(found.group(1))[0] for line in lines if (found := _PREFIX.match(line)) is not None]
    once = {name for name in prefixed if _CJK.match(name) and len(name) <= _ONCE and _is_name(name, 2)}
    speaking = sum(name in names or name in once for name in prefixed)
    is_script = speaking >= _LEAST_LINES and speaking >= _LEAST_SHARE * total
    return names | once if is_script else names


def _names_alone(lines: Sequence[str]) -> list[str]:
    """What stands by itself on a line, room above it and words below."""
    found: list[str] = []
    for above, line, below in zip(["", *lines], lines, [*lines[1:], ""], strict=False):
        bare = (
            _BARE_NAME.match(line) if line and len(line) <= _LONGEST_ALONE and below and not above else None
        )
        name = named(bare.group(1))[0] if bare is not None and line[-1] not in ":：" else ""
        if _CJK.match(name) or (name.isascii() and name.isupper()):
            found.append(name)
    return found


def _shown(written: Sequence[str], total: int, has_scenes: bool) -> frozenset[str]:
    """Those that are names: they come again, and either the text has scenes or two take turns all along."""
    counts = Counter(named(name)[0] for name in written)
    names = frozenset(name for name, count in counts.items() if count >= 2 and _is_name(name, count))
    turns = sum(counts[name] for name in names)
    if has_scenes or (len(names) >= 2 and turns >= _LEAST_TURNS and turns >= _LEAST_SHARE_SHOWN * total):
        return names
    return frozenset()


def _is_name(name: str, count: int) -> bool:
    if name.lower() in _NOT_NAMES or len(name.split()) > 3 or name.split()[-1].lower() in _SAYS:
        return False
    if _CJK.match(name):
        longest = _LONG_CJK if re.search("[·、/／&＆]", name) else _SHORT_CJK
        return len(name) <= longest and count >= 2 and not _SAYING.search(name)
    if name.upper() == name and name.lower() != name:
        return len(name) > 1
    return count >= 2 and name[0].isupper() and len(name.split()) <= 2
