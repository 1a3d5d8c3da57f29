"""Units of time that durations are not written in, and names as they stand in quotes: what a writer would
have to write instead.
"""

import re
from collections.abc import Mapping
from typing import Final

from dsl.vocabulary import fold

_UNITS: Final = {
    1.0: "sec secs second seconds 秒钟",
    0.001: "msec millisecond milliseconds",
    60.0: "m min mins minute minutes 分 分钟",
    3600.0: "h hr hrs hour hours 小时 时",
}
SECONDS: Final[Mapping[str, float]] = {
    unit: seconds for seconds, units in _UNITS.items() for unit in units.split()
}
"""Folded unit → seconds. `m` is a minute, as in 1m30s."""
_SIGNS: Final = re.compile(r"[^\w-]+")


def in_seconds(value: float, unit: str) -> str | None:
    """So many of a unit as a duration is written: `1.5` `min` → `90s`. None for a unit that nobody knows."""
    factor = SECONDS.get(fold(unit))
    return None if factor is None else f"{value * factor:.6g}s"


def as_name(text: str) -> str | None:
    """Words as one name, None where nothing of them can be one: `door slam!` → `door-slam`."""
    name = _SIGNS.sub("-", text.strip()).strip("-")[:60]
    return name if name[:1].isalpha() else None
