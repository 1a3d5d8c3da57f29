"""How many public names say nothing of themselves. The figure may only fall: a new public name gets a
docstring that says what a reader cannot see (shapes, units, ranges, errors), or a leading underscore."""

import ast
from collections.abc import Iterator

from tests.test_docstrings import FILES, ROOT

WITHOUT = 30
NAMED_BY_TEXTUAL = ("on_", "watch_", "action_")
"""Handlers are called by name; the framework says what they are for."""
SAID_BY_TEXTUAL = {
    *("compose", "render", "render_line", "render_lines", "notify_style_update"),
    *("get_default_screen", "get_system_commands", "discover", "search"),
    *(
        "wrap",
        "wrap_range",
        "get_sections",
        "replace_range",
        "get_text_range",
        "edit",
        "get_line",
        "check_action",
    ),
    *("set_length", "divide"),  # rich
}
"""Methods of the framework's classes that ours write anew."""
SAID_BY_THE_MODULE = ("main", "add_arguments", "run")
"""A command's entry, options and work, by convention (`tui/cli/main.py` says what each is): the module's
docstring is theirs, and `--help` prints it."""


def public(body: list[ast.stmt], within: str) -> Iterator[tuple[str, bool]]:
    """(name, has a docstring) of the functions and classes of a module, and of what those classes hold."""
    for node in body:
        if not isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            continue
        if node.name.startswith(("_", *NAMED_BY_TEXTUAL)) or said_elsewhere(node):
            continue
        if within and node.name in SAID_BY_TEXTUAL:
            continue
        if not within and node.name in SAID_BY_THE_MODULE and is_command(body):
            continue
        yield f"{within}{node.name}", ast.get_docstring(node) is not None
        if isinstance(node, ast.ClassDef):
            yield from public(node.body, f"{within}{node.name}.")


def is_command(body: list[ast.stmt]) -> bool:
    """Whether a module reads the options of a command line."""
    names = {node.name for node in body if isinstance(node, ast.FunctionDef)}
    return "add_arguments" in names or "ArgumentParser" in ast.unparse(ast.Module(body, []))


def said_elsewhere(node: ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef) -> bool:
    """A setter's getter, an overload's function, what is overridden, the message that a handler is `@on`,
    and a protocol's class have it."""
    if ast.unparse(node.body[-1]) == "..." and len(node.body) == 1:
        return True
    marks = {ast.unparse(mark).split("(")[0].rsplit(".", 1)[-1] for mark in node.decorator_list}
    return bool(marks & {"setter", "overload", "override", "on"})


def test_no_more_public_names_than_before_are_without_a_docstring() -> None:
    silent = [
        f"{path.relative_to(ROOT)}: {name}"
        for path in FILES
        for name, said in public(ast.parse(path.read_text(encoding="utf-8")).body, "")
        if not said
    ]
    assert len(silent) <= WITHOUT, "\n".join(silent)
