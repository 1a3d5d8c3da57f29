"""Locks that the system lets go of when their program ends, however it ends; and one for a file that several
programs may be about to rewrite."""

import hashlib
import os
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import IO

from engine.user_folders import state_folder

if os.name == "nt":
    import msvcrt

    def lock(stream: IO[bytes]) -> None:
        """Raises OSError where somebody else holds it. The byte lies behind what is written, which others
        may read."""
        stream.seek(1 << 30)
        msvcrt.locking(stream.fileno(), msvcrt.LK_NBLCK, 1)  # type: ignore[attr-defined]
        stream.seek(0)
else:
    import fcntl

    def lock(stream: IO[bytes]) -> None:
        """Raises OSError where somebody else holds it."""
        fcntl.flock(stream.fileno(), fcntl.LOCK_EX | fcntl.LOCK_NB)


_PATIENCE_S = 10.0
"""Whoever holds a file longer than this has been stopped in the middle: a rewrite takes milliseconds."""


@contextmanager
def rewriting(path: Path) -> Iterator[None]:
    """While it lasts, no other program of this person that asks for `path` in this way is rewriting it.

    The lock is a file in the state folder, since `path` itself gives its place to another file. Where that
    folder cannot be written there is no lock. Raises TimeoutError after ten seconds.
    """
    name = hashlib.sha256(os.path.realpath(path).encode("utf-8", "surrogateescape")).hexdigest()[:24]
    with ExitStack() as stack:
        try:
            folder = state_folder() / "rewriting"
            folder.mkdir(parents=True, exist_ok=True)
            stream = stack.enter_context((folder / name).open("a+b"))
        except OSError:
            yield
            return
        until = time.monotonic() + _PATIENCE_S
        while True:
            try:
                lock(stream)
                break
            except OSError:
                if time.monotonic() > until:
                    raise TimeoutError(f"another program is still writing {path}") from None
                time.sleep(0.02)
        yield
