"""Tables that exist once: whoever writes a second copy of one is told where the first is."""

import ast
from collections.abc import Iterator

import pytest

from dsl.output_words import OUTPUTS
from dsl.plan import ROLES
from dsl.vocabulary import STYLES
from engine.music.key_profiles import KRUMHANSL_KESSLER, TEMPERLEY
from engine.music.theory import SCALES
from tests.test_docstrings import FILES, ROOT

VALUES_BY_STYLE = {
    "dsl/everyday_words.py": "what people say for a style",
    "engine/generate/cadence.py": "rows of harmony",
    "engine/train/music/style_labels.py": "rules by which phrases are labelled",
}
"""Where styles have values of their own beside `engine.music.styles`, and what; none of them is needed to
add one."""


def literals(path: str) -> Iterator[tuple[ast.expr, tuple[object, ...]]]:
    """Every written-out tuple, list, set or dict (its keys) of constants alone."""
    for node in ast.walk(ast.parse((ROOT / path).read_text(encoding="utf-8"))):
        parts = node.keys if isinstance(node, ast.Dict) else getattr(node, "elts", None)
        if parts and all(isinstance(part, ast.Constant) for part in parts):
            assert isinstance(node, ast.expr)
            yield node, tuple(part.value for part in parts)


PATHS = [path.relative_to(ROOT).as_posix() for path in FILES]


def copies(path: str) -> Iterator[str]:
    """What is written out in a file although it stands somewhere else, with its line."""
    for node, values in literals(path):
        names = {value for value in values if isinstance(value, str)}
        if len(names & set(STYLES)) > len(STYLES) * 0.7 and path not in VALUES_BY_STYLE:
            yield f"line {node.lineno}: styles are dsl.vocabulary.STYLES, their values engine.music.styles"
        if values == ROLES and not isinstance(node, ast.Dict) and path != "dsl/plan.py":
            yield f"line {node.lineno}: roles are dsl.plan.ROLES"
        if names >= set(OUTPUTS) and path != "dsl/output_words.py" and not isinstance(node, ast.Dict):
            yield f"line {node.lineno}: formats are dsl.output_words.OUTPUTS"
        if values in SCALES.values() and path not in ("engine/music/theory.py", "dsl/plan.py"):
            yield f"line {node.lineno}: scales are engine.music.theory.SCALES"
        profiles = (*KRUMHANSL_KESSLER, *TEMPERLEY)
        if values in profiles and path != "engine/music/key_profiles.py":
            yield f"line {node.lineno}: key profiles are engine.music.key_profiles"


@pytest.mark.parametrize("path", PATHS)
def test_no_table_is_written_out_a_second_time(path: str) -> None:
    assert list(copies(path)) == []


def test_no_rule_asks_for_a_style_by_its_name() -> None:
    """What a style does differently is a field of its row; training and its reports may name styles."""
    named = []
    for path in PATHS:
        if path.startswith("engine/train/"):
            continue
        for node in ast.walk(ast.parse((ROOT / path).read_text(encoding="utf-8"))):
            if isinstance(node, ast.Compare):
                sides = [node.left, *node.comparators]
                named += [f"{path}: line {node.lineno}" for side in sides if of_style(side)]
    assert named == []


def of_style(node: ast.expr) -> bool:
    """Whether an expression is the name of a style that is nothing else (strings and piano are
    instruments, too)."""
    return isinstance(node, ast.Constant) and node.value in set(STYLES) - {"strings", "piano"}
