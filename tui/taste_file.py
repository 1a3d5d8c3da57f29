"""The listener's taste on disk: `taste.jsonl` in the user's data folder, appended to and never rewritten
while somebody works.

Every writer holds a lock, looks first what the file is, and leaves it as it was where a line could not be
written whole. No screen; reading lines is `engine.taste.record`.
"""

import os
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, Final

from engine.errors import MelodramaError
from engine.taste.choices import TasteChoice
from engine.taste.record import HEADING, MOST_BYTES, TasteRecord, choice_line, read_record, record_bytes
from engine.user_folders import data_folder
from tui.file_lock import lock

NAME: Final = "taste.jsonl"
_PATIENCE_S: Final = 3.0
"""Whoever holds the file longer than this has been stopped in the middle; appending takes milliseconds."""


class TasteFileError(MelodramaError):
    """The file of choices cannot be read or written."""


@dataclass(frozen=True, slots=True)
class Remembered:
    """What an addition to the file did: whether the file is new, so that somebody should be told of it."""

    path: Path
    is_new: bool


def taste_path() -> Path:
    """Where choices are kept. Raises TasteFileError for a user without a home."""
    try:
        return data_folder() / NAME
    except RuntimeError as error:
        raise TasteFileError(f"there is no folder for what is learnt: {error}") from error


def read_taste_file(path: Path) -> TasteRecord:
    """What the file holds; nothing where there is none. Raises TasteFileError where it cannot be read."""
    try:
        if path.stat().st_size > MOST_BYTES:
            return TasteRecord(problem="is too large for a taste file")
        return read_record(path.read_bytes())
    except FileNotFoundError:
        return TasteRecord()
    except OSError as error:
        raise TasteFileError(f"cannot read {path}: {error.strerror or error}") from error


def remember(path: Path, choices: Sequence[TasteChoice]) -> Remembered:
    """Add choices to the file, making it where there is none. Raises TasteFileError with the reason, the
    file as it was: a file of another kind or of a newer version, a disk that is full, a lock that is not
    let go."""
    try:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        with _held(path) as stream:
            is_new = _append(stream, path, choices)
    except OSError as error:
        raise TasteFileError(f"cannot write {path}: {error.strerror or error}") from error
    return Remembered(path, is_new)


def import_choices(path: Path, source: TasteRecord) -> int:
    """Add the choices of another file that are not there yet; gives how many. Raises TasteFileError."""
    known = set(read_taste_file(path).choices)
    # As they would be written: a file keeps three digits, and what is in it is known by these.
    written = read_record(record_bytes(source.choices)).choices
    fresh = [choice for choice in dict.fromkeys(written) if choice not in known]
    if fresh:
        remember(path, fresh)
    return len(fresh)


def export_choices(path: Path, record: TasteRecord) -> None:
    """Write the choices to a file of their own, whole or not at all. Raises OutputError."""
    from engine.render.files import write_atomic

    write_atomic(path, record_bytes(record.choices))


def forget(path: Path) -> bool:
    """Delete the file; False where there was none. Raises TasteFileError."""
    try:
        with suppress(PermissionError), _held(path, make=False):
            path.unlink()
            return True
        path.unlink()
    except FileNotFoundError:
        return False
    except OSError as error:
        raise TasteFileError(f"cannot delete {path}: {error.strerror or error}") from error
    return True


@contextmanager
def _held(path: Path, make: bool = True) -> Iterator[BinaryIO]:
    """The file open at `path`, locked, read and append; the one that is there when the lock is ours, not one
    that was deleted meanwhile. Raises OSError; TimeoutError after three seconds."""
    flags = os.O_RDWR | os.O_APPEND | getattr(os, "O_BINARY", 0) | (os.O_CREAT if make else 0)
    until = time.monotonic() + _PATIENCE_S
    while True:
        with os.fdopen(os.open(path, flags, 0o600), "r+b", buffering=0) as stream:
            if _locked(stream, until, path) and _is_still_there(stream, path):
                yield stream
                return


def _locked(stream: BinaryIO, until: float, path: Path) -> bool:
    while True:
        try:
            lock(stream)
            return True
        except OSError:
            if time.monotonic() > until:
                raise TimeoutError(None, f"another program holds {path.name}") from None
            time.sleep(0.02)


def _is_still_there(stream: BinaryIO, path: Path) -> bool:
    try:
        return os.path.samestat(os.fstat(stream.fileno()), os.stat(path))
    except FileNotFoundError:
        return False


def _append(stream: BinaryIO, path: Path, choices: Sequence[TasteChoice]) -> bool:
    stream.seek(0)
    size = os.fstat(stream.fileno()).st_size
    if size > MOST_BYTES:
        raise TasteFileError(f"{path} has grown too large; nothing more is remembered")
    before = stream.read(size) if size else b""
    record = read_record(before or b"")
    if record.problem is not None:
        raise TasteFileError(f"{path} {record.problem}; it is left as it is, and nothing is remembered")
    lines = [] if record.heading == HEADING else [HEADING]
    lines += [choice_line(choice) for choice in choices]
    torn = b"\n" if before and not before.endswith(b"\n") else b""
    data = torn + "".join(f"{line}\n" for line in lines).encode("ascii")
    try:
        written = stream.write(data)
        if written != len(data):
            raise OSError(None, "the disk is full")
        os.fsync(stream.fileno())
    except OSError:
        with suppress(OSError):
            os.ftruncate(stream.fileno(), size)
            if not size:
                path.unlink()
        raise
    return not before
