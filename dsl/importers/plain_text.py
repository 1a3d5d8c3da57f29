"""Plain text → `Story`: chapter headings, separators and wide gaps part the scenes, `NAME:` lines speak.

Lines that were wrapped to a width are joined again, so that sentences are whole; verse and short lines stay
as they are.
"""

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field

from dsl.importers.scene_headings import is_chinese_heading
from dsl.importers.speakers import speech_of, usual_speakers
from dsl.importers.story import Aside, Gap, Part, Prose, Remark, Scene, Speech, Story, speaks, trimmed
from dsl.importers.wrapped_lines import goes_on, joined

_NUMERAL = r"[0-9０-９一二三四五六七八九十百千零〇两兩廿]"
_CHAPTER = re.compile(
    rf"(?:第\s*{_NUMERAL}{{1,9}}\s*[章回节節卷部幕场場集话話篇折](?:[\s:：、.．—-].{{0,60}}|.{{0,20}})?"
    r"|(?:序章|序幕|楔子|引子|尾声|尾聲|终章|終章|番外|后记|後記)(?:[\s:：].{0,40})?"
    r"|(?:chapter|part|book|act|scene)\s+(?:[0-9]{1,4}|[ivxlcdm]{1,8}|one|two|three|four|five|six|seven|eight|nine|ten"
    r"|eleven|twelve|thirteen|fourteen|fifteen|sixteen|seventeen|eighteen|nineteen|twenty|the\s+\w+)\b(?:[\s:.—–-].{0,80})?"
    r"|(?:prologue|epilogue|interlude)(?:[\s:.—–-].{0,60})?"
    r"|[IVXLC]{1,7}\.?)",
    re.I,
)
_CASE_MATTERS = re.compile(r"[ivxlc]{1,7}\.?")
"""A Roman numeral alone is a heading in capitals only."""
_MARKDOWN = re.compile(r"#{1,6}[ \t]+(\S.*?)[ \t#]*$")
_SEPARATOR = re.compile(r"[\s]*(?:(?:[*＊·•~=_—–#§⁂❦☆★○●◇◆※-][\s]*){3,}|[§⁂❦※]|[-—]{2,})[\s]*")
_HEADING_END = re.compile(r"[.!?。！？…,，;；]$")
_LONGEST_TITLE = 40


@dataclass(slots=True)
class _Open:
    title: str | None
    line: int
    parts: list[Part] = field(default_factory=list)


def read_plain_text(text: str) -> Story:
    """The story of a plain text. Never raises."""
    lines = text.replace("\f", "\n").split("\n")
    remarks: list[Remark] = []
    title, start = _title(lines, remarks)
    names = usual_speakers([line.strip() for line in lines])
    wide = _scene_gap(lines[start:])
    chinese = _is_chinese(text)
    scenes = [_Open(None, start + 1)]
    blanks = 0
    for number, source in enumerate(lines[start:], start + 1):
        line = source.strip()
        if not line:
            blanks += 1
            continue
        heading = _heading(line)
        if heading is not None:
            scenes.append(_Open(heading, number))
        elif _SEPARATOR.fullmatch(line):
            scenes.append(_Open("", number))
            remarks.append(Remark(number, "separators", "cues"))
        else:
            if wide and blanks >= wide and speaks(scenes[-1].parts):
                scenes.append(_Open("", number))
            elif blanks:
                scenes[-1].parts.append(Gap())
            _add(scenes[-1].parts, line, number, names, remarks)
        blanks = 0
    return Story("text", title, tuple(_named(scenes, chinese)), tuple(remarks))


def _title(lines: Sequence[str], remarks: list[Remark]) -> tuple[str | None, int]:
    """A short first line by itself is the title: (title, lines it takes)."""
    first = next((n for n, line in enumerate(lines) if line.strip()), None)
    if first is None or first + 1 >= len(lines) or lines[first + 1].strip():
        return None, 0
    line = lines[first].strip().lstrip("\ufeff")
    named = re.fullmatch(r"《(.{1,60})》", line)
    if named is None and (
        len(line) > _LONGEST_TITLE or _HEADING_END.search(line) or _heading(line) is not None
    ):
        return None, 0
    if named is None and (_SEPARATOR.fullmatch(line) or re.search(r"[:：]", line)):
        return None, 0
    if not any(rest.strip() for rest in lines[first + 1 :]):
        return None, 0
    remarks.append(Remark(first + 1, "the first line", "the title"))
    return (named.group(1) if named else line), first + 1


def _heading(line: str) -> str | None:
    """The title where the line is a chapter's heading."""
    marked = _MARKDOWN.fullmatch(line)
    if marked is not None:
        return marked.group(1)
    if is_chinese_heading(line):
        return line
    if len(line) > 100 or not _CHAPTER.fullmatch(line) or _CASE_MATTERS.fullmatch(line):
        return None
    is_sentence = line.endswith(".") and len(line.split()) > 3
    return None if is_sentence or re.search(r"[。！？…,，;；]$", line) else line


def _scene_gap(lines: Sequence[str]) -> int:
    """How many empty lines part scenes: more than part paragraphs, at least two. 0 where all gaps are
    alike."""
    runs: Counter[int] = Counter()
    blanks, begun = 0, False
    for line in lines:
        if line.strip():
            if blanks and begun:
                runs[blanks] += 1
            blanks, begun = 0, True
        else:
            blanks += 1
    if not runs:
        return 0
    usual = runs.most_common(1)[0][0]
    # Where single lines are paragraphs, any two empty lines are a gap; else it takes more than the usual gap.
    packed = sum(runs.values()) * 3 < sum(bool(line.strip()) for line in lines)
    return 2 if usual == 1 or packed else usual + 1


def _add(parts: list[Part], line: str, number: int, names: frozenset[str], remarks: list[Remark]) -> None:
    """A line of text: a speech, the rest of a wrapped line, or a line of its own."""
    if line[0] in "△▲" and line[1:].strip():
        line = line[1:].strip()
        remarks.append(Remark(number, "marks of action", "left out; the words stay"))
    speech = speech_of(line, names)
    last = parts[-1] if parts else None
    if speech is not None:
        if speech.aside:
            parts.append(Aside(speech.aside, number))
            remarks.append(Remark(number, "parentheticals", "comments"))
        parts.append(Speech(speech.speaker, speech.words, number))
    elif isinstance(last, Prose | Speech) and last.line == number - 1 and goes_on(last.text, line):
        whole = joined(last.text, line)
        parts[-1] = Speech(last.speaker, whole, number) if isinstance(last, Speech) else Prose(whole, number)
        remarks.append(Remark(number, "line breaks in mid-sentence", "joined"))
    else:
        parts.append(Prose(line, number))


def _named(scenes: Sequence[_Open], chinese: bool) -> list[Scene]:
    """Scenes with a title each; what holds nothing and has no title is no scene."""
    named: list[Scene] = []
    for scene in scenes:
        parts = trimmed(scene.parts)
        if not parts and not scene.title:
            continue
        title = scene.title
        if title == "" or (title is None and len(scenes) > 1 and not named):
            title = f"第 {len(named) + 1} 场" if chinese else f"Scene {len(named) + 1}"
        named.append(Scene(title, parts, scene.line))
    return named


def _is_chinese(text: str) -> bool:
    sample = text[:20_000]
    return sum("\u4e00" <= c <= "\u9fff" for c in sample) > 0.2 * sum(c.isalpha() for c in sample)
