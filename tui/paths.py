"""Paths as people type and read them, and the folder that the program was started in, which may go away under
it. No file is opened here."""

import os
from pathlib import Path


def working_folder() -> Path:
    """The folder that the program was started in; the user's own where that one is gone."""
    try:
        return Path.cwd()
    except OSError:
        return Path.home()


def placed(path: Path) -> Path:
    """The path from the root on (links and `..` kept): it names the same file whatever becomes of the folder
    that the program was started in."""
    return path if path.is_absolute() else working_folder() / path


def typed_path(text: str) -> Path:
    """What was typed as a path: `~` is the home of its user, where there is such a one."""
    return Path(os.path.expanduser(text))  # pathlib's own raises where there is none


def not_a_path(text: str) -> str | None:
    """Why what was typed names no file, in words; None where it may."""
    if not text.strip():
        return "a path, please"
    user = text.split("/")[0]
    if user.startswith("~") and os.path.expanduser(user) == user:
        return f"there is no user {user.removeprefix('~')} here"
    return None


def as_shown(path: Path) -> str:
    """A path as people read it: below the folder that the program was started in, without that folder."""
    here = working_folder()
    return str(path.relative_to(here)) if path != here and path.is_relative_to(here) else str(path)


def is_same_file(one: Path, other: Path) -> bool:
    """Whether two paths lead to one file, through whatever links; it need not be there yet."""
    return os.path.realpath(placed(one)) == os.path.realpath(placed(other))
