"""Films looked at while somebody writes: whatever becomes of who asked, each to its end, and once."""

import threading
import time
from pathlib import Path

import pytest

from engine.errors import MediaError
from engine.picture import background
from engine.picture.background import BackgroundFilms
from engine.picture.spotted import SpottedFilm
from engine.progress import Progress

SEEN = SpottedFilm("25", None, 50, 2.0, "ffmpeg", (), ())


class NotWanted(Exception):
    pass


class Slow:
    """Looks at films as slowly as it is let."""

    def __init__(self) -> None:
        self.looks: list[Path] = []
        self.go = threading.Event()
        self.problem: MediaError | None = None

    def __call__(self, path: Path, progress: Progress | None = None) -> SpottedFilm:
        self.looks.append(path)
        if progress is not None:
            progress("looking", 1, 2)
        assert self.go.wait(20)
        if self.problem is not None:
            raise self.problem
        return SEEN


@pytest.fixture
def slow(monkeypatch: pytest.MonkeyPatch) -> Slow:
    looker = Slow()
    monkeypatch.setattr(background, "spotted_film", looker)
    monkeypatch.setattr(background, "known_film", lambda path: None)
    return looker


@pytest.fixture
def film(tmp_path: Path) -> Path:
    path = tmp_path / "film.mp4"
    path.write_bytes(b"a film")
    return path


def stop(stage: str, done: int, count: int) -> None:
    raise NotWanted


def until_looked_at(films: BackgroundFilms, path: Path) -> None:
    began = time.monotonic()
    while films.is_unknown(path):
        assert time.monotonic() - began < 20
        time.sleep(0.01)


def test_a_film_is_looked_at_to_its_end_although_nobody_waits_any_more(slow: Slow, film: Path) -> None:
    films = BackgroundFilms()
    for _ in range(3):  # a key is pressed, and another
        with pytest.raises(NotWanted):
            films.look(film, stop)
    assert films.known(film) is None
    slow.go.set()
    until_looked_at(films, film)
    assert films.known(film) == films.look(film) == SEEN
    assert slow.looks == [film]


def test_who_waits_is_told_how_far_it_is(slow: Slow, film: Path) -> None:
    told: list[tuple[str, int, int]] = []

    def progress(*reached: str | int) -> None:
        told.append(reached)  # type: ignore[arg-type]
        if reached[1]:
            slow.go.set()

    BackgroundFilms().look(film, progress)  # type: ignore[arg-type]
    assert told[-1] == ("looking", 1, 2)


def test_another_film_under_the_same_name_is_looked_at_anew(slow: Slow, film: Path) -> None:
    films = BackgroundFilms()
    slow.go.set()
    films.look(film)
    film.write_bytes(b"another film")
    assert films.known(film) is None
    films.look(film)
    assert len(slow.looks) == 2


def test_a_film_that_cannot_be_looked_at_is_tried_once_and_told_each_time(slow: Slow, film: Path) -> None:
    films = BackgroundFilms()
    slow.problem = MediaError("no picture")
    slow.go.set()
    for ask in (films.look, films.look, films.known):
        with pytest.raises(MediaError, match="no picture"):
            ask(film)
    assert not films.is_unknown(film)
    assert len(slow.looks) == 1


def test_one_film_at_a_time_and_only_as_it_is_now(slow: Slow, film: Path) -> None:
    """A film that is just being written changes with each question."""
    films = BackgroundFilms()
    for size in range(1, 5):
        film.write_bytes(b"x" * size)
        with pytest.raises(NotWanted):
            films.look(film, stop)
    slow.go.set()
    until_looked_at(films, film)
    assert films.known(film) == SEEN
    assert len(slow.looks) == 2  # the first, and what the file is now
