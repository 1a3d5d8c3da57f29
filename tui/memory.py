"""Memory over a long day: full collections wait for a pause.

A full collection looks at every object there is, some hundred thousand, and holds up keys and sound for a
tenth of a second. So what is there is taken out of the collector's sight (`gc.freeze`), which leaves it
little to look at while somebody types or listens, and when nobody does everything is looked at.
"""

import gc
import time

from tui.large_blocks import return_large_blocks

_AT_REST_S = 2.0
_EVERY_S = 60.0


class Housekeeping:
    """When to collect. `stirred` is told of whatever the writer does and whatever came of it."""

    def __init__(self) -> None:
        self._stirred_at = time.monotonic()
        self._due = True
        self._tidied_at = float("-inf")

    def begin(self) -> None:
        """The program has started: what it has loaded stays."""
        return_large_blocks()
        gc.freeze()

    def stirred(self) -> None:
        """Something happened: cleaning up waits for the next pause."""
        self._stirred_at = time.monotonic()
        self._due = True

    def tidy(self) -> bool:
        """Collect everything if that is due, once a minute at most, and nothing has stirred for a while.

        Whether it was done.
        """
        now = time.monotonic()
        if not self._due or now - self._stirred_at < _AT_REST_S or now - self._tidied_at < _EVERY_S:
            return False
        self._due, self._tidied_at = False, now
        gc.unfreeze()
        gc.collect()
        gc.freeze()
        return True


def forget_closed_screens() -> None:
    """Textual remembers how lines were bordered by the caches they were drawn from, a thousand of them, and
    with each all lines of a widget that may be long gone. Does nothing with a Textual that has mended
    this."""
    from textual import _styles_cache

    clear = getattr(getattr(_styles_cache.StylesCache, "get_inner_outer", None), "cache_clear", None)
    if clear is not None:
        clear()
