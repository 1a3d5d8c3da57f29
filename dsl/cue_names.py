"""What a cue is called: its number as written, else its title; in lists, in files, in the plan.

No name depends on how many cues stand before it, so that a cue that comes in renames no other one's files.
"""

import re
import unicodedata
from collections.abc import Iterable

from dsl.syntax import CueBlock

_FILM_NUMBER = re.compile(r"[0-9]{1,4}[mM][0-9]{1,4}[A-Za-z]{0,4}(?![^\W\u3400-\u9fff]|-)")
"""`1m1`, `2M04a`; a Chinese title may follow without a space."""
_WORD = re.compile(r"[\w-]{1,64}(?=\s|$)")
_MARKED = re.compile(r"[\d_]")
_UNSPACED = re.compile("[\u3041-\u30ff\u3400-\u9fff]")
_LONGEST_TITLE = 80
_MOST_BYTES = 120
"""So long is a name made of a title: as file names go (255 bytes with what is behind it), and long enough to
tell the headings of a screenplay apart, which begin alike."""
_UNNAMED = re.compile(r"cue\d+")
_DEVICES = re.compile(r"(?:con|prn|aux|nul|com\d|lpt\d)(?:\.|$)", re.I)
"""Windows writes no files of these names."""


def cue_number(heading: str) -> str:
    """The number that a heading (without its `#` and outer spaces) begins with, "" where it has none.

    It is any first word of letters, digits, `_`, `-` that holds a digit or a `_`: `1m1`, `L3`, `boss_door`. A
    single word of Chinese is a title (2024年的夏天), which nobody writes in words.
    """
    film = _FILM_NUMBER.match(heading)
    if film is not None:
        return film.group()
    word = _WORD.match(heading)
    if word is None or not _MARKED.search(word.group()):
        return ""
    alone = word.end() == len(heading)
    return "" if alone and _UNSPACED.search(word.group()) else word.group()


def title_id(title: str) -> str:
    """What names a cue without a number: its title as one word, "" where nothing is left of it."""
    name = re.sub(r"[^\w]+", "-", title[: 2 * _LONGEST_TITLE]).strip("-")[:_LONGEST_TITLE]
    return name.encode("utf-8", "ignore")[:_MOST_BYTES].decode("utf-8", "ignore").strip("-")


def cue_label(cue_id: str, title: str) -> str:
    """A cue as people are told of it: number and title, or what there is of the two."""
    own = title_id(title)
    made = title and (_UNNAMED.fullmatch(cue_id) or re.sub(r"-\d+$", "", cue_id) == own or cue_id == own)
    return title if made else f"{cue_id} {title}".strip()


def file_stem(cue_id: str) -> str:
    """A cue's name in file names. Ids differ in more than case, and so do these."""
    stem = re.sub(r"[^\w.-]", "_", cue_id).lstrip(".") or "cue"
    return f"{stem}_" if _DEVICES.match(stem) else stem


class CueIds:
    """Gives every cue of a score an id of its own, in their order."""

    def __init__(self, blocks: Iterable[CueBlock]) -> None:
        numbers = (one.heading.number.text for one in blocks if one.heading and one.heading.number)
        self._written = {_key(number) for number in numbers}
        self._given: set[str] = set()
        self._again: dict[str, int] = {}
        self._unnamed = 0

    def next(self, block: CueBlock) -> str:
        """The number as written, else the title as one word, else a place among the cues that have neither;
        with a number behind it where an earlier cue is called so."""
        heading = block.heading
        number = heading.number.text if heading and heading.number else ""
        wanted = number or (title_id(heading.title) if heading else "")
        if not wanted:
            self._unnamed += 1
            wanted = f"cue{self._unnamed}"
        key, again = _key(wanted), 1
        if key in self._given or (not number and key in self._written):
            again = self._again.get(key, 1) + 1
            while (other := _key(f"{wanted}-{again}")) in self._given or other in self._written:
                again += 1
            self._again[key] = again
        cue_id = wanted if again == 1 else f"{wanted}-{again}"
        self._given.add(_key(cue_id))
        return cue_id


def _key(name: str) -> str:
    """Names that a file system may take for one another."""
    return unicodedata.normalize("NFC", name).casefold()
