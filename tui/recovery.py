"""Text put aside while it is being typed, so that it outlives a crash.

A file each for a score and a workstation: two that run at a time do not touch each other's, and what belongs
to one that still runs is offered to nobody. Nothing raises for what a file system does.
"""

import hashlib
import json
import time
from collections.abc import Collection
from dataclasses import dataclass
from pathlib import Path

from engine.errors import OutputError
from engine.render.files import write_atomic
from engine.user_folders import state_folder
from tui.paths import placed


@dataclass(frozen=True, slots=True)
class Recovery:
    """Text that was being typed when the program ended without saving it; `kept_in` is where it lies."""

    path: Path
    text: str
    saved_at: float
    kept_in: Path


def recovery_path(path: Path, owner: str = "") -> Path:
    """Where workstation `owner` puts the text of `path` aside."""
    end = f"-{owner}" if owner else ""
    return state_folder() / "recovery" / f"{_name(path)}{end}.json"


def keep_recovery(path: Path, text: str, owner: str = "") -> str | None:
    """Put unsaved text aside. Gives the problem in one line where it cannot."""
    value = {"path": str(placed(path)), "time": time.time(), "text": text}
    try:
        write_atomic(recovery_path(path, owner), json.dumps(value, ensure_ascii=True).encode("ascii"))
    except OutputError as error:
        return f"no recovery file: {error}"
    return None


def find_recovery(path: Path, text: str, running: Collection[str] = ()) -> Recovery | None:
    """The latest text put aside for this file that differs from what the file holds now, and whose
    workstation is none of those `running`."""
    found = [one for one in _kept(path) if one[0] not in running and one[1].text != text]
    return max((one for _, one in found), key=lambda one: one.saved_at, default=None)


def adopt_recovery(found: Recovery, owner: str) -> None:
    """What was recovered is from now on this workstation's to keep or to drop."""
    try:
        found.kept_in.replace(recovery_path(found.path, owner))
    except OSError:
        return  # it offers itself again; nothing is lost by that


def discard_recovery(found: Recovery) -> None:
    """Forgets text that was put aside; its file is deleted."""
    _remove(found.kept_in)


def drop_recovery(path: Path, owner: str = "") -> None:
    """The text is saved, or nobody wants it any more."""
    _remove(recovery_path(path, owner))


def _kept(path: Path) -> list[tuple[str, Recovery]]:
    """(workstation, text) of everything put aside for a file."""
    found = []
    try:
        files = list((state_folder() / "recovery").glob("*.json"))
    except OSError:
        return []
    for file in files:
        if not file.name.startswith(_name(path)):
            continue
        try:
            value = json.loads(file.read_bytes())
            recovered = Recovery(path, str(value["text"]), float(value["time"]), file)
            found.append((file.stem.removeprefix(_name(path)).lstrip("-"), recovered))
        except (OSError, ValueError, KeyError, TypeError):
            continue
    return found


def _name(path: Path) -> str:
    name = hashlib.blake2b(str(placed(path)).encode("utf-8", "replace"), digest_size=8).hexdigest()
    return f"{path.stem[:40]}-{name}"


def _remove(file: Path) -> None:
    try:
        file.unlink(missing_ok=True)
    except OSError:
        return  # a stale recovery file offers itself again; nothing is lost by that
