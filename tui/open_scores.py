"""The scores that are open, and which of them is at hand. No screen."""

from dataclasses import dataclass, field
from pathlib import Path

from tui.files import ScoreFile
from tui.paths import is_same_file
from tui.session import Session


@dataclass(slots=True)
class OpenScores:
    """At least one after the first `add`. `numbers` tells each score's own number, which no other gets."""

    sessions: list[Session] = field(default_factory=list)
    numbers: list[int] = field(default_factory=list)
    at: int = 0
    _next: int = 0

    @property
    def session(self) -> Session:
        """The one at hand."""
        return self.sessions[self.at]

    @property
    def number(self) -> int:
        """The number of the one at hand."""
        return self.numbers[self.at]

    def number_of(self, session: Session) -> int:
        """The number of an open score."""
        return self.numbers[self.sessions.index(session)]

    def add(self, file: ScoreFile) -> int:
        """Open one more, behind the others; gives its number."""
        self.sessions.append(Session.of(file))
        self.numbers.append(self._next)
        self._next += 1
        return self.numbers[-1]

    def remove(self, session: Session) -> None:
        """Close one; the one at hand stays, or the one behind it comes."""
        index = self.sessions.index(session)
        del self.sessions[index], self.numbers[index]
        if index < self.at or self.at == len(self.sessions):
            self.at -= 1

    def index_of(self, path: Path) -> int | None:
        """The place of the score that is open from `path`; None where none is."""
        places = (n for n, one in enumerate(self.sessions) if is_same_file(one.file.path, path))
        return next(places, None)

    @property
    def paths(self) -> list[Path]:
        """The files of all."""
        return [session.file.path for session in self.sessions]
