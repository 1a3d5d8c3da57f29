"""Which workstations run just now, and what they have open: a file each in the state folder, held by a lock
that the system lets go of when its program ends, however it ends."""

import json
import os
import secrets
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from engine.user_folders import state_folder
from tui.file_lock import lock


@dataclass(frozen=True, slots=True)
class Other:
    """A workstation that runs: its name among all that ever ran, its process, and the files open in it (links
    followed)."""

    token: str
    process: int
    files: tuple[Path, ...]


class Presence:
    """This workstation's place among them. Where the state folder cannot be written, nobody hears of it."""

    def __init__(self) -> None:
        self.token = f"{os.getpid()}-{secrets.token_hex(4)}"
        self._path = _folder() / f"{self.token}.json"
        self._stream: IO[bytes] | None = None
        fresh = self._path.with_suffix(".new")
        try:
            self._path.parent.mkdir(parents=True, exist_ok=True)
            self._stream = fresh.open("w+b")
            lock(self._stream)
            self.tell(())
            fresh.rename(self._path)  # it is locked before anybody can find it
        except OSError:
            self.close()

    def tell(self, files: Sequence[Path]) -> None:
        """These files are open here now."""
        if self._stream is None:
            return
        value = {"process": os.getpid(), "files": [os.path.realpath(path) for path in files]}
        try:
            self._stream.seek(0)
            self._stream.truncate()
            self._stream.write(json.dumps(value, ensure_ascii=True).encode("ascii"))
            self._stream.flush()
        except OSError:
            return  # a comfort: without it two workstations only know of each other at saving

    def close(self) -> None:
        """The score is no longer open here: takes its mark off the disk."""
        if self._stream is not None:
            self._stream.close()
            self._stream = None
        for path in (self._path, self._path.with_suffix(".new")):
            try:
                path.unlink(missing_ok=True)
            except OSError:
                continue


def others(own: str = "") -> Iterator[Other]:
    """Every other workstation of this person that runs. What ended ones left is cleared away."""
    try:
        found = sorted(_folder().glob("*.json"))
    except OSError:
        return
    for path in found:
        if path.stem == own or not _is_held(path):
            continue
        try:
            value = json.loads(path.read_bytes())
            yield Other(path.stem, int(value["process"]), tuple(Path(name) for name in value["files"]))
        except (OSError, ValueError, KeyError, TypeError):
            yield Other(path.stem, int(path.stem.split("-")[0]) if path.stem[:1].isdigit() else 0, ())


def _is_held(path: Path) -> bool:
    """Whether its program still runs."""
    try:
        with path.open("r+b") as stream:
            lock(stream)
    except FileNotFoundError:
        return False
    except OSError:
        return True
    try:
        path.unlink(missing_ok=True)
    except OSError:
        return False
    return False


def _folder() -> Path:
    return state_folder() / "running"
