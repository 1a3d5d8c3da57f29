"""Score files as the workstation holds them: opened whole, saved atomically.

No text is ever lost here: a save looks whether the file on disk is still the one that was read, and may be
written at all; what is being typed is kept in a recovery file until it is saved (`tui.recovery`). Nothing
raises for what a file system does; problems come back as one line.
"""

import hashlib
import json
import os
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from dsl.limits import MOST_SCORE_BYTES
from dsl.score_file import read_score
from engine.errors import OutputError
from engine.render.files import is_read_only, write_atomic
from engine.user_folders import state_folder
from tui.paths import not_a_path, placed, typed_path, working_folder

Newline = Literal["\n", "\r\n"]
_RECENT = 20
UNTITLED = "untitled.score"


@dataclass(frozen=True, slots=True)
class Stamp:
    """What a file on disk was when it was read or written."""

    mtime_ns: int
    size: int
    digest: str


@dataclass(frozen=True, slots=True)
class ScoreFile:
    """A file as opened. `text` has `\\n` line ends; `newline` and `mark` (a BOM) are put back on saving.

    `stamp` is None for a file that is not on disk yet. `remark` is one line a person should know, or None.
    """

    path: Path
    text: str
    stamp: Stamp | None
    newline: Newline = "\n"
    mark: bool = False
    remark: str | None = None


@dataclass(frozen=True, slots=True)
class Problem:
    """Why something with a file did not work: one line. `conflict` says that the file on disk has changed,
    `read_only` that it is not to be written; both can be overruled."""

    message: str
    conflict: bool = False
    read_only: bool = False


def open_score(path: Path) -> ScoreFile | Problem:
    """Read a score. A path where nothing is yet is an empty new file."""
    path = placed(path)
    try:
        if not path.exists():
            if path.parent.exists() and not path.parent.is_dir():
                return Problem(f"{path.parent} is a file, not a folder")
            return ScoreFile(path, "", None)
        modified_ns = path.stat().st_mtime_ns
    except OSError as error:
        return Problem(f"cannot read {path}: {error.strerror or error}")
    data, problem = read_score(path, MOST_SCORE_BYTES)
    if data is None:
        return Problem(problem or f"cannot read {path}")
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        return Problem(
            f"{path} is not UTF-8 text (byte 0x{data[error.start]:02x} in line {line}); convert it first"
        )
    stamp = Stamp(modified_ns, len(data), _digest(data))
    return _opened(path, text, stamp)


def _opened(path: Path, text: str, stamp: Stamp | None) -> ScoreFile:
    mark = text.startswith("\ufeff")
    text = text.removeprefix("\ufeff")
    endings = text.count("\r\n")
    newline: Newline = "\r\n" if endings and endings * 2 >= text.count("\n") else "\n"
    mixed = 0 < endings < text.count("\n") or text.count("\r") > endings
    remarks = ["line ends were mixed; saving makes them all alike"] if mixed else []
    if stamp is not None and is_read_only(path):
        remarks.append("read-only, ^S asks first")
    remark = "; ".join(remarks) or None
    return ScoreFile(path, _lines(text), stamp, newline, mark, remark)


def _lines(text: str) -> str:
    """The text as the editor and the language see it: every line ends with `\\n`."""
    return text.replace("\r\n", "\n").replace("\r", "\n")


def encoded(file: ScoreFile, text: str) -> bytes:
    """The bytes that `text` is saved as. A lone surrogate (never typed, but pasted) becomes a replacement
    mark."""
    body = text if file.newline == "\n" else text.replace("\n", file.newline)
    return (("\ufeff" if file.mark else "") + body).encode("utf-8", "replace")


def save_score(
    file: ScoreFile, text: str, overwrite: bool = False, even_read_only: bool = False
) -> ScoreFile | Problem:
    """Write `text` where `file` stands, whole or not at all.

    Refuses when the file on disk is no longer the one that was read, unless `overwrite`, and when it is
    read-only, unless `even_read_only`.
    """
    target = Path(os.path.realpath(file.path))  # a symbolic link stays one
    if not overwrite:
        changed = change_on_disk(file)
        if changed is not None:
            return Problem(changed, conflict=True)
    if not even_read_only and is_read_only(target):
        return Problem(f"{file.path.name} is read-only", read_only=True)
    data = encoded(file, text)
    try:
        write_atomic(target, data, even_read_only)
        status = target.stat()
    except OutputError as error:
        # The name alone: behind a long path the reason would not be seen.
        said = str(error).replace(str(target), file.path.name)
        return Problem(f"{said}; the text is kept here")
    except OSError as error:
        return Problem(f"cannot write {file.path.name}: {error.strerror or error}; the text is kept here")
    return ScoreFile(
        file.path, text, Stamp(status.st_mtime_ns, len(data), _digest(data)), file.newline, file.mark
    )


def change_on_disk(file: ScoreFile) -> str | None:
    """What happened to the file on disk since it was read, in one line; None where nothing did."""
    name = file.path.name
    try:
        status = file.path.stat()
    except FileNotFoundError:
        if file.stamp is None:
            return None
        return f"{name} was deleted on disk{'' if file.path.parent.is_dir() else ', with its folder'}"
    except OSError as error:
        return f"{name} cannot be reached: {error.strerror or error}"
    if file.stamp is None:
        return f"{name} exists on disk by now"
    if (status.st_mtime_ns, status.st_size) == (file.stamp.mtime_ns, file.stamp.size):
        return None
    try:
        same = _digest(file.path.read_bytes()) == file.stamp.digest
    except OSError as error:
        return f"{name} cannot be read: {error.strerror or error}"
    return None if same else f"{name} was changed on disk by another program"


def _digest(data: bytes) -> str:
    return hashlib.blake2b(data, digest_size=16).hexdigest()


# -------------------------------------------------------------------------------------------- recent files


def recent_files() -> list[Path]:
    """Files opened lately that still exist, the latest first."""
    try:
        value = json.loads((state_folder() / "recent.json").read_bytes())
        return [path for path in map(Path, value) if path.is_file()]
    except (OSError, ValueError, TypeError):
        return []


def note_recent(path: Path) -> None:
    """Puts a path first among the recent ones. A folder that cannot be written to is no error."""
    path = placed(path)
    known = [path, *(p for p in recent_files() if p != path)][:_RECENT]
    try:
        data = json.dumps([str(p) for p in known], ensure_ascii=True).encode("ascii")
        write_atomic(state_folder() / "recent.json", data)
    except OutputError:
        return  # a comfort, not a promise


# -------------------------------------------------------------------------------------- names and paths


def free_name(folder: Path, taken: set[Path] | None = None) -> Path:
    """`untitled.score`, or the first numbered one that is not there yet."""
    path, number = folder / UNTITLED, 2
    while path.exists() or path in (taken or ()):
        path, number = folder / f"untitled-{number}.score", number + 1
    return path


def is_unnamed(path: Path) -> bool:
    """Whether nobody gave it this name."""
    return path.suffix == ".score" and path.stem.split("-")[0] == Path(UNTITLED).stem


def paths_like(typed: str) -> list[tuple[str, str]]:
    """What could be opened: the recent files while nothing is typed, then what the folder holds."""
    if not typed:
        recent = [(str(path), "recent") for path in recent_files()[:12]]
        return recent or [(str(path), "") for path in sorted(working_folder().glob("*.score"))[:12]]
    path = typed_path(typed)
    folder, start = (path, "") if typed.endswith("/") else (path.parent, path.name)
    try:
        found = sorted(
            (
                p
                for p in folder.iterdir()
                if p.name.startswith(start) and (p.is_dir() or p.suffix == ".score")
            ),
            key=lambda p: (p.is_dir(), p.name),
        )
    except OSError:
        return []
    return [(f"{p}/" if p.is_dir() else str(p), "folder" if p.is_dir() else "") for p in found[:200]]


def cannot_open(typed: str) -> str | None:
    """Why what was typed cannot be opened, in words; None where it can."""
    opened = open_score(typed_path(typed))
    return not_a_path(typed) or (opened.message if isinstance(opened, Problem) else None)
