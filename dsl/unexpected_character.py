"""What was meant by a character that a directive cannot take: commas between values, a colon behind the name,
figures from a Chinese keyboard, ranges and decimals as they are written elsewhere. Hints and fixes; finding
the place is the grammar's business.
"""

import re
from dataclasses import dataclass
from typing import Final

from dsl.directive_words import DIRECTIVE_NAMES, DIRECTIVES
from dsl.vocabulary import canonical

WIDE: Final = str.maketrans(
    "，；：（）［］｛｝＠．／％－～＝＋" + "０１２３４５６７８９", ",;:()[]{}@./%-~=+" + "0123456789"
)
"""Full-width signs and figures → those of a directive."""
_NAME: Final = re.compile(r"@?\s*([^\s\d:：=＝,，\"“\[\]{}()]+)")
_DASH: Final = re.compile(r"\s*[~～–—…‥]+\s*|\s+-\s*|\s*至\s*")
_RUN: Final = re.compile(r"[０-９．0-9.]*(?:[:：;；][０-９0-9．.]+)*")
_SEMICOLONS: Final = re.compile(r"(\d{1,3})[;；](\d{1,2})[;；](\d{1,2})[;；](\d{1,3})(?!\d)")
"""`00;01;12;08`, as Premiere shows drop-frame."""
_SIGNED: Final = re.compile(r"[-+−]\d{1,3}$")


@dataclass(frozen=True, slots=True)
class Instead:
    """A `hint`, and `fix`, the text for the columns `start`…`end` (from 0, the end exclusive) of the clause;
    None where nothing can be put there safely."""

    hint: str | None
    start: int = 0
    end: int = 0
    fix: str | None = None


def instead(text: str, place: int) -> Instead:
    """What to write in place of `text[place]`, where a clause could not be read on."""
    rest, before = text[place:], text[:place].rstrip()
    sign = rest[0]
    behind = rest[1:].lstrip()[:1]
    if rest.startswith(".."):
        return Instead("Write a range without spaces: 60..84.")
    shown = _SEMICOLONS.match(text, _digits_at(before))
    if sign in ";；" and shown is not None:
        plain = "{}:{}:{};{}".format(*shown.groups())
        return Instead(f"Write {plain}.", shown.start(), shown.end(), plain)
    if sign in ":：" and _SIGNED.search(before):
        return Instead("A timecode has no sign: times count from 00:00, or from start:, on.")
    if sign in ";；" and before[-1:].isdigit():
        return Instead("A drop-frame timecode has all its fields: 01:00:10;12.")
    if sign == "[":
        return Instead("Notes belong behind a name and =, as in @motif rope = [E5 G5].")
    if sign in "./'‘" and not behind.isdigit():
        return Instead('Put file names in "quotes".')
    dash = _DASH.match(text, len(before))
    if dash is not None and before[-1:].isdigit() and text[dash.end() : dash.end() + 1].isdigit():
        return Instead("Write a range with two points: 60..84.", len(before), dash.end(), "..")
    if sign in ",，、" and before[-1:].isdigit() and rest[1:2].isdigit():
        return Instead("Decimals have a point; values stand apart by spaces.", place, place + 1, ".")
    if sign in ",，、":
        end = place + len(rest) - len(rest[1:].lstrip())
        hint = "Values stand apart by spaces, without commas."
        return Instead(hint, len(before), max(end, place + 1), " " if behind else "")
    if sign in ":：" and text[:place] == before and _is_name(before):
        end = place + len(rest) - len(rest[1:].lstrip())
        return Instead("No colon stands behind a directive's name.", place, max(end, place + 1), " ")
    run = _RUN.match(rest)
    if run is not None and not rest[: run.end()].isascii():
        plain = run.group().translate(WIDE)
        return Instead(f"Write {plain} in its half-width form.", place, place + run.end(), plain)
    plain = sign.translate(WIDE)
    if plain != sign:
        return Instead(f"Write {plain} in its half-width form.")
    return Instead(_usage(text))


def _digits_at(before: str) -> int:
    """Where the figures begin that `before` ends in."""
    return len(before.rstrip("0123456789"))


def _is_name(before: str) -> bool:
    found = _NAME.fullmatch(before)
    return found is not None and canonical(found.group(1), DIRECTIVE_NAMES) is not None


def _usage(text: str) -> str | None:
    """How the directive is written that the clause begins with."""
    found = _NAME.match(text)
    known = canonical(found.group(1), DIRECTIVE_NAMES) if found is not None else None
    if found is None or known is None:
        return None
    sign = "@" if text.lstrip().startswith("@") else ""
    return f"Write {sign}{found.group(1)} {DIRECTIVES[known].usage}.".replace(" (nothing)", "")
