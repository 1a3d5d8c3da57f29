"""Libraries of the system write to stderr by themselves. What is wrong is told in one line of ours."""

import os
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress

_ONE = threading.Lock()
"""stderr is the process's: two threads that turned it away would never turn it back."""


@contextmanager
def without_complaints() -> Iterator[None]:
    """stderr of the whole process goes nowhere for as long as the context lasts."""
    with _ONE:
        kept = None
        with suppress(OSError, AttributeError, ValueError):  # without a stderr nothing is written there
            sys.stderr.flush()
            kept = os.dup(2)
        if kept is None:
            yield
            return
        nowhere = os.open(os.devnull, os.O_WRONLY)
        try:
            os.dup2(nowhere, 2)
            yield
        finally:
            os.dup2(kept, 2)
            os.close(kept)
            os.close(nowhere)
