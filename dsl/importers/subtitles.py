"""SRT and WebVTT subtitles → `Story`: times become moments, styling goes, speakers stay.

A subtitle is an `@at` with an `@fit` of its length. Gaps of music length between subtitles begin a new cue.
Both formats are read leniently (`subtitle_file`): what cannot be a time line is text of the subtitle above.
"""

import re
from collections.abc import Sequence
from itertools import pairwise
from statistics import median
from typing import Literal

from dsl.importers.rolling import said_once
from dsl.importers.shown_only import apart, bracketed_names, is_credit
from dsl.importers.speakers import only_speaker, speech_of, usual_speakers
from dsl.importers.story import Aside, Gap, Kind, Moment, Part, Prose, Remark, Scene, Speech, Story, speaks
from dsl.importers.subtitle_file import Subtitle, SubtitleFile
from dsl.importers.subtitle_words import bare_words, ends_voice, is_drawn, is_styled, pieces, voices
from dsl.reading_time import (
    CHARACTERS_PER_WORD,
    DEFAULT_PACE,
    Pace,
    line_s,
    main_language,
    measure,
    pace_of,
)
from dsl.timecode import millisecond_label

SCENE_GAP_MS = 8_000
"""Nobody speaks for so long: a scene has ended, or music has the stage."""
SHORTEST_MS = 40
"""A subtitle of less than a film frame has no length of its own: its words take the time that is there."""
_DASH = re.compile(r"[-–—‐]\s*(?=\S)")
_TURN = re.compile(r"(?:>{2,3}|＞{2,3})\s*(?=\S)")
"""`>>` of broadcast captions: somebody else speaks."""
_BRACKETED = re.compile(r"[\[(（【][^\])）】]*[\])）】]$")
_HAN = re.compile("[\u3400-\u9fff]")
_WORD = re.compile(r"[^\W\d_]{2,}")
_LEAST_WORDS = 2
_TAIL = 400
"""So much of a line tells how it goes on."""
_SENTENCE_END = re.compile(r"[.!?…。！？♪][\"'”’」』)）]*$")
_FASTEST_PACE = {"zh": 900.0, "en": 560.0}
"""Nobody speaks faster; a shorter subtitle shows text, it does not speak it."""


_Heard = tuple[Subtitle, list[Prose | Speech | Aside]]


def read_subtitles(text: str, kind: Kind) -> Story:
    """The story of SRT (`srt`) or WebVTT (`vtt`) subtitles. Never raises."""
    title: str | None = None
    lines = text.split("\n")
    if kind == "vtt" and lines and lines[0].startswith("WEBVTT"):
        title = lines[0][6:].strip(" \t-–—") or None
    file = SubtitleFile(lines, kind)
    remarks = file.remarks
    found = list(file.subtitles())
    if any(later.at_ms < earlier.at_ms for earlier, later in pairwise(found)):
        remarks.append(Remark(0, "the order of subtitles", "that of their times"))
        found.sort(key=lambda subtitle: subtitle.at_ms)
    once = said_once(found, remarks)
    lines_of = [_whole_lines(subtitle) for subtitle in once]
    names = usual_speakers([line for lines in lines_of for line in lines])
    names |= bracketed_names(line for lines in lines_of for line in lines)
    written = [(subtitle, _parts(subtitle, names, remarks)) for subtitle in once]
    remarks += [Remark(s.line, "subtitles without text", "left out") for s, parts in written if not parts]
    heard = _heard(written, names, file)
    language, pace = _pace(heard)
    speed = pace_of(pace, language) if pace is not None else DEFAULT_PACE
    return Story(
        kind, title, _scenes(heard, speed, remarks), tuple(remarks), pace=pace, opening=tuple(file.opening)
    )


# -------------------------------------------------------------------------------------------------- words


def _heard(
    written: Sequence[tuple[Subtitle, list[Prose | Speech]]], names: frozenset[str], file: SubtitleFile
) -> list[_Heard]:
    """The subtitles that say something. What others only show is a comment, with its time, behind the one
    before it, or above all."""
    told: list[Remark] = []
    heard: list[_Heard] = []
    opening: list[Aside] = []
    for subtitle, parts in written:
        said = _said(parts, names, told)
        shown = [Aside(f"{millisecond_label(subtitle.at_ms)} {part.text}", part.line) for part in said]
        if speaks(said):
            heard.append((subtitle, said))
        elif heard:
            heard[-1][1].extend(shown)
        else:
            opening += shown
    if not heard:  # Nothing but brackets: then that is what the film says.
        return [(subtitle, list(parts)) for subtitle, parts in written if parts]
    file.opening += opening
    file.remarks += told
    return heard


def _whole_lines(subtitle: Subtitle) -> list[str]:
    """The bare lines of a subtitle, a name that stands above what it says before it."""
    whole: list[str] = []
    for _, source in subtitle.lines:
        for piece in pieces(source):
            bare = bare_words(piece)
            if whole and only_speaker(whole[-1]):
                whole[-1] += " " + bare
            elif bare:
                whole.append(bare)
    return whole


def _said(
    parts: list[Prose | Speech], names: frozenset[str], remarks: list[Remark]
) -> list[Prose | Speech | Aside]:
    """The parts as they are heard; what is only shown becomes comments."""
    if parts and is_credit(" ".join(part.text for part in parts)):
        remarks.append(Remark(parts[0].line, "who made the subtitles", "comments"))
        return [Aside(part.text, part.line) for part in parts]
    said: list[Prose | Speech | Aside] = []
    for part in parts:
        speaker, words, shown = apart(part.text, names)
        if shown:
            remarks.append(Remark(part.line, "sounds and manners in brackets", "comments"))
            said += [Aside(text, part.line) for text in shown]
        if not words:
            continue
        who = part.speaker if isinstance(part, Speech) else speaker
        said.append(Prose(words, part.line) if who is None else Speech(who, words, part.line))
    return said


def _parts(subtitle: Subtitle, names: frozenset[str], remarks: list[Remark]) -> list[Prose | Speech]:
    """What a subtitle says: its lines joined into sentences, a line of its own for each who speaks."""
    parts: list[Prose | Speech] = []
    voice: str | None = None
    above = ""
    for number, source in subtitle.lines:
        for piece in pieces(source):
            for speaker, text in voices(piece, voice):
                voice = speaker
                bare = f"{above} {_bare(text, number, remarks)}".strip()
                if not bare:
                    continue
                if speaker is None and not above and (only := only_speaker(bare)) and only in names:
                    above = bare
                    continue
                above = ""
                turn = _TURN.match(bare)
                if turn is not None:
                    remarks.append(
                        Remark(number, "marks of who speaks next (>>)", "left out; the words stay")
                    )
                    bare = bare[turn.end() :]
                dash = _DASH.match(bare)
                named = None if speaker else speech_of(bare[dash.end() :] if dash else bare, names)
                if named is not None:
                    aside = f"{named.aside} " if named.aside else ""
                    parts.append(Speech(named.speaker, aside + named.words, number))
                elif parts and not dash and not turn and _goes_on(parts[-1], speaker, bare):
                    parts[-1] = _joined(parts[-1], bare)
                elif speaker:
                    parts.append(Speech(speaker, bare, number))
                else:
                    parts.append(Prose(bare, number))
        if ends_voice(source):
            voice = None
    if above:
        parts.append(Prose(above, subtitle.line))
    return parts


def _bare(text: str, number: int, remarks: list[Remark]) -> str:
    if is_drawn(text):
        remarks.append(Remark(number, "drawings", "left out"))
    if is_styled(text):
        remarks.append(Remark(number, "styling and positions in the text", "left out; the words stay"))
    return bare_words(text)


def _goes_on(last: Prose | Speech, speaker: str | None, following: str) -> bool:
    """Whether the next line continues the last: a line break in a subtitle is layout, not grammar, unless it
    says the same in another script."""
    same = speaker is None or (isinstance(last, Speech) and last.speaker == speaker)
    tail = last.text[-_TAIL:]
    if _BRACKETED.match(following) or _BRACKETED.match(tail):
        return False
    return same and not _SENTENCE_END.search(tail) and not _other_script(tail, following)


def _other_script(text: str, following: str) -> bool:
    """Whether one is in Chinese, and the other in letters alone, of two words or more."""
    chinese, following_chinese = _HAN.search(text), _HAN.search(following)
    latin = text if following_chinese else following
    return bool(chinese) != bool(following_chinese) and len(_WORD.findall(latin)) >= _LEAST_WORDS


def _joined(last: Prose | Speech, text: str) -> Prose | Speech:
    wide = bool(last.text) and ord(last.text[-1]) > 0x2E80 and ord(text[0]) > 0x2E80
    whole = last.text + ("" if wide else " ") + text
    if isinstance(last, Speech):
        return Speech(last.speaker, whole, last.line)
    return Prose(whole, last.line)


# -------------------------------------------------------------------------------------------------- scenes


def _scenes(heard: Sequence[_Heard], pace: Pace, remarks: list[Remark]) -> tuple[Scene, ...]:
    """Cues, cut where nobody speaks for `SCENE_GAP_MS`."""
    scenes: list[tuple[int, list[Part]]] = []
    last_ms = -SCENE_GAP_MS
    moments = _moments(heard, remarks)
    for index, (subtitle, parts) in enumerate(moments):
        if not scenes or subtitle.at_ms - last_ms >= SCENE_GAP_MS:
            scenes.append((subtitle.line, []))
        lasts: int | None = max(0, subtitle.end_ms - subtitle.at_ms)
        following = moments[index + 1][0].at_ms if index + 1 < len(moments) else None
        room = None if following is None else following - subtitle.at_ms
        if room is not None and lasts is not None and lasts > room:
            lasts = room
            remarks.append(Remark(subtitle.line, "ends that overlap the next subtitle", "cut there"))
        if lasts is not None and lasts < SHORTEST_MS:
            remarks.append(Remark(subtitle.line, "lengths under 40 ms", "as long as the words take"))
            reading = 1000 * sum(line_s(measure(part.text), pace) for part in _spoken(parts))
            lasts = room if room is not None and reading > room else None
        scenes[-1][1].extend([Gap(), Moment(subtitle.at_ms, lasts, subtitle.line), *parts])
        last_ms = max(last_ms, subtitle.end_ms, subtitle.at_ms)
    return tuple(Scene(f"Scene {n}", tuple(parts), line) for n, (line, parts) in enumerate(scenes, 1))


def _moments(heard: Sequence[_Heard], remarks: list[Remark]) -> list[_Heard]:
    """The subtitles with moments of their own: what begins within a film frame of another is said behind it,
    in the time of both."""
    moments: list[_Heard] = []
    for subtitle, parts in heard:
        if moments and subtitle.at_ms - moments[-1][0].at_ms < SHORTEST_MS:
            first, said = moments[-1]
            remarks.append(Remark(subtitle.line, "subtitles at the same moment", "one after the other"))
            end_ms = max(first.end_ms, subtitle.end_ms)
            moments[-1] = (Subtitle(first.at_ms, end_ms, first.line), [*said, *parts])
        else:
            moments.append((subtitle, list(parts)))
    return moments


def _spoken(parts: Sequence[Part]) -> list[Prose | Speech]:
    return [part for part in parts if isinstance(part, Prose | Speech)]


def _pace(heard: Sequence[_Heard]) -> tuple[Literal["zh", "en"], float | None]:
    """The language, and the reading speed that these subtitles show, in characters (zh) or words (en) a
    minute; None for too few."""
    rates: list[float] = []
    characters = words = 0.0
    for subtitle, parts in heard:
        seconds = (subtitle.end_ms - subtitle.at_ms) / 1000
        counts = [measure(part.text) for part in _spoken(parts)]
        said = sum(c.words + c.characters / CHARACTERS_PER_WORD for c in counts)
        characters += sum(c.characters for c in counts)
        words += sum(c.words for c in counts)
        if 0.5 <= seconds <= 20 and said >= 2:
            rates.append(said / seconds * 60)
    language = main_language(characters, words)
    if len(rates) < 5:
        return language, None
    pace = median(rates) * (CHARACTERS_PER_WORD if language == "zh" else 1.0)
    return language, float(round(min(max(pace, 60.0), _FASTEST_PACE[language])))
