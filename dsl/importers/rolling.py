"""Captions that roll: each shows again what the one before it showed, and a little more. Said once here.

Machines that listen write them (YouTube's, and all that is converted from there): two lines on screen, the
upper one said already, and between any two of them one of ten milliseconds. Others let a line grow word by
word. A repetition that somebody speaks (“No! – No!”) is left alone: only files that roll are touched.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from dsl.importers.story import Remark
from dsl.importers.subtitle_file import Subtitle
from dsl.importers.subtitle_words import bare_words, is_stamped, pieces

_CLOSE_MS = 500
"""A caption that rolls on stands no later behind the one before it."""
_AT_ONCE_MS = 40
_LEAST_ROLLS = 2
_LEAST_GROWTHS = 3


@dataclass(slots=True)
class _Shown:
    subtitle: Subtitle
    words: list[tuple[int, str, str]]
    """(line of the file, source, bare words) of the lines that show something."""

    def bare(self) -> list[str]:
        return [bare for _, _, bare in self.words]


def said_once(found: Sequence[Subtitle], remarks: list[Remark]) -> list[Subtitle]:
    """The subtitles without what the ones before them show already, where the file rolls or grows."""
    shown = [_shown(subtitle) for subtitle in found]
    filled = [one for one in shown if one.words]
    neighbours = [(a, b) for a, b in pairwise(filled) if _close(a.subtitle, b.subtitle)]
    rolls = sum(0 < _repeated(a.bare(), b.bare()) < len(b.words) for a, b in neighbours)
    grows = sum(_grown(a.bare(), b.bare()) for a, b in neighbours)
    stamped = any(is_stamped(text) for subtitle in found for _, text in subtitle.lines)
    rolling = rolls >= (1 if stamped else _LEAST_ROLLS)
    growing = grows >= _LEAST_GROWTHS
    restyled = sum(_restyled(a, b) for a, b in neighbours) >= _LEAST_ROLLS
    if not rolling and not growing and not restyled:
        return list(found)
    kept: list[Subtitle] = []
    before: _Shown | None = None
    for one in filled:
        near = before is not None and _close(before.subtitle, one.subtitle)
        again = _repeated(before.bare(), one.bare()) if rolling and near and before else 0
        if restyled and near and before and _restyled(before, one):
            again = len(one.words)
        if again:
            remarks.append(Remark(one.subtitle.line, "lines shown again by rolling captions", "said once"))
        if growing and near and before and kept and _grown(before.bare(), one.bare()):
            remarks.append(Remark(one.subtitle.line, "captions that grow word by word", "said once"))
            kept[-1].lines[-1] = (one.words[-1][0], one.words[-1][1])
            kept[-1].end_ms = max(kept[-1].end_ms, one.subtitle.end_ms)
        elif again == len(one.words) and kept:
            kept[-1].end_ms = max(kept[-1].end_ms, one.subtitle.end_ms)
        else:
            fresh = [(number, source) for number, source, _ in one.words[again:]]
            kept.append(Subtitle(one.subtitle.at_ms, one.subtitle.end_ms, one.subtitle.line, fresh))
        before = one
    return kept


def _shown(subtitle: Subtitle) -> _Shown:
    words = [
        (number, piece, bare)
        for number, source in subtitle.lines
        for piece in pieces(source)
        if (bare := bare_words(piece))
    ]
    return _Shown(subtitle, words)


def _restyled(before: _Shown, now: _Shown) -> bool:
    """Whether the same words are shown at once in other colours, as songs are for singing along."""
    sources = [source for _, source, _ in before.words], [source for _, source, _ in now.words]
    return (
        before.bare() == now.bare()
        and sources[0] != sources[1]
        and abs(now.subtitle.at_ms - before.subtitle.end_ms) <= _AT_ONCE_MS
    )


def _close(earlier: Subtitle, later: Subtitle) -> bool:
    return later.at_ms - max(earlier.end_ms, earlier.at_ms) <= _CLOSE_MS


def _repeated(before: Sequence[str], now: Sequence[str]) -> int:
    """How many of the first lines now are the last ones before."""
    most = min(len(before), len(now))
    return next((n for n in range(most, 0, -1) if list(before[-n:]) == list(now[:n])), 0)


def _grown(before: Sequence[str], now: Sequence[str]) -> bool:
    """Whether only the last line is other, and goes on where it ended before."""
    same = len(before) == len(now) and list(before[:-1]) == list(now[:-1])
    return same and now[-1] != before[-1] and now[-1].startswith(before[-1])
