"""Devices that take sound faster than it could be played, as fast as they can (ALSA's null device, most
virtual ones): held to time, so that music goes by at its tempo and no core is lost to silence.
"""

import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

_FASTEST: Final = 1.001
"""No device's own clock is so much faster than ours."""


@dataclass(slots=True)
class HeldToTime:
    """Called whenever a device has asked for sound; waits where it is more than `lead_s` seconds ahead of
    time. A device whose clock is a little fast never gets there."""

    lead_s: float
    clock: Callable[[], float] = time.monotonic
    _asked_at: float = 0.0
    _ahead_s: float = 0.0

    def __call__(self, seconds: float) -> None:
        """The device has asked for so many seconds."""
        now = self.clock()
        passed = (now - self._asked_at) * _FASTEST if self._asked_at else 0.0
        self._asked_at, self._ahead_s = now, max(self._ahead_s - passed, 0.0) + seconds
        if self._ahead_s > self.lead_s:
            time.sleep(min(self._ahead_s - self.lead_s, self.lead_s))
