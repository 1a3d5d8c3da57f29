"""What the docstrings point to is there, and each stands where it belongs."""

import ast
import itertools
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
FILES = sorted(path for package in ("dsl", "engine", "tui") for path in (ROOT / package).rglob("*.py"))
_NAMED = re.compile(r"`((?:dsl|engine|tui)(?:\.\w+)+)`")


def scopes(tree: ast.Module) -> Iterator[list[ast.stmt]]:
    yield tree.body
    yield from (node.body for node in ast.walk(tree) if isinstance(node, ast.ClassDef))


def is_text(node: ast.stmt) -> bool:
    return (
        isinstance(node, ast.Expr)
        and isinstance(node.value, ast.Constant)
        and isinstance(node.value.value, str)
    )


def names_in(path: Path) -> set[str]:
    """What a module defines or imports."""
    found: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.FunctionDef | ast.ClassDef | ast.AsyncFunctionDef):
            found.add(node.name)
        elif isinstance(node, ast.Name | ast.arg):
            found.add(node.id if isinstance(node, ast.Name) else node.arg)
        elif isinstance(node, ast.alias):
            found.add((node.asname or node.name).split(".")[0])
    return found


def exists(dotted: str) -> bool:
    """Whether `package.module` or `package.module.name` is something."""
    parts = dotted.split(".")
    for count in range(len(parts), 0, -1):
        place = ROOT.joinpath(*parts[:count])
        rest = parts[count:]
        for path in (place.with_suffix(".py"), place / "__init__.py"):
            if path.is_file():
                return not rest or set(rest) <= names_in(path)
        if place.is_dir() and (not rest or rest == ["json"] or place.joinpath(".".join(rest)).exists()):
            return True
    return False


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.relative_to(ROOT).as_posix())
def test_docstrings_stand_behind_what_they_describe_and_name_what_there_is(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    for body in scopes(ast.parse(text)):
        for before, node in itertools.pairwise(body):
            if is_text(node):
                assert isinstance(before, ast.Assign | ast.AnnAssign), f"line {node.lineno} describes nothing"
    assert [dotted for dotted in _NAMED.findall(text) if not exists(dotted)] == []
