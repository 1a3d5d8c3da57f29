"""Edits of a cue's own lines, as a hand would make them: a take kept, a take frozen, a setting changed. No
screen.

Each gives one fix: an ordinary edit, undone in one step, seen in `git diff`.
"""

from typing import TYPE_CHECKING

from dsl.diagnostics import Fix, Span

if TYPE_CHECKING:
    from dsl.syntax import CueBlock, Directive, Document


def take_edit(document: "Document", block: "CueBlock", number: int) -> Fix:
    """`@take N` in the cue, replaced or added."""
    from dsl.syntax import TakeDirective

    return _setting(document, block, TakeDirective, "@take", str(number))


def tempo_edit(document: "Document", block: "CueBlock", low: int, high: int) -> Fix:
    """`@tempo LOW..HIGH` in the cue, replaced or added."""
    from dsl.syntax import TempoDirective

    return _setting(document, block, TempoDirective, "@tempo", f"{low}..{high}")


def style_edit(document: "Document", block: "CueBlock", name: str) -> Fix:
    """`@style NAME` in the cue, its first one replaced, or added."""
    from dsl.syntax import StyleDirective

    return _setting(document, block, StyleDirective, "@style", name)


def freeze_edit(document: "Document", block: "CueBlock", file: str) -> Fix:
    """`@freeze "FILE"` in the cue; `@take` and `@seed`, which say nothing beside it, go."""
    from dsl.syntax import FreezeDirective, SeedDirective, TakeDirective

    gone = [line for line, _ in _directives(document, block, FreezeDirective, TakeDirective, SeedDirective)]
    line = f'@freeze "{file}"'
    if not gone:
        return _added(document, block, line)
    first, last = gone[0], gone[-1]
    kept = [document.lines[n - 1] for n in range(first, last + 1) if n not in gone]
    end = len(document.lines[last - 1]) + 1
    return Fix(Span(first, 1, last, end), "\n".join([line, *kept]))


def _setting(document: "Document", block: "CueBlock", kind: "type[Directive]", name: str, value: str) -> Fix:
    for line, directive in _directives(document, block, kind):
        written = directive.columns.slice(document.lines[line - 1]).split()[0]
        return Fix(directive.columns.on(line), f"{written} {value}")
    return _added(document, block, f"{name} {value}")


def _directives(
    document: "Document", block: "CueBlock", *kinds: "type[Directive]"
) -> "list[tuple[int, Directive]]":
    """(line, directive) of those kinds in the cue, in their order."""
    from dsl.syntax import DirectiveLine

    found = []
    for line in (block.line, *block.body) if block.heading is None else block.body:
        item = document.item(line)
        if isinstance(item, DirectiveLine) and isinstance(item.directive, kinds):
            found.append((line, item.directive))
    return sorted(dict(found).items())


def _added(document: "Document", block: "CueBlock", line: str) -> Fix:
    """A line of its own under the heading, or before the first line of a cue that has none."""
    if block.heading is None:
        return Fix(Span(block.line, 1, block.line, 1), f"{line}\n")
    end = len(document.lines[block.line - 1]) + 1
    return Fix(Span(block.line, end, block.line, end), f"\n{line}")
