"""Reading time: how long a voice takes for a line of script, in Chinese, English or both at once.

A line is so many characters and so many words at a pace, and a pause for each punctuation mark. Nothing
here knows of cues or music; `dsl.planner` lays the lengths end to end.
"""

import re
from dataclasses import dataclass
from functools import lru_cache
from typing import Literal

CHARACTERS_PER_WORD = 1.6
"""Chinese characters that take as long as one English word: a character is one syllable, a word of running
English has about 1.6 of them. It also is the ratio of the two habits of narrators that are the defaults
below."""
DEFAULT_WORDS_PER_MINUTE = 150.0
"""Audiobooks are read at 150–160 words a minute."""
SLOWEST_PACE, FASTEST_PACE = 10.0, 3000.0
LONGEST_LINE_S = 1800.0
"""No line counts for more than half an hour: beyond that a file is no script, and a plan of it no use."""
SHORTEST_LINE_S = 0.5
"""A line that says nothing aloud (an emoji, dots) still takes a look."""
LINE_PAUSE_S = 0.25
"""The least pause at a line's end, where it has no mark of its own: one turns to the next line."""
BREATH_S = 0.8
"""Between paragraphs, on top of the sentence's own pause."""

# Pauses of read speech fall into short ones below .2 s, within clauses, and medium ones of .2–1 s, between
# clauses and sentences (Campione & Véronis 2002). Marks one after another count as the longest of them.
_PAUSES_S: dict[str, float] = {
    **dict.fromkeys(",，", 0.2),
    **dict.fromkeys("、·", 0.12),
    **dict.fromkeys(";；:：", 0.35),
    **dict.fromkeys("—–―~～", 0.3),
    **dict.fromkeys(".。.!！?？…⋯", 0.5),
}
# Scripts that write no spaces between words: ideographs, kana, hangul syllables. One sign, one syllable.
_SIGNS = (
    "\u3041-\u309f\u30a1-\u30fa\u3105-\u312f\u3400-\u4dbf\u4e00-\u9fff"
    "\uac00-\ud7a3\uf900-\ufaff\U00020000-\U0003ffff"
)
_WORD = f"[^\\W_{_SIGNS}]"
_TOKEN = re.compile(
    f"(?P<signs>[{_SIGNS}]++)"
    # A point, comma or apostrophe inside a word or a number is no pause: don't, 3.14, 1,000.
    f"|(?P<word>{_WORD}++(?:['’.,]{_WORD}++)*+)"
    f"|(?P<pause>[{re.escape(''.join(_PAUSES_S))}]++)"
)
_LONG_WORD = 14
_MEASURED_CHARACTERS = 100_000
"""More of a line is not looked at: at any pace allowed so much text fills `LONGEST_LINE_S`, near enough."""
_CACHED_CHARACTERS = 2000


@dataclass(frozen=True, slots=True)
class Measure:
    """What a text holds for a voice: signs of Chinese (and kin), words, seconds of pauses (the last one
    apart)."""

    characters: float
    words: float
    pauses_s: float
    last_pause_s: float


@dataclass(frozen=True, slots=True)
class Pace:
    """Reading speed in both currencies, per minute."""

    characters: float
    words: float


DEFAULT_PACE = Pace(DEFAULT_WORDS_PER_MINUTE * CHARACTERS_PER_WORD, DEFAULT_WORDS_PER_MINUTE)


def pace_of(value: float, language: Literal["zh", "en"]) -> Pace:
    """A pace as written, in characters (zh) or words (en) a minute; the other language's follows by the
    ratio."""
    value = min(max(value, SLOWEST_PACE), FASTEST_PACE)
    if language == "zh":
        return Pace(value, value / CHARACTERS_PER_WORD)
    return Pace(value * CHARACTERS_PER_WORD, value)


def measure(text: str) -> Measure:
    """Count a text. Bounded: of a line of megabytes only the beginning is looked at."""
    return _measure_cached(text) if len(text) <= _CACHED_CHARACTERS else _measure(text[:_MEASURED_CHARACTERS])


def _measure(text: str) -> Measure:
    characters, words, pauses_s, last_pause_s = 0, 0.0, 0.0, 0.0
    for token in _TOKEN.finditer(text):
        kind, length = token.lastgroup, token.end() - token.start()
        if kind == "pause":
            last_pause_s = max(_PAUSES_S[mark] for mark in set(token.group()))
            pauses_s += last_pause_s
            continue
        last_pause_s = 0.0
        if kind == "signs":
            characters += length
        elif "0" <= text[token.start()] <= "9":
            words += max(1.0, length / 2)  # 1999 is two words to a reader
        else:
            words += 1.0 if length <= _LONG_WORD else length / _LONG_WORD
    return Measure(characters, words, pauses_s - last_pause_s, last_pause_s)


_measure_cached = lru_cache(maxsize=1 << 15)(_measure)


def spoken_s(measured: Measure, pace: Pace) -> float:
    """Seconds of a text without its last pause: when its last word ends."""
    minutes = measured.characters / pace.characters + measured.words / pace.words
    return minutes * 60.0 + measured.pauses_s


def line_s(measured: Measure, pace: Pace) -> float:
    """Seconds of a whole line, its last pause included, within the bounds above."""
    length = spoken_s(measured, pace) + max(measured.last_pause_s, LINE_PAUSE_S)
    return min(max(length, SHORTEST_LINE_S), LONGEST_LINE_S)


def position_s(text: str, position: int, pace: Pace) -> float:
    """When, in seconds from the line's start, the word at `position` (a code point from 0) begins.

    At the end of the text: when its last word has ended, before the pause that follows it.
    """
    before = measure(text[:position])
    at = spoken_s(before, pace)
    if text[position:].strip():
        at += before.last_pause_s
    return min(at, line_s(measure(text), pace))


def main_language(characters: float, words: float) -> Literal["zh", "en"]:
    """Which language a text with so many signs and words is mostly in, by speaking time."""
    return "zh" if characters > words * CHARACTERS_PER_WORD else "en"
