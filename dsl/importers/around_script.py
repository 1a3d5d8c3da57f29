"""What stands around a script and is none of it: casts, what a scene's head says, transitions, the words of
publishers and mail programs. Pure patterns and places; `plain_text` decides what becomes of them.
"""

import re
from collections.abc import Callable, Sequence

_HEAD = re.compile(
    r"[【\[〔]?(?:(?:登场|出场|主要|登場|出場)?(?:人物|角色)|演员|演員|时间|時間|时代|時代|时|時|地点|地點|场景|場景|景|人"
    r"|场次|場次|道具|景别|布景|佈景|改编|改編|原著|监制|監製|导演|導演|类型|集数|备注)[】\]〕]?\s*[:：]\s*\S"
)
_SOUND = re.compile(
    r"[【\[(（]?\s*(?:(?:SFX|FX|SOUND|MUSIC|AMBIENCE|ATMOS|GRAMS|BGM)(?: \d{1,3})?\s*[:：]"
    r"|(?:音效|音乐|音樂|配乐|配樂|背景音乐)(?:\s*[:：]|[起止停入]|渐|漸)).*"
)
_AUTHOR = re.compile(r"[【\[]?(?:编剧|編劇|作者)[】\]]?\s*[:：]\s*(\S.{0,60})$")
_NAME = re.compile(r"[【\[]?(?:片名|剧名|劇名|剧本名|标题|標題)[】\]]?\s*[:：]\s*(\S.{0,60})$")
_CAST = re.compile(
    r"[【\[]?(?:(?:主要|登场|出场)?(?:人物|角色)(?:表|介绍|小传|简介|列表)?|剧中人|人物表)[】\]]?\s*[:：]?"
    r"|(?:dramatis person(?:ae|æ)|(?:cast of )?characters|(?:the )?cast|persons represented)[.:]?",
    re.I,
)
_CAST_LINE = re.compile(r"[^\s:：，,—–-]{1,30}(?: [^\s:：，,—–-]{1,20}){0,3}\s*(?:[:：，,—–(（-]|$)")
_HANDOVER = re.compile(
    r"[(（【\[]?(?:切|切至|切到|叠化|叠化至|叠至|淡出|化出|渐隐|黑场"
    r"|CUT TO|FADE OUT|DISSOLVE TO|FADE TO BLACK|BLACKOUT)"
    r"[:：。.]?[)）】\]]?[:：。.]?"
)
_FADE_IN = re.compile(r"[(（【\[]?(?:淡入|渐显|化入|FADE IN|FADE UP)[:：。.]?[)）】\]]?[:：。.]?")
_STAMP = re.compile(r"[\[(]?\d{1,2}(?::\d{2}){1,2}(?:[.,]\d{1,3})?[\])]?")
_MAIL = re.compile(
    r"(from|to|cc|bcc|subject|date|sent|reply-to|发件人|收件人|抄送|主题|日期|发送时间)\s*[:：]\s*(.*)$",
    re.I,
)
_BOOK = re.compile(r"\*{3} ?(START|END) OF (?:THE|THIS) PROJECT GUTENBERG.*", re.I)
_YAML = re.compile(r"[A-Za-z_][\w -]{0,40}:(?:\s.*)?$|\s+\S.*|-\s.*")
_BOOK_TITLE = re.compile(
    r"(?:The )?Project Gutenberg(?:['’]s)? e?Book(?: of|,) (.{1,100}?)(?:, by (.{1,60}))?$", re.I
)
_LONGEST_CAST = 200
_LEAST_STAMPS = 3
_LEAST_MAIL = 2


def is_scene_head(line: str) -> bool:
    """`人物：林、沈`, `【时间】：夜`."""
    return _HEAD.match(line) is not None


def is_sound(line: str) -> bool:
    """`SFX: DOOR OPENS`, `【音乐起】`: what radio plays ask for between the words."""
    return _SOUND.fullmatch(line) is not None


def author_of(line: str) -> str | None:
    """Who wrote it, where a line says so: `编剧：王小明`."""
    found = _AUTHOR.fullmatch(line)
    return found.group(1) if found is not None else None


def title_of(line: str) -> str | None:
    """What it is called, where a line says so: `片名：悬崖`."""
    found = _NAME.fullmatch(line)
    return found.group(1).strip("《》") if found is not None else None


def is_handover(line: str) -> bool:
    """`切至：`, `（淡出）`, `CUT TO:`."""
    return _HANDOVER.fullmatch(line) is not None


def is_fade_in(line: str) -> bool:
    """`淡入：`, `FADE IN:`."""
    return _FADE_IN.fullmatch(line) is not None


def cast_lines(lines: Sequence[str], start: int, is_heading: Callable[[str], bool]) -> int:
    """How many lines from `start` are a cast: its heading (`人物表：`, `Dramatis Personae`) and who stands
    under it, down to the next heading. 0 for none."""
    if not _CAST.fullmatch(lines[start]):
        return 0
    end = start + 1
    for place in range(start + 1, min(len(lines), start + _LONGEST_CAST)):
        line = lines[place]
        if line and (is_heading(line) or len(line) > 120 or not _CAST_LINE.match(line)):
            break
        if line and not lines[place - 1] and place - 1 > start + 1 and not re.search("[:：，,—–(（]", line):
            break
        end = place + 1 if line else end
    return end - start if end > start + 1 else 0


def stamps(lines: Sequence[str]) -> frozenset[int]:
    """Indices of lines that are nothing but a time, as transcripts of films have them between the words."""
    found = [place for place, line in enumerate(lines) if line and _STAMP.fullmatch(line)]
    return frozenset(found) if len(found) >= _LEAST_STAMPS else frozenset()


def book_bounds(lines: Sequence[str]) -> tuple[int, int]:
    """(first, one past the last) line of a book of Project Gutenberg, whose licence stands around it; else
    all."""
    marks = [
        (place, found.group(1).upper())
        for place, line in enumerate(lines)
        if (found := _BOOK.fullmatch(line))
    ]
    first = next((place + 1 for place, which in marks if which == "START"), 0)
    last = next((place for place, which in marks if which == "END" and place >= first), len(lines))
    return first, last


def book_title(lines: Sequence[str]) -> tuple[str, str | None] | None:
    """(title, author) by the first line of a book of Project Gutenberg."""
    first = next((line for line in lines if line), "")
    found = _BOOK_TITLE.match(first.lstrip("\ufeff"))
    return (found.group(1), found.group(2)) if found is not None else None


def mail_head(lines: Sequence[str]) -> int:
    """How many lines are what a mail begins with (From:, To:, Subject:); 0 where it is none."""
    count = next((place for place, line in enumerate(lines) if not _MAIL.match(line)), len(lines))
    return count if count >= _LEAST_MAIL else 0


def front_matter_lines(lines: Sequence[str]) -> int:
    """How many lines Markdown's front matter takes, its marks with it; 0 where there is none."""
    if not lines or lines[0] != "---":
        return 0
    end = next((place for place, line in enumerate(lines[1:40], 1) if line in ("---", "...")), 0)
    inner = lines[1:end]
    return end + 1 if inner and all(not line or _YAML.match(line) for line in inner) else 0
