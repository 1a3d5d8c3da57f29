"""MIDI ports by name: what there are, which one is meant, and whether it is still there. mido finds them,
through python-rtmidi unless the variable MIDO_BACKEND names another of its backends.
"""

import os
import sys
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any

from dsl.nearest_word import nearest
from engine.errors import DeviceError
from engine.live.events import printable, shown
from engine.media.complaints import without_complaints

_SEQUENCER = Path("/dev/snd/seq")


class MidiPorts:
    """The ports of this machine. Raises DeviceError where mido or python-rtmidi is not installed, or the
    system has no MIDI."""

    def __init__(self) -> None:
        try:
            import mido

            self._backend: Any = mido.Backend(_backend_name(), load=True)
        except ImportError as error:
            raise DeviceError(
                "MIDI needs the packages mido and python-rtmidi: pip install 'melodrama[live]'"
            ) from error
        with without_complaints():
            self._look()

    def names(self) -> tuple[str, ...] | None:
        """The outputs that there are now; None where the system no longer answers."""
        with suppress(Exception), without_complaints():
            return self._look()
        return None

    def find(self, wanted: str) -> str:
        """The output that is meant: by its name, its name without client and numbers, or any part that only
        one of them has. Raises DeviceError with those that there are."""
        names = self.names() or ()
        found = meant(wanted, names)
        if found is None:
            raise DeviceError(_unknown(wanted, names))
        return found

    def open(self, name: str) -> Any:
        """An open output (mido's). Raises DeviceError."""
        try:
            with without_complaints():
                return self._backend.open_output(name)
        except Exception as error:  # rtmidi's own errors, and OSError
            raise DeviceError(f"MIDI port {shown(name)} cannot be opened: {shown(str(error))}") from error

    def _look(self) -> tuple[str, ...]:
        try:
            return tuple(dict.fromkeys(self._backend.get_output_names()))
        except Exception as error:  # rtmidi's own SystemError
            if sys.platform == "linux" and not _SEQUENCER.exists():
                why = f"{_SEQUENCER} is missing (modprobe snd-seq), and no JACK server runs"
            else:
                why = shown(str(error))
            raise DeviceError(f"this system has no MIDI: {why}") from error


def meant(wanted: str, names: Sequence[str]) -> str | None:
    """Which of the names is meant, None where none is or several may be."""
    folded = wanted.casefold().strip()
    for form in (str, bare, lambda name: bare(name).split(":", 1)[-1]):
        same = [name for name in names if form(name).casefold() == folded]
        if same:
            return same[0]
    holding = [name for name in names if folded and folded in name.casefold()]
    return holding[0] if len({bare(name) for name in holding}) == 1 else None


def bare(name: str) -> str:
    """A name without the numbers that ALSA gives anew each time (`Synth:Synth port 0 128:0`)."""
    head, _, tail = name.rpartition(" ")
    return head if head and tail.replace(":", "").isdecimal() and ":" in tail else name


def _unknown(wanted: str, names: Sequence[str]) -> str:
    if not names:
        return (
            f"there is no MIDI port {shown(wanted)}, nor any other: connect or start something that has one"
        )
    several = [name for name in names if wanted.strip() and wanted.casefold() in name.casefold()]
    if several:
        return f"MIDI port {shown(wanted)} may mean {' or '.join(map(printable, several[:8]))}"
    near = nearest(wanted, [form for name in names for form in (bare(name), *bare(name).split(":"))])
    hint = f"did you mean {printable(near)}? " if near else ""
    return f"there is no MIDI port {shown(wanted)}: {hint}there are {', '.join(map(printable, names[:12]))}"


def _backend_name() -> str:
    chosen = os.environ.get("MIDO_BACKEND")
    if chosen:
        return chosen
    if sys.platform == "linux":
        # Left to itself, rtmidi tries both and lets the libraries of both complain.
        return f"mido.backends.rtmidi/{'LINUX_ALSA' if _SEQUENCER.exists() else 'UNIX_JACK'}"
    return "mido.backends.rtmidi"
