"""Headings of plain texts (`第一章 风起`, `CHAPTER IV.`, `## Two`, `SCENE 1. A room.`), and the scenes they
make: which holds others, which has its title in the line below.
"""

import re
from collections.abc import Sequence

from dsl.importers.scene_headings import is_chinese_heading
from dsl.importers.screenplay import OpenScene
from dsl.importers.story import Aside, Gap, Part, Prose, Scene, speaks, trimmed

_NUMERAL = r"[0-9０-９一二三四五六七八九十百千零〇两兩廿]"
_CHAPTER = re.compile(
    rf"(?:第\s*{_NUMERAL}{{1,9}}\s*[章回节節卷部幕场場集话話篇折](?:[\s:：、.．—-].{{0,60}}|.{{0,20}})?"
    r"|(?:序章|序幕|楔子|引子|尾声|尾聲|终章|終章|番外|后记|後記)(?:[\s:：].{0,40})?"
    r"|(?:chapter|part|book|act|scene)\s+(?:[0-9]{1,4}|[ivxlcdm]{1,8}|one|two|three|four|five|six|seven|eight|nine|ten"
    r"|eleven|twelve|thirteen|fourteen|fifteen|sixteen|seventeen|eighteen|nineteen|twenty|the\s+\w+)\b(?:[\s:.—–-].{0,80})?"
    r"|(?:act|scene) (?:[0-9]{1,3}|[ivx]{1,5}), (?:act|scene) (?:[0-9]{1,3}|[ivx]{1,5})(?:[\s:.—–-].{0,80})?"
    r"|(?:prologue|epilogue|interlude)(?:[\s:.—–-].{0,60})?"
    r"|[IVXLC]{1,7}\.?)",
    re.I,
)
_CASE_MATTERS = re.compile(r"[ivxlc]{1,7}\.?")
"""A Roman numeral alone is a heading in capitals only."""
_OF_A_PLAY = re.compile(r"(?:ACT|SCENE|Act|Scene) (?:[IVXLC]+|[0-9]+)(?:[.,:] ?[A-Z][^.]*\.?|\.)?$")
"""`SCENE 1. A room in the castle.`"""
_SCENE_LABEL = re.compile(
    rf"(?:[场場](?:次[:：])?\s?{_NUMERAL}{{1,4}}|{_NUMERAL}{{1,4}}[.、．]\s?[场場]?景[:：]\s?\S.{{0,30}})"
)
"""`場1`, `场次：2`, `3. 场景：街道`."""
_PART_OF_SONG = re.compile(
    r"(?:verse|chorus|pre-?chorus|bridge|intro|outro|hook|refrain|主歌|副歌|桥段|前奏|尾奏)\s?[0-9a-z]{0,2}",
    re.I,
)
_WRAPPED = re.compile(r"[【\[](.{2,60})[】\]]")
_MARKDOWN = re.compile(r"#{1,6}[ \t]+(\S.*?)[ \t#]*$")
_HEADING_END = re.compile(r"[.!?。！？…,，;；]$")
_NUMBER_ALONE = re.compile(
    rf"(?:第\s*{_NUMERAL}{{1,9}}\s*[章回节節]|chapter\s+\w+(?:-\w+)?\.?|[IVXLC]{{1,7}}\.?)", re.I
)
_RANKS = (
    re.compile(rf"第\s*{_NUMERAL}{{1,9}}\s*[部卷季]|(?:book|part|volume)\b", re.I),
    re.compile(rf"第\s*{_NUMERAL}{{1,9}}\s*[集幕]|(?:act|episode)\b", re.I),
)
"""Headings that hold others."""
_LONGEST_SUBTITLE = 60


def text_heading(line: str) -> str | None:
    """The title where the line is a chapter's heading."""
    marked = _MARKDOWN.fullmatch(line)
    if marked is not None:
        return marked.group(1)
    if is_chinese_heading(line):
        return line
    wrapped = _WRAPPED.fullmatch(line)
    line = wrapped.group(1).strip() if wrapped is not None else line
    if _SCENE_LABEL.fullmatch(line) or (wrapped is not None and _PART_OF_SONG.fullmatch(line)):
        return line
    if len(line) > 100 or not _CHAPTER.fullmatch(line) or _CASE_MATTERS.fullmatch(line):
        return None
    if _OF_A_PLAY.match(line):
        return line
    is_sentence = line.endswith(".") and len(line.split()) > 3
    return None if is_sentence or re.search(r"[。！？…,，;；]$", line) else line


def is_subtitle(scene: OpenScene) -> bool:
    """Whether all that a chapter holds so far is a line that may be its title: `CHAPTER I.`, below it `Down
    the Rabbit-Hole`."""
    heard = [part for part in scene.parts if not isinstance(part, Gap)]
    return len(heard) == 1 and _is_rest_of_title(scene.title, heard[0])


def named_scenes(scenes: Sequence[OpenScene], chinese: bool, opening: list[Aside]) -> list[Scene]:
    """Scenes with a title each; what holds nothing and has no title is no scene, a heading that holds others
    a comment, and what stands above all scenes goes to the `opening`."""
    named: list[Scene] = []
    for place, scene in enumerate(scenes):
        parts, title = trimmed(scene.without_handover()), scene.title
        following = scenes[place + 1].title if place + 1 < len(scenes) else None
        holds = bool(title and following) and _rank(title or "") < _rank(following or "")
        if not speaks(parts) and (not title or holds):
            notes = [Aside(title, scene.line)] if title else []
            _leave(named, [*notes, *(part for part in parts if isinstance(part, Aside))], opening)
            continue
        first = parts[0] if len(parts) > 2 and isinstance(parts[1], Gap) else None
        if isinstance(first, Prose) and _is_rest_of_title(title, first):
            title, parts = f"{title} {first.text}", parts[2:]
        if title == "" or (title is None and len(scenes) > 1 and not named):
            title = f"第 {len(named) + 1} 场" if chinese else f"Scene {len(named) + 1}"
        named.append(Scene(title, parts, scene.line, scene.handover))
    return named


def _leave(named: list[Scene], notes: list[Aside], opening: list[Aside]) -> None:
    """Puts comments behind the last scene, or above all of them."""
    if not named:
        opening += notes
    elif notes:
        last = named[-1]
        named[-1] = Scene(last.title, (*last.parts, Gap(), *notes), last.line, last.handover)


def _rank(title: str) -> int:
    """How far down a heading stands: parts above acts above scenes and chapters."""
    return next((rank for rank, pattern in enumerate(_RANKS) if pattern.match(title)), len(_RANKS))


def _is_rest_of_title(title: str | None, part: Part) -> bool:
    """Whether a paragraph may be the rest of a title that is a number alone."""
    if not title or not isinstance(part, Prose) or not _NUMBER_ALONE.fullmatch(title):
        return False
    short = len(part.text) <= _LONGEST_SUBTITLE and not _HEADING_END.search(part.text)
    return short and part.text[0] not in "\"'“‘「『-—"
