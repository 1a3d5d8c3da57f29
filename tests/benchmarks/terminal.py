"""A program in a terminal of our own: keys go in as bytes, and what it draws is waited for."""

import fcntl
import os
import pty
import re
import select
import signal
import struct
import sys
import termios
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from types import TracebackType

COLUMNS, ROWS = 120, 40


class Terminal:
    """Runs `python WORDS…` in a pseudo terminal of 120×40 cells."""

    def __init__(self, words: Sequence[str], environment: Mapping[str, str]) -> None:
        self._last = b""
        self.began = time.perf_counter()
        self.process, self.file = pty.fork()
        if self.process == 0:
            os.environ.update(environment)
            os.execv(sys.executable, [sys.executable, *words])
        fcntl.ioctl(self.file, termios.TIOCSWINSZ, struct.pack("HHHH", ROWS, COLUMNS, 0, 0))

    def __enter__(self) -> "Terminal":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        os.kill(self.process, signal.SIGKILL)
        os.close(self.file)
        os.waitpid(self.process, 0)

    def press(self, keys: str) -> float:
        """Send keys; gives the moment at which they were sent."""
        sent = time.perf_counter()
        os.write(self.file, keys.encode())
        return sent

    def wait_for(self, words: str, seconds: float) -> float | None:
        """The moment at which `words` were drawn, or None when that took too long."""
        wanted, seen = words.encode(), b""
        end = time.perf_counter() + seconds
        while (left := end - time.perf_counter()) > 0:
            if self._has_more(left):
                seen = seen[-len(wanted) :] + self._read()
                if wanted in seen:
                    return time.perf_counter()
        return None

    def watch(self, seconds: float) -> bytes:
        """Let it run for a while; gives what it drew."""
        seen = b""
        end = time.perf_counter() + seconds
        while (left := end - time.perf_counter()) > 0:
            if self._has_more(left):
                seen += self._read()
        return seen

    def processor_s(self) -> float:
        """Processor seconds it has used so far, all threads together, without its own processes."""
        return _processor_s(self.process)

    def children_s(self) -> float:
        """Processor seconds of the processes that it has running."""
        children = Path(f"/proc/{self.process}/task/{self.process}/children").read_text(encoding="ascii")
        return sum(_processor_s(int(child)) for child in children.split())

    def _read(self) -> bytes:
        """What it has drawn. Raises RuntimeError with its last words where it has ended."""
        try:
            new = os.read(self.file, 65_536)
        except OSError as error:
            said = re.sub(rb"\x1b\[[0-9;?<>=]*[A-Za-z]", b"", self._last).decode("utf-8", "replace")
            raise RuntimeError(f"the program ended: {said[-2000:]}") from error
        self._last = (self._last + new)[-20_000:]
        return new

    def _has_more(self, seconds: float) -> bool:
        return bool(select.select([self.file], [], [], seconds)[0])


def _processor_s(process: int) -> float:
    with open(f"/proc/{process}/stat", encoding="ascii") as file:
        user, system = file.read().rsplit(")", 1)[1].split()[11:13]
    return (int(user) + int(system)) / os.sysconf("SC_CLK_TCK")
