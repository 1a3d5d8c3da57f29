"""What the app asks of the studio's process, and as what the answers are read: each call by name, with the
types of its question and its answer. Errors travel by name, too, out of a list.
"""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from engine.errors import MediaError, MelodramaError, OutputError, WeightsError
from tui.settings import Settings
from tui.steering import Steer
from tui.studio.protocol import Superseded

STOP = "stop"
"""Gives up the request of that number; no answer of its own."""
DONE, FAILED, DOING = "done", "failed", "doing"
"""Kinds of answers: the result, an error (`Failure`), what is being done just now (str)."""


class Forgotten(Exception):
    """The process no longer has the composition that a number stood for."""


@dataclass(frozen=True, slots=True)
class Beginning:
    """The first message: with which settings and weights."""

    settings: Settings
    weights: str | None


@dataclass(frozen=True, slots=True)
class Script:
    """A script to be planned there: a plan of a long score takes longer to send than to make."""

    text: str
    folder: Path
    takes: dict[str, int]
    steer: Steer | None = None


@dataclass(frozen=True, slots=True)
class Failure:
    """An error by the name of its class and its words."""

    kind: str
    words: str


_ERRORS: dict[str, Callable[[str], Exception]] = {
    "Superseded": Superseded,
    "Forgotten": Forgotten,
    "WeightsError": WeightsError,
    "MediaError": MediaError,
    "OutputError": OutputError,
}


def failure(error: Exception) -> Failure:
    """What is told of an error: all of it where it is one of ours, else its words."""
    return Failure(type(error).__name__, str(error) or type(error).__name__)


def raised(found: Failure) -> Exception:
    """The error to raise for one that travelled."""
    return _ERRORS.get(found.kind, MelodramaError)(found.words)
