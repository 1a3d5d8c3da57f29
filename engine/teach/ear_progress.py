"""What somebody has answered in ear training: one line of JSON an answer, in `ear.jsonl` below the user's
data.

Lines are only ever added, each in one write, so that two programs at once, a full disk or a break-off cost at
the most the line being written. A line that cannot be read, or that a newer program wrote, is passed over and
counted; nothing is ever rewritten.
"""

import json
import os
import time
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from engine.errors import OutputError
from engine.teach.exercises import EAR_KINDS, EAR_LEVELS, EarKind, EarLevel
from engine.user_folders import data_folder

FORMAT: Final = 1
RECENT: Final = 10
"""So many answers of a kind and level, the last, say how well it goes."""


@dataclass(frozen=True, slots=True)
class Answered:
    """One answer: `at_s` seconds since 1970 by the machine's clock, which may go backwards: the order is that
    of the lines."""

    kind: EarKind
    level: EarLevel
    right: bool
    at_s: float


@dataclass(frozen=True, slots=True)
class EarProgress:
    """All answers in order, and how many lines were passed over."""

    answers: tuple[Answered, ...] = ()
    passed_over: int = 0

    def share(self, kind: EarKind, level: EarLevel) -> float | None:
        """The share 0…1 of right answers among the last `RECENT`; None where nothing was asked."""
        own = [one.right for one in self.answers if (one.kind, one.level) == (kind, level)][-RECENT:]
        return sum(own) / len(own) if own else None

    def weakest(self, level: EarLevel, kinds: Iterable[EarKind] = EAR_KINDS) -> list[EarKind]:
        """The kinds, those never asked first, then by how few answers were right."""
        known = {kind: self.share(kind, level) for kind in kinds}
        return sorted(known, key=lambda kind: -1.0 if known[kind] is None else known[kind] or 0.0)


def progress_file() -> Path:
    """Where answers are kept. Raises OutputError for a user without a home."""
    try:
        return data_folder() / "ear.jsonl"
    except RuntimeError as error:
        raise OutputError(f"there is no place to keep answers in: {error}") from error


def read_progress(path: Path) -> EarProgress:
    """What is kept at `path`; nothing where there is no file. Raises OutputError where it cannot be read."""
    try:
        data = path.read_bytes()
    except FileNotFoundError:
        return EarProgress()
    except OSError as error:
        raise OutputError(f"{path} cannot be read: {error.strerror or error}") from error
    answers: list[Answered] = []
    passed_over = 0
    for line in data.splitlines():
        answered = _read(line) if line.strip() else None
        if answered is not None:
            answers.append(answered)
        elif line.strip():
            passed_over += 1
    return EarProgress(tuple(answers), passed_over)


def keep_answer(path: Path, answered: Answered) -> None:
    """Add an answer. Raises OutputError where it cannot be written."""
    row = {
        "format": FORMAT,
        "kind": answered.kind,
        "level": answered.level,
        "right": answered.right,
        "at_s": round(answered.at_s, 3),
    }
    data = (json.dumps(row) + "\n").encode()
    try:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        descriptor = os.open(path, os.O_RDWR | os.O_APPEND | os.O_CREAT, 0o600)
        try:
            size = os.fstat(descriptor).st_size
            if size:
                os.lseek(descriptor, size - 1, os.SEEK_SET)
                if os.read(descriptor, 1) != b"\n":  # a line that was broken off: ours begins on its own
                    data = b"\n" + data
            os.write(descriptor, data)
        finally:
            os.close(descriptor)
    except OSError as error:
        raise OutputError(f"{path} cannot be written: {error.strerror or error}") from error


def forget_answers(path: Path) -> None:
    """Delete what is kept, if anything. Raises OutputError where that cannot be done."""
    try:
        path.unlink(missing_ok=True)
    except OSError as error:
        raise OutputError(f"{path} cannot be deleted: {error.strerror or error}") from error


def now_s() -> float:
    """Seconds since 1970."""
    return time.time()


def _read(line: bytes) -> Answered | None:
    try:
        row = json.loads(line)
    except (ValueError, RecursionError):
        return None
    if not isinstance(row, dict) or row.get("format") != FORMAT:
        return None
    kind, level, right, at_s = (row.get(name) for name in ("kind", "level", "right", "at_s"))
    known_kind = next((one for one in EAR_KINDS if one == kind), None)
    known_level = next((one for one in EAR_LEVELS if one == level), None)
    if known_kind is None or known_level is None or not isinstance(right, bool):
        return None
    if isinstance(at_s, bool) or not isinstance(at_s, int | float):
        return None
    return Answered(known_kind, known_level, right, float(at_s))
