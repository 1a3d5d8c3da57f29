"""Characters of a text that nobody sees: what word processors, web pages and players leave between letters.

Kept, they would part a word in two for whoever reads it (`un\xadhappy`), and a name from itself.
"""

import re

_SPACES = re.compile("[\xa0\u2007\u202f]")
_RUNS = re.compile("[ \t\u3000]{100,}")
"""No page is so wide: looked through for what may follow, longer runs take time by their square."""
_BREAKS = re.compile("[\x0b\x85]")
_UNSEEN = re.compile("[\xad\u180e\u200b\u200e\u200f\u202a-\u202e\u2060\u2066-\u2069\ufeff]")
"""Soft hyphens, zero-width spaces, marks of direction and of byte order. Joiners (U+200C, U+200D) stay: emoji
and some scripts are other ones without them."""


def without_unseen(text: str) -> tuple[str, tuple[int, ...]]:
    """The text as it is seen, its lines the same, and the lines (from 1) that held something unseen."""
    text = _SPACES.sub(" ", text)
    text = _RUNS.sub(" " * 100, _BREAKS.sub("\u2028", text))
    if _UNSEEN.search(text) is None:
        return text, ()
    lines = text.split("\n")
    found = tuple(number for number, line in enumerate(lines, 1) if _UNSEEN.search(line.lstrip("\ufeff")))
    return _UNSEEN.sub("", text), found
