"""Sentences of script text, Chinese and English mixed as they come: where a reader would stop. Addresses,
figures, short words with a full stop and initials end none.
"""

import re

from engine.text.segment import CLOSED_CLASS, STOP_WORDS

_ENDS = re.compile(
    r"[。！？!?；;…]+[”’」』）)\"'》\]】]*"  # Chinese ends, and the strong ones of both languages
    r"|\.+[”’)\"'\]]*(?=\s|$|[\u3400-\u9fff])"  # an English full stop, where the word ends too
)
_ADDRESS = re.compile(
    r"(?:[a-z][a-z0-9+.-]{1,15}://|www\.|mailto:|(?<![\w.])[\w.+-]{1,64}@(?=[\w-]+\.)"
    r"|(?<![\w.])(?:[a-z0-9-]{1,63}\.){1,4}[a-z]{2,10}/)"
    r"[\w\-.~:/?#\[\]@!$&'()*+,;=%]{0,2000}[\w/#=&%~-]",
    re.A | re.I,
)
"""Web and mail addresses up to the last character that is no punctuation: no mark in them ends a sentence."""
_INITIALS = re.compile(r"(?:[A-Za-z]\.){1,5}[A-Za-z]")
_TITLE_WORDS = "mr mrs ms mx dr prof vs lt col gen capt sgt cpl maj rev hon mt fr messrs e.g i.e viz"
_TITLES = frozenset(_TITLE_WORDS.split())
"""Never the end of a sentence."""
_SHORT_WORDS = """
st sr jr etc fig figs a.m p.m inc ltd co corp bros dept est approx ft vol ch pp cf al ed eds ph.d m.d b.a m.a
a.k.a jan feb apr jun jul aug sep sept oct nov dec mon tue tues wed thu thur thurs fri ave blvd rd
"""
_SHORT = frozenset(_SHORT_WORDS.split())
"""The end of a sentence where the next word begins one."""
_OPENER_WORDS = "now yes no suddenly later let meanwhile finally maybe perhaps even still well oh"
_OPENERS = frozenset((*_OPENER_WORDS.split(), *CLOSED_CLASS, *STOP_WORDS))
"""English words that begin a sentence more often than they are a name."""
_HAN_ONE = re.compile("[\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003134f]")
_LETTERS = re.compile(r"[^\w'’]")


def split_sentences(line: str) -> list[str]:
    """A script line's sentences, in order, outer spaces gone; nothing else is lost. None is empty."""
    found: list[str] = []
    start, last = 0, len(line.rstrip())
    addresses = [(one.start(), one.end()) for one in _ADDRESS.finditer(line)] if "." in line else []
    for end in _ENDS.finditer(line):
        while addresses and addresses[0][1] <= end.start():
            del addresses[0]
        if (addresses and addresses[0][0] <= end.start()) or _goes_on(line, start, end, last):
            continue
        piece = line[start : end.end()].strip()
        if piece:
            found.append(piece)
        start = end.end()
    rest = line[start:].strip()
    return [*found, rest] if rest else found


def _goes_on(line: str, start: int, end: re.Match[str], last: int) -> bool:
    """Whether the sentence that began at `start` goes on behind these marks; the line ends at `last`."""
    # The last word before the stop, looked for in a short stretch: a line may be megabytes long.
    before = line[max(start, end.start() - 24) : end.start()].rsplit(None, 1)
    word = before[-1] if before else ""
    marks, behind = end.group(), line[end.end() : end.end() + 3]
    plain = word.lower().strip("(\"'“[")
    if marks[0] == "." and plain in _TITLES:
        return True
    following = line[end.end() : end.end() + 24].split(None, 1)
    after = following[0] if following else ""
    if marks == ".":
        if plain == "no" and after:
            return after[0].isdigit() or after[0] == "#"
        letters = _INITIALS.fullmatch(plain) is not None and plain != "o.k"
        if letters or plain in _SHORT:
            return bool(after) and not _begins(after)
        initial = len(word) == 1 and word.isalpha()
        numbered = word.isdigit() and not line[start : end.start() - len(word)].strip()
        return (initial or numbered) and end.end() < last
    if marks[0] in ".…" and marks[-1] in ".…" and _again(plain, line[end.end() :][:1], after):
        return True  # I... I don't know. 你……你是谁？
    if word.endswith(("(", "（")) and marks[-1:] in ")）":
        return True  # He left (?) again.
    # “Where are you?” she asked: one sentence, unless what follows begins like one.
    return marks[0] in "!?" and marks[-1] in "\"'”’" and behind[:1] == " " and behind[1:2].islower()


def _begins(word: str) -> bool:
    """Whether a word behind a short one begins a sentence: `U.S. She`, neither `U.S. Army` nor `Oct. 12`."""
    plain = _LETTERS.sub("", word).replace("’", "'").lower()
    if not word.strip("\"'“‘([")[:1].isupper() and not _HAN_ONE.match(word):
        return False
    stem = plain.split("'")[0]
    return stem in _OPENERS or _HAN_ONE.match(word) is not None


def _again(word: str, behind: str, after: str) -> bool:
    """Whether the voice begins again behind an ellipsis with the word, or the character, before it."""
    if not word:
        return False
    if _HAN_ONE.match(word[-1]):
        return behind == word[-1]
    return word == _LETTERS.sub("", after).lower()
