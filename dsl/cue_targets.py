"""Where transitions lead: cues found by number or title, and what is wrong with a name that finds none.

Numbers come before titles, and of several cues of one title the first is meant.
"""

import re
from collections.abc import Collection, Iterator, Sequence
from dataclasses import replace
from functools import lru_cache

from dsl.cue_names import CueIds, title_id
from dsl.diagnostics import Finding, Fix, error, warning
from dsl.nearest_word import nearest
from dsl.plan import PlannedCue
from dsl.source import MAX_FINDINGS
from dsl.syntax import CueBlock, DirectiveLine, Document, TransitionDirective

Names = tuple[str, str]
"""A cue's id and title."""
_OFFERED = 500
"""Names among which the nearest one is looked for."""
_PLAIN = re.compile(r"(?![xX×]\d)[^\W\d][\w-]*|\d{1,4}[mM]\d{1,4}[A-Za-z]{0,4}")
"""What the grammar takes for one name; `x2` is a factor there."""
_nearest = lru_cache(maxsize=64)(nearest)


class NamedCues:
    """Cues found by what a transition calls them; a score may have thousands of both."""

    def __init__(self, cues: Sequence[Names]) -> None:
        self._offered = tuple(name for pair in cues[:_OFFERED] for name in pair if name)
        self._missed = 0
        self._by_id: dict[str, list[int]] = {}
        self._by_title: dict[str, list[int]] = {}
        self._by_word: dict[str, list[int]] = {}
        for place, (cue_id, title) in enumerate(cues):
            for name in dict.fromkeys((cue_id.casefold(), f"{cue_id} {title}".casefold())):
                self._by_id.setdefault(name, []).append(place)
            if title:
                self._by_title.setdefault(title.casefold(), []).append(place)
            self._by_word.setdefault(title_id(title).casefold(), []).append(place)

    def find(self, wanted: str) -> list[int]:
        """The places of the cues that `wanted` may mean: one by its id, or by its whole heading, else all of
        that title, written out or as one word."""
        name = wanted.strip().casefold()
        word = title_id(name)
        by_id, by_title = self._by_id.get(name, []), self._by_title.get(name, [])
        if len(by_title) > 1:  # of cues that share a title the first has it for its id
            return by_title
        return by_id or by_title or (self._by_word.get(word, []) if word else [])

    def nearest(self, wanted: str) -> str | None:
        """The name that is most likely meant by one that finds nothing. It is looked for as long as the
        finding may be among those that are shown."""
        self._missed += 1
        return _nearest(wanted[:64], self._offered) if self._missed <= MAX_FINDINGS else None


def check_targets(document: Document, cues: Sequence[CueBlock]) -> Iterator[Finding]:
    """Findings about the cues that transitions name: not there, not told apart, the cue itself, named
    twice."""
    ids = CueIds(cues)
    names = [(ids.next(cue), cue.heading.title if cue.heading else "") for cue in cues]
    named = NamedCues(names)
    for place, cue in enumerate(cues):
        seen: dict[int, int] = {}
        for line in cue.body:
            item = document.items[line - 1]
            if isinstance(item, DirectiveLine) and isinstance(item.directive, TransitionDirective):
                yield from _target(item.directive, line, place, cues, named, seen)


def _target(
    directive: TransitionDirective,
    line: int,
    place: int,
    cues: Sequence[CueBlock],
    named: NamedCues,
    seen: dict[int, int],
) -> Iterator[Finding]:
    """What is wrong with one transition of the cue at `place`; `seen` has the lines of those before it."""
    wanted = directive.target
    if wanted is None or directive.to is None:
        return
    where = directive.to.columns.on(line)
    found = named.find(wanted)
    if not found:
        meant = named.nearest(wanted)
        hint = f"Did you mean {meant}?" if meant else "Name it by its number, or by its title in quotes."
        fix = Fix(where, quoted_name(meant)) if meant else None
        yield error("E342", f"There is no cue {wanted[:40]}.", where, hint, fix)
        return
    if len(found) > 1:
        lines = ", ".join(str(cues[one].line) for one in found[:4])
        message = f"{len(found)} cues are called {wanted[:40]} (lines {lines}); this leads to the first."
        yield warning("W343", message, where, "Give them numbers, and name the one that is meant.")
    if found[0] == place:
        message = "This transition leads to the cue that it stands in."
        yield warning("W344", message, where, "A cue that begins again is a @loop.")
    elif found[0] in seen:
        message = f"A transition to {wanted[:40]} stands in line {seen[found[0]]} already; this one counts."
        yield warning("W323", message, where, "Keep one of them.")
    seen[found[0]] = line


def quoted_name(name: str) -> str:
    """A cue's name as `to=` takes it: in quotes unless it is one plain word."""
    return name if _PLAIN.fullmatch(name) else f'"{name}"'


def with_targets(cues: Sequence[PlannedCue], said: Collection[str]) -> tuple[PlannedCue, ...]:
    """The cues with the ids of those that their transitions name; transitions to cues that make no music, or
    to the cue itself, are left out.

    `said` are the ids of cues with a transition that names none. In others a transition to the cue that
    follows is how the score goes on, unless the cue loops.
    """
    if not any(cue.leads_to for cue in cues):
        return tuple(cues)
    names = [(cue.id, cue.title) for cue in cues]
    named = NamedCues(names)
    return tuple(_with_targets(cue, place, names, named, cue.id in said) for place, cue in enumerate(cues))


def _with_targets(
    cue: PlannedCue, place: int, names: Sequence[Names], named: NamedCues, said: bool
) -> PlannedCue:
    found = {
        places[0]: one for one in cue.leads_to if (places := named.find(one.to or "")) and places[0] != place
    }
    leads = tuple(replace(one, to=names[at][0]) for at, one in found.items())
    onward = found.get(place + 1)
    if onward is None or said or cue.loop:
        return replace(cue, leads_to=leads)
    return replace(cue, leads_to=leads, transition=replace(onward, to=None))
