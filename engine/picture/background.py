"""Films looked at in the background, for who asks again and again and cannot wait: while a text is being
written, each key makes an end of the last question, but a film is looked at to its end all the same, and
once.
"""

import threading
from dataclasses import dataclass, field
from pathlib import Path

from engine.errors import MediaError
from engine.media.ffmpeg import is_installed
from engine.picture.spotted import SpottedFilm, known_film, spotted_film
from engine.progress import Progress

_ASK_S = 0.1
"""How often who waits asks whether the film is still wanted."""
_Stamp = tuple[Path, int, int, bool]
"""A file as it is, and whether there was anything to look at it with."""


@dataclass(slots=True)
class _Looking:
    """A film that is being looked at, and what came of it."""

    done: threading.Event = field(default_factory=threading.Event)
    reached: tuple[str, int, int] = ("looking", 0, 1)
    film: SpottedFilm | None = None
    problem: str | None = None


class BackgroundFilms:
    """Any thread may ask. The threads that look end with the program."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._turn = threading.Lock()
        self._looks: dict[_Stamp, _Looking] = {}

    def known(self, path: Path, progress: Progress | None = None) -> SpottedFilm | None:
        """What is seen in a film, None where it has still to be looked at. Raises MediaError where it was
        tried in vain."""
        with self._lock:
            look = self._looks.get(_stamp(path))
        if look is None or not look.done.is_set():
            return known_film(path)
        return _result(look)

    def is_unknown(self, path: Path) -> bool:
        """Whether a film has still to be looked at."""
        try:
            return self.known(path) is None
        except MediaError:
            return False

    def look(self, path: Path, progress: Progress | None = None) -> SpottedFilm:
        """Waits until a film has been looked at. Raises MediaError, and what `progress` raises: then the
        film is looked at all the same."""
        stamp = _stamp(path)
        with self._lock:
            look = self._looks.get(stamp)
            if look is None:
                look = self._looks[stamp] = _Looking()
                words = (path, stamp, look)
                threading.Thread(target=self._work, args=words, name="melodrama-film", daemon=True).start()
        while not look.done.wait(_ASK_S):
            if progress is not None:
                progress(*look.reached)
        return _result(look)

    def _work(self, path: Path, stamp: _Stamp, look: _Looking) -> None:
        def reached(stage: str, done: int, count: int) -> None:
            look.reached = (stage, done, count)

        try:
            with self._turn:  # one at a time: each keeps all processors busy
                if _stamp(path) != stamp:
                    raise MediaError("it has changed meanwhile")
                look.film = spotted_film(path, reached)
        except Exception as error:  # whatever it is, who waits must not wait for ever
            look.problem = str(error) or type(error).__name__
        look.done.set()


def _stamp(path: Path) -> _Stamp:
    try:
        status = path.stat()
    except OSError as error:
        raise MediaError(f"cannot read {path}: {error.strerror or error}") from error
    return path, status.st_size, status.st_mtime_ns, is_installed()


def _result(look: _Looking) -> SpottedFilm:
    if look.film is None:
        raise MediaError(look.problem or "it could not be looked at")
    return look.film
