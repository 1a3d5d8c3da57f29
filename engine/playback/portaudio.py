"""The sound card's library, loaded when it is wanted, without its farewell."""

import atexit
from typing import Any


def sounddevice() -> Any:
    """The module of that name, on PortAudio. Raises ImportError where the package, OSError where the library
    is not there."""
    # Deferred: this loads PortAudio, which may be missing and takes a moment to look for devices.
    import sounddevice as found

    # PortAudio looks after JACK, too, whatever is played through, and when it says goodbye to a server that
    # has ended meanwhile, an assertion ends the program instead, its exit code with it. Streams are closed by
    # whoever opened them; the system takes back the rest.
    atexit.unregister(getattr(found, "_exit_handler", _nothing))
    return found


def _nothing() -> None:
    return
