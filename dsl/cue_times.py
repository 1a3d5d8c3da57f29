"""Where a planned cue holds times, read from its fields' types: a field added to `PlannedCue` moves with the
rest.

A float called `start_s`, `end_s` or `t_s` is a time on the score's clock. Lengths (`duration_s`), beats and
places in the source are none, and stay.
"""

from collections.abc import Callable
from dataclasses import dataclass, fields, is_dataclass
from functools import cache
from operator import attrgetter
from typing import Any, Final, TypeVar, get_args, get_origin, get_type_hints

from dsl.plan import CurvePoint, EmotionSegment, PlannedCue, Setting

T = TypeVar("T")
Move = Callable[[float], float]

_TIMES: Final = frozenset({"start_s", "end_s", "t_s"})


def _elements(kind: Any) -> Any:
    """Of `tuple[X, ...]` the class X, of `tuple[Setting[X], ...]` Setting; of anything else None."""
    inner = get_args(kind)
    if get_origin(kind) is not tuple or len(inner) != 2 or inner[1] is not Ellipsis:
        return None
    return get_origin(inner[0]) or inner[0]


@dataclass(frozen=True, slots=True)
class _Layout:
    """A class's fields in the constructor's order, the places of its times, and of what holds timed
    values."""

    names: tuple[str, ...]
    elements: tuple[Any, ...]
    times: tuple[int, ...]
    groups: tuple[int, ...]
    read: Callable[[Any], tuple[Any, ...]]


@cache
def _layout(kind: Any) -> _Layout:
    hints = get_type_hints(kind)
    names = tuple(field.name for field in fields(kind))
    elements = tuple(_elements(hints[name]) for name in names)
    times = tuple(n for n, name in enumerate(names) if name in _TIMES and hints[name] is float)
    groups = tuple(n for n, element in enumerate(elements) if _is_timed(element))
    return _Layout(names, elements, times, groups, attrgetter(*names))


def _is_timed(kind: Any) -> bool:
    plain = not is_dataclass(kind)
    return not plain and bool(_layout(kind).times)


def _named(kinds: tuple[type, ...]) -> tuple[str, ...]:
    layout = _layout(PlannedCue)
    return tuple(
        name for name, element in zip(layout.names, layout.elements, strict=True) if element in kinds
    )


STEPPED: Final = _named((Setting, EmotionSegment))
"""The fields of a cue that hold from a time to a time and cover it: settings and emotions."""

CURVES: Final = _named((CurvePoint,))
"""The fields of a cue that are points over time."""


def with_times(value: T, move: Move) -> T:
    """The same cue, setting, line, event or point with every time in it put through `move`."""
    kind: Any = type(value)
    layout = _layout(kind)
    held = list(layout.read(value))
    for place in layout.times:
        held[place] = move(held[place])
    for place in layout.groups:
        held[place] = all_with_times(held[place], move)
    again: T = kind(*held)
    return again


def all_with_times(group: tuple[T, ...], move: Move) -> tuple[T, ...]:
    """`with_times` of each."""
    return tuple([with_times(one, move) for one in group])


def move_cue(cue: PlannedCue, by_s: float) -> PlannedCue:
    """The same cue `by_s` seconds later; its lengths, beats and places in the source stay."""
    return cue if by_s == 0.0 else with_times(cue, lambda t_s: t_s + by_s)
