"""SRT and WebVTT subtitles → `Story`: times become moments, styling goes, speakers stay.

A subtitle is an `@at` with an `@fit` of its length. Gaps of music length between subtitles begin a new cue.
Both formats are read leniently: what cannot be a time line is text of the subtitle above it.
"""

import html
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from statistics import median

from dsl.importers.speakers import speech_of, usual_speakers
from dsl.importers.story import Gap, Kind, Moment, Note, Part, Prose, Remark, Scene, Speech, Story
from dsl.reading_time import CHARACTERS_PER_WORD, main_language, measure

SCENE_GAP_MS = 8_000
"""Nobody speaks for so long: a scene has ended, or music has the stage."""
_TIME = r"(?:(\d{1,3}):)?(\d{1,2}):(\d{1,2})(?:[,.](\d{1,3}))?"
_TIMES = re.compile(rf"\s*{_TIME}\s*-{{1,2}}>\s*{_TIME}(.*)$")
_TAG = re.compile(
    r"</?(?:i|b|u|s|c|em|strong|font|lang|ruby|rt|rp|br)(?:[. \t][^<>]{0,200})?/?>|<\d{1,3}:[\d:.]{1,12}>",
    re.I,
)
_OVERRIDE = re.compile(r"\{\\[^{}]{0,200}\}")
_BREAK = re.compile(r"<br\s*/?>|\\[Nn]", re.I)
_VOICE = re.compile(r"<v(?:\.[^\s<>]*)?[ \t]+([^<>]{1,100})>")
_END_VOICE = re.compile(r"</v>")
_DASH = re.compile(r"[-–—‐]\s*(?=\S)")
_SENTENCE_END = re.compile(r"[.!?…。！？♪][\"'”’」』)）]*$")
_FASTEST_PACE = {"zh": 900.0, "en": 560.0}
"""Nobody speaks faster; a shorter subtitle shows text, it does not speak it."""


@dataclass(slots=True)
class _Subtitle:
    at_ms: int
    end_ms: int
    line: int
    lines: list[tuple[int, str]] = field(default_factory=list)


_Heard = tuple[_Subtitle, list[Prose | Speech]]


def read_subtitles(text: str, kind: Kind) -> Story:
    """The story of SRT (`srt`) or WebVTT (`vtt`) subtitles. Never raises."""
    remarks: list[Remark] = []
    opening: list[Note] = []
    title: str | None = None
    lines = text.split("\n")
    if kind == "vtt" and lines and lines[0].startswith("WEBVTT"):
        title = lines[0][6:].strip(" \t-–—") or None
    found = list(_subtitles(lines, kind, remarks, opening))
    if any(later.at_ms < earlier.at_ms for earlier, later in pairwise(found)):
        remarks.append(Remark(0, "the order of subtitles", "that of their times"))
        found.sort(key=lambda subtitle: subtitle.at_ms)
    names = usual_speakers([_bare(line, 0, []) for subtitle in found for _, line in subtitle.lines])
    spoken = [(subtitle, _parts(subtitle, names, remarks)) for subtitle in found]
    heard = [(subtitle, parts) for subtitle, parts in spoken if parts]
    remarks += [Remark(s.line, "subtitles without text", "left out") for s, parts in spoken if not parts]
    return Story(
        kind, title, _scenes(heard, remarks), tuple(remarks), pace=_pace(heard), opening=tuple(opening)
    )


# ------------------------------------------------------------------------------------------------ the file


def _subtitles(
    lines: Sequence[str], kind: Kind, remarks: list[Remark], opening: list[Note]
) -> Iterator[_Subtitle]:
    """Subtitles in the order of the file; NOTE, STYLE and REGION blocks become remarks and comments."""
    current: _Subtitle | None = None
    block: str | None = None
    after_blank = True
    for number, line in enumerate(lines, 1):
        text = line.strip()
        times = _TIMES.match(line) if "->" in line else None
        if times is not None:
            if current is not None:
                yield current
            current, block = _Subtitle(_ms(times.groups()[:4]), _ms(times.groups()[4:8]), number), None
            if (times.group(9) or "").strip():
                remarks.append(Remark(number, "positions of subtitles", "left out"))
        elif not text:
            block = None
        elif number == 1 and kind == "vtt" and text.startswith("WEBVTT"):
            block = "header"
        elif after_blank and kind == "vtt" and text.split()[0] in ("NOTE", "STYLE", "REGION"):
            block = text.split()[0]
            _block_line(block, text[len(block) :].strip(), number, remarks, opening)
        elif block is not None:
            _block_line(block, text, number, remarks, opening)
        elif after_blank and number < len(lines) and _TIMES.match(lines[number]):
            if not text.isdigit():
                remarks.append(Remark(number, "names of subtitles", "left out"))
        elif current is not None:
            current.lines.append((number, text))
        else:
            opening.append(Note(text, number))
            remarks.append(Remark(number, "text before the first time", "comments"))
        after_blank = not text
    if current is not None:
        yield current


def _block_line(block: str, text: str, number: int, remarks: list[Remark], opening: list[Note]) -> None:
    if block == "NOTE":
        remarks.append(Remark(number, "NOTE blocks", "comments at the top"))
        if text:
            opening.append(Note(text, number))
    elif block == "header":
        opening.append(Note(text, number))
        remarks.append(Remark(number, "header lines", "comments"))
    else:
        remarks.append(Remark(number, f"{block} blocks", "left out"))


def _ms(groups: Sequence[str | None]) -> int:
    hours, minutes, seconds, fraction = (part or "0" for part in groups)
    return ((int(hours) * 60 + int(minutes)) * 60 + int(seconds)) * 1000 + int(fraction.ljust(3, "0"))


# -------------------------------------------------------------------------------------------------- words


def _parts(subtitle: _Subtitle, names: frozenset[str], remarks: list[Remark]) -> list[Prose | Speech]:
    """What a subtitle says: its lines joined into sentences, a line of its own for each who speaks."""
    parts: list[Prose | Speech] = []
    voice: str | None = None
    for number, source in subtitle.lines:
        for piece in _BREAK.split(source):
            for speaker, text in _voices(piece, voice):
                voice = speaker
                bare = _bare(text, number, remarks)
                if not bare:
                    continue
                dash = _DASH.match(bare)
                named = None if speaker else speech_of(bare[dash.end() :] if dash else bare, names)
                if named is not None:
                    parts.append(Speech(*named, subtitle.line))
                elif parts and not dash and _goes_on(parts[-1], speaker):
                    parts[-1] = _joined(parts[-1], bare)
                elif speaker:
                    parts.append(Speech(speaker, bare, subtitle.line))
                else:
                    parts.append(Prose(bare, subtitle.line))
        if _END_VOICE.search(source):
            voice = None
    return parts


def _voices(text: str, voice: str | None) -> Iterator[tuple[str | None, str]]:
    """(speaker, words) of a line: WebVTT's `<v Name>` holds until the next one or `</v>`."""
    place = 0
    for found in _VOICE.finditer(text):
        if text[place : found.start()].strip():
            yield voice, text[place : found.start()]
        voice, place = html.unescape(found.group(1)).strip() or None, found.end()
    yield voice, text[place:]


def _bare(text: str, number: int, remarks: list[Remark]) -> str:
    """The words alone: no tags, no overrides, entities as characters."""
    bare = _OVERRIDE.sub("", _TAG.sub("", _END_VOICE.sub("", text)))
    if _OVERRIDE.search(text) or _TAG.search(text):
        remarks.append(Remark(number, "styling and positions in the text", "left out; the words stay"))
    return " ".join(html.unescape(bare).replace("\u200e", "").replace("\u200f", "").split())


def _goes_on(last: Prose | Speech, speaker: str | None) -> bool:
    """Whether the next line continues the last: a line break in a subtitle is layout, not grammar."""
    same = speaker is None or (isinstance(last, Speech) and last.speaker == speaker)
    return same and not _SENTENCE_END.search(last.text)


def _joined(last: Prose | Speech, text: str) -> Prose | Speech:
    wide = bool(last.text) and ord(last.text[-1]) > 0x2E80 and ord(text[0]) > 0x2E80
    whole = last.text + ("" if wide else " ") + text
    if isinstance(last, Speech):
        return Speech(last.speaker, whole, last.line)
    return Prose(whole, last.line)


# -------------------------------------------------------------------------------------------------- scenes


def _scenes(
    heard: Sequence[tuple[_Subtitle, list[Prose | Speech]]], remarks: list[Remark]
) -> tuple[Scene, ...]:
    """Cues, cut where nobody speaks for `SCENE_GAP_MS`."""
    scenes: list[tuple[int, list[Part]]] = []
    last_ms = -SCENE_GAP_MS
    for index, (subtitle, parts) in enumerate(heard):
        if not scenes or subtitle.at_ms - last_ms >= SCENE_GAP_MS:
            scenes.append((subtitle.line, []))
        elif index and subtitle.at_ms == heard[index - 1][0].at_ms:
            remarks.append(Remark(subtitle.line, "subtitles at the same moment", "one after the other"))
            scenes[-1][1].extend(parts)
            last_ms = max(last_ms, subtitle.end_ms)
            continue
        lasts = max(0, subtitle.end_ms - subtitle.at_ms)
        following = heard[index + 1][0].at_ms if index + 1 < len(heard) else None
        if following is not None and subtitle.at_ms < following < subtitle.end_ms:
            lasts = following - subtitle.at_ms
            remarks.append(Remark(subtitle.line, "ends that overlap the next subtitle", "cut there"))
        same_moment = following == subtitle.at_ms
        moment = Moment(subtitle.at_ms, None if same_moment else lasts, subtitle.line)
        scenes[-1][1].extend([Gap(), moment, *parts])
        last_ms = max(last_ms, subtitle.end_ms, subtitle.at_ms)
    return tuple(Scene(f"Scene {n}", tuple(parts), line) for n, (line, parts) in enumerate(scenes, 1))


def _pace(heard: Sequence[_Heard]) -> float | None:
    """The reading speed that these subtitles show, in characters (zh) or words (en) a minute; None for too
    few."""
    rates: list[float] = []
    characters = words = 0.0
    for subtitle, parts in heard:
        seconds = (subtitle.end_ms - subtitle.at_ms) / 1000
        counts = [measure(part.text) for part in parts]
        said = sum(c.words + c.characters / CHARACTERS_PER_WORD for c in counts)
        characters, words = (
            characters + sum(c.characters for c in counts),
            words + sum(c.words for c in counts),
        )
        if 0.5 <= seconds <= 20 and said >= 2:
            rates.append(said / seconds * 60)
    if len(rates) < 5:
        return None
    language = main_language(characters, words)
    pace = median(rates) * (CHARACTERS_PER_WORD if language == "zh" else 1.0)
    return float(round(min(max(pace, 60.0), _FASTEST_PACE[language])))
