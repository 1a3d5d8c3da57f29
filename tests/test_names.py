"""One meaning a name: a public class of the language and the engine has its name to itself.

Training stands apart: its scripts are read one at a time, and each has its figures, fits and recipes.
"""

import ast
from collections import defaultdict
from collections.abc import Iterator

from tests.test_docstrings import FILES, ROOT

SHARED = {
    "Events": "of harmony, of a line: both are what their models write one by one",
    "Feeling": "of words that the writer reads otherwise, of a report's cue",
    "Heard": "by the line writer, by the recogniser",
    "Measure": "of reading time, of a staff",
    "Moment": "of a cue's sketch, of an imported story",
    "Span": "of source text, of tokens",
    "Task": "of choosing, of the text model",
    "Written": "an imported score's lines, a take while it is written",
}
"""Names with two meanings that stay, each far from the other. The list may only get shorter."""


def public_names(tree: ast.Module) -> Iterator[str]:
    """The public classes that a module defines."""
    for node in tree.body:
        if isinstance(node, ast.ClassDef) and not node.name.startswith("_"):
            yield node.name


def test_no_class_of_language_and_engine_shares_its_name() -> None:
    homes: dict[str, list[str]] = defaultdict(list)
    for path in FILES:
        place = path.relative_to(ROOT).as_posix()
        if place.startswith(("dsl/", "engine/")) and not place.startswith("engine/train/"):
            for name in public_names(ast.parse(path.read_text(encoding="utf-8"))):
                homes[name].append(place)
    shared = {name: places for name, places in homes.items() if len(places) > 1}
    assert {name: places for name, places in shared.items() if name not in SHARED} == {}
    assert set(SHARED) <= set(shared), "no longer shared: take it off the list"
