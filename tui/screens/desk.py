"""What the parts of the desk share: the open sessions, the one at hand, its editor, and a line to say things
on."""

from textual.screen import Screen

from tui.live import Live
from tui.session import Session
from tui.studio import Studio
from tui.widgets.editor import ScoreEditor
from tui.widgets.problems import StatusLine


class Desk(Screen[None]):
    """Base of the workstation's parts; the workstation itself fills in what is shown."""

    studio: Studio
    live: Live
    sessions: list[Session]
    session_ids: list[int]
    at: int

    @property
    def session(self) -> Session:
        return self.sessions[self.at]

    @property
    def editor(self) -> ScoreEditor:
        return self.query_one(f"#score-{self.session_ids[self.at]}", ScoreEditor)

    def say(self, message: str, stays: bool = False) -> None:
        """One line for a while, or (where it must not be missed) until the next."""
        self.query_one(StatusLine).say(message, stays)

    def goto(self, line: int, column: int = 1) -> None:
        self.editor.goto(line, column)
        self.editor.focus()

    def show_session(self) -> None:
        """Bring everything on the screen to the session at hand."""
        raise NotImplementedError

    def show_title(self) -> None:
        raise NotImplementedError

    def show_music(self, arc: bool = True) -> None:
        raise NotImplementedError

    def leave_session(self) -> None:
        """Another session comes to the front."""
        raise NotImplementedError
