"""A backend of mido that keeps what is sent, for machines without MIDI (`MIDO_BACKEND` names this module). A
port is what stands in `PORTS`; taking it out is pulling the plug."""

import time
from typing import Any

from mido.ports import BaseOutput

PORTS: dict[str, list[tuple[float, Any]]] = {}
"""By name, what was sent and when (`time.monotonic`)."""
SILENT = True
"""Whether sending to a port that is gone goes unnoticed, as with ALSA and JACK."""


def get_devices(**options: Any) -> list[dict[str, Any]]:
    return [{"name": name, "is_input": False, "is_output": True} for name in PORTS]


class Output(BaseOutput):  # type: ignore[misc]
    def _open(self, **options: Any) -> None:
        if self.name not in PORTS:
            raise OSError(f"unknown port {self.name!r}")

    def _send(self, message: Any) -> None:
        if self.name in PORTS:
            PORTS[self.name].append((time.monotonic(), message))
        elif not SILENT:
            raise OSError("gone")
