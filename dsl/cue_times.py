"""Where a cue holds times, read from its fields' types: a field added to `PlannedCue`, or to what the engine
makes of it, moves with the rest.

A float called `start_s`, `end_s` or `t_s` is a time on the score's clock, wherever it stands in a value: in
its own fields, in a dataclass or a tuple of dataclasses among them. Lengths (`duration_s`), beats and places
in the source are none, and stay.
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
    """A class's fields in the constructor's order, the places of its times, of values that hold times, and of
    tuples of such."""

    names: tuple[str, ...]
    elements: tuple[Any, ...]
    times: tuple[int, ...]
    values: tuple[int, ...]
    groups: tuple[int, ...]
    read: Callable[[Any], tuple[Any, ...]]


@cache
def _layout(kind: Any) -> _Layout:
    hints = get_type_hints(kind)
    names = tuple(field.name for field in fields(kind))
    elements = tuple(_elements(hints[name]) for name in names)
    times = tuple(n for n, name in enumerate(names) if name in _TIMES and hints[name] is float)
    values = tuple(n for n, name in enumerate(names) if _is_timed(hints[name]))
    groups = tuple(n for n, element in enumerate(elements) if _is_timed(element))
    return _Layout(names, elements, times, values, groups, _reader(names))


def _reader(names: tuple[str, ...]) -> Callable[[Any], tuple[Any, ...]]:
    """attrgetter gives a tuple only of two names and more."""
    if len(names) > 1:
        return attrgetter(*names)
    return lambda value: tuple(getattr(value, name) for name in names)


def _is_timed(kind: Any) -> bool:
    """Whether values of a class hold times, at any depth."""
    kind = get_origin(kind) or kind
    if not (isinstance(kind, type) and is_dataclass(kind)):
        return False
    layout = _layout(kind)
    return bool(layout.times or layout.values or layout.groups)


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
    """The same cue (planned, felt, asked …), setting, line, event or point with every time in it put through
    `move`."""
    kind: Any = type(value)
    layout = _layout(kind)
    held = list(layout.read(value))
    for place in layout.times:
        held[place] = move(held[place])
    for place in layout.values:
        held[place] = with_times(held[place], move)
    for place in layout.groups:
        held[place] = all_with_times(held[place], move)
    again: T = kind(*held)
    return again


def all_with_times(group: tuple[T, ...], move: Move) -> tuple[T, ...]:
    """`with_times` of each."""
    return tuple([with_times(one, move) for one in group])


def move_cue(cue: T, by_s: float) -> T:
    """The same cue (as `with_times`) `by_s` seconds later; its lengths, beats and places in the source
    stay."""
    return cue if by_s == 0.0 else with_times(cue, lambda t_s: t_s + by_s)
