"""Times as people and other programs write them (`62s`, `1m12s`, `1分12秒`, `1:72`) as the timecodes that
were meant.
"""

import re
from typing import Final

from dsl.other_units import SECONDS
from dsl.values import Duration, Number
from dsl.vocabulary import UNITS, fold

_UNITS: Final = "hours?|hrs?|h|minutes?|mins?|m|seconds?|secs?|s|小时|时|分钟|分|秒钟|秒"
_PARTS: Final = re.compile(rf"(\d{{1,6}}(?:\.\d{{1,6}})?)({_UNITS})")
_DAY_S: Final = 86_400.0


def said_time(operand: object) -> str | None:
    """The timecode that a value which is none was meant to be; None where nobody can tell."""
    if isinstance(operand, Number) and not operand.percent:
        return _label(operand.value)
    if isinstance(operand, Duration):
        return _label(operand.seconds) if operand.seconds is not None else None
    text = getattr(operand, "text", None)
    if not isinstance(text, str):
        return None
    parts = _PARTS.findall(text)
    if not parts or "".join(number + unit for number, unit in parts) != text:
        return None
    return _label(sum(float(number) * _seconds(unit) for number, unit in parts))


def carried(whole: str, fraction: str) -> str | None:
    """A time whose minutes or seconds run over 59, as the clock says it: `1:72` → `2:12`. None for times with
    frames."""
    fields = [int(field) for field in re.split("[:;]", whole)]
    if len(fields) > 3:
        return None
    total = 0
    for field in fields:
        total = total * 60 + field
    if total > _DAY_S:
        return None
    shown = (
        f"{total // 3600}:{total // 60 % 60:02}" if len(fields) == 3 or total >= 3600 else f"{total // 60}"
    )
    return f"{shown}:{total % 60:02}" + (f".{fraction}" if fraction else "")


def _seconds(unit: str) -> float:
    return 1.0 if UNITS.get(unit) == "s" else SECONDS.get(fold(unit), 1.0)


def _label(seconds: float) -> str | None:
    if not 0.0 <= seconds <= _DAY_S:
        return None
    thousandths = round(seconds * 1000)
    minutes, rest = divmod(thousandths, 60_000)
    shown = f"{minutes // 60:02}:{minutes % 60:02}" if minutes >= 60 else f"{minutes:02}"
    return f"{shown}:{rest // 1000:02}" + (f".{rest % 1000:03}".rstrip("0") if rest % 1000 else "")
