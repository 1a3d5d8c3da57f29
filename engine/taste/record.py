"""Choices as lines of text, and back: `taste.jsonl`, format 1.

A line is one JSON object. A heading, `{"melodrama": "taste", "format": 1, "traits": […], "mean": […],
"spread": […]}`, says what the lines after it hold, until the next: several versions may write to one file.
The others are choices: kind, style, what was asked, what was offered, what was chosen, when. Reading raises
nothing: a line that cannot be read is counted and passed over.
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from dsl.vocabulary import STYLES
from engine.errors import MediaError
from engine.taste.choices import KINDS, MOST_OFFERED, OfferedTake, TasteChoice
from engine.taste.image import IMAGE_SIZE
from engine.taste.traits import MOST, TRAITS

FORMAT: Final = 1
_DIGITS: Final = 3
_LONGEST: Final = 1 << 20
"""Characters of a line; a longer one is none of ours."""
MOST_BYTES: Final = 64 << 20

_NAMES: Final = [trait.name for trait in TRAITS]
HEADING: Final = json.dumps(
    {
        "melodrama": "taste",
        "format": FORMAT,
        "traits": _NAMES,
        "mean": [trait.mean for trait in TRAITS],
        "spread": [trait.spread for trait in TRAITS],
    }
)
"""What stands above the choices that this version writes."""


@dataclass(frozen=True, slots=True)
class TasteRecord:
    """What a file holds: choices in the order in which they were made, how many lines could not be read, and,
    in a sentence that begins with a verb, why it is no file to add to (None where it is one)."""

    choices: tuple[TasteChoice, ...] = ()
    damaged: int = 0
    problem: str | None = None
    heading: str | None = None
    """The last heading, as it is written; choices under another need one of their own."""


@dataclass(frozen=True, slots=True)
class _Heading:
    traits: list[str]
    mean: list[float]
    spread: list[float]


def read_record(data: bytes) -> TasteRecord:
    """The choices in the content of a taste file."""
    choices: list[TasteChoice] = []
    heading: _Heading | None = None
    text: str | None = None
    damaged = newer = 0
    for raw in data.splitlines():
        if not raw.strip():
            continue
        value = _json(raw)
        if isinstance(value, dict) and value.get("melodrama") == "taste":
            form = value.get("format")
            newer += isinstance(form, int) and form > FORMAT
            found = None if newer else _heading(value)
            damaged += found is None and not newer
            if found is not None:
                heading, text = found, raw.decode()
            continue
        choice = _choice(value, heading) if heading is not None and not newer else None
        if choice is not None:
            choices.append(choice)
        elif not newer:
            damaged += 1
    if newer:
        return TasteRecord(tuple(choices), damaged, "was written by a newer Melodrama", text)
    if heading is None and damaged:
        return TasteRecord((), damaged, "is no taste file of Melodrama's")
    return TasteRecord(tuple(choices), damaged, None, text)


def load_record(path: Path) -> TasteRecord:
    """The choices in a file that somebody names. Raises MediaError where it cannot be read, or holds none."""
    try:
        if path.stat().st_size > MOST_BYTES:
            raise MediaError(f"{path} is too large for a taste file")
        data = path.read_bytes()
    except OSError as error:
        raise MediaError(f"cannot read {path}: {error.strerror or error}") from error
    record = read_record(data)
    if record.problem is not None:
        raise MediaError(f"{path} {record.problem}")
    if not record.choices:
        raise MediaError(f"{path} holds no choices")
    return record


def choice_line(choice: TasteChoice) -> str:
    """A choice as a line of the file, under `HEADING`, without its end."""
    return json.dumps(
        {
            "kind": choice.kind,
            "style": choice.style,
            "asked": [round(choice.valence, _DIGITS), round(choice.arousal, _DIGITS)],
            "chosen": choice.chosen,
            "offered": [
                {
                    "match": round(take.match, _DIGITS),
                    "heard": take.heard,
                    "traits": [round(value, _DIGITS) for value in take.traits],
                    "image": [round(value, _DIGITS) for value in take.image],
                }
                for take in choice.offered
            ],
            "t": choice.t_s,
        },
        separators=(",", ":"),
        allow_nan=False,
    )


def record_bytes(choices: Sequence[TasteChoice]) -> bytes:
    """A whole file of these choices."""
    return "".join(f"{line}\n" for line in (HEADING, *map(choice_line, choices))).encode("ascii")


# ---------------------------------------------------------------------------------------- reading a line


def _json(raw: bytes) -> Any:
    if len(raw) > _LONGEST:
        return None
    try:
        return json.loads(raw.decode("utf-8"))
    except (ValueError, RecursionError):
        return None


def _heading(value: dict[str, Any]) -> _Heading | None:
    names, mean, spread = (value.get(key) for key in ("traits", "mean", "spread"))
    if not isinstance(names, list) or not all(isinstance(name, str) for name in names):
        return None
    means, spreads = _numbers(mean, len(names)), _numbers(spread, len(names))
    if means is None or spreads is None or min(spreads, default=1.0) <= 0:
        return None
    return _Heading(names, means, spreads)


def _choice(value: Any, heading: _Heading) -> TasteChoice | None:
    if not isinstance(value, dict):
        return None
    kind, style, chosen, t_s = (value.get(key) for key in ("kind", "style", "chosen", "t"))
    asked, offered = _numbers(value.get("asked"), 2), value.get("offered")
    if not isinstance(kind, str) or kind not in KINDS or asked is None:
        return None
    if not isinstance(style, str) or (style and style not in STYLES):
        return None
    if not isinstance(offered, list) or not 1 <= len(offered) <= MOST_OFFERED:
        return None
    takes = [_offered(one, heading) for one in offered]
    if any(take is None for take in takes):
        return None
    if chosen is not None and (type(chosen) is not int or not 0 <= chosen < len(takes)):
        return None
    return TasteChoice(
        kind,
        style,
        max(-1.0, min(asked[0], 1.0)),
        max(-1.0, min(asked[1], 1.0)),
        tuple(take for take in takes if take is not None),
        chosen,
        t_s if type(t_s) is int else 0,
    )


def _offered(value: Any, heading: _Heading) -> OfferedTake | None:
    if not isinstance(value, dict):
        return None
    traits, image = _numbers(value.get("traits"), len(heading.traits)), value.get("image", [])
    own = _numbers(image, IMAGE_SIZE) if image else []
    match = _numbers([value.get("match", 0.0)], 1)
    if traits is None or own is None or match is None:
        return None
    known = {
        name: each * spread + mean
        for name, each, mean, spread in zip(heading.traits, traits, heading.mean, heading.spread, strict=True)
    }
    now = [
        (known[trait.name] - trait.mean) / trait.spread if trait.name in known else 0.0 for trait in TRAITS
    ]
    return OfferedTake(
        tuple(round(max(-MOST, min(each, MOST)), _DIGITS) for each in now),
        tuple(own),
        max(0.0, min(match[0], 1.0)),
        value.get("heard") is not False,
    )


def _numbers(value: Any, count: int) -> list[float] | None:
    """So many finite numbers of ordinary size, or None."""
    if not isinstance(value, list) or len(value) != count:
        return None
    if not all(type(each) in (int, float) and abs(each) < 1e6 for each in value):
        return None
    return [float(each) for each in value]
