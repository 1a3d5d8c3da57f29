"""Whoever calls a public function reads in its docstring which of the engine's errors it may raise, its own
and those of what it calls.

Calls are followed where the code says plainly whom it calls: a function or class of the same module or
imported by name, a method of `self`. Training's own tools are left out.
"""

import ast
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

ROOT = Path(__file__).parents[1]
FAMILY = frozenset({"MelodramaError", "WeightsError", "MediaError", "OutputError"})
EVERY = frozenset({"*", "Exception", "MelodramaError"})
Place = tuple[str, str]
"""Module, qualified name."""


@dataclass
class Function:
    docstring: str
    is_public: bool
    raised: set[str] = field(default_factory=set)
    calls: list[tuple[ast.expr, frozenset[str]]] = field(default_factory=list)
    """Whom, and what is caught there."""


def modules() -> Iterator[tuple[str, ast.Module]]:
    for package in ("dsl", "engine", "tui"):
        for path in (ROOT / package).rglob("*.py"):
            parts = path.relative_to(ROOT).with_suffix("").parts
            if parts[:2] != ("engine", "train"):
                yield ".".join(parts), ast.parse(path.read_text(encoding="utf-8"))


def functions(node: ast.AST, prefix: str = "", public: bool = True) -> Iterator[tuple[str, Function]]:
    for child in ast.iter_child_nodes(node):
        if isinstance(child, ast.ClassDef):
            seen = public and not child.name.startswith("_")
            yield from functions(child, f"{prefix}{child.name}.", seen)
        elif isinstance(child, ast.FunctionDef):
            # What overrides says what its protocol says.
            overrides = any(ast.unparse(one) == "override" for one in child.decorator_list)
            seen = public and not child.name.startswith("_") and not overrides
            own = Function(ast.get_docstring(child) or "", seen)
            for statement in child.body:
                look(statement, frozenset(), own)
            yield prefix + child.name, own


def look(node: ast.AST, caught: frozenset[str], into: Function) -> None:
    """What a statement raises and calls, `caught` being caught around it."""
    if isinstance(node, ast.FunctionDef | ast.Lambda):
        return
    if isinstance(node, ast.Try):
        inside = caught | {name for handler in node.handlers for name in named(handler.type)}
        for statement in node.body:
            look(statement, inside, into)
        for other in (*node.handlers, *node.orelse, *node.finalbody):
            look(other, caught, into)
        return
    if isinstance(node, ast.With):
        contexts = [item.context_expr for item in node.items]
        inside = caught | {
            name
            for one in contexts
            if isinstance(one, ast.Call) and ast.unparse(one.func).endswith("suppress")
            for argument in one.args
            for name in named(argument)
        }
        for one in contexts:
            look(one, caught, into)
        for statement in node.body:
            look(statement, inside, into)
        return
    if isinstance(node, ast.Raise) and node.exc is not None:
        error = node.exc.func if isinstance(node.exc, ast.Call) else node.exc
        into.raised |= named(error) & FAMILY - caught
    if isinstance(node, ast.Call):
        into.calls.append((node.func, caught))
    for child in ast.iter_child_nodes(node):
        look(child, caught, into)


def named(kind: ast.expr | None) -> set[str]:
    """Names of exceptions in a handler."""
    if kind is None:
        return {"*"}
    if isinstance(kind, ast.Tuple):
        return {name for one in kind.elts for name in named(one)}
    return {ast.unparse(kind).split(".")[-1]}


@cache
def known() -> dict[Place, Function]:
    """Every function, with all that it raises."""
    found: dict[Place, Function] = {}
    imported: dict[str, dict[str, Place]] = {}
    for module, tree in modules():
        found |= {(module, name): own for name, own in functions(tree)}
        imported[module] = {
            alias.asname or alias.name: (node.module, alias.name)
            for node in ast.walk(tree)
            if isinstance(node, ast.ImportFrom) and node.module
            for alias in node.names
        }

    def called(place: Place, target: ast.expr) -> Function | None:
        module, name = place
        if isinstance(target, ast.Name):
            home, called_name = imported[module].get(target.id, (module, target.id))
            return found.get((home, called_name)) or found.get((home, f"{called_name}.__init__"))
        if isinstance(target, ast.Attribute) and isinstance(target.value, ast.Name):
            owner = target.value.id
            if owner in ("self", "cls"):
                return found.get((module, f"{name.rsplit('.', 1)[0]}.{target.attr}"))
            home, class_name = imported[module].get(owner, (module, owner))
            return found.get((home, f"{class_name}.{target.attr}"))
        return None

    def passed_on(place: Place, own: Function) -> set[str]:
        through = set()
        for target, caught in own.calls:
            other = called(place, target)
            if other is not None and not caught & EVERY:
                through |= other.raised - caught
        return through

    while any(passed_on(place, own) - own.raised for place, own in found.items()):
        for place, own in found.items():
            own.raised |= passed_on(place, own)
    return found


def test_the_way_from_a_plan_to_its_music_is_followed_to_what_it_may_raise() -> None:
    assert known()["engine.pipeline", "compose"].raised >= {"MediaError"}
    assert known()["engine.models", "Models.generator"].raised >= {"WeightsError"}


def test_public_functions_say_which_of_the_engines_errors_they_raise() -> None:
    silent = [
        f"{module}.{name} raises {', '.join(sorted(unsaid))}"
        for (module, name), own in sorted(known().items())
        if own.is_public and "MelodramaError" not in own.docstring
        for unsaid in ({error for error in own.raised if error not in own.docstring},)
        if unsaid
    ]
    assert silent == []
